import { Failure, type FailureKind } from '../failure';
import { cut, toJson, withStatus } from '../texts';

/** An HTTP response as it came, whatever its status. */
export interface HttpResponse {
	statusCode: number;
	headers: Record<string, unknown>;
	/** Not parsed. */
	body: string;
}

/** How Liner wraps everything it answers (liner-api section 0). */
interface Envelope {
	success: boolean;
	message?: unknown;
	data?: unknown;
}

/** What Liner gave. */
export interface Answer {
	data: unknown;
	/** When Liner answered, by its own clock, if it tells; in milliseconds since 1970. */
	time?: number;
}

/** What a request is for, as far as it decides what a user is told when it fails. */
export interface Purpose {
	/** Whether the request changes something in Liner, so that an unknown outcome matters. */
	isWrite: boolean;
	/** What Liner rejects. */
	subject: string;
	/** What to do when Liner rejects it. */
	ifRejected: string;
	/** What to do when nobody knows what became of the request. */
	ifUnknown: string;
	/** What to know when the request certainly did nothing. */
	ifNothingDone: string;
}

const CHECK_CREDENTIAL = "Check 'Host' and 'API Key' in the Liner credential.";

/** What is said of a request that only reads. */
export const READ: Purpose = {
	isWrite: false,
	subject: 'request',
	ifRejected: CHECK_CREDENTIAL,
	ifUnknown: "Check 'Host' in the Liner credential, or try again later.",
	ifNothingDone: '',
};

/** Puts sentences together, without those that are empty or there already. */
export const joinSentences = (...sentences: string[]) =>
	[...new Set(sentences)].filter((sentence) => sentence !== '').join(' ');

/**
 * Takes the data out of Liner's answer. Never throws.
 *
 * @param hideKey Takes the API key out of what somebody else wrote: an answer may echo it.
 * @returns The data of an answer that reports success; for every other answer (rejected, a redirect, not Liner's
 *   envelope, cut off, empty) a failure with Liner's own words, where it has any, and not at length.
 */
export function parseResponse(
	response: HttpResponse,
	purpose: Purpose,
	hideKey: (text: string) => string,
): Answer | Failure {
	try {
		return parse(response, purpose, hideKey);
	} catch {
		// Whatever it is, there was an answer, so that a lead may have been created.
		return isNotLiners('cannot be read', purpose);
	}
}

function parse(
	response: HttpResponse,
	purpose: Purpose,
	hideKey: (text: string) => string,
): Answer | Failure {
	const { statusCode, headers, body } = response;
	const { subject, ifRejected, ifUnknown, ifNothingDone } = purpose;
	const time = parseTime(headers.date);
	const retryAfter = parseRetryAfter(headers['retry-after'], time ?? Date.now());
	const fail = (kind: FailureKind, message: string, ...sentences: string[]) =>
		new Failure(kind, message, withStatus(joinSentences(...sentences), statusCode), {
			httpCode: statusCode,
			...(retryAfter === undefined ? {} : { retryAfter }),
		});

	if ([301, 302, 307, 308].includes(statusCode)) {
		return fail(
			'rejected',
			`The host in the Liner credential redirects to ${cut(hideKey(describeLocation(headers.location)))}`,
			"Correct 'Host' in the Liner credential to the new address.",
			ifNothingDone,
		);
	}

	const envelope = parseEnvelope(body);
	if (envelope?.success && statusCode < 300) return { data: envelope.data, time };

	// A part of the key would not be found any more.
	const words = cut(hideKey(describeMessage(envelope?.message)));
	const inLinersWords = words === '' ? '' : `: ${words}`;

	if (statusCode === 429 || (statusCode === 503 && retryAfter !== undefined)) {
		return fail(
			'notDelivered',
			`Liner takes no more requests for now${inLinersWords}`,
			describeWait(retryAfter),
			ifNothingDone,
		);
	}
	if (statusCode === 408 || statusCode === 425 || statusCode >= 500) {
		return fail('unknown', `Liner could not finish the request${inLinersWords}`, ifUnknown);
	}
	if (envelope !== undefined && (statusCode === 401 || statusCode === 403)) {
		return fail(
			'rejected',
			(statusCode === 401
				? 'Liner did not accept the API key'
				: 'Liner does not allow the API key to do this') + inLinersWords,
			"Check 'API Key' in the Liner credential, and what its integration may do in Liner.",
			ifNothingDone,
		);
	}
	if (envelope?.success === false) {
		return fail(
			'rejected',
			`Liner rejected the ${subject}${inLinersWords || ' without a reason'}`,
			ifRejected,
			ifNothingDone,
		);
	}
	if (statusCode >= 400) {
		return fail(
			'rejected',
			`The host in the Liner credential does not answer like Liner: the answer ${describeBody(body)}`,
			CHECK_CREDENTIAL,
			ifNothingDone,
		);
	}
	return isNotLiners(describeBody(body), purpose, statusCode);
}

/** @param problem What is wrong with the answer, as a predicate. */
function isNotLiners(problem: string, { isWrite, ifUnknown }: Purpose, httpCode?: number): Failure {
	const description = joinSentences(
		"Check 'Host' in the Liner credential, and any proxy on the way.",
		isWrite ? ifUnknown : '',
	);
	return new Failure(
		'unknown',
		`The answer is not one of Liner's: it ${problem}`,
		httpCode === undefined ? description : withStatus(description, httpCode),
		httpCode === undefined ? {} : { httpCode },
	);
}

/**
 * Parses the header `Retry-After` (RFC 9110, section 10.2.3).
 *
 * @param value Seconds, or an HTTP date.
 * @param now By the clock of whoever answered, in milliseconds.
 * @returns Milliseconds to wait; `undefined` for anything else.
 */
export function parseRetryAfter(value: unknown, now: number): number | undefined {
	if (typeof value !== 'string' || value.trim() === '') return undefined;
	if (/^\d+(\.\d+)?$/.test(value.trim())) return Number(value) * 1_000;
	const time = parseTime(value);
	return time === undefined ? undefined : Math.max(0, time - now);
}

function parseTime(text: unknown): number | undefined {
	const time = typeof text === 'string' ? Date.parse(text) : NaN;
	return Number.isNaN(time) ? undefined : time;
}

function parseEnvelope(body: string): Envelope | undefined {
	try {
		const parsed = JSON.parse(body) as Partial<Envelope> | null;
		return typeof parsed?.success === 'boolean' ? (parsed as Envelope) : undefined;
	} catch {
		return undefined;
	}
}

function describeMessage(message: unknown): string {
	if (message === undefined || message === null) return '';
	return typeof message === 'string' ? message.trim() : toJson(message);
}

/** The target of a redirect, without user info and query: whoever answers may put secrets there. */
function describeLocation(location: unknown): string {
	if (typeof location !== 'string' || location === '') return 'another address';
	if (!URL.canParse(location)) return location.split(/[?#]/)[0].replace(/^([/\\]{2}).*@/, '$1');
	const { protocol, host, pathname } = new URL(location);
	// The path of the API is not part of the host.
	return `${protocol}//${host}${pathname.replace(/\/v\d+\/.*$/, '')}`;
}

function describeBody(body: string): string {
	const text = body.trim();
	if (text === '') return 'is empty';
	if (text.startsWith('<')) return 'is a web page';
	if (/^[[{]/.test(text) && !/[\]}]$/.test(text)) return 'is cut off';
	return 'has an unexpected format';
}

function describeWait(retryAfter: number | undefined): string {
	if (retryAfter === undefined) return 'Wait a little before the next request.';
	const seconds = Math.ceil(retryAfter / 1_000);
	return `Liner asks to wait ${seconds} ${seconds === 1 ? 'second' : 'seconds'} before the next request.`;
}

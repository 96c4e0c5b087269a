import type { IDataObject } from 'n8n-workflow';

import { Failure, type Acceptance, type FailureKind, type LeadId } from '../failure';
import { withStatus } from '../texts';

/** An HTTP answer as it came, whatever its status. */
export interface HttpAnswer {
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

/** What a request is for; it decides what a user has to do when it fails. */
export type Purpose = 'createLead' | 'read';

interface Advice {
	/** What Liner rejects. */
	subject: string;
	/** When Liner rejects it. */
	ifRejected: string;
	/** When nobody knows what became of the request. */
	ifUnknown: string;
	/** When the request certainly did nothing. */
	ifNothingDone: string;
}

const CHECK_CREDENTIAL = "Check 'Host' and 'API Key' in the Liner credential.";

export const advice: Record<Purpose, Advice> = {
	createLead: {
		subject: 'lead',
		ifRejected: 'Correct what Liner names and send the item again.',
		ifUnknown:
			'The lead may have been created all the same: look for its phone number in Liner before you send the item again.',
		ifNothingDone: 'No lead was created for this item.',
	},
	read: {
		subject: 'request',
		ifRejected: CHECK_CREDENTIAL,
		ifUnknown: "Check 'Host' in the Liner credential, or try again later.",
		ifNothingDone: '',
	},
};

/** Puts sentences together, without those that are empty or there already. */
export const joinSentences = (...sentences: string[]) =>
	[...new Set(sentences)].filter((sentence) => sentence !== '').join(' ');

/**
 * Takes the data out of Liner's answer.
 *
 * @param hideKey Takes the API key out of what somebody else wrote: an answer may echo it.
 * @returns The data of an answer that reports success; for every other answer (rejected, a redirect, not Liner's
 *   envelope, cut off, empty) a failure with Liner's own words, where it has any.
 */
export function readAnswer(
	answer: HttpAnswer,
	purpose: Purpose,
	hideKey: (text: string) => string,
): Answer | Failure {
	const { statusCode, headers, body } = answer;
	const { subject, ifRejected, ifUnknown, ifNothingDone } = advice[purpose];
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
			`The host in the Liner credential redirects to ${hideKey(describeLocation(headers.location))}`,
			"Correct 'Host' in the Liner credential to the new address.",
			ifNothingDone,
		);
	}

	const envelope = parseEnvelope(body);
	if (envelope?.success && statusCode < 300) return { data: envelope.data, time };

	const words = hideKey(describeMessage(envelope?.message));
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
	return fail(
		'unknown',
		`The answer is not one of Liner's: it ${describeBody(body)}`,
		"Check 'Host' in the Liner credential, and any proxy on the way.",
		purpose === 'createLead' ? ifUnknown : '',
	);
}

/**
 * Takes the ID of the new lead out of the data of Liner's answer.
 *
 * @returns `data.id` as Liner gave it, or a failure when there is none, or one that JSON cannot hold exactly.
 */
export function readLeadId(data: unknown): LeadId | Failure {
	const id = (data as { id?: unknown } | null | undefined)?.id;
	const isId =
		typeof id === 'string' ? /^[1-9]\d*$/.test(id) : Number.isSafeInteger(id) && (id as number) > 0;
	if (isId) return id as LeadId;
	const given = id === undefined || id === null ? 'no lead ID' : `${JSON.stringify(id)} for a lead ID`;
	return new Failure('unknown', `Liner reported success but gave ${given}`, advice.createLead.ifUnknown);
}

/**
 * What Liner says of a lead that it accepted for creation later: whatever there is in the data, under Liner's own names
 * (liner-api section 2 promises nothing of it).
 */
export function readAcceptance(data: unknown): Acceptance {
	if (data === undefined || data === null) return { accepted: true };
	const named = typeof data === 'object' && !Array.isArray(data) ? (data as IDataObject) : { data };
	const accepted = { accepted: true } as const;
	return { ...accepted, ...named, ...accepted };
}

/**
 * Reads the header `Retry-After` (RFC 9110, section 10.2.3).
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
	return typeof message === 'string' ? message.trim() : JSON.stringify(message);
}

/** The target of a redirect, without user info and query: whoever answers may put secrets there. */
function describeLocation(location: unknown): string {
	if (typeof location !== 'string' || location === '') return 'another address';
	if (!URL.canParse(location)) return location.split(/[?#]/)[0];
	const { protocol, host, pathname } = new URL(location);
	// The path of the API is not part of the host.
	return `${protocol}//${host}${pathname.replace(/\/v\d+\/.*$/, '')}`;
}

function describeBody(body: string): string {
	const text = body.trim();
	if (text === '') return 'is empty';
	if (text.startsWith('<')) return 'is a web page';
	if (/^[[{]/.test(text) && !/[\]}]$/.test(text)) return 'is cut off';
	return 'has another form';
}

function describeWait(retryAfter: number | undefined): string {
	if (retryAfter === undefined) return 'Wait a little before the next request.';
	const seconds = Math.ceil(retryAfter / 1_000);
	return `Liner asks to wait ${seconds} ${seconds === 1 ? 'second' : 'seconds'} before the next request.`;
}

import { LeadFailure, type FailureKind, type LeadId } from '../outcome';

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

const consequences: Record<Purpose, { subject: string; unknown: string; none: string }> = {
	createLead: {
		subject: 'lead',
		unknown:
			'The lead may have been created all the same: look for its phone number in Liner before you send the item again.',
		none: 'No lead was created for this item.',
	},
	read: { subject: 'request', unknown: 'Try again later.', none: '' },
};

/**
 * Takes the data out of Liner's answer.
 *
 * @returns The data of an answer that reports success; for every other answer (rejected, a redirect, not Liner's
 *   envelope, cut off, empty) a failure with Liner's own words, where it has any.
 */
export function readAnswer(answer: HttpAnswer, purpose: Purpose): Answer | LeadFailure {
	const { statusCode, headers, body } = answer;
	const { subject, unknown, none } = consequences[purpose];
	const time = parseTime(headers.date);
	const retryAfter = parseRetryAfter(headers['retry-after'], time ?? Date.now());
	const fail = (kind: FailureKind, message: string, ...sentences: string[]) =>
		new LeadFailure(kind, message, joinSentences(...sentences, `(HTTP ${statusCode})`), {
			httpCode: statusCode,
			...(retryAfter === undefined ? {} : { retryAfter }),
		});

	if (statusCode >= 300 && statusCode < 400) {
		const target = typeof headers.location === 'string' ? headers.location : 'another address';
		return fail(
			'rejected',
			`The host in the Liner credential redirects to ${target}`,
			"Correct 'Host' in the Liner credential to the new address.",
			none,
		);
	}

	const envelope = parseEnvelope(body);
	if (envelope?.success && statusCode < 300) return { data: envelope.data, time };

	const words = typeof envelope?.message === 'string' ? envelope.message.trim() : '';
	const inLinersWords = words === '' ? '' : `: ${words}`;

	if (statusCode === 429 || (statusCode === 503 && retryAfter !== undefined)) {
		return fail(
			'notDelivered',
			`Liner takes no more requests for now${inLinersWords}`,
			describeWait(retryAfter),
			none,
		);
	}
	if (statusCode === 408 || statusCode === 425 || statusCode >= 500) {
		return fail('unknown', `Liner could not finish the request${inLinersWords}`, unknown);
	}
	if (envelope !== undefined && (statusCode === 401 || statusCode === 403)) {
		return fail(
			'rejected',
			`Liner did not accept the API key${inLinersWords}`,
			"Check 'API Key' in the Liner credential, and what its integration may do in Liner.",
			none,
		);
	}
	if (envelope?.success === false) {
		return fail(
			'rejected',
			`Liner rejected the ${subject}${inLinersWords || ' without a reason'}`,
			purpose === 'createLead' ? 'Correct what Liner names and send the item again.' : '',
			none,
		);
	}
	if (statusCode >= 400) {
		return fail(
			'rejected',
			`The host in the Liner credential does not answer like Liner: the answer ${describeBody(body)}`,
			"Check 'Host' and 'API Key' in the Liner credential.",
			none,
		);
	}
	return fail(
		'unknown',
		`The answer is not one of Liner's: it ${describeBody(body)}`,
		"Check 'Host' in the Liner credential, and any proxy on the way.",
		unknown,
	);
}

/**
 * Takes the ID of the new lead out of the data of Liner's answer.
 *
 * @returns `data.id` as Liner gave it, or a failure when there is none, or one that JSON cannot hold exactly.
 */
export function readLeadId(data: unknown): LeadId | LeadFailure {
	const id = (data as { id?: unknown } | null | undefined)?.id;
	const isId = typeof id === 'string' ? /^\d+$/.test(id) : Number.isSafeInteger(id) && (id as number) > 0;
	return isId
		? (id as LeadId)
		: new LeadFailure(
				'unknown',
				'Liner reported success but gave no lead ID',
				consequences.createLead.unknown,
			);
}

function parseEnvelope(body: string): Envelope | undefined {
	try {
		const parsed = JSON.parse(body) as Partial<Envelope> | null;
		return typeof parsed?.success === 'boolean' ? (parsed as Envelope) : undefined;
	} catch {
		return undefined;
	}
}

function describeBody(body: string): string {
	const text = body.trim();
	if (text === '') return 'is empty';
	if (text.startsWith('<')) return 'is a web page';
	if (/^[[{]/.test(text) && !/[\]}]$/.test(text)) return 'is cut off';
	return 'has another form';
}

function describeWait(retryAfter: number | undefined): string {
	return retryAfter === undefined
		? 'Wait a little, then send the item again.'
		: `Liner asks to wait ${Math.ceil(retryAfter / 1_000)} seconds, then send the item again.`;
}

function parseTime(text: unknown): number | undefined {
	const time = typeof text === 'string' ? Date.parse(text) : NaN;
	return Number.isNaN(time) ? undefined : time;
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

const joinSentences = (...sentences: string[]) => sentences.filter((sentence) => sentence !== '').join(' ');

/**
 * Explains why a request got no answer at all.
 *
 * @param error What n8n's HTTP helper threw; the network's code is at `cause.code`.
 * @param host For the user to recognise, e.g. `liner.example.com`.
 * @param timeout How long the request was allowed to take, in milliseconds.
 */
export function explainNoAnswer(error: Error, host: string, timeout: number, purpose: Purpose): LeadFailure {
	const { unknown, none } = consequences[purpose];
	const cause = (error.cause ?? error) as { code?: string; message?: string };
	const code = cause.code ?? '';
	const words = cause.message || error.message;
	const fail = (kind: FailureKind, message: string, ...sentences: string[]) =>
		new LeadFailure(kind, message, joinSentences(...sentences));

	if (code === 'ECONNREFUSED') {
		return fail(
			'notDelivered',
			`${host} refused the connection`,
			"Check 'Host' in the Liner credential, and that Liner can be reached from where n8n runs.",
			none,
		);
	}
	if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
		return fail(
			'notDelivered',
			`The host ${host} cannot be found`,
			"Check the spelling of 'Host' in the Liner credential, and the DNS settings of where n8n runs.",
			none,
		);
	}
	const isNotTls = /EPROTO|ERR_SSL/.test(code) || words.includes('before secure TLS connection');
	if (isNotTls || /CERT|TLS|SELF_SIGNED|UNABLE_TO/.test(code)) {
		return fail(
			'notDelivered',
			`No secure connection to ${host} is possible: ${isNotTls ? 'it does not answer in TLS' : words}`,
			"Check 'Host' in the Liner credential, and the certificate of that host.",
			none,
		);
	}
	if (/^(EHOSTUNREACH|ENETUNREACH|ENETDOWN|EADDRNOTAVAIL)$/.test(code) || /connect ETIMEDOUT/.test(words)) {
		return fail(
			'notDelivered',
			`${host} cannot be reached`,
			"Check 'Host' in the Liner credential, and the network between n8n and Liner.",
			none,
		);
	}
	if (/timeout of \d+ms exceeded/.test(words) || code === 'ETIMEDOUT') {
		return new LeadFailure(
			'unknown',
			`Liner did not answer within ${timeout / 1_000} seconds`,
			joinSentences(
				unknown,
				purpose === 'createLead' ? "To wait longer, raise 'Timeout' in the options of the node." : '',
			),
			{ timedOut: true },
		);
	}
	if (code === 'ERR_CANCELED') {
		return new LeadFailure(
			'unknown',
			'The execution was canceled while Liner worked on the request',
			unknown,
			{
				timedOut: true,
			},
		);
	}
	if (/^(ECONNRESET|EPIPE|ECONNABORTED|ERR_BAD_RESPONSE)$/.test(code)) {
		return fail('unknown', `The connection to ${host} broke before the answer was complete`, unknown);
	}
	return fail('unknown', `The request to ${host} came to nothing: ${words}`, unknown);
}

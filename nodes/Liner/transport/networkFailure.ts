import { joinSentences, type Purpose } from './response';
import { Failure, type FailureDetails, type FailureKind } from '../failure';

/** One reason why a request gets no answer. */
interface Cause {
	kind: FailureKind;
	/** Whether it is this one, by the network's code and words. */
	fits(code: string, words: string): boolean;
	/** What happened; `words` are the network's. */
	message(host: string, words: string, timeout: number): string;
	howToFix: string;
	details?: FailureDetails;
}

const HOST = "Check 'Host' in the Liner credential";

/** Other faults of TLS may come up when the request has been sent already. */
const NO_HANDSHAKE = /wrong.version.number|handshake|unsupported.protocol|before secure TLS connection/i;

/** In the order in which they are tried; the last one always fits. */
const causes: Cause[] = [
	{
		kind: 'notDelivered',
		fits: (code) => code === 'ECONNREFUSED',
		message: (host) => `${host} refused the connection`,
		howToFix: `${HOST}, and that Liner can be reached from where n8n runs.`,
	},
	{
		kind: 'notDelivered',
		fits: (code) => code === 'ENOTFOUND' || code === 'EAI_AGAIN',
		message: (host) => `The host ${host} cannot be found`,
		howToFix: "Check the spelling of 'Host' in the Liner credential, and the DNS settings of where n8n runs.",
	},
	{
		kind: 'notDelivered',
		fits: (code, words) => NO_HANDSHAKE.test(`${code} ${words}`),
		message: (host) => `No secure connection to ${host} is possible: it does not answer in TLS`,
		howToFix: `${HOST}. A server without TLS needs http:// in front.`,
	},
	{
		kind: 'notDelivered',
		fits: (code) => /CERT|SELF_SIGNED|UNABLE_TO/.test(code),
		message: (host, words) => `No secure connection to ${host} is possible: ${words}`,
		howToFix: `${HOST}, and the certificate of that host.`,
	},
	{
		kind: 'notDelivered',
		fits: (code, words) =>
			/^(EHOSTUNREACH|ENETUNREACH|ENETDOWN|EADDRNOTAVAIL)$/.test(code) ||
			words.startsWith('connect ETIMEDOUT'),
		message: (host) => `${host} cannot be reached`,
		howToFix: `${HOST}, and the network between n8n and Liner.`,
	},
	{
		kind: 'unknown',
		fits: (code, words) => /timeout of \d+ms exceeded/.test(words) || code === 'ETIMEDOUT',
		message: (_host, _words, timeout) =>
			`Liner did not answer within ${timeout / 1_000} ${timeout === 1_000 ? 'second' : 'seconds'}`,
		howToFix: '',
		details: { timedOut: true },
	},
	{
		kind: 'unknown',
		fits: (code) => code === 'ERR_CANCELED',
		message: () => 'The execution was canceled while Liner worked on the request',
		howToFix: '',
		details: { timedOut: true },
	},
	{
		kind: 'unknown',
		// Where the code is lost as well, there is the status of the answer instead.
		fits: (code, words) =>
			/^(ECONNRESET|EPIPE|EPROTO|ECONNABORTED|ERR_BAD_RESPONSE|ERR_SSL_.*)$/.test(code) ||
			words === 'stream has been aborted',
		message: (host) => `The connection to ${host} broke before the answer was complete`,
		howToFix: '',
	},
	{
		kind: 'unknown',
		fits: (code) => code.startsWith('HPE_'),
		message: (host) => `${host} does not answer in HTTP`,
		howToFix: `${HOST}, and any proxy on the way.`,
	},
	{
		kind: 'unknown',
		fits: () => true,
		message: (host, words) => `The request to ${host} came to nothing: ${words}`,
		howToFix: '',
	},
];

/**
 * What a user is told of a request that got no answer at all.
 *
 * @param error What n8n's HTTP helper threw.
 * @param host For the user to recognise, e.g. `liner.example.com`.
 * @param timeout How long Liner was allowed to be silent, in milliseconds.
 */
export function toNetworkFailure(error: Error, host: string, timeout: number, purpose: Purpose): Failure {
	const { code, words } = parseNetworkError(error);
	const { kind, message, howToFix, details } = causes.find(({ fits }) => fits(code, words)) as Cause;
	const { isWrite, ifUnknown, ifNothingDone } = purpose;
	const isTimeout = kind === 'unknown' && details?.timedOut === true && code !== 'ERR_CANCELED';
	return new Failure(
		kind,
		message(host, words, timeout),
		joinSentences(
			howToFix,
			kind === 'unknown' ? ifUnknown : ifNothingDone,
			isTimeout && isWrite ? "To wait longer, raise 'Timeout' in the options of the node." : '',
		),
		details,
	);
}

/** What n8n's HTTP helper threw, or what it made of it: a `NodeApiError`. */
interface NetworkError {
	message?: string;
	code?: string;
	/** The code, in a `NodeApiError`. */
	httpCode?: string | null;
	/** The words, in a `NodeApiError`; its own message is n8n's. */
	messages?: string[];
}

/** The network's code and words. A `NodeApiError` of n8n 1.102 to 2.33 has lost its cause, but tells both itself. */
function parseNetworkError(error: Error): { code: string; words: string } {
	const { message = error.message, code, httpCode, messages } = (error.cause ?? error) as NetworkError;
	return { code: code ?? httpCode ?? '', words: messages?.[0] ?? message };
}

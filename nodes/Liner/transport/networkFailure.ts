import { joinSentences, type Purpose } from './response';
import { Failure, type FailureDetails, type FailureKind } from '../failure';
import { cut } from '../texts';

/** What the network says of a request that got no answer; a text that is lost is empty. */
interface NetworkError {
	code: string;
	words: string;
	/** The name of the error, or of one that it comes from, with which n8n says that it does not allow the address. */
	name: string;
	/** What it was that did not work: `connect`, `getaddrinfo`, `read`, `write`, ... */
	syscall: string;
}

/** One reason why a request gets no answer. */
interface Cause {
	kind: FailureKind;
	/** Whether it is this one. */
	fits(error: NetworkError): boolean;
	/** What happened; `words` are the network's. */
	message(host: string, words: string, timeout: number): string;
	howToFix: string;
	details?: FailureDetails;
}

const HOST = "Check 'Host' in the Liner credential";

/** Other faults of TLS may come up when the request has been sent already. */
const NO_HANDSHAKE =
	/wrong.version.number|handshake|unsupported.protocol|unrecognized.name|before secure TLS connection/i;

/** The codes of certificates that OpenSSL does not accept. */
const CERTIFICATE =
	/CERT|SELF_SIGNED|UNABLE_TO|^(INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_EXCEEDED|HOSTNAME_MISMATCH)$/;

/** Codes with which Node.js and axios refuse to make a request at all. */
const NO_REQUEST =
	/^ERR_(INVALID_URL|UNESCAPED_CHARACTERS|INVALID_CHAR|INVALID_HTTP_TOKEN|HTTP_INVALID_HEADER_VALUE|INVALID_PROTOCOL|SOCKET_BAD_PORT)$/;

/** What n8n says of an address that it does not allow: its protection against SSRF, the domains of a credential. */
const NOT_ALLOWED =
	/^(The request was blocked because|Domain not allowed:|Cannot determine the host for this connection)/;

const isConnecting = ({ syscall }: NetworkError) => syscall === 'connect';

const isLookUp = ({ code, words, syscall }: NetworkError) =>
	// No other step has these codes.
	/^(ENOTFOUND|EAI_.*)$/.test(code) ||
	/^(getaddrinfo|query.*)$/.test(syscall) ||
	words.startsWith('DNS lookup for ');

/**
 * In the order in which they are tried; the last one always fits. `notDelivered` is only what certainly failed before the
 * request could be sent: the code alone (`ETIMEDOUT`, `EHOSTUNREACH`, ...) may also come from a connection that was open.
 */
const causes: Cause[] = [
	{
		kind: 'notDelivered',
		fits: ({ name, words }) => name.startsWith('SsrfBlocked') || NOT_ALLOWED.test(words),
		message: (host) => `n8n does not allow requests to ${host}`,
		howToFix: `${HOST}, or ask the administrator of n8n to allow its address.`,
	},
	{
		kind: 'notDelivered',
		fits: ({ code }) => NO_REQUEST.test(code),
		message: (host, words) => `A request to ${host} cannot be made: ${words}`,
		howToFix: "Check 'Host' and 'API Key' in the Liner credential.",
	},
	{
		kind: 'notDelivered',
		fits: ({ code, syscall }) =>
			/^(EMFILE|ENFILE|ENOBUFS|ENOMEM)$/.test(code) && /^(connect|socket|getaddrinfo)$/.test(syscall),
		message: (host) => `n8n has too many connections open for another one to ${host}`,
		howToFix: 'Send fewer requests at the same time, or raise the limit of open files where n8n runs.',
	},
	{
		kind: 'notDelivered',
		fits: isLookUp,
		message: (host) => `The host ${host} cannot be found`,
		howToFix: "Check the spelling of 'Host' in the Liner credential, and the DNS settings of where n8n runs.",
	},
	{
		kind: 'notDelivered',
		fits: (error) => isConnecting(error) && error.code === 'ECONNREFUSED',
		message: (host) => `${host} refused the connection`,
		howToFix: `${HOST}, and that Liner can be reached from where n8n runs.`,
	},
	{
		kind: 'notDelivered',
		fits: ({ code, words }) => NO_HANDSHAKE.test(`${code} ${words}`),
		message: (host) => `No secure connection to ${host} is possible: it does not answer in TLS`,
		howToFix: `${HOST}. A server without TLS needs http:// in front.`,
	},
	{
		kind: 'notDelivered',
		fits: ({ code }) => CERTIFICATE.test(code),
		message: (host, words) => `No secure connection to ${host} is possible: ${words}`,
		howToFix: `${HOST}, and the certificate of that host.`,
	},
	{
		kind: 'notDelivered',
		fits: isConnecting,
		message: (host) => `${host} cannot be reached`,
		howToFix: `${HOST}, and the network between n8n and Liner.`,
	},
	{
		kind: 'unknown',
		fits: ({ code, words }) => /timeout of \d+ms exceeded/.test(words) || code === 'ETIMEDOUT',
		message: (_host, _words, timeout) =>
			`Liner did not answer within ${timeout / 1_000} ${timeout === 1_000 ? 'second' : 'seconds'}`,
		howToFix: '',
		details: { timedOut: true },
	},
	{
		kind: 'unknown',
		fits: ({ code }) => code === 'ERR_CANCELED',
		message: () => 'The execution was canceled while Liner worked on the request',
		howToFix: '',
		details: { timedOut: true },
	},
	{
		kind: 'unknown',
		// Where the code is lost as well, there is the status of the answer instead.
		fits: ({ code, words, syscall }) =>
			/^(ECONNRESET|EPIPE|EPROTO|ECONNABORTED|ERR_BAD_RESPONSE|ERR_SSL_.*)$/.test(code) ||
			/^(read|write|shutdown)$/.test(syscall) ||
			words === 'stream has been aborted',
		message: (host) => `The connection to ${host} broke before the answer was complete`,
		howToFix: '',
	},
	{
		kind: 'unknown',
		fits: ({ code }) => code.startsWith('HPE_'),
		message: (host) => `${host} does not answer in HTTP`,
		howToFix: `${HOST}, and any proxy on the way.`,
	},
	{
		kind: 'unknown',
		fits: () => true,
		message: (host, words) => `The request to ${host} came to nothing${words === '' ? '' : `: ${words}`}`,
		howToFix: '',
	},
];

/**
 * What a user is told of a request that got no answer at all. Never throws.
 *
 * @param error What n8n's HTTP helper threw.
 * @param host For the user to recognise, e.g. `liner.example.com`.
 * @param timeout How long the request was allowed to take, in milliseconds.
 */
export function toNetworkFailure(error: unknown, host: string, timeout: number, purpose: Purpose): Failure {
	const networkError = parseNetworkError(error);
	const { code, words } = networkError;
	const { kind, message, howToFix, details } = causes.find(({ fits }) => fits(networkError)) as Cause;
	const { isWrite, ifUnknown, ifNothingDone } = purpose;
	const isTimeout = kind === 'unknown' && details?.timedOut === true && code !== 'ERR_CANCELED';
	return new Failure(
		kind,
		message(host, cut(words || code), timeout),
		joinSentences(
			howToFix,
			kind === 'unknown' ? ifUnknown : ifNothingDone,
			isTimeout && isWrite ? "To wait longer, raise 'Timeout' in the options of the node." : '',
		),
		details,
	);
}

/** How far an error is followed to what caused it. */
const MOST_CAUSES = 5;

/**
 * Takes what the network says out of the error: from what n8n's helper threw (a `NodeApiError`) over the error of axios to
 * the one of Node.js. A `NodeApiError` of n8n 1.102 to 2.33 has lost its cause, but has the code as its `httpCode` and the
 * words in its `messages`; its own message is n8n's.
 */
function parseNetworkError(error: unknown): NetworkError {
	const causes: unknown[] = [];
	let cause = property(error, 'cause') ?? error;
	while (cause !== undefined && cause !== null && causes.length < MOST_CAUSES) {
		causes.push(cause);
		cause = property(cause, 'cause');
	}
	const find = (read: (cause: unknown) => string | undefined) =>
		[...causes, error].map(read).find((text) => text !== undefined) ?? '';
	const attempts = causes.map((cause) => property(cause, 'errors')).find(isFilledList) ?? [];
	const words = (find(wordsOf) || (wordsOf(attempts[0]) ?? '')).trim();
	return {
		code: find((cause) => textProperty(cause, 'code') ?? textProperty(cause, 'httpCode')),
		words,
		name: find((cause) => /^SsrfBlocked.*/.exec(textProperty(cause, 'name') ?? '')?.[0]),
		syscall:
			attempts.length > 0
				? syscallOfAll(attempts)
				: find((cause) => textProperty(cause, 'syscall')) || syscallIn(words),
	};
}

/** Of several addresses of a host that were tried: what failed for all of them, if it was the same. */
function syscallOfAll(attempts: unknown[]): string {
	const syscalls = attempts.map(
		(attempt) => textProperty(attempt, 'syscall') ?? syscallIn(wordsOf(attempt) ?? ''),
	);
	return syscalls.every((syscall) => syscall === syscalls[0]) ? syscalls[0] : '';
}

/** The words of Node.js begin with the system call, and go on with the code: `connect ECONNREFUSED 127.0.0.1:443`. */
const syscallIn = (words: string) => /^([a-z]\w*) E[A-Z]/.exec(words)?.[1] ?? '';

const isFilledList = (value: unknown): value is unknown[] => Array.isArray(value) && value.length > 0;

function wordsOf(error: unknown): string | undefined {
	if (typeof error === 'string') return error;
	const [words] = [property(error, 'messages')].flat();
	return typeof words === 'string' ? words : textProperty(error, 'message');
}

function textProperty(object: unknown, name: string): string | undefined {
	const value = property(object, name);
	return typeof value === 'string' ? value : undefined;
}

/** Errors come from elsewhere: a getter of theirs may throw. */
function property(object: unknown, name: string): unknown {
	try {
		return (object as Record<string, unknown> | null | undefined)?.[name];
	} catch {
		return undefined;
	}
}

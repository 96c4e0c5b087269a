import { CREATE } from '../../nodes/Liner/api/leads';
import { toNetworkFailure } from '../../nodes/Liner/transport/networkFailure';
import { READ } from '../../nodes/Liner/transport/response';

const HOST = 'liner.example.com';
const UNKNOWN = /The lead may have been created all the same/;
const NONE = /No lead was created for this item\.$/;

/** As Node.js gives an error of the network. */
const systemError = (code: string | undefined, message: string, more: object = {}) =>
	Object.assign(new Error(message), code === undefined ? {} : { code }, more);

/** As n8n's HTTP helper throws it: a `NodeApiError` over an error of axios over the network's own. */
const thrown = (cause: Error & { code?: unknown }) =>
	new Error('The service was not able to process your request', {
		cause: Object.assign(new Error(cause.message, { cause }), { code: cause.code }),
	});

/** As n8n 1.102 to 2.33 throws it: nothing is left but code and words. */
const lost = (httpCode: string, ...messages: string[]) =>
	Object.assign(new Error('Something n8n says'), { httpCode, messages });

const explain = (error: unknown) => toNetworkFailure(error, HOST, 15_000, CREATE);

const CONNECT_CODES = [
	'EHOSTUNREACH',
	'ENETDOWN',
	'ENETUNREACH',
	'ECONNREFUSED',
	'ETIMEDOUT',
	'EADDRNOTAVAIL',
];

describe('a request that did not reach Liner', () => {
	it.each([...CONNECT_CODES, 'EACCES', 'ECONNRESET'])('failed to connect: %s', (code) => {
		const message = code === 'ECONNREFUSED' ? `${HOST} refused the connection` : `${HOST} cannot be reached`;
		const expected = { kind: 'notDelivered', message, description: expect.stringMatching(NONE) as string };
		expect(explain(thrown(systemError(code, 'words', { syscall: 'connect' })))).toMatchObject(expected);
		const words = `connect ${code} 203.0.113.1:443`;
		expect(explain(thrown(systemError(code, words)))).toMatchObject(expected);
		expect(explain(systemError(code, words, { syscall: 'connect' }))).toMatchObject(expected);
		expect(explain(lost(code, words, words))).toMatchObject(expected);
	});

	it.each([
		['ENOTFOUND', 'getaddrinfo ENOTFOUND liner.example.com', 'getaddrinfo'],
		['EAI_AGAIN', 'getaddrinfo EAI_AGAIN liner.example.com', 'getaddrinfo'],
		['ECONNREFUSED', 'queryA ECONNREFUSED liner.example.com', 'queryA'],
		['ETIMEOUT', 'queryAaaa ETIMEOUT liner.example.com', 'queryAaaa'],
		['ENOTFOUND', 'words', undefined],
		['EAI_FAIL', '', undefined],
		['ERR_ASSERTION', 'DNS lookup for liner.example.com returned no results', undefined],
	])('failed to find its address: %s (%s)', (code, words, syscall) => {
		const expected = {
			kind: 'notDelivered',
			message: `The host ${HOST} cannot be found`,
			description: expect.stringMatching(NONE) as string,
		};
		expect(explain(thrown(systemError(code, words, syscall ? { syscall } : {})))).toMatchObject(expected);
		expect(explain(lost(code, words))).toMatchObject(expected);
	});

	it.each([
		['EMFILE', 'connect EMFILE 203.0.113.1:443 - Local (undefined:undefined)', 'connect'],
		['ENFILE', 'socket ENFILE', 'socket'],
		['ENOBUFS', 'connect ENOBUFS 203.0.113.1:443', 'connect'],
		['EMFILE', 'getaddrinfo EMFILE', 'getaddrinfo'],
	])('found no free socket: %s (%s)', (code, words, syscall) => {
		const expected = {
			kind: 'notDelivered',
			message: `n8n has too many connections open for another one to ${HOST}`,
			description: expect.stringMatching(NONE) as string,
		};
		expect(explain(thrown(systemError(code, words, { syscall })))).toMatchObject(expected);
		expect(explain(lost(code, words))).toMatchObject(expected);
	});

	it.each([
		['SsrfBlockedIpError', 'words'],
		['SsrfBlockedHostnameError', 'words'],
		['Error', 'The request was blocked because it resolves to a restricted IP address'],
		['Error', 'The request was blocked because the destination hostname is restricted'],
		[
			'UserError',
			'Domain not allowed: This credential is restricted from accessing liner.example.com. Only the following domains are allowed: x.com',
		],
		['UnexpectedError', 'Cannot determine the host for this connection'],
	])('is not allowed by n8n: %s (%s)', (name, words) => {
		const expected = {
			kind: 'notDelivered',
			message: `n8n does not allow requests to ${HOST}`,
			description: expect.stringMatching(NONE) as string,
		};
		expect(explain(thrown(systemError(undefined, words, { name })))).toMatchObject(expected);
		if (words !== 'words') expect(explain({ httpCode: null, messages: [words] })).toMatchObject(expected);
	});

	it.each(['ERR_INVALID_URL', 'ERR_UNESCAPED_CHARACTERS', 'ERR_INVALID_CHAR', 'ERR_INVALID_HTTP_TOKEN'])(
		'cannot even be made: %s',
		(code) => {
			const expected = {
				kind: 'notDelivered',
				message: `A request to ${HOST} cannot be made: Why not`,
				description: expect.stringMatching(NONE) as string,
			};
			expect(explain(thrown(systemError(code, 'Why not')))).toMatchObject(expected);
			expect(explain(lost(code, 'Why not'))).toMatchObject(expected);
		},
	);

	it.each([
		['CERT_HAS_EXPIRED', 'certificate has expired'],
		['DEPTH_ZERO_SELF_SIGNED_CERT', 'self-signed certificate'],
		['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'unable to verify'],
		['ERR_TLS_CERT_ALTNAME_INVALID', 'altnames'],
		['INVALID_PURPOSE', 'unsuitable certificate purpose'],
	])('found a certificate that is not accepted: %s', (code, words) => {
		expect(explain(thrown(systemError(code, words)))).toMatchObject({
			kind: 'notDelivered',
			message: `No secure connection to ${HOST} is possible: ${words}`,
		});
	});

	it.each([
		['EPROTO', 'write EPROTO 0:error:0A00010B:SSL routines:ssl3_get_record:wrong version number', 'write'],
		[
			'ECONNRESET',
			'Client network socket disconnected before secure TLS connection was established',
			undefined,
		],
		['EPROTO', 'write EPROTO 80:error:0A000410:SSL routines::sslv3 alert handshake failure', 'write'],
		['ERR_SSL_UNSUPPORTED_PROTOCOL', 'unsupported protocol', undefined],
		['ERR_SSL_TLSV1_UNRECOGNIZED_NAME', 'tlsv1 unrecognized name', undefined],
	])('found no TLS: %s (%s)', (code, words, syscall) => {
		expect(explain(thrown(systemError(code, words, syscall ? { syscall } : {})))).toMatchObject({
			kind: 'notDelivered',
			message: `No secure connection to ${HOST} is possible: it does not answer in TLS`,
		});
	});

	describe('after each address of the host was tried', () => {
		const attempt = (code: string, syscall?: string) =>
			systemError(code, `${syscall ?? 'connect'} ${code} 203.0.113.1:443`, syscall ? { syscall } : {});
		const failAll = (code: string, ...errors: Error[]) =>
			thrown(Object.assign(new AggregateError(errors, ''), { code }));

		it('is certain when none could be connected to', () => {
			expect(
				explain(
					failAll('ECONNREFUSED', attempt('ECONNREFUSED', 'connect'), attempt('ENETUNREACH', 'connect')),
				),
			).toMatchObject({ kind: 'notDelivered', message: `${HOST} refused the connection` });
			expect(
				explain(failAll('ETIMEDOUT', attempt('ETIMEDOUT'), attempt('EHOSTUNREACH', 'connect'))),
			).toMatchObject({ kind: 'notDelivered', message: `${HOST} cannot be reached` });
		});

		it('is not when one of them failed in another way', () => {
			const mixed = failAll(
				'ECONNREFUSED',
				attempt('ECONNREFUSED', 'connect'),
				attempt('ECONNRESET', 'read'),
			);
			expect(explain(mixed)).toMatchObject({
				kind: 'unknown',
				message: `The request to ${HOST} came to nothing: connect ECONNREFUSED 203.0.113.1:443`,
			});
		});
	});
});

describe('a request that may have reached Liner', () => {
	const broken = `The connection to ${HOST} broke before the answer was complete`;

	it.each([
		...CONNECT_CODES.filter((code) => code !== 'ETIMEDOUT'),
		'EPIPE',
		'ECONNRESET',
		'ENOBUFS',
		'EINVAL',
	])('lost a connection that was open: %s', (code) => {
		for (const syscall of ['read', 'write']) {
			const words = `${syscall} ${code}`;
			const expected = {
				kind: 'unknown',
				message: broken,
				description: expect.stringMatching(UNKNOWN) as string,
			};
			expect(explain(thrown(systemError(code, 'words', { syscall })))).toMatchObject(expected);
			expect(explain(thrown(systemError(code, words)))).toMatchObject(expected);
			expect(explain(lost(code, words, words))).toMatchObject(expected);
		}
	});

	it.each([...CONNECT_CODES, 'EMFILE'])('is all that a code alone says: %s', (code) => {
		expect(explain(lost(code))).toMatchObject({ kind: 'unknown' });
		expect(explain(lost(code, `Proxy says: connect ${code} 203.0.113.1:443`))).toMatchObject({
			kind: 'unknown',
		});
		expect(explain(thrown(systemError(code, '')))).toMatchObject({ kind: 'unknown' });
	});

	it.each([
		['ECONNRESET', 'socket hang up'],
		['ERR_BAD_RESPONSE', 'stream has been aborted'],
		[undefined, 'stream has been aborted'],
		['ECONNABORTED', 'Request aborted before the timeout'],
		['EPROTO', 'read EPROTO bad record mac'],
		['ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC', 'bad record mac'],
	])('lost its connection: %s (%s)', (code, words) => {
		expect(explain(thrown(systemError(code, words)))).toMatchObject({ kind: 'unknown', message: broken });
	});

	it.each([
		['ECONNABORTED', 'timeout of 15000ms exceeded'],
		['ETIMEDOUT', 'read ETIMEDOUT'],
		[undefined, 'timeout of 15000ms exceeded'],
	])('took too long: %s (%s)', (code, words) => {
		const failure = explain(thrown(systemError(code, words)));
		expect(failure).toEqual({
			kind: 'unknown',
			message: 'Liner did not answer within 15 seconds',
			description:
				"The lead may have been created all the same: look for its phone number in Liner before you send the item again. To wait longer, raise 'Timeout' in the options of the node.",
			details: { timedOut: true },
		});
	});

	it.each([
		['HPE_INVALID_CONSTANT', 'Parse Error: Expected HTTP/', `${HOST} does not answer in HTTP`],
		['ERR_CANCELED', 'canceled', 'The execution was canceled while Liner worked on the request'],
		[undefined, 'something new', `The request to ${HOST} came to nothing: something new`],
		['EWHAT', '', `The request to ${HOST} came to nothing: EWHAT`],
		[undefined, '', `The request to ${HOST} came to nothing`],
		[
			undefined,
			'Proxy connection ended before receiving CONNECT response',
			`The request to ${HOST} came to nothing: Proxy connection ended before receiving CONNECT response`,
		],
	])('came to nothing: %s (%s)', (code, words, message) => {
		expect(explain(thrown(systemError(code, words)))).toMatchObject({ kind: 'unknown', message });
	});

	it('is told at no length', () => {
		expect(explain(new Error('x'.repeat(2_000_000))).message).toBe(
			`The request to ${HOST} came to nothing: ${'x'.repeat(500)}... (cut, 2,000,000 characters)`,
		);
	});

	it('is explained without a cause, too', () => {
		expect(toNetworkFailure(new Error('Blocked'), HOST, 15_000, READ)).toMatchObject({
			kind: 'unknown',
			message: `The request to ${HOST} came to nothing: Blocked`,
			description: "Check 'Host' in the Liner credential, or try again later.",
		});
	});

	const throwing = (name: string) =>
		Object.defineProperty(new Error('words'), name, {
			get: () => {
				throw new Error('No');
			},
		});
	const circular = new Error('words');
	circular.cause = circular;

	it.each<[what: string, error: unknown, words?: string]>([
		['undefined', undefined, ''],
		['null', null, ''],
		['text', 'words'],
		['a number', 7, ''],
		['an object', {}, ''],
		['a code that is a number', systemError(undefined, 'words', { code: 7 })],
		['a code that is an object', systemError(undefined, 'words', { code: { a: 1 }, syscall: [1] })],
		['a httpCode that is a number', { httpCode: 500, messages: ['words'] }],
		['messages that are no list', { messages: 7, message: 'words' }],
		['messages that are no texts', { messages: [{}], message: 'words' }],
		['a cause that is null', systemError(undefined, 'words', { cause: null })],
		['a cause that is text', systemError(undefined, 'other', { cause: 'words' })],
		['a cause that is a number', systemError(undefined, 'words', { cause: 7 })],
		['errors that are none', systemError(undefined, 'words', { errors: [null, 7] })],
		['itself as its cause', circular],
		...['code', 'cause', 'syscall', 'errors', 'name', 'messages', 'httpCode'].map(
			(name): [string, unknown] => [`a ${name} that throws`, throwing(name)],
		),
		['a message that throws', throwing('message'), ''],
	])('is explained whatever was thrown: %s', (_, error, words = 'words') => {
		expect(explain(error)).toMatchObject({
			kind: 'unknown',
			message: `The request to ${HOST} came to nothing${words === '' ? '' : `: ${words}`}`,
		});
	});
});

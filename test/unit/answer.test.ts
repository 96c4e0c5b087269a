import { explainNoAnswer, parseRetryAfter } from '../../nodes/Liner/transport/answer';

/** As n8n's HTTP helper throws it: the network's own error is the cause. */
const thrown = (code: string | undefined, message: string) =>
	new Error('The service was not able to process your request', {
		cause: Object.assign(new Error(message), code === undefined ? {} : { code }),
	});

const explain = (code: string | undefined, message: string) =>
	explainNoAnswer(thrown(code, message), 'liner.example.com', 15_000, 'createLead');

describe('explainNoAnswer', () => {
	it.each([
		['ECONNREFUSED', 'connect ECONNREFUSED', 'liner.example.com refused the connection'],
		['ENOTFOUND', 'getaddrinfo ENOTFOUND', 'The host liner.example.com cannot be found'],
		['EAI_AGAIN', 'getaddrinfo EAI_AGAIN', 'The host liner.example.com cannot be found'],
		[
			'CERT_HAS_EXPIRED',
			'certificate has expired',
			'No secure connection to liner.example.com is possible: certificate has expired',
		],
		[
			'DEPTH_ZERO_SELF_SIGNED_CERT',
			'self-signed certificate',
			'No secure connection to liner.example.com is possible: self-signed certificate',
		],
		[
			'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
			'unable to verify',
			'No secure connection to liner.example.com is possible: unable to verify',
		],
		[
			'ERR_TLS_CERT_ALTNAME_INVALID',
			'altnames',
			'No secure connection to liner.example.com is possible: altnames',
		],
		[
			'EPROTO',
			'write EPROTO 0A00010B',
			'No secure connection to liner.example.com is possible: it does not answer in TLS',
		],
		[
			'ECONNRESET',
			'Client network socket disconnected before secure TLS connection was established',
			'No secure connection to liner.example.com is possible: it does not answer in TLS',
		],
		['EHOSTUNREACH', 'connect EHOSTUNREACH', 'liner.example.com cannot be reached'],
		['ENETUNREACH', 'connect ENETUNREACH', 'liner.example.com cannot be reached'],
		['ETIMEDOUT', 'connect ETIMEDOUT 203.0.113.1:443', 'liner.example.com cannot be reached'],
	])('%s (%s) was not delivered', (code, words, message) => {
		expect(explain(code, words)).toMatchObject({
			kind: 'notDelivered',
			message,
			description: expect.stringMatching(/No lead was created for this item\.$/) as string,
		});
	});

	it.each([
		['ECONNABORTED', 'timeout of 15000ms exceeded', 'Liner did not answer within 15 seconds'],
		['ETIMEDOUT', 'read ETIMEDOUT', 'Liner did not answer within 15 seconds'],
		[
			'ECONNRESET',
			'socket hang up',
			'The connection to liner.example.com broke before the answer was complete',
		],
		['EPIPE', 'write EPIPE', 'The connection to liner.example.com broke before the answer was complete'],
		[
			'ERR_BAD_RESPONSE',
			'stream has been aborted',
			'The connection to liner.example.com broke before the answer was complete',
		],
		[undefined, 'something new', 'The request to liner.example.com came to nothing: something new'],
	])('%s (%s) may have been delivered', (code, words, message) => {
		expect(explain(code, words)).toMatchObject({
			kind: 'unknown',
			message,
			description: expect.stringMatching(/^The lead may have been created all the same/) as string,
		});
	});

	it('explains an error without a cause, too', () => {
		expect(explainNoAnswer(new Error('Blocked'), 'liner.example.com', 15_000, 'read')).toMatchObject({
			kind: 'unknown',
			message: 'The request to liner.example.com came to nothing: Blocked',
			description: 'Try again later.',
		});
	});
});

describe('parseRetryAfter', () => {
	const now = Date.parse('Wed, 21 Oct 2026 07:28:00 GMT');

	it.each([
		['0', 0],
		[' 30 ', 30_000],
		['1.5', 1_500],
		['Wed, 21 Oct 2026 07:28:30 GMT', 30_000],
		['Wed, 21 Oct 2026 07:27:00 GMT', 0],
	])('reads %j as %i ms', (value, expected) => {
		expect(parseRetryAfter(value, now)).toBe(expected);
	});

	it.each([undefined, null, '', ' ', 'soon', 30, ['30']])('does not read %j', (value) => {
		expect(parseRetryAfter(value, now)).toBeUndefined();
	});
});

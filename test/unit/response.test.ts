import { CREATE, parseLeadId } from '../../nodes/Liner/api/leads';
import { toNetworkFailure } from '../../nodes/Liner/transport/networkFailure';
import { parseResponse, parseRetryAfter, READ } from '../../nodes/Liner/transport/response';

/** As n8n's HTTP helper throws it: the network's own error is the cause. */
const thrown = (code: string | undefined, message: string) =>
	new Error('The service was not able to process your request', {
		cause: Object.assign(new Error(message), code === undefined ? {} : { code }),
	});

const explain = (code: string | undefined, message: string) =>
	toNetworkFailure(thrown(code, message), 'liner.example.com', 15_000, CREATE);

describe('toNetworkFailure', () => {
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
			'write EPROTO 0:error:0A00010B:SSL routines:ssl3_get_record:wrong version number',
			'No secure connection to liner.example.com is possible: it does not answer in TLS',
		],
		[
			'ECONNRESET',
			'Client network socket disconnected before secure TLS connection was established',
			'No secure connection to liner.example.com is possible: it does not answer in TLS',
		],
		['EHOSTUNREACH', 'connect EHOSTUNREACH', 'liner.example.com cannot be reached'],
		['ENETUNREACH', 'connect ENETUNREACH', 'liner.example.com cannot be reached'],
		['ENETDOWN', 'connect ENETDOWN', 'liner.example.com cannot be reached'],
		['EADDRNOTAVAIL', 'connect EADDRNOTAVAIL', 'liner.example.com cannot be reached'],
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
		[
			'ECONNABORTED',
			'Request aborted before the timeout',
			'The connection to liner.example.com broke before the answer was complete',
		],
		[
			'EPROTO',
			'read EPROTO bad record mac',
			'The connection to liner.example.com broke before the answer was complete',
		],
		[
			'ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC',
			'bad record mac',
			'The connection to liner.example.com broke before the answer was complete',
		],
		['HPE_INVALID_CONSTANT', 'Parse Error: Expected HTTP/', 'liner.example.com does not answer in HTTP'],
		['ERR_CANCELED', 'canceled', 'The execution was canceled while Liner worked on the request'],
		[undefined, 'something new', 'The request to liner.example.com came to nothing: something new'],
	])('%s (%s) may have been delivered', (code, words, message) => {
		expect(explain(code, words)).toMatchObject({
			kind: 'unknown',
			message,
			description: expect.stringMatching(/The lead may have been created all the same/) as string,
		});
	});

	it.each(['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT'])(
		'explains %s alike where a NodeApiError has lost its cause, as in n8n 1.102 to 2.33',
		(code) => {
			const lost = Object.assign(new Error('Something n8n says'), {
				httpCode: code,
				messages: [`connect ${code} 127.0.0.1:1`],
			});
			expect(toNetworkFailure(lost, 'liner.example.com', 15_000, CREATE)).toEqual(
				explain(code, `connect ${code} 127.0.0.1:1`),
			);
		},
	);

	it('explains an error without a cause, too', () => {
		expect(toNetworkFailure(new Error('Blocked'), 'liner.example.com', 15_000, READ)).toMatchObject({
			kind: 'unknown',
			message: 'The request to liner.example.com came to nothing: Blocked',
			description: "Check 'Host' in the Liner credential, or try again later.",
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

describe('parseResponse', () => {
	const no = JSON.stringify({ success: false, message: 'No' });
	const read = (statusCode: number, body = no, headers = {}) =>
		parseResponse({ statusCode, headers, body }, CREATE, (text) => text);

	it.each<[kind: string, status: number, body?: string, headers?: object]>([
		['rejected', 200],
		['rejected', 301, ''],
		['rejected', 302, ''],
		['rejected', 307, ''],
		['rejected', 308, ''],
		['rejected', 400],
		['rejected', 401],
		['rejected', 403],
		['rejected', 404],
		['rejected', 404, '<html>'],
		['rejected', 409],
		['rejected', 422],
		['notDelivered', 429],
		['notDelivered', 503, no, { 'retry-after': '1' }],
		['unknown', 503],
		['unknown', 503, no, { 'retry-after': 'soon' }],
		['unknown', 200, '<html>'],
		['unknown', 200, ''],
		['unknown', 303, ''],
		['unknown', 304, ''],
		['unknown', 408],
		['unknown', 425],
		['unknown', 500],
		['unknown', 502, '<html>'],
		['unknown', 504, ''],
	])('says %s of %i %j %j', (kind, status, body = no, headers = {}) => {
		expect(read(status, body, headers)).toMatchObject({ kind, details: { httpCode: status } });
	});

	it('gives the data and the time of an answer that reports success', () => {
		const body = JSON.stringify({ success: true, message: '', data: [1] });
		expect(read(200, body, { date: 'Wed, 21 Oct 2026 07:28:00 GMT' })).toEqual({
			data: [1],
			time: Date.parse('2026-10-21T07:28:00Z'),
		});
		expect(read(201, body)).toEqual({ data: [1], time: undefined });
	});

	it('takes a Retry-After date by the clock of whoever answers', () => {
		const headers = { date: 'Wed, 21 Oct 2026 07:28:00 GMT', 'retry-after': 'Wed, 21 Oct 2026 07:28:30 GMT' };
		expect(read(429, no, headers)).toMatchObject({
			details: { retryAfter: 30_000 },
			description:
				'Liner asks to wait 30 seconds before the next request. No lead was created for this item (HTTP 429).',
		});
		expect(read(429, no, { 'retry-after': '0.5' })).toMatchObject({
			description: expect.stringContaining('asks to wait 1 second before') as string,
		});
	});

	it.each([
		[{ code: 7, text: 'Нет' }, 'Liner rejected the lead: {"code":7,"text":"Нет"}'],
		[null, 'Liner rejected the lead without a reason'],
		['  ', 'Liner rejected the lead without a reason'],
	])('gives the reason %j in words', (message, expected) => {
		expect(read(400, JSON.stringify({ success: false, message }))).toMatchObject({ message: expected });
	});

	it.each([
		['https://user:pw@new.example.com/v2?a=b#c', 'https://new.example.com/v2'],
		['/login?token=1', '/login'],
		[undefined, 'another address'],
	])('names the redirect target %j without what may be secret', (location, expected) => {
		expect(read(301, '', { location })).toMatchObject({
			message: `The host in the Liner credential redirects to ${expected}`,
		});
	});
});

describe('parseLeadId', () => {
	it.each([1, 100200300, '1', '9007199254740993'])('gives %j as it is', (id) => {
		expect(parseLeadId({ id })).toBe(id);
	});

	it.each([
		[undefined, 'no lead ID'],
		[{ id: null }, 'no lead ID'],
		[{ id: '' }, '"" for a lead ID'],
		[{ id: '0' }, '"0" for a lead ID'],
		[{ id: 'abc' }, '"abc" for a lead ID'],
		[{ id: -1 }, '-1 for a lead ID'],
		[{ id: 1.5 }, '1.5 for a lead ID'],
		[{ id: 2 ** 53 }, '9007199254740992 for a lead ID'],
	])('finds none in %j', (data, given) => {
		expect(parseLeadId(data)).toMatchObject({
			kind: 'unknown',
			message: `Liner reported success but gave ${given}`,
		});
	});
});

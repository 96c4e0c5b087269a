import { CREATE, parseLeadId } from '../../nodes/Liner/api/leads';
import { Failure } from '../../nodes/Liner/failure';
import { hideKeyIn } from '../../nodes/Liner/transport/account';
import {
	parseResponse,
	parseRetryAfter,
	READ,
	type HttpResponse,
	type Purpose,
} from '../../nodes/Liner/transport/response';

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
		['//user:pw@new.example.com/x', '//new.example.com/x'],
		[`/${'x'.repeat(1_000)}`, `/${'x'.repeat(499)}... (cut, 1,001 characters)`],
		[undefined, 'another address'],
	])('names the redirect target %j without what may be secret', (location, expected) => {
		expect(read(301, '', { location })).toMatchObject({
			message: `The host in the Liner credential redirects to ${expected}`,
		});
	});
});

describe('a reason of any length', () => {
	const explain = (message: unknown) =>
		parseResponse(
			{ statusCode: 422, headers: {}, body: JSON.stringify({ success: false, message }) },
			CREATE,
			(text) => text.replaceAll('secret', '*'),
		);

	it.each([
		['x'.repeat(500), 'x'.repeat(500)],
		['x'.repeat(501), `${'x'.repeat(500)}... (cut, 501 characters)`],
		['x'.repeat(2_000_000), `${'x'.repeat(500)}... (cut, 2,000,000 characters)`],
		[`${'x'.repeat(499)}😀`, `${'x'.repeat(499)}... (cut, 501 characters)`],
		[`${'x'.repeat(498)}😀yz`, `${'x'.repeat(498)}😀... (cut, 502 characters)`],
		[
			{ errors: Array(300).fill('no') },
			`${JSON.stringify({ errors: Array(300).fill('no') }).slice(0, 500)}... (cut, 1,512 characters)`,
		],
		[`${'x'.repeat(497)}secret`, `${'x'.repeat(497)}*`],
	])('is told in part, and free of the key: %#', (message, expected) => {
		expect(explain(message)).toMatchObject({
			kind: 'rejected',
			message: `Liner rejected the lead: ${expected}`,
		});
	});

	it('is told as far as it can be when it is too deep', () => {
		const body = `{"success":false,"message":${'['.repeat(20_000)}${']'.repeat(20_000)}}`;
		expect(parseResponse({ statusCode: 400, headers: {}, body }, CREATE, (text) => text)).toMatchObject({
			kind: 'rejected',
			message: 'Liner rejected the lead: […]',
		});
	});
});

describe('a response that is none', () => {
	const throwing = Object.defineProperty({ statusCode: 200, headers: {} }, 'body', {
		get: () => {
			throw new Error('No');
		},
	});

	it.each([
		['undefined', undefined],
		['null', null],
		['without headers', { statusCode: 200, body: '{"success":true}' }],
		['with a body that is no text', { statusCode: 200, headers: {}, body: { success: true } }],
		['with a body that throws', throwing],
	])('is unknown: %s', (_, response) => {
		const parse = (purpose: Purpose) => parseResponse(response as HttpResponse, purpose, (text) => text);
		expect(parse(CREATE)).toEqual(
			new Failure(
				'unknown',
				"The answer is not one of Liner's: it cannot be read",
				`Check 'Host' in the Liner credential, and any proxy on the way. ${CREATE.ifUnknown}`,
			),
		);
		expect(parse(READ)).toEqual(
			new Failure(
				'unknown',
				"The answer is not one of Liner's: it cannot be read",
				"Check 'Host' in the Liner credential, and any proxy on the way.",
			),
		);
	});
});

describe('parseLeadId', () => {
	const API_KEY = '12345678';
	const parseId = (data: unknown) => parseLeadId(data, (given) => hideKeyIn(given, API_KEY));

	it.each([1, 100200300, '1', '9007199254740993', 512345678, '912345678'])('gives %j as it is', (id) => {
		expect(parseId({ id })).toBe(id);
	});

	it.each([
		[undefined, 'no lead ID'],
		[{ id: null }, 'no lead ID'],
		[{ id: '' }, '"" as the lead ID'],
		[{ id: '0' }, '"0" as the lead ID'],
		[{ id: 'abc' }, '"abc" as the lead ID'],
		[{ id: -1 }, '-1 as the lead ID'],
		[{ id: 1.5 }, '1.5 as the lead ID'],
		[{ id: 2 ** 53 }, '9007199254740992 as the lead ID'],
		[{ id: API_KEY }, '"[API key]" as the lead ID'],
		[{ id: Number(API_KEY) }, '"[API key]" as the lead ID'],
		[{ id: `no-${API_KEY}` }, '"no-[API key]" as the lead ID'],
		[{ id: { [API_KEY]: [API_KEY] } }, '{"[API key]":["[API key]"]} as the lead ID'],
		[{ id: 'x'.repeat(2_000) }, `"${'x'.repeat(59)}... (cut, 2,002 characters) as the lead ID`],
	])('finds none in %j', (data, given) => {
		expect(parseId(data)).toMatchObject({
			kind: 'unknown',
			message: `Liner reported success but returned ${given}`,
		});
	});
});

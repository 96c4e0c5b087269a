import { CREATE } from '../../nodes/Liner/api/leads';
import { Failure } from '../../nodes/Liner/failure';
import { hideKey, hideKeyIn, sendRequest } from '../../nodes/Liner/transport/account';
import type { HttpResponse } from '../../nodes/Liner/transport/response';

const API_KEY = 'a+b/c=="d\\e f&g<\'h>Ij~!*(9';

const base64 = (text: string) => Buffer.from(text).toString('base64');
const hex = (pattern: (code: string) => string) =>
	[...API_KEY].map((character) => pattern(character.charCodeAt(0).toString(16).padStart(2, '0'))).join('');

describe('hideKey', () => {
	it.each([
		['plain', API_KEY],
		['in another case', API_KEY.toUpperCase()],
		['in an address', encodeURIComponent(API_KEY)],
		['in an address in small letters', encodeURIComponent(API_KEY).toLowerCase()],
		['in an address twice', encodeURIComponent(encodeURIComponent(API_KEY))],
		['in a form', new URLSearchParams({ key: API_KEY }).toString().slice('key='.length)],
		['in percent signs alone', hex((code) => `%${code}`)],
		['in JSON', JSON.stringify(API_KEY).slice(1, -1)],
		['in JSON of PHP', JSON.stringify(API_KEY).slice(1, -1).replaceAll('/', '\\/')],
		['in JSON of numbers alone', hex((code) => `\\u00${code}`)],
		['in HTML', API_KEY.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)],
		[
			'in HTML with names',
			API_KEY.replaceAll('&', '&amp;')
				.replaceAll('<', '&lt;')
				.replaceAll('>', '&gt;')
				.replaceAll('"', '&quot;')
				.replaceAll("'", '&apos;'),
		],
		[
			'in HTML in hexadecimal',
			API_KEY.replace(/[&<>"']/g, (character) => `&#x${character.charCodeAt(0).toString(16)};`),
		],
	])('hides the key %s', (_, form) => {
		expect(hideKey(form, API_KEY)).toBe('[API key]');
		expect(hideKey(`No key x${form}1 and ${form}!`, API_KEY)).toBe('No key x[API key]1 and [API key]!');
	});

	it.each(['', 'u', 'us', 'use', 'user:', 'пользователь:'])('hides it in Base64 behind %j', (before) => {
		for (const after of ['', '1', ':x', '\n12']) {
			const text = before + API_KEY + after;
			for (const form of [
				base64(text),
				base64(text).replaceAll('/', '\\/'),
				base64(text).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, ''),
			]) {
				const hidden = hideKey(`Basic ${form}`, API_KEY);
				expect(hidden).toMatch(/^Basic [\w+/=\\-]*\[API key\][\w+/=\\-]*$/);
				// What is left of it is what its neighbours share with it.
				const left = hidden.slice('Basic '.length).replace('[API key]', '').length;
				expect(left).toBeLessThanOrEqual(Math.ceil((Buffer.byteLength(before + after) * 4) / 3) + 5);
			}
		}
	});

	it.each(['', 'no key', 'a+b', API_KEY.slice(1), base64('something else')])('leaves %j alone', (text) => {
		expect(hideKey(text, API_KEY)).toBe(text);
	});

	it('knows which key it is asked to hide', () => {
		expect(['key-1', 'key-2', 'key-1'].map((key) => hideKey('key-1 key-2', key))).toEqual([
			'[API key] key-2',
			'key-1 [API key]',
			'[API key] key-2',
		]);
		expect(hideKey('.*', '.*')).toBe('[API key]');
		expect(hideKey('abc', '.*')).toBe('abc');
	});
});

describe('hideKeyIn', () => {
	it('hides the key in every text, name and number, and changes nothing else', () => {
		const data = {
			a: [1, true, null, 'x key-1'],
			'key-1': { b: 'key-1', c: [['key-1']] },
			['__proto__']: 'key-1',
		};
		expect(JSON.stringify(hideKeyIn(data, 'key-1'))).toBe(
			'{"a":[1,true,null,"x [API key]"],"[API key]":{"b":"[API key]","c":[["[API key]"]]},"__proto__":"[API key]"}',
		);
		expect(hideKeyIn([12345678, 123456789, '12345678'], '12345678')).toEqual([
			'[API key]',
			123456789,
			'[API key]9'.slice(0, 9),
		]);
	});

	it('cuts off what is too deep', () => {
		const deep = (levels: number) => JSON.parse('['.repeat(levels) + ']'.repeat(levels)) as unknown;
		expect(JSON.stringify(hideKeyIn(deep(100), 'key-1'))).toBe('['.repeat(100) + ']'.repeat(100));
		expect(JSON.stringify(hideKeyIn(deep(20_000), 'key-1'))).toBe(
			`${'['.repeat(100)}"[too deep]"${']'.repeat(100)}`,
		);
	});

	it('does not stop at what cannot be read', () => {
		const throwing = {
			get a() {
				throw new Error('key-1');
			},
		};
		expect(hideKeyIn({ a: throwing, b: 'key-1' }, 'key-1')).toEqual({ a: '[unreadable]', b: '[API key]' });
	});
});

describe('sendRequest', () => {
	const account = {
		address: 'https://liner.example.com',
		host: 'liner.example.com',
		apiKey: API_KEY,
		timeout: 1_000,
	};
	const send = async (response: () => Promise<unknown>) =>
		await sendRequest(account, CREATE, async () => (await response()) as HttpResponse);

	it('hides the key in the words of the network', async () => {
		const failure = await send(async () => {
			throw new Error(`Bad header ${API_KEY} and ${base64(`user:${API_KEY}`)}`);
		});
		expect((failure as Failure).message).toMatch(
			/^The request to liner\.example\.com came to nothing: Bad header \[API key\] and dXNlcjph?\[API key\]\S{0,3}$/,
		);
	});

	it.each([
		['undefined is thrown', async () => await Promise.reject(undefined as unknown as Error)],
		[
			'it throws at once',
			() => {
				throw new Error(API_KEY);
			},
		],
		['the response is null', async () => null],
		[
			'the response throws',
			async () =>
				new Proxy(
					{},
					{
						get: (_, name) => {
							if (name === 'then') return undefined;
							throw new Error(API_KEY);
						},
					},
				),
		],
	])('never throws: %s', async (_, response) => {
		const failure = await send(response);
		expect(failure).toBeInstanceOf(Failure);
		expect(failure).toMatchObject({
			kind: 'unknown',
			description: expect.stringContaining(CREATE.ifUnknown) as string,
		});
		expect(JSON.stringify(failure)).not.toContain(JSON.stringify(API_KEY).slice(1, -1));
	});
});

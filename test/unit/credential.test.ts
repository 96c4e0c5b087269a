import { LinerApi, toApiKey, toBaseUrl } from '../../credentials/LinerApi.credentials';

describe('toBaseUrl', () => {
	it.each([
		['liner.example.com', 'https://liner.example.com'],
		['https://liner.example.com/', 'https://liner.example.com'],
		['  liner.example.com \n', 'https://liner.example.com'],
		['HTTPS://Liner.Example.COM', 'https://liner.example.com'],
		['http://127.0.0.1:8080', 'http://127.0.0.1:8080'],
		['liner.example.com:8443', 'https://liner.example.com:8443'],
		['https://liner.example.com:443', 'https://liner.example.com'],
		['liner.example.com/api//', 'https://liner.example.com/api'],
		['https://example.com/liner/eu/', 'https://example.com/liner/eu'],
		['[::1]:8080', 'https://[::1]:8080'],
		['https.example.com', 'https://https.example.com'],
		['лайнер.рф', 'https://xn--80aklgmt.xn--p1ai'],
	])('makes %j the base URL %s', (host, expected) => {
		expect(toBaseUrl(host)).toBe(expected);
	});

	it.each([
		[undefined, 'The host of Liner is missing'],
		[null, 'The host of Liner is missing'],
		[42, 'The host of Liner is missing'],
		['', 'The host of Liner is missing'],
		['   ', 'The host of Liner is missing'],
		['ftp://liner.example.com', 'The host of Liner begins with ftp:// but must be a web address'],
		['javascript://x', 'The host of Liner begins with javascript:// but must be a web address'],
		['liner example.com', 'The host of Liner is not a web address'],
		['https://', 'The host of Liner is not a web address'],
		['https:///liner.example.com', 'The host of Liner is not a web address'],
		['https:/liner.example.com', 'The host of Liner is not a web address'],
		['https:liner.example.com', 'The host of Liner is not a web address'],
		['//liner.example.com', 'The host of Liner is not a web address'],
		['\\\\liner.example.com', 'The host of Liner is not a web address'],
		['"liner.example.com"', 'The host of Liner is not a web address'],
		['a.example.com,b.example.com', 'The host of Liner is not a web address'],
		['https://https://liner.example.com', 'The host of Liner is not a web address'],
		['liner.example.com:99999', 'The host of Liner is not a web address'],
		['https://user:secret@liner.example.com', 'The host of Liner holds a user name or password'],
		['secret@liner.example.com', 'The host of Liner holds a user name or password'],
		['liner.example.com?key=secret', "The host of Liner holds a query ('?')"],
		['liner.example.com/?', "The host of Liner holds a query ('?')"],
		['liner.example.com#secret', "The host of Liner holds a fragment ('#')"],
	])('refuses %j', (host, message) => {
		expect(() => toBaseUrl(host)).toThrow(message);
	});

	it('says how to enter a host, without quoting what was entered', () => {
		const thrown = (() => {
			try {
				return toBaseUrl('https://user:secret@liner.example.com');
			} catch (error) {
				return error as Error;
			}
		})();
		expect(thrown).toMatchObject({
			description:
				"Remove it. Enter it like liner.example.com or https://liner.example.com in the Liner credential's 'Host'.",
		});
		expect(JSON.stringify(thrown)).not.toContain('secret');
	});
});

describe('toApiKey', () => {
	it('trims the key', () => {
		expect(toApiKey(' key-1 \n')).toBe('key-1');
	});

	it.each([undefined, null, 7, '', '  '])('refuses the blank key %j', (apiKey) => {
		expect(() => toApiKey(apiKey)).toThrow('The API key of Liner is missing');
	});

	it.each(['abc\ndef', 'abc\u0000', 'ключ', 'abc…'])(
		'refuses %j, which cannot stand in a header',
		(apiKey) => {
			expect(() => toApiKey(apiKey)).toThrow('The API key of Liner holds characters that no key has');
		},
	);
});

describe('authenticate', () => {
	const { authenticate } = new LinerApi();
	const credentials = { host: 'liner.example.com/eu', apiKey: ' key-1 ' };

	it('adds the base URL and the key', async () => {
		await expect(authenticate(credentials, { url: '/v2/order/', headers: { Accept: 'x' } })).resolves.toEqual(
			{
				url: '/v2/order/',
				baseURL: 'https://liner.example.com/eu',
				headers: { Accept: 'x', 'X-Api-Key': 'key-1' },
			},
		);
	});

	it('changes nothing the second time, which n8n asks for after a 401', async () => {
		const once = await authenticate(credentials, { url: '/v2/order/' });
		await expect(authenticate(credentials, once)).resolves.toEqual(once);
	});

	it('goes by the credential, whatever the request brings', async () => {
		const request = { url: '/', baseURL: 'https://other.example.com', headers: { 'X-Api-Key': 'other' } };
		await expect(authenticate(credentials, request)).resolves.toEqual({
			url: '/',
			baseURL: 'https://liner.example.com/eu',
			headers: { 'X-Api-Key': 'key-1' },
		});
	});
});

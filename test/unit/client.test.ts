import { connect, type Client } from '../../nodes/Liner/transport/client';

import type { IExecuteFunctions, IHttpRequestOptions } from 'n8n-workflow';

/** A client whose every request gets this data; n8n's context sees no more of it than it must. */
async function clientFor(apiKey: string, data: unknown): Promise<Client> {
	const context = {
		getCredentials: async () => ({ host: 'liner.example.com', apiKey }),
		getNode: () => ({}),
		getExecutionCancelSignal: () => undefined,
		helpers: {
			async httpRequestWithAuthentication(
				this: IExecuteFunctions,
				_type: string,
				{ abortSignal }: IHttpRequestOptions,
			) {
				expect(this.getNode()).toEqual({});
				expect(this.getExecutionCancelSignal()).toBe(abortSignal);
				return { statusCode: 200, headers: {}, body: JSON.stringify({ success: true, data }) };
			},
		},
	};
	return (await connect(context as unknown as IExecuteFunctions, 1_000)) as Client;
}

describe('a detail in an unexpected format', () => {
	it.each(['abc', 'abcdefgh'])('is named without the key %j, and not at length', async (apiKey) => {
		const client = await clientFor(apiKey, null);
		await expect(client.get('/v2/lead/detail/1/', `detail of lead ${apiKey}`)).resolves.toMatchObject({
			message: "Liner's detail of lead [API key] has an unexpected format",
		});
		await expect(client.get('/', 'x'.repeat(1_000))).resolves.toMatchObject({
			message: `Liner's ${'x'.repeat(500)}... (cut, 1,000 characters) has an unexpected format`,
		});
	});
});

describe('what Liner lists', () => {
	const entry = (apiKey: string) => ({ id: 1, title: `Title ${apiKey}`, params: [{ code: apiKey }] });
	const hidden = { id: 1, title: 'Title [API key]', params: [{ code: '[API key]' }] };
	const readAll = async (client: Client, data: unknown) => [
		await client.get('/', 'detail'),
		...[await client.getPage('/', {}, 0)].map((page) => ('entries' in page ? page.entries[0] : data)),
		...[await client.getList(['/', '/'])].map((list) => (Array.isArray(list) ? list[0] : data)),
	];

	it.each<[of: string, toData: (entry: object) => unknown, place: number]>([
		['a detail', (entry) => entry, 0],
		['a page', (entry) => ({ list: [entry] }), 1],
		['a list', (entry) => [entry], 2],
	])('is free of the key: %s', async (_, toData, place) => {
		const key = 'abcdefgh';
		const client = await clientFor(key, toData(entry(key)));
		expect((await readAll(client, undefined))[place]).toEqual(hidden);
	});

	it('stays as it is when the key is as short as a word, which would change what is sent', async () => {
		const client = await clientFor('abcdefg', entry('abcdefg'));
		await expect(client.get('/', 'detail')).resolves.toEqual(entry('abcdefg'));
	});
});

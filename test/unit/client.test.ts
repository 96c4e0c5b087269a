import { Failure } from '../../nodes/Liner/failure';
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

describe('a page', () => {
	const entries = (count: number) => Array.from({ length: count }, (_, index) => ({ id: index + 1 }));
	const getPage = async (data: unknown, offset: number) =>
		await (await clientFor('abcdefgh', data)).getPage('/v2/lead/', {}, offset);

	it.each<[what: string, count: number, next: unknown, offset: number, following: number | undefined]>([
		['that is full', 100, undefined, 0, 100],
		['that is full, although no next one is named', 100, null, 200, 300],
		['that is full, although the next one is named as before it', 100, 100, 100, 200],
		['that is not full', 99, undefined, 0, undefined],
		['that is not full, but names a next one', 50, 50, 0, 50],
		['that is not full, but names a next one as text', 50, '150', 100, 150],
		['that is empty, but names a next one', 0, 100, 0, 100],
		['that names itself as the next one', 50, 100, 100, undefined],
		['that names one before it as the next one', 50, 50, 100, undefined],
		['that names nothing that is an offset', 50, 60.5, 0, undefined],
		['that names a blank text', 50, ' ', 0, undefined],
		['that names a word', 50, 'last', 0, undefined],
		['that says that there is a next one', 50, true, 0, undefined],
	])('%s', async (_, count, next, offset, following) => {
		await expect(getPage({ list: entries(count), next }, offset)).resolves.toEqual({
			entries: entries(count),
			...(following === undefined ? {} : { next: following }),
		});
	});

	it.each<[what: string, entry: unknown]>([
		['no ID', { phone: '79001234567' }],
		['null as its ID', { id: null }],
		['a blank ID', { id: ' ' }],
		['an object as its ID', { id: {} }],
		['nothing at all', null],
	])('with an entry that has %s has an unexpected format', async (_, entry) => {
		await expect(getPage({ list: [{ id: 1 }, entry] }, 0)).resolves.toEqual(
			new Failure('unknown', "Liner's list at /v2/lead/ has an unexpected format", ''),
		);
	});
});

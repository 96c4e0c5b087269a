import { Engine } from '../support/engine';
import { useLiner } from '../support/fixture';
import { faults } from '../../sandbox/sandbox';
import { seedCustomFields, seedLeadStatuses, seedOrders, type Order } from '../../sandbox/seed';

const liner = useLiner();

const order = (number: number): Order => ({
	id: number,
	code: `code-${number}`,
	title: `Title ${number}`,
	serviceTitle: `Internal ${number}`,
	autoDialingEnabled: true,
});

const orders = (count: number) => Array.from({ length: count }, (_, index) => order(index + 1));

const requestsDuring = async <T>(work: () => Promise<T>): Promise<[T, string[]]> => {
	const before = liner.sandbox.requests.length;
	const result = await work();
	return [result, liner.sandbox.requests.slice(before).map(({ url }) => url)];
};

describe('the list of orders', () => {
	const search = async (filter?: string, token?: string) =>
		await liner.engine.searchList('searchOrders', filter, token);

	/** All that a user sees after scrolling to the end. */
	const scroll = async (filter?: string) => {
		const values: unknown[] = [];
		let token: string | undefined;
		do {
			const page = await search(filter, token);
			values.push(...page.results.map(({ value }) => value));
			token = page.paginationToken;
		} while (token !== undefined);
		return values;
	};

	it('shows title and code, with the ID as the value', async () => {
		await expect(search()).resolves.toEqual({
			results: seedOrders.map(({ id, code, title }) => ({ name: `${title} (${code})`, value: String(id) })),
		});
	});

	it.each([0, 1, 99, 100, 101, 200, 250])('is complete for %i orders', async (count) => {
		liner.sandbox.account.orders = orders(count);
		const [values, urls] = await requestsDuring(async () => await scroll());
		expect(values).toEqual(orders(count).map(({ id }) => String(id)));
		expect(urls).toEqual(
			Array.from(
				{ length: Math.floor(count / 100) + 1 },
				(_, page) => `/v2/order/?offset=${page * 100}&limit=100`,
			),
		);
	});

	it.each<[what: string, filter: string, found: number[]]>([
		['a part of the title', 'северные', [503, 504]],
		['another case, and е for ё', 'СТАРТ', [509]],
		['words in any order', 'парк речной', [501, 502]],
		['words of title and internal name', 'ворота offices', [504]],
		['the code', 'garden-city-q', [506]],
		['the internal name', 'Mortgage', [511]],
		['the ID', '512', [512]],
		['the very name that the list shows', 'Garden City (garden-city)', [505]],
		['nothing but spaces', '  ', seedOrders.map(({ id }) => id)],
		['what is not there', 'нет такого', []],
	])('finds %s', async (_, filter, found) => {
		const { results } = await search(filter);
		expect(results.map(({ value }) => value)).toEqual(found.map(String));
	});

	it('finds ё with е and е with ё', async () => {
		liner.sandbox.account.orders = [{ ...order(1), title: 'Зелёный берег' }];
		expect((await search('зеленый')).results).toHaveLength(1);
		expect((await search('ЗЕЛЁНЫЙ')).results).toHaveLength(1);
	});

	it('searches all pages, and returns a page as soon as it is full', async () => {
		liner.sandbox.account.orders = orders(450);
		await expect(scroll('code-45')).resolves.toEqual(['45', '450']);
		const [first, urls] = await requestsDuring(async () => await search('title'));
		expect([first.results.length, first.paginationToken, urls.length]).toEqual([100, '100', 1]);
		await expect(scroll('title')).resolves.toHaveLength(450);
	});

	it('ends when Liner returns the same page again and again', async () => {
		const list = orders(100);
		liner.sandbox.misbehave(() => faults.envelope({ success: true, message: '', data: { list } }));
		const [error, urls] = await requestsDuring(
			async () => await search('nothing of the kind').catch((error: Error) => error),
		);
		expect(error).toMatchObject({
			message: 'A list of Liner repeats itself: 3 pages in a row held nothing new',
			description: "Check any proxy on the way, or ask Liner's support.",
		});
		expect(urls).toHaveLength(4);
	});

	it('misses nothing when a page of orders comes in meanwhile', async () => {
		const all = orders(350);
		let request = 0;
		liner.sandbox.misbehave(({ url }) => {
			const offset = Number(new URL(url, 'http://x').searchParams.get('offset'));
			const list = (request++ === 0 ? all.slice(100) : all).slice(offset, offset + 100);
			return faults.envelope({ success: true, message: '', data: { list } });
		});
		const { results } = await search('title 350');
		expect(results.map(({ value }) => value)).toEqual(['350']);
	});

	it('shows what it can for an order without a code or a title', async () => {
		liner.sandbox.account.orders = [
			{ ...order(1), code: null as unknown as string },
			{ ...order(2), title: '' },
			{ ...order(3), title: '', serviceTitle: '', code: '' },
		];
		const { results } = await search();
		expect(results.map(({ name }) => name)).toEqual(['Title 1', 'Internal 2 (code-2)', 'Order 3']);
	});
});

describe('the list of lead statuses', () => {
	it('contains those of the category in-progress, by title', async () => {
		await expect(liner.engine.loadOptions('getLeadStatuses')).resolves.toEqual([
			{ name: 'New', value: '1' },
			{ name: 'Перезвонить', value: '2' },
			{ name: 'No answer', value: '3' },
		]);
	});

	it("is in Liner's order", async () => {
		liner.sandbox.account.leadStatuses = [...seedLeadStatuses].reverse();
		const options = await liner.engine.loadOptions('getLeadStatuses');
		expect(options.map(({ value }) => value)).toEqual(['1', '2', '3']);
	});
});

describe('the list of custom fields', () => {
	it('contains those of leads, by title and type, with their choices', async () => {
		await expect(liner.engine.loadOptions('getCustomFields')).resolves.toEqual([
			{ name: 'Комментарий менеджера (text)', value: '11' },
			{ name: 'Segment (one choice)', value: '12', description: 'Choices: VIP, Standard, Cold' },
			{ name: 'Rooms (whole number)', value: '13' },
			{ name: 'Budget, million (number)', value: '14' },
			{
				name: 'Interests (several choices)',
				value: '15',
				description: 'Choices: Parking, Storage room, Ипотека',
			},
			{ name: 'Birthday (date)', value: '16' },
			{ name: 'Visit (date and time)', value: '17' },
			{ name: 'Consent (yes or no)', value: '18' },
		]);
	});

	it("contains only those of leads, in Liner's order, each with its choices in order", async () => {
		const [, select] = seedCustomFields;
		const [vip, standard, cold] = select.params;
		liner.sandbox.misbehave(() =>
			faults.envelope({
				success: true,
				message: '',
				data: [
					{ ...select, id: 2, sort: 20, params: [cold, vip, { title: 'No code' }, standard] },
					{ ...seedCustomFields[8], sort: 15 },
					{ ...seedCustomFields[2], id: 1, sort: 10, type: undefined, title: '' },
				],
			}),
		);
		await expect(liner.engine.loadOptions('getCustomFields')).resolves.toEqual([
			{ name: 'Field 1', value: '1' },
			{ name: 'Segment (one choice)', value: '2', description: 'Choices: VIP, Standard, Cold' },
		]);
	});

	it('is empty for an account without custom fields', async () => {
		liner.sandbox.account.customFields = [];
		await expect(liner.engine.loadOptions('getCustomFields')).resolves.toEqual([]);
	});
});

describe('a list that cannot be loaded', () => {
	const lists: Array<[name: string, load: (engine: Engine) => Promise<unknown>]> = [
		['orders', async (engine) => await engine.searchList('searchOrders')],
		['lead statuses', async (engine) => await engine.loadOptions('getLeadStatuses')],
		['custom fields', async (engine) => await engine.loadOptions('getCustomFields')],
	];
	const withCredential = async (host: string, apiKey: string) =>
		await Engine.start({ liner: { type: 'linerApi', data: { host, apiKey } } });

	it.each(lists)('says that the key is wrong: %s', async (_, load) => {
		const engine = await withCredential(liner.sandbox.host, 'wrong-key');
		await expect(load(engine)).rejects.toMatchObject({
			message: 'Liner did not accept the API key: Invalid API key',
			description:
				"Check 'API Key' in the Liner credential, and what its integration may do in Liner (HTTP 401).",
			httpCode: '401',
		});
	});

	it.each(lists)('says that the permission is missing: %s', async (_, load) => {
		liner.sandbox.misbehave(() => faults.refusal(403, 'Нет прав на этот раздел'));
		await expect(load(liner.engine)).rejects.toMatchObject({
			message: 'Liner does not allow the API key to do this: Нет прав на этот раздел',
			httpCode: '403',
		});
	});

	it.each(lists)('says that the host is wrong: %s', async (_, load) => {
		const engine = await withCredential('http://127.0.0.1:1', 'key');
		await expect(load(engine)).rejects.toMatchObject({
			message: '127.0.0.1:1 refused the connection',
			description: "Check 'Host' in the Liner credential, and that Liner can be reached from where n8n runs.",
		});
		await expect(load(await withCredential('', 'key'))).rejects.toMatchObject({
			message: 'The host of Liner is missing',
		});
	});

	it.each(lists)('is not treated as empty when the answer is not a list: %s', async (_, load) => {
		liner.sandbox.misbehave(() => faults.envelope({ success: true, message: '', data: { some: 'thing' } }));
		await expect(load(liner.engine)).rejects.toMatchObject({
			message: expect.stringMatching(/^Liner's list at \/v2\/.+ has an unexpected format$/) as string,
		});
		liner.sandbox.misbehave(() => faults.webPage());
		await expect(load(liner.engine)).rejects.toMatchObject({
			message: "The answer is not one of Liner's: it is a web page",
		});
	});
});

describe('a Liner that has the paths of the code samples', () => {
	const samples = useLiner({ pathsOfSamples: true });

	it('still returns its lists', async () => {
		await expect(samples.engine.loadOptions('getLeadStatuses')).resolves.toHaveLength(3);
		await expect(samples.engine.loadOptions('getCustomFields')).resolves.toHaveLength(8);
		expect(samples.sandbox.requests.map(({ url }) => url)).toEqual([
			'/v2/lead-status/',
			'/v2/lead-statuses/',
			'/v2/custom-field/?essence=leads',
			'/v2/custom-fields/?essence=leads',
		]);
	});

	it('gives the reason for the first path when it has neither', async () => {
		samples.sandbox.misbehave(() => faults.refusal(404, 'Method not found'));
		await expect(samples.engine.loadOptions('getLeadStatuses')).rejects.toMatchObject({
			message: 'Liner rejected the request: Method not found',
			httpCode: '404',
		});
	});
});

import type { IDataObject, INodeParameters } from 'n8n-workflow';

import { useLiner } from '../support/fixture';
import { faults } from '../../sandbox/sandbox';

const liner = useLiner();

let nextPhone = 79_300_000_000;
const newItems = (number: number) => Array.from({ length: number }, () => ({ phone: String(nextPhone++) }));
const mapped = (options: INodeParameters = {}, additionalFields: INodeParameters = {}): INodeParameters => ({
	phone: '={{ $json.phone }}',
	additionalFields,
	options: { ifExists: 'return', ...options },
});
const leadsOf = (items: Array<{ phone: string }>) =>
	liner.sandbox.leads.filter(({ phone }) =>
		items.some((item) => item.phone.replace('+', '') === phone.replace('+', '')),
	);
const jsonOf = (outputs: Array<Array<{ json: IDataObject }>> | undefined) =>
	outputs?.[0].map(({ json }) => json);
const requestsFrom = (from: number, method: string) =>
	liner.sandbox.requests.slice(from).filter((request) => request.method === method);

describe('"Return the Existing Lead"', () => {
	it('sends only what is missing when an interrupted run of 300 rows is repeated', async () => {
		const items = newItems(300);
		const [{ phone: last }] = items.slice(150, 151);
		liner.sandbox.misbehave(({ rawBody }) =>
			rawBody.includes(last) ? faults.refusal(422, 'No') : undefined,
		);
		const first = await liner.run(items, mapped({ ifExists: 'create' }));
		expect(first.run.status).toBe('error');
		const inFirstRun = leadsOf(items).length;
		expect(inFirstRun).toBeGreaterThanOrEqual(150);
		liner.sandbox.misbehave(undefined);

		const from = liner.sandbox.requests.length;
		const existing = new Set(leadsOf(items).map(({ phone }) => phone));
		const { outputs } = await liner.run(items, mapped());
		expect(requestsFrom(from, 'POST')).toHaveLength(300 - inFirstRun);
		expect(leadsOf(items)).toHaveLength(300);
		expect(outputs).toEqual([
			items.map(({ phone }, item) => ({
				json: { id: liner.idOf('phone', phone), ...(existing.has(phone) ? { existing: true } : {}) },
				pairedItem: { item },
			})),
		]);
	});

	it('reads the leads of each order once, and looks back as far as the option says', async () => {
		const items = newItems(4).map((item, index) => ({ ...item, order: 501 + (index % 2) }));
		const codes = { 501: 'river-park', 502: 'river-park-2' };
		const from = liner.sandbox.requests.length;
		await liner.run(items, {
			...mapped({ lookBackHours: 2 }),
			orderId: '={{ $json.order }}',
			orderCode: `={{ ${JSON.stringify(codes)}[$json.order] }}`,
		});
		const queries = requestsFrom(from, 'GET').map(({ url }) => new URL(url, liner.sandbox.host).searchParams);
		const firstPages = queries.filter((query) => query.get('offset') === '0');
		expect(queries).toHaveLength(2);
		expect(firstPages.map((query) => query.get('orderIds[]'))).toEqual(['501', '502']);
		const since = Date.now() - Date.parse(firstPages[0].get('createdAt[0]')!);
		expect(since).toBeGreaterThanOrEqual(2 * 3_600_000);
		expect(since).toBeLessThan(2.1 * 3_600_000);
	});

	it('matches one lead with one item: of two equal items, one is new', async () => {
		const [item] = newItems(1);
		await liner.run([item], mapped({ ifExists: 'create' }));
		const [{ id }] = leadsOf([item]);
		const { outputs } = await liner.run([item, item], mapped());
		const both = leadsOf([item]);
		expect(both).toHaveLength(2);
		expect(jsonOf(outputs)).toEqual([{ id, existing: true }, { id: both[1].id }]);
		expect(jsonOf((await liner.run([item, item], mapped())).outputs)).toEqual([
			{ id, existing: true },
			{ id: both[1].id, existing: true },
		]);
	});

	it.each<[string, INodeParameters, boolean]>([
		['the same with another name', { name: 'Bob' }, true],
		['without the external ID that it has', { externalIdAmo: '' }, true],
		['another external ID', { externalIdAmo: 'A-2' }, false],
		['one more external ID', { externalIdMacro: 'M-1' }, false],
	])('compares phone, lead type, order and external IDs: %s', async (_, change, isExisting) => {
		const [item] = newItems(1);
		const fields = { name: 'Anna', externalIdAmo: 'A-1' };
		await liner.run([item], mapped({ ifExists: 'create' }, fields));
		const { outputs } = await liner.run([{ phone: `+${item.phone}` }], mapped({}, { ...fields, ...change }));
		expect(jsonOf(outputs)?.[0].existing).toBe(isExisting ? true : undefined);
		expect(leadsOf([item])).toHaveLength(isExisting ? 1 : 2);
	});

	it('does not match a lead of another type or order', async () => {
		const [item] = newItems(1);
		await liner.run([item], mapped({ ifExists: 'create' }));
		await liner.run([item], { ...mapped(), leadType: 'selection' });
		await liner.run([item], { ...mapped(), orderId: 502, orderCode: 'river-park-2' });
		expect(leadsOf([item])).toHaveLength(3);
	});

	it('does not look at leads older than the option says', async () => {
		const [item] = newItems(1);
		await liner.run([item], mapped({ ifExists: 'create' }));
		leadsOf([item])[0].createdAt = new Date(Date.now() - 25 * 3_600_000).toISOString();
		await liner.run([item], mapped());
		expect(leadsOf([item])).toHaveLength(2);
	});

	it.each([-3_600_000, 3_600_000])('allows for a clock of Liner that is %i ms ahead', async (clockOffset) => {
		liner.sandbox.account.clockOffset = clockOffset;
		const items = newItems(2);
		await liner.run(items, mapped({ ifExists: 'create' }));
		await liner.run(items, mapped({ lookBackHours: 1 }));
		expect(leadsOf(items)).toHaveLength(2);
	});

	it('reads the detail of a lead whose list leaves the phone out', async () => {
		const items = newItems(1);
		await liner.run(items, mapped({ ifExists: 'create' }));
		const [{ id, orderId, orderCode, leadType, createdAt }] = leadsOf(items);
		liner.sandbox.misbehave(({ url }) =>
			url.startsWith('/v2/lead/?')
				? faults.envelope({
						success: true,
						message: '',
						data: { list: [{ id, orderId, orderCode, leadType, createdAt }] },
					})
				: undefined,
		);
		const { outputs } = await liner.run(items, mapped());
		expect(jsonOf(outputs)).toEqual([{ id, existing: true }]);
		expect(leadsOf(items)).toHaveLength(1);
	});

	it('sends nothing when a list of leads repeats itself, which may hide leads', async () => {
		const items = newItems(1);
		const page = Array.from({ length: 100 }, (_, index) => ({ id: index + 1, phone: '+7', createdAt: '' }));
		liner.sandbox.misbehave(({ method }) =>
			method === 'GET' ? faults.envelope({ success: true, message: '', data: { list: page } }) : undefined,
		);
		const { error } = await liner.run(items, mapped());
		expect(error).toMatchObject({
			message:
				'The recent leads of order 501 could not be read: A list of Liner repeats itself: 3 pages in a row held nothing new [item 0]',
			description: "Check any proxy on the way, or ask Liner's support. The item was not sent.",
		});
		expect(liner.requestLog()).toEqual(Array.from({ length: 4 }, () => 'GET /v2/lead/ (fault)'));
		expect(leadsOf(items)).toEqual([]);
	});

	it('sends nothing of an order whose leads cannot be read', async () => {
		const items = newItems(2);
		liner.sandbox.misbehave(({ method }) => (method === 'GET' ? faults.refusal(403, 'No') : undefined));
		const message =
			'The recent leads of order 501 could not be read: Liner does not allow the API key to do this: No';
		const stopped = await liner.run(items, mapped());
		expect(stopped.error).toMatchObject({
			message: `${message} [item 0]`,
			context: { data: { created: [], unknown: [], notSent: 1 } },
		});
		const { outputs } = await liner.run(items, mapped(), { onError: 'continueRegularOutput' });
		expect(outputs?.[0].map(({ json }) => json.error)).toEqual([
			expect.stringContaining(`${message} [item 0]. `),
			expect.stringContaining(`${message} [item 1]. `),
		]);
		expect(leadsOf(items)).toEqual([]);
	});

	it('reads the list again when it cannot be read at first', async () => {
		const items = newItems(1);
		liner.sandbox.misbehave([faults.webPage(502)]);
		const { run } = await liner.run(items, mapped());
		expect(run.status).toBe('success');
		expect(liner.requestLog()).toEqual(['GET /v2/lead/ (fault)', 'GET /v2/lead/', 'POST /v2/lead/create/']);
		expect(leadsOf(items)).toHaveLength(1);
	});

	it('together with "Retry On Fail" marks none of its own leads as existing', async () => {
		const items = newItems(4);
		let isFirst = true;
		liner.sandbox.misbehave(({ rawBody }) => {
			if (!isFirst || !rawBody.includes(items[3].phone)) return undefined;
			isFirst = false;
			return faults.refusal(422, 'No');
		});
		const { outputs } = await liner.run(items, mapped({ concurrency: 1 }), {
			retryOnFail: true,
			maxTries: 2,
			waitBetweenTries: 1,
		});
		expect(jsonOf(outputs)).toEqual(items.map(({ phone }) => ({ id: liner.idOf('phone', phone) })));
	});
});

describe('the options', () => {
	it.each<[string, unknown, string]>([
		['concurrency', 0, "'Parallel Requests' is 0"],
		['concurrency', 51, "'Parallel Requests' is 51"],
		['concurrency', '={{ "many" }}', `'Parallel Requests' is "many"`],
		['requestsPerSecond', -1, "'Requests per Second' is -1"],
		['maxRetries', 1.5, "'Max Retries' is 1.5"],
		['onUnknown', 'guess', `'If the Outcome Is Unknown' is "guess"`],
		['ifExists', 'update', `'If the Lead Already Exists' is "update"`],
		['lookBackHours', 0, "'Look Back (Hours)' is 0"],
	])('are checked before anything is sent: %s = %j', async (name, value, message) => {
		const from = liner.sandbox.requests.length;
		const { error } = await liner.run(newItems(1), mapped({ [name]: value as string }));
		expect(error?.message).toBe(`${message}, which is not allowed`);
		expect(liner.sandbox.requests).toHaveLength(from);
	});

	it('may be text, as from an expression or a spreadsheet', async () => {
		const { run } = await liner.run(
			newItems(1),
			mapped({
				concurrency: '={{ "2" }}',
				maxRetries: '0',
				timeout: '5000',
				requestsPerSecond: '',
				ifExists: '',
			}),
		);
		expect(run.status).toBe('success');
	});
});

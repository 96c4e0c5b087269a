import type { IDataObject, INodeParameters } from 'n8n-workflow';

import { linerWorkflow } from '../support/engine';
import { requiredBody, requiredParameters, useLiner } from '../support/fixture';
import { FIRST_LEAD_ID } from '../../sandbox/sandbox';

const liner = useLiner();

const inOrderOf = (field: string) => (a: unknown, b: unknown) =>
	String((a as IDataObject)[field]).localeCompare(String((b as IDataObject)[field]), 'en', { numeric: true });

describe('the request', () => {
	it('goes to the create endpoint as JSON with the key', async () => {
		await liner.run([{}]);
		const { method, url, headers, rawBody } = liner.sandbox.requests.at(-1)!;
		expect(`${method} ${url}`).toBe('POST /v2/lead/create/');
		expect(headers).toMatchObject({
			'x-api-key': liner.sandbox.apiKey,
			'content-type': 'application/json',
			accept: 'application/json',
		});
		expect(rawBody).toBe(
			'{"leadType":"straight","phone":"79001234567","orderId":501,"orderCode":"river-park"}',
		);
	});

	it('is one for each item, with the values of that item', async () => {
		const { bodies, outputs } = await liner.run(
			[
				{ phone: '+7 900 000-00-01', client: 'Анна', order: 501, code: 'river-park', kind: 'straight' },
				{ phone: 79000000002, client: 'Bob', order: '502', code: 'river-park-2', kind: 'selection' },
				{ phone: '7 (900) 000 00 03', client: '', order: 503, code: 'north-gate', kind: 'straight' },
			],
			{
				leadType: '={{ $json.kind }}',
				phone: '={{ $json.phone }}',
				orderId: '={{ $json.order }}',
				orderCode: '={{ $json.code }}',
				additionalFields: { name: '={{ $json.client }}' },
			},
		);
		expect(bodies.sort(inOrderOf('orderId'))).toEqual([
			{ leadType: 'straight', phone: '+79000000001', orderId: 501, orderCode: 'river-park', name: 'Анна' },
			{ leadType: 'selection', phone: '79000000002', orderId: 502, orderCode: 'river-park-2', name: 'Bob' },
			{ leadType: 'straight', phone: '79000000003', orderId: 503, orderCode: 'north-gate' },
		]);
		const ids = [501, 502, 503].map((orderId) => liner.idOf('orderId', orderId));
		expect(outputs).toEqual([
			[
				{ json: { id: ids[0] }, pairedItem: { item: 0 } },
				{ json: { id: ids[1] }, pairedItem: { item: 1 } },
				{ json: { id: ids[2] }, pairedItem: { item: 2 } },
			],
		]);
		expect(ids.every((id) => id! >= FIRST_LEAD_ID)).toBe(true);
	});

	it('is right for each of 1,000 items', async () => {
		const items = Array.from({ length: 1000 }, (_, i) => ({ phone: 79_000_000_000 + i, row: i }));
		const { bodies, outputs } = await liner.run(items, {
			phone: '={{ $json.phone }}',
			additionalFields: { externalIdAmo: '={{ $json.row }}' },
		});
		expect(bodies.sort(inOrderOf('externalIdAmo'))).toEqual(
			items.map(({ phone, row }) => ({ ...requiredBody, phone: String(phone), externalIdAmo: String(row) })),
		);
		const ids = new Map(liner.sandbox.leads.map(({ externalIdAmo, id }) => [externalIdAmo, id]));
		expect(outputs).toEqual([
			items.map(({ row }, item) => ({ json: { id: ids.get(String(row)) }, pairedItem: { item } })),
		]);
	});

	it('outputs the ID as Liner returned it, a number or text', async () => {
		liner.sandbox.misbehave([
			{ answer: { body: '{"success":true,"message":"","data":{"id":"9007199254740993"}}' } },
		]);
		const { outputs } = await liner.run([{}]);
		expect(outputs).toEqual([[{ json: { id: '9007199254740993' }, pairedItem: { item: 0 } }]]);
	});
});

describe('every field', () => {
	const additionalFields: Array<[name: string, given: string | number, sent: string | number]> = [
		['name', 'Анна', 'Анна'],
		['telegramUserName', 'anna', 'anna'],
		['telegramPhone', '+7 900 123 45 67', '+79001234567'],
		['vkId', '12345678', '12345678'],
		['instagramLogin', 'anna.p', 'anna.p'],
		['sourceComment', 'Two rooms', 'Two rooms'],
		['externalIdBitrix24', 'B-1', 'B-1'],
		['externalIdAmo', 'A-1', 'A-1'],
		['externalIdMacro', 'M-1', 'M-1'],
		['externalIdDomoplaner', 'D-1', 'D-1'],
		['priority', -2, -2],
		['utcOffset', 0, 0],
		['statusId', '2', 2],
	];

	it.each(additionalFields)('%s alone', async (name, given, sent) => {
		const { bodies } = await liner.run([{}], { additionalFields: { [name]: given } });
		expect(bodies).toEqual([{ ...requiredBody, [name]: sent }]);
	});

	it('all together', async () => {
		const { bodies } = await liner.run([{}], {
			leadType: 'selection',
			additionalFields: Object.fromEntries(additionalFields.map(([name, given]) => [name, given])),
			customValues: { values: [{ fieldId: '12', value: 'vip' }] },
		});
		expect(bodies).toEqual([
			{
				...requiredBody,
				leadType: 'selection',
				...Object.fromEntries(additionalFields.map(([name, , sent]) => [name, sent])),
				customValues: { 12: 'vip' },
			},
		]);
	});

	it('is omitted when it was added but left blank', async () => {
		const { bodies } = await liner.run([{}], {
			additionalFields: { name: '', vkId: ' ', statusId: '', externalIdAmo: '={{ $json.nothing }}' },
			customValues: { values: [{ fieldId: '', value: '' }] },
		});
		expect(bodies).toEqual([requiredBody]);
	});
});

describe('the types of a spreadsheet', () => {
	it('are coerced to those of the contract', async () => {
		const row = {
			phone: 79001234567,
			order: '501',
			code: 12,
			vk: 12345678,
			amo: 42,
			comment: true,
			date: '2026-05-01T10:00:00.000Z',
			priority: '0',
			offset: '-5',
			status: 2,
			telegram: 79001234567,
		};
		liner.sandbox.account.orders.push({
			id: 612,
			code: '12',
			title: 'A code of digits',
			serviceTitle: '',
			autoDialingEnabled: true,
		});
		const { bodies } = await liner.run([row], {
			phone: '={{ $json.phone }}',
			orderId: 612,
			orderCode: '={{ $json.code }}',
			additionalFields: {
				name: '={{ new Date($json.date) }}',
				vkId: '={{ $json.vk }}',
				externalIdAmo: '={{ $json.amo }}',
				externalIdMacro: '={{ DateTime.fromISO("2026-05-01T10:00:00.000Z").toUTC() }}',
				sourceComment: '={{ $json.comment }}',
				priority: '={{ $json.priority }}',
				utcOffset: '={{ $json.offset }}',
				statusId: '={{ $json.status }}',
				telegramPhone: '={{ $json.telegram }}',
			},
		});
		expect(bodies).toEqual([
			{
				...requiredBody,
				phone: '79001234567',
				orderId: 612,
				orderCode: '12',
				name: '2026-05-01T10:00:00.000Z',
				vkId: '12345678',
				externalIdAmo: '42',
				externalIdMacro: '2026-05-01T10:00:00.000Z',
				sourceComment: 'true',
				priority: 0,
				utcOffset: -5,
				statusId: 2,
				telegramPhone: '79001234567',
			},
		]);
	});
});

describe('custom values', () => {
	const run = async (parameters: INodeParameters, item = {}) => (await liner.run([item], parameters)).bodies;

	it('keep the type that an expression returns', async () => {
		const item = { rooms: 2, consent: false, interests: ['parking', 'storage'], budget: '7.5' };
		const values = [
			{ fieldId: '11', value: 'text' },
			{ fieldId: '={{ 13 }}', value: '={{ $json.rooms }}' },
			{ fieldId: '14', value: '={{ $json.budget }}' },
			{ fieldId: '15', value: '={{ $json.interests }}' },
			{ fieldId: '18', value: '={{ $json.consent }}' },
			{ fieldId: '16', value: '={{ $json.nothing }}' },
		];
		expect(await run({ customValues: { values } }, item)).toEqual([
			{
				...requiredBody,
				customValues: { 11: 'text', 13: 2, 14: 7.5, 15: ['parking', 'storage'], 18: false },
			},
		]);
	});

	it.each<[string, string]>([
		['a map as JSON text', '{ "12": "vip", "13": 2 }'],
		['a list as JSON text', '[{ "fieldId": "12", "value": "vip" }, { "fieldId": 13, "value": 2 }]'],
		['JSON text with expressions', '={ "12": "{{ $json.segment }}", "13": {{ $json.rooms }} }'],
		['a map by expression', '={{ { 12: $json.segment, 13: $json.rooms } }}'],
		['a list by expression', '={{ [12, 13].map((id) => ({ fieldId: id, value: $json[id] })) }}'],
	])('come as %s', async (_, jsonCustomValues) => {
		const item = { segment: 'vip', rooms: 2, 12: 'vip', 13: 2 };
		expect(await run({ specifyCustomValues: 'json', jsonCustomValues }, item)).toEqual([
			{ ...requiredBody, customValues: { 12: 'vip', 13: 2 } },
		]);
	});

	it.each(['', '{}', '[]', '={{ $json.nothing }}', '={{ null }}'])('may be left out: %j', async (json) => {
		expect(await run({ specifyCustomValues: 'json', jsonCustomValues: json })).toEqual([requiredBody]);
	});

	it('are sent only from the parameter that is selected', async () => {
		const both = {
			jsonCustomValues: '{ "12": "cold" }',
			customValues: { values: [{ fieldId: '12', value: 'vip' }] },
		};
		expect(await run({ ...both, specifyCustomValues: 'json' })).toEqual([
			{ ...requiredBody, customValues: { 12: 'cold' } },
		]);
		expect(await run({ ...both, specifyCustomValues: 'keypair' })).toEqual([
			{ ...requiredBody, customValues: { 12: 'vip' } },
		]);
	});
});

describe('a saved workflow', () => {
	it('may contain the order ID as a number', async () => {
		expect((await liner.run([{}], { orderId: 501 })).bodies).toEqual([requiredBody]);
	});

	it('may contain only the required parameters', async () => {
		const { phone, orderId, orderCode } = requiredParameters;
		const run = await liner.engine.run(linerWorkflow([{ json: {} }], { phone, orderId, orderCode }));
		expect(run.status).toBe('success');
		expect(JSON.parse(liner.sandbox.requests.at(-1)!.rawBody)).toEqual(requiredBody);
	});
});

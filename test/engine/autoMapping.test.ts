import type { IDataObject, INodeParameters } from 'n8n-workflow';

import { useLiner, type LinerRun } from './fixture';
import { faults } from '../sandbox/sandbox';
import { seedCustomFields } from '../sandbox/seed';

const liner = useLiner();

/** Nothing below but what the editor begins with. */
const automatic: INodeParameters = {
	mappingMode: 'autoMapInputData',
	leadType: 'straight',
	orderId: { __rl: true, mode: 'list', value: '' },
	orderCode: '',
};

const run = async (items: IDataObject[], parameters: INodeParameters = {}): Promise<LinerRun> =>
	await liner.run(items, { ...automatic, ...parameters });

const lead = { leadType: 'straight', phone: '79001234567', orderId: 501, orderCode: 'river-park' };
const columns = { phone: '79001234567', orderId: 501, orderCode: 'river-park' };

describe('automatic mapping', () => {
	it("takes every column that has a name of Liner's API", async () => {
		const item = {
			...columns,
			leadType: 'selection',
			telegramUserName: 'anna_petrova',
			telegramPhone: '+7 900 123 45 67',
			vkId: 12345678,
			instagramLogin: 'anna.p',
			name: 'Анна',
			sourceComment: 'Two rooms',
			externalIdBitrix24: 'B-1',
			externalIdAmo: 42,
			externalIdMacro: 'M-1',
			externalIdDomoplaner: 'D-1',
			priority: '-2',
			utcOffset: 0,
			statusId: '2',
			customValues: { 12: 'VIP' },
		};
		const { bodies, hints } = await run([item]);
		expect(bodies).toEqual([
			{
				...item,
				telegramPhone: '+79001234567',
				vkId: '12345678',
				externalIdAmo: '42',
				priority: -2,
				statusId: 2,
				customValues: { 12: 'vip' },
			},
		]);
		expect(hints).toEqual([]);
	});

	it.each(['Order ID', 'order_id', 'orderId', 'ORDER-ID', ' order  id ', '\uFEFForderid'])(
		'takes a column for the same in whatever spelling: %j',
		async (column) => {
			const { bodies } = await run([{ phone: lead.phone, [column]: 501, orderCode: 'river-park' }]);
			expect(bodies).toEqual([lead]);
		},
	);

	it('takes columns that are called like a custom field, or name its ID', async () => {
		const { bodies, hints } = await run([
			{
				...columns,
				segment: 'VIP',
				'Budget, Million': '12,5',
				комментарий_менеджера: 'note',
				'customValues.13': '2',
				'Custom Values.Consent': 'да',
				customValues: '{ "Interests": "Parking, Ипотека" }',
			},
		]);
		expect(bodies).toEqual([
			{
				...lead,
				customValues: { 11: 'note', 12: 'vip', 13: 2, 14: 12.5, 15: ['parking', 'mortgage'], 18: true },
			},
		]);
		expect(hints).toEqual([]);
	});

	it('gives every item its own values', async () => {
		const items = Array.from({ length: 50 }, (_, row) => ({
			...columns,
			phone: 79_001_000_000 + row,
			name: `N${row}`,
		}));
		const { bodies, outputs } = await run(items);
		expect(new Set(bodies.map((body) => JSON.stringify(body)))).toEqual(
			new Set(items.map(({ phone, name }) => JSON.stringify({ ...lead, phone: String(phone), name }))),
		);
		expect(outputs?.[0]).toEqual(
			items.map(({ name }, item) => ({ json: { id: liner.idOf('name', name) }, pairedItem: { item } })),
		);
	});

	it('lets the fields below fill what an item lacks', async () => {
		const { bodies } = await run(
			[
				{ phone: '79000000001' },
				{ phone: '79000000002', orderCode: ' ', name: null, leadType: '', priority: 0 },
				{
					phone: '79000000003',
					orderCode: 'north-gate',
					name: 'Анна',
					leadType: 'selection',
					Segment: 'cold',
				},
			],
			{
				leadType: 'straight',
				orderCode: 'river-park',
				additionalFields: { name: 'Unknown', priority: 7 },
				customValues: {
					values: [
						{ fieldId: '12', value: 'vip' },
						{ fieldId: '13', value: '1' },
					],
				},
			},
		);
		const below = { leadType: 'straight', name: 'Unknown', priority: 7, customValues: { 12: 'vip', 13: 1 } };
		expect(bodies).toHaveLength(3);
		expect(bodies).toEqual(
			expect.arrayContaining([
				{ ...lead, ...below, phone: '79000000001' },
				{ ...lead, ...below, phone: '79000000002', priority: 0 },
				{
					...lead,
					...below,
					phone: '79000000003',
					orderId: 503,
					orderCode: 'north-gate',
					name: 'Анна',
					leadType: 'selection',
					customValues: { 12: 'cold', 13: 1 },
				},
			]),
		);
	});

	it('lets a field below hold an expression', async () => {
		const { bodies } = await run(
			[
				{ ...columns, client: 'Анна' },
				{ ...columns, client: 'Bob', name: 'Robert' },
			],
			{
				additionalFields: { name: '={{ $json.client }}', sourceComment: 'fair' },
			},
		);
		expect(bodies).toHaveLength(2);
		expect(bodies).toEqual(
			expect.arrayContaining([
				{ ...lead, name: 'Анна', sourceComment: 'fair' },
				{ ...lead, name: 'Robert', sourceComment: 'fair' },
			]),
		);
	});

	it('ignores other columns, and names each of them once', async () => {
		const { bodies, hints } = await run([
			{ ...columns, City: 'Москва', row: 1, note: '' },
			{ ...columns, City: 'Казань', Manager: 'Eve', 12: 'no custom field by its bare ID' },
		]);
		expect(bodies).toEqual([lead, lead]);
		expect(hints).toEqual([
			{
				message:
					"These columns were ignored, because no field of a lead has that name: 'City', 'row', '12', 'Manager'.",
				type: 'info',
				location: 'outputPane',
			},
		]);
	});

	it('does without the custom fields when they cannot be read, and says what came of it', async () => {
		liner.sandbox.misbehave(({ method }) => (method === 'GET' ? faults.refusal(403, 'Нет прав') : undefined));
		const { bodies, hints } = await run([{ ...columns, Segment: 'VIP', 'customValues.12': 'vip' }]);
		expect(bodies).toEqual([{ ...lead, customValues: { 12: 'vip' } }]);
		expect(hints.map(({ message }) => message)).toEqual([
			expect.stringContaining('The custom fields of the account could not be read'),
			"This column was ignored, because no field of a lead has that name: 'Segment'.",
		]);
	});

	it('asks for no list when the columns are all clear', async () => {
		const before = liner.sandbox.requests.length;
		await run([columns]);
		expect(liner.sandbox.requests.slice(before).map(({ url }) => url)).toEqual(['/v2/lead/create/']);
	});

	it.each<[what: string, item: IDataObject, message: string]>([
		[
			'two columns for one field',
			{ ...columns, 'Order ID': 502 },
			`The columns 'orderId' and 'Order ID' mean the same field but hold different values, 501 and 502`,
		],
		[
			'two columns for one custom field',
			{ ...columns, Segment: 'vip', 'customValues.12': 'cold' },
			`The columns 'Segment' and 'customValues.12' mean the same field but hold different values, "vip" and "cold"`,
		],
		[
			'a column and an object for one custom field',
			{ ...columns, Segment: 'vip', customValues: { 12: 'cold' } },
			`The columns 'Segment' and 'customValues' mean the same field but hold different values, "vip" and "cold"`,
		],
	])('refuses an item with different values: %s', async (_, item, message) => {
		const { error, bodies } = await run([columns, item]);
		expect(error).toMatchObject({
			message: `${message} [item 1]`,
			description: 'Remove one of the two columns, or make their values equal. Nothing was sent to Liner.',
		});
		expect(bodies).toEqual([]);
	});

	it('takes two columns for one field that agree, or of which one is blank', async () => {
		const { bodies } = await run([
			{ ...columns, order_id: '501 ', 'Order ID': '', Segment: 'vip', customValues: { 12: 'vip', 13: '' } },
		]);
		expect(bodies).toEqual([{ ...lead, customValues: { 12: 'vip' } }]);
	});

	it.each<[what: string, item: IDataObject, message: string]>([
		['no phone', { orderId: 501, orderCode: 'river-park' }, "'Phone' is empty"],
		[
			'a phone that is none',
			{ ...columns, phone: 'call me' },
			`'Phone' is "call me", which is not a phone number`,
		],
		['no order', { phone: lead.phone }, "'Order' and 'Order Code' are both empty"],
		[
			'an object for text',
			{ ...columns, name: { first: 'A' } },
			`'Name' is an object ({"first":"A"}), not text`,
		],
		[
			'a list for custom values',
			{ ...columns, customValues: ['x'] },
			`'customValues' has "x" at place 1 of its list, which needs a 'fieldId' and a 'value'`,
		],
		[
			'a value that does not fit',
			{ ...columns, Rooms: 'many' },
			`'Custom Values' has "many" for the field "Rooms" (ID 13), which is not a whole number`,
		],
	])('refuses an item with %s', async (_, item, message) => {
		const { error, bodies } = await run([item]);
		expect(error?.message).toBe(`${message} [item 0]`);
		expect(bodies).toEqual([]);
	});

	it('refuses a column that may be one of two custom fields', async () => {
		const { account } = liner.sandbox;
		account.customFields = [...seedCustomFields, { ...seedCustomFields[2], id: 19 }];
		const { error } = await run([{ ...columns, Rooms: 2 }]);
		expect(error).toMatchObject({
			message: `'Rooms' has the field "Rooms", which is the title of 2 custom fields [item 0]`,
			description: 'Use the ID of the one that is meant: 13, 19. Nothing was sent to Liner.',
		});
		const { bodies } = await run([{ ...columns, 'customValues.19': 2 }]);
		expect(bodies).toEqual([{ ...lead, customValues: { 19: 2 } }]);
		account.customFields = [...seedCustomFields];
	});

	it('sends nothing twice when a failed run is tried again', async () => {
		liner.sandbox.misbehave((request) =>
			request.rawBody.includes('79000000012')
				? faults.refusal(503, 'down', { 'retry-after': '0' })
				: undefined,
		);
		const items = [11, 12, 13].map((tail) => ({ ...columns, phone: `790000000${tail}` }));
		const { bodies } = await liner.run(
			items,
			{ ...automatic, options: { maxRetries: 0, concurrency: 1 } },
			{ retryOnFail: true, maxTries: 2, waitBetweenTries: 0 },
		);
		expect(bodies.map((body) => (body as IDataObject).phone)).toEqual([
			'79000000011',
			'79000000012',
			'79000000012',
		]);
	});
});

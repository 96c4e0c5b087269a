import type { IDataObject, INodeParameters } from 'n8n-workflow';

import { useLiner, type LinerRun } from '../support/fixture';
import { faults } from '../../sandbox/sandbox';
import { seedCustomFields, type Order } from '../../sandbox/seed';

const liner = useLiner();

/** Only the editor's defaults in the fields below. */
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
		'recognizes a column in any spelling: %j',
		async (column) => {
			const { bodies } = await run([{ phone: lead.phone, [column]: 501, orderCode: 'river-park' }]);
			expect(bodies).toEqual([lead]);
		},
	);

	it('takes columns that are named after a custom field or its ID', async () => {
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

	it('lets the fields below fill in what an item lacks', async () => {
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

	it('lets a field below contain an expression', async () => {
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
					"These columns were not sent because they match no field of a lead: 'City', 'row', '12', 'Manager'.",
				type: 'info',
				location: 'outputPane',
			},
		]);
	});

	it('works without the custom fields when they cannot be read, and says so', async () => {
		liner.sandbox.misbehave(({ method }) => (method === 'GET' ? faults.refusal(403, 'Нет прав') : undefined));
		const { bodies, hints } = await run([{ ...columns, Segment: 'VIP', 'customValues.12': 'vip' }]);
		expect(bodies).toEqual([{ ...lead, customValues: { 12: 'vip' } }]);
		expect(hints.map(({ message }) => message)).toEqual([
			"The custom fields of the account could not be read: Liner does not allow the API key to do this: Нет прав. Check 'API Key' in the Liner credential, and what its integration may do in Liner (HTTP 403). Custom values were sent as given.",
			"This column was not sent because the node cannot tell whether it is a custom field: 'Segment'.",
		]);
	});

	it('reads no list when all columns are clear', async () => {
		const before = liner.sandbox.requests.length;
		await run([columns]);
		expect(liner.sandbox.requests.slice(before).map(({ url }) => url)).toEqual(['/v2/lead/create/']);
	});

	it.each<[what: string, item: IDataObject, message: string]>([
		[
			'two columns for one field',
			{ ...columns, 'Order ID': 502 },
			`The columns 'orderId' and 'Order ID' map to the same field but have different values, 501 and 502`,
		],
		[
			'two columns for one custom field',
			{ ...columns, Segment: 'vip', 'customValues.12': 'cold' },
			`The columns 'Segment' and 'customValues.12' map to the same field but have different values, "vip" and "cold"`,
		],
		[
			'a column and an object for one custom field',
			{ ...columns, Segment: 'vip', customValues: { 12: 'cold' } },
			`The columns 'Segment' and 'customValues' map to the same field but have different values, "vip" and "cold"`,
		],
	])('refuses an item with different values: %s', async (_, item, message) => {
		const { error, bodies } = await run([columns, item]);
		expect(error).toMatchObject({
			message: `${message} [item 1]`,
			description: 'Remove one of the two columns, or make their values equal. Nothing was sent to Liner.',
		});
		expect(bodies).toEqual([]);
	});

	it('takes two columns for one field that have equal values, or one of which is blank', async () => {
		const { bodies } = await run([
			{ ...columns, order_id: '501 ', 'Order ID': '', Segment: 'vip', customValues: { 12: 'vip', 13: '' } },
		]);
		expect(bodies).toEqual([{ ...lead, customValues: { 12: 'vip' } }]);
	});

	it.each<[what: string, item: IDataObject, message: string]>([
		['no phone', { orderId: 501, orderCode: 'river-park' }, "'Phone' is empty"],
		[
			'an invalid phone',
			{ ...columns, phone: 'call me' },
			`'phone' is "call me", which is not a phone number`,
		],
		['no order', { phone: lead.phone }, "'Order' and 'Order Code' are both empty"],
		[
			'an object for text',
			{ ...columns, name: { first: 'A' } },
			`'name' is an object ({"first":"A"}), not text`,
		],
		[
			'a list for custom values',
			{ ...columns, customValues: ['x'] },
			`'customValues' has "x" at place 1 of its list, which needs a 'fieldId' and a 'value'`,
		],
		[
			'an invalid value',
			{ ...columns, Rooms: 'many' },
			`'Rooms' has "many" for the field "Rooms" (ID 13), which is not a whole number`,
		],
		[
			'several invalid values',
			{ ...columns, phone: 'no', Rooms: 'many', 'customValues.12': 'gold' },
			`'phone' is "no", which is not a phone number, and 'Rooms' has "many" for the field "Rooms" (ID 13), which is not a whole number, and 'customValues.12' has "gold" for the field "Segment" (ID 12), which is not one of its choices`,
		],
	])('refuses an item with %s', async (_, item, message) => {
		const { error, bodies } = await run([item]);
		expect(error?.message).toBe(`${message} [item 0]`);
		expect(bodies).toEqual([]);
	});

	it.each<[what: string, item: IDataObject, message: string]>([
		['ID', { 'Order ID': 999 }, `'Order ID' is 999, but Liner has no such order`],
		['code', { order_code: 'moon' }, `'order_code' is "moon", but Liner has no such order`],
	])('refuses the %s of an order that is none', async (_, item, message) => {
		const { error, bodies } = await run([{ phone: lead.phone, ...item }], { orderId: 501 });
		expect(error).toMatchObject({
			message: `${message} [item 0]`,
			description:
				'Correct the value, or leave it empty to use the order that is chosen in the node, if any. Nothing was sent to Liner.',
		});
		expect(bodies).toEqual([]);
	});

	describe('says what an item needs that has only the ID or the code of its order', () => {
		/** An order that has no code, and one more with the code of the first. */
		const more = (order: Order): Order[] => [
			{ ...order, id: 801, code: '' },
			{ ...order, id: 802 },
		];

		it.each<[what: string, item: IDataObject, message: string, description: string]>([
			[
				'the ID of one without a code',
				{ 'Order ID': 801 },
				"'Order ID' is 801, an order that has no code in Liner",
				"Enter a code for it in Liner, or add a column 'orderCode' to the item as well.",
			],
			[
				'the code of two',
				{ 'Order Code': 'river-park' },
				`'Order Code' is "river-park", the code of 2 orders (IDs 501, 802)`,
				"To tell them apart, add a column 'orderId' to the item as well.",
			],
		])('%s', async (_, item, message, description) => {
			const { account } = liner.sandbox;
			account.orders.push(...more(account.orders[0]));
			const { error } = await run([{ phone: lead.phone, ...item }], { orderId: 502, orderCode: 'x' });
			expect(error).toMatchObject({
				message: `${message} [item 0]`,
				description: `${description} Nothing was sent to Liner.`,
			});
		});
	});

	it('refuses a column that matches two custom fields', async () => {
		const { account } = liner.sandbox;
		account.customFields = [...seedCustomFields, { ...seedCustomFields[2], id: 19 }];
		const { error } = await run([{ ...columns, Rooms: 2 }]);
		expect(error).toMatchObject({
			message: `'Rooms' has the field "Rooms", which matches 2 custom fields [item 0]`,
			description:
				'Use the ID of the field you mean (13, 19); a column is then named e.g. customValues.13. Nothing was sent to Liner.',
		});
		const { bodies } = await run([{ ...columns, 'customValues.19': 2 }]);
		expect(bodies).toEqual([{ ...lead, customValues: { 19: 2 } }]);
	});

	it('sends nothing twice when a failed run is retried', async () => {
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

	describe('takes an order as a whole', () => {
		const node = { orderId: { __rl: true, mode: 'list', value: '502' }, orderCode: 'river-park-2' };

		it.each<[what: string, item: IDataObject, orderId: number, orderCode: string]>([
			['the ID alone', { orderId: 501 }, 501, 'river-park'],
			['the code alone', { 'Order Code': 'north-gate' }, 503, 'north-gate'],
			['both', { orderId: 501, orderCode: 'river-park' }, 501, 'river-park'],
			['neither', { orderId: '', orderCode: ' ' }, 502, 'river-park-2'],
		])('where an item has %s', async (_, item, orderId, orderCode) => {
			const { bodies } = await run([{ phone: lead.phone, ...item }], node);
			expect(bodies).toEqual([{ ...lead, orderId, orderCode }]);
		});
	});

	it('treats an empty list as blank', async () => {
		const below = { customValues: { values: [{ fieldId: '15', value: 'parking' }] } };
		const { bodies } = await run(
			[
				{ ...columns, Interests: [] },
				{ ...columns, Interests: ['', null] },
			],
			below,
		);
		const expected = { ...lead, customValues: { 15: ['parking'] } };
		expect(bodies).toEqual([expected, expected]);
	});

	it('coerces the custom values of the node, too', async () => {
		const { bodies } = await run([columns], { customValues: { values: [{ fieldId: 'Rooms', value: '2' }] } });
		expect(bodies).toEqual([{ ...lead, customValues: { 13: 2 } }]);
	});

	it('refuses an object that has a field twice, by ID and by title', async () => {
		const { error } = await run([{ ...columns, customValues: { 12: 'vip', Segment: 'cold' } }]);
		expect(error?.message).toBe(`'customValues' has the field "Segment" twice [item 0]`);
	});

	it.each<[what: string, fieldId: unknown, shown: string]>([
		['an object', { id: 12 }, '{"id":12}'],
		['a list', [12], '[12]'],
		['a fraction', 12.5, '12.5'],
		['true', true, 'true'],
		['nothing', '', '""'],
	])('refuses %s for the ID of a custom field', async (_, fieldId, shown) => {
		const item = { ...columns, customValues: [{ fieldId, value: 'x' }] } as IDataObject;
		const { error, bodies } = await run([item]);
		expect(error?.message).toBe(
			`'customValues' has the field ${shown}, which is neither a title nor an ID [item 0]`,
		);
		expect(bodies).toEqual([]);
	});

	it('prefers the title that matches the column exactly', async () => {
		const { account } = liner.sandbox;
		account.customFields = [
			{ ...seedCustomFields[0], id: 40, title: 'E-mail' },
			{ ...seedCustomFields[0], id: 41, title: 'Email' },
			{ ...seedCustomFields[0], id: 42, title: '' },
			{ ...seedCustomFields[0], id: 43, title: '40' },
		];
		const { bodies, hints } = await run([
			{ ...columns, 'E-mail': 'a', Email: 'b', '-': 'junk', 40: 'by title' },
		]);
		expect(bodies).toEqual([{ ...lead, customValues: { 40: 'a', 41: 'b', 43: 'by title' } }]);
		expect(hints.map(({ message }) => message)).toEqual([
			"This column was not sent because it matches no field of a lead: '-'.",
		]);
	});

	it('does not mention the row number that n8n adds to the rows of a sheet', async () => {
		const { hints } = await run([{ row_number: 2, ...columns }]);
		expect(hints).toEqual([]);
	});

	it('sends nothing when the custom fields are temporarily unreadable and a column may be one', async () => {
		liner.sandbox.misbehave(({ method }) => (method === 'GET' ? faults.refusal(500, 'Oops') : undefined));
		const { error, bodies } = await run([{ ...columns, Segment: 'VIP' }, columns]);
		expect(error).toMatchObject({
			message: 'The list of custom fields could not be read: Liner could not finish the request: Oops',
			description:
				"These columns may be custom fields: 'Segment'. Without them, the list is not needed. Check 'Host' in the Liner credential, or try again later (HTTP 500). Nothing was sent to Liner.",
		});
		expect(bodies).toEqual([]);
	});

	it('takes columns that are named after the labels in the editor', async () => {
		const { bodies, hints } = await run([
			{
				Phone: lead.phone,
				Order: 501,
				'AmoCRM Lead ID': 1,
				'Bitrix24 lead id': 2,
				'Lead Status': 2,
				'Lead Type': 'Regular',
			},
		]);
		expect(bodies).toEqual([{ ...lead, externalIdAmo: '1', externalIdBitrix24: '2', statusId: 2 }]);
		expect(hints).toEqual([]);
	});

	it('prefers a custom field to a label in the editor', async () => {
		const { account } = liner.sandbox;
		account.customFields = [{ ...seedCustomFields[0], id: 44, title: 'Order' }];
		const { bodies } = await run([{ ...columns, Order: 'A-17' }]);
		expect(bodies).toEqual([{ ...lead, customValues: { 44: 'A-17' } }]);
	});

	it.each<[what: string, item: IDataObject, message: string, howToFix: string]>([
		['a blank phone', { ...columns, phone: ' ' }, "'Phone' is empty", "Fill in the column 'phone'."],
		[
			'a blank order',
			{ Phone: lead.phone, 'Order ID': '' },
			"'Order' and 'Order Code' are both empty",
			"Fill in the column 'Order ID'. Or choose the order in the node, for all items without one.",
		],
		[
			'no order',
			{ Phone: lead.phone },
			"'Order' and 'Order Code' are both empty",
			"Add a column 'orderId' or 'orderCode' with a value to the item. Its columns are 'Phone'. Or choose the order in the node, for all items without one.",
		],
	])('says how to fix %s', async (_, item, message, howToFix) => {
		const { error } = await run([item]);
		expect(error).toMatchObject({
			message: `${message} [item 0]`,
			description: `${howToFix} Nothing was sent to Liner.`,
		});
	});

	it('lists the columns of the item when the phone is missing', async () => {
		const { error } = await run([
			{ Телефон: lead.phone, Имя: 'Анна', orderId: 501, orderCode: 'river-park' },
		]);
		expect(error).toMatchObject({
			message: "'Phone' is empty [item 0]",
			description:
				"Add a column 'phone' with a value to the item. Its columns are 'Телефон', 'Имя', 'orderId', 'orderCode'. Nothing was sent to Liner.",
		});
	});
});

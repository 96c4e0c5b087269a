import type { INodeParameters } from 'n8n-workflow';

import { requiredBody, useLiner } from '../support/fixture';
import { faults } from '../../sandbox/sandbox';

const liner = useLiner();

const listRequests = () => liner.sandbox.requests.filter(({ url }) => url.startsWith('/v2/order/')).length;

const fromList = (value: string, mode = 'list') => ({ __rl: true, mode, value });

describe('an order', () => {
	it.each<[what: string, parameters: INodeParameters]>([
		['an ID as older workflows have it', { orderId: '501', orderCode: 'river-park' }],
		['a number', { orderId: 501, orderCode: 'river-park' }],
		['an expression', { orderId: '={{ $json.order }}', orderCode: '={{ $json.code }}' }],
		['one of the list', { orderId: fromList('501'), orderCode: 'river-park' }],
		['an ID', { orderId: fromList('501', 'id'), orderCode: 'river-park' }],
		['an expression for an ID', { orderId: fromList('={{ $json.order }}', 'id'), orderCode: 'river-park' }],
	])('that is named in full needs no list: %s', async (_, parameters) => {
		const before = listRequests();
		const { bodies } = await liner.run([{ order: 501, code: 'river-park' }], parameters);
		expect(bodies).toEqual([requiredBody]);
		expect(listRequests()).toBe(before);
	});

	it('gets its code from the list, which is read once', async () => {
		const before = listRequests();
		const { bodies } = await liner.run([{}, {}, {}], { orderId: fromList('501'), orderCode: '' });
		expect(bodies).toEqual([requiredBody, requiredBody, requiredBody]);
		expect(listRequests()).toBe(before + 1);
	});

	it('gets its ID from the list by its code, in any case', async () => {
		const { bodies } = await liner.run([{ code: 'river-park' }, { code: ' River-Park ' }], {
			orderId: fromList(''),
			orderCode: '={{ $json.code }}',
		});
		expect(bodies).toEqual([requiredBody, requiredBody]);
	});

	it('prefers the code in the right case', async () => {
		const [order] = liner.sandbox.account.orders;
		liner.sandbox.account.orders.push({ ...order, id: 701, code: 'RIVER-PARK' });
		const { bodies } = await liner.run([{}], { orderId: '', orderCode: 'RIVER-PARK' });
		expect(bodies).toEqual([{ ...requiredBody, orderId: 701, orderCode: 'RIVER-PARK' }]);
		const { error } = await liner.run([{}], { orderId: '', orderCode: 'River-Park' });
		expect(error).toMatchObject({
			message: `'Order Code' is "River-Park", the code of 2 orders (IDs 501, 701) [item 0]`,
			description: "To tell them apart, fill in 'Order' as well. Nothing was sent to Liner.",
		});
	});

	it('is found on a later page', async () => {
		const [order] = liner.sandbox.account.orders;
		liner.sandbox.account.orders.unshift(
			...Array.from({ length: 150 }, (_, index) => ({ ...order, id: 1_000 + index, code: `c-${index}` })),
		);
		const { bodies } = await liner.run([{}], { orderId: '501', orderCode: '' });
		expect(bodies).toEqual([requiredBody]);
	});

	it('is looked up for the items that need it, and the others stay as they are', async () => {
		const { bodies } = await liner.run(
			[{ id: '501' }, { id: '502', code: 'river-park-2' }, { code: 'north-gate' }],
			{ orderId: '={{ $json.id }}', orderCode: '={{ $json.code }}' },
		);
		expect(bodies).toHaveLength(3);
		expect(bodies).toEqual(
			expect.arrayContaining([
				requiredBody,
				{ ...requiredBody, orderId: 502, orderCode: 'river-park-2' },
				{ ...requiredBody, orderId: 503, orderCode: 'north-gate' },
			]),
		);
	});

	it.each<[what: string, parameters: INodeParameters, message: string, howToFix: string]>([
		[
			'nothing',
			{ orderId: fromList(''), orderCode: '' },
			"'Order' and 'Order Code' are both empty",
			'Choose the order from the list, or check that the column with its ID or code has a value.',
		],
		[
			'an unknown ID',
			{ orderId: fromList('999', 'id'), orderCode: '' },
			`'Order' is "999", but Liner has no such order`,
			'Choose the order from the list, or correct the value.',
		],
		[
			'an unknown code',
			{ orderId: '', orderCode: 'no-such' },
			`'Order Code' is "no-such", but Liner has no such order`,
			'Choose the order from the list, or correct the value.',
		],
		[
			'an ID of letters',
			{ orderId: 'river-park', orderCode: '' },
			`'Order' is "river-park", which is not a whole number`,
			'Enter a whole number, e.g. 12, or map a column that holds one.',
		],
	])('cannot be %s', async (_, parameters, message, howToFix) => {
		const { error, bodies } = await liner.run([{}], parameters);
		expect(error).toMatchObject({
			message: `${message} [item 0]`,
			description: `${howToFix} Nothing was sent to Liner.`,
		});
		expect(bodies).toEqual([]);
	});

	it('that has no code in Liner asks for one', async () => {
		const [order] = liner.sandbox.account.orders;
		liner.sandbox.account.orders.push({ ...order, id: 702, code: '' });
		const { error } = await liner.run([{}], { orderId: '702', orderCode: '' });
		expect(error?.message).toBe(`'Order' is "702", an order that has no code in Liner [item 0]`);
	});

	it('needs both ID and code when the list cannot be read, with one error for all items', async () => {
		liner.sandbox.misbehave(({ method }) => (method === 'GET' ? faults.refusal(403, 'Нет прав') : undefined));
		const { error, bodies } = await liner.run([{}, {}, {}], { orderId: '501', orderCode: '' });
		expect(error).toMatchObject({
			message: 'The list of orders could not be read: Liner does not allow the API key to do this: Нет прав',
			description:
				"The list is not needed if both 'Order' and 'Order Code' are given. Check 'API Key' in the Liner credential, and what its integration may do in Liner (HTTP 403). Nothing was sent to Liner.",
		});
		expect(bodies).toEqual([]);
	});

	it('fails only its own item when the list cannot be read and the run continues', async () => {
		liner.sandbox.misbehave(({ method }) => (method === 'GET' ? faults.refusal(403, 'Нет прав') : undefined));
		const { outputs } = await liner.run(
			[{ id: '501' }, { id: '501', code: 'river-park' }],
			{ orderId: '={{ $json.id }}', orderCode: '={{ $json.code }}' },
			{ onError: 'continueRegularOutput' },
		);
		expect(outputs?.[0]).toEqual([
			{
				json: {
					error: expect.stringMatching(
						/^The list of orders could not be read: .+ \[item 0\]\. The list is not needed/,
					) as string,
				},
				pairedItem: { item: 0 },
			},
			{ json: { id: liner.sandbox.leads.at(-1)?.id }, pairedItem: { item: 1 } },
		]);
	});

	it('is looked up again when the list was temporarily unreadable', async () => {
		liner.sandbox.misbehave([faults.closeBeforeStoring()]);
		const { bodies } = await liner.run([{}], { orderId: '501', orderCode: '' });
		expect(bodies).toEqual([requiredBody]);
		expect(liner.requestLog()).toEqual(['GET /v2/order/ (fault)', 'GET /v2/order/', 'POST /v2/lead/create/']);
	});

	it.each<[value: string, isFine: boolean]>([
		['501', true],
		[' +501 ', true],
		['', true],
		['0', false],
		['river-park', false],
		['5.5', false],
	])('given by ID is checked before the run: %j', async (value, isFine) => {
		const running = liner.run([{}], { orderId: fromList(value, 'id'), orderCode: 'river-park' });
		await (isFine
			? expect(running).resolves.toMatchObject({ bodies: [requiredBody] })
			: expect(running).rejects.toThrow('An order ID is a whole number above 0, e.g. 501'));
	});

	it('may be a number as a spreadsheet writes it', async () => {
		const { bodies } = await liner.run([{ id: '501.0' }], { orderId: '={{ $json.id }}', orderCode: '' });
		expect(bodies).toEqual([requiredBody]);
	});
});

describe('a try that cannot read the list', () => {
	const items = [{ phone: '79110000001' }, { phone: '79110000002' }];
	const parameters = {
		phone: '={{ $json.phone }}',
		orderId: fromList('501'),
		orderCode: '',
		options: { concurrency: 1 },
	};
	const refuseFirst = (rejected: string) => {
		let lists = 0;
		liner.sandbox.misbehave(({ method, rawBody }) => {
			if (method === 'GET') return lists++ === 0 ? undefined : faults.refusal(403, 'Нет прав');
			return rawBody.includes(rejected) ? faults.refusal(422, 'No') : undefined;
		});
	};

	it('still knows what an earlier try created, when the run continues', async () => {
		refuseFirst(items[0].phone);
		const { outputs } = await liner.run(items, parameters, {
			onError: 'continueErrorOutput',
			retryOnFail: true,
			maxTries: 2,
			waitBetweenTries: 0,
		});
		expect(outputs?.[0]).toEqual([
			{ json: { id: liner.idOf('phone', items[1].phone) }, pairedItem: { item: 1 } },
		]);
		expect(outputs?.[1]).toHaveLength(1);
	});

	it('names what an earlier try created, when the run stops', async () => {
		refuseFirst(items[1].phone);
		const { error, bodies } = await liner.run(items, parameters, {
			retryOnFail: true,
			maxTries: 2,
			waitBetweenTries: 0,
		});
		expect(bodies).toHaveLength(2);
		const id = liner.idOf('phone', items[0].phone);
		expect(error).toMatchObject({
			message:
				'The list of orders could not be read: Liner does not allow the API key to do this: Нет прав [item 1]',
			context: { data: { created: [{ item: 0, id }], unknown: [], notSent: 0 } },
		});
		expect(error?.description).toContain(`1 lead created in this run: ${id} (item 0).`);
	});
});

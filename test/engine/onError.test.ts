import { requiredBody, useLiner } from '../support/fixture';
import { outputsOf } from '../support/engine';
import { faults } from '../../sandbox/sandbox';

const liner = useLiner();

const PHONE_FIX =
	'Enter 7 to 15 digits that begin with the country code, e.g. 79001234567 or +7 900 123-45-67.';

const rows = [
	{ row: 'a', phone: '79000000001' },
	{ row: 'b', phone: '12abc' },
	{ row: 'c', phone: '79000000003' },
];
const mapped = { phone: '={{ $json.phone }}' };
const sentBodies = [
	{ ...requiredBody, phone: '79000000001' },
	{ ...requiredBody, phone: '79000000003' },
];
const wayOn =
	"To go on without creating a lead twice, run it with 'If the Lead Already Exists' set to 'Return the Existing Lead', or use 'Retry' in the list of executions, which skips what was sent as long as its values stay the same.";

const lastIds = (number: number) => liner.sandbox.leads.slice(-number).map(({ id }) => id);

describe('an item in the middle that cannot be a lead', () => {
	it('with "Stop Workflow" keeps everything from being sent', async () => {
		const { run, bodies, outputs, error } = await liner.run(rows, mapped, { onError: 'stopWorkflow' });
		expect(run.status).toBe('error');
		expect(bodies).toEqual([]);
		expect(outputs).toBeUndefined();
		expect(error).toMatchObject({
			name: 'NodeOperationError',
			message: `'Phone' is "12abc", which is not a phone number [item 1]`,
			description: `${PHONE_FIX} Nothing was sent to Liner.`,
			context: { itemIndex: 1 },
		});
	});

	it('with "Continue" becomes an error item among the leads', async () => {
		const { run, bodies, outputs } = await liner.run(rows, mapped, { onError: 'continueRegularOutput' });
		const [first, third] = ['79000000001', '79000000003'].map((phone) => liner.idOf('phone', phone));
		expect(run.status).toBe('success');
		expect(bodies).toHaveLength(2);
		expect(bodies).toEqual(expect.arrayContaining(sentBodies));
		expect(outputs).toEqual([
			[
				{ json: { id: first }, pairedItem: { item: 0 } },
				{
					json: { error: `'Phone' is "12abc", which is not a phone number [item 1]. ${PHONE_FIX}` },
					pairedItem: { item: 1 },
				},
				{ json: { id: third }, pairedItem: { item: 2 } },
			],
		]);
	});

	it('with "Continue (using error output)" goes there, with the fields of its input', async () => {
		const { run, bodies, outputs } = await liner.run(rows, mapped, { onError: 'continueErrorOutput' });
		const [first, third] = ['79000000001', '79000000003'].map((phone) => liner.idOf('phone', phone));
		expect(run.status).toBe('success');
		expect(bodies).toHaveLength(2);
		expect(bodies).toEqual(expect.arrayContaining(sentBodies));
		expect(outputs).toEqual([
			[
				{ json: { id: first }, pairedItem: { item: 0 } },
				{ json: { id: third }, pairedItem: { item: 2 } },
			],
			[
				{
					json: {
						row: 'b',
						phone: '12abc',
						error: `'Phone' is "12abc", which is not a phone number [item 1]. ${PHONE_FIX}`,
					},
					pairedItem: { item: 1 },
				},
			],
		]);
		expect(outputsOf(run, 'Success')?.[0]).toHaveLength(2);
		expect(outputsOf(run, 'Error')?.[0]).toHaveLength(1);
	});
});

describe('several items that cannot be leads', () => {
	it('are listed, the first few of them in full', async () => {
		const { bodies, error } = await liner.run(
			Array.from({ length: 9 }, (_, row) => ({ phone: row === 0 ? '79000000001' : `x${row}` })),
			mapped,
		);
		expect(bodies).toEqual([]);
		expect(error).toMatchObject({
			message: `8 items cannot become leads; in the first of them, 'Phone' is "x1", which is not a phone number [item 1]`,
			description: [
				'Nothing was sent to Liner. Correct these items, counted from 0:',
				...[1, 2, 3, 4, 5].map(
					(row) => `• Item ${row}: 'Phone' is "x${row}", which is not a phone number. ${PHONE_FIX}`,
				),
				'• And 3 more items.',
			].join('\n'),
			context: { itemIndex: 1 },
		});
	});
});

describe('an item in the middle that Liner rejects', () => {
	const rejected = [
		{ row: 'a', order: 501 },
		{ row: 'b', order: 999 },
		{ row: 'c', order: 501 },
	];
	const orders = { orderId: '={{ $json.order }}' };
	const description =
		'Correct what Liner names and send the item again. No lead was created for this item (HTTP 422).';

	it('with "Stop Workflow" ends the run, and the error tells what had been created', async () => {
		const { run, bodies, outputs, error } = await liner.run(
			rejected,
			{ ...orders, options: { concurrency: 1 } },
			{ onError: 'stopWorkflow' },
		);
		const [first] = lastIds(1);
		expect(run.status).toBe('error');
		expect(bodies).toEqual([requiredBody, { ...requiredBody, orderId: 999 }]);
		expect(outputs).toBeUndefined();
		expect(error).toMatchObject({
			name: 'NodeApiError',
			message: 'Liner rejected the lead: Order 999 not found [item 1]',
			description: `${description} 1 lead created in this run: ${first} (item 0). 1 item not sent. ${wayOn}`,
			httpCode: '422',
			context: { itemIndex: 1, data: { created: [{ item: 0, id: first }], unknown: [], notSent: 1 } },
		});
	});

	it('with "Continue" becomes an error item among the leads', async () => {
		const { outputs } = await liner.run(
			rejected,
			{ ...orders, options: { concurrency: 1 } },
			{ onError: 'continueRegularOutput' },
		);
		const [first, third] = lastIds(2);
		expect(outputs).toEqual([
			[
				{ json: { id: first }, pairedItem: { item: 0 } },
				{
					json: { error: `Liner rejected the lead: Order 999 not found [item 1]. ${description}` },
					pairedItem: { item: 1 },
				},
				{ json: { id: third }, pairedItem: { item: 2 } },
			],
		]);
	});

	it('with "Continue (using error output)" goes there, with the fields of its input', async () => {
		const { outputs } = await liner.run(
			rejected,
			{ ...orders, options: { concurrency: 1 } },
			{ onError: 'continueErrorOutput' },
		);
		const [first, third] = lastIds(2);
		expect(outputs).toEqual([
			[
				{ json: { id: first }, pairedItem: { item: 0 } },
				{ json: { id: third }, pairedItem: { item: 2 } },
			],
			[
				{
					json: {
						row: 'b',
						order: 999,
						error: `Liner rejected the lead: Order 999 not found [item 1]. ${description}`,
					},
					pairedItem: { item: 1 },
				},
			],
		]);
	});
});

describe('the error of a run that stops late', () => {
	it('lists 20 of the leads in the text, and all of them in the data', async () => {
		liner.sandbox.misbehave((_request, index) =>
			index === from + 25 ? faults.refusal(422, 'No') : undefined,
		);
		const from = liner.sandbox.requests.length;
		const { error } = await liner.run(
			Array.from({ length: 30 }, () => ({})),
			{ options: { concurrency: 1 } },
		);
		const created = lastIds(25).map((id, item) => ({ item, id }));
		const listed = created.slice(0, 20).map(({ item, id }) => `${id} (item ${item})`);
		expect(error?.description).toBe(
			`${description422} 25 leads created in this run: ${listed.join(', ')} and 5 more. 4 items not sent. ${wayOn}`,
		);
		expect(error?.context.data).toEqual({ created, unknown: [], notSent: 4 });
	});

	const description422 =
		'Correct what Liner names and send the item again. No lead was created for this item (HTTP 422).';
});

describe('what is wrong for the whole run', () => {
	const HOST_FIX =
		"Enter it like liner.example.com or https://liner.example.com in the Liner credential's 'Host'.";
	const KEY_FIX = "Paste the integration token from Liner into the Liner credential's 'API Key'";

	it.each([
		['no host', { host: '', apiKey: 'k' }, 'The host of Liner is missing', HOST_FIX],
		[
			'no web address',
			{ host: 'ftp://x', apiKey: 'k' },
			'The host of Liner begins with ftp:// but must be a web address',
			HOST_FIX,
		],
		['no key', { host: 'liner.example.com', apiKey: ' ' }, 'The API key of Liner is missing', KEY_FIX],
	])(
		'is reported once when it stops, and for each item when it continues: %s',
		async (_, data, message, howToFix) => {
			liner.engine.credentials.liner = { type: 'linerApi', data };
			const stopped = await liner.run([{}, {}]);
			expect(stopped.error).toMatchObject({
				name: 'NodeOperationError',
				message,
				description: `${howToFix} Nothing was sent to Liner.`,
			});
			const continued = await liner.run([{ row: 'a' }, { row: 'b' }], {}, { onError: 'continueErrorOutput' });
			expect(continued.outputs).toEqual([
				[],
				[
					{ json: { row: 'a', error: `${message} [item 0]. ${howToFix}` }, pairedItem: { item: 0 } },
					{ json: { row: 'b', error: `${message} [item 1]. ${howToFix}` }, pairedItem: { item: 1 } },
				],
			]);
			expect(continued.bodies).toEqual([]);
		},
	);

	it('includes a missing credential', async () => {
		delete liner.engine.credentials.liner;
		const { outputs } = await liner.run([{}], {}, { onError: 'continueRegularOutput' });
		expect(outputs).toEqual([
			[
				{
					json: {
						error:
							'Credential with ID "liner" does not exist for type "linerApi" [item 0]. Select a Liner credential in the node.',
					},
					pairedItem: { item: 0 },
				},
			],
		]);
	});

	it.each([0, -5, 'soon', true, 2 ** 31])('includes the timeout %j', async (timeout) => {
		const { error, bodies } = await liner.run([{}], { options: { timeout } });
		expect(error).toMatchObject({
			message: `'Timeout' is ${JSON.stringify(timeout)}, which is not allowed`,
			description: 'Enter a whole number of milliseconds above 0. Nothing was sent to Liner.',
		});
		expect(bodies).toEqual([]);
	});

	it('treats a blank timeout as the default', async () => {
		const { run } = await liner.run([{}], { options: { timeout: '' } });
		expect(run.status).toBe('success');
	});
});

describe('items and a credential that are both wrong', () => {
	it('each keep their own reason', async () => {
		liner.engine.credentials.liner = { type: 'linerApi', data: { host: '', apiKey: 'k' } };
		const { outputs } = await liner.run([{ phone: 'x' }, { phone: '79000000001' }], mapped, {
			onError: 'continueRegularOutput',
		});
		expect(outputs?.[0].map(({ json }) => json.error)).toEqual([
			expect.stringContaining(`'Phone' is "x"`),
			expect.stringContaining('The host of Liner is missing [item 1].'),
		]);
	});
});

describe('an invalid option', () => {
	it('is the reason for every item, instead of the list that cannot be read', async () => {
		const { outputs, bodies } = await liner.run(
			[{ phone: 'x' }, { phone: '79000000001' }],
			{
				...mapped,
				orderCode: '',
				additionalFields: { statusId: 'New' },
				options: { ifExists: 'returnExisting' },
			},
			{ onError: 'continueRegularOutput' },
		);
		const reason = `'If the Lead Already Exists' is "returnExisting", which is not allowed`;
		const howToFix = "Allowed: 'create' (Create Anyway), 'return' (Return the Existing Lead).";
		expect(outputs?.[0].map(({ json }) => json.error)).toEqual([
			`'Phone' is "x", which is not a phone number [item 0]. ${PHONE_FIX}`,
			`${reason} [item 1]. ${howToFix}`,
		]);
		expect(bodies).toEqual([]);
	});

	it('is the reason for an item with the title of a custom field', async () => {
		const { outputs } = await liner.run(
			[{}],
			{ customValues: { values: [{ fieldId: 'Segment', value: 'VIP' }] }, options: { timeout: 'soon' } },
			{ onError: 'continueRegularOutput' },
		);
		expect(outputs?.[0].map(({ json }) => json.error)).toEqual([
			`'Timeout' is "soon", which is not allowed [item 0]. Enter a whole number of milliseconds above 0.`,
		]);
	});

	it('is the reason in automatic mapping, too, where the columns may be custom fields', async () => {
		const { outputs } = await liner.run(
			[
				{ phone: '79000000001', Segment: 'VIP' },
				{ phone: '79000000002', 'customValues.Segment': 'VIP' },
				{ phone: '79000000003', customValues: { Segment: 'VIP' } },
			],
			{
				mappingMode: 'autoMapInputData',
				customValues: { values: [{ fieldId: 'Rooms', value: 2 }] },
				options: { timeout: 'soon' },
			},
			{ onError: 'continueRegularOutput' },
		);
		expect(outputs?.[0].map(({ json }) => json.error)).toEqual(
			[0, 1, 2].map(
				(item) =>
					`'Timeout' is "soon", which is not allowed [item ${item}]. Enter a whole number of milliseconds above 0.`,
			),
		);
	});
});

describe('a workflow that names no operation of the node', () => {
	it.each([{ resource: 'junk' }, { operation: 'junk' }, { resource: 'constructor', operation: 'name' }])(
		'lets no item succeed: %j',
		async (parameters) => {
			const { error } = await liner.run([{}], parameters);
			expect(error?.message).toMatch(/^(The node has no operation|Could not get parameter)/);
			const { outputs } = await liner.run([{}], parameters, { onError: 'continueErrorOutput' });
			expect(outputs?.[0]).toEqual([]);
			expect(outputs?.[1]).toHaveLength(1);
		},
	);
});

describe('a value with words that n8n would replace', () => {
	it('is quoted as it is', async () => {
		const { error } = await liner.run([{}], { phone: 'ENOENT' });
		expect(error?.message).toBe(`'Phone' is "ENOENT", which is not a phone number [item 0]`);
	});
});

describe('an expression that cannot be evaluated', () => {
	it('is an invalid item', async () => {
		const { outputs, bodies } = await liner.run(
			[{ a: 1 }, {}],
			{ additionalFields: { name: '={{ $json.a ? "Anna" : $("Nowhere").item.json.name }}' } },
			{ onError: 'continueRegularOutput' },
		);
		expect(bodies).toEqual([{ ...requiredBody, name: 'Anna' }]);
		expect(outputs?.[0][1]).toEqual({
			json: {
				error: expect.stringMatching(/^'Name' cannot be evaluated: .+ \[item 1\]\. Open the node/),
			},
			pairedItem: { item: 1 },
		});
	});

	it.each([
		['required', { phone: '={{ $json.nothing }}' }, "'Phone' is empty [item 0]"],
		[
			'a custom value',
			{ customValues: { values: [{ fieldId: '={{ $json.nothing }}', value: 'x' }] } },
			`'Custom Values' has the value "x" without a field [item 0]`,
		],
		[
			'JSON',
			{ specifyCustomValues: 'json', jsonCustomValues: '={{ $json.list }}' },
			`'Custom Values (JSON)' is not valid JSON ({oops) [item 0]`,
		],
	])('that is empty or invalid is named by its label: %s', async (_, parameters, message) => {
		const { error, bodies } = await liner.run([{ list: '{oops' }], parameters);
		expect(error?.message).toBe(message);
		expect(bodies).toEqual([]);
	});
});

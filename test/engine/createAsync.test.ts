import type { IDataObject, INodeParameters } from 'n8n-workflow';

import { linerWorkflow, outputsOf } from '../support/engine';
import { requiredBody, requiredParameters, useLiner } from '../support/fixture';
import { faults, type Fault } from '../../sandbox/sandbox';

const liner = useLiner();

const CREATE = 'POST /v2/lead/create-async/';

const asynchronous: INodeParameters = { operation: 'createAsync' };

const answerWith = (data: unknown): Fault => faults.envelope({ success: true, message: '', data });

describe('creating leads asynchronously', () => {
	it('sends the same body to its own endpoint, and outputs that Liner accepted it', async () => {
		const { outputs, bodies } = await liner.run([{ name: 'Анна' }, { name: 'Bob' }], {
			...asynchronous,
			additionalFields: { name: '={{ $json.name }}' },
			customValues: { values: [{ fieldId: '12', value: 'VIP' }] },
		});
		expect(liner.sandbox.requests.at(-1)).toMatchObject({ method: 'POST', url: '/v2/lead/create-async/' });
		expect(bodies).toHaveLength(2);
		expect(bodies).toEqual(
			expect.arrayContaining(
				['Анна', 'Bob'].map((name) => ({ ...requiredBody, name, customValues: { 12: 'vip' } })),
			),
		);
		expect(outputs).toEqual([
			[0, 1].map((item) => ({ json: { accepted: true, status: 'accepted' }, pairedItem: { item } })),
		]);
		expect(liner.sandbox.leads.slice(-2).map(({ createMethod }) => createMethod)).toEqual(['async', 'async']);
	});

	it.each<[data: unknown, output: IDataObject]>([
		[undefined, { accepted: true }],
		[null, { accepted: true }],
		[{}, { accepted: true }],
		[
			{ jobId: 'a;b:c\n"d"', position: 7 },
			{ accepted: true, jobId: 'a;b:c\n"d"', position: 7 },
		],
		[
			{ accepted: 'maybe', id: 12 },
			{ accepted: true, id: 12 },
		],
		[[1, 2], { accepted: true, data: [1, 2] }],
		['queued', { accepted: true, data: 'queued' }],
	])('outputs what Liner answers, under its own names: %j', async (data, output) => {
		liner.sandbox.misbehave([answerWith(data)]);
		const { outputs } = await liner.run([{}], asynchronous);
		expect(outputs).toEqual([[{ json: output, pairedItem: { item: 0 } }]]);
	});

	it('maps automatically, and completes orders', async () => {
		const { bodies } = await liner.run([{ phone: '79001234567', orderCode: 'river-park' }], {
			...asynchronous,
			mappingMode: 'autoMapInputData',
			orderId: '',
			orderCode: '',
		});
		expect(bodies).toEqual([requiredBody]);
	});

	it('checks all items before it sends the first one', async () => {
		const { error, bodies } = await liner.run([{ phone: '79001234567' }, { phone: '' }], {
			...asynchronous,
			phone: '={{ $json.phone }}',
		});
		expect(error?.message).toBe("'Phone' is empty [item 1]");
		expect(bodies).toEqual([]);
	});

	it.each<[what: string, fault: Fault, message: string]>([
		['a broken connection', faults.closeAfterStoring(), 'broke before the answer was complete [item 0]'],
		['a web page', faults.webPage(), "The answer is not one of Liner's: it is a web page [item 0]"],
		['a server error', faults.refusal(500, 'Oops'), 'Liner could not finish the request: Oops [item 0]'],
	])('fails the item after %s, looks for nothing and sends nothing again', async (_, fault, message) => {
		const before = liner.sandbox.requests.length;
		liner.sandbox.misbehave([fault]);
		const { error, bodies } = await liner.run([{}], {
			...asynchronous,
			// As in a workflow that used another operation before.
			options: { ifExists: 'return', onUnknown: 'resend', lookBackHours: 'x' },
		});
		expect(error?.message).toMatch(message);
		expect(error?.description).toContain('The lead may have been created all the same');
		expect(bodies).toHaveLength(1);
		expect(liner.sandbox.requests).toHaveLength(before + 1);
	});

	it('sends an item again that did not reach Liner', async () => {
		liner.sandbox.misbehave([faults.tooManyRequests('0')]);
		const { outputs, bodies } = await liner.run([{}], asynchronous);
		expect(bodies).toHaveLength(2);
		expect(liner.requestLog()).toEqual([`${CREATE} (fault)`, CREATE]);
		expect(outputs?.[0]).toHaveLength(1);
	});

	it('says what was accepted when it stops, and does not send it again', async () => {
		liner.sandbox.misbehave([answerWith({ job: 'a;1:\n' }), undefined, faults.refusal(422, 'No')]);
		const parameters = {
			...requiredParameters,
			...asynchronous,
			phone: '={{ $json.phone }}',
			options: { concurrency: 1 },
		};
		const items = [1, 2, 3, 4].map((tail) => ({ phone: `7900765432${tail}` }));
		const { run, error } = await liner.run(items, parameters);
		expect(error).toMatchObject({
			message: 'Liner rejected the lead: No [item 2]',
			description:
				"Correct what Liner names and send the item again. No lead was created for this item (HTTP 422). 2 items accepted in this run: item 0, item 1. 1 item not sent. To go on without sending an item twice, use 'Retry' in the list of executions, which skips what was sent as long as its values stay the same.",
			context: { data: { created: [], accepted: [0, 1], unknown: [], notSent: 1 } },
		});

		const file = linerWorkflow(
			items.map((json) => ({ json })),
			parameters,
		);
		const retried = await liner.engine.retry(file, run);
		expect(liner.requestLog()).toEqual([`${CREATE} (fault)`, CREATE, `${CREATE} (fault)`, CREATE, CREATE]);
		const [task] = retried.data.resultData.runData.Liner.slice(-1);
		expect(task.data?.main[0]?.map(({ json }) => json)).toEqual([
			{ accepted: true, job: 'a;1:\n' },
			{ accepted: true, status: 'accepted' },
			{ accepted: true, status: 'accepted' },
			{ accepted: true, status: 'accepted' },
		]);
		expect(task.hints?.map(({ message }) => message)).toEqual([
			'2 items had been sent by an earlier try and were not sent again.',
		]);
	});

	it('counts as the same request as a synchronous create in a retry', async () => {
		liner.sandbox.misbehave([undefined, faults.refusal(422, 'No')]);
		const parameters = { ...requiredParameters, options: { concurrency: 1 } };
		const { run } = await liner.run([{}, {}], parameters);
		const file = linerWorkflow([{ json: {} }, { json: {} }], { ...parameters, ...asynchronous });
		const retried = await liner.engine.retry(file, run);
		expect(liner.requestLog()).toEqual(['POST /v2/lead/create/', 'POST /v2/lead/create/ (fault)', CREATE]);
		expect(outputsOf(retried, 'Liner')).toEqual([
			[
				{ json: { id: liner.sandbox.leads.at(-2)?.id }, pairedItem: { item: 0 } },
				{ json: { accepted: true, status: 'accepted' }, pairedItem: { item: 1 } },
			],
		]);
	});

	it('sends the other items when one is in doubt and the run is retried', async () => {
		liner.sandbox.misbehave([faults.closeAfterStoring()]);
		const parameters = {
			...requiredParameters,
			...asynchronous,
			phone: '={{ $json.phone }}',
			options: { concurrency: 1 },
		};
		const items = [1, 2, 3].map((tail) => ({ phone: `7900765433${tail}` }));
		const { run } = await liner.run(items, parameters);
		const file = linerWorkflow(
			items.map((json) => ({ json })),
			parameters,
		);
		const retried = await liner.engine.retry(file, run);
		expect(liner.requestLog()).toEqual([`${CREATE} (fault)`, CREATE, CREATE]);
		expect(retried.data.resultData.error).toMatchObject({
			message: 'An earlier try sent this item and got no clear answer [item 0]',
			context: { data: { created: [], accepted: [1, 2], unknown: [0], notSent: 0 } },
		});
		expect(
			items.map(({ phone }) => liner.sandbox.leads.filter((lead) => lead.phone === phone).length),
		).toEqual([1, 1, 1]);
	});

	it('never outputs the API key, even if Liner echoes it', async () => {
		const { apiKey } = liner.sandbox;
		liner.sandbox.misbehave([answerWith({ echo: `key=${apiKey}`, deep: [{ [apiKey]: apiKey }] })]);
		const { outputs } = await liner.run([{}], asynchronous);
		expect(outputs?.[0][0].json).toEqual({
			accepted: true,
			echo: 'key=[API key]',
			deep: [{ '[API key]': '[API key]' }],
		});
	});
});

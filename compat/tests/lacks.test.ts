import type { IDataObject, INodeParameters } from 'n8n-workflow';

import { agentWorkflow, outputsOf, type NodeSettings } from '../../test/support/engine';
import { requiredBody, requiredParameters, useLiner } from '../../test/support/fixture';
import { faults } from '../../sandbox/sandbox';
import type { Lack } from '../lines';

const liner = useLiner();

const mapped = { phone: '={{ $json.phone }}' };

async function runAgent(call: IDataObject, parameters: INodeParameters, settings?: NodeSettings) {
	const before = liner.sandbox.requests.length;
	const file = agentWorkflow([call], { ...requiredParameters, ...parameters }, settings);
	const run = await liner.engine.run(file);
	expect(run.status).toBe('success');
	const [[{ json }]] = outputsOf(run, 'Agent') ?? [];
	const bodies = liner.sandbox.requests
		.slice(before)
		.filter(({ method }) => method === 'POST')
		.map(({ rawBody }) => JSON.parse(rawBody) as unknown);
	return { answers: json.answers as string[], bodies };
}

/** What the node does on an engine with or without the thing: it causes no error and never creates a lead twice. */
const withOrWithout: Record<Lack['id'], () => Promise<void>> = {
	async hints() {
		// The first create, which comes after the list of custom fields.
		liner.sandbox.misbehave([undefined, faults.tooManyRequests('0')]);
		const items = [
			{ phone: '79300000001', unknown: 1 },
			{ phone: '79300000002', unknown: 2 },
		];
		const { run, outputs } = await liner.run(items, { mappingMode: 'autoMapInputData' });
		expect(run.status).toBe('success');
		expect(liner.requestLog().slice(0, 2)).toEqual([
			'GET /v2/custom-field/',
			'POST /v2/lead/create/ (fault)',
		]);
		expect(outputs).toEqual([
			items.map(({ phone }, item) => ({ json: { id: liner.idOf('phone', phone) }, pairedItem: { item } })),
		]);
	},

	async lastTry() {
		for (const onError of ['continueRegularOutput', 'continueErrorOutput'] as const) {
			const items = [0, 1, 2].map((item) => ({ phone: `793000${onError.length}00${item}` }));
			let faulty = 1;
			liner.sandbox.misbehave(({ method, rawBody }) =>
				method === 'POST' && rawBody.includes(items[0].phone) && faulty-- > 0
					? faults.refusal(422, 'No')
					: undefined,
			);
			const settings = { onError, retryOnFail: true, maxTries: 3, waitBetweenTries: 1 };
			const { run, outputs } = await liner.run(items, mapped, settings);
			expect(run.status).toBe('success');
			const leads = liner.sandbox.leads.filter(({ phone }) => items.some((item) => item.phone === phone));
			expect(leads.map(({ phone }) => phone).sort()).toEqual(items.map(({ phone }) => phone));
			const ids = outputs?.[0].map(({ json }) => json.id);
			expect(ids?.slice(-2)).toEqual(items.slice(1).map(({ phone }) => liner.idOf('phone', phone)));
		}
	},

	async objectFunctions() {
		const { error, bodies } = await liner.run([{ 12: 'vip' }], {
			specifyCustomValues: 'json',
			jsonCustomValues: '={{ [12].map((id) => ({ fieldId: id, value: $json[id] })) }}',
		});
		expect([
			{ message: undefined, bodies: [{ ...requiredBody, customValues: { 12: 'vip' } }] },
			{ message: "'Custom Values (JSON)' cannot be evaluated: invalid syntax [item 0]", bodies: [] },
		]).toContainEqual({ message: error?.message, bodies });
	},

	async toolDescription() {
		const { bodies, answers } = await runAgent({}, { mappingMode: 'autoMapInputData' });
		const { id } = liner.sandbox.leads.at(-1) ?? {};
		expect([
			{ answers: [JSON.stringify([{ id }])], bodies: [requiredBody] },
			{ answers: [expect.stringContaining("Add a column 'phone'")], bodies: [] },
		]).toContainEqual({ answers, bodies });
	},

	async toolErrors() {
		const phone = "={{ $fromAI('phone') }}";
		const wrong = await runAgent({ phone: 'call me' }, { phone });
		expect(wrong.bodies).toEqual([]);
		expect(wrong.answers).toEqual([expect.stringContaining('Enter 7 to 15 digits')]);

		liner.sandbox.misbehave(({ method }) =>
			method === 'POST' ? faults.closeAfterStoring() : faults.refusal(403, 'No'),
		);
		const settings = { retryOnFail: true, maxTries: 3, waitBetweenTries: 0 };
		const lost = await runAgent({ phone: '79300000009' }, { phone }, settings);
		expect(lost.bodies).toHaveLength(1);
		expect(lost.answers).toHaveLength(1);
		expect(liner.sandbox.leads.filter((lead) => lead.phone === '79300000009')).toHaveLength(1);
	},

	async issues() {
		const before = liner.sandbox.requests.length;
		const running = liner.run([{}], { orderId: { __rl: true, mode: 'id', value: 'river-park' } });
		await expect(running).rejects.toThrow(/ has issues/);
		expect(liner.sandbox.requests).toHaveLength(before);
	},
};

describe('the node works with or without', () => {
	it.each(Object.entries(withOrWithout))('%s', async (_, test) => await test());
});

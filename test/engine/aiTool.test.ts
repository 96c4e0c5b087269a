import { NodeHelpers } from 'n8n-workflow';
import type { IDataObject, INode, INodeParameters } from 'n8n-workflow';

import { agentWorkflow, LINER_TOOL, outputsOf, type NodeSettings } from '../support/engine';
import { requiredBody, requiredParameters, useLiner } from '../support/fixture';
import { faults } from '../../sandbox/sandbox';

const liner = useLiner();

async function runAgent(calls: IDataObject[], parameters: INodeParameters, settings?: NodeSettings) {
	const before = liner.sandbox.requests.length;
	const run = await liner.engine.run(
		agentWorkflow(calls, { ...requiredParameters, ...parameters }, settings),
	);
	expect(run.data.resultData.error).toBeUndefined();
	expect(JSON.stringify(run)).not.toContain(liner.sandbox.apiKey);
	const [[{ json }]] = outputsOf(run, 'Agent') ?? [];
	const bodies = liner.sandbox.requests
		.slice(before)
		.filter(({ method }) => method === 'POST')
		.map(({ rawBody }) => JSON.parse(rawBody) as unknown);
	return { ...(json as { description: string; arguments: string[]; answers: string[] }), bodies };
}

const fromAi = (name: string) => `={{ $fromAI('${name}') }}`;

const fields = {
	name: 'Анна',
	telegramUserName: 'anna',
	telegramPhone: '79001234567',
	vkId: '12345678',
	instagramLogin: 'anna.p',
	sourceComment: 'Two rooms',
	externalIdBitrix24: 'B-1',
	externalIdAmo: 'A-1',
	externalIdMacro: 'M-1',
	externalIdDomoplaner: 'D-1',
	priority: '5',
	utcOffset: '3',
	statusId: '2',
};

describe("an AI agent's tool", () => {
	it('takes every field from the agent', async () => {
		const { bodies, answers, ...tool } = await runAgent(
			[
				{
					...fields,
					leadType: 'selection',
					phone: '+7 900 123 45 67',
					orderId: '501',
					orderCode: 'river-park',
					field: 'Segment',
					value: 'VIP',
				},
			],
			{
				leadType: fromAi('leadType'),
				phone: fromAi('phone'),
				orderId: { __rl: true, mode: 'id', value: fromAi('orderId') },
				orderCode: fromAi('orderCode'),
				additionalFields: Object.fromEntries(Object.keys(fields).map((name) => [name, fromAi(name)])),
				customValues: { values: [{ fieldId: fromAi('field'), value: fromAi('value') }] },
			},
		);
		expect(tool.arguments.sort()).toEqual(
			[...Object.keys(fields), 'leadType', 'phone', 'orderId', 'orderCode', 'field', 'value'].sort(),
		);
		expect(bodies).toEqual([
			{
				...fields,
				leadType: 'selection',
				phone: '+79001234567',
				orderId: 501,
				orderCode: 'river-park',
				priority: 5,
				utcOffset: 3,
				statusId: 2,
				customValues: { 12: 'vip' },
			},
		]);
		expect(answers.map((answer) => JSON.parse(answer) as unknown)).toEqual([
			[{ id: liner.sandbox.leads.at(-1)?.id }],
		]);
	});

	it('takes all custom values from the agent at once', async () => {
		const { bodies } = await runAgent([{ values: '{ "Rooms": "2" }' }], {
			specifyCustomValues: 'json',
			jsonCustomValues: fromAi('values'),
		});
		expect(bodies).toMatchObject([{ customValues: { 13: 2 } }]);
	});

	it('does not offer automatic mapping, because an agent only fills in fields', async () => {
		const { properties } = liner.engine.nodeTypes.getByNameAndVersion(LINER_TOOL).description;
		const shown = (name: string) => {
			const file = agentWorkflow([], requiredParameters);
			const node = file.nodes.find(({ type }) => type === LINER_TOOL) as INode;
			const description = liner.engine.nodeTypes.getByNameAndVersion(LINER_TOOL).description;
			return properties
				.filter((property) => property.name === name)
				.some((property) => NodeHelpers.displayParameter(node.parameters, property, node, description));
		};
		expect(['mappingMode', 'phone', 'orderId'].map(shown)).toEqual([false, true, true]);
		const { bodies } = await runAgent([{}], { mappingMode: 'autoMapInputData' });
		expect(bodies).toEqual([requiredBody]);
	});

	it('is explained to the agent', async () => {
		const { description } = await runAgent([], {});
		expect(description).toBe('Create lead in Liner');
		const async = await runAgent([], { operation: 'createAsync' });
		expect(async.description).toBe('Create lead asynchronously in Liner');
	});

	it('tells the agent what to correct', async () => {
		const { answers, bodies } = await runAgent([{ phone: 'call me' }], { phone: fromAi('phone') });
		expect(answers).toEqual([
			expect.stringContaining(`'Phone' is "call me", which is not a phone number`) as string,
		]);
		expect(bodies).toEqual([]);
	});

	it('creates one lead for a call, however often it is tried', async () => {
		liner.sandbox.misbehave([faults.closeAfterStoring()]);
		const { answers, bodies } = await runAgent(
			[{ phone: '79001234777' }],
			{ phone: fromAi('phone'), options: { onUnknown: 'fail' } },
			{ retryOnFail: true, maxTries: 3, waitBetweenTries: 0 },
		);
		expect(bodies).toHaveLength(1);
		expect(liner.requestLog()).toEqual(['POST /v2/lead/create/ (fault)']);
		expect(answers).toEqual([expect.stringContaining('An earlier try sent this item') as string]);
		expect(liner.sandbox.leads.filter(({ phone }) => phone === '79001234777')).toHaveLength(1);
	});

	it('finds the lead of a try in doubt once it can list leads', async () => {
		liner.sandbox.misbehave([faults.closeAfterStoring(), faults.refusal(403, 'No')]);
		const { answers, bodies } = await runAgent(
			[{ phone: '79001234778' }],
			{ phone: fromAi('phone') },
			{ retryOnFail: true, maxTries: 3, waitBetweenTries: 0 },
		);
		expect(bodies).toHaveLength(1);
		expect(liner.requestLog()).toEqual([
			'POST /v2/lead/create/ (fault)',
			'GET /v2/lead/ (fault)',
			'GET /v2/lead/',
		]);
		expect(answers).toEqual([JSON.stringify([{ id: liner.idOf('phone', '79001234778') }])]);
	});
});

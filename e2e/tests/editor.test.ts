import { Editor } from '../editor';
import { startModel, type Model } from '../model';
import { N8n, type CreatedWorkflow, type WorkflowToCreate } from '../n8n';
import { startOutside, type Outside } from '../outside';
import { packageRegistry } from '../packageRegistry';
import {
	bodyRows,
	clickTrigger,
	linerNode,
	toWorkflow,
	webhook,
	type Credentials,
	type WorkflowNode,
} from '../workflows';
import { faults, startSandbox, type Sandbox } from '../../sandbox/sandbox';

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const WRONG_KEY = 'not-the-key-of-liner';

let folder: string;
let sandbox: Sandbox;
let outside: Outside;
let model: Model;
let n8n: N8n;
let editor: Editor;

beforeAll(async () => {
	folder = mkdtempSync(join(tmpdir(), 'n8n-nodes-liner-packed-'));
	sandbox = await startSandbox();
	model = await startModel();
	outside = await startOutside(packageRegistry(folder));
	n8n = await N8n.start({
		withPackage: false,
		environment: {
			...outside.environment,
			N8N_UNVERIFIED_PACKAGES_ENABLED: 'true',
			N8N_LOG_LEVEL: 'debug',
		},
	});
	editor = await Editor.open(n8n, 'editor');
});

afterAll(async () => {
	await editor?.close();
	await n8n?.stop();
	await outside?.close();
	await model?.close();
	await sandbox?.close();
	rmSync(folder, { recursive: true, force: true });
});

const rows = (items: unknown[]): WorkflowNode => ({
	name: 'Rows',
	type: 'n8n-nodes-base.code',
	typeVersion: 2,
	parameters: { jsCode: `return ${JSON.stringify(items)}.map((json) => ({ json }));` },
});

const ANNA = { Phone: '+7 (900) 123-45-67', Client: 'Anna Petrova', Segment: 'VIP', Rooms: 2 };
const IVAN = { Phone: '8 900 123-45-68', Client: 'Ivan Sidorov', Segment: 'Standard', Rooms: 3 };
const EMILY = { Phone: '+44 20 7946 0958', Client: 'Emily Clarke', Segment: '', Rooms: 1 };

let failed: string | undefined;

/** A test that continues where the previous one ended. */
function step(name: string, run: () => Promise<void>): void {
	it(name, async () => {
		if (failed !== undefined) throw new Error(`Skipped, because an earlier step failed: a user ${failed}`);
		try {
			await run();
		} catch (error) {
			failed = name;
			await editor?.picture('failed');
			throw error;
		}
	});
}

/** Takes the leads created since the last call, by phone, without what Liner adds besides the ID. */
function takeNewLeads() {
	const added = ['createMethod', 'createdAt', 'updatedAt'];
	return sandbox.leads
		.splice(0)
		.sort((a, b) => a.phone.localeCompare(b.phone))
		.map(({ id, ...lead }) => ({
			id,
			fields: Object.fromEntries(Object.entries(lead).filter(([name]) => !added.includes(name))),
		}));
}

const linerCredential = async () => {
	const [{ id, name }] = await n8n.request<Array<{ id: string; name: string }>>('GET', '/rest/credentials');
	return { linerApi: { id, name } };
};

describe('a user', () => {
	step('installs the package in the settings', async () => {
		await editor.goto('/settings/community-nodes');
		await editor.page.getByRole('button', { name: 'Install a community node' }).click();
		await editor.fill('package-name-input', 'n8n-nodes-liner');
		await editor.get('user-agreement-checkbox').click();
		await editor.picture('install');
		await editor.get('install-community-package-button').click();
		const card = editor.get('community-package-card');
		await card.waitFor();
		await editor.picture('installed');
		expect(await card.innerText()).toMatch(/^n8n-nodes-liner\s+1 node:\s+Liner\s/);
	});

	step('creates the credential, which is red with a wrong key and green with the right one', async () => {
		await editor.goto('/home/credentials');
		await editor.get('add-resource-credential').click();
		await editor.fill('new-credential-type-select', 'liner');
		await editor.choose('Liner API');
		await editor.get('new-credential-type-button').click();
		await editor.fill('parameter-input-host', sandbox.host);
		await editor.fill('parameter-input-apiKey', WRONG_KEY);
		await editor.get('credential-save-button').click();
		await editor.page.getByText('More details').click();
		await editor.picture('credential-red');
		expect(await editor.get('editCredential-modal').innerText()).toContain(
			"Liner did not accept the API key: Invalid API key. Check 'API Key' in the Liner credential",
		);

		await editor.fill('parameter-input-apiKey', sandbox.apiKey);
		await editor.get('credential-save-button').click();
		await editor.get('credentials-config-container-test-success').waitFor();
		await editor.picture('credential-green');
	});

	step('finds the node, maps fields, picks from lists, and reads the IDs of the leads', async () => {
		const workflow = await n8n.createWorkflow(
			toWorkflow('Rows to leads', [clickTrigger, rows([ANNA, IVAN, EMILY])]),
		);
		await editor.openWorkflow(workflow.id);
		await editor.addNode('liner', 'Liner', 'Create lead');
		await editor.picture('new-node');
		await editor.get('execute-previous-node').first().click();
		await editor.get('ndv-input-panel').getByText('3 items').first().waitFor();

		await editor.drag('Phone', 'phone');
		await editor.clickUntil(
			editor.get('resource-locator-orderId').getByTestId('rlc-input'),
			editor.get('rlc-item'),
		);
		await editor.picture('orders');
		expect(await editor.get('rlc-item').count()).toBe(12);
		await editor.fill('rlc-search', 'речной');
		await editor.get('rlc-item').nth(2).waitFor({ state: 'detached' });
		await editor.picture('orders-found');
		expect(await editor.get('rlc-item').allInnerTexts()).toEqual([
			'ЖК «Речной парк» (river-park)',
			'ЖК «Речной парк», вторая очередь (river-park-2)',
		]);
		await editor.fill('rlc-search', 'garden');
		await editor.get('rlc-item').filter({ hasText: 'quiz' }).waitFor();
		await editor.illustration('orders', editor.get('node-parameters'));
		await editor.get('rlc-item').first().click();

		await editor.clickUntil(editor.get('collection-parameter-add').first(), editor.offered);
		await editor.picture('additional-fields');
		await editor.choose('Name');
		await editor.drag('Client', 'name');
		await editor.clickUntil(editor.get('collection-parameter-add').first(), editor.offered);
		await editor.choose('Lead Status Name or ID');
		await editor.openList('statusId');
		expect(await editor.offered.allInnerTexts()).toEqual(['New', 'Перезвонить', 'No answer']);
		await editor.picture('statuses');
		await editor.choose('No answer');

		await editor.clickUntil(editor.get('fixed-collection-add'), editor.parameter('fieldId'));
		await editor.openList('fieldId');
		await editor.picture('custom-fields');
		await editor.choose(/^Segment/);
		await editor.drag('Segment', 'value');
		await editor.picture('mapped');

		await editor.get('node-execute-button').click();
		const output = await editor.output(/100200302/);
		await editor.picture('lead-ids');
		await editor.illustration('leads', editor.get('ndv'));
		expect(output).toContain('3 items');
		const same = { leadType: 'straight', orderId: 505, orderCode: 'garden-city', statusId: 3 };
		const [emily, anna, ivan] = takeNewLeads();
		expect([anna, ivan, emily].map(({ fields }) => fields)).toEqual([
			{ ...same, phone: '+79001234567', name: 'Anna Petrova', customValues: { 12: 'vip' } },
			{ ...same, phone: '89001234568', name: 'Ivan Sidorov', customValues: { 12: 'standard' } },
			{ ...same, phone: '+442079460958', name: 'Emily Clarke' },
		]);
		expect(output.match(/\d{9}/g)).toEqual([anna, ivan, emily].map(({ id }) => String(id)));
	});

	describe('with a bad row', () => {
		const BAD_PHONE =
			'\'phone\' is "none", which is not a phone number [item 1]. Enter 7 to 15 digits that begin with the country code, e.g. 79001234567 or +7 900 123-45-67.';
		let workflow: CreatedWorkflow;

		beforeAll(async () => {
			workflow = await n8n.createWorkflow(
				toWorkflow('One bad row', [
					clickTrigger,
					rows([
						{ phone: '79001234567', orderId: 501, Manager: 'Eve' },
						{ phone: 'none', orderId: 501, Manager: 'Eve' },
						{ phone: '79001234568', orderId: 502, Manager: 'Eve' },
					]),
					linerNode({ mappingMode: 'autoMapInputData' }, await linerCredential()),
				]),
			);
			await editor.openWorkflow(workflow.id);
		});

		step('reads why nothing was sent when the workflow stops', async () => {
			await editor.get('execute-workflow-button').click();
			await n8n.nextExecution(workflow.id);
			await editor.picture('bad-row-stopped');
			await editor.openNode('Liner');
			const output = await editor.output(/not a phone number/);
			await editor.picture('bad-row-error');
			await editor.illustration('error', editor.get('ndv'));
			expect(output).toContain('\'phone\' is "none", which is not a phone number [item 1]');
			expect(output).toContain(
				'Enter 7 to 15 digits that begin with the country code, e.g. 79001234567 or +7 900 123-45-67. Nothing was sent to Liner.',
			);
			expect(takeNewLeads()).toEqual([]);
		});

		step('reads it in the place of the lead when the workflow continues', async () => {
			await editor.get('tab-settings').click();
			await editor.openList('onError');
			await editor.choose(/^Continue\s+Pass/);
			await editor.get('node-execute-button').click();
			const output = await editor.output(/3 items.*not a phone number/s);
			await editor.picture('bad-row-continued');
			expect(output.replace(/\s+/g, ' ')).toMatch(
				new RegExp(`id error \\d{9} undefined undefined ${literally(BAD_PHONE)} \\d{9} undefined`),
			);
			expect(output).toContain("This column was not sent because it matches no field of a lead: 'Manager'.");
			expect(takeNewLeads().map(({ fields: { phone } }) => phone)).toEqual(['79001234567', '79001234568']);
		});

		step('reads it next to the row in the error branch', async () => {
			await editor.openList('onError');
			await editor.choose(/^Continue \(using error output\)/);
			await editor.get('node-execute-button').click();
			expect(await editor.output(/Success Branch \(2 items\)/)).toContain('Error Branch (1 item)');
			await editor.page.getByText('Error Branch (1 item)').click();
			const output = await editor.output(/not a phone number/);
			await editor.picture('bad-row-error-branch');
			expect(output.replace(/\s+/g, ' ')).toContain(`none 501 Eve ${BAD_PHONE}`);
			expect(takeNewLeads().map(({ fields: { phone } }) => phone)).toEqual(['79001234567', '79001234568']);
			await editor.closeNode();
			await editor.picture('bad-row-canvas');
			await editor.illustration('branches', editor.get('canvas-node'), 130);
		});
	});

	describe('in production', () => {
		let workflow: CreatedWorkflow;

		const post = async (items: unknown[]) => {
			const answer = await fetch(`${n8n.url}/webhook/leads`, {
				method: 'POST',
				headers: { 'content-type': 'application/json' },
				body: JSON.stringify({ rows: items }),
			});
			return { status: answer.status, body: (await answer.json()) as unknown };
		};

		step('publishes a workflow with a webhook, which answers with the IDs', async () => {
			workflow = await n8n.createWorkflow(
				toWorkflow('Webhook to leads', [
					webhook('leads', { responseMode: 'lastNode', responseData: 'allEntries' }),
					bodyRows,
					linerNode(
						// One after the other, so that some leads exist when one is refused.
						{ mappingMode: 'autoMapInputData', options: { concurrency: 1 } },
						await linerCredential(),
					),
				]),
			);
			await editor.openWorkflow(workflow.id);
			await editor.get('workflow-open-publish-modal-button').click();
			await editor.get('workflow-publish-button').click();
			await editor.get('workflow-active-version-indicator').waitFor();
			await editor.page.keyboard.press('Escape');
			await editor.picture('published');

			const { status, body } = await post([
				{ phone: '79001112233', orderId: 501 },
				{ phone: '79001112234', orderId: '502', name: 'Bob' },
			]);
			const leads = takeNewLeads();
			expect(leads.map(({ fields }) => fields)).toEqual([
				{ leadType: 'straight', phone: '79001112233', orderId: 501, orderCode: 'river-park' },
				{
					leadType: 'straight',
					phone: '79001112234',
					orderId: 502,
					orderCode: 'river-park-2',
					name: 'Bob',
				},
			]);
			expect({ status, body }).toEqual({ status: 200, body: leads.map(({ id }) => ({ id })) });
			await n8n.nextExecution(workflow.id);
		});

		step('retries a failed execution from the list, and no client is phoned twice', async () => {
			sandbox.misbehave(({ rawBody }) =>
				rawBody.includes('79001112236') ? faults.refusal(422, 'The order is full') : undefined,
			);
			const items = ['79001112235', '79001112236', '79001112237'].map((phone) => ({ phone, orderId: 501 }));
			expect(await post(items)).toMatchObject({ status: 500 });
			const { id } = await n8n.nextExecution(workflow.id);
			const [created, ...others] = sandbox.leads.map(({ id, phone }) => ({ id, phone }));
			expect([created.phone, others]).toEqual(['79001112235', []]);

			await editor.get('radio-button-executions').click();
			await editor.clickUntil(
				editor.get(`execution-details-${id}`),
				editor.get(`execution-preview-details-${id}`),
			);
			await editor.openNode('Liner');
			const output = await editor.output(/The order is full/);
			await editor.picture('failed-execution');
			expect(output).toContain('Liner rejected the lead: The order is full [item 1]');
			expect(output).toContain(`1 lead created in this run: ${created.id} (item 0). 1 item not sent.`);
			await editor.closeNode();

			sandbox.misbehave(undefined);
			await editor.get('execution-preview-retry-button').click();
			await editor.choose(/original workflow/);
			const retry = await n8n.nextExecution(workflow.id);
			await editor.get('current-executions-list').getByText('Retry of execution').waitFor();
			await editor.picture('retried');
			expect(retry.status).toBe('success');
			const leads = takeNewLeads();
			expect(leads.map(({ fields: { phone } }) => phone)).toEqual(items.map(({ phone }) => phone));
			expect(leads[0].id).toBe(created.id);
			expect(retry.data.resultData.runData.Liner[0].data?.main[0]?.map(({ json }) => json)).toEqual(
				leads.map(({ id }) => ({ id })),
			);
		});
	});

	step('adds the node to an agent as a tool', async () => {
		const modelCredential = {
			id: await n8n.createCredential('Model', 'openAiApi', { apiKey: 'model-key', url: model.url }),
			name: 'Model',
		};
		const workflow = await n8n.createWorkflow(
			agentWorkflow(await linerCredential(), { openAiApi: modelCredential }),
		);
		model.plan({ Phone: '+7 900 123-45-99', Name: 'Anna', Order_Code: 'garden-city' });
		await editor.openWorkflow(workflow.id);
		await editor.get('execute-workflow-button').click();
		const execution = await n8n.nextExecution(workflow.id);
		await editor.picture('agent');
		await editor.openNode('Create lead in Liner');
		await editor.picture('agent-tool');

		expect(execution.status).toBe('success');
		const [lead, ...others] = takeNewLeads();
		expect(others).toEqual([]);
		expect(lead.fields).toEqual({
			leadType: 'straight',
			phone: '+79001234599',
			orderId: 505,
			orderCode: 'garden-city',
			name: 'Anna',
		});
		expect(model.tools).toEqual([{ name: 'Create_lead_in_Liner', fields: ['Name', 'Order_Code', 'Phone'] }]);
		expect(model.answerOfTool).toBe(JSON.stringify([{ id: lead.id }]));
	});

	step('sees an icon that fits the dark theme', async () => {
		await editor.page.emulateMedia({ colorScheme: 'dark' });
		await editor.goto('/home/workflows');
		const [{ id }] = await n8n.request<Array<{ id: string }>>(
			'GET',
			'/rest/workflows?take=1&sortBy=createdAt:asc',
		);
		await editor.openWorkflow(id);
		await editor.picture('dark');
		const icons = await editor
			.get('canvas-node')
			.locator('img')
			.evaluateAll((images) => images.map((image) => image.getAttribute('src')));
		await editor.page.emulateMedia({ colorScheme: 'light' });
		expect(icons.filter((source) => source?.includes('liner'))).toEqual([
			expect.stringContaining('liner.dark.svg'),
		]);
	});
});

it('never shows the key, not even in what n8n logs or saves', async () => {
	const executions = await n8n.request<{ results: Array<{ id: string }> }>(
		'GET',
		'/rest/executions?limit=100',
	);
	const saved = await Promise.all(
		executions.results.map(({ id }) => n8n.request('GET', `/rest/executions/${id}`)),
	);
	expect(saved.length).toBeGreaterThan(5);
	expect(n8n.process.log).toContain('Running node "Liner" started');
	for (const key of [sandbox.apiKey, WRONG_KEY]) {
		expect(JSON.stringify(saved)).not.toContain(key);
		expect(n8n.process.log).not.toContain(key);
	}
});

function agentWorkflow(liner: Credentials, chatModel: Credentials): WorkflowToCreate {
	const field = (name: string) =>
		`={{ /*n8n-auto-generated-fromAI-override*/ $fromAI('${name}', '', 'string') }}`;
	const workflow = toWorkflow('Agent', [
		clickTrigger,
		{
			name: 'AI Agent',
			type: '@n8n/n8n-nodes-langchain.agent',
			typeVersion: 3.1,
			parameters: {
				promptType: 'define',
				text: 'Anna, +7 900 123-45-99, wants to hear of Garden City',
				options: {},
			},
		},
	]);
	const attach = (node: WorkflowNode, index: number, type: string) => {
		workflow.nodes.push({ id: node.name, position: [120 + index * 220, 240], ...node });
		Object.assign(workflow.connections, {
			[node.name]: { [type]: [[{ node: 'AI Agent', type, index: 0 }]] },
		});
	};
	attach(
		{
			name: 'Model',
			type: '@n8n/n8n-nodes-langchain.lmChatOpenAi',
			typeVersion: 1.3,
			parameters: {
				model: { __rl: true, mode: 'id', value: 'fake' },
				responsesApiEnabled: false,
				options: {},
			},
			credentials: chatModel,
		},
		0,
		'ai_languageModel',
	);
	attach(
		{
			...linerNode(
				{
					phone: field('Phone'),
					orderCode: field('Order_Code'),
					additionalFields: { name: field('Name') },
				},
				liner,
			),
			name: 'Create lead in Liner',
			type: 'n8n-nodes-liner.linerTool',
		},
		1,
		'ai_tool',
	);
	return workflow;
}

function literally(text: string): string {
	return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

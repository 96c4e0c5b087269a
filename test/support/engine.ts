import './environment';

import { InMemoryCredentialsHelper, type CredentialStore } from './credentials';

import {
	CredentialTestContext,
	ExecutionLifecycleHooks,
	LoadOptionsContext,
	PackageDirectoryLoader,
	WorkflowExecute,
} from 'n8n-core';
import { Workflow } from 'n8n-workflow';
import type {
	IConnections,
	ICredentialDataDecryptedObject,
	ICredentialsHelper,
	ICredentialType,
	IDataObject,
	INode,
	INodeListSearchResult,
	INodePropertyOptions,
	INodeExecutionData,
	INodeParameters,
	INodeType,
	INodeTypes,
	IPinData,
	IRun,
	IWorkflowBase,
	IWorkflowExecuteAdditionalData,
	IWorkflowSettings,
} from 'n8n-workflow';
import { resolve } from 'node:path';

const PACKAGE_DIRECTORY = resolve(__dirname, '../..');

/** The node as a workflow names it: the package, then the node. */
export const LINER_NODE = 'n8n-nodes-liner.liner';

const TRIGGER_NODE = 'engine.trigger';
const NO_OP_NODE = 'engine.noOp';
const BATCHES_NODE = 'engine.batches';
const AGENT_NODE = 'engine.agent';

/** The Liner node as n8n offers it to AI agents. */
export const LINER_TOOL = `${LINER_NODE}Tool`;

const description = (name: string, inputs: Array<'main'>, group: Array<'trigger' | 'transform'>) => ({
	displayName: name,
	name,
	group,
	version: 1,
	description: name,
	defaults: { name },
	inputs,
	outputs: ['main' as const],
	properties: [],
});

/** The neighbours of the Liner node in a workflow. The trigger's items come from the workflow's pinned data. */
const neighbours: Record<string, INodeType> = {
	[TRIGGER_NODE]: {
		description: description('trigger', [], ['trigger']),
		trigger: async () => ({}),
	},
	[NO_OP_NODE]: {
		description: description('noOp', ['main'], ['transform']),
		async execute() {
			return [this.getInputData()];
		},
	},
	[BATCHES_NODE]: {
		description: {
			...description('batches', ['main'], ['transform']),
			outputs: ['main', 'main'],
			properties: [{ displayName: 'Batch Size', name: 'batchSize', type: 'number', default: 1 }],
		},
		async execute() {
			const { rest } = this.getContext('node') as { rest?: INodeExecutionData[] };
			const items = rest ?? this.getInputData();
			const size = this.getNodeParameter('batchSize', 0) as number;
			this.getContext('node').rest = items.slice(size);
			return items.length === 0 ? [this.getInputData(), []] : [[], items.slice(0, size)];
		},
	},
	[AGENT_NODE]: {
		description: {
			...description('agent', ['main'], ['transform']),
			inputs: ['main', { type: 'ai_tool' }],
			properties: [{ displayName: 'Calls', name: 'calls', type: 'json', default: '[]' }],
		},
		async execute() {
			const [tool] = (await this.getInputConnectionData('ai_tool', 0)) as Tool[];
			const answers: string[] = [];
			for (const call of JSON.parse(this.getNodeParameter('calls', 0) as string) as IDataObject[]) {
				answers.push(await tool.invoke(call).catch((error: Error) => error.message));
			}
			const { name, description, schema } = tool;
			return [[{ json: { name, description, arguments: Object.keys(schema.shape), answers } }]];
		},
	},
};

/** A tool as an AI agent sees it. */
interface Tool {
	name: string;
	description: string;
	schema: { shape: Record<string, { description?: string }> };
	invoke(args: IDataObject): Promise<string>;
}

/**
 * A workflow in which a scripted AI agent uses the Liner node as its tool: it makes the calls one after the other and
 * outputs what it was told about the tool and what the tool answered.
 */
export function agentWorkflow(
	calls: IDataObject[],
	parameters: INodeParameters,
	settings: NodeSettings = {},
): WorkflowFile {
	const { nodes, pinData } = linerWorkflow([{ json: {} }], parameters, settings);
	const [trigger, liner] = nodes;
	const agent = {
		...trigger,
		id: 'Agent',
		name: 'Agent',
		type: AGENT_NODE,
		parameters: { calls: JSON.stringify(calls) },
	};
	return {
		nodes: [trigger, { ...liner, type: LINER_TOOL }, agent],
		connections: {
			Trigger: { main: [[{ node: 'Agent', type: 'main', index: 0 }]] },
			Liner: { ai_tool: [[{ node: 'Agent', type: 'ai_tool', index: 0 }]] },
		},
		pinData,
	};
}

/** A workflow in which the Liner node runs once for each batch of items, in a loop. */
export function loopWorkflow(
	items: INodeExecutionData[],
	batchSize: number,
	parameters: INodeParameters,
): WorkflowFile {
	const { nodes, pinData } = linerWorkflow(items, parameters);
	const [trigger, liner, success] = nodes;
	const batches = {
		...success,
		id: 'Batches',
		name: 'Batches',
		type: BATCHES_NODE,
		parameters: { batchSize },
	};
	const to = (name: string) => [{ node: name, type: 'main' as const, index: 0 }];
	return {
		nodes: [trigger, batches, liner, success],
		connections: {
			Trigger: { main: [to('Batches')] },
			Batches: { main: [to('Success'), to('Liner')] },
			Liner: { main: [to('Batches')] },
		},
		pinData,
	};
}

/** The package as n8n itself loads it, from `dist/` and `package.json`. */
export async function loadPackage(): Promise<PackageDirectoryLoader> {
	const loader = new PackageDirectoryLoader(PACKAGE_DIRECTORY);
	await loader.loadAll();
	return loader;
}

/** The contents of a workflow file. */
export interface WorkflowFile {
	nodes: INode[];
	connections: IConnections;
	pinData?: IPinData;
	settings?: IWorkflowSettings;
}

/** Types in addition to those of the package. */
interface GuestTypes {
	nodes?: Record<string, INodeType>;
	credentials?: Record<string, ICredentialType>;
}

/** n8n's engine with the built package and some credentials. */
export class Engine {
	private readonly credentialsHelper: ICredentialsHelper;

	private constructor(
		private readonly loader: PackageDirectoryLoader,
		readonly credentials: CredentialStore,
		private readonly guests: GuestTypes,
	) {
		this.credentialsHelper = new InMemoryCredentialsHelper(
			(name) => this.guests.credentials?.[name] ?? this.loader.getCredential(name).type,
			credentials,
			this.nodeTypes,
		);
	}

	/** @param guests Types of nodes and credentials that are in no package, by name. */
	static async start(credentials: CredentialStore = {}, guests: GuestTypes = {}): Promise<Engine> {
		return new Engine(await loadPackage(), credentials, guests);
	}

	readonly nodeTypes: INodeTypes = {
		getByName: (name) => this.getNodeType(name),
		getByNameAndVersion: (name) => this.getNodeType(name),
		getKnownTypes: () => ({}),
	};

	private getNodeType(name: string): INodeType {
		if (name === LINER_TOOL) return toTool(this.getNodeType(LINER_NODE));
		const prefix = `${this.loader.packageName}.`;
		return name.startsWith(prefix)
			? (this.loader.getNode(name.slice(prefix.length)).type as INodeType)
			: (neighbours[name] ?? this.guests.nodes?.[name]);
	}

	/** Runs a workflow from its first node to the end, as n8n does in production. The run can be canceled. */
	run(file: WorkflowFile): ReturnType<WorkflowExecute['run']> {
		const workflow = this.createWorkflow(file);
		return new WorkflowExecute(this.createAdditionalData(file), 'trigger').run({
			workflow,
			startNode: workflow.getNode(file.nodes[0].name) ?? undefined,
			pinData: file.pinData,
		});
	}

	/**
	 * Retries a failed run, as n8n does from the list of executions: with the data that it saved, from the node that
	 * failed on.
	 *
	 * @param file The workflow of the run, or as it has been saved since.
	 */
	async retry(file: WorkflowFile, failed: IRun): Promise<IRun> {
		const data = JSON.parse(JSON.stringify(failed.data)) as IRun['data'];
		const { resultData, executionData } = data;
		const node = resultData.lastNodeExecuted ?? '';
		delete resultData.error;
		if (resultData.runData[node]?.at(-1)?.error !== undefined) resultData.runData[node].pop();
		for (const entry of executionData?.nodeExecutionStack ?? []) {
			entry.node = file.nodes.find(({ name }) => name === entry.node.name) ?? entry.node;
		}
		return await new WorkflowExecute(this.createAdditionalData(file), 'retry', data).processRunExecutionData(
			this.createWorkflow(file),
		);
	}

	/** Tests a credential as n8n does when it is saved. */
	async testCredential(data: ICredentialDataDecryptedObject) {
		const { description, methods } = this.getNodeType(LINER_NODE);
		const [{ name, testedBy }] = description.credentials ?? [];
		const test = methods?.credentialTest?.[testedBy as string];
		if (test === undefined) throw new Error(`${LINER_NODE} does not test its credential`);
		return await test.call(new CredentialTestContext(this.createAdditionalData()), {
			id: '1',
			name: 'Liner account',
			type: name,
			data,
		});
	}

	/** Loads the choices of a parameter, as the editor does when a user opens them. */
	async loadOptions(method: string): Promise<INodePropertyOptions[]> {
		const { methods } = this.getNodeType(LINER_NODE);
		const load = methods?.loadOptions?.[method];
		if (load === undefined) throw new Error(`${LINER_NODE} has no options '${method}'`);
		return await load.call(this.createEditorContext());
	}

	/**
	 * Loads a page of a list, as the editor does when a user opens it, types into its search box or scrolls on.
	 *
	 * @param paginationToken The one of the previous page.
	 */
	async searchList(
		method: string,
		filter?: string,
		paginationToken?: string,
	): Promise<INodeListSearchResult> {
		const { methods } = this.getNodeType(LINER_NODE);
		const search = methods?.listSearch?.[method];
		if (search === undefined) throw new Error(`${LINER_NODE} has no list '${method}'`);
		return await search.call(this.createEditorContext(), filter, paginationToken);
	}

	private createEditorContext(): LoadOptionsContext {
		const file = linerWorkflow([], { resource: 'lead', operation: 'create' });
		const workflow = this.createWorkflow(file);
		const node = workflow.getNode('Liner') as INode;
		const additionalData = { ...this.createAdditionalData(file), currentNodeParameters: node.parameters };
		return new LoadOptionsContext(workflow, node, additionalData, 'parameters.orderId');
	}

	private createWorkflow({ nodes, connections, pinData, settings }: WorkflowFile): Workflow {
		return new Workflow({
			id: 'workflow',
			nodes,
			connections,
			active: false,
			nodeTypes: this.nodeTypes,
			settings: { executionOrder: 'v1', ...settings },
			pinData,
		});
	}

	private createAdditionalData({ nodes, connections }: WorkflowFile = { nodes: [], connections: {} }) {
		const url = 'http://127.0.0.1:5678';
		const workflowData = { id: 'workflow', name: 'workflow', nodes, connections } as unknown as IWorkflowBase;
		return {
			credentialsHelper: this.credentialsHelper,
			executionId: '1',
			currentNodeExecutionIndex: 0,
			restApiUrl: url,
			instanceBaseUrl: url,
			formBaseUrl: url,
			formWaitingBaseUrl: url,
			formTestBaseUrl: url,
			webhookBaseUrl: url,
			webhookWaitingBaseUrl: url,
			webhookTestBaseUrl: url,
			variables: {},
			hooks: new ExecutionLifecycleHooks('trigger', '1', workflowData),
		} as unknown as IWorkflowExecuteAdditionalData;
	}
}

/** Turns a node that is usable as a tool into one, as n8n does. */
function toTool({ description, execute }: INodeType): INodeType {
	if (description.usableAsTool !== true) throw new Error(`${description.name} is not usable as a tool`);
	return {
		description: { ...description, name: `${description.name}Tool`, inputs: [], outputs: ['ai_tool'] },
		execute,
	};
}

/** The settings of the Liner node other than its parameters. */
export type NodeSettings = Pick<INode, 'onError' | 'retryOnFail' | 'maxTries' | 'waitBetweenTries'>;

/**
 * A workflow in which items of a trigger go through the Liner node, which uses the credential with the ID `liner`, and
 * on to a node on each of its outputs.
 */
export function linerWorkflow(
	items: INodeExecutionData[],
	parameters: INodeParameters,
	settings: NodeSettings = {},
): WorkflowFile {
	const node = (name: string, type: string, x: number, more: Partial<INode> = {}): INode => ({
		id: name,
		name,
		type,
		typeVersion: 1,
		position: [x, 0],
		parameters: {},
		...more,
	});
	const to = (name: string) => [{ node: name, type: 'main' as const, index: 0 }];
	return {
		nodes: [
			node('Trigger', TRIGGER_NODE, 0),
			node('Liner', LINER_NODE, 200, {
				parameters,
				credentials: { linerApi: { id: 'liner', name: 'Liner account' } },
				...settings,
			}),
			node('Success', NO_OP_NODE, 400),
			node('Error', NO_OP_NODE, 400),
		],
		connections: {
			Trigger: { main: [to('Liner')] },
			Liner: { main: [to('Success'), to('Error')] },
		},
		pinData: { Trigger: items },
	};
}

/** @returns The items on the outputs of a node's last run; `undefined` when it did not run or stopped on an error. */
export function outputsOf(run: IRun, nodeName: string): INodeExecutionData[][] | undefined {
	const main = run.data.resultData.runData[nodeName]?.at(-1)?.data?.main;
	return main?.map((items) => items ?? []);
}

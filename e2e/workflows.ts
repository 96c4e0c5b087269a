import type { WorkflowToCreate } from './n8n';

/** A node of a workflow, without its place in the chain. */
export interface WorkflowNode {
	name: string;
	type: string;
	typeVersion: number;
	parameters: Record<string, unknown>;
	credentials?: unknown;
	webhookId?: string;
	[setting: string]: unknown;
}

/** The credentials that a node uses, by type. */
export type Credentials = Record<string, { id: string; name: string }>;

export const clickTrigger: WorkflowNode = {
	name: 'Start',
	type: 'n8n-nodes-base.manualTrigger',
	typeVersion: 1,
	parameters: {},
};

/** A webhook for POST requests. */
export const webhook = (path: string, parameters: Record<string, unknown>): WorkflowNode => ({
	name: 'Webhook',
	type: 'n8n-nodes-base.webhook',
	typeVersion: 2,
	webhookId: path,
	parameters: { httpMethod: 'POST', path, options: {}, ...parameters },
});

/** Turns each of the `rows` in the webhook's body into an item. */
export const bodyRows: WorkflowNode = {
	name: 'Rows',
	type: 'n8n-nodes-base.splitOut',
	typeVersion: 1,
	parameters: { fieldToSplitOut: 'body.rows', options: {} },
};

/** @param settings n8n's settings for the node besides its parameters, e.g. `onError`. */
export const linerNode = (
	parameters: Record<string, unknown>,
	credentials: Credentials,
	settings: Record<string, unknown> = {},
): WorkflowNode => ({
	name: 'Liner',
	type: 'n8n-nodes-liner.liner',
	typeVersion: 1,
	parameters: { resource: 'lead', operation: 'create', ...parameters },
	credentials,
	...settings,
});

/** A workflow of nodes that are connected one after the other. */
export function toWorkflow(name: string, chain: WorkflowNode[]): WorkflowToCreate {
	return {
		name,
		nodes: chain.map((node, index) => ({ id: `${name}-${index}`, position: [index * 220, 0], ...node })),
		connections: Object.fromEntries(
			chain
				.slice(1)
				.map((node, index) => [chain[index].name, { main: [[{ node: node.name, type: 'main', index: 0 }]] }]),
		),
		settings: { executionOrder: 'v1' },
	};
}

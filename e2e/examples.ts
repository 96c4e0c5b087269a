import type { WorkflowToCreate } from './n8n';
import type { Credentials } from './workflows';

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = join(__dirname, '../examples');

const LINER_NODE = 'n8n-nodes-liner.liner';

/** A text that a user has to replace. */
const PLACEHOLDER = /YOUR-[A-Z-]+/g;

export interface ExampleNode {
	name: string;
	type: string;
	parameters: Record<string, unknown>;
	webhookId?: string;
	credentials?: unknown;
}

/** An example workflow. */
export interface Example extends WorkflowToCreate {
	nodes: ExampleNode[];
}

/** What a user sets in an example after importing it. */
export interface Setup {
	/** By the type of the credential. */
	credentials: Credentials;
	/** The order for the Liner nodes. By default they stay as they are. */
	orderId?: number;
	/** The replacement for each placeholder. */
	placeholders?: Record<string, string>;
}

export const exampleFiles = readdirSync(FOLDER).filter((file) => file.endsWith('.json'));

/** @returns The text of a file in the folder of the examples. */
export const readExampleFile = (file: string) => readFileSync(join(FOLDER, file), 'utf8');

/** @throws {Error} When a placeholder is not in the example, or remains in it. */
export function setUp(example: Example, { credentials, orderId, placeholders = {} }: Setup): Example {
	return {
		...example,
		nodes: replacePlaceholders(example.nodes, placeholders).map((node) => ({
			...node,
			parameters: node.type === LINER_NODE ? toLinerParameters(node, orderId) : node.parameters,
			credentials: Object.fromEntries(
				Object.entries(credentials).filter(([type]) => credentialOf(node) === type),
			),
		})),
	};
}

function replacePlaceholders(nodes: ExampleNode[], placeholders: Record<string, string>): ExampleNode[] {
	const text = JSON.stringify(nodes);
	const found = [...new Set(text.match(PLACEHOLDER))].sort();
	const known = Object.keys(placeholders).sort();
	if (found.join() !== known.join())
		throw new Error(`The placeholders are ${found.join()}, not ${known.join()}`);
	return JSON.parse(text.replace(PLACEHOLDER, (placeholder) => placeholders[placeholder])) as ExampleNode[];
}

function toLinerParameters({ parameters }: ExampleNode, orderId?: number): Record<string, unknown> {
	return {
		...parameters,
		...(orderId === undefined ? {} : { orderId: { __rl: true, mode: 'list', value: String(orderId) } }),
		// So that the leads come in the order of the items.
		options: { ...(parameters.options as object), concurrency: 1 },
	};
}

/** @returns The type of the credential that the node needs, if any. */
function credentialOf({ type, parameters }: ExampleNode): unknown {
	switch (type) {
		case LINER_NODE:
			return 'linerApi';
		case 'n8n-nodes-base.googleSheets':
			return 'googleSheetsOAuth2Api';
		case 'n8n-nodes-base.telegram':
			return 'telegramApi';
		default:
			return parameters.genericAuthType;
	}
}

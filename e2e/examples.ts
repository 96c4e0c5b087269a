import type { WorkflowToCreate } from './n8n';
import type { Credentials } from './workflows';

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = join(__dirname, '../examples');

const LINER_NODE = 'n8n-nodes-liner.liner';

/** What every text begins with that a user has to replace. */
const PLACEHOLDER = /YOUR-[A-Z-]+/g;

/** A node of an example. */
export interface ExampleNode {
	name: string;
	type: string;
	parameters: Record<string, unknown>;
	webhookId?: string;
	credentials?: unknown;
}

/** A workflow to begin with. */
export interface Example extends WorkflowToCreate {
	nodes: ExampleNode[];
}

/** What a user does to an example after the import. */
export interface Setup {
	/** By the type of the credential. */
	credentials: Credentials;
	/** The order to choose in the Liner nodes that leave it open. */
	orderId?: number;
	/** What to replace each placeholder with. */
	placeholders?: Record<string, string>;
}

/** The files of all examples. */
export const exampleFiles = readdirSync(FOLDER).filter((file) => file.endsWith('.json'));

/** @returns The text of a file beside the examples, or of one of them. */
export const readExampleFile = (file: string) => readFileSync(join(FOLDER, file), 'utf8');

/** @throws {Error} When a placeholder is not in the example, or is left in it. */
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

/** @returns Which credential the node asks for, if any. */
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

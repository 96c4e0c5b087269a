/**
 * Measures in the real n8n how fast leads go through the Liner node and, for comparison, the HTTP Request node: the same
 * items, six fields each, from a webhook. See ../bench/README.md.
 */
import { N8n } from './n8n';
import { bodyRows, linerNode, toWorkflow, webhook, type Credentials, type WorkflowNode } from './workflows';
import { median, print, round, times, toRow } from '../bench/common';

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { cpus } from 'node:os';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';

const FIELDS = ['leadType', 'phone', 'orderId', 'orderCode', 'name', 'externalIdAmo'];

interface Contender {
	label: string;
	node(host: string, credentials: Credentials): WorkflowNode;
}

const mapped = (fields: string[]) =>
	Object.fromEntries(fields.map((field) => [field, `={{ $json.${field} }}`]));

/** The body as a user of the HTTP Request node may write it: in one expression, or with an expression for each field. */
const inOneExpression = {
	specifyBody: 'json',
	jsonBody: `={{ ({ ${FIELDS.map((field) => `${field}: $json.${field}`).join(', ')} }) }}`,
};
const inFields = {
	specifyBody: 'keypair',
	bodyParameters: { parameters: Object.entries(mapped(FIELDS)).map(([name, value]) => ({ name, value })) },
};

const httpRequest =
	(body: Record<string, unknown>, options = {}): Contender['node'] =>
	(host, credentials) => ({
		name: 'HTTP Request',
		type: 'n8n-nodes-base.httpRequest',
		typeVersion: 4.2,
		parameters: {
			method: 'POST',
			url: `${host}/v2/lead/create/`,
			authentication: 'genericCredentialType',
			genericAuthType: 'httpHeaderAuth',
			sendBody: true,
			...body,
			options,
		},
		credentials,
	});

const BATCHES = { batching: { batch: { batchSize: 50, batchInterval: 1 } } };

const httpRequestContenders: Contender[] = [
	{ label: 'HTTP Request node, one expression', node: httpRequest(inOneExpression) },
	{
		label: 'HTTP Request node, one expression, batches of 50',
		node: httpRequest(inOneExpression, BATCHES),
	},
	{ label: 'HTTP Request node, six mapped fields', node: httpRequest(inFields) },
];

const fiveFields =
	(options: Record<string, unknown> = {}): Contender['node'] =>
	(_host, credentials) =>
		linerNode(
			{
				...mapped(['phone', 'orderId', 'orderCode']),
				additionalFields: mapped(['name', 'externalIdAmo']),
				options,
			},
			credentials,
		);

const automatic =
	(options: Record<string, unknown> = {}): Contender['node'] =>
	(_host, credentials) =>
		linerNode({ mappingMode: 'autoMapInputData', options }, credentials);

/** By how long Liner takes to answer, in milliseconds. */
const contenders: Record<number, Contender[]> = {
	0: [
		...httpRequestContenders,
		{ label: 'Liner node, five mapped fields', node: fiveFields() },
		{ label: 'Liner node, automatic mapping', node: automatic() },
		{ label: 'Liner node, automatic mapping, 50 in parallel', node: automatic({ concurrency: 50 }) },
	],
	50: [
		...httpRequestContenders,
		{ label: 'Liner node, five mapped fields, 50 in parallel', node: fiveFields({ concurrency: 50 }) },
		{ label: 'Liner node, automatic mapping, 50 in parallel', node: automatic({ concurrency: 50 }) },
	],
};

/** @returns How many seconds the node took for the rows. */
async function send(n8n: N8n, path: string, workflowId: string, rows: unknown[]): Promise<number> {
	const answer = await fetch(`${n8n.url}/webhook/${path}`, {
		method: 'POST',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify({ rows }),
	});
	if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);

	const { data } = await n8n.nextExecution(workflowId);
	const [task] = Object.values(data.resultData.runData).at(-1) ?? [];
	const [items] = task.data?.main ?? [];
	if (items?.length !== rows.length)
		throw new Error(`${path}: ${items?.length} of ${rows.length} items came out`);
	return task.executionTime / 1_000;
}

async function main(): Promise<void> {
	const { values } = parseArgs({
		options: { leads: { type: 'string', default: '3000' }, rounds: { type: 'string', default: '5' } },
	});
	const rows = Array.from({ length: Number(values.leads) }, toRow);
	const n8n = await N8n.start();
	const server = fork(resolve(__dirname, '../bench/server.mjs'));
	try {
		const [port] = (await once(server, 'message')) as [number];
		console.log(
			`n8n is ready. Node.js ${process.version} here, ${cpus().length} cores of ${cpus()[0].model}.`,
		);
		for (const [delay, rivals] of Object.entries(contenders)) {
			const host = `http://127.0.0.1:${port}/${delay}`;
			const credentials = {
				linerApi: {
					id: await n8n.createCredential('Liner', 'linerApi', { host, apiKey: 'bench-key' }),
					name: 'Liner',
				},
				httpHeaderAuth: {
					id: await n8n.createCredential('Header', 'httpHeaderAuth', {
						name: 'X-Api-Key',
						value: 'bench-key',
					}),
					name: 'Header',
				},
			};
			const runs = [];
			for (const [index, { label, node }] of rivals.entries()) {
				const path = `bench-${delay}-${index}`;
				const workflow = await n8n.createWorkflow(
					toWorkflow(path, [webhook(path, { responseMode: 'lastNode' }), bodyRows, node(host, credentials)]),
				);
				await n8n.activate(workflow);
				runs.push({ label, path, id: workflow.id, seconds: [] as number[] });
			}
			// A webhook takes a moment to become available.
			await sleep(3_000);
			for (const { path, id } of runs) await send(n8n, path, id, rows.slice(0, 300));
			for (let round = 1; round <= Number(values.rounds); round++) {
				for (const run of runs) {
					run.seconds.push(await send(n8n, run.path, run.id, rows));
					console.log(`round ${round}, ${delay} ms, ${run.label}: ${run.seconds.at(-1)?.toFixed(2)} s`);
				}
			}
			const base = median(runs[0].seconds);
			print(
				`${round(rows.length)} leads, Liner takes ${delay} ms to answer`,
				['', 'leads/s', 'to the first one'],
				runs.map(({ label, seconds }) => [
					label,
					round(rows.length / median(seconds)),
					times(base / median(seconds)),
				]),
			);
		}
	} finally {
		await n8n.stop();
		server.disconnect();
	}
}

main().catch((error: Error) => {
	console.error(error);
	process.exitCode = 1;
});

/**
 * Measures one contender in this process: `measure.ts <contender> <leads> <host>`. Prints a {@link Measurement} as JSON.
 */
import { toRow } from './common';
import { benchNodes, mappedFields, PARALLEL, plainApi } from './nodes';
import { Engine, LINER_NODE, linerWorkflow, outputsOf } from '../test/support/engine';

import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { Agent, Pool } from 'undici';

/** What it takes to send some number of leads. */
export interface Measurement {
	seconds: number;
	/** The peak memory of the process, in MB. */
	peakMemory: number;
}

const apiKey = 'bench-key';

/** @returns The IDs of the leads. */
type Contender = (rows: IDataObject[], host: string) => Promise<unknown[]>;

/** Runs a node on n8n's engine. */
const onEngine =
	(type: string, parametersFor: (host: string) => INodeParameters): Contender =>
	async (rows, host) => {
		const engine = await Engine.start(
			{
				liner: { type: 'linerApi', data: { host, apiKey } },
				plain: { type: 'plainApi', data: { host, apiKey } },
			},
			{
				nodes: Object.fromEntries(Object.values(benchNodes).map((node) => [node.description.name, node])),
				credentials: { plainApi },
			},
		);
		const file = linerWorkflow(
			rows.map((json) => ({ json })),
			parametersFor(host),
		);
		const [, node] = file.nodes;
		node.type = type;
		node.credentials = { ...node.credentials, plainApi: { id: 'plain', name: 'Plain account' } };
		const run = await engine.run(file);
		const outputs = outputsOf(run, 'Liner');
		if (outputs === undefined)
			throw new Error(run.data.resultData.error?.message ?? 'The workflow did not run');
		return outputs[0].map(({ json }) => json.id);
	};

const liner = (parameters: INodeParameters) =>
	onEngine(LINER_NODE, () => ({
		resource: 'lead',
		operation: 'create',
		leadType: 'straight',
		options: { concurrency: PARALLEL },
		...parameters,
	}));

const { name, externalIdAmo, ...required } = mappedFields;

/** Sends prepared bodies directly, without n8n. */
async function sendRaw(rows: IDataObject[], host: string, dispatcher: Agent | Pool): Promise<unknown[]> {
	const bodies = rows.map((row) => JSON.stringify(row));
	const ids = new Array<unknown>(rows.length);
	const { origin, pathname } = new URL(host);
	let next = 0;
	const work = async () => {
		while (next < bodies.length) {
			const item = next++;
			const { body } = await dispatcher.request({
				origin,
				path: `${pathname}/v2/lead/create/`,
				method: 'POST',
				headers: { 'content-type': 'application/json', 'x-api-key': apiKey },
				body: bodies[item],
			});
			ids[item] = ((await body.json()) as { data: { id: number } }).data.id;
		}
	};
	await Promise.all(Array.from({ length: PARALLEL }, work));
	await dispatcher.close();
	return ids;
}

export const contenders = {
	automatic: liner({ mappingMode: 'autoMapInputData' }),
	fiveFields: liner({ ...required, additionalFields: { name, externalIdAmo } }),
	plain: onEngine('bench.plain', (host) => ({ host, ...mappedFields })),
	pool: async (rows, host) =>
		await sendRaw(rows, host, new Pool(new URL(host).origin, { connections: PARALLEL })),
	newConnections: async (rows, host) => await sendRaw(rows, host, new Agent({ pipelining: 0 })),
	nothing: onEngine('bench.nothing', () => ({})),
	expressions: onEngine('bench.expressions', () => mappedFields),
	credential: onEngine('bench.credential', () => ({})),
	helper: onEngine('bench.helper', () => ({})),
} satisfies Record<string, Contender>;

export type ContenderName = keyof typeof contenders;

/** Enough for the JavaScript engine to have compiled everything. */
const WARM_UP = 500;

async function measure(contender: Contender, leads: number, host: string): Promise<Measurement> {
	await contender(Array.from({ length: WARM_UP }, toRow), host.replace(/\d+$/, '0'));
	const rows = Array.from({ length: leads }, toRow);
	const start = performance.now();
	const ids = await contender(rows, host);
	const seconds = (performance.now() - start) / 1_000;
	if (new Set(ids).size !== leads) {
		throw new Error(`${leads} leads have only ${new Set(ids).size} IDs`);
	}
	return { seconds, peakMemory: process.resourceUsage().maxRSS / 1_024 };
}

if (require.main === module) {
	const [name, leads, host] = process.argv.slice(2);
	measure(contenders[name as ContenderName], Number(leads), host).then(
		(measurement) => console.log(JSON.stringify(measurement)),
		(error: Error) => {
			console.error(error);
			process.exitCode = 1;
		},
	);
}

import { toApiKey, toBaseUrl } from '../credentials/LinerApi.credentials';
import { Engine, LINER_NODE, linerWorkflow, outputsOf } from '../test/support/engine';
import { startSandbox } from '../sandbox/sandbox';
import { readLeadsFile, UsageError, type Row } from './leadsFile';

import Table from 'cli-table3';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { relative, resolve } from 'node:path';

import exampleWorkflow from '../examples/csv-upload-to-leads.json';

const SAMPLE_FILE = resolve(__dirname, '../examples/leads.csv');
/** The rows of the sample that are meant to fail: one without a phone number, one for an order that does not exist. */
const SAMPLE_ROWS_TO_FAIL = [10, 14];

const HELP = `Sends the leads of a CSV file through n8n's engine and the Liner node, and prints the result for each row.

  npm start                 examples/leads.csv, to a Liner sandbox that stops with the demo
  npm start -- my.csv       another file with the columns Phone, Order ID, Order Code and, if you have them,
                            Name, Lead Type, Comment, Telegram, UTC Offset, Priority, Segment, Rooms

With LINER_HOST and LINER_API_KEY in the environment the leads go to that Liner account instead of the sandbox; Segment
and Rooms then go into its custom fields with the IDs 12 and 13, so leave these columns out if these fields are different ones there.`;

/**
 * Opens the real account that the environment names, or else a sandbox.
 *
 * @throws {UsageError} When the environment has only a host or only a key, or an invalid one.
 */
async function openLiner(): Promise<{ host: string; apiKey: string; close(): Promise<void> }> {
	const { LINER_HOST: host = '', LINER_API_KEY: apiKey = '' } = process.env;
	if ((host === '') !== (apiKey === '')) {
		throw new UsageError(
			'Set both LINER_HOST and LINER_API_KEY to use a real account, or neither for the sandbox.',
		);
	}
	if (host !== '') {
		console.log(`These leads go to the REAL Liner account at ${checkAccount(host, apiKey)}.`);
		return { host, apiKey, close: async () => {} };
	}
	const sandbox = await startSandbox();
	console.log(`A Liner sandbox is running at ${sandbox.host} until the demo ends.`);
	return sandbox;
}

/** @returns The base URL of the account. */
function checkAccount(host: string, apiKey: string): string {
	try {
		toApiKey(apiKey);
		return toBaseUrl(host);
	} catch (error) {
		throw new UsageError(
			`LINER_HOST and LINER_API_KEY are not a valid Liner account: ${(error as Error).message}.`,
		);
	}
}

/**
 * Prints how many requests Liner has answered, as the answers come in.
 *
 * @returns A function that stops it.
 */
function showProgress(): () => void {
	let answers = 0;
	const onAnswer = () => {
		answers++;
		if (process.stdout.isTTY) process.stdout.write(`\rAnswers from Liner: ${answers}`);
		else if (answers % 10 === 0) console.log(`Answers from Liner: ${answers}`);
	};
	subscribe('http.client.response.finish', onAnswer);
	return () => {
		unsubscribe('http.client.response.finish', onAnswer);
		if (process.stdout.isTTY) process.stdout.write('\n');
	};
}

/** @returns For each row, the ID of its lead or why it has none. */
async function sendRows(
	rows: Row[],
	host: string,
	apiKey: string,
): Promise<Array<{ id?: unknown; error?: unknown }>> {
	const node = exampleWorkflow.nodes.find(({ type }) => type === LINER_NODE);
	if (node === undefined) throw new Error('The example workflow has no Liner node');

	const engine = await Engine.start({ liner: { type: 'linerApi', data: { host, apiKey } } });
	const items = rows.map((json) => ({ json }));
	const stopProgress = showProgress();
	const run = await engine
		.run(linerWorkflow(items, node.parameters, { onError: 'continueRegularOutput' }))
		.finally(stopProgress);

	const outputs = outputsOf(run, 'Liner');
	if (outputs === undefined)
		throw new Error(run.data.resultData.error?.message ?? 'The workflow did not run');
	return outputs[0].map(({ json }) => json);
}

async function main(args: string[]): Promise<number> {
	if (args.includes('--help') || args.includes('-h')) {
		console.log(HELP);
		return 0;
	}
	if (args.length > 1) throw new UsageError(HELP);
	if (args.length === 0 && process.env.LINER_HOST) {
		throw new UsageError('Name the file to send to a real account: npm start -- my.csv');
	}
	const file = args.length === 0 ? SAMPLE_FILE : resolve(args[0]);
	const rows = readLeadsFile(file);
	const liner = await openLiner();
	console.log(`Sending the ${rows.length} leads of ${relative(process.cwd(), file)} through n8n's engine.`);
	const results = await sendRows(rows, liner.host, liner.apiKey).finally(async () => await liner.close());

	const table = new Table({
		head: ['Row', 'Phone', 'Name', 'Lead ID, or why there is none'],
		colWidths: [5, 22, 22, 62],
		wordWrap: true,
		style: { head: [], border: [] },
	});
	rows.forEach((row, index) => {
		const { id, error } = results[index];
		table.push([index + 1, row.Phone, row.Name ?? '', String(id ?? error)]);
	});
	console.log(table.toString());

	const created = results.filter(({ id }) => id !== undefined).length;
	console.log(`${created} of ${rows.length} rows became leads. (Messages count items from 0, as n8n does.)`);

	const rowsToFail = file === SAMPLE_FILE ? SAMPLE_ROWS_TO_FAIL : [];
	if (rowsToFail.length > 0)
		console.log(`Rows ${rowsToFail.join(' and ')} are meant to fail, to show the messages.`);
	const surprises = results.flatMap(({ id }, index) =>
		(id === undefined) === rowsToFail.includes(index + 1) ? [] : [index + 1],
	);
	if (surprises.length > 0) console.error(`Rows to check: ${surprises.join(', ')}`);
	return surprises.length === 0 ? 0 : 1;
}

main(process.argv.slice(2)).then(
	(exitCode) => {
		process.exitCode = exitCode;
	},
	(error: Error) => {
		console.error(error instanceof UsageError ? error.message : error);
		process.exitCode = error instanceof UsageError ? 2 : 1;
	},
);

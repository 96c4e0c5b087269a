/**
 * Starts the real n8n with the built package and a Liner sandbox, to try the node by hand. With `--watch`, every change
 * of the sources is built, and n8n restarts with it.
 */
import { N8n, OWNER } from './n8n';
import { restartOnChange } from './watch';
import exampleWorkflow from '../examples/csv-upload-to-leads.json';
import { startSandbox } from '../sandbox/sandbox';

import { once } from 'node:events';
import { parseArgs } from 'node:util';

const LINER_NODE = 'n8n-nodes-liner.liner';

async function main(): Promise<void> {
	const { values } = parseArgs({ options: { watch: { type: 'boolean' } } });
	const sandbox = await startSandbox();
	try {
		console.log('Starting n8n ...');
		const n8n = await N8n.start();
		try {
			const { host, apiKey } = sandbox;
			const id = await n8n.createCredential('Liner sandbox', 'linerApi', { host, apiKey });
			const credentials = { linerApi: { id, name: 'Liner sandbox' } };
			const nodes = exampleWorkflow.nodes.map((node) =>
				node.type === LINER_NODE ? { ...node, credentials } : node,
			);
			const workflow = await n8n.createWorkflow({ ...exampleWorkflow, nodes });
			console.log(`
n8n is running with the Liner node. Open   ${n8n.url}/workflow/${workflow.id}
Sign in as                                ${OWNER.email}, password ${OWNER.password}

Click "Execute workflow", and upload examples/leads.csv in the form that opens: 18 of its 20 rows become leads.
The credential "Liner sandbox" is for a Liner sandbox at ${host}.
The output of n8n is in ${n8n.process.logFile}. Press Ctrl-C to stop everything.`);
			const signal = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
			if (values.watch) await restartOnChange(n8n, signal);
			else await Promise.race([signal, n8n.process.ended]);
		} finally {
			await n8n.stop();
		}
	} finally {
		await sandbox.close();
	}
}

main().catch((error: Error) => {
	console.error(error);
	process.exitCode = 1;
});

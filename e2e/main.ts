/** Starts the real n8n with the built package and a Liner sandbox, to try the node by hand. */
import { N8n, OWNER } from './n8n';
import exampleWorkflow from '../examples/csv-upload-to-leads.json';
import { startSandbox } from '../test/sandbox/sandbox';

import { once } from 'node:events';

const LINER_NODE = 'n8n-nodes-liner.liner';

async function main(): Promise<void> {
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
The credential "Liner sandbox" leads to a stand-in for Liner at ${host}.
What n8n prints is in ${n8n.process.logFile}. Ctrl-C ends all of it.`);
			await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM'), n8n.process.ended]);
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

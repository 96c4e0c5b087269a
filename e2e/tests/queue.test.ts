import type { N8nProcess } from '../n8n';
import { CONCURRENCY, Queue, parseExecutions, waitUntil } from '../queue';
import { bodyRows, linerNode, toWorkflow, webhook } from '../workflows';
import { toRow } from '../../bench/common';
import { startSandbox, type ReceivedRequest, type Sandbox } from '../../sandbox/sandbox';

import { setTimeout as sleep } from 'node:timers/promises';

const EXECUTIONS = 200;
const LEADS_EACH = 5;
const LEADS = EXECUTIONS * LEADS_EACH;

/** How many bodies are sent at the same time. */
const SENDERS = 10;

/** How long Liner takes to store a lead, and then to answer, in milliseconds. */
const DELAY = { handling: 40, answer: 40 };

// A busy machine may need this long; each wait has its own shorter limit, and says what is missing.
jest.setTimeout(480_000);

interface Body {
	rows: Array<ReturnType<typeof toRow>>;
}

const rows = Array.from({ length: LEADS }, toRow);
const bodies: Body[] = Array.from({ length: EXECUTIONS }, (_, execution) => ({
	rows: rows.slice(execution * LEADS_EACH, (execution + 1) * LEADS_EACH),
}));

/** n8n's text about an execution that a worker has taken from the queue and not finished. */
const LOST =
	'error: This execution failed to be processed too many times and will no longer retry. To allow this execution to ' +
	'complete, please break down your workflow or scale up your workers or adjust your worker settings.';

const isCreate = ({ method }: ReceivedRequest) => method === 'POST';

describe('n8n in queue mode', () => {
	let queue: Queue;
	let sandbox: Sandbox;

	beforeAll(async () => {
		queue = await Queue.start();
	});

	afterAll(async () => {
		await queue?.stop();
	});

	beforeEach(async () => {
		sandbox = await startSandbox();
		sandbox.misbehave((request) => (isCreate(request) ? { handled: true, delay: DELAY } : undefined));
		await queue.ensureWorkers(2);
	});

	afterEach(async () => {
		await sandbox.close();
		expect(queue.processes.some(({ log }) => log.includes(sandbox.apiKey))).toBe(false);
	});

	/** @returns The ID of an active workflow whose webhook sends a lead for each row of a {@link Body}. */
	async function createWorkflow(path: string, options: Record<string, unknown> = {}): Promise<string> {
		const { host, apiKey } = sandbox;
		const id = await queue.n8n.createCredential(path, 'linerApi', { host, apiKey });
		const parameters = {
			mappingMode: 'autoMapInputData',
			// So that a worker is likely to end in the middle of an execution.
			options: { concurrency: 2, ...options },
		};
		const workflow = await queue.n8n.createWorkflow(
			toWorkflow(path, [
				webhook(path, { responseMode: 'onReceived' }),
				bodyRows,
				linerNode(parameters, { linerApi: { id, name: path } }),
			]),
		);
		await queue.n8n.activate(workflow);
		return workflow.id;
	}

	async function sendAll(path: string): Promise<void> {
		const rest = [...bodies];
		const sendRest = async () => {
			for (let body = rest.shift(); body !== undefined; body = rest.shift()) await send(path, body);
		};
		await Promise.all(Array.from({ length: SENDERS }, sendRest));
	}

	async function send(path: string, body: Body): Promise<void> {
		for (;;) {
			const answer = await fetch(`${queue.n8n.url}/webhook/${path}`, {
				method: 'POST',
				headers: { 'content-type': 'application/json' },
				body: JSON.stringify(body),
			});
			const text = await answer.text();
			if (answer.ok) return;
			// The webhook takes a moment to become available, and runs nothing before.
			if (answer.status !== 404) throw new Error(`${path}: ${answer.status} ${text}`);
			await sleep(250);
		}
	}

	/** Ends a worker while it runs executions, after a third of all leads. */
	async function endInTheMiddle(worker: N8nProcess, signal: NodeJS.Signals): Promise<unknown[]> {
		await waitUntil(
			() => {
				const { started, finished } = parseExecutions(worker);
				return sandbox.leads.length >= LEADS / 3 && started.length - finished.length >= 3;
			},
			() => `The worker has never been busy\n${worker.log.slice(-2_000)}`,
		);
		expect(sandbox.leads.length).toBeLessThan(LEADS);
		return await queue.endWorker(worker, signal);
	}

	/** How many leads are missing in Liner, of how many executions, and how many are duplicates or unexpected. */
	function audit() {
		const counts = new Map(rows.map(({ phone }) => [phone, 0]));
		for (const { phone } of sandbox.leads) counts.set(phone, (counts.get(phone) ?? 0) + 1);
		const isLost = ({ phone }: Body['rows'][number]) => counts.get(phone) === 0;
		const lost = rows.filter(isLost).length;
		return {
			lost,
			incomplete: bodies.filter((body) => body.rows.some(isLost)).length,
			duplicated: sandbox.leads.length - (LEADS - lost),
		};
	}

	/** Runs everything once more, so that only what is missing is created: `missing` leads. */
	async function completeAll(path: string, missing: number): Promise<void> {
		await queue.ensureWorkers(2);
		const from = sandbox.requests.length;
		const workflowId = await createWorkflow(path, { ifExists: 'return' });
		await sendAll(path);
		expect(await queue.untilEnded(workflowId, EXECUTIONS)).toEqual({ succeeded: EXECUTIONS, failed: [] });
		expect(audit()).toEqual({ lost: 0, incomplete: 0, duplicated: 0 });
		expect(sandbox.requests.slice(from).filter(isCreate)).toHaveLength(missing);
	}

	it('creates one lead for each item, whichever worker runs it', async () => {
		const workflowId = await createWorkflow('two-workers');
		await sendAll('two-workers');
		expect(await queue.untilEnded(workflowId, EXECUTIONS)).toEqual({ succeeded: EXECUTIONS, failed: [] });

		expect(audit()).toEqual({ lost: 0, incomplete: 0, duplicated: 0 });
		const finished = queue.workers.map((worker) => parseExecutions(worker).finished);
		for (const executions of finished) expect(executions.length).toBeGreaterThan(0);
		expect(new Set(finished.flat()).size).toBe(EXECUTIONS);
		console.log(`Two workers ran ${finished.map(({ length }) => length).join(' and ')} executions.`);
	});

	it('finishes what a worker has started when it is shut down in the middle', async () => {
		const workflowId = await createWorkflow('shutdown');
		const [worker] = queue.workers;
		const [end] = await Promise.all([endInTheMiddle(worker, 'SIGTERM'), sendAll('shutdown')]);
		expect(end).toEqual([0, null]);
		const { succeeded, failed } = await queue.untilEnded(workflowId, EXECUTIONS);

		const { started, finished } = parseExecutions(worker);
		expect(finished.sort()).toEqual(started.sort());
		// About one shutdown in ten makes n8n lose what a worker has just taken from the queue: no worker starts it, and its
		// data is gone. Each of the worker's slots may have taken one.
		expect(failed.length).toBeLessThanOrEqual(CONCURRENCY);
		for (const { reason } of failed) expect(reason).toBe(LOST);
		const startedIds = queue.getStarted();
		expect(failed.filter(({ id }) => startedIds.has(id))).toEqual([]);
		const lost = failed.length * LEADS_EACH;
		console.log(
			`A worker was shut down: ${succeeded} executions succeeded; n8n lost ${failed.length} unbegun.`,
		);
		expect(succeeded).toBe(EXECUTIONS - failed.length);
		expect(audit()).toEqual({ lost, incomplete: failed.length, duplicated: 0 });

		await completeAll('after-shutdown', lost);
	});

	it('creates one lead for each item when a worker is killed in the middle and all is run again', async () => {
		const workflowId = await createWorkflow('killed');
		const [end] = await Promise.all([endInTheMiddle(queue.workers[0], 'SIGKILL'), sendAll('killed')]);
		expect(end).toEqual([null, 'SIGKILL']);
		const { succeeded, failed } = await queue.untilEnded(workflowId, EXECUTIONS);

		const { lost, incomplete, duplicated } = audit();
		console.log(
			`A worker was killed: ${lost} of ${LEADS} leads lost, ${duplicated} duplicated; ` +
				`${succeeded} executions succeeded, ${failed.length} failed.`,
		);
		expect(failed.length).toBeGreaterThan(0);
		for (const { reason } of failed) expect(reason).toBe(LOST);
		expect(succeeded + failed.length).toBe(EXECUTIONS);
		// What succeeded is complete.
		expect(incomplete).toBeLessThanOrEqual(failed.length);
		expect(duplicated).toBe(0);

		await completeAll('after-kill', lost);
	});
});

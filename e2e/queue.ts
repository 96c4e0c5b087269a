import { N8n, N8nProcess, answers, findFreePort } from './n8n';
import { startPostgres, startRedis, type Postgres, type Service } from './services';

import { setTimeout as sleep } from 'node:timers/promises';

/** How many executions a worker runs at the same time. */
export const CONCURRENCY = 5;

/** How long to wait for something in the queue, and how long to pause between two checks, in milliseconds. */
const LIMIT = 120_000;
const PAUSE = 100;

/** The statuses of an execution that has ended without success. */
const FAILED = ['error', 'crashed', 'canceled'];

/** An execution that has ended without success, and why, e.g. `error: Why not`. */
export interface FailedExecution {
	id: string;
	reason: string;
}

/** n8n in queue mode: a main process that takes the executions, and workers that run them. */
export class Queue {
	/** The running workers. */
	readonly workers: N8nProcess[] = [];

	private constructor(
		readonly n8n: N8n,
		/** Every process of n8n that was started. */
		readonly processes: N8nProcess[],
		private readonly environment: Record<string, string>,
		private readonly services: Service[],
	) {}

	/**
	 * Starts the main process, Redis and PostgreSQL, but no worker yet.
	 *
	 * @throws {Error} When one of them is not installed or does not start.
	 */
	static async start(): Promise<Queue> {
		const services: Service[] = [];
		try {
			const redis = await startRedis();
			services.push(redis);
			const postgres = await startPostgres();
			services.push(postgres);
			const environment = toEnvironment(redis, postgres);
			const n8n = await N8n.start({ environment });
			return new Queue(n8n, [n8n.process], environment, services);
		} catch (error) {
			await stopAll(services);
			throw error;
		}
	}

	/**
	 * Starts as many workers as are missing.
	 *
	 * @throws {Error} When one does not start; with its output.
	 */
	async ensureWorkers(count: number): Promise<void> {
		const missing = Math.max(0, count - this.workers.length);
		const starts = await Promise.allSettled(Array.from({ length: missing }, () => this.startWorker()));
		for (const start of starts) if (start.status === 'rejected') throw start.reason;
	}

	private async startWorker(): Promise<void> {
		const port = await findFreePort();
		const worker = await N8nProcess.start(['worker', `--concurrency=${CONCURRENCY}`], {
			environment: { ...this.environment, QUEUE_HEALTH_CHECK_PORT: String(port) },
		});
		this.processes.push(worker);
		await worker.untilReady(async () => await answers(`http://127.0.0.1:${port}/healthz/readiness`));
		this.workers.push(worker);
	}

	/**
	 * Sends a worker a signal that ends it, and waits for its end.
	 *
	 * @returns Its exit code, or `null`, and the signal that has ended it, or `null` when it ended by itself.
	 */
	async endWorker(worker: N8nProcess, signal: NodeJS.Signals): Promise<unknown[]> {
		this.workers.splice(this.workers.indexOf(worker), 1);
		await worker.stop(signal);
		return await worker.ended;
	}

	/**
	 * Waits until at least this many executions of a workflow have ended, successfully or not.
	 *
	 * @returns How many succeeded, and the newest hundred of those that failed.
	 * @throws {Error} When they have not ended after two minutes; with how many have.
	 */
	async untilEnded(
		workflowId: string,
		executions: number,
	): Promise<{ succeeded: number; failed: FailedExecution[] }> {
		let ended = 0;
		await waitUntil(
			async () => {
				ended = (await this.list(workflowId, ['success', ...FAILED])).count;
				return ended >= executions;
			},
			() => `${ended} of ${executions} executions of workflow ${workflowId} have ended`,
		);
		const { count, results } = await this.list(workflowId, FAILED);
		const failed: FailedExecution[] = [];
		for (const { id } of results) {
			const { status, data } = await this.n8n.readExecution(id);
			failed.push({ id, reason: `${status}: ${data.resultData.error?.message}` });
		}
		return { succeeded: ended - count, failed };
	}

	/** @returns How many executions have one of these statuses, and the newest hundred of them. */
	private async list(
		workflowId: string,
		status: string[],
	): Promise<{ count: number; results: Array<{ id: string }> }> {
		const filter = encodeURIComponent(JSON.stringify({ workflowId, status }));
		return await this.n8n.request('GET', `/rest/executions?filter=${filter}&limit=100`);
	}

	/** @returns The IDs of the executions that any worker has started. */
	getStarted(): Set<string> {
		return new Set(this.processes.flatMap((process) => parseExecutions(process).started));
	}

	/** Stops everything and removes its data. */
	async stop(): Promise<void> {
		await stopAll(this.processes);
		await stopAll(this.services);
	}
}

/** @returns The IDs of the executions that a worker has started and finished, parsed from its log. */
export function parseExecutions({ log }: N8nProcess): { started: string[]; finished: string[] } {
	const idsAfter = (text: string) =>
		[...log.matchAll(new RegExp(`${text} execution (\\d+)`, 'g'))].map(([, id]) => id);
	return { started: idsAfter('Worker started'), finished: idsAfter('Worker finished') };
}

/** @throws {Error} When the condition is not met after two minutes; with the message. */
export async function waitUntil(
	condition: () => boolean | Promise<boolean>,
	toMessage: () => string,
): Promise<void> {
	const end = Date.now() + LIMIT;
	while (!(await condition())) {
		if (Date.now() > end) throw new Error(toMessage());
		await sleep(PAUSE);
	}
}

function toEnvironment(redis: Service, postgres: Postgres): Record<string, string> {
	return {
		N8N_ENCRYPTION_KEY: 'what-main-and-workers-share',
		// With it, the workers say which executions they run.
		N8N_LOG_LEVEL: 'info',
		EXECUTIONS_MODE: 'queue',
		OFFLOAD_MANUAL_EXECUTIONS_TO_WORKERS: 'true',
		DB_TYPE: 'postgresdb',
		DB_POSTGRESDB_HOST: postgres.host,
		DB_POSTGRESDB_PORT: String(postgres.port),
		DB_POSTGRESDB_DATABASE: postgres.database,
		DB_POSTGRESDB_USER: postgres.user,
		// With the default of 2, a busy machine makes requests wait so long that n8n considers the database lost.
		DB_POSTGRESDB_POOL_SIZE: '10',
		QUEUE_BULL_REDIS_HOST: redis.host,
		QUEUE_BULL_REDIS_PORT: String(redis.port),
		QUEUE_HEALTH_CHECK_ACTIVE: 'true',
		N8N_WORKER_SERVER_ADDRESS: '127.0.0.1',
		// A third of the defaults or less, so that the queue soon notices that a worker is gone.
		QUEUE_WORKER_LOCK_DURATION: '20000',
		QUEUE_WORKER_LOCK_RENEW_TIME: '3000',
		QUEUE_WORKER_STALLED_INTERVAL: '5000',
	};
}

/** Stops all of them, even when one of them cannot be stopped. */
async function stopAll(running: Array<{ stop(): Promise<void> }>): Promise<void> {
	const results = await Promise.allSettled(running.map(async (each) => await each.stop()));
	for (const result of results) if (result.status === 'rejected') console.error(result.reason);
}

import { BIN, installN8n, installPackage } from './install';

import { parse } from 'flatted';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** The user who is signed in. */
export const OWNER = {
	email: 'owner@example.com',
	firstName: 'Olga',
	lastName: 'Owner',
	password: 'Password-for-e2e-1',
};

/** As in n8n's image; the test runner's value would put n8n into its own test mode. */
const NODE_ENV = 'production';

/** Keeps n8n from calling other machines and from asking questions. */
const QUIET = {
	N8N_DIAGNOSTICS_ENABLED: 'false',
	N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
	N8N_TEMPLATES_ENABLED: 'false',
	N8N_PERSONALIZATION_ENABLED: 'false',
	N8N_LISTEN_ADDRESS: '127.0.0.1',
	N8N_HOST: '127.0.0.1',
	N8N_SECURE_COOKIE: 'false',
	N8N_DISABLED_MODULES: 'mcp-registry',
	N8N_LOG_LEVEL: 'error',
};

/** The pause between two checks whether something has happened, in milliseconds, and the maximum number of checks. */
const POLL = { pause: 250, times: 480 };

/** A workflow as the REST API expects it. */
export interface WorkflowToCreate {
	name: string;
	nodes: unknown[];
	connections: object;
	settings?: Record<string, unknown>;
	pinData?: Record<string, unknown>;
}

/** A workflow that exists in n8n. */
export interface CreatedWorkflow {
	id: string;
	versionId: string;
}

export interface ProcessOptions {
	/** What to set in addition to the defaults. */
	environment?: Record<string, string>;
	/** Whether the package is installed from the start. Default: true. */
	withPackage?: boolean;
}

/** A process of n8n with its own user folder, which is removed with it. */
export class N8nProcess {
	/** Its output so far. */
	log = '';

	/** A file with the same output, which is removed with it. */
	readonly logFile: string;

	/** Resolves to its exit code and its signal when it has ended, and {@link log} is complete. */
	ended: Promise<unknown[]>;

	private child: ChildProcess;

	private constructor(
		private readonly launch: () => ChildProcess,
		private readonly userFolder: string,
	) {
		this.logFile = join(userFolder, 'n8n.log');
		this.child = launch();
		this.ended = this.follow();
	}

	private async follow(): Promise<unknown[]> {
		const { child } = this;
		for (const stream of [child.stdout, child.stderr]) {
			stream?.setEncoding('utf8').on('data', (text: string) => {
				this.log += text;
				appendFileSync(this.logFile, text);
			});
		}
		return await once(child, 'close');
	}

	/**
	 * Starts n8n, and installs it on first use.
	 *
	 * @param args What to run, e.g. `start` or `worker`.
	 */
	static async start(
		args: string[],
		{ environment = {}, withPackage = true }: ProcessOptions = {},
	): Promise<N8nProcess> {
		await installN8n();
		const userFolder = mkdtempSync(join(tmpdir(), 'n8n-nodes-liner-e2e-'));
		if (withPackage) installPackage(userFolder);
		const env = {
			...process.env,
			NODE_ENV,
			...QUIET,
			PATH: `${BIN}:${process.env.PATH}`,
			N8N_USER_FOLDER: userFolder,
			N8N_RUNNERS_BROKER_PORT: String(await findFreePort()),
			...environment,
		};
		const launch = () => spawn(join(BIN, 'n8n'), args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
		return new N8nProcess(launch, userFolder);
	}

	/** @throws {Error} When it ends first, or is not ready after two minutes; with its output. */
	async untilReady(isReady: () => Promise<boolean>): Promise<void> {
		for (let looks = 0; looks < POLL.times; looks++) {
			if (this.child.exitCode !== null) throw new Error(`n8n ended with ${this.child.exitCode}\n${this.log}`);
			if (await isReady()) return;
			await sleep(POLL.pause);
		}
		throw new Error(`n8n is not ready after two minutes\n${this.log}`);
	}

	/** Restarts it with the current build of the package, and everything else as it was. */
	async restart(): Promise<void> {
		this.child.kill();
		await this.ended;
		installPackage(this.userFolder);
		this.child = this.launch();
		this.ended = this.follow();
	}

	/** Stops it and waits until it has ended. */
	async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
		this.child.kill(signal);
		await this.ended;
		rmSync(this.userFolder, { recursive: true, force: true, maxRetries: 3 });
	}
}

/** An execution as n8n saved it. */
export interface Execution {
	id: string;
	status: string;
	data: {
		resultData: {
			error?: { message: string; description?: string | null };
			runData: Record<string, NodeRun[]>;
		};
	};
}

/** One run of a node. */
export interface NodeRun {
	executionTime: number;
	executionStatus: string;
	error?: { message: string; description?: string | null };
	data?: { main: Array<Array<{ json: Record<string, unknown> }> | null> };
}

/** A running n8n with the built package, and an owner who is signed in. */
export class N8n {
	private cookie = '';

	/** The executions that {@link nextExecution} has returned. */
	private readonly seen = new Set<string>();

	private constructor(
		/** E.g. `http://127.0.0.1:40123`. */
		readonly url: string,
		readonly process: N8nProcess,
	) {}

	/** Starts n8n with everything in a temporary folder. */
	static async start(options: ProcessOptions = {}): Promise<N8n> {
		const port = await findFreePort();
		const environment = { N8N_PORT: String(port), ...options.environment };
		const child = await N8nProcess.start(['start'], { ...options, environment });
		const n8n = new N8n(`http://127.0.0.1:${port}`, child);
		try {
			await n8n.untilReady();
			await n8n.request('POST', '/rest/owner/setup', OWNER);
			return n8n;
		} catch (error) {
			await child.stop();
			throw error;
		}
	}

	/**
	 * Calls n8n's REST API, as the owner.
	 *
	 * @returns The `data` of the answer.
	 * @throws {Error} When the status is not 2xx, with what the answer says.
	 */
	async request<T>(method: string, path: string, body?: unknown): Promise<T> {
		const answer = await fetch(this.url + path, {
			method,
			headers: { 'content-type': 'application/json', cookie: this.cookie },
			body: body === undefined ? undefined : JSON.stringify(body),
		});
		const [cookie] = answer.headers.getSetCookie();
		if (cookie !== undefined) [this.cookie] = cookie.split(';');
		const text = await answer.text();
		if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text.slice(0, 500)}`);
		return (JSON.parse(text) as { data: T }).data;
	}

	/** @returns The ID. */
	async createCredential(name: string, type: string, data: Record<string, unknown>): Promise<string> {
		const { id } = await this.request<{ id: string }>('POST', '/rest/credentials', { name, type, data });
		return id;
	}

	async createWorkflow(workflow: WorkflowToCreate): Promise<CreatedWorkflow> {
		return await this.request<CreatedWorkflow>('POST', '/rest/workflows', workflow);
	}

	/** Activates a workflow. Its webhook becomes available a moment later. */
	async activate({ id, versionId }: CreatedWorkflow): Promise<void> {
		await this.request('POST', `/rest/workflows/${id}/activate`, { versionId });
	}

	/** @returns The next execution of a workflow that no call has returned before, once it has ended. */
	async nextExecution(workflowId: string): Promise<Execution> {
		const filter = encodeURIComponent(JSON.stringify({ workflowId }));
		for (let looks = 0; looks < POLL.times; looks++) {
			const { results } = await this.request<{ results: Array<{ id: string; status: string }> }>(
				'GET',
				`/rest/executions?filter=${filter}&limit=100`,
			);
			// The newest one comes first.
			const next = results.reverse().find(({ id }) => !this.seen.has(id));
			if (next !== undefined && !['new', 'running', 'waiting'].includes(next.status)) {
				this.seen.add(next.id);
				return await this.readExecution(next.id);
			}
			await sleep(POLL.pause);
		}
		throw new Error(`Workflow ${workflowId} has no execution that has ended\n${this.process.log}`);
	}

	async readExecution(id: string): Promise<Execution> {
		const execution = await this.request<Omit<Execution, 'data'> & { data: string }>(
			'GET',
			`/rest/executions/${id}`,
		);
		return { ...execution, data: parse(execution.data) as Execution['data'] };
	}

	/** Restarts it with the current build of the package. Its URL, its data and the signed-in user stay the same. */
	async restart(): Promise<void> {
		await this.process.restart();
		await this.untilReady();
	}

	async stop(): Promise<void> {
		await this.process.stop();
	}

	private async untilReady(): Promise<void> {
		await this.process.untilReady(async () => await answers(`${this.url}/healthz/readiness`));
	}
}

/** Whether the URL answers with a 2xx status. */
export async function answers(url: string): Promise<boolean> {
	return await fetch(url).then(
		({ ok }) => ok,
		() => false,
	);
}

export async function findFreePort(): Promise<number> {
	const probe = createServer().listen(0, '127.0.0.1');
	await once(probe, 'listening');
	const { port } = probe.address() as AddressInfo;
	probe.close();
	return port;
}

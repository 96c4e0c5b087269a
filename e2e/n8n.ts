import { installN8n, installPackage } from './install';

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const BIN = join(__dirname, 'node_modules/.bin');

/** Who is signed in. */
export const OWNER = {
	email: 'owner@example.com',
	firstName: 'Olga',
	lastName: 'Owner',
	password: 'Password-for-e2e-1',
};

/** What keeps n8n from talking to anybody but this machine, and from asking questions. */
const QUIET = {
	N8N_DIAGNOSTICS_ENABLED: 'false',
	N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
	N8N_TEMPLATES_ENABLED: 'false',
	N8N_PERSONALIZATION_ENABLED: 'false',
	N8N_LISTEN_ADDRESS: '127.0.0.1',
	N8N_SECURE_COOKIE: 'false',
	N8N_LOG_LEVEL: 'error',
};

/** A workflow as the REST API takes it. */
export interface WorkflowToCreate {
	name: string;
	nodes: unknown[];
	connections: unknown;
	settings?: Record<string, unknown>;
}

/** A workflow that n8n knows. */
export interface CreatedWorkflow {
	id: string;
	versionId: string;
}

/** A running n8n with the built package, and an owner who is signed in. */
export class N8n {
	private cookie = '';

	/** Resolves when n8n has ended, of itself or by {@link stop}. */
	readonly ended: Promise<unknown>;

	private constructor(
		/** E.g. `http://127.0.0.1:40123`. */
		readonly url: string,
		private readonly child: ChildProcess,
		private readonly userFolder: string,
	) {
		this.ended = once(child, 'exit');
	}

	/** Installs n8n on first use and starts it with everything in a temporary folder. */
	static async start(environment: Record<string, string> = {}): Promise<N8n> {
		installN8n();
		const userFolder = mkdtempSync(join(tmpdir(), 'n8n-nodes-liner-e2e-'));
		installPackage(userFolder);
		const [port, brokerPort] = [await findFreePort(), await findFreePort()];
		const child = spawn(join(BIN, 'n8n'), ['start'], {
			env: {
				...process.env,
				...QUIET,
				PATH: `${BIN}:${process.env.PATH}`,
				N8N_USER_FOLDER: userFolder,
				N8N_PORT: String(port),
				N8N_RUNNERS_BROKER_PORT: String(brokerPort),
				...environment,
			},
			stdio: ['ignore', 'inherit', 'inherit'],
		});
		const n8n = new N8n(`http://127.0.0.1:${port}`, child, userFolder);
		try {
			await n8n.untilReady();
			await n8n.request('POST', '/rest/owner/setup', OWNER);
			return n8n;
		} catch (error) {
			await n8n.stop();
			throw error;
		}
	}

	private async untilReady(): Promise<void> {
		for (let attempts = 0; attempts < 240; attempts++) {
			if (this.child.exitCode !== null) throw new Error(`n8n ended with ${this.child.exitCode}`);
			const isReady = await fetch(`${this.url}/healthz/readiness`).then(
				({ ok }) => ok,
				() => false,
			);
			if (isReady) return;
			await sleep(500);
		}
		throw new Error('n8n is not ready after two minutes');
	}

	/**
	 * Asks n8n's REST API, as the owner.
	 *
	 * @returns The `data` of the answer.
	 * @throws {Error} For any answer but a good one, with what it says.
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

	/** Switches a workflow on that begins with a trigger. */
	async activate({ id, versionId }: CreatedWorkflow): Promise<void> {
		await this.request('POST', `/rest/workflows/${id}/activate`, { versionId });
	}

	async stop(): Promise<void> {
		this.child.kill('SIGTERM');
		await this.ended;
		rmSync(this.userFolder, { recursive: true, force: true });
	}
}

async function findFreePort(): Promise<number> {
	const probe = createServer().listen(0, '127.0.0.1');
	await once(probe, 'listening');
	const { port } = probe.address() as AddressInfo;
	probe.close();
	return port;
}

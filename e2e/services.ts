import { findFreePort } from './n8n';

import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const HOST = '127.0.0.1';
const POSTGRES_VERSIONS = '/usr/lib/postgresql';
const INSTALL = 'sudo apt-get install --yes redis-server postgresql';

/** How long a server may take to start, in milliseconds. */
const START_LIMIT = 30_000;

/** A server on this machine with a temporary folder, which is removed with it. */
export interface Service {
	host: string;
	port: number;
	stop(): Promise<void>;
}

export interface Postgres extends Service {
	database: string;
	/** Needs no password. */
	user: string;
}

/** The user that runs a program. */
interface Account {
	uid: number;
	gid: number;
}

/**
 * Starts a Redis that keeps everything in memory.
 *
 * @throws {Error} When it is not installed or does not start; with how to fix it, or with its output.
 */
export async function startRedis(): Promise<Service> {
	const program = findProgram('redis-server');
	return await startService(program, {
		toArgs: (folder, port) => [
			...['--bind', HOST, '--port', String(port), '--dir', folder],
			...['--save', '', '--appendonly', 'no'],
		],
	});
}

/**
 * Starts a PostgreSQL with an empty database.
 *
 * @throws {Error} When it is not installed or does not start; with how to fix it, or with its output.
 */
export async function startPostgres(): Promise<Postgres> {
	const user = 'n8n';
	const [program, initdb] = [findProgram('postgres'), findProgram('initdb')];
	// PostgreSQL refuses to run as root.
	const account = process.getuid?.() === 0 ? findAccount('postgres') : undefined;
	const toData = (folder: string) => join(folder, 'data');
	const service = await startService(program, {
		account,
		prepare: (folder) => {
			const args = ['--pgdata', toData(folder), '--username', user, '--auth', 'trust', '--encoding', 'UTF8'];
			execFileSync(initdb, [...args, '--no-locale', '--no-sync'], { cwd: folder, ...account, stdio: 'pipe' });
		},
		toArgs: (folder, port) => {
			// The data need not survive a crash.
			const settings = { listen_addresses: HOST, port, unix_socket_directories: '', fsync: 'off' };
			return [
				...['-D', toData(folder)],
				...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
			];
		},
	});
	return { ...service, user, database: 'postgres' };
}

interface ServiceOptions {
	toArgs(folder: string, port: number): string[];
	/** Prepares its folder before it starts. */
	prepare?(folder: string): void;
	/** The user that runs it. Default: the current one. */
	account?: Account;
}

async function startService(program: string, { toArgs, prepare, account }: ServiceOptions): Promise<Service> {
	const folder = mkdtempSync(join(tmpdir(), 'n8n-nodes-liner-service-'));
	const removeFolder = () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
	const port = await findFreePort();
	try {
		if (account !== undefined) chownSync(folder, account.uid, account.gid);
		prepare?.(folder);
	} catch (error) {
		removeFolder();
		throw error;
	}

	const child = spawn(program, toArgs(folder, port), {
		cwd: folder,
		...account,
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	const ended = once(child, 'exit');
	const stop = async () => {
		// Both servers then stop at once, even with open connections.
		child.kill('SIGINT');
		await ended;
		removeFolder();
	};

	let log = '';
	const isReady = () => /ready to accept connections/i.test(log);
	const ready = new Promise<void>((resolve) => {
		for (const output of [child.stdout, child.stderr]) {
			output.setEncoding('utf8').on('data', (text: string) => {
				log += text;
				if (isReady()) resolve();
			});
		}
	});
	await Promise.race([ready, ended, sleep(START_LIMIT, undefined, { ref: false })]);
	if (!isReady() || child.exitCode !== null) {
		await stop();
		throw new Error(`${program} does not start\n${log}`);
	}
	return { host: HOST, port, stop };
}

/** @throws {Error} When it is not installed; with the command that installs it. */
function findProgram(name: string): string {
	// Debian puts the servers of PostgreSQL beside the PATH, one folder for each version.
	const versions = existsSync(POSTGRES_VERSIONS) ? readdirSync(POSTGRES_VERSIONS) : [];
	const folders = [
		...(process.env.PATH ?? '').split(delimiter),
		...versions
			.sort((a, b) => Number(b) - Number(a))
			.map((version) => join(POSTGRES_VERSIONS, version, 'bin')),
	];
	const program = folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
	if (program === undefined) throw new Error(`${name} is not installed. On Debian: ${INSTALL}`);
	return program;
}

function findAccount(name: string): Account {
	const [uid, gid] = ['--user', '--group'].map((option) =>
		Number(execFileSync('id', [option, name], { encoding: 'utf8' })),
	);
	return { uid, gid };
}

import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';

/** Runs npm in a folder; rejects with its output when it fails. */
export type Npm = (...args: string[]) => Promise<unknown>;

/**
 * Installs the packages of a lock file into the user's cache folder, unless that was done before from the same lock file,
 * by any clone of this repository.
 *
 * @param name The beginning of the folder's name.
 * @param sources Everything that npm needs, e.g. package.json, package-lock.json and .npmrc.
 * @param finish Called after the installation.
 * @returns The folder that contains `node_modules`.
 */
export async function installOnce(
	name: string,
	sources: string[],
	finish: (npm: Npm) => Promise<unknown> = async () => {},
): Promise<string> {
	const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'n8n-nodes-liner');
	const lock = sources.find((source) => basename(source) === 'package-lock.json') as string;
	const target = join(
		cache,
		`${name}-${createHash('sha256').update(readFileSync(lock)).digest('hex').slice(0, 16)}`,
	);
	if (existsSync(target)) return target;

	console.log(`Installing ${name} into ${target} ...`);
	mkdirSync(cache, { recursive: true });
	const partial = mkdtempSync(`${target}.`);
	const npm: Npm = async (...args) =>
		await promisify(execFile)('npm', [...args, '--loglevel=error'], { cwd: partial });
	try {
		for (const source of sources) cpSync(source, join(partial, basename(source)), { recursive: true });
		await npm('ci', '--no-audit', '--no-fund');
		await finish(npm);
		renameSync(partial, target);
	} catch (error) {
		rmSync(partial, { recursive: true, force: true });
		// Another process may have been faster.
		if (!existsSync(target)) throw error;
	}
	return target;
}

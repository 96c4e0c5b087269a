import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';

/** Runs npm in a folder, and rejects with what it has printed when it fails. */
export type Npm = (...args: string[]) => Promise<unknown>;

/**
 * Installs what a lock file names, unless that was done before from the same lock file, by whatever clone of this
 * repository. It lies in the user's folder for caches.
 *
 * @param name What it is called there.
 * @param sources Everything that npm needs: package.json, package-lock.json, .npmrc and the like.
 * @param finish What is to be done after the installation.
 * @returns The folder that holds `node_modules`.
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
		// Somebody else may have been faster.
		if (!existsSync(target)) throw error;
	}
	return target;
}

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
	cpSync,
	existsSync,
	mkdirSync,
	readFileSync,
	realpathSync,
	renameSync,
	rmSync,
	symlinkSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

const E2E = __dirname;
const ROOT = resolve(__dirname, '..');
const MODULES = join(E2E, 'node_modules');
/** What decides what is installed. */
const SOURCES = ['package.json', 'package-lock.json', '.npmrc', 'stand-ins'];

/** Where the commands of n8n and its Node.js are. */
export const BIN = join(MODULES, '.bin');

/**
 * Links n8n to this folder, and installs it first unless that was done before from the same lock file, by whatever
 * clone of this repository. It takes some minutes and 3 GB, in the user's folder for caches.
 */
export function installN8n(): void {
	const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'n8n-nodes-liner');
	const lock = createHash('sha256')
		.update(readFileSync(join(E2E, 'package-lock.json')))
		.digest('hex');
	const target = join(cache, `n8n-${lock.slice(0, 16)}`);
	if (!existsSync(target)) {
		console.log(`Installing n8n into ${target}, which takes a few minutes ...`);
		const partial = `${target}.partial`;
		rmSync(partial, { recursive: true, force: true });
		mkdirSync(partial, { recursive: true });
		for (const source of SOURCES) cpSync(join(E2E, source), join(partial, source), { recursive: true });
		const npm = (...args: string[]) =>
			execFileSync('npm', args, { cwd: partial, stdio: ['ignore', 'ignore', 'inherit'] });
		npm('ci', '--no-audit', '--no-fund', '--loglevel=error');
		// The one package of all that has to be compiled.
		npm('rebuild', 'sqlite3', '--ignore-scripts=false', '--loglevel=error');
		renameSync(partial, target);
	}
	const modules = join(target, 'node_modules');
	if (existsSync(MODULES) && realpathSync(MODULES) === realpathSync(modules)) return;
	rmSync(MODULES, { recursive: true, force: true });
	symlinkSync(modules, MODULES);
}

/**
 * Packs the built package as npm would publish it.
 *
 * @param folder Where to.
 * @returns The path of the tarball.
 */
export function packPackage(folder: string): string {
	mkdirSync(folder, { recursive: true });
	const [{ filename }] = JSON.parse(
		execFileSync('npm', ['pack', '--json', '--pack-destination', folder], { cwd: ROOT, encoding: 'utf8' }),
	) as [{ filename: string }];
	return join(folder, filename);
}

/** Puts the package where n8n puts the packages that a user installs. */
export function installPackage(userFolder: string): void {
	const nodes = join(userFolder, '.n8n/nodes');
	const target = join(nodes, 'node_modules/n8n-nodes-liner');
	mkdirSync(target, { recursive: true });
	execFileSync('tar', ['-xzf', packPackage(nodes), '-C', target, '--strip-components=1']);
}

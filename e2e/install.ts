import { installOnce } from '../scripts/installOnce';

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';

const E2E = __dirname;
const ROOT = resolve(__dirname, '..');
const MODULES = join(E2E, 'node_modules');

/** The folder with the commands of n8n and its Node.js. */
export const BIN = join(MODULES, '.bin');

/** Links n8n into this folder. The first time, it installs it, which takes some minutes and 3 GB. */
export async function installN8n(): Promise<void> {
	const sources = ['package.json', 'package-lock.json', '.npmrc', 'stand-ins'].map((name) => join(E2E, name));
	const folder = await installOnce('n8n', sources, async (npm) => {
		// The only package that has to be compiled.
		await npm('rebuild', 'sqlite3', '--ignore-scripts=false');
	});
	const modules = join(folder, 'node_modules');
	if (existsSync(MODULES) && realpathSync(MODULES) === realpathSync(modules)) return;
	rmSync(MODULES, { recursive: true, force: true });
	symlinkSync(modules, MODULES);
}

/**
 * Packs the built package as npm would publish it.
 *
 * @param folder The folder for the tarball.
 * @returns The path of the tarball.
 */
export function packPackage(folder: string): string {
	mkdirSync(folder, { recursive: true });
	const [{ filename }] = JSON.parse(
		execFileSync('npm', ['pack', '--json', '--pack-destination', folder], { cwd: ROOT, encoding: 'utf8' }),
	) as [{ filename: string }];
	return join(folder, filename);
}

/** Installs the package where n8n installs community packages, in place of an earlier build. */
export function installPackage(userFolder: string): void {
	const nodes = join(userFolder, '.n8n/nodes');
	const target = join(nodes, 'node_modules/n8n-nodes-liner');
	rmSync(target, { recursive: true, force: true });
	mkdirSync(target, { recursive: true });
	execFileSync('tar', ['-xzf', packPackage(nodes), '-C', target, '--strip-components=1']);
}

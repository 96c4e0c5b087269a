import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const E2E = __dirname;
const ROOT = resolve(__dirname, '..');
/** Holds the name of the lock file that was installed. */
const MARK = join(E2E, 'node_modules/.installed');

/** Installs n8n beside this file, unless exactly that was done before. It takes some minutes and 3 GB. */
export function installN8n(): void {
	const lock = createHash('sha256')
		.update(readFileSync(join(E2E, 'package-lock.json')))
		.digest('hex');
	if (existsSync(MARK) && readFileSync(MARK, 'utf8') === lock) return;

	console.log('Installing n8n, which takes a few minutes ...');
	execFileSync('npm', ['ci', '--no-audit', '--no-fund'], {
		cwd: E2E,
		stdio: ['ignore', 'ignore', 'inherit'],
	});
	// The one package of all that has to be compiled.
	execFileSync('npm', ['rebuild', 'sqlite3', '--ignore-scripts=false'], {
		cwd: E2E,
		stdio: ['ignore', 'ignore', 'inherit'],
	});
	writeFileSync(MARK, lock);
}

/** Puts the built package where n8n puts the packages that a user installs, as npm would publish it. */
export function installPackage(userFolder: string): void {
	const nodes = join(userFolder, '.n8n/nodes');
	const target = join(nodes, 'node_modules/n8n-nodes-liner');
	mkdirSync(target, { recursive: true });
	const [{ filename }] = JSON.parse(
		execFileSync('npm', ['pack', '--json', '--pack-destination', nodes], { cwd: ROOT, encoding: 'utf8' }),
	) as [{ filename: string }];
	execFileSync('tar', ['-xzf', join(nodes, filename), '-C', target, '--strip-components=1']);
}

import type { N8n } from './n8n';

import { spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { watch } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const ROOT = resolve(__dirname, '..');
const WATCHED = ['credentials', 'nodes'];

/** An editor that saves all files, or a switch of branches, makes many changes at once. In milliseconds. */
const SETTLING_TIME = 300;

/**
 * Builds the package after every change of its sources, and restarts n8n with it. If it does not compile, n8n stays as
 * it is.
 *
 * @param end Stops watching when it resolves. Watching also stops when n8n ends.
 * @throws {Error} When n8n does not start again, with its output.
 */
export async function restartOnChange(n8n: N8n, end: Promise<unknown>): Promise<void> {
	let isOver = false;
	const over = end.then(() => {
		isOver = true;
	});
	let isChanged = false;
	const changes = new EventEmitter();
	const watchers = WATCHED.map((folder) =>
		watch(resolve(ROOT, folder), { recursive: true }, () => {
			isChanged = true;
			changes.emit('change');
		}),
	);
	try {
		for (;;) {
			if (!isChanged) await Promise.race([over, n8n.process.ended, once(changes, 'change')]);
			if (!isChanged) return;
			await sleep(SETTLING_TIME);
			isChanged = false;
			console.log('\nThe sources have changed. Building ...');
			if (!(await build())) continue;
			await n8n.restart();
			console.log('n8n has restarted with the new build. Reload the page in the browser.');
		}
	} catch (error) {
		// Ctrl-C ends every process of the terminal, n8n included.
		if (!isOver) throw error;
	} finally {
		for (const watcher of watchers) watcher.close();
	}
}

/** @returns Whether it compiles; errors are printed. */
async function build(): Promise<boolean> {
	const child = spawn('npm', ['run', '--silent', 'build'], { cwd: ROOT, stdio: 'inherit' });
	const [code] = (await once(child, 'close')) as [number | null];
	return code === 0;
}

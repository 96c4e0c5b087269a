import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { installOnce } from '../scripts/installOnce';
import { judge, type TestRun } from './judge';
import { lacks, lines, type Line } from './lines';

const ROOT = resolve(__dirname, '..');

/** A line spends most of its time waiting. */
const LINES_AT_A_TIME = 3;

const folderOf = ({ name }: Line) => join(__dirname, 'lines', name);

const secondsSince = (start: number) => `${Math.round((Date.now() - start) / 1_000)} s`;

/** Installs the engine of a line, unless it is already installed. */
async function install(line: Line): Promise<string> {
	const start = Date.now();
	const sources = ['package.json', 'package-lock.json'].map((file) => join(folderOf(line), file));
	const folder = realpathSync(await installOnce(`engine-${line.name}`, [...sources, join(ROOT, '.npmrc')]));
	console.log(`The engine of n8n ${line.n8n} is in ${folder} (${secondsSince(start)})`);
	return folder;
}

/**
 * Runs the tests with an engine, in their own process.
 *
 * @param engine The folder where it is installed.
 */
async function runTests(engine: string): Promise<TestRun> {
	const folder = mkdtempSync(join(tmpdir(), 'n8n-nodes-liner-compat-'));
	const output = join(folder, 'results.json');
	const config = join(__dirname, 'jest.config.js');
	try {
		const jest = spawn(
			process.execPath,
			[require.resolve('jest/bin/jest'), '--config', config, '--json', '--outputFile', output],
			{ cwd: ROOT, env: { ...process.env, COMPAT_LINE: engine }, stdio: ['ignore', 'ignore', 'pipe'] },
		);
		let log = '';
		jest.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()));
		await new Promise<void>((end, fail) => jest.once('close', () => end()).once('error', fail));
		try {
			return JSON.parse(readFileSync(output, 'utf8')) as TestRun;
		} catch {
			throw new Error(`Jest left no results:\n${log}`);
		}
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

/** @returns Whether all went as expected. */
async function runLine(line: Line): Promise<boolean> {
	const engine = await install(line);
	const start = Date.now();
	const known = lacks.filter((lack) => lack.lines.includes(line.name));
	const { total, passed, lacking, surprises } = judge(await runTests(engine), known, join(ROOT, 'test'));
	const { dependencies } = JSON.parse(readFileSync(join(engine, 'package.json'), 'utf8')) as {
		dependencies: Record<string, string>;
	};
	const versions = Object.entries(dependencies).map(([name, version]) => `${name} ${version}`);
	const report = [
		`\nn8n ${line.n8n} (${versions.join(', ')}) on Node.js ${process.versions.node}: ${passed} of ${total} tests pass (${secondsSince(start)})`,
		...known.map(({ what }, index) => `  ${lacking[index]} fail because the engine lacks ${what}`),
		...surprises.map((surprise) => `\n✗ ${surprise}`),
	];
	console.log(report.join('\n'));
	return surprises.length === 0;
}

/** @param names Of the lines to run; without any, all of them. */
async function main(names: string[]): Promise<void> {
	const known = lines.map<string>(({ name }) => name);
	const unknown = names.find((name) => !known.includes(name));
	if (unknown !== undefined)
		throw new Error(`There is no line ${unknown}. The lines are ${known.join(', ')}.`);

	const start = Date.now();
	const waiting: Line[] = lines.filter(({ name }) => names.length === 0 || names.includes(name));
	let isAsExpected = true;
	const work = async () => {
		for (let line = waiting.shift(); line !== undefined; line = waiting.shift()) {
			if (!(await runLine(line))) isAsExpected = false;
		}
	};
	await Promise.all(Array.from({ length: LINES_AT_A_TIME }, work));
	console.log(`\n${isAsExpected ? 'All is as expected' : 'Not all is as expected'} (${secondsSince(start)})`);
	if (!isAsExpected) process.exitCode = 1;
}

main(process.argv.slice(2)).catch((error: Error) => {
	console.error(error.message);
	process.exitCode = 1;
});

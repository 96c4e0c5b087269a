/**
 * Plays what may happen between the node and Liner, at random and in virtual time, thousands of times, and checks after each
 * try that what the node says is true.
 */
import { parseArgs } from 'node:util';

import { findViolation } from './findViolation';
import { findMutants } from './mutants';
import { loadSubject } from './subject';

async function main(): Promise<void> {
	const { values } = parseArgs({
		options: {
			runs: { type: 'string', default: '5000' },
			seed: { type: 'string' },
			mutants: { type: 'boolean', default: false },
			only: { type: 'string' },
			stories: { type: 'boolean', default: false },
		},
	});
	const runs = Number(values.runs);
	const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(values.seed);
	if (values.mutants) {
		process.exitCode = (await findMutants({ runs, seed, only: values.only, tellsStories: values.stories }))
			? 0
			: 1;
		return;
	}
	const begin = performance.now();
	const { story, counts, runs: played } = await findViolation(await loadSubject(), { runs, seed });
	const seconds = (performance.now() - begin) / 1_000;
	for (const [name, count] of [...counts].sort()) console.log(`${String(count).padStart(8)}  ${name}`);
	console.log(`${played} runs with seed ${seed} in ${seconds.toFixed(1)} s`);
	if (story !== undefined) {
		console.log(story);
		process.exitCode = 1;
	}
}

void main();

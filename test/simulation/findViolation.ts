import fc from 'fast-check';

import { scenario, type Scenario } from './scenario';
import { simulate } from './simulation';
import type { Subject } from './subject';

/** What many runs have shown. */
export interface Finding {
	/** How many runs were played, up to the first one that failed. */
	runs: number;
	/** How often each outcome and each misbehaviour came. */
	counts: Map<string, number>;
	/** What happened in the simplest scenario that fails, for a person to read. */
	story?: string;
}

/**
 * Plays random scenarios until one fails, and reduces that one.
 *
 * @param shrinks Whether to look for a simpler one that fails as well.
 */
export async function findViolation(
	subject: Subject,
	{ runs, seed, shrinks = true }: { runs: number; seed: number; shrinks?: boolean },
): Promise<Finding> {
	const counts = new Map<string, number>();
	let hasFailed = false;
	const property = fc.asyncProperty(scenario, async (played) => {
		const story = await simulate(played, subject);
		if (!hasFailed) {
			for (const [name, count] of story.counts) counts.set(name, (counts.get(name) ?? 0) + count);
		}
		hasFailed ||= story.violations.length > 0;
		return story.violations.length === 0;
	});
	const result = await fc.check(property, { numRuns: runs, seed, endOnFailure: !shrinks });
	if (!result.failed) return { runs: result.numRuns, counts };
	if (result.counterexample === null) throw new Error(String(result.errorInstance));
	const [simplest] = result.counterexample as [Scenario];
	const { violations, trace } = await simulate(simplest, subject);
	const story = [
		`Seed ${seed}, path ${result.counterexamplePath}:`,
		...violations.map((violation) => `VIOLATION: ${violation}`),
		...trace,
		JSON.stringify(simplest),
		...(violations.length === 0 ? [String(result.errorInstance)] : []),
	].join('\n');
	return { runs: result.numRuns, counts, story };
}

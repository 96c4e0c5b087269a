import type { Lack } from './lines';

/** The results of the tests of a line, as Jest reports them. */
export interface TestRun {
	/** One for each file. */
	testResults: Array<{
		/** The path. */
		name: string;
		/** Why the file could not be run, if it could not. */
		message: string;
		assertionResults: Array<{ fullName: string; status: string; failureMessages: string[] | null }>;
	}>;
}

/** A test run compared with what was expected. */
export interface Judgement {
	total: number;
	passed: number;
	/** How many tests fail because of each lack, in the order of the lacks. */
	lacking: number[];
	/** What is not as expected, in words; empty when everything is. */
	surprises: string[];
}

/**
 * Compares the test results with what the engine is known to lack. A test that neither passes nor is listed is a
 * surprise, a skipped one included; so is a listed one that passes or does not exist.
 *
 * @param lacks The lacks of the line.
 * @param folder The folder that the files of the lacks are in.
 */
export function judge({ testResults }: TestRun, lacks: Lack[], folder: string): Judgement {
	const judgement: Judgement = { total: 0, passed: 0, lacking: lacks.map(() => 0), surprises: [] };
	const listed = new Map<string, number>();
	for (const [index, { tests }] of lacks.entries()) {
		for (const [file, names] of Object.entries(tests)) {
			for (const name of names) {
				const test = `${file}: ${name}`;
				if (listed.has(test)) judgement.surprises.push(`${test}\nis listed twice.`);
				listed.set(test, index);
			}
		}
	}

	const unseen = new Set(listed.keys());
	for (const { name, message, assertionResults } of testResults) {
		const file = name.slice(folder.length + 1);
		if (assertionResults.length === 0) judgement.surprises.push(`${file}\n${message}`);
		for (const { fullName, status, failureMessages } of assertionResults) {
			const test = `${file}: ${fullName}`;
			const lack = listed.get(test);
			unseen.delete(test);
			judgement.total++;
			if (status === 'passed') judgement.passed++;
			if (lack === undefined && status !== 'passed') {
				judgement.surprises.push(`${test}\n${[status, ...(failureMessages ?? [])].join('\n')}`);
			} else if (lack !== undefined && status !== 'failed') {
				judgement.surprises.push(`${test}\nis listed as failing, but: ${status}.`);
			} else if (lack !== undefined) judgement.lacking[lack]++;
		}
	}
	for (const test of unseen) judgement.surprises.push(`${test}\nis listed, but there is no such test.`);
	return judgement;
}

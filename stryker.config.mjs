const delivery = 'nodes/Liner/actions/lead/create/delivery';

/**
 * Changes the code that decides whether a lead is sent, one small change at a time, and asks the unit tests and the
 * simulation whether they notice.
 *
 * @type {import('@stryker-mutator/api/core').PartialStrykerOptions}
 */
export default {
	mutate: [
		`${delivery}/*.ts`,
		'nodes/Liner/actions/lead/create/account.ts',
		'nodes/Liner/actions/lead/leadBody.ts',
		'nodes/Liner/fields/values.ts',
		...['networkFailure', 'pages', 'rateLimiter', 'response', 'retryingReader', 'stopSignal'].map(
			(name) => `nodes/Liner/transport/${name}.ts`,
		),
	],
	testRunner: 'jest',
	jest: { configFile: 'test/mutation.jest.config.js' },
	coverageAnalysis: 'perTest',
	ignoreStatic: true,
	mutator: { excludedMutations: ['StringLiteral'] },
	reporters: ['clear-text', 'progress', 'html'],
	htmlReporter: { fileName: 'node_modules/.cache/stryker/report.html' },
	tempDirName: '.stryker-tmp',
	clearTextReporter: { reportTests: false },
	incremental: true,
	incrementalFile: 'node_modules/.cache/stryker/incremental.json',
	thresholds: { high: 95, low: 90, break: 90 },
	timeoutMS: 5_000,
	concurrency: 2,
};

const { resolve } = require('node:path');
const base = require('../jest.config');

/**
 * The tests that check mutants of the code that decides whether a lead is sent: those that need no engine.
 *
 * @type {import('jest').Config}
 */
module.exports = {
	...base,
	rootDir: resolve(__dirname, '..'),
	// Not the simulation, which would take 10 s for each mutant; `npm run simulate -- --mutants` has mutants of its own.
	roots: ['<rootDir>/test/unit'],
	testSequencer: '<rootDir>/test/support/quickestFirst.js',
	moduleNameMapper: { '^n8n-workflow$': '<rootDir>/test/support/lazyN8nWorkflow.js' },
	transform: {
		...base.transform,
		// A mutant may have type errors.
		'^.+\\.ts$': ['ts-jest', { tsconfig: '<rootDir>/test/tsconfig.json', diagnostics: false }],
	},
};

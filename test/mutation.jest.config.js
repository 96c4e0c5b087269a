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
	roots: ['<rootDir>/test/unit', '<rootDir>/test/simulation'],
	moduleNameMapper: { '^n8n-workflow$': '<rootDir>/test/support/lazyN8nWorkflow.js' },
	transform: {
		...base.transform,
		// A mutant may have type errors.
		'^.+\\.ts$': ['ts-jest', { tsconfig: '<rootDir>/test/tsconfig.json', diagnostics: false }],
	},
};

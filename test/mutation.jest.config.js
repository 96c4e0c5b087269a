const { resolve } = require('node:path');
const base = require('../jest.config');

/**
 * What judges a change of the code that decides whether a lead is sent: the tests that need no engine.
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
		// A changed piece of code need not have the right types.
		'^.+\\.ts$': ['ts-jest', { tsconfig: '<rootDir>/test/tsconfig.json', diagnostics: false }],
	},
};

const { resolve } = require('node:path');
const config = require('../jest.config');

/** @type {import('jest').Config} */
module.exports = {
	...config,
	rootDir: resolve(__dirname, '..'),
	roots: ['<rootDir>/e2e/tests'],
	globalSetup: '<rootDir>/e2e/setup.ts',
	// One n8n with its browser keeps two cores busy.
	maxWorkers: 1,
	// n8n takes some seconds to start, more on a busy machine.
	testTimeout: 120_000,
};

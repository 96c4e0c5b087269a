/** @type {import('jest').Config} */
module.exports = {
	rootDir: __dirname,
	roots: ['<rootDir>/tests'],
	testMatch: ['**/*.test.ts'],
	transform: { '^.+\\.ts$': ['ts-jest', { tsconfig: '<rootDir>/../test/tsconfig.json' }] },
	globalSetup: '<rootDir>/setup.ts',
	// n8n takes some seconds to start, more on a busy machine.
	testTimeout: 120_000,
};

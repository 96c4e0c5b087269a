/** @type {import('jest').Config} */
module.exports = {
	testEnvironment: 'node',
	roots: ['<rootDir>/test'],
	testMatch: ['**/*.test.ts'],
	transform: {
		'^.+\\.ts$': ['ts-jest', { tsconfig: '<rootDir>/test/tsconfig.json' }],
		// Fastify's inject() needs this one package, which is ESM only; Jest can require such a package from Node 24 on.
		'/node_modules/cookie/.+\\.js$': ['ts-jest', { tsconfig: { allowJs: true, module: 'commonjs' } }],
	},
	transformIgnorePatterns: ['/node_modules/(?!cookie/)'],
	// The tests spend most of their time waiting, as the node does when Liner asks it to, so every core runs a file.
	maxWorkers: '100%',
	// n8n-core's import alone takes most of a second, more on a busy machine.
	testTimeout: 30_000,
};

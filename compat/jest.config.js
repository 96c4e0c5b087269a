const base = require('../jest.config.js');

const tsconfig = '<rootDir>/test/tsconfig.json';
// ESM only: Node.js 20.19 can require such a package, Jest cannot below Node.js 24.
const esmOnly = '(cookie|p-retry|is-network-error)';

/**
 * The engine tests with another n8n: the one in the folder that COMPAT_LINE names.
 *
 * @type {import('jest').Config}
 */
module.exports = {
	...base,
	rootDir: '..',
	roots: ['<rootDir>/test', '<rootDir>/compat/tests'],
	testMatch: [
		'<rootDir>/test/engine/*.test.ts',
		'<rootDir>/test/package.test.ts',
		'<rootDir>/compat/tests/*.test.ts',
	],
	resolver: '<rootDir>/compat/resolver.js',
	transform: {
		// The types are those of the n8n that the package is built with, and are checked in that build.
		'^.+\\.ts$': ['ts-jest', { tsconfig, diagnostics: false }],
		[`/node_modules/${esmOnly}/.+\\.js$`]: ['ts-jest', { tsconfig: { allowJs: true, module: 'commonjs' } }],
	},
	transformIgnorePatterns: [`/node_modules/(?!${esmOnly}/)`],
};

const { join, sep } = require('node:path');

const line = join(process.env.COMPAT_LINE, 'node_modules') + sep;
const tests = join(__dirname, '../test') + sep;

/**
 * Resolves n8n-core and n8n-workflow to those of the line for every module, including the built package. The engine tests
 * get n8n-core through an adapter.
 *
 * @param {string} request
 * @param {import('jest-resolve').ResolverOptions} options
 */
module.exports = (request, options) => {
	if (!/^n8n-(core|workflow)(\/|$)/.test(request)) return options.defaultResolver(request, options);
	if (request === 'n8n-core' && options.basedir.startsWith(tests)) return join(__dirname, 'n8nCore.ts');
	const path = options.defaultResolver(request, { ...options, basedir: process.env.COMPAT_LINE });
	if (!path.startsWith(line)) throw new Error(`${request} is not in ${line}`);
	return path;
};

/**
 * n8n-workflow, loaded only when part of it is used. Its 680 files take most of the time of a test that needs none of
 * them, and a run of mutation testing has thousands of such tests.
 */
module.exports = new Proxy(
	{},
	{ get: (_, name) => require('../../node_modules/n8n-workflow/dist/cjs/index.js')[name] },
);

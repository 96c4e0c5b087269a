import { configWithoutCloudSupport } from '@n8n/node-cli/eslint';

// The rules for nodes are for nodes. Code that never ships runs on Node.js itself: it may import what it likes, print,
// start processes, and throw errors of its own.
const rulesForNodes = configWithoutCloudSupport
	.flatMap(({ rules = {} }) => Object.keys(rules))
	.filter((name) => name.startsWith('@n8n/community-nodes/'));

export default [
	...configWithoutCloudSupport,
	{ rules: Object.fromEntries([...rulesForNodes, 'no-console'].map((name) => [name, 'off'])) },
];

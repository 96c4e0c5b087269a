import { configWithoutCloudSupport } from '@n8n/node-cli/eslint';

// Code that never ships runs on Node.js itself: it may import what it likes, print, read the environment, and hold the
// key of a sandbox.
export default [
	...configWithoutCloudSupport,
	{ rules: { 'no-console': 'off', '@n8n/community-nodes/no-hardcoded-secrets': 'off' } },
];

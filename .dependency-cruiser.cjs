const room = (name) => `^nodes/Liner/${name}/`;

/**
 * Where the arrows of the shipped code may go: nodes > actions, methods > api, fields > transport.
 *
 * @type {import('dependency-cruiser').IConfiguration}
 */
module.exports = {
	forbidden: [
		{ name: 'no-circle', severity: 'error', from: {}, to: { circular: true } },
		{
			name: 'no-orphan',
			comment: 'A file that nothing uses is left over.',
			severity: 'error',
			from: { orphan: true, pathNot: '\\.node\\.ts$|\\.credentials\\.ts$' },
			to: {},
		},
		{
			name: 'transport-knows-requests-only',
			severity: 'error',
			from: { path: room('transport') },
			to: { path: '^nodes/Liner/(actions|api|fields|methods)/' },
		},
		{
			name: 'api-knows-no-operation',
			severity: 'error',
			from: { path: room('api') },
			to: { path: '^nodes/Liner/(actions|fields|methods)/' },
		},
		{
			name: 'fields-know-no-operation-and-send-nothing',
			severity: 'error',
			from: { path: room('fields') },
			to: { path: '^nodes/Liner/(actions|methods|transport)/' },
		},
		{
			name: 'methods-know-no-operation',
			severity: 'error',
			from: { path: room('methods') },
			to: { path: room('actions') },
		},
		{
			name: 'actions-know-no-methods',
			severity: 'error',
			from: { path: room('actions') },
			to: { path: room('methods') },
		},
		{
			name: 'resources-do-not-know-each-other',
			severity: 'error',
			from: { path: '^nodes/Liner/actions/([^/]+)/' },
			to: { path: '^nodes/Liner/actions/[^/]+/', pathNot: '^nodes/Liner/actions/$1/' },
		},
		{
			name: 'what-all-use-knows-nobody',
			severity: 'error',
			from: { path: '^nodes/Liner/(append|errors|failure|fingerprint|texts)\\.ts$' },
			to: { path: '^nodes/Liner/[^/]+/' },
		},
		{
			name: 'shipped-code-needs-n8n-workflow-only',
			severity: 'error',
			from: { path: '^(nodes|credentials)/' },
			to: { pathNot: '^(nodes|credentials)/|^node_modules/n8n-workflow/' },
		},
	],
	options: {
		doNotFollow: { path: 'node_modules' },
		tsConfig: { fileName: 'tsconfig.json' },
		tsPreCompilationDeps: true,
	},
};

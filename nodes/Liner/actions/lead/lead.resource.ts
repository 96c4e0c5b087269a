import type { INodeProperties } from 'n8n-workflow';

import * as create from './create/create.operation';
import * as createAsync from './create/createAsync.operation';

export const description: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['lead'] } },
		options: [
			{
				name: 'Create',
				value: 'create',
				action: 'Create lead',
				description: 'Add a client to the call queue of an order and get the ID of the new lead',
			},
			{
				name: 'Create (Async)',
				value: 'createAsync',
				action: 'Create lead asynchronously',
				description:
					'Hand a client over to Liner for later: faster, but Liner gives no lead ID and does not guarantee that the lead is created',
			},
		],
		default: 'create',
	},
	...create.description,
	...createAsync.description,
];

export const operations = { create, createAsync };

import type { INodeProperties } from 'n8n-workflow';

import * as create from './create.operation';

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
		],
		default: 'create',
	},
	...create.description,
];

export const operations = { create };

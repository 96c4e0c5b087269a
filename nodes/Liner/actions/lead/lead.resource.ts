import { create } from './create/create.operation';
import { createAsync } from './create/createAsync.operation';
import type { Resource } from '../operation';

const operations = [create, createAsync];

export const lead: Resource = {
	option: { name: 'Lead', value: 'lead' },
	description: [
		{
			displayName: 'Operation',
			name: 'operation',
			type: 'options',
			noDataExpression: true,
			displayOptions: { show: { resource: ['lead'] } },
			options: operations.map(({ option }) => option),
			default: 'create',
		},
		...operations.flatMap(({ description }) => description),
	],
	operations,
};

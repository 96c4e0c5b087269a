import type { IExecuteFunctions, INodeExecutionData, INodeProperties } from 'n8n-workflow';

import { lead } from './lead/lead.resource';
import { runOperation, type Operation } from './operation';
import { toRunError } from '../errors';
import { Failure } from '../failure';

const resources = [lead];

/** The parameters of the node: the resources, their operations, and the parameters of each. */
export const description: INodeProperties[] = [
	{
		displayName: 'Resource',
		name: 'resource',
		type: 'options',
		noDataExpression: true,
		options: resources.map(({ option }) => option),
		default: 'lead',
	},
	...resources.flatMap(({ description }) => description),
];

const operations = new Map(
	resources.flatMap(({ option, operations }) =>
		operations.map((operation): [string, Operation] => [
			`${option.value}.${operation.option.value}`,
			operation,
		]),
	),
);

/**
 * Runs the operation that is selected in the node.
 *
 * @returns As {@link runOperation}.
 * @throws {NodeOperationError | NodeApiError} As {@link runOperation}.
 */
export async function route(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const resource = context.getNodeParameter('resource', 0, 'lead') as string;
	const operation = context.getNodeParameter('operation', 0, 'create') as string;
	return [
		await runOperation(context, operations.get(`${resource}.${operation}`) ?? missing(resource, operation)),
	];
}

/** Fails all items of a workflow that names an operation that the node does not have. */
function missing(
	resource: string,
	operation: string,
): Pick<Operation, 'execute' | 'ifInterrupted' | 'ifNotStarted'> {
	const failure = new Failure(
		'invalid',
		`The node has no operation '${operation}' for the resource '${resource}'`,
		"Open the node and choose 'Resource' and 'Operation' again.",
	);
	return {
		ifInterrupted: '',
		ifNotStarted: '',
		async execute(context) {
			if (!context.continueOnFail()) throw toRunError(context.getNode(), failure);
			return context.getInputData().map(() => failure);
		},
	};
}

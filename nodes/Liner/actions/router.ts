import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import * as lead from './lead/lead.resource';
import { CANCELED, toErrorItem, toRunError } from '../errors';
import { Failure, isFailed, type Outcome } from '../failure';

type Operation = (context: IExecuteFunctions) => Promise<Outcome[]>;

const operations = new Map<string, Operation>(
	Object.entries(lead.operations).map(([name, { execute }]) => [`lead.${name}`, execute]),
);

/**
 * Runs the operation that the node is set to.
 *
 * Where the node continues on errors, nothing is thrown, whatever happens: n8n would pass the input items on as if they
 * had become leads.
 *
 * @returns One item for each input item, in their order and paired with it: what it became, or an `error`.
 * @throws {NodeOperationError | NodeApiError} As the operation, when the node stops on errors.
 */
export async function route(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const outcomes = await runOperation(context).catch((error: Error) => {
		if (!context.continueOnFail()) throw error;
		return context.getInputData().map(() => unforeseen(error));
	});
	return [outcomes.map(toItem)];
}

async function runOperation(context: IExecuteFunctions): Promise<Outcome[]> {
	const resource = context.getNodeParameter('resource', 0, 'lead') as string;
	const operation = context.getNodeParameter('operation', 0, 'create') as string;
	const execute = operations.get(`${resource}.${operation}`);
	if (execute !== undefined) return await execute(context);

	const failure = new Failure(
		'invalid',
		`The node has no operation '${operation}' for the resource '${resource}'`,
		"Open the node and choose 'Resource' and 'Operation' again.",
	);
	if (!context.continueOnFail()) throw toRunError(context.getNode(), failure);
	return context.getInputData().map(() => failure);
}

function unforeseen({ message }: Error): Failure {
	return new Failure(
		'unknown',
		`The node ended unexpectedly: ${message}`,
		'The lead may have been created: look for its phone number in Liner before you send the item again.',
	);
}

function toItem(outcome: Outcome, item: number): INodeExecutionData {
	return isFailed(outcome)
		? toErrorItem(outcome ?? CANCELED, item)
		: { json: { ...outcome }, pairedItem: { item } };
}

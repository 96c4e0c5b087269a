import {
	NodeApiError,
	type IDataObject,
	type IExecuteFunctions,
	type INode,
	type INodeExecutionData,
	type INodeProperties,
	type INodePropertyOptions,
} from 'n8n-workflow';

import { atItem, withExactMessage } from '../errors';
import { Failure } from '../failure';

/**
 * The outcome of an input item: its output (one item, or any number of them), or why it failed, or `undefined` when the
 * run stopped before the item was started.
 */
export type Outcome = IDataObject | IDataObject[] | Failure | undefined;

/** An operation of a resource. */
export interface Operation {
	/** How the editor lists it. */
	option: INodePropertyOptions;
	/** Its parameters, shown for this operation only. */
	description: INodeProperties[];
	/** What to tell the user about an item when the operation ends unexpectedly, in whole sentences. */
	ifInterrupted: string;
	/** What to tell the user about an item that was not started before the execution was canceled, in whole sentences. */
	ifNotStarted: string;
	/**
	 * @returns The outcome of each input item, in the order of the items.
	 * @throws {NodeOperationError | NodeApiError} When the node stops on errors and there is more to say than why the first
	 *   item failed.
	 */
	execute(context: IExecuteFunctions): Promise<Outcome[]>;
}

/** A kind of object in Liner and the operations on it. */
export interface Resource {
	/** How the editor lists it. */
	option: INodePropertyOptions;
	/** The choice of an operation, and the parameters of each. */
	description: INodeProperties[];
	operations: Operation[];
}

/**
 * Runs an operation.
 *
 * Never throws when the node continues on errors: n8n would then pass the input items on as if they had succeeded.
 *
 * @returns The output items in the order of the input items, each paired with its input item. A failed item becomes an
 *   item with nothing but an `error`, which n8n sends to the error output if there is one.
 * @throws {NodeOperationError | NodeApiError} When the node stops on errors and an item failed.
 */
export async function runOperation(
	context: IExecuteFunctions,
	operation: Pick<Operation, 'execute' | 'ifInterrupted' | 'ifNotStarted'>,
): Promise<INodeExecutionData[]> {
	const continues = context.continueOnFail();
	const outcomes = await operation.execute(context).catch((error: Error): Outcome[] => {
		if (!continues) throw error;
		const failure = new Failure(
			'unknown',
			`The node ended unexpectedly: ${error.message}`,
			operation.ifInterrupted,
		);
		return context.getInputData().map(() => failure);
	});
	return outcomes.flatMap((outcome, item) => {
		if (outcome !== undefined && !(outcome instanceof Failure)) return toItems(outcome, item);
		const failure = outcome ?? toCanceled(operation.ifNotStarted);
		if (continues) return [toErrorItem(failure, item)];
		throw toItemError(context.getNode(), failure, item);
	});
}

/** The failure of an item that was not started before the execution was canceled. n8n looks for the word "canceled". */
export const toCanceled = (ifNotStarted: string) =>
	new Failure('notDelivered', 'The execution was canceled before this item was sent', ifNotStarted);

const toItems = (outcome: IDataObject | IDataObject[], item: number): INodeExecutionData[] =>
	[outcome].flat().map((json) => ({ json: { ...json }, pairedItem: { item } }));

/** n8n sends an item to the error output because `error` is its only field. */
function toErrorItem({ message, description }: Failure, item: number): INodeExecutionData {
	return { json: { error: `${atItem(message, item)}. ${description}` }, pairedItem: { item } };
}

/**
 * The error for a run that stops because of an item.
 *
 * @param moreDescription More about the run, in whole sentences.
 */
export function toItemError(
	node: INode,
	{ message, description, details }: Failure,
	item: number,
	moreDescription = '',
): NodeApiError {
	// Built from texts only: an error of the HTTP helper may contain the request, and so the key.
	const error = new NodeApiError(
		node,
		{ message },
		{
			message,
			description: `${description} ${moreDescription}`.trim(),
			httpCode: details.httpCode?.toString(),
			itemIndex: item,
		},
	);
	return withExactMessage(error, atItem(message, item));
}

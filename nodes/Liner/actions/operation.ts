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
 * What became of an input item: what the node puts out for it (one item, or any number of them), or why there is nothing,
 * or `undefined` when the run stopped before the item was begun.
 */
export type Outcome = IDataObject | IDataObject[] | Failure | undefined;

/** An operation of a resource. */
export interface Operation {
	/** How the editor lists it. */
	option: INodePropertyOptions;
	/** Its parameters, shown for it alone. */
	description: INodeProperties[];
	/** What a user has to know of an item when the operation ends unexpectedly, in whole sentences. */
	ifInterrupted: string;
	/** What a user has to know of an item that was not begun when the execution was canceled, in whole sentences. */
	ifNotBegun: string;
	/**
	 * @returns What became of each input item, in their order.
	 * @throws {NodeOperationError | NodeApiError} When the node stops on errors and there is more to say of the run than the
	 *   failure of its first item.
	 */
	execute(context: IExecuteFunctions): Promise<Outcome[]>;
}

/** What a user finds in Liner, and what the node can do with it. */
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
 * Where the node continues on errors, nothing is thrown, whatever happens: n8n would pass the input items on as if
 * something had become of them.
 *
 * @returns What became of the input items, in their order, each output item paired with its input item; for one that failed
 *   an item that holds an `error` only, which n8n sends to the error output where there is one.
 * @throws {NodeOperationError | NodeApiError} When the node stops on errors and an item failed.
 */
export async function runOperation(
	context: IExecuteFunctions,
	operation: Pick<Operation, 'execute' | 'ifInterrupted' | 'ifNotBegun'>,
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
		const failure = outcome ?? toCanceled(operation.ifNotBegun);
		if (continues) return [toErrorItem(failure, item)];
		throw toItemError(context.getNode(), failure, item);
	});
}

/** What is said of an item that was not begun when the user canceled the execution. n8n knows it by the word "canceled". */
export const toCanceled = (ifNotBegun: string) =>
	new Failure('notDelivered', 'The execution was canceled before this item was sent', ifNotBegun);

const toItems = (outcome: IDataObject | IDataObject[], item: number): INodeExecutionData[] =>
	[outcome].flat().map((json) => ({ json: { ...json }, pairedItem: { item } }));

/** The engine sends an item to the error output, where there is one, because `error` is its only field. */
function toErrorItem({ message, description }: Failure, item: number): INodeExecutionData {
	return { json: { error: `${atItem(message, item)}. ${description}` }, pairedItem: { item } };
}

/**
 * The error of a run that stops because of an item.
 *
 * @param moreDescription What else there is to say of the run, in whole sentences.
 */
export function toItemError(
	node: INode,
	{ message, description, details }: Failure,
	item: number,
	moreDescription = '',
): NodeApiError {
	// Built from nothing but texts: whatever the HTTP helper threw may hold the request, and so the key.
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

import { NodeApiError, NodeOperationError } from 'n8n-workflow';
import type { INode, INodeExecutionData } from 'n8n-workflow';

import { LeadFailure, type LeadId, type Outcome } from './outcome';

const LISTED_ITEMS = 5;
const LISTED_LEADS = 20;

const atItem = (message: string, item: number) => `${message} [item ${item}]`;

const count = (number: number, noun: string) => `${number} ${noun}${number === 1 ? '' : 's'}`;

/**
 * The output item for an item that failed while the run goes on ("On Error: Continue"). The engine sends it to the
 * error output, where there is one, because `error` is its only field.
 */
export function toErrorItem({ message, description }: LeadFailure, item: number): INodeExecutionData {
	return { json: { error: `${atItem(message, item)}. ${description}` }, pairedItem: { item } };
}

/** The error of a run that cannot even begin, e.g. because its credential is incomplete. */
export function toRunError(node: INode, { message, description }: LeadFailure): NodeOperationError {
	return withExactMessage(new NodeOperationError(node, message, { description }), message);
}

/**
 * The error of a run that sends nothing because some of its items cannot be leads.
 *
 * @param invalid At least one, in the order of the items.
 */
export function toInvalidItemsError(
	node: INode,
	invalid: Array<{ item: number; failure: LeadFailure }>,
): NodeOperationError {
	const [{ item, failure }] = invalid;
	const isOnlyOne = invalid.length === 1;
	const lines = invalid
		.slice(0, LISTED_ITEMS)
		.map(({ item, failure }) => `Item ${item}: ${failure.message}. ${failure.description}`);
	const unlisted = invalid.length - lines.length;
	if (unlisted > 0) lines.push(`And ${count(unlisted, 'more item')}.`);

	const message = isOnlyOne
		? failure.message
		: `${invalid.length} items cannot become leads; in the first one, ${failure.message}`;
	const description = isOnlyOne
		? `${failure.description} Nothing was sent to Liner.`
		: `Nothing was sent to Liner. Correct these items:\n${lines.join('\n')}`;
	return withExactMessage(
		new NodeOperationError(node, message, { itemIndex: item, description }),
		atItem(message, item),
	);
}

/**
 * The error of a run that stops because an item failed after others may have become leads. It tells which ones did, in
 * words and as `context.data`, so that nobody has to guess.
 *
 * @param outcomes One for each item, at least one of them a failure.
 */
export function toStopError(node: INode, outcomes: Outcome[]): NodeApiError {
	const item = outcomes.findIndex((outcome) => outcome instanceof LeadFailure);
	const { message, description, httpCode } = outcomes[item] as LeadFailure;
	const created = outcomes.flatMap((outcome, item) =>
		outcome === undefined || outcome instanceof LeadFailure ? [] : { item, id: outcome },
	);
	const notSent = outcomes.filter((outcome) => outcome === undefined).length;

	// Built from nothing but texts: whatever the HTTP helper threw may hold the request, and so the key.
	const error = new NodeApiError(
		node,
		{ message },
		{
			message,
			description: `${description} ${describeProgress(created, notSent)}`,
			httpCode: httpCode?.toString(),
			itemIndex: item,
		},
	);
	error.context.data = { created, notSent };
	return withExactMessage(error, atItem(message, item));
}

function describeProgress(created: Array<{ item: number; id: LeadId }>, notSent: number): string {
	const listed = created.slice(0, LISTED_LEADS).map(({ item, id }) => `${id} (item ${item})`);
	const unlisted = created.length - listed.length;
	const leads =
		created.length === 0
			? 'No lead was created before.'
			: `${count(created.length, 'lead')} created before: ${listed.join(', ')}${unlisted ? ` and ${unlisted} more` : ''}.`;
	return notSent === 0 ? leads : `${leads} ${count(notSent, 'item')} not sent.`;
}

/** n8n swaps a message that contains, say, "enoent" anywhere for a text of its own; Liner's words stay as they are. */
function withExactMessage<E extends NodeApiError | NodeOperationError>(error: E, message: string): E {
	error.message = message;
	return error;
}

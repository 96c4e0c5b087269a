import { NodeApiError, NodeOperationError } from 'n8n-workflow';
import type { INode } from 'n8n-workflow';

import type { Failure } from './failure';

export const NOTHING_SENT = 'Nothing was sent to Liner.';

/** n8n's guidelines: a message ends with the item that it is about. */
export const atItem = (message: string, item: number) => `${message} [item ${item}]`;

/** The error of a list that the editor asked for and cannot be shown. */
export function toListError(node: INode, { message, description, details }: Failure): NodeApiError {
	return withExactMessage(
		new NodeApiError(node, { message }, { message, description, httpCode: details.httpCode?.toString() }),
		message,
	);
}

/** The error of a run that cannot even begin, e.g. because its credential is incomplete. */
export function toRunError(node: INode, { message, description }: Failure): NodeOperationError {
	return withExactMessage(
		new NodeOperationError(node, message, { description: `${description} ${NOTHING_SENT}` }),
		message,
	);
}

/** n8n swaps a message that contains, say, "enoent" anywhere for a text of its own; Liner's words stay as they are. */
export function withExactMessage<E extends NodeApiError | NodeOperationError>(error: E, message: string): E {
	error.message = message;
	return error;
}

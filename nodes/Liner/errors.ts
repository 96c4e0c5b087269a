import { NodeApiError, NodeOperationError } from 'n8n-workflow';
import type { INode } from 'n8n-workflow';

import type { Failure } from './failure';

export const NOTHING_SENT = 'Nothing was sent to Liner.';

/** n8n's guidelines: an error message ends with the index of its item. */
export const atItem = (message: string, item: number) => `${message} [item ${item}]`;

/** The error for a list that the editor cannot load. */
export function toListError(node: INode, { message, description, details }: Failure): NodeApiError {
	return withExactMessage(
		new NodeApiError(node, { message }, { message, description, httpCode: details.httpCode?.toString() }),
		message,
	);
}

/** The error for a run that cannot start, e.g. because its credential is incomplete. */
export function toRunError(node: INode, { message, description }: Failure): NodeOperationError {
	return withExactMessage(
		new NodeOperationError(node, message, { description: `${description} ${NOTHING_SENT}` }),
		message,
	);
}

/** n8n replaces a message that contains e.g. "enoent" with its own text; this puts the original back. */
export function withExactMessage<E extends NodeApiError | NodeOperationError>(error: E, message: string): E {
	error.message = message;
	return error;
}

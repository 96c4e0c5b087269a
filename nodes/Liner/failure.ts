/**
 * Why something failed, in most cases an item:
 * - `invalid`: the item, the node or the credential has to be corrected first; nothing was sent
 * - `rejected`: Liner refused it and would refuse it again
 * - `notDelivered`: it certainly did not reach Liner and can be sent again
 * - `unknown`: it was sent and may or may not have been processed
 */
export type FailureKind = 'invalid' | 'rejected' | 'notDelivered' | 'unknown';

export interface FailureDetails {
	/** The HTTP status of the response, if there was one. */
	httpCode?: number;
	/** How long Liner asks to wait before the next request, in milliseconds. */
	retryAfter?: number;
	/** Why a list that the item needs could not be read, if nothing else is wrong with the item. */
	unreadableList?: Failure;
	/** The node stopped waiting for the response; Liner may still be processing the request. */
	timedOut?: true;
	/** Liner's list of leads lacks one that certainly exists; it may show it later. */
	isLagging?: true;
}

/** Why something failed, in the two parts that n8n shows to a user. */
export class Failure {
	/**
	 * @param message What happened; names the field by its label, or by the column that its value comes from. No full stop, no item number.
	 * @param description How to fix it, in whole sentences.
	 */
	constructor(
		readonly kind: FailureKind,
		readonly message: string,
		readonly description: string,
		readonly details: FailureDetails = {},
	) {}
}

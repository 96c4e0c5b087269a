/**
 * Why something did not work out, above all why an item did not become what it should:
 * - `invalid`: something of the item, the node or the credential has to be corrected first, nothing was sent
 * - `rejected`: Liner said no, and will say no again
 * - `notDelivered`: it certainly did not reach Liner, it can be sent again
 * - `unknown`: it was sent, and may or may not have been done
 */
export type FailureKind = 'invalid' | 'rejected' | 'notDelivered' | 'unknown';

/** What else is known of a failure. */
export interface FailureDetails {
	/** The HTTP status of the answer, if there was one. */
	httpCode?: number;
	/** How long Liner asks to wait before the next request, in milliseconds. */
	retryAfter?: number;
	/** What kept the node from reading a list that the item needs, if nothing else is wrong with the item. */
	unreadableList?: Failure;
	/** The answer was given up, while Liner may still be working on the request. */
	timedOut?: true;
}

/** Why something did not work out, in the two parts that n8n shows to a user. */
export class Failure {
	/**
	 * @param message What happened; names the field by its label, or the column that its value comes from. No full stop, no item number.
	 * @param description How to get unstuck, in whole sentences.
	 */
	constructor(
		readonly kind: FailureKind,
		readonly message: string,
		readonly description: string,
		readonly details: FailureDetails = {},
	) {}
}

import type { IDataObject } from 'n8n-workflow';

/**
 * Why something did not work out, above all why an item did not become a lead:
 * - `invalid`: something of the item, the node or the credential has to be mended first, nothing was sent
 * - `rejected`: Liner said no, and will say no again
 * - `notDelivered`: it certainly did not reach Liner, it can be sent again
 * - `unknown`: it was sent, and the lead may or may not exist
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

/** The ID of a lead as Liner gave it. */
export type LeadId = number | string;

/** The lead that an item became, and what the node puts out for it. */
export interface Lead {
	id: LeadId;
	/** The lead was in Liner before this run. */
	existing?: true;
}

/** What the node puts out for an item that Liner accepted for creation later; the rest is Liner's. */
export interface Acceptance extends IDataObject {
	accepted: true;
}

/** What an item became. */
export type Result = Lead | Acceptance;

/** What became of an item: a result, or why there is none, or `undefined` when the run stopped before the item was sent. */
export type Outcome = Result | Failure | undefined;

/** Whether the item came to nothing. */
export function isFailed(outcome: Outcome): outcome is Failure | undefined {
	return outcome === undefined || outcome instanceof Failure;
}

/** Whether Liner only accepted the item, so that nobody knows its lead. */
export function isAcceptance(result: Result): result is Acceptance {
	return 'accepted' in result;
}

/**
 * Why an item did not become a lead:
 * - `invalid`: it cannot be a lead, nothing was sent
 * - `rejected`: Liner said no, and will say no again
 * - `notDelivered`: it certainly did not reach Liner, it can be sent again
 * - `unknown`: it was sent, and the lead may or may not exist
 */
export type FailureKind = 'invalid' | 'rejected' | 'notDelivered' | 'unknown';

/** Why an item did not become a lead, in the two parts that n8n shows to a user. */
export class LeadFailure {
	/**
	 * @param message What happened; names the field by its label. No full stop, no item number.
	 * @param description How to get unstuck, in whole sentences.
	 * @param httpCode The HTTP status of the answer, if there was one.
	 */
	constructor(
		readonly kind: FailureKind,
		readonly message: string,
		readonly description: string,
		readonly httpCode?: number,
	) {}
}

/** The ID of a lead as Liner gave it. */
export type LeadId = number | string;

/** What became of an item: a lead, or why not, or `undefined` when the run stopped before the item was sent. */
export type Outcome = LeadId | LeadFailure | undefined;

import type { Acceptance, LeadId } from '../../../api/leads';
import { Failure } from '../../../failure';

/** The lead that an item became, and what the node puts out for it. */
export type Lead = {
	id: LeadId;
	/** The lead was in Liner before this run. */
	existing?: true;
};

/** What an item became. */
export type LeadResult = Lead | Acceptance;

/** What became of an item: a result, or why there is none, or `undefined` when the run stopped before the item was sent. */
export type LeadOutcome = LeadResult | Failure | undefined;

/** Whether the item came to nothing. */
export function isFailed(outcome: LeadOutcome): outcome is Failure | undefined {
	return outcome === undefined || outcome instanceof Failure;
}

/** Whether the item had its lead before this run. */
export const isExisting = (result: LeadResult): boolean => !isAcceptance(result) && result.existing === true;

/** Whether Liner only accepted the item, so that nobody knows its lead. */
export function isAcceptance(result: LeadResult): result is Acceptance {
	return 'accepted' in result;
}

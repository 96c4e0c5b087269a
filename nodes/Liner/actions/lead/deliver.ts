import type { LeadBody } from './leadBody';
import { LeadFailure, type Outcome } from '../../outcome';
import type { Liner } from '../../transport/liner';

/**
 * Sends the bodies in their order, each with exactly one request.
 *
 * @param bodies One for each item; a failure stands for an item that is not sent.
 * @param stopAtFailure Whether a failure ends the delivery.
 * @returns One outcome for each item.
 */
export async function deliver(
	bodies: Array<LeadBody | LeadFailure>,
	liner: Liner,
	stopAtFailure: boolean,
): Promise<Outcome[]> {
	const outcomes = new Array<Outcome>(bodies.length).fill(undefined);
	for (const [item, body] of bodies.entries()) {
		const outcome = body instanceof LeadFailure ? body : await liner.createLead(body);
		outcomes[item] = outcome;
		if (stopAtFailure && outcome instanceof LeadFailure) break;
	}
	return outcomes;
}

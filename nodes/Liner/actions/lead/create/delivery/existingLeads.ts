import type { Attempt } from './journal';
import type { LeadFinder } from './leadFinder';
import type { LeadBody } from '../../../../api/leads';
import { append } from '../../../../append';
import { Failure } from '../../../../failure';
import type { LeadOutcome } from '../leadOutcome';

const HOUR = 3_600_000;

/**
 * Finds the rows that are in Liner already, so that a sheet can be imported again. The recent leads of each order are
 * read once; each of them stands for one row only.
 *
 * @param bodies One for each item; `undefined` for an item that is of no interest.
 * @param lookBackHours How old a lead may be.
 * @param doubtful The requests of other items that are in doubt: what may be theirs is no item's existing lead.
 * @returns For each item its lead, `undefined` when it has none yet, or why that cannot be told.
 */
export async function findExistingLeads(
	bodies: Array<LeadBody | undefined>,
	finder: LeadFinder,
	lookBackHours: number,
	doubtful: Attempt[],
): Promise<LeadOutcome[]> {
	const outcomes: LeadOutcome[] = bodies.map(() => undefined);
	const itemsByOrder = new Map<number, number[]>();
	for (const [item, body] of bodies.entries()) {
		if (body !== undefined) append(itemsByOrder, body.orderId as number, item);
	}
	for (const [orderId, items] of itemsByOrder) {
		const rows = items.map((item) => bodies[item] as LeadBody);
		const found = await finder.findExisting(orderId, rows, lookBackHours * HOUR, doubtful);
		for (const [row, item] of items.entries()) {
			const lead = found instanceof Failure ? toUnreadable(orderId, found) : found[row];
			if (lead instanceof Failure) outcomes[item] = found instanceof Failure ? lead : toUnclear(lead);
			else if (lead !== undefined) outcomes[item] = { id: lead, existing: true };
		}
	}
	return outcomes;
}

function toUnreadable(orderId: number, { message, description, details }: Failure): Failure {
	return new Failure(
		'notDelivered',
		`The recent leads of order ${orderId} could not be read: ${message}`,
		`${description} The item was not sent.`.trim(),
		details,
	);
}

function toUnclear({ message, description, details }: Failure): Failure {
	return new Failure('notDelivered', message, `${description} The item was not sent.`, details);
}

import type { LeadFinder } from './leadFinder';
import { digitsOf } from './matchLead';
import type { LeadOutcome } from '../leadOutcome';
import type { LeadBody, ListedLead } from '../../../../api/leads';
import { append } from '../../../../append';
import { Failure } from '../../../../failure';

const HOUR = 3_600_000;

/**
 * Finds the rows that are in Liner already, so that a sheet can be imported again. The recent leads of each order are
 * read once; each of them stands for one row only.
 *
 * @param bodies One for each item; `undefined` for an item that is of no interest.
 * @param lookBackHours How old a lead may be.
 * @returns For each item its lead, `undefined` when it has none yet, or why that cannot be told.
 */
export async function findExistingLeads(
	bodies: Array<LeadBody | undefined>,
	finder: LeadFinder,
	lookBackHours: number,
): Promise<LeadOutcome[]> {
	const orders = new Map<unknown, Map<string, ListedLead[]> | Failure>();
	const outcomes: LeadOutcome[] = [];
	for (const body of bodies) {
		if (body === undefined) {
			outcomes.push(undefined);
			continue;
		}
		const leads =
			orders.get(body.orderId) ?? (await readByPhone(finder, body.orderId as number, lookBackHours * HOUR));
		orders.set(body.orderId, leads);
		if (leads instanceof Failure) {
			outcomes.push(leads);
			continue;
		}
		// A list may leave the phone out; the detail of such a lead shows it.
		const candidates = [digitsOf(body.phone), ''].flatMap((phone) => leads.get(phone) ?? []);
		const found = await finder.findExisting(body, candidates);
		if (found instanceof Failure) outcomes.push(couldNotBeRead(body.orderId, found));
		else outcomes.push(found === undefined ? undefined : { id: found, existing: true });
	}
	return outcomes;
}

async function readByPhone(
	finder: LeadFinder,
	orderId: number,
	age: number,
): Promise<Map<string, ListedLead[]> | Failure> {
	const leads = await finder.readRecentLeads(orderId, age);
	if (leads instanceof Failure) return couldNotBeRead(orderId, leads);
	const byPhone = new Map<string, ListedLead[]>();
	for (const lead of leads) append(byPhone, digitsOf(lead.phone), lead);
	return byPhone;
}

function couldNotBeRead(orderId: unknown, { message, description, details }: Failure): Failure {
	return new Failure(
		'notDelivered',
		`The recent leads of order ${String(orderId)} could not be read: ${message}`,
		`${description} The item was not sent.`.trim(),
		details,
	);
}

import type { LeadBody } from './leadBody';
import type { LeadFinder } from './leadFinder';
import { Failure, type Outcome } from '../../outcome';
import type { ListedLead } from '../../transport/liner';

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
): Promise<Outcome[]> {
	const createdSince = Date.now() - lookBackHours * HOUR;
	const orders = new Map<unknown, Map<string, ListedLead[]> | Failure>();
	const outcomes: Outcome[] = [];
	for (const body of bodies) {
		if (body === undefined) {
			outcomes.push(undefined);
			continue;
		}
		const leads =
			orders.get(body.orderId) ?? (await readByPhone(finder, body.orderId as number, createdSince));
		orders.set(body.orderId, leads);
		if (leads instanceof Failure) {
			outcomes.push(leads);
			continue;
		}
		const found = await finder.findExisting(body, leads.get(digitsOf(body.phone)) ?? []);
		outcomes.push(found === undefined || found instanceof Failure ? found : { id: found, existing: true });
	}
	return outcomes;
}

const digitsOf = (phone: unknown) => String(phone).replace(/\D/g, '');

async function readByPhone(
	finder: LeadFinder,
	orderId: number,
	createdSince: number,
): Promise<Map<string, ListedLead[]> | Failure> {
	const leads = await finder.readLeads(orderId, createdSince);
	if (leads instanceof Failure) {
		return new Failure(
			leads.kind,
			`The recent leads of order ${orderId} could not be read: ${leads.message}`,
			`${leads.description} The item was not sent.`.trim(),
			leads.details,
		);
	}
	const byPhone = new Map<string, ListedLead[]>();
	for (const lead of leads) {
		const phone = digitsOf(lead.phone);
		byPhone.set(phone, [...(byPhone.get(phone) ?? []), lead]);
	}
	return byPhone;
}

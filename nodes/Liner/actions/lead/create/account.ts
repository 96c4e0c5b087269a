import type { Journal } from './delivery/journal';
import { compareDeciding } from './delivery/matching';
import type { LeadBody, LeadId, ListedLead } from '../../../api/leads';
import { Failure } from '../../../failure';
import type { Client } from '../../../transport/client';

/** What tells which account it is. */
interface AccountSource {
	getLead(id: LeadId): Promise<ListedLead | Failure>;
	/** Whatever it gives, an account of Liner has it. */
	listOrders(): Promise<unknown>;
}

/** How many leads of the tries before are asked for. */
const MOST_LEADS = 3;

/**
 * Finds out whether what the tries before sent is in the account of the credential, which may have been corrected since:
 * host and key are not what they were, but a renewed key, or the right spelling of the host, leads to the same account.
 * Whatever is in another account, the journal forgets.
 *
 * @param account Of the credential.
 * @param bodies What the items are to send now.
 * @param source Asks Liner.
 * @returns Why that cannot be told, so that nothing may be sent.
 */
export async function checkAccount(
	journal: Journal,
	account: Pick<Client, 'address' | 'hashKey'>,
	bodies: Array<LeadBody | Failure>,
	source: AccountSource,
): Promise<Failure | undefined> {
	const before = journal.account;
	const salt = before?.salt ?? Math.random().toString(36).slice(2, 8);
	const now = { address: account.address, salt, key: account.hashKey(salt) };
	if (before === undefined || (before.address === now.address && before.key === now.key)) {
		journal.setAccount(now);
		return undefined;
	}
	const verdict = await compareAccounts(journal, bodies, source);
	if (verdict instanceof Failure) return verdict;
	if (verdict === 'other') journal.startAnew();
	journal.setAccount(now);
	return undefined;
}

async function compareAccounts(
	journal: Journal,
	bodies: Array<LeadBody | Failure>,
	{ getLead, listOrders }: AccountSource,
): Promise<'same' | 'other' | Failure> {
	const known = bodies.flatMap((body, item) => {
		const memory = journal.recall(item, body instanceof Failure ? undefined : body);
		return memory !== undefined && 'result' in memory ? [{ body, result: memory.result }] : [];
	});
	// Requests without an outcome are looked for in whatever account it is; nothing else was done.
	if (known.length === 0) return 'same';
	const leads = known.flatMap(({ body, result }) =>
		'id' in result && !(body instanceof Failure) ? [{ body, id: result.id as LeadId }] : [],
	);
	if (leads.length === 0) return cannotBeTold('no lead of that try is known by its ID');
	for (const { body, id } of leads.slice(0, MOST_LEADS)) {
		const lead = await getLead(id);
		if (!(lead instanceof Failure)) {
			return compareDeciding(body, lead) === 'different'
				? cannotBeTold(`lead ${id} is another one now`)
				: 'same';
		}
		if (lead.details.httpCode !== 404) return cannotBeTold(lead.message, lead.description);
	}
	// A wrong address does not know the leads either: forgotten, they would be created again at the right one.
	const orders = await listOrders();
	return orders instanceof Failure ? cannotBeTold(orders.message, orders.description) : 'other';
}

const cannotBeTold = (why: string, howToFix = '') =>
	new Failure(
		'invalid',
		`The Liner credential has changed since an earlier try of this run, and it is not clear whether it leads to the same account: ${why}`,
		`${howToFix} To go on, use the credential of that try, or begin a new run, which sends all items.`.trim(),
	);

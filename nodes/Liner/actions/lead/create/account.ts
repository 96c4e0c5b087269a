import type { AccountMark, Journal, OtherAccount } from './delivery/journal';
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
/** The notes of so many accounts beside that of the credential are kept. */
const MOST_OTHER_ACCOUNTS = 3;

/**
 * Finds out whether what the tries before sent is in the account of the credential, which may have been corrected since:
 * host and key are not what they were, but a renewed key, or the right spelling of the host, leads to the same account.
 * The journal keeps what is in another account apart, for the case that the credential leads there again.
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
	const isNow = ({ address, key, salt }: AccountMark) =>
		address === now.address && key === account.hashKey(salt);
	if (before !== undefined && !isNow(before)) {
		const verdict = await findAccount(journal, isNow, bodies, source);
		if (verdict instanceof Failure) return verdict;
		if (verdict !== 'same') journal.changeAccount(verdict === 'new' ? undefined : verdict.mark);
	}
	journal.setAccount(now);
	return undefined;
}

/** @returns Whether the account of the credential is that of the last try, one of before, or a new one; or why that cannot be told. */
async function findAccount(
	journal: Journal,
	isNow: (mark: AccountMark) => boolean,
	bodies: Array<LeadBody | Failure>,
	source: AccountSource,
): Promise<'same' | 'new' | OtherAccount | Failure> {
	const known = journal.otherAccounts.find(({ mark }) => isNow(mark));
	if (known !== undefined) return known;
	const verdict = await compareAccounts(journal, bodies, source);
	if (verdict instanceof Failure || verdict === 'same') return verdict;
	for (const other of journal.otherAccounts) {
		const otherVerdict = await compareAccounts(other, bodies, source);
		if (otherVerdict instanceof Failure) return otherVerdict;
		if (otherVerdict === 'same') return other;
	}
	// Requests without an outcome are looked for in whatever account it is; nothing else was done.
	if (verdict === 'nothing known') return 'same';
	return journal.otherAccounts.length < MOST_OTHER_ACCOUNTS
		? 'new'
		: cannotBeTold(`${MOST_OTHER_ACCOUNTS + 1} accounts were used before, and no more are remembered`);
}

async function compareAccounts(
	earlier: Pick<OtherAccount, 'recall' | 'leads'>,
	bodies: Array<LeadBody | Failure>,
	{ getLead, listOrders }: AccountSource,
): Promise<'same' | 'other' | 'nothing known' | Failure> {
	const known = bodies.flatMap((body, item) => {
		const memory = earlier.recall(item, body instanceof Failure ? undefined : body);
		return memory !== undefined && 'result' in memory ? [{ body, result: memory.result }] : [];
	});
	if (known.length === 0 && earlier.leads.length === 0) return 'nothing known';
	const leads: Array<{ body?: LeadBody; id: LeadId }> = known.flatMap(({ body, result }) =>
		'id' in result && !(body instanceof Failure) ? [{ body, id: result.id as LeadId }] : [],
	);
	// Of items that have changed since, nothing but the IDs of their leads is known.
	if (known.length === 0) leads.push(...earlier.leads.map(({ id }) => ({ id })));
	if (leads.length === 0) return cannotBeTold('no lead of that try is known by its ID');
	for (const { body, id } of leads.slice(0, MOST_LEADS)) {
		const lead = await getLead(id);
		if (!(lead instanceof Failure)) {
			return body !== undefined && compareDeciding(body, lead) === 'different'
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

import type { IDataObject } from 'n8n-workflow';

import { fingerprint } from '../../../../fingerprint';
import { clientKey, identityOf, type Identity } from './matching';
import type { Acceptance, LeadBody, LeadId } from '../../../../api/leads';
import { isAcceptance, isExisting, type LeadResult } from '../leadOutcome';

/** What is known of an item from an earlier try: what it became, or that it was sent without an outcome. */
export type Memory = { result: LeadResult } | { attempt: Attempt };

/** A request whose outcome is unknown. */
export interface Attempt {
	/** What identifies the lead that was asked for: the expressions of a later try may give other values. */
	sent: Identity;
	/** When it was sent first, in milliseconds since 1970, by our clock. */
	sentAt: number;
	/** Whether the connection ended, so that Liner is not at work on the request any more. */
	isOver: boolean;
	/** The ID that Liner gave the lead, where it had given it to another item before: it may be the lead of either. */
	answered?: LeadId;
	/** Some leads that were created at about the same time: a list that lacks one of them may lack the lead of the request. */
	created?: LeadId[];
}

/** Which Liner account the requests went to, as far as saved execution data may tell. */
export interface AccountMark {
	/** The base URL. */
	address: string;
	/** A short, salted hash of the key: it tells that the key has changed, and nothing of the key. */
	key: string;
	salt: string;
}

/**
 * What a run of the node keeps in the execution's data, so that a later try of the same run (n8n's "Retry On Fail", or a
 * retry from the list of executions) sends no lead twice. It is small, because n8n saves it: see the fields.
 */
interface Notes extends IDataObject {
	/**
	 * An entry `<item>:<names>:<result>` and a line feed for each item that has a lead. The result is the ID of a lead that was
	 * created, that ID in a list for a lead that was in Liner before, or what Liner said instead of an ID; all as JSON.
	 */
	created: string;
	/** By item, the requests that have no outcome (yet), each with the names of the item. */
	open: Record<string, Attempt & { names: string }> & IDataObject;
	/** How many tries have ended. */
	tries: number;
	account?: AccountMark & IDataObject;
	/** What concerns other accounts, which the credential led to before; the latest one last. */
	others?: Array<AccountNotes & IDataObject>;
}

/** What was noted for one account. */
type AccountNotes = Pick<Notes, 'created' | 'open' | 'account'>;

/** The notes as they were when a try began. */
interface Memories {
	/** By item: what it became under each of its names. */
	results: Map<string, LeadResult>;
	attempts: Map<string, Attempt & { names: string }>;
}

/** The key of the notes in the node's context. */
const NOTES = 'linerLeads';

/** An account that an earlier try used. */
export interface OtherAccount {
	mark: AccountMark;
	/** What an earlier try knows of an item in this account, like {@link Journal.recall}. */
	recall(item: number, body?: LeadBody): Memory | undefined;
	/** The leads that were created in it, also of items that have changed since. */
	leads: CreatedLead[];
}

interface CreatedLead {
	item: number;
	id: LeadId;
}

/** The memory of one run of the node: of one pass, where the node runs several times in a loop. */
export class Journal {
	private memories: Memories;

	/**
	 * @param context The node's context, which n8n keeps in the execution's data.
	 * @param pass Which pass of the node this is: the same for each try of it.
	 * @param sourceNameOf A name for all that the request of an item is made of: the parameters of the node as they are before
	 *   expressions are evaluated, and the input item; `undefined` for an item that cannot be sent.
	 */
	constructor(
		private readonly context: IDataObject,
		private readonly pass: string | number,
		private readonly sourceNameOf: (item: number) => string | undefined,
	) {
		this.memories = toMemories(this.findNotes());
	}

	/** Whether no earlier try wrote anything about the account. */
	get isEmpty(): boolean {
		return isEmpty(this.memories);
	}

	/**
	 * What an earlier try knows of the item, if it made the same request for it. A request is the same when its body is the
	 * same, or all that it is made of: the workflow may have been corrected since for another row, and an expression may give
	 * another time or random number at each try. A request without an outcome is also the same as one for the same client.
	 *
	 * @param body `undefined` when this try cannot tell it.
	 */
	recall(item: number, body?: LeadBody): Memory | undefined {
		return this.recallFrom(this.memories, item, body);
	}

	private recallFrom(memories: Memories, item: number, body?: LeadBody): Memory | undefined {
		if (isEmpty(memories)) return undefined;
		const names = this.namesOf(item, body);
		for (const name of names) {
			const result = memories.results.get(`${item} ${name}`);
			if (result !== undefined) return { result };
		}
		const attempt = memories.attempts.get(String(item));
		if (attempt === undefined) return undefined;
		// Nothing tells that what cannot be read is another request.
		const isSame =
			body === undefined ||
			attempt.names.split(',').some((name) => names.includes(name)) ||
			clientKey(body) === clientKey(attempt.sent);
		return isSame ? { attempt } : undefined;
	}

	/** The leads that earlier tries created, also of items that have changed since. */
	get leads(): CreatedLead[] {
		return toLeads(this.memories);
	}

	/** The item is about to be sent, or was sent and has no clear outcome. */
	open(item: number, body: LeadBody, { sent, sentAt, isOver, answered, created = [] }: Attempt): void {
		this.notes().open[item] = {
			names: this.namesOf(item, body).join(','),
			sent,
			sentAt,
			isOver,
			...(answered === undefined ? {} : { answered }),
			...(created.length === 0 ? {} : { created }),
		};
	}

	/** The item certainly became no lead. */
	forget(item: number): void {
		delete this.findNotes()?.open[item];
	}

	/** Whether the item was sent and has no clear outcome. */
	isOpen(item: number): boolean {
		return this.findNotes()?.open[item] !== undefined;
	}

	/** The item became a lead or had one before, or was accepted. */
	record(item: number, body: LeadBody, result: LeadResult): void {
		const notes = this.notes();
		// The user may have corrected an item whose request of an earlier try has turned out to be a lead.
		const before = notes.open[item]?.names.split(',') ?? [];
		const names = new Set([...before, ...this.namesOf(item, body)]);
		this.forget(item);
		notes.created += `${item}:${[...names].join(',')}:${toEntry(result)}\n`;
	}

	/** The account of the tries before, if one of them got as far as to have one. */
	get account(): AccountMark | undefined {
		return this.findNotes()?.account;
	}

	/** What is written from now on concerns this account. */
	setAccount(account: AccountMark): void {
		this.notes().account = { ...account };
	}

	/** The accounts that the tries before the last one used. */
	get otherAccounts(): OtherAccount[] {
		return (this.findNotes()?.others ?? []).flatMap((notes) => {
			const memories = toMemories(notes);
			return notes.account === undefined
				? []
				: [
						{
							mark: notes.account,
							recall: (item: number, body?: LeadBody) => this.recallFrom(memories, item, body),
							leads: toLeads(memories),
						},
					];
		});
	}

	/**
	 * What the last try wrote concerns another account than this try: it is kept for a try that returns to it.
	 *
	 * @param account The one of {@link otherAccounts} that this try returns to; without it, the account is a new one.
	 */
	changeAccount(account?: AccountMark): void {
		const { created, open, account: last, tries, others = [] } = this.notes();
		const returned = others.find((notes) => notes.account === account && account !== undefined);
		const rest = others.filter((notes) => notes !== returned);
		if (created !== '' || Object.keys(open).length > 0) rest.push({ created, open, account: last });
		this.runs()[this.pass] = {
			created: returned?.created ?? '',
			open: returned?.open ?? {},
			tries,
			...(returned?.account === undefined ? {} : { account: returned.account }),
			...(rest.length === 0 ? {} : { others: rest }),
		};
		this.memories = toMemories(returned);
	}

	/** Leaves no trace. */
	clear(): void {
		const runs = this.runs();
		delete runs[this.pass];
		if (Object.keys(runs).length === 0) delete this.context[NOTES];
	}

	/** Whether an earlier try ended with more to come. */
	get isRetry(): boolean {
		return (this.findNotes()?.tries ?? 0) > 0;
	}

	/** @returns How many tries have ended, this one included. */
	endTry(): number {
		return ++this.notes().tries;
	}

	private namesOf(item: number, body?: LeadBody): string[] {
		const names = [body && fingerprint(JSON.stringify(body)), this.sourceNameOf(item)];
		return names.filter((name) => name !== undefined);
	}

	private findNotes(): Notes | undefined {
		return (this.context[NOTES] as Record<string | number, Notes> | undefined)?.[this.pass];
	}

	private notes(): Notes {
		return (this.runs()[this.pass] ??= { created: '', open: {}, tries: 0 } as Notes);
	}

	private runs(): Record<string | number, Notes> {
		return (this.context[NOTES] ??= {}) as Record<string | number, Notes>;
	}
}

function toMemories(notes?: AccountNotes): Memories {
	const results = new Map<string, LeadResult>();
	for (const entry of notes?.created.split('\n').slice(0, -1) ?? []) {
		const [item, names] = entry.split(':', 2);
		const result = parseResult(entry.slice(item.length + names.length + 2));
		for (const name of names.split(',')) results.set(`${item} ${name}`, result);
	}
	return { results, attempts: new Map(Object.entries(notes?.open ?? {})) };
}

function toLeads({ results }: Memories): CreatedLead[] {
	const leads = new Map<string, CreatedLead>();
	for (const [key, result] of results) {
		if (isAcceptance(result) || isExisting(result)) continue;
		const item = Number(key.split(' ')[0]);
		leads.set(`${item} ${result.id}`, { item, id: result.id });
	}
	return [...leads.values()];
}

const isEmpty = ({ results, attempts }: Memories) => results.size + attempts.size === 0;

function parseResult(text: string): LeadResult {
	const result = JSON.parse(text) as LeadId | [LeadId] | Acceptance;
	if (typeof result !== 'object') return { id: result };
	return Array.isArray(result) ? { id: result[0], existing: true } : result;
}

function toEntry(result: LeadResult): string {
	return JSON.stringify(isAcceptance(result) ? result : result.existing ? [result.id] : result.id);
}

/** An attempt that begins now. */
export const toAttempt = (body: LeadBody, sentAt: number): Attempt => ({
	sent: identityOf(body),
	sentAt,
	isOver: false,
});

import type { IExecuteFunctions } from 'n8n-workflow';

import { matchLead } from './matchLead';
import { getLead, listLeads, type LeadBody, type LeadId, type ListedLead } from '../../../../api/leads';
import { Failure } from '../../../../failure';
import type { Client } from '../../../../transport/client';
import type { RetryingReader } from '../../../../transport/retryingReader';

/**
 * How much earlier than it was sent a lead may seem to have been created, in milliseconds: when Liner tells its time with
 * its answers, and when it does not.
 */
const KNOWN_CLOCK_TOLERANCE = 5_000;
const UNKNOWN_CLOCK_TOLERANCE = 300_000;

const LISTED_LEADS = 20;

/** By execution; what n8n keeps of the execution does not show it. */
const claimedByExecution = new WeakMap<object, Set<string>>();

/**
 * The IDs of the leads that belong to an item of this execution already, whichever Liner node and whichever pass of a
 * loop it went through. Made for {@link LeadFinder}.
 */
export function claimedLeads(context: IExecuteFunctions): Set<string> {
	const execution = context.getContext('flow');
	const claimed = claimedByExecution.get(execution) ?? new Set();
	claimedByExecution.set(execution, claimed);
	return claimed;
}

/** Finds in Liner the leads that items of a run have become or were before, each for one item only. */
export class LeadFinder {
	/**
	 * @param claimed The IDs of the leads that belong to an item already; shared by all that must not claim them again.
	 */
	constructor(
		private readonly client: Client,
		private readonly reader: RetryingReader,
		private readonly claimed: Set<string>,
	) {}

	/** From now on the lead belongs to an item. */
	claim(id: LeadId): LeadId {
		this.claimed.add(String(id));
		return id;
	}

	/**
	 * Looks for the lead that a request created whose outcome is unknown, and claims it.
	 *
	 * @param sentAt When the request was sent first, by our clock, in milliseconds.
	 * @param rivals How many items of this run with the same phone, order and lead type are in doubt, this one included, and
	 *   how many of them will stay so: their leads must not be taken for this one's.
	 * @returns The ID, `undefined` when there is no such lead, or why that cannot be told.
	 */
	async findCreated(
		body: LeadBody,
		sentAt: number,
		rivals: { inDoubt: number; unresolved: number },
	): Promise<LeadId | Failure | undefined> {
		const leads = await this.readLeads(body.orderId as number, this.earliestCreation(sentAt));
		if (leads instanceof Failure) return leads;

		// The list may have been the first answer that told Liner's time, so look more closely at what it holds.
		const earliest = this.earliestCreation(sentAt);
		const recent = leads.filter((lead) => toTime(lead) === 0 || toTime(lead) >= earliest);
		const matches = await this.findMatches(body, recent, 'request');
		if (matches instanceof Failure) return matches;
		if (matches.length > rivals.inDoubt || (matches.length > 0 && matches.length <= rivals.unresolved)) {
			const ids = matches
				.slice(0, LISTED_LEADS)
				.map(({ id }) => id)
				.join(', ');
			const list = matches.length > LISTED_LEADS ? `${ids}, ...` : ids;
			return new Failure(
				'unknown',
				`Liner has ${matches.length} ${matches.length === 1 ? 'lead' : 'leads'} like it (${list})`,
				'Look at them in Liner, and send the item again if none of them is it.',
			);
		}
		return matches.length === 0 ? undefined : this.claim(matches[0].id);
	}

	/** When a lead that was sent at this time may have been created at the earliest, by Liner's clock. */
	private earliestCreation(sentAt: number): number {
		const offset = this.client.clockOffset();
		return offset === undefined ? sentAt - UNKNOWN_CLOCK_TOLERANCE : sentAt + offset - KNOWN_CLOCK_TOLERANCE;
	}

	/**
	 * Finds the first lead among those of an order that a row already is, and claims it.
	 *
	 * @param leads As {@link readRecentLeads} gives them.
	 */
	async findExisting(body: LeadBody, leads: ListedLead[]): Promise<LeadId | Failure | undefined> {
		const matches = await this.findMatches(body, leads, 'client');
		if (matches instanceof Failure) return matches;
		return matches.length === 0 ? undefined : this.claim(matches[0].id);
	}

	/**
	 * Reads the leads of an order that are not older than so many milliseconds.
	 *
	 * @returns The oldest first.
	 */
	async readRecentLeads(orderId: number, age: number): Promise<ListedLead[] | Failure> {
		const start = () => Date.now() - age + (this.client.clockOffset() ?? 0) - KNOWN_CLOCK_TOLERANCE;
		const since = start();
		const leads = await this.readLeads(orderId, since);
		// The list may have been the first answer that told Liner's time, and its clock may be behind.
		return start() < since - KNOWN_CLOCK_TOLERANCE ? await this.readLeads(orderId, start()) : leads;
	}

	/**
	 * Reads the leads of an order, the oldest first.
	 *
	 * @param createdSince By Liner's clock, in milliseconds since 1970.
	 */
	private async readLeads(orderId: number, createdSince: number): Promise<ListedLead[] | Failure> {
		const leads = await this.reader.readAll(
			async (offset) => await listLeads(this.client, orderId, createdSince, offset),
		);
		return leads instanceof Failure
			? leads
			: leads.sort((a, b) => toTime(a) - toTime(b) || Number(a.id) - Number(b.id));
	}

	private async findMatches(
		body: LeadBody,
		leads: ListedLead[],
		by: 'client' | 'request',
	): Promise<ListedLead[] | Failure> {
		const matches: ListedLead[] = [];
		for (const lead of leads) {
			if (this.claimed.has(String(lead.id))) continue;
			let match = matchLead(body, lead, by);
			if (match === 'unsure') {
				const detail = await this.reader.read(async () => await getLead(this.client, lead.id));
				if (detail instanceof Failure) return detail;
				match = matchLead(body, { ...lead, ...detail }, by);
			}
			if (match !== 'different') matches.push(lead);
			if (by === 'client' && matches.length > 0) break;
		}
		// While details were read, another item may have claimed one of them.
		return matches.filter(({ id }) => !this.claimed.has(String(id)));
	}
}

/** When a lead was created, by Liner's clock; 0 when Liner does not say, or says it without its time zone. */
function toTime({ createdAt }: ListedLead): number {
	const text = String(createdAt);
	return /(Z|[+-]\d\d:?\d\d)$/.test(text) ? Date.parse(text) || 0 : 0;
}

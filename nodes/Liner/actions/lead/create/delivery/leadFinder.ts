import type { IExecuteFunctions } from 'n8n-workflow';

import { assignRequests, selectIncompleteForRequests, type DoubtfulRequest } from './assignment';
import { assignExisting, selectIncompleteForExisting } from './existingAssignment';
import type { Attempt } from './journal';
import type { Assignment } from './leadIndex';
import { compareWithRequest, toInstant, type Knowledge, type Sent, type ShownLead } from './matching';
import type { LeadBody, LeadId, ListedLead } from '../../../../api/leads';
import { Failure } from '../../../../failure';
import { list, plural } from '../../../../texts';
import type { Clock } from '../../../../transport/clock';
import type { Page } from '../../../../transport/client';
import type { RetryingReader } from '../../../../transport/retryingReader';

/** How much Liner's clock may differ from what it says of it, in milliseconds; and how much if it says nothing. */
const KNOWN_CLOCK_TOLERANCE = 5_000;
const UNKNOWN_CLOCK_TOLERANCE = 300_000;
/** How much earlier or later than it was stored a lead may seem to have been created, in milliseconds. */
const SHOWN_TIME_TOLERANCE = 30_000;

const LISTED_LEADS = 20;

/** How many leads of a run are read one by one at most, because their list leaves out what would tell what they are. */
const MOST_DETAILS = 1_000;

/** How the leads of an account are read. */
export interface LeadSource {
	/** Asks once for a page of the leads of an order that were created in a period (by Liner's clock). */
	listLeads(orderId: number, period: Period, offset: number): Promise<Page<ListedLead> | Failure>;
	/** Asks once for a lead with everything that Liner tells of it. */
	getLead(id: LeadId): Promise<ListedLead | Failure>;
	/** How far Liner's clock is ahead of ours, in milliseconds; `undefined` as long as no answer told its time. */
	clockOffset(): number | undefined;
}

/** In milliseconds since 1970, both ends included. */
export interface Period {
	from: number;
	to: number;
}

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

/** What a lead finder works with. */
export interface LeadFinderTools {
	source: LeadSource;
	reader: RetryingReader;
	clock: Clock;
	/** The IDs of the leads that belong to an item already; shared by all that must not claim them again. */
	claimed: Set<string>;
	/** What is known of the account, which helps to understand the forms in which Liner shows values. */
	knowledge: Knowledge;
}

/** Finds in Liner the leads that items of a run have become or were before, each for one item only. */
export class LeadFinder {
	/** By ID: the leads that were read one by one. */
	private readonly details = new Map<string, ListedLead>();

	constructor(private readonly tools: LeadFinderTools) {}

	/** From now on the lead belongs to an item. */
	claim(id: LeadId): LeadId {
		this.tools.claimed.add(String(id));
		return id;
	}

	/**
	 * Looks for the lead that a request created whose outcome is unknown, and claims it.
	 *
	 * @param rivals The other requests that are in doubt and could be taken for this one: those that are looked for as well,
	 *   and those that will stay in doubt.
	 * @returns The ID, `undefined` when there is certainly no such lead, or why that cannot be told.
	 */
	async findCreated(
		attempt: Attempt,
		rivals: { open: Attempt[]; unresolved: Attempt[] },
	): Promise<LeadId | Failure | undefined> {
		const attempts = [attempt, ...rivals.open, ...rivals.unresolved];
		const leads = await this.readPeriod(attempt.sent.orderId as number, () => ({
			from: Math.min(...attempts.map(({ sentAt }) => this.toRequest({ sentAt }).earliest)),
			to: this.latestCreation(),
		}));
		if (leads instanceof Failure) return leads;

		// The list may have been the first answer that told Liner's time.
		const [open, unresolved] = [[attempt, ...rivals.open], rivals.unresolved].map((group) =>
			group.map(({ sent, sentAt }) => ({ sent, ...this.toRequest({ sentAt }) })),
		);
		const compare = this.compare.bind(this);
		const complete = await this.complete(leads, (known) =>
			selectIncompleteForRequests([...open, ...unresolved], known, compare),
		);
		if (complete instanceof Failure) return complete;
		const [assignment] = assignRequests(open, this.unclaimed(complete), compare, unresolved);
		return this.settle(assignment);
	}

	/**
	 * Finds the leads that rows of one order already are, and claims them.
	 *
	 * @param age How old such a lead may be, in milliseconds.
	 * @returns For each row the ID of its lead, `undefined` when it has none, or why that cannot be told.
	 */
	async findExisting(
		orderId: number,
		rows: LeadBody[],
		age: number,
	): Promise<Array<LeadId | Failure | undefined> | Failure> {
		const leads = await this.readPeriod(orderId, () => ({
			from: this.linerTime() - age - KNOWN_CLOCK_TOLERANCE,
			to: this.latestCreation(),
		}));
		if (leads instanceof Failure) return leads;
		const complete = await this.complete(leads, (known) => selectIncompleteForExisting(rows, known));
		if (complete instanceof Failure) return complete;
		return assignExisting(rows, this.unclaimed(complete)).map((assignment) => this.settle(assignment));
	}

	/** When a request that was sent at this time may have created its lead, by Liner's clock. */
	private toRequest({ sentAt }: { sentAt: number }): Pick<DoubtfulRequest, 'since' | 'earliest'> {
		const offset = this.tools.source.clockOffset();
		const tolerance = offset === undefined ? UNKNOWN_CLOCK_TOLERANCE : SHOWN_TIME_TOLERANCE;
		return {
			since: sentAt + (offset ?? 0) - KNOWN_CLOCK_TOLERANCE,
			earliest: sentAt + (offset ?? 0) - tolerance,
		};
	}

	private latestCreation(): number {
		const offset = this.tools.source.clockOffset();
		// Beyond any difference of the clocks, where it is not known.
		return this.linerTime() + (offset === undefined ? 86_400_000 : SHOWN_TIME_TOLERANCE);
	}

	/** Now, by Liner's clock as far as it is known. */
	private linerTime(): number {
		return this.tools.clock.now() + (this.tools.source.clockOffset() ?? 0);
	}

	/** Reads the leads of an order that were created in a period, again where the first answer moves the period back. */
	private async readPeriod(orderId: number, toPeriod: () => Period): Promise<ListedLead[] | Failure> {
		const { source, reader } = this.tools;
		const read = async (period: Period) => {
			const begin = this.linerTime();
			return await reader.readAll<ListedLead>(
				async (offset) => await source.listLeads(orderId, period, offset),
				(lead) => (toInstant(lead.createdAt) ?? 0) > begin,
			);
		};
		const period = toPeriod();
		const leads = await read(period);
		const corrected = toPeriod();
		const isTooLate = corrected.from < period.from - KNOWN_CLOCK_TOLERANCE;
		const isTooEarly = corrected.to > period.to + UNKNOWN_CLOCK_TOLERANCE;
		return isTooLate || isTooEarly ? await read(corrected) : leads;
	}

	/** Reads by their IDs the leads whose list leaves out what would tell what they are. */
	private async complete(
		leads: ListedLead[],
		selectIncomplete: (leads: ListedLead[]) => ListedLead[],
	): Promise<ListedLead[] | Failure> {
		const { reader, source } = this.tools;
		const known = this.unclaimed(leads).map((lead) => this.details.get(String(lead.id)) ?? lead);
		for (const lead of selectIncomplete(known)) {
			if (this.details.has(String(lead.id))) continue;
			if (this.details.size >= MOST_DETAILS) {
				return new Failure(
					'unknown',
					`Liner's list leaves out what tells its leads apart, and there are more than ${MOST_DETAILS} to be read one by one`,
					'',
				);
			}
			const detail = await reader.read(async () => await source.getLead(lead.id));
			if (detail instanceof Failure) return detail;
			this.details.set(String(lead.id), { ...lead, ...detail });
		}
		return known.map((lead) => this.details.get(String(lead.id)) ?? lead);
	}

	/** Other items may have claimed leads while they were read. */
	private unclaimed(leads: ListedLead[]): ListedLead[] {
		return leads.filter(({ id }) => !this.tools.claimed.has(String(id)));
	}

	private compare(sent: Sent, lead: ShownLead) {
		const isDetail = this.details.has(String(lead.id));
		return compareWithRequest(sent, lead, { ...this.tools.knowledge, isDetail });
	}

	private settle(assignment: Assignment): LeadId | Failure | undefined {
		switch (assignment.kind) {
			case 'lead':
				return this.claim(assignment.lead.id);
			case 'none':
				return undefined;
			case 'unclear': {
				const ids = assignment.leads.map(({ id }) => String(id));
				return new Failure(
					'unknown',
					`Liner has ${plural(ids.length, 'lead')} like it (${list(ids, LISTED_LEADS)})`,
					`Look at ${ids.length === 1 ? 'it' : 'them'} in Liner, and send the item again if ${ids.length === 1 ? 'it is another one' : 'none of them is it'}.`,
				);
			}
		}
	}
}

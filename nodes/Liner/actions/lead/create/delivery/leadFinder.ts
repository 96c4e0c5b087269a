import type { IExecuteFunctions } from 'n8n-workflow';

import { assignRequests, selectIncompleteForRequests } from './assignment';
import { assignExisting, selectIncompleteForExisting } from './existingAssignment';
import type { Attempt } from './journal';
import { endOf, groupByPhone, type Assignment } from './leadIndex';
import {
	compareWithRequest,
	toInstant,
	toLatestInstant,
	type Knowledge,
	type Sent,
	type ShownLead,
} from './matching';
import { SharedReadings, type Period, type Reading } from './sharedReadings';
import type { LeadBody, LeadId, ListedLead } from '../../../../api/leads';
import { Failure } from '../../../../failure';
import { list, plural } from '../../../../texts';
import type { Clock } from '../../../../transport/clock';
import type { Page } from '../../../../transport/client';
import type { RetryingReader } from '../../../../transport/retryingReader';

/** How much Liner's clock may differ from what it says of it, in milliseconds; and how much if it says nothing. */
const KNOWN_CLOCK_TOLERANCE = 5_000;
const UNKNOWN_CLOCK_TOLERANCE = 300_000;
/** How much earlier than it was stored a lead may seem to have been created, in milliseconds. */
const SHOWN_TIME_TOLERANCE = 30_000;
/** How much more where only the minute is shown. */
const MINUTE = 60_000;
/** How much later than it was stored a lead may seem to have been created: its time may be that of another time zone. */
const LATEST_SHOWN = 86_400_000;

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

export type { Period } from './sharedReadings';

/** What a look for the lead of a request has to fulfil. */
export interface LookTerms {
	/** The list must not have been read before, by our clock; now, if it is missing. */
	since?: number;
	/**
	 * Gives the IDs of the leads that the list must show to be believed that it lacks another one.
	 *
	 * @param beganAt When the list was read, by our clock.
	 */
	expected?(beganAt: number): LeadId[];
}

/** By execution, account and ID; what n8n keeps of the execution does not show it. */
const claimedByExecution = new WeakMap<object, Set<string>>();

/**
 * The leads that belong to an item of this execution already, whichever Liner node and whichever pass of a loop it went
 * through.
 */
export class ClaimedLeads {
	private readonly inExecution: Set<string>;

	// Stryker disable next-line ArrayDeclaration: to release what nobody claimed has no effect.
	private readonly inThisTry: string[] = [];

	/** @param address The base URL of the account: the leads of two accounts may have the same IDs. */
	constructor(
		context: IExecuteFunctions,
		private readonly address: string,
	) {
		const execution = context.getContext('flow');
		this.inExecution = claimedByExecution.get(execution) ?? new Set();
		claimedByExecution.set(execution, this.inExecution);
	}

	has(id: string): boolean {
		return this.inExecution.has(this.toKey(id));
	}

	add(id: string): void {
		const key = this.toKey(id);
		if (!this.inExecution.has(key)) this.inThisTry.push(key);
		this.inExecution.add(key);
	}

	/** The next try claims the leads of its items anew. */
	release(): void {
		for (const key of this.inThisTry.splice(0)) this.inExecution.delete(key);
	}

	private toKey(id: string): string {
		return `${this.address} ${id}`;
	}
}

/** What a lead finder works with. */
export interface LeadFinderTools {
	source: LeadSource;
	reader: RetryingReader;
	clock: Clock;
	/** The IDs of the leads that belong to an item already; shared by all that must not claim them again. */
	claimed: Pick<ClaimedLeads, 'has' | 'add'>;
	/** What is known of the account, which helps to understand the forms in which Liner shows values. */
	knowledge: Knowledge;
}

/** A number of JavaScript beyond this may stand for several IDs. */
const isInexact = (id: LeadId) => typeof id === 'number' && !Number.isSafeInteger(id);

/** Finds in Liner the leads that items of a run have become or were before, each for one item only. */
export class LeadFinder {
	/** By ID: the leads that were read one by one. */
	private readonly details = new Map<string, ListedLead>();

	/** The IDs of leads that no request in doubt created. */
	private readonly reserved = new Set<string>();

	private readonly readings: SharedReadings;

	constructor(private readonly tools: LeadFinderTools) {
		this.readings = new SharedReadings(
			async (orderId, toPeriod) => await this.readPeriod(orderId, toPeriod),
			tools.clock,
			{ from: KNOWN_CLOCK_TOLERANCE, to: UNKNOWN_CLOCK_TOLERANCE },
			async (milliseconds) => await tools.reader.sleep(milliseconds),
		);
	}

	/** Whether the lead belongs to an item of this execution already. */
	isClaimed(id: LeadId): boolean {
		return this.tools.claimed.has(String(id));
	}

	/** From now on the lead belongs to an item. */
	claim(id: LeadId): LeadId {
		this.tools.claimed.add(String(id));
		return id;
	}

	/** The lead was created by another request than those in doubt. */
	reserve(id: LeadId): void {
		this.reserved.add(String(id));
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
		{ since = this.tools.clock.now(), expected = () => [] }: LookTerms = {},
	): Promise<LeadId | Failure | undefined> {
		const attempts = [attempt, ...rivals.open, ...rivals.unresolved];
		const firstSentAt = Math.min(...attempts.map(({ sentAt }) => sentAt));
		const toPeriod = () => ({
			from: this.toEarliest(firstSentAt) - MINUTE,
			to: this.latestCreation(),
		});
		const reading = await this.readings.read(attempt.sent.orderId as number, toPeriod, since);
		if (reading instanceof Failure) return reading;
		const { leads, beganAt } = reading;

		// The list may have been the first answer that told Liner's time.
		const offset = this.toOffsetOf(leads);
		const [open, unresolved] = [[attempt, ...rivals.open], rivals.unresolved].map((group) =>
			group.map(({ sent, sentAt }) => ({
				sent,
				since: sentAt + offset - KNOWN_CLOCK_TOLERANCE,
				earliest: this.toEarliest(sentAt),
			})),
		);
		const compare = this.compare.bind(this);
		const complete = await this.complete(leads, (known) =>
			selectIncompleteForRequests([...open, ...unresolved], known, compare),
		);
		if (complete instanceof Failure) return complete;
		const candidates = this.unclaimed(complete).filter(({ id }) => !this.reserved.has(String(id)));
		const [assignment] = assignRequests(open, candidates, compare, unresolved);
		if (assignment.kind !== 'none') return this.settle(assignment);
		return toDoubt(leads, expected(beganAt)) ?? this.compareAnswered(attempt, leads);
	}

	/** Liner has given the request the ID of another item's lead, which may yet be that of the request. */
	private compareAnswered({ sent, answered }: Attempt, leads: ListedLead[]): Failure | undefined {
		if (answered === undefined) return undefined;
		const lead = leads.find(({ id }) => String(id) === String(answered));
		if (lead === undefined) return toLagging(answered);
		if (this.compare(sent, lead) === 'different') return undefined;
		return toUnclear([lead]);
	}

	/**
	 * Finds the leads that rows of one order already are, and claims them.
	 *
	 * @param age How old such a lead may be, in milliseconds.
	 * @param doubtful The requests of other items that are in doubt: what may be theirs is no row's.
	 * @returns For each row the ID of its lead, `undefined` when it has none, or why that cannot be told.
	 */
	async findExisting(
		orderId: number,
		rows: LeadBody[],
		age: number,
		doubtful: Attempt[],
	): Promise<Array<LeadId | Failure | undefined> | Failure> {
		const reading = await this.readPeriod(orderId, () => ({
			from: this.tools.clock.now() + Math.min(this.clockOffset, 0) - age - KNOWN_CLOCK_TOLERANCE,
			to: this.latestCreation(),
		}));
		if (reading instanceof Failure) return reading;
		const { leads } = reading;
		const complete = await this.complete(leads, (known) => selectIncompleteForExisting(rows, known));
		if (complete instanceof Failure) return complete;
		const requests = doubtful.map(({ sent, sentAt }) => ({ sent, earliest: this.toEarliest(sentAt) }));
		const requestsByPhone = groupByPhone(requests, ({ sent }) => sent);
		const isDoubtful = (lead: ListedLead) =>
			(endOf(lead) === '' ? requests : (requestsByPhone.get(endOf(lead)) ?? [])).some(
				({ sent, earliest }) =>
					toLatestInstant(lead.createdAt) >= earliest && this.compare(sent, lead) !== 'different',
			);
		return assignExisting(rows, this.unclaimed(complete), isDoubtful).map((assignment) =>
			this.settle(assignment),
		);
	}

	/**
	 * How far the clock that dates the leads is ahead of ours, in milliseconds. The time that an answer tells may be that of a
	 * proxy: leads from its future prove it.
	 */
	private toOffsetOf(leads: ListedLead[]): number {
		const now = this.tools.clock.now() + this.clockOffset + SHOWN_TIME_TOLERANCE;
		const isProxyTime = leads.some(({ createdAt }) => (toInstant(createdAt) ?? 0) > now);
		return isProxyTime ? Math.max(this.clockOffset, 0) : this.clockOffset;
	}

	/** When the lead of a request that was sent at this time may seem to have been created at the earliest, whichever clock is right. */
	private toEarliest(sentAt: number): number {
		const isKnown = this.tools.source.clockOffset() !== undefined;
		const tolerance = isKnown ? SHOWN_TIME_TOLERANCE : UNKNOWN_CLOCK_TOLERANCE;
		return sentAt + Math.min(this.clockOffset, 0) - tolerance;
	}

	private latestCreation(): number {
		return this.tools.clock.now() + Math.max(this.clockOffset, 0) + LATEST_SHOWN;
	}

	/** How far Liner's clock is ahead of ours, as far as it is known, in milliseconds. */
	private get clockOffset(): number {
		return this.tools.source.clockOffset() ?? 0;
	}

	/** Reads the leads of an order that were created in a period, again where the first answer moves the period back. */
	private async readPeriod(orderId: number, toPeriod: () => Period): Promise<Reading | Failure> {
		const { source, reader, clock } = this.tools;
		const read = async (period: Period) => {
			const beganAt = clock.now();
			const begin = beganAt + this.clockOffset;
			const leads = await reader.readAll<ListedLead>(
				async (offset) => await source.listLeads(orderId, period, offset),
				(lead) => (toInstant(lead.createdAt) ?? 0) > begin,
			);
			if (leads instanceof Failure) return leads;
			const inexact = leads.find(({ id }) => isInexact(id));
			if (inexact === undefined) return { leads, period, beganAt };
			return new Failure(
				'unknown',
				`Liner's list has lead IDs too large to be exact, e.g. ${inexact.id}`,
				'',
			);
		};
		const period = toPeriod();
		const reading = await read(period);
		const corrected = toPeriod();
		const isTooLate = corrected.from < period.from - KNOWN_CLOCK_TOLERANCE;
		const isTooEarly = corrected.to > period.to + UNKNOWN_CLOCK_TOLERANCE;
		return isTooLate || isTooEarly ? await read(corrected) : reading;
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
			if (String(detail.id) !== String(lead.id)) {
				return new Failure('unknown', `Liner's detail of lead ${lead.id} is that of lead ${detail.id}`, '');
			}
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
			case 'unclear':
				return toUnclear(assignment.leads);
		}
	}
}

function toUnclear(leads: ListedLead[]): Failure {
	const ids = leads.map(({ id }) => String(id));
	return new Failure(
		'unknown',
		`Liner has ${plural(ids.length, 'lead')} like it (${list(ids, LISTED_LEADS)})`,
		`Look at ${ids.length === 1 ? 'it' : 'them'} in Liner, and send the item again if ${ids.length === 1 ? 'it is another one' : 'none of them is it'}.`,
	);
}

/** Why a list cannot be believed that it lacks a lead, if it lacks one that exists. */
function toDoubt(leads: ListedLead[], expected: LeadId[]): Failure | undefined {
	if (expected.length === 0) return undefined;
	const listed = new Set(leads.map(({ id }) => String(id)));
	const missing = expected.find((id) => !listed.has(String(id)));
	return missing === undefined ? undefined : toLagging(missing);
}

const toLagging = (missing: LeadId) =>
	new Failure(
		'unknown',
		`Liner's list of leads does not show lead ${missing}, which Liner created in this run, so it may lack others`,
		'',
		{ isLagging: true },
	);

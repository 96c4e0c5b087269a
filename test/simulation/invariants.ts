import type { LeadOutcome } from '../../nodes/Liner/actions/lead/create/leadOutcome';
import type { LeadBody } from '../../nodes/Liner/api/leads';
import type { Failure } from '../../nodes/Liner/failure';
import type { LinerModel, StoredLead } from './linerModel';
import type { Scenario } from './scenario';
import type { VirtualClock } from './virtualClock';
import type { Wire } from './wire';

/** What the node says of a row. */
export interface Told {
	row: string;
	outcome: LeadOutcome;
	/** What it was to send in this try. */
	body: LeadBody;
}

interface SentRow {
	firstSentAt: number;
	/** All that it has ever sent. */
	bodies: LeadBody[];
}

/** How much later than a lead was stored the node may send the row again, where nobody promises to see the lead. */
const LONGEST_SINCE_LOOK = 5_000;

const asFailure = (outcome: LeadOutcome) =>
	outcome !== undefined && 'kind' in outcome ? (outcome as Failure) : undefined;

const asLead = (outcome: LeadOutcome) =>
	outcome !== undefined && 'id' in outcome
		? { id: Number(outcome.id), isExisting: 'existing' in outcome }
		: undefined;

/** Whether the node says that the row has no lead. */
const isCertainlyNone = (outcome: LeadOutcome) =>
	outcome === undefined || (asFailure(outcome)?.kind ?? 'unknown') !== 'unknown';

/** What must never happen, whatever Liner does. */
export class Invariants {
	readonly violations: string[] = [];

	private readonly sentRows = new Map<string, SentRow>();

	/** What was put out for each row before, by account. */
	private readonly known = new Map<LinerModel, Map<string, number>>();

	private readonly begin: number;

	/** The rows that were found to be leads of before, each with its lead: what they are in later tries, too. */
	private readonly existing = new Set<string>();

	constructor(
		private readonly scenario: Scenario,
		private readonly clock: VirtualClock,
	) {
		this.begin = clock.now();
	}

	violate(text: string): void {
		this.violations.push(text);
	}

	/** A request of the row is under way. */
	onSent(row: string, body: LeadBody): void {
		const sent = this.sentRows.get(row) ?? { firstSentAt: this.clock.now(), bodies: [] };
		sent.bodies.push(body);
		this.sentRows.set(row, sent);
	}

	/**
	 * Whether a row is another one to the node when the user corrects it: it became a lead already, or its phone is that of
	 * another client.
	 */
	isNewRow(row: string, corrected: LeadBody, account: LinerModel): boolean {
		const last = this.sentRows.get(row)?.bodies.at(-1);
		if (last === undefined || this.known.get(account)?.has(row)) return true;
		return endOfPhone(last) !== endOfPhone(corrected);
	}

	/** Checks what a try says against what is in Liner. */
	checkTry(told: Told[], account: LinerModel): void {
		const leads = [...account.leads.values()].filter(({ row }) => row !== undefined);
		const known = this.known.get(account) ?? new Map<string, number>();
		this.known.set(account, known);
		const givenTo = new Map<number, string>();
		for (const one of told) {
			const lead = asLead(one.outcome);
			if (lead !== undefined) {
				const other = givenTo.get(lead.id);
				if (other !== undefined) this.violate(`rows ${other} and ${one.row} both are lead ${lead.id}`);
				givenTo.set(lead.id, one.row);
				const isCurrent = (row: string) => told.some((other) => other.row === row);
				this.checkLead(one, lead, account, isCurrent);
			}
			this.checkFailure(one, leads, account);
			const before = known.get(one.row);
			if (before !== undefined && before !== lead?.id) {
				this.violate(`row ${one.row} was told lead ${before} by the try before`);
			}
			if (lead?.isExisting === false && account.leads.has(lead.id)) known.set(one.row, lead.id);
		}
		this.checkCounts(told, leads);
		if (this.isSameAtEachTry && this.scenario.liner.shown.name === 'asSent') {
			this.checkBestExisting(told, account);
		}
		if (this.isSameAtEachTry && this.scenario.options.ifExists === 'return') this.checkMissed(told, account);
	}

	/** That no row was sent that is a lead of before, which no other row is. */
	private checkMissed(told: Told[], account: LinerModel): void {
		const given = told.map(({ outcome }) => asLead(outcome)?.id);
		for (const { row, outcome, body } of told) {
			if (asLead(outcome)?.isExisting !== false) continue;
			const missed = [...account.leads.values()].find(
				(lead) =>
					lead.row === undefined &&
					lead.storedAt < this.begin &&
					!given.includes(lead.id) &&
					fits(body, lead.body),
			);
			if (missed !== undefined)
				this.violate(`row ${row} was sent, although it is the existing lead ${missed.id}`);
		}
	}

	private get isSameAtEachTry(): boolean {
		const { rows, changes } = this.scenario;
		return (
			rows.every(({ varies }) => varies === 'nothing') &&
			changes.every(({ corrects }) => corrects.length === 0)
		);
	}

	/** That no two rows have existing leads of which one is exactly the other row. */
	private checkBestExisting(told: Told[], account: LinerModel): void {
		const existing = told.flatMap(({ row, outcome, body }) => {
			const lead = asLead(outcome);
			const stored = lead?.isExisting ? account.leads.get(lead.id) : undefined;
			return stored === undefined ? [] : [{ row, own: toTelling(body), given: toTelling(stored.body) }];
		});
		for (const one of existing) {
			const better = existing.find(({ own, given }) => given === one.own && own !== given);
			if (better !== undefined && one.given !== one.own) {
				this.violate(`row ${better.row} has the existing lead that is exactly row ${one.row}`);
			}
		}
	}

	/** That a row is at most one lead, and at least one unless it says so; rows that are all alike may swap their leads. */
	private checkCounts(told: Told[], leads: StoredLead[]): void {
		const rows = new Set([...told.map(({ row }) => row), ...leads.map(({ row }) => row as string)]);
		for (const row of rows) {
			const own = leads.filter((lead) => lead.row === row);
			const counted = own.filter(
				(lead) => !lead.isTooLate || own.some(({ sentAt }) => sentAt > lead.storedAt + LONGEST_SINCE_LOOK),
			);
			const isNone = (one: string) =>
				told.some((entry) => entry.row === one && isCertainlyNone(entry.outcome));
			const most = isNone(row) ? 0 : 1;
			if (counted.length <= most) continue;
			const alike = [...rows].filter((other) => other === row || this.areAlike(row, other, told));
			const all = leads.filter((lead) => !lead.isTooLate && alike.includes(lead.row as string)).length;
			if (alike.length > 1 && all <= alike.filter((one) => !isNone(one)).length) continue;
			const ids = counted.map(({ id }) => id).join(', ');
			if (counted.length > 1) this.violate(`row ${row} is ${counted.length} leads: ${ids}`);
			else this.violate(`row ${row} is told to have no lead, and is lead ${ids}`);
		}
	}

	private checkLead(
		{ row, body }: Told,
		{ id, isExisting }: { id: number; isExisting: boolean },
		account: LinerModel,
		isCurrent: (row: string) => boolean,
	): void {
		const lead = account.leads.get(id);
		// Of a lead in the account of an earlier try, when it is not clear which account it is now.
		if ([...this.known].some(([other, ids]) => other !== account && ids.get(row) === id)) return;
		if (isExisting && this.existing.has(`${row} ${id}`)) return;
		if (lead === undefined) return this.violate(`row ${row} is lead ${id}, which is not in Liner`);
		if (lead.row === row) return;
		const bodies = [...(this.sentRows.get(row)?.bodies ?? []), body];
		// What was made for a row that the user has made another one of is like the lead of somebody else.
		const isOfOthers = lead.row === undefined || (isExisting && !isCurrent(lead.row));
		if (isOfOthers) {
			if (isExisting) {
				if (fits(body, lead.body)) this.existing.add(`${row} ${id}`);
				else this.violate(`row ${row} is the existing lead ${id}, which does not fit`);
				return;
			}
			const isLike = bodies.some((sent) => looksLike(sent, lead.body));
			const firstSentAt = this.sentRows.get(row)?.firstSentAt ?? Infinity;
			if (!isLike || lead.storedAt < firstSentAt - this.clockTolerance()) {
				this.violate(`row ${row} is lead ${id}, which somebody else created`);
			}
			return;
		}
		const isLike = bodies.some(
			(sent) => alikeKey(sent) === alikeKey(lead.body) || this.mayBeSwapped(sent, lead.body),
		);
		if (!isLike) {
			this.violate(`row ${row} is lead ${id}, which is row ${lead.row}`);
		}
	}

	/**
	 * Where Liner does not show the custom values that alone tell two rows apart, and somebody else creates such a lead, too,
	 * the node takes two leads for those of the two rows.
	 */
	private mayBeSwapped(sent: LeadBody, other: LeadBody): boolean {
		const { others, liner } = this.scenario;
		return (
			others.length > 0 && liner.shown.customValues === 'missing' && toTelling(sent) === toTelling(other)
		);
	}

	/** How much older than the request an equal lead of somebody else may be, so that nobody can tell which one it is. */
	private clockTolerance(): number {
		const { tellsTime, offset, shown } = this.scenario.liner;
		const showsTime = shown.createdAt === 'iso' || shown.createdAt === 'seconds';
		// Of a lead that does not say when it was created, only the period of the list is known, which is wide as long as no
		// answer has told Liner's time.
		const known = tellsTime && showsTime ? 0 : Math.max(0, offset);
		return (showsTime ? 8_000 : 363_000) + known;
	}

	private checkFailure({ row, outcome, body }: Told, leads: StoredLead[], account: LinerModel): void {
		const failure = asFailure(outcome);
		if (failure === undefined) return;
		const own = leads.filter((lead) => lead.row === row && !lead.isTooLate);
		const text = `${failure.message}. ${failure.description}`;
		const denial = /No lead was created|was not sent/.exec(text)?.[0];
		if (failure.kind === 'unknown' && own.length > 0 && denial !== undefined) {
			this.violate(`row ${row} is lead ${own[0].id}, but is told '${denial}'`);
		}
		// Of a phone that cannot be read, each lead of the order may be the one.
		if (this.scenario.liner.shown.phone === 'masked') return;
		const bodies = [...(this.sentRows.get(row)?.bodies ?? []), body];
		for (const id of namedLeads(text)) {
			const named = account.leads.get(id);
			if (named === undefined || !bodies.some((sent) => endOfPhone(sent) === endOfPhone(named.body))) {
				this.violate(`row ${row} is told that it may be lead ${id}, which it cannot be`);
			}
		}
	}

	/** That a try ends in time. */
	checkDuration(duration: number, { requests, closedAt }: Wire): void {
		const { rows, options, reads, creates } = this.scenario;
		const { timeout, maxRetries, requestsPerSecond, concurrency } = options;
		const interval = Math.max(2_000, requestsPerSecond > 0 ? 1_000 / requestsPerSecond : 0);
		const waits = [...reads, ...creates.flat()].reduce(
			(sum, { retryAfter = 0 }) => sum + Math.min(retryAfter * 1_000, 120_000),
			0,
		);
		const longest =
			rows.length * ((maxRetries + 1) * (timeout + 61_000) + 120_000) +
			reads.length * (timeout + 1_000) +
			requests * (1_000 + interval) +
			waits;
		if (duration > longest) this.violate(`the try took ${duration} ms, more than ${longest}`);
		if (closedAt === undefined) return;
		const sinceClosed = this.clock.now() - closedAt;
		if (sinceClosed > 150_000 + 2 * timeout + concurrency * interval) {
			this.violate(`the try ended ${sinceClosed} ms after Liner asked to wait for an hour`);
		}
	}

	/** That a run gets to its end once Liner behaves, unless the user has to decide something. */
	checkRecovery(told: Told[], account: LinerModel): void {
		if (this.violations.length > 0 || this.scenario.options.onUnknown === 'fail') return;
		const open = told.filter(({ outcome }) => asLead(outcome) === undefined);
		if (open.length === 0) return;
		const texts = open.map(({ outcome }) => asFailure(outcome)?.message ?? '');
		if (texts.some((text) => text.includes('it is not clear whether it leads to the same account'))) return;
		const isUnclear = texts.some((text) => namedLeads(text).length > 0);
		if (isUnclear && !this.isEasy(account)) return;
		this.violate(`the run does not get to its end: ${open.map(({ row }) => `row ${row}`).join(', ')}`);
	}

	/** Whether Liner shows all that it takes to tell the rows' leads. */
	private isEasy({ leads }: LinerModel): boolean {
		const { liner, others } = this.scenario;
		const { phone, name, createdEarly, onlyInDetail } = liner.shown;
		return (
			others.length === 0 &&
			[...leads.values()].every(({ isTooLate }) => !isTooLate) &&
			(liner.tellsTime || (liner.offset >= 0 && liner.offset < 60_000)) &&
			phone !== 'masked' &&
			!['cut', 'edited', 'withoutEmoji'].includes(name) &&
			createdEarly < 3_000 &&
			!onlyInDetail.includes('phone') &&
			new Set([...this.sentRows.values()].flatMap(({ bodies }) => bodies.map((body) => String(body.phone))))
				.size === 1
		);
	}

	private areAlike(one: string, other: string, told: Told[]): boolean {
		const keys = this.alikeKeys(one, told);
		return this.alikeKeys(other, told).some((key) => keys.includes(key));
	}

	private alikeKeys(row: string, told: Told[]): string[] {
		const bodies =
			this.sentRows.get(row)?.bodies ?? told.flatMap((one) => (one.row === row ? [one.body] : []));
		return bodies.map(alikeKey);
	}
}

function namedLeads(text: string): number[] {
	const [, list] = /Liner has \d+ leads? like it \(([\d, ]+)/.exec(text) ?? [];
	return list === undefined ? [] : list.split(', ').map(Number);
}

const endOfPhone = ({ phone }: LeadBody) => String(phone).slice(-7);

/** Equal for requests that nobody can tell apart by their leads. */
const alikeKey = ({ phone, leadType, name, externalIdAmo, customValues }: LeadBody) =>
	JSON.stringify([phone, leadType, name, externalIdAmo, customValues]);

/** All that tells a lead from others but its custom values. */
const toTelling = ({ phone, leadType, name, externalIdAmo }: LeadBody) =>
	JSON.stringify([phone, leadType, name, externalIdAmo]);

/** Whether a lead of somebody else may look like the one of a request. */
function looksLike(sent: LeadBody, other: LeadBody): boolean {
	const reduce = ({ name }: LeadBody) =>
		String((name as string | undefined) ?? '')
			.toUpperCase()
			.replace(/\p{Extended_Pictographic}/gu, '')
			.trim()
			.slice(0, 20);
	return fits(sent, other) && sent.externalIdAmo === other.externalIdAmo && reduce(sent) === reduce(other);
}

/** Whether a lead fits a row, as the option "Return the Existing Lead" promises. */
const fits = (row: LeadBody, lead: LeadBody) =>
	row.phone === lead.phone &&
	row.leadType === lead.leadType &&
	(row.externalIdAmo === undefined || row.externalIdAmo === lead.externalIdAmo);

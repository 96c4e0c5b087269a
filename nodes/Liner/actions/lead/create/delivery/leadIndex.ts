import { commonFormsOf, toInstant, type Sent, type ShownLead } from './matching';
import { endOfPhone } from './samePhone';
import { append } from '../../../../append';
import type { ListedLead } from '../../../../api/leads';

/**
 * What a row is in Liner:
 * - `lead`: this lead
 * - `none`: certainly no lead
 * - `unclear`: one of these leads or none (of more than {@link MOST_NAMED} leads only so many are named)
 */
export type Assignment =
	| { kind: 'lead'; lead: ListedLead }
	| { kind: 'none' }
	| { kind: 'unclear'; leads: ListedLead[] };

export const MOST_NAMED = 100;

/** The leads of a list, to be found by phone. */
export class LeadIndex {
	/** Each lead once, the oldest first: a list that is read page by page may hold one twice. */
	readonly all: ListedLead[];

	private readonly byPhone = new Map<string, number[]>();

	constructor(leads: ListedLead[]) {
		const each = [...new Map(leads.map((lead) => [String(lead.id), lead])).values()];
		const instants = new Map(each.map((lead) => [lead, toInstant(lead.createdAt) ?? 0]));
		this.all = each.sort((one, other) => byCreation(one, other, instants));
		this.all.forEach((lead, index) => append(this.byPhone, endOf(lead), index));
	}

	/** Those that show a phone that is not certainly different. */
	withPhoneOf(sent: Sent): number[] {
		return this.byPhone.get(endOf(sent)) ?? [];
	}

	/** Those whose phone is not certainly different. */
	*candidatesFor(sent: Sent): Iterable<number> {
		yield* this.withPhoneOf(sent);
		if (endOf(sent) !== '') yield* this.byPhone.get('') ?? [];
	}

	/** What a row is that may be any of the leads of which `isCandidate` is true. */
	nameCandidates(candidates: Iterable<number>, isCandidate: (lead: number) => boolean): Assignment {
		const found: number[] = [];
		for (const candidate of candidates) {
			if (isCandidate(candidate)) found.push(candidate);
			if (found.length === MOST_NAMED) break;
		}
		if (found.length === 0) return { kind: 'none' };
		return { kind: 'unclear', leads: found.sort((one, other) => one - other).map((lead) => this.all[lead]) };
	}
}

/** Of phones that are not certainly different, the same; empty for a phone that cannot be read. */
export const endOf = (record: Sent | ShownLead) => endOfPhone(commonFormsOf(record).phone);

/** The oldest first, those of unknown age before all; then by ID. */
function byCreation(one: ListedLead, other: ListedLead, instants: Map<ListedLead, number>): number {
	const difference = (instants.get(one) as number) - (instants.get(other) as number);
	if (difference !== 0) return difference;
	const [oneId, otherId] = [String(one.id), String(other.id)];
	return oneId.length - otherId.length || (oneId < otherId ? -1 : 1);
}

/** Rows by {@link endOf}. */
export function groupByPhone<T>(rows: T[], sentOf: (row: T) => Sent): Map<string, T[]> {
	const groups = new Map<string, T[]>();
	for (const row of rows) append(groups, endOf(sentOf(row)), row);
	return groups;
}

import { endOf, groupByPhone, LeadIndex, type Assignment } from './leadIndex';
import {
	requestKey,
	toInstant,
	toLatestInstant,
	type Comparison,
	type Sent,
	type ShownLead,
} from './matching';
import { findMaximumMatching } from './maximumMatching';
import { append } from '../../../../append';
import type { ListedLead } from '../../../../api/leads';

/** A request whose outcome is unknown. */
export interface DoubtfulRequest {
	/** An identity throughout or a body throughout, so that equal requests are seen to be equal. */
	sent: Sent;
	/** When its lead was created at the earliest, in milliseconds since 1970, by Liner's clock. */
	since: number;
	/** When Liner may say that it was created at the earliest: a lead that seems so early is no certain find, but may be it. */
	earliest: number;
}

/** As `compareWithRequest` does it, with all that is known. */
export type Compare = (sent: Sent, lead: ShownLead) => Comparison;

/**
 * Says which lead each request of a run has created.
 *
 * Leads that are the `same` as a request are given to all requests at once. A lead that is one request's explains itself:
 * it is no candidate of another one. A request that gets none is only `none` when nothing that is left may be its lead.
 *
 * @param leads All that were created in a period that is over, without those whose row is known; complete, see
 *   {@link selectIncompleteForRequests}.
 * @param compare A comparison that is still `incomplete` counts as `unclear`.
 * @param unresolved Requests that will stay in doubt, each of which may own a lead.
 * @returns One for each row. Does not depend on the order of the leads.
 */
export function assignRequests(
	rows: DoubtfulRequest[],
	leads: ListedLead[],
	compare: Compare,
	unresolved: DoubtfulRequest[] = [],
): Assignment[] {
	const found = new LeadIndex(leads);
	const instants = found.all.map(({ createdAt }) => toInstant(createdAt) ?? Infinity);
	const latestInstants = found.all.map(({ createdAt }) => toLatestInstant(createdAt));
	// Those that stay in doubt go first: a row has a lead only if they cannot own it, however many they own.
	const requests = [...unresolved, ...rows];
	const exact = findExactLeads(requests, found, instants, compare);
	const leadOf = findMaximumMatching(exact);
	const explained = new Set<number>();
	const assignments = new Map<number, Assignment>();

	for (const members of groupConnected(exact)) {
		const ownLeads = new Set(members.flatMap((member) => exact[member]));
		const owners = members.filter((member) => leadOf[member] !== undefined);
		const isExplained = owners.length === ownLeads.size;
		if (isExplained) for (const lead of ownLeads) explained.add(lead);
		// With fewer leads than requests, it is open whose they are, unless the requests are all alike.
		const isClear =
			isExplained && (owners.length === members.length || areAlike(members.map((index) => requests[index])));
		const mayBeOfUnresolved = owners.some((owner) => owner < unresolved.length);
		for (const member of members) {
			const lead = leadOf[member];
			if (isClear && lead !== undefined) assignments.set(member, { kind: 'lead', lead: found.all[lead] });
			else if (!isClear || mayBeOfUnresolved) {
				assignments.set(
					member,
					found.nameCandidates(exact[member], () => true),
				);
			}
		}
	}
	return rows.map((row, index) => {
		const isCandidate = (lead: number) =>
			!explained.has(lead) &&
			latestInstants[lead] >= row.earliest &&
			compare(row.sent, found.all[lead]) !== 'different';
		return (
			assignments.get(unresolved.length + index) ??
			found.nameCandidates(found.candidatesFor(row.sent), isCandidate)
		);
	});
}

/** For each request the leads that are the same. */
function findExactLeads(
	requests: DoubtfulRequest[],
	leads: LeadIndex,
	instants: number[],
	compare: Compare,
): number[][] {
	const byRequest = new Map<string, number[]>();
	return requests.map(({ sent, since }) => {
		const key = requestKey(sent);
		const exact =
			byRequest.get(key) ??
			leads.withPhoneOf(sent).filter((lead) => compare(sent, leads.all[lead]) === 'same');
		byRequest.set(key, exact);
		return exact.filter((lead) => instants[lead] >= since);
	});
}

const areAlike = (requests: DoubtfulRequest[]) =>
	new Set(requests.map(({ sent }) => requestKey(sent))).size === 1;

/** Groups the requests that have a lead in common, directly or through others. Those without a lead are left out. */
function groupConnected(leadsOf: number[][]): number[][] {
	const requestsOf = new Map<number, number[]>();
	leadsOf.forEach((leads, request) => leads.forEach((lead) => append(requestsOf, lead, request)));
	const grouped = new Set<number>();
	const groups: number[][] = [];
	for (const [first, leads] of leadsOf.entries()) {
		if (leads.length === 0 || grouped.has(first)) continue;
		const group = [first];
		grouped.add(first);
		// The group grows while it is gone through.
		for (const member of group) {
			for (const lead of leadsOf[member]) {
				for (const request of requestsOf.get(lead) ?? []) {
					if (!grouped.has(request)) group.push(request);
					grouped.add(request);
				}
				requestsOf.delete(lead);
			}
		}
		groups.push(group);
	}
	return groups;
}

/**
 * Says which leads of a list have to be read by their IDs before {@link assignRequests} can tell what they are.
 *
 * @param rows All that are in doubt, also those that will stay so.
 */
export function selectIncompleteForRequests(
	rows: DoubtfulRequest[],
	leads: ListedLead[],
	compare: Compare,
): ListedLead[] {
	const found = new LeadIndex(leads);
	const earliestByRequest = new Map<string, DoubtfulRequest>();
	for (const row of rows) {
		const equal = earliestByRequest.get(requestKey(row.sent));
		if (equal === undefined || row.earliest < equal.earliest)
			earliestByRequest.set(requestKey(row.sent), row);
	}
	const distinct = [...earliestByRequest.values()];
	const rowsByPhone = groupByPhone(distinct, ({ sent }) => sent);
	return found.all.filter((lead) => {
		const instant = toLatestInstant(lead.createdAt);
		const candidates = endOf(lead) === '' ? distinct : (rowsByPhone.get(endOf(lead)) ?? []);
		return candidates.some(
			({ sent, earliest }) => instant >= earliest && compare(sent, lead) === 'incomplete',
		);
	});
}

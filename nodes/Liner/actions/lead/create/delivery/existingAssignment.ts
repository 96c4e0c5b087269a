import { endOf, groupByPhone, LeadIndex, type Assignment } from './leadIndex';
import {
	clientFields,
	commonFormsOf,
	compareDeciding,
	isFilled,
	tellingFields,
	worse,
	type Comparison,
	type Sent,
	type ShownLead,
} from './matching';
import { findMaximumMatching } from './maximumMatching';
import { SHORTEST_CUT_TEXT, withoutEmoji } from './sameText';
import { append } from '../../../../append';
import type { LeadBody, ListedLead } from '../../../../api/leads';

/**
 * What makes a row and a lead the more certainly the same, the most certain first, all of it among those whose phone, order
 * and lead type agree: everything that identifies a lead, then the same with a name of which Liner lost the emoji or the
 * end, then the external IDs alone.
 */
const levels: Array<(record: Sent | ShownLead) => string> = [
	(record) => toKey(record, tellingFields),
	(record) => toKey(record, tellingFields, toStorableName),
	(record) => toKey(record, clientFields),
];

const toStorableName = (name: string) => withoutEmoji(name).slice(0, SHORTEST_CUT_TEXT).trim();

const toKey = (record: Sent | ShownLead, fields: string[], reduceName = (name: string) => name) =>
	JSON.stringify(
		fields.map((field) => {
			const form = isFilled(record, field) ? commonFormsOf(record)[field] : '';
			return field === 'name' ? reduceName(form) : form;
		}),
	);

/**
 * Says which row is in Liner already, and as which lead, so that a sheet can be imported again. A lead fits a row when phone,
 * order and lead type agree and it has each external ID that the row has; it may have more.
 *
 * Each lead is given to one row only, and as many rows as possible get one, the best matches first. Putting the best matches
 * first costs no row its lead: take any largest set of pairs, and a row and a lead with the same external IDs in it that are
 * not a pair. What fits the row's IDs fits the lead's, so their partners, if they have any, fit each other and can be paired
 * instead.
 *
 * @param leads Complete, see {@link selectIncompleteForExisting}.
 * @param isDoubtful Whether a lead may be that of a request in doubt, so that it can be given to no row.
 * @returns One for each row; `unclear` when none fits for certain, but one that is left may: the phone may differ in its
 *   prefix only, or an ID in its leading zeros, or the lead does not show its phone, order or type. Does not depend on the
 *   order of the leads.
 */
export function assignExisting(
	rows: LeadBody[],
	leads: ListedLead[],
	isDoubtful: (lead: ListedLead) => boolean = () => false,
): Assignment[] {
	const found = new LeadIndex(leads);
	const leadOf = new Map<number, number>();
	const taken = new Set<number>();
	const assign = (row: number, lead: number) => {
		leadOf.set(row, lead);
		taken.add(lead);
	};
	const openRows = (members: number[]) => members.filter((row) => !leadOf.has(row));
	const openLeads = (members: number[]) =>
		members.filter((lead) => !taken.has(lead) && !isDoubtful(found.all[lead]));

	for (const group of groupByClient(rows, found.all)) {
		for (const toLevelKey of levels) {
			const byKey = new Map<string, number[]>();
			// The last one is taken first, and that is to be the oldest.
			for (const lead of openLeads(group.leads).reverse()) append(byKey, toLevelKey(found.all[lead]), lead);
			for (const row of openRows(group.rows)) {
				const lead = byKey.get(toLevelKey(rows[row]))?.pop();
				if (lead !== undefined) assign(row, lead);
			}
		}
		const left = openRows(group.rows);
		const free = openLeads(group.leads);
		const candidates = left.map((row) => free.filter((lead) => hasIdsOf(rows[row], found.all[lead])));
		findMaximumMatching(candidates).forEach((lead, index) => {
			if (lead !== undefined) assign(left[index], lead);
		});
	}
	return rows.map((row, index) => {
		const lead = leadOf.get(index);
		if (lead !== undefined) return { kind: 'lead', lead: found.all[lead] };
		return found.nameCandidates(
			found.candidatesFor(row),
			(candidate) => !taken.has(candidate) && compareClient(row, found.all[candidate], true) !== 'different',
		);
	});
}

/** Rows and leads of which phone, order and lead type certainly agree. */
interface ClientGroup {
	rows: number[];
	leads: number[];
}

function groupByClient(rows: LeadBody[], leads: ListedLead[]): ClientGroup[] {
	const orderIds = new Map(rows.map((row) => [commonFormsOf(row).orderCode, commonFormsOf(row).orderId]));
	const toGroupKey = (record: Sent | ShownLead) =>
		[
			commonFormsOf(record).phone,
			commonFormsOf(record).orderId || orderIds.get(commonFormsOf(record).orderCode),
			commonFormsOf(record).leadType,
		].join(' ');
	const groups = new Map<string, ClientGroup>();
	for (const [index, row] of rows.entries()) {
		const key = toGroupKey(row);
		const group = groups.get(key) ?? { rows: [], leads: [] };
		group.rows.push(index);
		groups.set(key, group);
	}
	for (const [index, lead] of leads.entries()) {
		if (endOf(lead) !== '') groups.get(toGroupKey(lead))?.leads.push(index);
	}
	return [...groups.values()];
}

const hasIdsOf = (row: LeadBody, lead: ShownLead) =>
	clientFields.every((field) => ['', commonFormsOf(lead)[field]].includes(commonFormsOf(row)[field]));

/** Compares phone, order, lead type and the external IDs that the row has. */
function compareClient(row: LeadBody, lead: ShownLead, isDetail: boolean): Comparison {
	return clientFields
		.map((field) => compareId(commonFormsOf(row)[field], lead, field, isDetail))
		.reduce(worse, compareDeciding(row, lead, isDetail));
}

function compareId(id: string, lead: ShownLead, field: string, isDetail: boolean): Comparison {
	const shown = commonFormsOf(lead)[field];
	if (id === '' || id === shown) return 'same';
	if (lead[field] === undefined && !isDetail) return 'incomplete';
	const [one, other] = [id, shown].map((text) => text.replace(/^0+(?=\d+$)/, ''));
	return one === other ? 'unclear' : 'different';
}

/**
 * Says which leads of a list have to be read by their IDs before {@link assignExisting} can tell what they are: those that
 * may fit a row by all that they show, but do not show what would tell whether they do, or which of several rows and leads
 * belong together.
 */
export function selectIncompleteForExisting(rows: LeadBody[], leads: ListedLead[]): ListedLead[] {
	const found = new LeadIndex(leads);
	const rowsByPhone = groupByPhone(rows, (row) => row);
	return found.all.filter((lead) => {
		const candidates = endOf(lead) === '' ? rows : (rowsByPhone.get(endOf(lead)) ?? []);
		const isPartial = tellingFields.some((field) => lead[field] === undefined);
		let fitting = 0;
		for (const row of candidates) {
			const comparison = compareClient(row, lead, false);
			if (comparison === 'incomplete') return true;
			if (comparison !== 'different') fitting++;
			const isContested = fitting > 1 || (fitting === 1 && found.withPhoneOf(row).length > 1);
			if (isPartial && isContested) return true;
		}
		return false;
	});
}

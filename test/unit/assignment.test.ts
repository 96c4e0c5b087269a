import {
	assignRequests,
	selectIncompleteForRequests,
	type Compare,
	type DoubtfulRequest,
} from '../../nodes/Liner/actions/lead/create/delivery/assignment';
import {
	assignExisting,
	selectIncompleteForExisting,
} from '../../nodes/Liner/actions/lead/create/delivery/existingAssignment';
import { MOST_NAMED, type Assignment } from '../../nodes/Liner/actions/lead/create/delivery/leadIndex';
import { compareWithRequest, identityOf } from '../../nodes/Liner/actions/lead/create/delivery/matching';
import { findMaximumMatching } from '../../nodes/Liner/actions/lead/create/delivery/maximumMatching';
import type { LeadBody, ListedLead } from '../../nodes/Liner/api/leads';

import fc from 'fast-check';

const client: LeadBody = {
	leadType: 'straight',
	phone: '79001234567',
	orderId: 501,
	orderCode: 'river-park',
};

const blanks = {
	name: '',
	externalIdAmo: null,
	externalIdBitrix24: null,
	externalIdMacro: null,
	externalIdDomoplaner: null,
	vkId: null,
	instagramLogin: null,
	telegramUserName: null,
	telegramPhone: null,
};

const lead = (id: number | string, change: Record<string, unknown> = {}): ListedLead => ({
	...blanks,
	...client,
	id,
	createdAt: '2026-05-01T10:00:00Z',
	...change,
});

const row = (change: LeadBody = {}): LeadBody => ({ ...client, ...change });

const request = (change: LeadBody = {}, since = 0, earliest = since): DoubtfulRequest => ({
	sent: row(change),
	since,
	earliest,
});

const compareDetails: Compare = (sent, shown) => compareWithRequest(sent, shown, { isDetail: true });

/** `1` for the lead with this ID, `none`, or `?1,2` for one of these or none. */
const tell = (assignments: Assignment[]) =>
	assignments.map((assignment) => {
		if (assignment.kind === 'none') return 'none';
		if (assignment.kind === 'lead') return String(assignment.lead.id);
		return `?${assignment.leads.map(({ id }) => id).join()}`;
	});

const assign = (rows: DoubtfulRequest[], leads: ListedLead[], unresolved?: DoubtfulRequest[]) =>
	tell(assignRequests(rows, leads, compareDetails, unresolved));

describe('findMaximumMatching', () => {
	it.each([
		[[], []],
		[[[]], [undefined]],
		[
			[[5], [5]],
			[5, undefined],
		],
		[
			[[1, 2], [1]],
			[2, 1],
		],
		[
			[[1, 2], [1, 3], [1], [3]],
			[2, undefined, 1, 3],
		],
		[
			[[1, 2], [2, 3], [1]],
			[2, 3, 1],
		],
	])('of %j is %j', (candidates, expected) => {
		const matching = findMaximumMatching(candidates);
		const size = (list: unknown[]) => list.filter((entry) => entry !== undefined).length;
		expect(size(matching)).toBe(size(expected));
	});

	it('gives a row that comes first the lead', () => {
		expect(findMaximumMatching([[7], [7, 8], [8]])).toEqual([7, 8, undefined]);
	});

	it('does not take another lead from a row for one that has a free lead', () => {
		expect(
			findMaximumMatching([
				[1, 2],
				[1, 2],
			]),
		).toEqual([1, 2]);
	});

	it('is a matching and as large as can be', () => {
		const graphs = fc.array(fc.uniqueArray(fc.nat(5), { maxLength: 4 }), { maxLength: 6 });
		fc.assert(
			fc.property(graphs, (candidates) => {
				const matching = findMaximumMatching(candidates);
				const given = matching.filter((lead) => lead !== undefined);
				expect(new Set(given).size).toBe(given.length);
				matching.forEach((lead, index) => lead !== undefined && expect(candidates[index]).toContain(lead));
				expect(given.length).toBe(countByTrying(candidates));
			}),
			{ numRuns: 2_000 },
		);
	});
});

/** The size of a maximum matching, by trying everything. */
function countByTrying(candidates: number[][], taken: number[] = []): number {
	if (candidates.length === 0) return 0;
	const [first, ...rest] = candidates;
	const sizes = first
		.filter((candidate) => !taken.includes(candidate))
		.map((candidate) => 1 + countByTrying(rest, [...taken, candidate]));
	return Math.max(countByTrying(rest, taken), ...sizes);
}

describe('assignRequests', () => {
	const anna = { name: 'Anna' };
	const boris = { name: 'Boris' };

	it('tells what was created and what was not', () => {
		expect(assign([request()], [lead(1)])).toEqual(['1']);
		expect(assign([request()], [])).toEqual(['none']);
		expect(assign([request()], [lead(1, { phone: '79007654321' })])).toEqual(['none']);
		expect(assign([request()], [lead(1, { leadType: 'selection' })])).toEqual(['none']);
		expect(assign([], [lead(1)])).toEqual([]);
	});

	it('does not know whose a lead is that does not quite agree', () => {
		expect(assign([request()], [lead(1, anna)])).toEqual(['?1']);
		expect(assign([request(anna)], [lead(1, boris)])).toEqual(['?1']);
		expect(assign([request()], [lead(1, { phone: null }), lead(2, { phone: '9***4567' })])).toEqual(['?1,2']);
	});

	it('takes a lead that is incomplete for one that cannot be told', () => {
		expect(tell(assignRequests([request()], [lead(1)], () => 'incomplete'))).toEqual(['?1']);
	});

	it('gives all requests their leads at once', () => {
		const leads = [lead(1, boris), lead(2, anna)];
		expect(assign([request(anna), request(boris)], leads)).toEqual(['2', '1']);
	});

	it('lets the lead of one request explain itself to the others', () => {
		expect(assign([request(anna), request(boris)], [lead(1, anna)])).toEqual(['1', 'none']);
		expect(assign([request(anna), request(boris)], [lead(1, anna), lead(2, { name: 'Vera' })])).toEqual([
			'1',
			'?2',
		]);
	});

	it('gives a request its own lead, whatever else is left', () => {
		expect(assign([request(anna)], [lead(1, anna), lead(2, boris)])).toEqual(['1']);
	});

	it.each([
		[1, 0, ['none']],
		[1, 1, ['1']],
		[1, 2, ['?1,2']],
		[2, 0, ['none', 'none']],
		[2, 1, ['1', 'none']],
		[2, 2, ['1', '2']],
		[2, 3, ['?1,2,3', '?1,2,3']],
		[3, 2, ['1', '2', 'none']],
	])('of %d equal requests and %d equal leads', (rows, leads, expected) => {
		const requests = Array.from({ length: rows }, () => request(anna));
		const created = Array.from({ length: leads }, (_, index) => lead(index + 1, anna));
		expect(assign(requests, created)).toEqual(expected);
	});

	it('does not take an equal request for not created when a lead is left that may be it', () => {
		const leads = [lead(1, anna), lead(2, boris)];
		expect(assign([request(anna), request(anna)], leads)).toEqual(['1', '?2']);
	});

	it('leaves the leads that somebody else may have created as candidates for other requests', () => {
		const leads = [lead(1, anna), lead(2, anna)];
		expect(assign([request(anna), request(boris)], leads)).toEqual(['?1,2', '?1,2']);
	});

	it.each([
		[1, 1, 0, ['none']],
		[1, 1, 1, ['?1']],
		[1, 1, 2, ['2']],
		[1, 1, 3, ['?1,2,3']],
		[2, 1, 1, ['?1', '?1']],
		[2, 1, 2, ['2', '?1,2']],
		[2, 1, 3, ['2', '3']],
		[1, 2, 2, ['?1,2']],
		[1, 2, 3, ['3']],
	])(
		'of %d equal requests besides %d that stay in doubt, and %d leads',
		(rows, unresolved, leads, expected) => {
			const requests = (length: number) => Array.from({ length }, () => request(anna));
			const created = Array.from({ length: leads }, (_, index) => lead(index + 1, anna));
			expect(assign(requests(rows), created, requests(unresolved))).toEqual(expected);
		},
	);

	it('lets a lead of a request that stays in doubt explain itself', () => {
		expect(assign([request(boris)], [lead(1, anna)], [request(anna)])).toEqual(['none']);
		expect(assign([request(boris)], [lead(1, anna)], [])).toEqual(['?1']);
	});

	it('does not know which of several requests that differ created the fewer leads that are the same as both', () => {
		const long = 'Константинопольская Александра';
		const requests = [request({ name: `${long} 1` }), request({ name: `${long} 2` })];
		expect(assign(requests, [lead(1, { name: long })])).toEqual(['?1', '?1']);
		expect(assign(requests, [lead(1, { name: long }), lead(2, { name: long })])).toEqual(['1', '2']);
		const withOwn = [lead(1, { name: long }), lead(2, { name: `${long} 1` })];
		expect(assign(requests, withOwn)).toEqual(['2', '1']);
	});

	it('takes custom values that were not sent for no sign that a lead is of another request', () => {
		const values = { customValues: { 10: 'vip' } };
		expect(assign([request(), request(values)], [lead(1, values)])).toEqual(['?1', '?1']);
		expect(assign([request(), request(values)], [lead(1, values), lead(2, { customValues: {} })])).toEqual([
			'2',
			'1',
		]);
	});

	it('goes by the time at which a lead can have been created at the earliest', () => {
		const at = (second: number) => ({
			createdAt: new Date(Date.UTC(2026, 4, 1, 10, 0, second)).toISOString(),
		});
		const since = (second: number) => Date.UTC(2026, 4, 1, 10, 0, second);
		expect(assign([request({}, since(10))], [lead(1, at(9))])).toEqual(['none']);
		expect(assign([request({}, since(10))], [lead(1, at(10))])).toEqual(['1']);
		expect(assign([request(anna, since(10))], [lead(1, at(9))])).toEqual(['none']);
		expect(assign([request(anna, since(10))], [lead(1, at(10))])).toEqual(['?1']);
		// One that seems to be a little early may be it, but is not taken for certain.
		expect(assign([request({}, since(10), since(5))], [lead(1, at(9))])).toEqual(['?1']);
		expect(assign([request({}, since(10), since(5))], [lead(1, at(4))])).toEqual(['none']);
		expect(assign([request({}, since(10), since(5))], [lead(1, at(9)), lead(2, at(11))])).toEqual(['2']);
		// Equal requests, of which the first lead can be one's only.
		const both = [request({}, since(20)), request({}, since(0))];
		expect(assign(both, [lead(1, at(10))])).toEqual(['none', '1']);
		expect(assign(both, [lead(1, at(10)), lead(2, at(30))])).toEqual(['2', '1']);
		expect(assign(both, [lead(1, at(10)), lead(2, at(11))])).toEqual(['none', '?1,2']);
	});

	it('takes a lead that does not tell its time for one that may be of any', () => {
		expect(assign([request({}, 1e15)], [lead(1, { createdAt: '2026-05-01 10:00:00' })])).toEqual(['1']);
	});

	it('counts a lead once that a list holds twice', () => {
		expect(assign([request()], [lead(1), lead('1')])).toEqual(['1']);
	});

	it('takes the oldest leads first, and names them in this order', () => {
		const leads = [
			lead(10),
			lead(9),
			lead(3, { createdAt: '2026-05-01T12:00:00+03:00' }),
			lead(4, { createdAt: '2026-05-01T11:00:00Z' }),
		];
		expect(assign([request(), request(), request(), request()], leads)).toEqual(['3', '9', '10', '4']);
		expect(assign([request()], leads)).toEqual(['?3,9,10,4']);
	});

	it('goes by identities as by bodies', () => {
		const long = { name: 'x'.repeat(100) };
		const requests = [request(long), request(long), request(anna)];
		const kept = requests.map((request) => ({ ...request, sent: identityOf(request.sent as LeadBody) }));
		expect(assign(kept, [lead(1, long), lead(2, anna)])).toEqual(['1', 'none', '2']);
	});

	it('names no more leads than anybody reads', () => {
		const leads = Array.from({ length: 150 }, (_, index) => lead(index + 1, boris));
		const [assignment] = assignRequests([request(anna)], leads, compareDetails);
		expect(assignment).toEqual({ kind: 'unclear', leads: leads.slice(0, MOST_NAMED) });
	});

	it('asks for the details of the leads that are incomplete, and of no others', () => {
		const bare = (id: number, change: Record<string, unknown>): ListedLead => ({ id, ...client, ...change });
		const leads = [
			bare(1, {}),
			bare(2, { name: 'Boris' }),
			bare(3, { phone: '79007654321' }),
			bare(4, { leadType: 'selection' }),
			bare(5, { phone: undefined }),
			bare(6, { createdAt: '2026-05-01T09:00:00Z' }),
			lead(7, anna),
		];
		const requests = [request(anna, Date.UTC(2026, 4, 1, 10)), request({ phone: '79005555555' }, 0)];
		const compare: Compare = (sent, shown) => compareWithRequest(sent, shown);
		expect(selectIncompleteForRequests(requests, leads, compare).map(({ id }) => id)).toEqual([1, 5]);
	});
});

describe('assignRequests, for any requests and leads', () => {
	const names = fc.constantFrom('', 'Anna', 'Boris', 'Константинопольская Анна', 'Константинопольская А');
	const change = fc.record({
		name: names,
		phone: fc.constantFrom('79001234567', '89001234567', '79007654321'),
	});
	const requests = fc.array(
		fc
			.record({
				sent: change.map(({ name, phone }) => row(name === '' ? { phone } : { name, phone })),
				since: fc.constantFrom(0, Date.UTC(2026, 4, 1, 10)),
			})
			.map((given) => ({ ...given, earliest: given.since })),
		{ maxLength: 5 },
	);
	const times = fc.constantFrom('2026-05-01T09:00:00Z', '2026-05-01T10:00:00Z', undefined);
	const leads = fc
		.array(fc.tuple(change, times), { maxLength: 5 })
		.map((list) => list.map(([shown, createdAt], index) => lead(index + 1, { ...shown, createdAt })));

	const mayBe = ({ sent, since }: DoubtfulRequest, shown: ListedLead) => {
		const instant = shown.createdAt === undefined ? Infinity : Date.parse(String(shown.createdAt));
		return instant < since ? 'different' : compareDetails(sent, shown);
	};

	it('is certain only of what is certain', () => {
		const counts = { lead: 0, none: 0, unclear: 0 };
		fc.assert(
			fc.property(requests, leads, requests, (rows, leads, unresolved) => {
				const assignments = assignRequests(rows, leads, compareDetails, unresolved);
				expect(assignments).toHaveLength(rows.length);
				const given = assignments.flatMap((entry) => (entry.kind === 'lead' ? [entry.lead] : []));
				expect(new Set(given).size).toBe(given.length);
				assignments.forEach((assignment, index) => {
					counts[assignment.kind]++;
					const own = rows[index];
					if (assignment.kind === 'lead') expect(mayBe(own, assignment.lead)).toBe('same');
					if (assignment.kind === 'unclear') {
						expect(assignment.leads.length).toBeGreaterThan(0);
						for (const candidate of assignment.leads) expect(mayBe(own, candidate)).not.toBe('different');
					}
					if (assignment.kind !== 'none') return;
					// What may be its lead is certainly one of another request: each such request has to have one then.
					const others = [...rows.filter((_, other) => other !== index), ...unresolved];
					const candidates = leads.filter((shown) => mayBe(own, shown) !== 'different');
					const owners = candidates.map((shown) =>
						others.flatMap((other, number) => (mayBe(other, shown) === 'same' ? [number] : [])),
					);
					expect(countByTrying(owners)).toBe(candidates.length);
				});
			}),
			{ numRuns: 3_000 },
		);
		expect(Math.min(...Object.values(counts))).toBeGreaterThan(300);
	});

	it('gives equal requests as many leads as there are, when there are not more', () => {
		const count = fc.nat(6);
		fc.assert(
			fc.property(count, count, count, names, (rows, unresolved, leads, name) => {
				const make = (length: number) => Array.from({ length }, () => request(name === '' ? {} : { name }));
				const created = Array.from({ length: leads }, (_, index) => lead(index + 1, { name }));
				const told = assign(make(rows), created, make(unresolved));
				const of = (pattern: RegExp) => told.filter((text) => pattern.test(text)).length;
				const isExplained = leads <= rows + unresolved;
				const certain = isExplained ? Math.min(rows, Math.max(0, leads - unresolved)) : 0;
				expect(of(/^\d/)).toBe(certain);
				const isClear = leads === 0 || (isExplained && unresolved === 0);
				expect(of(/none/)).toBe(isClear ? rows - certain : 0);
			}),
		);
	});

	it('does not depend on the order of the leads', () => {
		const shuffled = leads.chain((list) =>
			fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
		);
		fc.assert(
			fc.property(requests, shuffled, requests, (rows, [leads, others], unresolved) => {
				expect(assign(rows, others, unresolved)).toEqual(assign(rows, leads, unresolved));
			}),
			{ numRuns: 1_000 },
		);
	});
});

describe('assignExisting', () => {
	const assignRows = (rows: LeadBody[], leads: ListedLead[]) => tell(assignExisting(rows, leads));
	const bitrix = (id: number | string) => ({ externalIdBitrix24: id });

	it.each([
		[{}, {}, '1'],
		[{}, { phone: '8 (900) 123-45-67' }, '1'],
		[{}, { phone: '79007654321' }, 'none'],
		[{}, { leadType: 'selection' }, 'none'],
		[{}, { orderId: 502, orderCode: 'other' }, 'none'],
		[{}, { orderId: undefined }, '1'],
		[{}, { orderCode: undefined }, '1'],
		[{}, { orderId: undefined, orderCode: 'other' }, 'none'],
		[{}, { orderId: undefined, orderCode: undefined }, '?1'],
		[{}, { leadType: undefined }, '?1'],
		[{}, { phone: null }, '?1'],
		[{}, { phone: '+7900***4567' }, '?1'],
		[{ phone: '375291234567' }, { phone: '80291234567' }, '?1'],
		[{}, bitrix(5), '1'],
		[bitrix('5'), bitrix(5), '1'],
		[bitrix('5'), bitrix(6), 'none'],
		[bitrix('5'), {}, 'none'],
		[bitrix('007'), bitrix(7), '?1'],
		[bitrix('A7'), bitrix('0A7'), 'none'],
		[bitrix('5'), { ...bitrix(6), phone: null }, 'none'],
		[bitrix('5'), { ...bitrix(5), phone: null }, '?1'],
		[{ ...bitrix('5'), externalIdAmo: '1' }, { ...bitrix('5'), externalIdAmo: '2' }, 'none'],
		[{ name: 'Anna' }, { name: 'Boris' }, '1'],
		[{ vkId: '1' }, { vkId: '2' }, '1'],
	])('of the row %j and the lead %j is %s', (sent, shown, expected) => {
		expect(assignRows([row(sent as LeadBody)], [lead(1, shown)])).toEqual([expected]);
	});

	it('gives each lead to one row only', () => {
		expect(assignRows([row(), row()], [lead(1)])).toEqual(['1', 'none']);
		expect(assignRows([row(), row()], [lead(1), lead(2)])).toEqual(['1', '2']);
		expect(assignRows([row()], [lead(1), lead(2)])).toEqual(['1']);
		expect(assignRows([row()], [lead(1), lead('1')])).toEqual(['1']);
	});

	it('gives a row without an ID the lead without one', () => {
		const leads = [lead('A', bitrix(5)), lead('B')];
		expect(assignRows([row(), row(bitrix('5'))], leads)).toEqual(['B', 'A']);
		expect(assignRows([row(bitrix('5')), row()], leads)).toEqual(['A', 'B']);
		expect(assignRows([row(), row(bitrix('5'))], [lead('A', bitrix(5))])).toEqual(['none', 'A']);
		expect(assignRows([row(), row(bitrix('6'))], leads)).toEqual(['B', 'none']);
	});

	it('does not swap twins that differ by name, also without their emoji', () => {
		const rows = [row({ name: 'Anna 😀' }), row({ name: 'Boris 😀' })];
		for (const emoji of [' 😀', '', ' ?']) {
			const leads = [lead(1, { name: `Boris${emoji}` }), lead(2, { name: `Anna${emoji}` })];
			expect(assignRows(rows, leads)).toEqual(['2', '1']);
			expect(assignRows(rows, [leads[0]])).toEqual(['none', '1']);
		}
		const faces = [row({ name: 'Anna 😀' }), row({ name: 'Anna 😎' })];
		expect(assignRows(faces, [lead(1, { name: 'Anna 😎' }), lead(2, { name: 'Anna 😀' })])).toEqual([
			'2',
			'1',
		]);
	});

	it('does not swap twins of whose names the end is cut', () => {
		const rows = [row({ name: 'Константинопольская Анна' }), row({ name: 'Константинопольская Ольга' })];
		const leads = [lead(1, { name: 'Константинопольская О' }), lead(2, { name: 'Константинопольская А' })];
		expect(assignRows(rows, leads).sort()).toEqual(['1', '2']);
		const longer = ['Константинопольская Анна Петровна', 'Романовская-Константинопольская'];
		const cut = longer.map((name, index) => lead(index + 1, { name: name.slice(0, 25) })).reverse();
		expect(
			assignRows(
				longer.map((name) => row({ name })),
				cut,
			),
		).toEqual(['1', '2']);
	});

	it('does not take IDs that begin alike for the same', () => {
		const long = 'x'.repeat(20);
		expect(assignRows([row(bitrix(`${long}1`))], [lead(1, bitrix(`${long}2`))])).toEqual(['none']);
	});

	it('gives every row a lead that can have one', () => {
		const rows = [row(), row(bitrix('5')), row({ ...bitrix('5'), externalIdAmo: '1' })];
		const leads = [
			lead(1, { ...bitrix(5), externalIdAmo: 1, externalIdMacro: 1 }),
			lead(2, { ...bitrix(5), externalIdMacro: 2 }),
			lead(3, { externalIdMacro: 3 }),
		];
		expect(assignRows(rows, leads)).toEqual(['3', '2', '1']);
	});

	it('takes a lead that one row certainly is for no candidate of another', () => {
		const belarus = { phone: '375291234567' };
		const trunk = { phone: '80291234567' };
		expect(assignRows([row(belarus), row(trunk)], [lead(1, trunk)])).toEqual(['none', '1']);
		expect(assignRows([row(belarus), row(trunk)], [lead(1, trunk), lead(2, trunk)])).toEqual(['?2', '1']);
	});

	it('takes two phones that cannot be read for no match', () => {
		expect(assignRows([row({ phone: 'unknown' })], [lead(1, { phone: null })])).toEqual(['?1']);
	});

	it('keeps orders apart', () => {
		const other = { orderId: 502, orderCode: 'other' };
		const leads = [lead(1, { orderId: undefined, orderCode: 'other' }), lead(2)];
		expect(assignRows([row(), row(other)], leads)).toEqual(['2', '1']);
	});

	it('asks for the details that tell which row a lead is, and for no others', () => {
		const bare = (id: number, change: Record<string, unknown> = {}): ListedLead => ({
			id,
			...client,
			...change,
		});
		const ask = (rows: LeadBody[], leads: ListedLead[]) =>
			selectIncompleteForExisting(rows, leads).map(({ id }) => id);
		const otherPhone = { phone: '79007654321' };

		expect(ask([row()], [bare(1)])).toEqual([]);
		expect(ask([row(bitrix('5'))], [bare(1)])).toEqual([1]);
		expect(ask([row(bitrix('5'))], [bare(1, bitrix(5))])).toEqual([]);
		expect(ask([row(bitrix('5'))], [bare(1, bitrix(6))])).toEqual([]);
		expect(ask([row(bitrix('5'))], [bare(1, otherPhone)])).toEqual([]);
		expect(ask([row()], [bare(1, { leadType: undefined })])).toEqual([1]);
		expect(ask([row()], [bare(1, { phone: undefined })])).toEqual([1]);
		expect(ask([row()], [bare(1, { phone: undefined, leadType: 'selection' })])).toEqual([]);
		// Two rows or two leads: which is which?
		expect(ask([row(), row()], [bare(1)])).toEqual([1]);
		expect(ask([row()], [bare(1), bare(2)])).toEqual([1, 2]);
		expect(ask([row(), row()], [lead(1), lead(2)])).toEqual([]);
		expect(ask([row(), row(otherPhone)], [bare(1), bare(2, otherPhone)])).toEqual([]);
		expect(ask([row(), row(bitrix('5'))], [bare(1, bitrix(6))])).toEqual([]);
	});
});

describe('assignExisting, for any rows and leads', () => {
	const ids = fc.record(
		{
			externalIdBitrix24: fc.constantFrom('5', '6', '05'),
			externalIdAmo: fc.constantFrom('1', '2'),
			name: fc.constantFrom('Anna', 'Boris'),
			phone: fc.constantFrom('89001234567', '79007654321'),
		},
		{ requiredKeys: [] },
	);
	const rows = fc.array(ids.map(row), { maxLength: 6 });
	const leads = fc
		.array(fc.tuple(ids, fc.constantFrom({}, {}, {}, { phone: null })), { maxLength: 6 })
		.map((list) => list.map(([shown, hidden], index) => lead(index + 1, { ...shown, ...hidden })));

	const own = ['externalIdBitrix24', 'externalIdAmo'];
	const nationalOf = (record: Record<string, unknown>) => String(record.phone).slice(-10);
	const fits = (sent: LeadBody, shown: ListedLead) =>
		nationalOf(sent) === nationalOf(shown) &&
		own.every((name) => [undefined, shown[name]].includes(sent[name]));
	const equals = (sent: LeadBody, shown: ListedLead, names: string[]) =>
		fits(sent, shown) && names.every((name) => (sent[name] ?? '') === (shown[name] ?? ''));
	/** Not certainly another client. */
	const mayFit = (sent: LeadBody, shown: ListedLead) =>
		(shown.phone === null || nationalOf(sent) === nationalOf(shown)) &&
		own.every((name) => sent[name] === undefined || Number(sent[name]) === Number(shown[name] ?? NaN));

	it('is a largest matching, with as many of the best matches as possible, and creates nothing that may be there', () => {
		const counts = { lead: 0, none: 0, unclear: 0 };
		fc.assert(
			fc.property(rows, leads, (rows, leads) => {
				const assignments = assignExisting(rows, leads);
				const pairs = assignments.flatMap((assignment, index) =>
					assignment.kind === 'lead' ? [{ sent: rows[index], shown: assignment.lead }] : [],
				);
				const given = new Set(pairs.map(({ shown }) => shown));
				expect(given.size).toBe(pairs.length);
				for (const { sent, shown } of pairs) expect(fits(sent, shown)).toBe(true);

				const sizeBy = (match: typeof fits) =>
					countByTrying(
						rows.map((sent) => leads.flatMap((shown, index) => (match(sent, shown) ? [index] : []))),
					);
				expect(pairs).toHaveLength(sizeBy(fits));
				for (const names of [own, [...own, 'name']]) {
					const match = (sent: LeadBody, shown: ListedLead) => equals(sent, shown, names);
					expect(pairs.filter(({ sent, shown }) => match(sent, shown))).toHaveLength(sizeBy(match));
				}
				assignments.forEach((assignment, index) => {
					counts[assignment.kind]++;
					if (assignment.kind === 'lead') return;
					const candidates = leads.filter((shown) => !given.has(shown) && mayFit(rows[index], shown));
					expect(assignment).toEqual(
						candidates.length === 0 ? { kind: 'none' } : { kind: 'unclear', leads: candidates },
					);
				});
			}),
			{ numRuns: 3_000 },
		);
		expect(Math.min(...Object.values(counts))).toBeGreaterThan(300);
	});

	it('does not depend on the order of the leads', () => {
		const shuffled = leads.chain((list) =>
			fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
		);
		fc.assert(
			fc.property(rows, shuffled, (rows, [leads, others]) => {
				expect(tell(assignExisting(rows, others))).toEqual(tell(assignExisting(rows, leads)));
			}),
			{ numRuns: 1_000 },
		);
	});

	it('tells the same from a list that hides fields, once the details it asks for are read', () => {
		const hidden = fc.subarray(['name', 'externalIdAmo', 'externalIdBitrix24', 'leadType', 'phone']);
		fc.assert(
			fc.property(rows, leads, hidden, (rows, leads, hidden) => {
				const listed = leads.map((shown) => {
					const entry = { ...shown };
					for (const name of hidden) delete entry[name];
					return entry;
				});
				const asked = new Set(selectIncompleteForExisting(rows, listed).map(({ id }) => id));
				const completed = listed.map((entry, index) => (asked.has(entry.id) ? leads[index] : entry));
				expect(tell(assignExisting(rows, completed))).toEqual(tell(assignExisting(rows, leads)));
			}),
			{ numRuns: 3_000 },
		);
	});
});

describe('many rows and leads', () => {
	const MANY = Array.from({ length: 10_000 }, (_, index) => index);
	const phoneOf = (index: number) => ({ phone: `7900${1_000_000 + index}` });
	const SOME = MANY.slice(0, 1_000);

	it('are told from each other', () => {
		const rows = MANY.map((index) => row({ ...phoneOf(index), name: `Client ${index}` }));
		const leads = MANY.map((index) => lead(index, { ...phoneOf(index), name: `Client ${index}` }));
		const requests = rows.map((sent) => ({ sent, since: 0, earliest: 0 }));
		const existing = assignExisting(rows, leads);
		const created = assignRequests(requests, leads, compareDetails);
		expect(tell(existing)).toEqual(MANY.map(String));
		expect(tell(created)).toEqual(MANY.map(String));
	});

	it.each<[string, number, (i: number) => LeadBody, (i: number) => Record<string, unknown>, string[]]>([
		['are all alike', 1_000, () => ({}), () => ({}), ['lead']],
		['differ by name', 1_000, (i) => ({ name: `A ${i}` }), (i) => ({ name: `A ${999 - i}` }), ['lead']],
		['do not agree', 1_000, (i) => ({ name: `A ${i}` }), (i) => ({ name: `B ${i}` }), ['unclear']],
		[
			'differ by their custom values',
			300,
			(i) => ({ customValues: { 10: `A ${i}` } }),
			(i) => ({ customValues: [{ id: 10, value: `A ${i}` }] }),
			['lead'],
		],
	])('of one phone that %s are brought together', (_, count, ofRow, ofLead, expected) => {
		const rows = SOME.slice(0, count).map((index) => row(ofRow(index)));
		const leads = SOME.slice(0, count).map((index) => lead(index, ofLead(index)));
		const requests = rows.map((sent) => ({ sent, since: 0, earliest: 0 }));
		const kindsOf = (assignments: Assignment[]) => [...new Set(assignments.map(({ kind }) => kind))];
		const existing = assignExisting(rows, leads);
		const created = assignRequests(requests, leads, compareDetails);
		expect(kindsOf(existing)).toEqual(['lead']);
		expect(kindsOf(created)).toEqual(expected);
	});

	it('whose IDs are hard to bring together are brought together', () => {
		const rows = SOME.map((i) => row(i < 500 ? {} : { externalIdBitrix24: '5' }));
		const leads = SOME.map((i) => lead(i, { externalIdMacro: i, externalIdBitrix24: i < 500 ? 5 : null }));
		const existing = assignExisting(rows, leads);
		expect(existing.every(({ kind }) => kind === 'lead')).toBe(true);
	});

	it('that show no phone are unclear', () => {
		const rows = MANY.map((index) => row(phoneOf(index)));
		const leads = MANY.map((index) => lead(index, { phone: '+7900***4567' }));
		const existing = assignExisting(rows, leads);
		expect(existing.every(({ kind }) => kind === 'unclear')).toBe(true);
	});
});

import type { IExecuteFunctions } from 'n8n-workflow';

import { toAttempt, type Attempt } from '../../nodes/Liner/actions/lead/create/delivery/journal';
import {
	ClaimedLeads,
	LeadFinder,
	type Period,
} from '../../nodes/Liner/actions/lead/create/delivery/leadFinder';
import type { LeadBody, LeadId, ListedLead } from '../../nodes/Liner/api/leads';
import { Failure } from '../../nodes/Liner/failure';
import { RateLimiter } from '../../nodes/Liner/transport/rateLimiter';
import { RetryingReader } from '../../nodes/Liner/transport/retryingReader';
import { StopSignal } from '../../nodes/Liner/transport/stopSignal';
import { VirtualClock } from '../support/virtualClock';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const body = (change: LeadBody = {}): LeadBody => ({
	leadType: 'straight',
	phone: '79001234567',
	orderId: 501,
	orderCode: 'river-park',
	...change,
});
const blanks = {
	name: null,
	externalIdAmo: null,
	externalIdBitrix24: null,
	externalIdMacro: null,
	externalIdDomoplaner: null,
	vkId: null,
	instagramLogin: null,
	telegramUserName: null,
	telegramPhone: null,
};
const START = new VirtualClock().start;
/** A lead that was created so many milliseconds after the start. */
const lead = (id: LeadId, after = 0, change: Record<string, unknown> = {}): ListedLead => ({
	...blanks,
	...body(),
	id,
	createdAt: new Date(START + after).toISOString(),
	...change,
});
/** As a list shows it that leaves out most. */
const partial = (id: LeadId, after = 0, change: Record<string, unknown> = {}): ListedLead => {
	const { phone, orderId, leadType, createdAt } = lead(id, after);
	return { id, phone, orderId, leadType, createdAt, ...change };
};

interface Setting {
	/** The list each time that it is read; the last one from then on. */
	lists?: Array<ListedLead[] | Failure>;
	details?: Record<string, ListedLead | Failure>;
	/** How far Liner's clock is ahead, as it is known before each answer; the last one from then on. */
	offsets?: Array<number | undefined>;
	claimed?: string[];
}

function setUp({ lists = [[]], details = {}, offsets = [0], claimed = [] }: Setting = {}) {
	const clock = new VirtualClock();
	const stopSignal = new StopSignal(undefined, clock);
	const asked: Array<[orderId: number, period: Period, offset: number]> = [];
	const detailed: LeadId[] = [];
	let answers = 0;
	const claims = new Set(claimed);
	const finder = new LeadFinder({
		source: {
			listLeads: async (orderId, { from, to }, offset) => {
				asked.push([orderId, { from: from - START, to: to - START }, offset]);
				const list = lists[Math.min(answers++, lists.length - 1)];
				return list instanceof Failure ? list : { entries: list };
			},
			getLead: async (id) => {
				detailed.push(id);
				return details[id] ?? new Failure('rejected', 'Not found', 'Look elsewhere.', { httpCode: 404 });
			},
			clockOffset: () => offsets[Math.min(answers, offsets.length - 1)],
		},
		reader: new RetryingReader(new RateLimiter(0, stopSignal, clock), stopSignal),
		clock,
		claimed: claims,
		knowledge: {},
	});
	const alone = { open: [], unresolved: [] };
	/** Looks for the lead of a request that was sent so many milliseconds after the start. */
	const find = async (sentAt = 0, rivals: { open?: LeadBody[]; unresolved?: LeadBody[] } = {}) =>
		await clock.run(
			finder.findCreated(toAttempt(body(), START + sentAt), {
				open: (rivals.open ?? alone.open).map((rival) => toAttempt(rival, START + sentAt)),
				unresolved: (rivals.unresolved ?? alone.unresolved).map((rival) => toAttempt(rival, START + sentAt)),
			}),
		);
	const findExisting = async (rows: LeadBody[], age = HOUR, doubtful: Attempt[] = []) =>
		await clock.run(finder.findExisting(501, rows, age, doubtful));
	return { clock, finder, asked, detailed, claims, find, findExisting };
}

const like = (ids: string, count = 1) =>
	new Failure(
		'unknown',
		`Liner has ${count} ${count === 1 ? 'lead' : 'leads'} like it (${ids})`,
		count === 1
			? 'Look at it in Liner, and send the item again if it is another one.'
			: 'Look at them in Liner, and send the item again if none of them is it.',
	);

describe('findCreated', () => {
	it('finds the lead that a request created, and claims it', async () => {
		const { find, claims, detailed } = setUp({ lists: [[lead(7)]] });
		expect(await find()).toBe(7);
		expect([...claims]).toEqual(['7']);
		expect(detailed).toEqual([]);
	});

	it('gives nothing where there is certainly no such lead', async () => {
		const { find, claims } = setUp({ lists: [[lead(7, 0, { phone: '79007654321' })]] });
		expect(await find()).toBeUndefined();
		expect([...claims]).toEqual([]);
	});

	it('never gives a lead twice', async () => {
		const { find } = setUp({ lists: [[lead(7), lead('8')]], claimed: ['7'] });
		expect(await find()).toBe('8');
		expect(await find()).toBeUndefined();
	});

	it('never gives a lead that another request created', async () => {
		const { finder, find, claims } = setUp({ lists: [[lead(7), lead('8')]] });
		finder.reserve('7');
		finder.reserve(8);
		expect(await find()).toBeUndefined();
		expect([...claims]).toEqual([]);
	});

	it('says which leads it may be', async () => {
		const unclear = (number: number) =>
			Array.from({ length: number }, (_, index) => lead(index + 1, 0, { name: 'Anna' }));
		expect(await setUp({ lists: [unclear(1)] }).find()).toEqual(like('1'));
		expect(await setUp({ lists: [unclear(2)] }).find()).toEqual(like('1, 2', 2));
		const ids = Array.from({ length: 20 }, (_, index) => index + 1).join(', ');
		expect(await setUp({ lists: [unclear(22)] }).find()).toEqual(like(`${ids} and 2 more`, 22));
	});

	it('gives the failure of a list that cannot be read', async () => {
		const refusal = new Failure('rejected', 'Liner says no', 'Check the key.');
		const { find, asked } = setUp({ lists: [refusal] });
		expect(await find()).toBe(refusal);
		expect(asked).toHaveLength(1);
	});

	describe('asks for the period in which the lead was created', () => {
		it.each([0, 3 * HOUR, -3 * HOUR])('when the clocks differ by %i ms', async (offset) => {
			const { clock, find, asked } = setUp({ offsets: [offset] });
			await clock.advance(MINUTE);
			await find(10 * SECOND);
			expect(asked).toEqual([
				[501, { from: Math.min(offset, 0) - 80 * SECOND, to: MINUTE + Math.max(offset, 0) + DAY }, 0],
			]);
		});

		it('when it is not known how much they differ', async () => {
			const { clock, find, asked } = setUp({ offsets: [undefined] });
			await clock.advance(MINUTE);
			await find(10 * SECOND);
			expect(asked).toEqual([[501, { from: 10 * SECOND - 6 * MINUTE, to: MINUTE + DAY }, 0]]);
		});

		it('from the earliest of the requests that could be taken for each other', async () => {
			const { clock, finder, asked } = setUp();
			await clock.run(
				finder.findCreated(toAttempt(body(), START), {
					open: [toAttempt(body(), START - MINUTE)],
					unresolved: [toAttempt(body(), START - 2 * MINUTE)],
				}),
			);
			expect(asked).toEqual([[501, { from: -210 * SECOND, to: DAY }, 0]]);
			const other = setUp();
			await other.clock.run(
				other.finder.findCreated(toAttempt(body(), START), {
					open: [toAttempt(body(), START - 3 * MINUTE)],
					unresolved: [toAttempt(body(), START - 2 * MINUTE)],
				}),
			);
			expect(other.asked).toEqual([[501, { from: -270 * SECOND, to: DAY }, 0]]);
		});

		it('once, where the first answer tells that the clocks hardly differ', async () => {
			const { find, asked } = setUp({ lists: [[lead(7)]], offsets: [undefined, 0] });
			expect(await find()).toBe(7);
			expect(asked).toEqual([[501, { from: -6 * MINUTE, to: DAY }, 0]]);
		});

		it('again, where the first answer tells that it was earlier', async () => {
			const lists = [[], [lead(7, -6 * HOUR)]];
			const { find, asked } = setUp({ lists, offsets: [undefined, -6 * HOUR] });
			expect(await find()).toBe(7);
			expect(asked).toEqual([
				[501, { from: -6 * MINUTE, to: DAY }, 0],
				[501, { from: -6 * HOUR - 90 * SECOND, to: DAY }, 0],
			]);
		});

		it('again, where the first answer tells that it was later', async () => {
			const lists = [[], [lead(7, 2 * DAY)]];
			const { find, asked } = setUp({ lists, offsets: [undefined, 2 * DAY] });
			expect(await find()).toBe(7);
			expect(asked).toEqual([
				[501, { from: -6 * MINUTE, to: DAY }, 0],
				[501, { from: -90 * SECOND, to: 3 * DAY }, 0],
			]);
		});

		it.each([
			[5 * SECOND, 1],
			[5 * SECOND + 1, 2],
		])('again, where it begins earlier by more than 5 s: %i ms', async (difference, times) => {
			const { find, asked } = setUp({ offsets: [0, -difference] });
			await find();
			expect(asked).toHaveLength(times);
		});

		it.each([
			[5 * MINUTE, 1],
			[5 * MINUTE + 1, 2],
		])('again, where it ends later by more than 5 min: %i ms', async (difference, times) => {
			const { find, asked } = setUp({ offsets: [0, difference] });
			await find();
			expect(asked).toHaveLength(times);
		});
	});

	describe('is certain only of a lead', () => {
		it.each([
			[-5 * SECOND, 7],
			[-5 * SECOND - 1, like('7')],
			[-30 * SECOND, like('7')],
			[-30 * SECOND - 1, undefined],
		])('that was created after the request: %i ms', async (createdAfter, found) => {
			const { find } = setUp({ lists: [[lead(7, createdAfter)]] });
			expect(await find()).toEqual(found);
		});

		it.each([
			[-5 * SECOND, 7],
			[-5 * SECOND - 1, like('7')],
			[-5 * MINUTE, like('7')],
			[-5 * MINUTE - 1, undefined],
		])('that was created after it by a clock that is not known: %i ms', async (createdAfter, found) => {
			const { find } = setUp({ lists: [[lead(7, createdAfter)]], offsets: [undefined] });
			expect(await find()).toEqual(found);
		});

		it.each([
			[HOUR - 5 * SECOND, 7],
			[HOUR - 5 * SECOND - 1, like('7')],
			[-30 * SECOND, like('7')],
			[-30 * SECOND - 1, undefined],
		])('that was created after it by the clock of the first answer: %i ms', async (createdAfter, found) => {
			const { find } = setUp({ lists: [[lead(7, createdAfter)]], offsets: [undefined, HOUR] });
			expect(await find()).toEqual(found);
		});

		it.each([
			['is behind', -3 * HOUR + 30 * SECOND + 1, like('7')],
			['may be right', -3 * HOUR + 30 * SECOND, 7],
		])('by the later clock, where the leads show that the told one %s', async (_, createdAfter, found) => {
			const other = lead(8, createdAfter, { phone: '79007654321' });
			const lists = [[lead(7, -3 * HOUR + SECOND), other]];
			expect(await setUp({ lists, offsets: [-3 * HOUR] }).find()).toEqual(found);
		});

		it('by our clock, where the told one is behind', async () => {
			const offsets = [-3 * HOUR];
			expect(await setUp({ lists: [[lead(7)]], offsets }).find()).toBe(7);
			expect(await setUp({ lists: [[lead(7, -5 * SECOND)]], offsets }).find()).toBe(7);
			expect(await setUp({ lists: [[lead(7, -5 * SECOND - 1)]], offsets }).find()).toEqual(like('7'));
		});

		it('by the told clock, where that is ahead', async () => {
			const future = lead(8, 4 * HOUR, { phone: '79007654321' });
			const find = async (createdAfter: number) =>
				await setUp({ lists: [[lead(7, createdAfter), future]], offsets: [3 * HOUR] }).find();
			expect(await find(3 * HOUR - 5 * SECOND)).toBe(7);
			expect(await find(3 * HOUR - 5 * SECOND - 1)).toEqual(like('7'));
		});

		it('that no request that stays in doubt may have created', async () => {
			const { find } = setUp({ lists: [[lead(7)]] });
			expect(await find(0, { unresolved: [body()] })).toEqual(like('7'));
			expect(await find(0, { open: [body()] })).toBe(7);
			const other = setUp({ lists: [[lead(7)]] });
			expect(await other.find(0, { unresolved: [body({ phone: '79007654321' })] })).toBe(7);
		});

		it('that no other request may have created', async () => {
			const { find } = setUp({ lists: [[lead(7, 0, { name: 'Anna' })]] });
			expect(await find(0, { open: [body({ name: 'Anna' })] })).toBeUndefined();
		});
	});

	describe('reads a lead by its ID', () => {
		it('that does not show what it is, once', async () => {
			const details = { 7: lead(7, 0, { name: 'Anna' }), 8: lead(8) };
			const { find, detailed } = setUp({ lists: [[partial(7), partial(8)]], details });
			expect(await find()).toBe(8);
			expect(detailed).toEqual([7, 8]);
			expect(await find()).toEqual(like('7'));
			expect(detailed).toEqual([7, 8]);
		});

		it('and keeps what only the list shows', async () => {
			const details = { 7: { ...blanks, id: 7, leadType: 'straight' } };
			const { find } = setUp({ lists: [[partial(7)]], details });
			expect(await find()).toBe(7);
		});

		it('not that shows what it is, is another one, or belongs to an item', async () => {
			const lists = [
				[partial(7), lead(8), partial(9, 0, { phone: '79007654321' }), partial(10, -31 * SECOND)],
			];
			const { find, detailed } = setUp({ lists, claimed: ['7'] });
			expect(await find()).toBe(8);
			expect(detailed).toEqual([]);
		});

		it('that may belong to a request that stays in doubt', async () => {
			const details = { 7: lead(7, 0, { phone: '79007654321' }) };
			const lists = [[partial(7, 0, { phone: '79007654321' })]];
			const { find, detailed } = setUp({ lists, details });
			expect(await find(0, { unresolved: [body({ phone: '79007654321' })] })).toBeUndefined();
			expect(detailed).toEqual([7]);
			const other = setUp({ lists, details });
			expect(await other.find(0, { open: [body({ phone: '79007654321' })] })).toBeUndefined();
			expect(other.detailed).toEqual([7]);
		});

		it('and takes what its detail does not show for not shown at all', async () => {
			const { find, detailed } = setUp({ lists: [[partial(7)]], details: { 7: partial(7) } });
			expect(await find()).toBe(7);
			expect(detailed).toEqual([7]);
		});

		it('and gives the failure when that fails', async () => {
			const { find, asked, detailed } = setUp({ lists: [[partial(7)]] });
			expect(await find()).toEqual(
				new Failure('rejected', 'Not found', 'Look elsewhere.', { httpCode: 404 }),
			);
			expect([asked.length, detailed]).toEqual([1, [7]]);
		});

		it('and takes no other lead for it', async () => {
			const { find } = setUp({ lists: [[partial(7)]], details: { 7: lead(8) } });
			expect(await find()).toEqual(new Failure('unknown', "Liner's detail of lead 7 is that of lead 8", ''));
			expect(await setUp({ lists: [[partial(7)]], details: { 7: lead('7') } }).find()).toBe('7');
		});

		it('again when that fails for the moment', async () => {
			const details: Record<string, ListedLead | Failure> = { 7: new Failure('unknown', 'Broken', '') };
			const { clock, finder, detailed } = setUp({ lists: [[partial(7)]], details });
			const finding = finder.findCreated(toAttempt(body(), START), { open: [], unresolved: [] });
			await clock.advance(500);
			details[7] = lead(7);
			expect(await clock.run(finding)).toBe(7);
			expect([detailed, clock.elapsed]).toEqual([[7, 7], 1_000]);
		});

		it('a thousand times at most', async () => {
			const leads = Array.from({ length: 1_001 }, (_, index) => partial(index + 1));
			const details = Object.fromEntries(leads.map(({ id }) => [id, lead(id, 0, { leadType: 'selection' })]));
			const most = setUp({ lists: [leads.slice(0, 1_000)], details });
			expect(await most.find()).toBeUndefined();
			expect(await most.find()).toBeUndefined();
			expect(most.detailed).toHaveLength(1_000);
			const { find, detailed } = setUp({ lists: [leads], details });
			expect(await find()).toEqual(
				new Failure(
					'unknown',
					"Liner's list leaves out what tells its leads apart, and there are more than 1000 to be read one by one",
					'',
				),
			);
			expect(detailed).toHaveLength(1_000);
		});
	});

	it('does not take a lead that another item claimed while it was read', async () => {
		const { finder, clock, claims } = setUp({ lists: [[partial(7)]], details: { 7: lead(7) } });
		const finding = finder.findCreated(toAttempt(body(), START), { open: [], unresolved: [] });
		claims.add('7');
		expect(await clock.run(finding)).toBeUndefined();
	});

	describe('of a list that changes while it is read', () => {
		const page = (entries: ListedLead[], next?: number) => ({ entries, next });

		/** Each reading is a list of pages. */
		async function findIn(readings: ListedLead[][][], ahead = 0) {
			const { clock } = setUp();
			const stopSignal = new StopSignal(undefined, clock);
			let reading = -1;
			const finder = new LeadFinder({
				source: {
					listLeads: async (_orderId, _period, offset) => {
						if (offset === 0) reading++;
						const pages = readings[reading];
						await clock.sleep(1);
						return page(pages[offset], offset + 1 < pages.length ? offset + 1 : undefined);
					},
					getLead: async () => new Failure('rejected', 'Not found', ''),
					clockOffset: () => ahead,
				},
				reader: new RetryingReader(new RateLimiter(0, stopSignal, clock), stopSignal),
				clock,
				claimed: new Set(),
				knowledge: {},
			});
			const finding = finder.findCreated(toAttempt(body(), START), { open: [], unresolved: [] });
			return { found: await clock.run(finding), readings: reading + 1 };
		}

		const other = (id: number, after = 0) => lead(id, after, { phone: '79007654321' });

		it('finds the lead that moved to a page that had been read', async () => {
			const whole = [[other(1), lead(7)], [other(2)]];
			expect(await findIn([[[other(1), other(2)], [other(2)]], whole, whole])).toEqual({
				found: 7,
				readings: 3,
			});
		});

		it('does not mind leads that came in after the reading began', async () => {
			// The second reading begins 2 ms after the start; what is created then hides nothing.
			const first = [[other(1), lead(7)], [lead(7)]];
			expect(await findIn([first, [[other(3, 3), other(1)], [lead(7)]]])).toEqual({ found: 7, readings: 2 });
			expect(await findIn([first, [[other(3, 0), other(1)], [lead(7)]], first])).toEqual({
				found: 7,
				readings: 3,
			});
			const late = lead(7, HOUR);
			const begin = [[other(1), late], [late]];
			expect(await findIn([begin, [[other(3, HOUR + 3), other(1)], [late]]], HOUR)).toEqual({
				found: 7,
				readings: 2,
			});
			expect(await findIn([begin, [[other(3, 3), other(1)], [late]], begin], HOUR)).toEqual({
				found: 7,
				readings: 3,
			});
			// Without a time, it may be an old one.
			const timeless = { ...other(3), createdAt: null };
			expect(await findIn([first, [[timeless, other(1)], [lead(7)]], first])).toEqual({
				found: 7,
				readings: 3,
			});
		});
	});
});

describe('findExisting', () => {
	it('gives each row its lead, and claims it', async () => {
		const { findExisting, claims } = setUp({ lists: [[lead(7), lead('8', 0, { phone: '79007654321' })]] });
		expect(
			await findExisting([body({ phone: '79007654321' }), body({ phone: '79000000000' }), body()]),
		).toEqual(['8', undefined, 7]);
		expect([...claims]).toEqual(['8', '7']);
		expect(await findExisting([body()])).toEqual([undefined]);
	});

	it.each([0, 3 * HOUR])('asks for leads of this age by a clock that is %i ms ahead', async (offset) => {
		const { clock, findExisting, asked } = setUp({ offsets: [offset] });
		await clock.advance(MINUTE);
		await findExisting([body()], 2 * HOUR);
		const from = MINUTE + Math.min(offset, 0) - 2 * HOUR - 5 * SECOND;
		expect(asked).toEqual([[501, { from, to: MINUTE + Math.max(offset, 0) + DAY }, 0]]);
	});

	it('asks for leads of this age by a clock that is not known', async () => {
		const { findExisting, asked } = setUp({ offsets: [undefined] });
		await findExisting([body()], 2 * HOUR);
		expect(asked).toEqual([[501, { from: -2 * HOUR - 5 * SECOND, to: DAY }, 0]]);
	});

	it('asks again where the first answer tells what time it is', async () => {
		const lists = [[], [lead(7, -3 * HOUR)]];
		const { findExisting, asked } = setUp({ lists, offsets: [undefined, -3 * HOUR] });
		expect(await findExisting([body()], HOUR)).toEqual([7]);
		expect(asked).toEqual([
			[501, { from: -HOUR - 5 * SECOND, to: DAY }, 0],
			[501, { from: -4 * HOUR - 5 * SECOND, to: DAY }, 0],
		]);
	});

	it('says which leads a row may be', async () => {
		const { findExisting, claims } = setUp({ lists: [[lead(7, 0, { phone: '+375 00 123 45 67' })]] });
		expect(await findExisting([body()])).toEqual([like('7')]);
		expect([...claims]).toEqual([]);
	});

	it('reads leads by their IDs that do not show what they are', async () => {
		const details = { 7: lead(7, 0, { externalIdAmo: '5' }), 8: lead(8) };
		const lists = [[partial(7), partial(8)]];
		const { findExisting, detailed } = setUp({ lists, details });
		expect(await findExisting([body({ externalIdAmo: '6' }), body({ externalIdAmo: '5' })])).toEqual([
			undefined,
			7,
		]);
		expect(detailed).toEqual([7, 8]);
	});

	it('reads no lead a second time, even if it still does not show what it is', async () => {
		const { findExisting, detailed } = setUp({ lists: [[partial(7)]], details: { 7: partial(7) } });
		const rows = [body({ externalIdAmo: '5' })];
		expect(await findExisting(rows)).toEqual(await findExisting(rows));
		expect(detailed).toEqual([7]);
	});

	it.each([
		[-30 * SECOND - 1, 7],
		[-30 * SECOND, like('7')],
		[HOUR, like('7')],
	])('gives no row a lead that a request in doubt may have created: %i ms', async (createdAfter, found) => {
		const { findExisting } = setUp({ lists: [[lead(7, createdAfter)]] });
		const doubtful = [toAttempt(body({ phone: '79007654321' }), START), toAttempt(body(), START)];
		expect(await findExisting([body()], 2 * HOUR, doubtful)).toEqual([found]);
	});

	it('gives a row a lead that no request in doubt may have created', async () => {
		const { findExisting } = setUp({ lists: [[lead(7)]] });
		const doubtful = [toAttempt(body({ phone: '79007654321' }), START)];
		expect(await findExisting([body()], HOUR, doubtful)).toEqual([7]);
	});

	it('takes a lead for one of the minute that it shows', async () => {
		const { findExisting } = setUp({ lists: [[lead(7, -MINUTE)]] });
		expect(await findExisting([body()], HOUR, [toAttempt(body(), START)])).toEqual([like('7')]);
	});

	it('gives the failure of what cannot be read', async () => {
		const refusal = new Failure('rejected', 'Liner says no', '');
		expect(await setUp({ lists: [refusal] }).findExisting([body()])).toBe(refusal);
		const { findExisting } = setUp({ lists: [[partial(7)]], details: { 7: refusal } });
		expect(await findExisting([body({ externalIdAmo: '5' })])).toBe(refusal);
	});

	it('gives no row what may be the lead of a request in doubt with the same phone', async () => {
		const other = body({ phone: '79007654321' });
		const { clock, finder } = setUp({ lists: [[lead(7, 0, { name: 'Anna' }), lead(8, 0, other)]] });
		const doubtful = [body({ name: 'Anna' }), body({ phone: '79000000000' })].map((sent) =>
			toAttempt(sent, START),
		);
		expect(await clock.run(finder.findExisting(501, [body(), other], HOUR, doubtful))).toEqual([
			like('7'),
			8,
		]);
	});
});

describe('claim', () => {
	it('gives the ID as it is, and keeps it as text', () => {
		const { finder, claims } = setUp();
		expect([finder.claim(7), finder.claim('8')]).toEqual([7, '8']);
		expect([...claims]).toEqual(['7', '8']);
	});
});

describe('reserve', () => {
	it('keeps a lead from a request in doubt, but not from an item that looks for it', async () => {
		const { finder, find, findExisting } = setUp({ lists: [[lead(7)]] });
		finder.reserve(7);
		expect(await find()).toBeUndefined();
		expect(await findExisting([body()])).toEqual([7]);
	});
});

describe('ClaimedLeads', () => {
	const contextOf = (execution: object) =>
		({
			getContext: (type: string) => (type === 'flow' ? execution : {}),
		}) as unknown as IExecuteFunctions;

	it('is the same for all nodes of an execution and account, and for no other', () => {
		const [one, other] = [{}, {}];
		const claimed = new ClaimedLeads(contextOf(one), 'https://a.example');
		claimed.add('7');
		expect(new ClaimedLeads(contextOf(one), 'https://a.example').has('7')).toBe(true);
		expect(new ClaimedLeads(contextOf(one), 'https://b.example').has('7')).toBe(false);
		expect(new ClaimedLeads(contextOf(other), 'https://a.example').has('7')).toBe(false);
		expect(one).toEqual({});
	});

	it('lets go of what this try claimed, and of nothing else', () => {
		const execution = {};
		const before = new ClaimedLeads(contextOf(execution), 'https://a.example');
		before.add('7');
		const claimed = new ClaimedLeads(contextOf(execution), 'https://a.example');
		claimed.add('7');
		claimed.add('8');
		claimed.release();
		expect(['7', '8'].map((id) => before.has(id))).toEqual([true, false]);
	});
});

import type { IDataObject } from 'n8n-workflow';

import {
	deliver,
	recall,
	withhold,
	type DeliveryTools,
	type Recalled,
} from '../../nodes/Liner/actions/lead/create/delivery/deliver';
import { Journal, toAttempt, type Attempt } from '../../nodes/Liner/actions/lead/create/delivery/journal';
import { LeadFinder } from '../../nodes/Liner/actions/lead/create/delivery/leadFinder';
import type { LeadResult } from '../../nodes/Liner/actions/lead/create/leadOutcome';
import type { LookupOptions, SendOptions } from '../../nodes/Liner/actions/lead/create/options';
import type { LeadBody, ListedLead } from '../../nodes/Liner/api/leads';
import { Failure } from '../../nodes/Liner/failure';
import { RateLimiter } from '../../nodes/Liner/transport/rateLimiter';
import { RetryingReader } from '../../nodes/Liner/transport/retryingReader';
import { StopSignal } from '../../nodes/Liner/transport/stopSignal';
import { VirtualClock } from '../support/virtualClock';

const body = (item: number, change: LeadBody = {}): LeadBody => ({
	leadType: 'straight',
	phone: `7900123${4500 + item}`,
	orderId: 501,
	orderCode: 'river-park',
	...change,
});
const rows = (number: number): Recalled[] =>
	Array.from({ length: number }, (_, item) => ({ body: body(item), outcome: undefined }));

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

/** A Liner in virtual time that answers the requests of each item as it is told, and creates a lead otherwise. */
class FakeLiner {
	readonly leads: ListedLead[] = [];

	/** Of each request: the item, the milliseconds since the start, and `in doubt` if an earlier one is. */
	readonly sends: Array<[item: number, time: number, isInDoubt?: 'in doubt']> = [];

	/** When each list of leads was asked for. */
	readonly looks: number[] = [];

	/** Whether the list shows a lead that was stored. */
	isShown: (id: number, elapsed: number) => boolean = () => true;

	/** What happens when a list is asked for, in place of an answer. */
	onLook: () => Failure | void | Promise<Failure | void> = () => undefined;

	private readonly sent = new Map<number, number>();

	constructor(
		readonly clock: VirtualClock,
		private readonly answers: Record<number, Answer[]>,
	) {}

	async submit(lead: LeadBody, isInDoubt: boolean): Promise<LeadResult | Failure> {
		const item = Number(String(lead.phone).slice(-4)) - 4500;
		this.sends.push(isInDoubt ? [item, this.clock.elapsed, 'in doubt'] : [item, this.clock.elapsed]);
		const count = this.sent.get(item) ?? 0;
		this.sent.set(item, count + 1);
		return await (this.answers[item]?.[count] ?? created)(this, lead);
	}

	async list() {
		this.looks.push(this.clock.elapsed);
		const failure = await this.onLook();
		return (
			failure ?? { entries: this.leads.filter(({ id }) => this.isShown(Number(id), this.clock.elapsed)) }
		);
	}

	store(lead: LeadBody): { id: number } {
		const id = 101 + this.leads.length;
		this.leads.push({ ...blanks, ...lead, id, createdAt: new Date(this.clock.now()).toISOString() });
		return { id };
	}
}

type Answer = (liner: FakeLiner, lead: LeadBody) => LeadResult | Failure | Promise<LeadResult | Failure>;

const created: Answer = (liner, lead) => liner.store(lead);
const rejection = new Failure('rejected', 'Liner rejected the lead: No', 'Correct it (HTTP 422).', {
	httpCode: 422,
});
const unreachable = new Failure('notDelivered', 'Liner cannot be reached', 'Nothing was created.');
const unreachableAgain = new Failure('notDelivered', 'Liner cannot be reached', 'Again.');
const busy = (retryAfter?: number) =>
	new Failure('notDelivered', 'Liner takes no more requests for now', 'Wait (HTTP 429).', {
		httpCode: 429,
		retryAfter,
	});
const brokenOff = new Failure('unknown', 'The connection broke off', 'Look for it.');
const timedOut = new Failure('unknown', 'Liner did not answer in time', 'Look for it.', { timedOut: true });
const serverError = new Failure('unknown', 'Liner could not finish', 'Look for it (HTTP 500).', {
	httpCode: 500,
});
const give =
	(failure: Failure): Answer =>
	() =>
		failure;
const storeAndGive =
	(failure: Failure, delay = 0): Answer =>
	(liner, lead) => {
		if (delay === 0) liner.store(lead);
		else void liner.clock.sleep(delay).then(() => liner.store(lead));
		return failure;
	};
const after =
	(milliseconds: number, answer: Answer): Answer =>
	async (liner, lead) => {
		await liner.clock.sleep(milliseconds);
		return await answer(liner, lead);
	};

interface Setting {
	answers?: Record<number, Answer[]>;
	send?: Partial<SendOptions>;
	/** `none` for a delivery that never looks. */
	lookup?: Partial<LookupOptions> | 'none';
	stopAtFailure?: boolean;
	random?: () => number;
	/** What an earlier try left in the journal. */
	before?: (journal: Journal) => void;
}

function setUp({
	answers = {},
	send,
	lookup = {},
	stopAtFailure = false,
	random = () => 1,
	before = () => undefined,
}: Setting = {}) {
	const clock = new VirtualClock();
	const liner = new FakeLiner(clock, answers);
	const canceler = new AbortController();
	const stopSignal = new StopSignal(canceler.signal, clock);
	const rateLimiter = new RateLimiter(0, stopSignal, clock);
	const finder = new LeadFinder({
		source: {
			listLeads: async () => await liner.list(),
			getLead: async (id) => liner.leads.find((lead) => lead.id === id) as ListedLead,
			clockOffset: () => 0,
		},
		reader: new RetryingReader(rateLimiter, stopSignal),
		clock,
		claimed: new Set(),
		knowledge: {},
	});
	const context: IDataObject = {};
	const openJournal = () => new Journal(context, 0, (item) => `source ${item}`);
	before(openJournal());
	const journal = openJournal();
	const tools: DeliveryTools = {
		submit: async (lead, isInDoubt) => await liner.submit(lead, isInDoubt),
		lookup:
			lookup === 'none'
				? undefined
				: {
						finder,
						options: { onUnknown: 'resend', ifExists: 'create', lookBackHours: 24, ...lookup },
					},
		journal,
		rateLimiter,
		stopSignal,
		clock,
		random,
		options: { timeout: 20_000, concurrency: 10, requestsPerSecond: 0, maxRetries: 3, ...send },
		stopAtFailure,
	};
	const run = async (recalled: Recalled[]) => await clock.run(deliver(recalled, tools));
	/** What a later try knows of the item. */
	const remember = (item: number, lead = body(item)) => openJournal().recall(item, lead);
	return { clock, liner, canceler, stopSignal, rateLimiter, finder, journal, tools, run, remember };
}

const nothing = { resumed: 0, existing: 0, reconciled: 0, throttled: 0 };

const notInLiner = (message: string, status = '') =>
	`${message}, and Liner has no such lead|The node looked for the lead in Liner and did not find it: the item can be sent again${status}.`;
const toNotInLiner = ({ message, details }: Failure, status = '') => {
	const [newMessage, description] = notInLiner(message, status).split('|');
	return new Failure('notDelivered', newMessage, description, details);
};
/** @param what E.g. `run ended`. */
const toInterrupted = (what: string) =>
	new Failure(
		'unknown',
		`${brokenOff.message}, and the ${what} before the node could tell whether the lead exists`,
		brokenOff.description,
	);
const toStillUnknown = ({ message, description, details }: Failure, why: string, howToFix: string) =>
	new Failure(
		'unknown',
		`${message}, and the node could not tell whether the lead exists: ${why}`,
		`${howToFix}${description}`,
		details,
	);
const earlier = (isOver: boolean) =>
	new Failure(
		'unknown',
		'An earlier try sent this item and got no clear answer',
		'The lead may have been created: look for its phone number in Liner before you send the item again.',
		isOver ? {} : { timedOut: true },
	);

describe('sending', () => {
	it('makes each body a lead, with one request each', async () => {
		const { liner, run, remember, journal } = setUp();
		expect(await run(rows(3))).toEqual({
			outcomes: [{ id: 101 }, { id: 102 }, { id: 103 }],
			stoppedBy: undefined,
			statistics: nothing,
		});
		expect(liner.sends).toEqual([
			[0, 0],
			[1, 0],
			[2, 0],
		]);
		expect(liner.looks).toEqual([]);
		expect([0, 1, 2].map((item) => remember(item))).toEqual([
			{ result: { id: 101 } },
			{ result: { id: 102 } },
			{ result: { id: 103 } },
		]);
		expect([0, 1, 2].map((item) => journal.isOpen(item))).toEqual([false, false, false]);
	});

	it('does nothing for no items', async () => {
		const { run } = setUp();
		expect(await run([])).toEqual({ outcomes: [], stoppedBy: undefined, statistics: nothing });
	});

	it('sends so many at the same time', async () => {
		const slow = [after(100, created)];
		const { liner, run } = setUp({
			answers: { 0: slow, 1: slow, 2: slow, 3: slow },
			send: { concurrency: 2 },
		});
		await run(rows(4));
		expect(liner.sends).toEqual([
			[0, 0],
			[1, 0],
			[2, 100],
			[3, 100],
		]);
	});

	it('sends nothing for items that cannot be sent, or were by an earlier try', async () => {
		const { liner, run, remember } = setUp({ stopAtFailure: true });
		const invalid = new Failure('invalid', "'Phone' is empty", 'Fill it in.');
		const recalled = [
			{ outcome: invalid },
			{ body: body(1), outcome: { id: 7 } },
			{ body: body(2), outcome: { accepted: true as const } },
			{ outcome: { id: 9 } },
			{ body: body(4), outcome: undefined },
		];
		expect(await run(recalled)).toEqual({
			outcomes: [invalid, { id: 7 }, { accepted: true }, { id: 9 }, { id: 101 }],
			stoppedBy: undefined,
			statistics: { ...nothing, resumed: 3 },
		});
		expect(liner.sends).toEqual([[4, 0]]);
		expect(remember(1)).toBeUndefined();
	});

	it('counts the leads that existed before an earlier try apart', async () => {
		const { run } = setUp();
		const existing = { id: 7, existing: true as const };
		expect(await run([{ body: body(0), outcome: existing }])).toEqual({
			outcomes: [existing],
			stoppedBy: undefined,
			statistics: { ...nothing, existing: 1 },
		});
	});

	it('leaves out an item of which nothing is known', async () => {
		const { liner, run } = setUp();
		expect((await run([{ outcome: undefined }, ...rows(2).slice(1)])).outcomes).toEqual([
			undefined,
			{ id: 101 },
		]);
		expect(liner.sends).toEqual([[1, 0]]);
	});

	it('claims each lead that it knows by its ID', async () => {
		const accepted = { accepted: true as const };
		const { run, finder } = setUp({ answers: { 1: [() => accepted] } });
		const claim = jest.spyOn(finder, 'claim');
		await run([...rows(2), { body: body(2), outcome: { id: 7 } }, { body: body(3), outcome: accepted }]);
		expect(claim.mock.calls).toEqual([[7], [101]]);
	});

	it('notes the request before it is sent', async () => {
		const { clock, tools, remember } = setUp({ answers: { 0: [after(100, created)] } });
		const delivery = deliver(rows(1), tools);
		await clock.advance(50);
		expect(remember(0)).toMatchObject({ attempt: toAttempt(body(0), clock.start) });
		await clock.run(delivery);
		expect(remember(0)).toEqual({ result: { id: 101 } });
	});

	it('gives what Liner says of a lead that it only accepts', async () => {
		const accepted = { accepted: true as const, ticket: 5 };
		const { run, remember } = setUp({ answers: { 0: [() => accepted] }, lookup: 'none' });
		expect((await run(rows(1))).outcomes).toEqual([accepted]);
		expect(remember(0)).toEqual({ result: accepted });
	});
});

describe('a list that lacks a lead which Liner has created in the run', () => {
	const lacks = (id: number) =>
		`Liner's list of leads does not show lead ${id}, which Liner created in this run, so it may lack others`;
	const runWith = async (isShown: FakeLiner['isShown'], setting: Setting, items = rows(2)) => {
		const it = setUp(setting);
		it.liner.isShown = isShown;
		const { outcomes } = await it.run(items);
		return { ...it, outcomes };
	};
	const firstIsCreated = (...second: Answer[]): Setting => ({
		answers: { 0: [after(10, created)], 1: second },
	});

	it('is not believed that it lacks another one, but read for half a minute more', async () => {
		const { outcomes, liner, clock, remember } = await runWith(
			() => false,
			firstIsCreated(after(20, give(brokenOff))),
		);
		expect(outcomes).toEqual([{ id: 101 }, toStillUnknown(brokenOff, lacks(101), '')]);
		expect(liner.sends).toHaveLength(2);
		expect(liner.looks).toEqual([20, 1_020, 3_020, 7_020, 15_020, 31_020]);
		expect(clock.elapsed).toBe(31_020);
		expect(remember(1)).toMatchObject({ attempt: { created: [101] } });
	});

	it('is believed when it shows it, a second later again', async () => {
		const { outcomes, liner } = await runWith(
			(_, elapsed) => elapsed > 2_000,
			firstIsCreated(after(20, give(brokenOff))),
		);
		expect(outcomes).toEqual([{ id: 101 }, { id: 102 }]);
		expect(liner.looks).toEqual([20, 1_020, 3_020, 4_020, 4_520]);
		expect(liner.sends.at(-1)).toEqual([1, 4_520, 'in doubt']);
	});

	it('hides no lead that it shows a moment after that one', async () => {
		const { outcomes, liner } = await runWith(
			(id, elapsed) => elapsed > (id === 101 ? 3_000 : 3_500),
			firstIsCreated(after(20, storeAndGive(brokenOff))),
		);
		expect(outcomes).toEqual([{ id: 101 }, { id: 102 }]);
		expect(liner.sends).toHaveLength(2);
		expect(liner.looks).toEqual([20, 1_020, 3_020, 4_020]);
	});

	it('is believed when that one was created after the request in doubt was over', async () => {
		const { outcomes, liner } = await runWith((id) => id !== 101, {
			answers: { 0: [after(1_030, created)], 1: [after(20, give(brokenOff))] },
		});
		expect(outcomes).toEqual([{ id: 101 }, { id: 102 }]);
		expect(liner.looks).toEqual([20, 1_020, 1_520]);
	});

	it('is not believed when that one was created while the node looked', async () => {
		const { outcomes, liner } = await runWith((id) => id !== 101, {
			answers: { 0: [after(900, created)], 1: [after(20, give(brokenOff))] },
		});
		expect(outcomes[1]).toEqual(toStillUnknown(brokenOff, lacks(101), ''));
		expect(liner.sends).toHaveLength(2);
	});

	it('is believed when that one is of another order, or was sent more than 30 s before', async () => {
		const otherOrder = { body: body(0, { orderId: 502 }), outcome: undefined };
		const other = await runWith(() => false, firstIsCreated(after(20, give(brokenOff))), [
			otherOrder,
			...rows(2).slice(1),
		]);
		expect(other.outcomes).toEqual([{ id: 101 }, { id: 102 }]);
		const late = (delay: number) =>
			runWith(
				() => false,
				{ answers: { 1: [after(delay, created)], 2: [give(brokenOff)] }, send: { concurrency: 1 } },
				rows(3),
			);
		expect((await late(30_001)).outcomes[2]).toEqual({ id: 103 });
		expect((await late(30_000)).outcomes[2]).toEqual(toStillUnknown(brokenOff, lacks(101), ''));
	});

	it('is not believed by a later try either', async () => {
		const attempt = { ...toAttempt(body(0), new VirtualClock().start), isOver: true, created: ['55'] };
		const { outcomes, liner } = await runWith(
			() => true,
			{ before: (journal) => journal.open(0, body(0), attempt) },
			[{ body: body(0), outcome: undefined, attempt }],
		);
		expect(outcomes).toEqual([toStillUnknown(earlier(true), lacks(55), '')]);
		expect(liner.sends).toEqual([]);
	});

	it('ends the look when the run ends', async () => {
		const it = setUp(firstIsCreated(after(20, give(brokenOff))));
		it.liner.isShown = () => false;
		const running = it.run(rows(2));
		void it.clock.sleep(5_000).then(() => it.canceler.abort());
		expect((await running).outcomes[1]).toEqual(toInterrupted('execution was canceled'));
		expect(it.clock.elapsed).toBe(5_000);
	});
});

describe('many items in doubt', () => {
	it('share the readings of the list', async () => {
		const answers = Object.fromEntries(
			Array.from({ length: 400 }, (_, item) => [item, [after(20 + (item % 7), give(brokenOff))]]),
		);
		const { liner, clock, run } = setUp({ answers });
		liner.onLook = async () => await clock.sleep(50);
		const { outcomes } = await run(rows(400));
		expect(outcomes.every((outcome) => outcome !== undefined && 'id' in outcome)).toBe(true);
		expect(liner.sends).toHaveLength(800);
		expect(liner.leads).toHaveLength(400);
		// Without sharing them, there are 1,200.
		expect([liner.looks.length, clock.elapsed]).toEqual([316, 79_842]);
	});
});

describe('an ID that Liner gives two leads', () => {
	const same: Answer = () => ({ id: 101 });
	const storeElsewhere: Answer = (liner, lead) => {
		liner.store(lead);
		return { id: 101 };
	};
	const told = (other: string, id = 101) =>
		new Failure(
			'unknown',
			`Liner gave this item the same lead ID as ${other}: ${id}`,
			`Lead ${id} may be that of either item. The lead may have been created all the same: look for its phone number in Liner before you send the item again.`,
		);

	it('is that of the first one: the other is in doubt', async () => {
		const { run, remember, liner } = setUp({ answers: { 1: [same] }, lookup: { onUnknown: 'fail' } });
		expect((await run(rows(2))).outcomes).toEqual([{ id: 101 }, told('item 0')]);
		expect(remember(1)).toMatchObject({ attempt: { isOver: true, answered: 101 } });
		expect(liner.looks).toEqual([]);
	});

	it('is told where one lead may be that of either', async () => {
		const { run, liner } = setUp({ answers: { 0: [created, same] } });
		const equal = [0, 1].map(() => ({ body: body(0), outcome: undefined }));
		expect((await run(equal)).outcomes).toEqual([
			{ id: 101 },
			toStillUnknown(
				told('item 0'),
				'Liner has 1 lead like it (101)',
				'Look at it in Liner, and send the item again if it is another one. ',
			),
		]);
		expect(liner.sends).toHaveLength(2);
	});

	it('is told where the list does not show that lead', async () => {
		const { run, liner } = setUp({ answers: { 0: [() => ({ id: 55 })], 1: [() => ({ id: 55 })] } });
		expect((await run(rows(2))).outcomes[1]).toEqual(
			toStillUnknown(
				told('item 0', 55),
				"Liner's list of leads does not show lead 55, which Liner created in this run, so it may lack others",
				'',
			),
		);
		expect(liner.sends).toHaveLength(2);
	});

	it('is sent again where that lead is certainly another one', async () => {
		const { run, liner } = setUp({ answers: { 1: [same] } });
		expect((await run(rows(2))).outcomes).toEqual([{ id: 101 }, { id: 102 }]);
		expect(liner.sends).toEqual([
			[0, 0],
			[1, 0],
			[1, 1_500, 'in doubt'],
		]);
	});

	it('does not hide the lead that Liner stored', async () => {
		const { run, liner } = setUp({ answers: { 1: [storeElsewhere] } });
		expect((await run(rows(2))).outcomes).toEqual([{ id: 101 }, { id: 102 }]);
		expect(liner.sends).toHaveLength(2);
	});

	it('is noticed when the first one is of an earlier try, was there before, or was found', async () => {
		const again = async (first: Recalled) =>
			(
				await setUp({ answers: { 1: [() => ({ id: '7' })] }, lookup: { onUnknown: 'fail' } }).run([
					first,
					...rows(2).slice(1),
				])
			).outcomes[1];
		expect(await again({ body: body(0), outcome: { id: 7 } })).toEqual(told('item 0', 7));
		expect(await again({ body: body(0), outcome: { id: 7, existing: true } })).toEqual(told('item 0', 7));
		const found = setUp({
			answers: { 0: [storeAndGive(brokenOff)], 1: [same] },
			send: { concurrency: 1 },
		});
		expect((await found.run(rows(2))).outcomes).toEqual([{ id: 101 }, { id: 102 }]);
		expect(found.liner.sends).toEqual([
			[0, 0],
			[1, 0],
			[1, 1_500, 'in doubt'],
		]);
	});

	it('is noticed when the first one is that of an item that has changed since, or of another node', async () => {
		const answers = { 1: [() => ({ id: 7 })] };
		const lookup = { onUnknown: 'fail' as const };
		const changed = setUp({ answers, lookup, before: (journal) => journal.record(4, body(9), { id: 7 }) });
		expect((await changed.run(rows(2))).outcomes[1]).toEqual(told('item 4', 7));
		const other = setUp({ answers, lookup });
		other.finder.claim(7);
		expect((await other.run(rows(2))).outcomes[1]).toEqual(told('another item of this execution', 7));
	});
});

describe('a lead that Liner rejects', () => {
	it('is not sent again', async () => {
		const { clock, liner, run, remember } = setUp({ answers: { 0: [give(rejection)] } });
		expect(await run(rows(2))).toEqual({
			outcomes: [rejection, { id: 101 }],
			stoppedBy: undefined,
			statistics: nothing,
		});
		expect(liner.sends).toEqual([
			[0, 0],
			[1, 0],
		]);
		expect([clock.elapsed, remember(0)]).toEqual([0, undefined]);
	});
});

describe('a lead that was not delivered', () => {
	const always = Array<Answer>(100).fill(give(unreachable));

	it('is sent again after longer and longer times, so often at most', async () => {
		const { liner, run, remember } = setUp({ answers: { 0: always } });
		const { outcomes, statistics } = await run(rows(1));
		expect(outcomes[0]).toBe(unreachable);
		expect(statistics).toEqual(nothing);
		expect(liner.sends).toEqual([
			[0, 0],
			[0, 500],
			[0, 1_500],
			[0, 3_500],
		]);
		expect(remember(0)).toBeUndefined();
	});

	it('waits in all for two minutes at most', async () => {
		const { liner, run } = setUp({ answers: { 0: always }, send: { maxRetries: 99 } });
		expect((await run(rows(1))).outcomes).toEqual([unreachable]);
		expect(liner.sends.map(([, time]) => time)).toEqual([
			0, 500, 1_500, 3_500, 7_500, 15_500, 31_500, 61_500, 91_500,
		]);
	});

	it('waits for a time that depends on chance', async () => {
		const { liner, run } = setUp({ answers: { 0: [always[0], always[0]] }, random: () => 0 });
		expect((await run(rows(1))).outcomes).toEqual([{ id: 101 }]);
		expect(liner.sends.map(([, time]) => time)).toEqual([0, 250, 750]);
	});

	it('is not sent again where that is not wanted', async () => {
		const { clock, liner, run } = setUp({ answers: { 0: always }, send: { maxRetries: 0 } });
		expect((await run(rows(1))).outcomes).toEqual([unreachable]);
		expect([liner.sends, clock.elapsed]).toEqual([[[0, 0]], 0]);
	});

	it('makes no other item wait', async () => {
		const { liner, run } = setUp({
			answers: { 0: [give(unreachable)], 1: [after(100, created)] },
			send: { concurrency: 2 },
		});
		await run(rows(3));
		expect(liner.sends).toEqual([
			[0, 0],
			[1, 0],
			[2, 100],
			[0, 500],
		]);
	});
});

describe('Liner asks to slow down', () => {
	it.each([
		[undefined, 600],
		[3_000, 3_100],
	])('all items wait: %p ms', async (retryAfter, time) => {
		const { liner, run } = setUp({
			answers: { 0: [after(100, give(busy(retryAfter)))], 1: [after(200, created)] },
			send: { concurrency: 2 },
		});
		expect(await run(rows(3))).toEqual({
			outcomes: [{ id: 103 }, { id: 101 }, { id: 102 }],
			stoppedBy: undefined,
			statistics: { ...nothing, throttled: 1 },
		});
		expect(liner.sends).toEqual([
			[0, 0],
			[1, 0],
			[2, time],
			// 50 ms apart, a tenth less for the lead that Liner took meanwhile.
			[0, time + 45],
		]);
	});

	it('makes the run wait as long again each time, and the item longer', async () => {
		const { liner, run, remember } = setUp({ answers: { 0: Array<Answer>(9).fill(give(busy())) } });
		const { outcomes, statistics } = await run(rows(1));
		expect(outcomes).toEqual([busy()]);
		expect(statistics).toEqual({ ...nothing, throttled: 4 });
		expect(liner.sends.map(([, time]) => time)).toEqual([0, 500, 1_500, 3_500]);
		expect(remember(0)).toBeUndefined();
	});

	it('goes faster with each lead that Liner takes again', async () => {
		const { liner, run } = setUp({ answers: { 0: [give(busy(1_000))] }, send: { concurrency: 1 } });
		await run(rows(4));
		expect(liner.sends).toEqual([
			[0, 0],
			[0, 1_000],
			[1, 1_050],
			[2, 1_095],
			[3, 1_135.5],
		]);
	});

	it('sends nothing any more when it is for longer than a run waits', async () => {
		const { clock, liner, run, rateLimiter, remember } = setUp({
			answers: { 0: [after(100, give(busy(200_000)))], 1: [give(unreachable)] },
			send: { concurrency: 2 },
		});
		const { outcomes, statistics } = await run(rows(3));
		const closed = new Failure(
			'notDelivered',
			'Liner takes no more requests until 2026-05-01 10:03:21 UTC',
			'The node waits 2 minutes at most. Send the item again after that time. No lead was created for this item.',
		);
		expect(rateLimiter.closed?.message).toBe(closed.message);
		expect(outcomes).toEqual([busy(200_000), closed, closed]);
		expect(statistics).toEqual({ ...nothing, throttled: 1 });
		expect(liner.sends).toEqual([
			[0, 0],
			[1, 0],
		]);
		expect(clock.elapsed).toBe(500);
		expect(remember(1)).toBeUndefined();
	});
});

describe('an unknown outcome, to be looked up and sent again', () => {
	it('is the lead that Liner has', async () => {
		const { clock, liner, run, remember } = setUp({ answers: { 0: [storeAndGive(brokenOff)] } });
		expect(await run(rows(1))).toEqual({
			outcomes: [{ id: 101 }],
			stoppedBy: undefined,
			statistics: { ...nothing, reconciled: 1 },
		});
		expect([liner.sends, liner.looks, clock.elapsed]).toEqual([[[0, 0]], [0], 0]);
		expect(remember(0)).toEqual({ result: { id: 101 } });
	});

	it('is the lead that Liner has a little later', async () => {
		const { liner, run } = setUp({ answers: { 0: [storeAndGive(brokenOff, 600)] } });
		expect(await run(rows(1))).toMatchObject({
			outcomes: [{ id: 101 }],
			statistics: { ...nothing, reconciled: 1 },
		});
		expect([liner.sends, liner.looks]).toEqual([[[0, 0]], [0, 1_000]]);
	});

	it('is the lead that Liner has just before it is sent again', async () => {
		const { liner, run, remember } = setUp({ answers: { 0: [storeAndGive(brokenOff, 1_200)] } });
		expect(await run(rows(1))).toMatchObject({
			outcomes: [{ id: 101 }],
			statistics: { ...nothing, reconciled: 1 },
		});
		expect([liner.sends, liner.looks]).toEqual([[[0, 0]], [0, 1_000, 1_500]]);
		expect(remember(0)).toEqual({ result: { id: 101 } });
	});

	it('is sent again when Liner has no such lead', async () => {
		const { liner, run, remember } = setUp({ answers: { 0: [give(brokenOff)] } });
		expect(await run(rows(1))).toEqual({
			outcomes: [{ id: 101 }],
			stoppedBy: undefined,
			statistics: nothing,
		});
		expect(liner.sends).toEqual([
			[0, 0],
			[0, 1_500, 'in doubt'],
		]);
		expect(liner.looks).toEqual([0, 1_000, 1_500]);
		expect(remember(0)).toEqual({ result: { id: 101 } });
	});

	it('fails when it may not be sent again, and is known not to exist', async () => {
		const { clock, liner, run, remember } = setUp({
			answers: { 0: [give(brokenOff)], 1: [give(serverError)] },
			send: { maxRetries: 0 },
		});
		expect((await run(rows(2))).outcomes).toEqual([
			toNotInLiner(brokenOff),
			toNotInLiner(serverError, ' (HTTP 500)'),
		]);
		expect(liner.sends).toHaveLength(2);
		expect(clock.elapsed).toBe(1_250);
		expect(remember(0)).toMatchObject({ attempt: { ...toAttempt(body(0), clock.start), isOver: true } });
	});

	it('counts from the first request when a further one is in doubt as well', async () => {
		const { clock, liner, run, remember } = setUp({
			answers: { 0: [give(brokenOff), give(timedOut)] },
			send: { maxRetries: 1, timeout: 3_000 },
		});
		expect((await run(rows(1))).outcomes).toEqual([toNotInLiner(timedOut)]);
		expect(liner.sends).toEqual([
			[0, 0],
			[0, 1_500, 'in doubt'],
		]);
		expect(liner.looks).toEqual([0, 1_000, 1_500, 1_750, 2_750, 4_500]);
		expect(remember(0)).toMatchObject({ attempt: toAttempt(body(0), clock.start) });
	});

	it.each([
		['is rejected', rejection],
		['is rejected for another reason', new Failure('rejected', 'Redirected', '')],
	])('stays in doubt for a later try when it %s when it is sent again', async (_, failure) => {
		const { clock, liner, run, remember } = setUp({ answers: { 0: [give(brokenOff), give(failure)] } });
		const { outcomes } = await run(rows(1));
		expect(outcomes[0]).toBe(failure);
		expect(liner.sends).toEqual([
			[0, 0],
			[0, 1_500, 'in doubt'],
		]);
		expect(remember(0)).toMatchObject({ attempt: { sentAt: clock.start } });
	});

	it('is looked for each time before it is sent again', async () => {
		const { liner, run } = setUp({
			answers: { 0: [give(brokenOff), give(unreachableAgain), give(busy())] },
		});
		expect(await run(rows(1))).toMatchObject({
			outcomes: [{ id: 101 }],
			statistics: { ...nothing, throttled: 1 },
		});
		// After 500, 1,000 and 2,000 ms of waiting, and the second look.
		expect(liner.sends).toEqual([
			[0, 0],
			[0, 1_500, 'in doubt'],
			[0, 2_500, 'in doubt'],
			[0, 4_550, 'in doubt'],
		]);
		expect(liner.looks).toEqual([0, 1_000, 1_500, 2_500, 4_500]);
	});

	it('is the lead that appears after a further request was not delivered', async () => {
		const { liner, run } = setUp({
			answers: { 0: [storeAndGive(brokenOff, 2_000), give(unreachableAgain)] },
		});
		expect(await run(rows(1))).toMatchObject({
			outcomes: [{ id: 101 }],
			statistics: { ...nothing, reconciled: 1 },
		});
		expect(liner.sends).toHaveLength(2);
		expect(liner.looks).toEqual([0, 1_000, 1_500, 2_500]);
	});

	it('fails with the last failure when all retries are used up', async () => {
		const { run, remember } = setUp({
			answers: { 0: [give(brokenOff), give(unreachableAgain), give(unreachableAgain)] },
			send: { maxRetries: 2 },
		});
		const { outcomes } = await run(rows(1));
		expect(outcomes[0]).toBe(unreachableAgain);
		expect(remember(0)).toHaveProperty('attempt');
	});

	it('is looked for without haste where the answer only came too late', async () => {
		const { liner, run } = setUp({ answers: { 0: [give(timedOut)] }, send: { timeout: 5_000 } });
		expect((await run(rows(1))).outcomes).toEqual([{ id: 101 }]);
		expect(liner.looks).toEqual([0, 1_000, 3_000, 5_000, 5_500]);
		expect(liner.sends).toEqual([
			[0, 0],
			[0, 5_500, 'in doubt'],
		]);
	});

	it('is looked for during 30 s at most', async () => {
		const { liner, run } = setUp({
			answers: { 0: [storeAndGive(timedOut, 29_000)] },
			send: { timeout: 300_000 },
		});
		expect((await run(rows(1))).outcomes).toEqual([{ id: 101 }]);
		expect(liner.looks).toEqual([0, 1_000, 3_000, 7_000, 15_000, 30_000]);
		const late = setUp({ answers: { 0: [give(timedOut)] }, send: { timeout: 300_000, maxRetries: 0 } });
		expect((await late.run(rows(1))).outcomes).toEqual([toNotInLiner(timedOut)]);
		expect(late.liner.looks).toEqual([0, 1_000, 3_000, 7_000, 15_000, 30_000]);
	});

	it('is looked for a second time a second later, however long the first look took', async () => {
		const { clock, liner, run } = setUp({ answers: { 0: [give(brokenOff)] }, send: { maxRetries: 0 } });
		liner.onLook = async () => await clock.sleep(5_000);
		expect((await run(rows(1))).outcomes).toEqual([toNotInLiner(brokenOff)]);
		expect(liner.looks).toEqual([0, 6_000]);
	});

	it.each([
		[1_000, [0, 2_000, 3_500], 4_500],
		[1_001, [0, 2_001, 3_502, 4_503], 5_504],
	])(
		'is looked for again when the last look began more than 1 s ago: %i ms',
		async (lasting, looks, time) => {
			const { clock, liner, run } = setUp({ answers: { 0: [give(brokenOff)] } });
			liner.onLook = async () => await clock.sleep(lasting);
			expect((await run(rows(1))).outcomes).toEqual([{ id: 101 }]);
			expect(liner.looks).toEqual(looks);
			expect(liner.sends).toEqual([
				[0, 0],
				[0, time, 'in doubt'],
			]);
		},
	);

	it('is the lead that Liner stored while all requests had to wait', async () => {
		const { liner, run, remember } = setUp({
			answers: { 0: [storeAndGive(brokenOff, 11_270)], 1: [after(1_200, give(busy(10_000)))] },
		});
		expect(await run(rows(2))).toMatchObject({
			outcomes: [{ id: 102 }, { id: 101 }],
			statistics: { ...nothing, reconciled: 1, throttled: 1 },
		});
		// The third one waits for the end of the pause; the last one is the look after it.
		expect(liner.looks).toEqual([0, 1_000, 11_200, 11_350]);
		expect(liner.sends).toEqual([
			[0, 0],
			[1, 0],
			[1, 11_250],
		]);
		expect(remember(0)).toEqual({ result: { id: 102 } });
	});

	it('stays unknown when the leads cannot be read', async () => {
		const { liner, run, remember, clock } = setUp({
			answers: { 0: [give(brokenOff)], 1: [give(serverError)] },
			stopAtFailure: false,
		});
		liner.onLook = () => new Failure('rejected', 'Liner says no', 'Check the key.');
		expect(await run(rows(2))).toEqual({
			outcomes: [
				toStillUnknown(brokenOff, 'Liner says no', 'Check the key. '),
				toStillUnknown(serverError, 'Liner says no', 'Check the key. '),
			],
			stoppedBy: undefined,
			statistics: nothing,
		});
		expect(liner.sends).toHaveLength(2);
		expect(clock.elapsed).toBe(250);
		expect(remember(0)).toMatchObject({ attempt: { isOver: true } });
	});

	it('says only once what to do where there is no other advice', async () => {
		const { liner, run } = setUp({ answers: { 0: [give(brokenOff)] } });
		liner.onLook = () => new Failure('rejected', 'Liner says no', '');
		expect((await run(rows(1))).outcomes).toEqual([toStillUnknown(brokenOff, 'Liner says no', '')]);
	});

	it('stays unknown when a lead may be it', async () => {
		const { liner, run } = setUp({ answers: { 0: [give(brokenOff)] } });
		liner.store(body(0, { name: 'Anna' }));
		expect((await run(rows(1))).outcomes).toEqual([
			toStillUnknown(
				brokenOff,
				'Liner has 1 lead like it (101)',
				'Look at it in Liner, and send the item again if it is another one. ',
			),
		]);
		expect(liner.sends).toHaveLength(1);
	});
});

describe('an unknown outcome, to be looked up only', () => {
	const lookup = { onUnknown: 'check' } as const;

	it('is the lead that Liner has', async () => {
		const { run } = setUp({ answers: { 0: [storeAndGive(brokenOff, 600)] }, lookup });
		expect(await run(rows(1))).toMatchObject({
			outcomes: [{ id: 101 }],
			statistics: { ...nothing, reconciled: 1 },
		});
	});

	it('fails when Liner has no such lead', async () => {
		const { clock, liner, run } = setUp({ answers: { 0: [give(brokenOff)] }, lookup });
		expect((await run(rows(1))).outcomes).toEqual([toNotInLiner(brokenOff)]);
		expect([liner.sends, liner.looks, clock.elapsed]).toEqual([[[0, 0]], [0, 1_000], 1_000]);
	});

	it('still sends again what was not delivered', async () => {
		const { liner, run } = setUp({ answers: { 0: [give(unreachable)] }, lookup });
		expect((await run(rows(1))).outcomes).toEqual([{ id: 101 }]);
		expect(liner.sends).toEqual([
			[0, 0],
			[0, 500],
		]);
	});
});

describe.each([
	['to be left alone', { onUnknown: 'fail' } as const],
	['of a delivery that never looks', 'none' as const],
])('an unknown outcome, %s', (_, lookup) => {
	it('fails at once', async () => {
		const { clock, liner, run, remember } = setUp({
			answers: { 0: [storeAndGive(brokenOff)], 1: [storeAndGive(timedOut)] },
			lookup,
		});
		const { outcomes } = await run(rows(2));
		expect(outcomes[0]).toBe(brokenOff);
		expect(outcomes[1]).toBe(timedOut);
		expect([liner.sends.length, liner.looks, clock.elapsed]).toEqual([2, [], 0]);
		expect(remember(0)).toMatchObject({ attempt: { ...toAttempt(body(0), clock.start), isOver: true } });
		expect(remember(1)).toMatchObject({ attempt: { ...toAttempt(body(1), clock.start), isOver: false } });
	});
});

describe('items that could be taken for each other', () => {
	const equal = (number: number): Recalled[] =>
		Array.from({ length: number }, () => ({ body: body(0), outcome: undefined }));

	it('are sent one after the other', async () => {
		const { liner, run } = setUp({ answers: { 0: [after(100, created), after(100, created)] } });
		expect((await run([...equal(3), { body: body(1), outcome: undefined }])).outcomes).toEqual([
			{ id: 102 },
			{ id: 103 },
			{ id: 104 },
			{ id: 101 },
		]);
		expect(liner.sends).toEqual([
			[0, 0],
			[1, 0],
			[0, 100],
			[0, 200],
		]);
	});

	it('do not take the lead that another one was told', async () => {
		const { run } = setUp({ answers: { 0: [created, give(brokenOff), storeAndGive(brokenOff)] } });
		expect(await run(equal(2))).toMatchObject({
			outcomes: [{ id: 101 }, { id: 102 }],
			statistics: { ...nothing, reconciled: 1 },
		});
	});

	it('do not take the lead that another one has from an earlier try', async () => {
		const { liner, run } = setUp({ answers: { 0: [give(brokenOff)] } });
		const { id } = liner.store(body(0));
		const { outcomes } = await run([{ body: body(0), outcome: { id } }, ...equal(1)]);
		expect(outcomes).toEqual([{ id: 101 }, { id: 102 }]);
		expect(liner.sends).toHaveLength(2);
	});

	it('share the leads of equal requests in doubt', async () => {
		const { liner, run } = setUp({
			answers: { 0: [storeAndGive(brokenOff), storeAndGive(brokenOff)] },
		});
		expect(await run(equal(2))).toMatchObject({
			outcomes: [{ id: 101 }, { id: 102 }],
			statistics: { ...nothing, reconciled: 2 },
		});
		expect(liner.sends).toHaveLength(2);
	});

	it('leave a lead that may belong to one that stays in doubt', async () => {
		const { liner, run } = setUp({ answers: { 0: [give(brokenOff), storeAndGive(brokenOff)] } });
		let isFirst = true;
		liner.onLook = () => {
			const failure = isFirst ? new Failure('rejected', 'Liner says no', 'Check.') : undefined;
			isFirst = false;
			return failure;
		};
		expect((await run(equal(2))).outcomes).toEqual([
			toStillUnknown(brokenOff, 'Liner says no', 'Check. '),
			toStillUnknown(
				brokenOff,
				'Liner has 1 lead like it (101)',
				'Look at it in Liner, and send the item again if it is another one. ',
			),
		]);
	});

	it('take a lead when the one before turned out to be none', async () => {
		const { liner, run } = setUp({
			answers: { 0: [give(brokenOff), created, storeAndGive(brokenOff)] },
		});
		expect(await run(equal(2))).toMatchObject({
			outcomes: [{ id: 101 }, { id: 102 }],
			statistics: { ...nothing, reconciled: 1 },
		});
		expect(liner.sends).toHaveLength(3);
	});

	it('leave a lead that may belong to a request of an earlier try that cannot be looked for', async () => {
		const { clock, liner, run } = setUp({ answers: { 0: [storeAndGive(brokenOff)] } });
		const attempt = toAttempt(body(0), clock.start);
		expect((await run([{ outcome: brokenOff, attempt }, ...equal(1)])).outcomes).toEqual([
			brokenOff,
			toStillUnknown(
				brokenOff,
				'Liner has 1 lead like it (101)',
				'Look at it in Liner, and send the item again if it is another one. ',
			),
		]);
		expect(liner.sends).toHaveLength(1);
	});

	it('share the leads of equal requests of an earlier try', async () => {
		const { clock, liner, run } = setUp();
		liner.store(body(0));
		const attempt = { ...toAttempt(body(0), clock.start), isOver: true };
		const recalled = equal(2).map((row) => ({ ...row, attempt }));
		expect((await run(recalled)).outcomes).toEqual([{ id: 101 }, { id: 102 }]);
		expect(liner.sends).toHaveLength(1);
	});

	it('take a lead like that of an item in doubt that was rejected when it was sent again', async () => {
		const { run } = setUp({
			answers: { 0: [give(brokenOff), give(rejection), storeAndGive(brokenOff)] },
		});
		expect((await run(equal(2))).outcomes).toEqual([rejection, { id: 101 }]);
	});

	describe('whose custom values Liner does not show', () => {
		const valued = (value: string) => body(0, { customValues: { 10: value } });
		/** Stores the lead without its custom values. */
		const storeBare: Answer = (liner) => {
			liner.store(body(0));
			return brokenOff;
		};

		it('take a lead when the request before was sent again and became one', async () => {
			const { run } = setUp({ answers: { 0: [give(brokenOff), created, storeBare] } });
			const recalled = ['1', '2'].map((value) => ({ body: valued(value), outcome: undefined }));
			expect((await run(recalled)).outcomes).toEqual([{ id: 101 }, { id: 102 }]);
		});

		it('take a lead when the item before has become one for another client', async () => {
			const { clock, run } = setUp({ answers: { 0: [storeBare], 1: [give(brokenOff)] } });
			const attempt = { ...toAttempt(valued('1'), clock.start), isOver: true };
			const recalled = [
				{ body: body(1), outcome: undefined, attempt },
				{ body: valued('2'), outcome: undefined },
			];
			expect((await run(recalled)).outcomes).toEqual([{ id: 101 }, { id: 102 }]);
		});
	});

	it('do not take the lead that an earlier try made of an item that has changed since', async () => {
		const { liner, run } = setUp({
			answers: { 0: [give(brokenOff)] },
			before: (journal) => journal.record(1, body(0), { id: 101 }),
		});
		liner.store(body(0));
		expect((await run(equal(1))).outcomes).toEqual([{ id: 102 }]);
		expect(liner.sends).toHaveLength(2);
		const other = setUp({ lookup: 'none', before: (journal) => journal.record(1, body(0), { id: 7 }) });
		expect((await other.run(equal(1))).outcomes).toEqual([{ id: 101 }]);
	});

	it('leave a lead that may belong to a request of an earlier try that is looked for later', async () => {
		const { liner, run } = setUp();
		// Liner does not show the custom values that would tell which one it is.
		liner.store(body(0));
		const recalled = ['1', '2'].map((value) => {
			const lead = body(0, { customValues: { 10: value } });
			const attempt = { ...toAttempt(lead, liner.clock.start), isOver: true };
			return { body: lead, outcome: undefined, attempt };
		});
		const failure = toStillUnknown(
			earlier(true),
			'Liner has 1 lead like it (101)',
			'Look at it in Liner, and send the item again if it is another one. ',
		);
		expect((await run(recalled)).outcomes).toEqual([failure, failure]);
		expect(liner.sends).toEqual([]);
	});
});

describe('a request of an earlier try', () => {
	const attemptOf = (clock: VirtualClock, isOver = true, sentAt = clock.start - 60_000): Attempt => ({
		...toAttempt(body(0), sentAt),
		isOver,
	});
	const recalledOf = (attempt: Attempt): Recalled => ({ body: body(0), outcome: undefined, attempt });

	it.each(['resend', 'check'] as const)('is sent again when it made no lead: %s', async (onUnknown) => {
		const { clock, liner, run, remember } = setUp({ lookup: { onUnknown } });
		expect((await run([recalledOf(attemptOf(clock))])).outcomes).toEqual([{ id: 101 }]);
		expect([liner.sends, liner.looks]).toEqual([[[0, 1_000, 'in doubt']], [0, 1_000]]);
		expect(remember(0)).toEqual({ result: { id: 101 } });
	});

	it('is looked for as long as it may still be under way', async () => {
		const { clock, liner, run } = setUp({ send: { timeout: 4_000 } });
		await run([recalledOf(attemptOf(clock, false))]);
		expect([liner.sends, liner.looks]).toEqual([[[0, 4_000, 'in doubt']], [0, 1_000, 3_000, 4_000]]);
	});

	it('is the lead that it made', async () => {
		const { clock, liner, run } = setUp();
		liner.store(body(0));
		expect(await run([recalledOf(attemptOf(clock))])).toEqual({
			outcomes: [{ id: 101 }],
			stoppedBy: undefined,
			statistics: { ...nothing, reconciled: 1 },
		});
		expect(liner.sends).toEqual([]);
	});

	it('fails when Liner has no such lead after it was sent once more: check', async () => {
		const { clock, liner, run, remember } = setUp({
			answers: { 0: [give(brokenOff)] },
			lookup: { onUnknown: 'check' },
		});
		const attempt = attemptOf(clock);
		expect((await run([recalledOf(attempt)])).outcomes).toEqual([toNotInLiner(brokenOff)]);
		expect(liner.sends).toEqual([[0, 1_000, 'in doubt']]);
		expect(remember(0)).toMatchObject({ attempt: { ...attempt, isOver: true } });
	});

	it('stays unknown when the leads cannot be read', async () => {
		const { clock, liner, run } = setUp();
		liner.onLook = () => new Failure('rejected', 'Liner says no', 'Check the key.');
		expect((await run([recalledOf(attemptOf(clock))])).outcomes).toEqual([
			toStillUnknown(earlier(true), 'Liner says no', 'Check the key. '),
		]);
		expect(liner.sends).toEqual([]);
	});

	describe.each([
		['to be left alone', { onUnknown: 'fail' } as const],
		['of a delivery that never looks', 'none' as const],
	])('%s', (_, lookup) => {
		it('is told after the others are sent', async () => {
			const { clock, liner, run } = setUp({ lookup });
			expect(await run([recalledOf(attemptOf(clock)), ...rows(2).slice(1)])).toEqual({
				outcomes: [earlier(true), { id: 101 }],
				stoppedBy: undefined,
				statistics: nothing,
			});
			expect([liner.sends, liner.looks]).toEqual([[[1, 0]], []]);
		});

		it('stops the run after the others are sent', async () => {
			const { clock, stopSignal, run } = setUp({ lookup, stopAtFailure: true });
			expect(await run([...rows(2).slice(1), recalledOf(attemptOf(clock, false))])).toEqual({
				outcomes: [{ id: 101 }, earlier(false)],
				stoppedBy: 1,
				statistics: nothing,
			});
			expect(stopSignal.isStopped).toBe(true);
		});
	});

	it('does not keep the others from being sent, where a failure stops the run', async () => {
		const { clock, liner, run } = setUp({
			lookup: { onUnknown: 'fail' },
			stopAtFailure: true,
			send: { concurrency: 1 },
		});
		expect(await run([recalledOf(attemptOf(clock)), ...rows(3).slice(1)])).toEqual({
			outcomes: [earlier(true), { id: 101 }, { id: 102 }],
			stoppedBy: 0,
			statistics: nothing,
		});
		expect(liner.sends).toHaveLength(2);
	});

	it('is told in an execution that the user canceled, which it did not stop', async () => {
		const { clock, canceler, run } = setUp({ stopAtFailure: true });
		canceler.abort();
		expect(await run([recalledOf(attemptOf(clock)), ...rows(2).slice(1)])).toEqual({
			outcomes: [earlier(true), undefined],
			stoppedBy: undefined,
			statistics: nothing,
		});
	});

	it('is settled before other items are sent', async () => {
		const { clock, run } = setUp({
			answers: { 1: [give(rejection)] },
			stopAtFailure: true,
			send: { concurrency: 1 },
		});
		expect(await run([rows(2)[1], recalledOf(attemptOf(clock)), ...rows(3).slice(2)])).toEqual({
			outcomes: [rejection, { id: 101 }, undefined],
			stoppedBy: 0,
			statistics: nothing,
		});
	});
});

describe('a failure that ends the delivery', () => {
	it('starts nothing new, and waits for what is under way', async () => {
		const { liner, run } = setUp({
			answers: { 0: [after(100, give(rejection))], 1: [after(300, created)] },
			send: { concurrency: 2 },
			stopAtFailure: true,
		});
		expect(await run(rows(4))).toEqual({
			outcomes: [rejection, { id: 101 }, undefined, undefined],
			stoppedBy: 0,
			statistics: nothing,
		});
		expect(liner.sends).toEqual([
			[0, 0],
			[1, 0],
		]);
	});

	it('is the first one, of several', async () => {
		const { run } = setUp({
			answers: { 0: [after(300, give(rejection))], 1: [after(100, give(rejection))] },
			stopAtFailure: true,
		});
		expect(await run(rows(2))).toEqual({
			outcomes: [rejection, rejection],
			stoppedBy: 1,
			statistics: nothing,
		});
	});

	it('does not send again what waits for it', async () => {
		const { clock, liner, run, remember } = setUp({
			answers: { 0: [after(100, give(rejection))], 1: [give(unreachable)] },
			stopAtFailure: true,
		});
		expect((await run(rows(2))).outcomes).toEqual([rejection, undefined]);
		expect([liner.sends.length, clock.elapsed]).toEqual([2, 100]);
		expect(remember(1)).toBeUndefined();
	});

	it('ends the search for a lead', async () => {
		const { clock, run, remember } = setUp({
			answers: { 0: [after(100, give(rejection))], 1: [give(brokenOff)] },
			stopAtFailure: true,
		});
		expect((await run(rows(2))).outcomes).toEqual([rejection, toInterrupted('run ended')]);
		expect(clock.elapsed).toBe(100);
		expect(remember(1)).toHaveProperty('attempt');
	});

	it('leaves no time for a search that has not begun', async () => {
		const { run, liner } = setUp({
			answers: { 0: [after(100, give(rejection))], 1: [after(200, give(brokenOff))] },
			stopAtFailure: true,
		});
		expect((await run(rows(2))).outcomes).toEqual([rejection, toInterrupted('run ended')]);
		expect(liner.looks).toEqual([]);
	});

	it('leaves alone what is certainly not in Liner', async () => {
		const { clock, liner, run, remember } = setUp({
			answers: { 0: [after(1_900, give(rejection))], 1: [give(brokenOff)] },
			stopAtFailure: true,
		});
		// The look before the item is sent again is under way when the run stops.
		liner.onLook = async () => await clock.sleep(300);
		expect((await run(rows(2))).outcomes).toEqual([rejection, toNotInLiner(brokenOff)]);
		expect([liner.sends.length, liner.looks]).toEqual([2, [0, 1_000, 1_800]]);
		expect(remember(1)).toHaveProperty('attempt');
	});
});

it('says why an item in doubt is not sent again when Liner wants no more requests', async () => {
	const { clock, liner, run } = setUp({
		answers: { 0: [after(1_900, give(busy(200_000)))], 1: [give(brokenOff)] },
	});
	liner.onLook = async () => await clock.sleep(300);
	expect((await run(rows(2))).outcomes[1]).toEqual(
		new Failure(
			'notDelivered',
			'Liner takes no more requests until 2026-05-01 10:03:22 UTC',
			'The node waits 2 minutes at most. Send the item again after that time. An earlier request for this item got no clear answer; the node looked for its lead in Liner and did not find it.',
		),
	);
	expect([liner.sends.length, liner.looks]).toEqual([2, [0, 1_000, 1_800]]);
});

describe('an execution that the user cancels', () => {
	it('sends nothing more, and looks for nothing', async () => {
		const { clock, liner, canceler, tools } = setUp({
			answers: { 0: [after(300, give(brokenOff))], 1: [give(unreachable)], 2: [give(brokenOff)] },
			send: { concurrency: 3 },
		});
		const delivery = deliver(rows(4), tools);
		await clock.advance(100);
		canceler.abort();
		expect(await clock.run(delivery)).toEqual({
			outcomes: [
				toInterrupted('execution was canceled'),
				undefined,
				toInterrupted('execution was canceled'),
				undefined,
			],
			stoppedBy: undefined,
			statistics: nothing,
		});
		expect([liner.sends.length, liner.looks, clock.elapsed]).toEqual([3, [0], 300]);
	});

	it('does nothing when it was canceled before', async () => {
		const { liner, canceler, run } = setUp();
		canceler.abort();
		expect((await run(rows(2))).outcomes).toEqual([undefined, undefined]);
		expect(liner.sends).toEqual([]);
	});
});

describe('something that no rule foresees', () => {
	const UNKNOWN =
		'The lead may have been created all the same: look for its phone number in Liner before you send the item again.';
	const message = (text: string) => `The node ended unexpectedly for this item: ${text}`;
	const broken = () => {
		throw new Error(`Out of order ${'x'.repeat(80)}`);
	};
	const shortened = `Out of order ${'x'.repeat(47)}…`;

	it('leaves the item in doubt when it happens while it is sent', async () => {
		const { clock, run, remember } = setUp({ answers: { 0: [broken] } });
		expect((await run(rows(2))).outcomes).toEqual([
			new Failure('unknown', message(shortened), UNKNOWN),
			{ id: 101 },
		]);
		expect(remember(0)).toMatchObject({ attempt: toAttempt(body(0), clock.start) });
	});

	it('leaves the item in doubt when it happens while its lead is looked for', async () => {
		const { liner, run } = setUp({ answers: { 0: [give(brokenOff)] } });
		liner.onLook = broken;
		expect((await run(rows(1))).outcomes).toEqual([new Failure('unknown', message(shortened), UNKNOWN)]);
	});

	it('leaves the item in doubt for the others', async () => {
		const { liner, run } = setUp({ answers: { 0: [storeAndGive(brokenOff), give(brokenOff)] } });
		let isFirst = true;
		liner.onLook = () => {
			if (isFirst) {
				isFirst = false;
				broken();
			}
		};
		const recalled = Array.from({ length: 2 }, () => ({ body: body(0), outcome: undefined }));
		expect((await run(recalled)).outcomes).toMatchObject([
			{ message: message(shortened) },
			toStillUnknown(
				brokenOff,
				'Liner has 1 lead like it (101)',
				'Look at it in Liner, and send the item again if it is another one. ',
			),
		]);
	});

	it('says that nothing was done when it happens after an item was not delivered', async () => {
		const { run, remember } = setUp({ answers: { 0: [give(unreachable)] }, random: broken });
		expect((await run(rows(1))).outcomes).toEqual([
			new Failure('notDelivered', message(shortened), 'No lead was created for this item.'),
		]);
		expect(remember(0)).toBeUndefined();
	});
});

describe('leads that exist already', () => {
	const lookup = { ifExists: 'return', lookBackHours: 2 } as const;

	it('are taken over, and everything else is sent', async () => {
		const { liner, run, finder, remember } = setUp({ lookup });
		liner.store(body(1));
		const findExisting = jest.spyOn(finder, 'findExisting');
		const invalid = new Failure('invalid', 'No', '');
		const recalled = [...rows(2), { outcome: invalid }, { body: body(3), outcome: { id: 7 } }];
		expect(await run(recalled)).toEqual({
			outcomes: [{ id: 102 }, { id: 101, existing: true }, invalid, { id: 7 }],
			stoppedBy: undefined,
			statistics: { ...nothing, existing: 1, resumed: 1 },
		});
		expect(findExisting.mock.calls).toEqual([[501, [body(0), body(1)], 7_200_000, []]]);
		expect(liner.sends).toEqual([[0, 0]]);
		expect(remember(1)).toEqual({ result: { id: 101, existing: true } });
	});

	it('are not looked for where that is not wanted', async () => {
		const { liner, run } = setUp();
		liner.store(body(0));
		expect((await run(rows(1))).outcomes).toEqual([{ id: 102 }]);
		expect(liner.looks).toEqual([]);
	});

	it('keep an item from being sent of which it is unclear whether it is one', async () => {
		const { liner, run } = setUp({ lookup });
		liner.store(body(0, { phone: '***' }));
		expect(await run(rows(1))).toEqual({
			outcomes: [
				new Failure(
					'notDelivered',
					'Liner has 1 lead like it (101)',
					'Look at it in Liner, and send the item again if it is another one. The item was not sent.',
				),
			],
			stoppedBy: undefined,
			statistics: nothing,
		});
		expect(liner.sends).toEqual([]);
	});

	it('stop the delivery when they cannot be read, where a failure does', async () => {
		const { liner, run, finder } = setUp({ lookup, stopAtFailure: true });
		jest
			.spyOn(finder, 'findExisting')
			.mockImplementation(async (orderId) => (orderId === 501 ? [5] : brokenOff));
		const outcomes = [
			{ id: 5, existing: true },
			new Failure(
				'notDelivered',
				'The recent leads of order 502 could not be read: The connection broke off',
				'Look for it. The item was not sent.',
			),
			undefined,
		];
		const recalled = [501, 502, 502].map((orderId, item) => ({
			body: body(item, { orderId }),
			outcome: undefined,
		}));
		expect(await run(recalled)).toEqual({
			outcomes,
			stoppedBy: 1,
			statistics: { ...nothing, existing: 1 },
		});
		expect(liner.sends).toEqual([]);
	});

	it('are not looked for where an earlier try sent the item', async () => {
		const { clock, liner, run, finder } = setUp({ lookup });
		const findExisting = jest.spyOn(finder, 'findExisting');
		liner.store(body(0));
		const attempt = { ...toAttempt(body(0), clock.start), isOver: true };
		expect(await run([{ body: body(0), outcome: undefined, attempt }])).toMatchObject({
			outcomes: [{ id: 101 }],
			statistics: { ...nothing, reconciled: 1 },
		});
		expect(findExisting).not.toHaveBeenCalled();
	});

	it('are not looked for where an earlier try sent the item, and its request is left alone', async () => {
		const { clock, liner, run, finder } = setUp({ lookup: { ...lookup, onUnknown: 'fail' } });
		const findExisting = jest.spyOn(finder, 'findExisting');
		liner.store(body(0));
		const attempt = { ...toAttempt(body(0), clock.start), isOver: true };
		expect(
			(await run([{ body: body(0), outcome: undefined, attempt }, ...rows(2).slice(1)])).outcomes,
		).toEqual([earlier(true), { id: 102 }]);
		expect(findExisting.mock.calls).toEqual([[501, [body(1)], 7_200_000, [attempt]]]);
	});

	it('say for each item that nothing was done when the search ends unexpectedly', async () => {
		const { liner, run } = setUp({ lookup });
		liner.onLook = () => {
			throw new Error('Out of order');
		};
		const recalled = [...rows(1), { outcome: rejection }, { body: body(2), outcome: { id: 7 } }];
		expect(await run(recalled)).toEqual({
			outcomes: [
				new Failure(
					'notDelivered',
					'The node ended unexpectedly for this item: Out of order',
					'No lead was created for this item.',
				),
				rejection,
				{ id: 7 },
			],
			stoppedBy: undefined,
			statistics: { ...nothing, resumed: 1 },
		});
		expect(liner.sends).toEqual([]);
	});

	it('are known in an execution that was canceled meanwhile, too', async () => {
		const { clock, liner, canceler, tools } = setUp({ lookup });
		liner.store(body(0));
		liner.onLook = async () => await clock.sleep(300);
		const delivery = deliver(rows(1), tools);
		await clock.advance(100);
		canceler.abort();
		expect(await clock.run(delivery)).toEqual({
			outcomes: [{ id: 101, existing: true }],
			stoppedBy: undefined,
			statistics: { ...nothing, existing: 1 },
		});
	});
});

describe('recall', () => {
	const invalid = new Failure('invalid', "'Name' is a list", 'Map a single value.', { httpCode: 1 });

	function setUpJournal() {
		const context: IDataObject = {};
		const open = () => new Journal(context, 0, (item) => `source ${item}`);
		const before = open();
		before.record(0, body(0), { id: 7 });
		before.open(1, body(1), { ...toAttempt(body(1), 1_000), isOver: true });
		before.record(2, body(2), { accepted: true });
		before.open(3, body(3), toAttempt(body(3), 2_000));
		return open();
	}

	it('gives what the tries before know of each item', () => {
		expect(
			recall(
				[0, 1, 2, 3, 4].map((item) => body(item)),
				setUpJournal(),
			),
		).toEqual([
			{ body: body(0), outcome: { id: 7 } },
			{
				body: body(1),
				outcome: undefined,
				attempt: expect.objectContaining({ ...toAttempt(body(1), 1_000), isOver: true }) as unknown,
			},
			{ body: body(2), outcome: { accepted: true } },
			{
				body: body(3),
				outcome: undefined,
				attempt: expect.objectContaining(toAttempt(body(3), 2_000)) as unknown,
			},
			{ body: body(4), outcome: undefined },
		]);
	});

	it('gives what is wrong with an item that no try before made a lead', () => {
		const why = "'Name' is a list";
		const toUnknown = (isOver: boolean) => toStillUnknown(earlier(isOver), why, 'Map a single value. ');
		expect(recall([invalid, invalid, invalid, invalid, invalid], setUpJournal())).toEqual([
			{ body: undefined, outcome: { id: 7 } },
			{ outcome: toUnknown(true), attempt: expect.objectContaining({ isOver: true }) as unknown },
			{ body: undefined, outcome: { accepted: true } },
			{ outcome: toUnknown(false), attempt: expect.objectContaining({ isOver: false }) as unknown },
			{ body: undefined, outcome: invalid },
		]);
	});
});

describe('withhold', () => {
	it('gives what is known of the items of a run that sends nothing', () => {
		const attempt = { ...toAttempt(body(0), 1_000), isOver: true };
		const recalled = [
			{ body: body(0), outcome: undefined, attempt },
			{ body: body(0), outcome: { id: 7 } },
			{ outcome: brokenOff, attempt },
			{ body: body(0), outcome: undefined },
		];
		expect(withhold(recalled)).toEqual([earlier(true), { id: 7 }, brokenOff, undefined]);
	});
});

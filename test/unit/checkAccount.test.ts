import type { IDataObject } from 'n8n-workflow';

import { checkAccount } from '../../nodes/Liner/actions/lead/create/account';
import { Journal, toAttempt } from '../../nodes/Liner/actions/lead/create/delivery/journal';
import type { LeadResult } from '../../nodes/Liner/actions/lead/create/leadOutcome';
import type { LeadBody, LeadId, ListedLead } from '../../nodes/Liner/api/leads';
import { Failure } from '../../nodes/Liner/failure';

const body = (item: number): LeadBody => ({
	leadType: 'straight',
	phone: `7900123450${item}`,
	orderId: 501,
	orderCode: 'river-park',
});
const bodies = [0, 1, 2, 3, 4].map(body);

const account = (key: string, address = 'https://liner.example') => ({
	address,
	hashKey: (salt: string) => `${key} with ${salt}`,
});

const missing = new Failure('rejected', 'Not found', 'Look elsewhere.', { httpCode: 404 });

/** What the tries before left, with these results of the items. */
async function setUp(results: Array<LeadResult | 'open' | undefined>, areChanged = false) {
	const context: IDataObject = {};
	const open = (source = 'source') => new Journal(context, 0, (item) => `${source} ${item}`);
	const before = open();
	const unasked = async () => missing;
	await checkAccount(before, account('old'), bodies, { getLead: unasked, listOrders: unasked });
	for (const [item, result] of results.entries()) {
		if (result === undefined) continue;
		if (result === 'open') before.open(item, bodies[item], toAttempt(bodies[item], 1_000));
		else before.record(item, bodies[item], result);
	}
	const mark = before.account;
	const journal = open(areChanged ? 'changed' : 'source');
	const asked: LeadId[] = [];
	/** @param leads What Liner says of each lead, by ID. */
	const check = async (
		now: ReturnType<typeof account>,
		leads: Record<string, ListedLead | Failure> = {},
		given: Array<LeadBody | Failure> = bodies,
		orders: unknown = [],
	) =>
		await checkAccount(journal, now, given, {
			async getLead(id) {
				asked.push(id);
				return leads[id] ?? missing;
			},
			listOrders: async () => orders,
		});
	return { journal, mark, check, asked };
}

const cannotBeTold = (why: string, howToFix = '') =>
	new Failure(
		'invalid',
		`The Liner credential has changed since an earlier try of this run, and it is not clear whether it leads to the same account: ${why}`,
		`${howToFix}To go on, use the credential of that try, or begin a new run, which sends all items.`,
	);

describe('the first try', () => {
	it('keeps which account it is, and nothing of the key but its salted hash', async () => {
		const random = jest.spyOn(Math, 'random').mockReturnValue(0.123456789);
		const { journal, asked, check } = await setUp([]);
		random.mockRestore();
		const mark = { address: 'https://liner.example', salt: '4fzzzx', key: 'old with 4fzzzx' };
		expect(journal.account).toEqual(mark);
		expect(await check(account('old'))).toBeUndefined();
		expect(journal.account).toEqual(mark);
		expect(asked).toEqual([]);
	});

	it('takes a new salt', async () => {
		const salts = await Promise.all([setUp([]), setUp([])]);
		expect(salts[0].mark?.salt).not.toBe(salts[1].mark?.salt);
	});
});

describe('a further try with the same credential', () => {
	it('asks nothing', async () => {
		const { journal, mark, check, asked } = await setUp([{ id: 7 }]);
		expect(await check(account('old'))).toBeUndefined();
		expect(asked).toEqual([]);
		expect(journal.account).toEqual(mark);
		expect(journal.recall(0, bodies[0])).toEqual({ result: { id: 7 } });
	});
});

describe.each([
	['key', account('new')],
	['host', account('old', 'https://other.example')],
])('a further try with another %s', (_, now) => {
	const toMark = (mark?: { salt: string }) => ({
		address: now.address,
		salt: mark?.salt,
		key: now.hashKey(mark?.salt ?? ''),
	});

	it('goes on where a lead of the try before is in the account', async () => {
		const { journal, mark, check, asked } = await setUp([{ id: 7 }, { id: 8 }]);
		expect(await check(now, { 7: { ...body(0), id: 7 } })).toBeUndefined();
		expect(asked).toEqual([7]);
		expect(journal.account).toEqual(toMark(mark));
		expect(journal.recall(0, bodies[0])).toEqual({ result: { id: 7 } });
	});

	it('goes on where another lead of the try before is in the account', async () => {
		const { journal, check, asked } = await setUp([{ id: 7 }, { id: 8 }, { id: '9' }]);
		expect(await check(now, { 9: { ...body(2), id: 9 } })).toBeUndefined();
		expect(asked).toEqual([7, 8, '9']);
		expect(journal.recall(0, bodies[0])).toEqual({ result: { id: 7 } });
	});

	it('begins anew where none of three leads is in the account', async () => {
		const { journal, mark, check, asked } = await setUp([
			{ id: 7 },
			{ id: 8 },
			{ id: 9 },
			{ id: 10 },
			'open',
		]);
		expect(await check(now, { 10: { ...body(3), id: 10 } })).toBeUndefined();
		expect(asked).toEqual([7, 8, 9]);
		expect(journal.isEmpty).toBe(true);
		expect(journal.account).toEqual(toMark(mark));
		expect(journal.isOpen(4)).toBe(false);
	});

	it('stops where a lead with the same ID is another one', async () => {
		const { journal, mark, check } = await setUp([{ id: 7 }]);
		expect(await check(now, { 7: { ...body(1), id: 7 } })).toEqual(cannotBeTold('lead 7 is another one now'));
		expect(journal.account).toEqual(mark);
		expect(journal.recall(0, bodies[0])).toEqual({ result: { id: 7 } });
	});

	it('goes on where a lead was changed in Liner, or does not show what it is', async () => {
		const { check } = await setUp([{ id: 7 }]);
		expect(await check(now, { 7: { ...body(0), id: 7, name: 'Anna' } })).toBeUndefined();
		const other = await setUp([{ id: 7 }]);
		expect(await other.check(now, { 7: { id: 7 } })).toBeUndefined();
	});

	it('stops where Liner cannot be asked', async () => {
		const { mark, journal, check } = await setUp([{ id: 7 }, { id: 8 }]);
		const refusal = new Failure('rejected', 'Liner says no', 'Check the key.', { httpCode: 403 });
		expect(await check(now, { 8: refusal })).toEqual(cannotBeTold('Liner says no', 'Check the key. '));
		expect(journal.account).toEqual(mark);
	});

	it('stops where no lead of the try before is known by its ID', async () => {
		const { check, asked } = await setUp([{ accepted: true }]);
		expect(await check(now)).toEqual(cannotBeTold('no lead of that try is known by its ID'));
		expect(asked).toEqual([]);
	});

	it('stops where the item of the only lead cannot be sent any more', async () => {
		const { check, asked } = await setUp([{ id: 7 }]);
		const invalid = new Failure('invalid', 'No phone', '');
		expect(await check(now, {}, [invalid])).toEqual(cannotBeTold('no lead of that try is known by its ID'));
		expect(asked).toEqual([]);
	});

	it('goes on where the try before sent nothing that has an outcome', async () => {
		const { journal, mark, check, asked } = await setUp(['open']);
		expect(await check(now)).toBeUndefined();
		expect(asked).toEqual([]);
		expect(journal.account).toEqual(toMark(mark));
		expect(journal.recall(0, bodies[0])).toMatchObject({ attempt: { sentAt: 1_000 } });
	});

	it('asks for the lead of an item that has changed since, where no other is known', async () => {
		const changed = bodies.map((lead) => ({ ...lead, name: 'Eve' }));
		const { journal, check, asked } = await setUp([{ id: 7 }, 'open'], true);
		expect(await check(now, { 7: { ...body(3), id: 7 } }, changed)).toBeUndefined();
		expect(asked).toEqual([7]);
		expect(journal.isOpen(1)).toBe(true);
		const other = await setUp([{ id: 7 }, 'open'], true);
		expect(await other.check(now, {}, changed)).toBeUndefined();
		expect(other.asked).toEqual([7]);
		expect(other.journal.isOpen(1)).toBe(false);
	});

	it('counts an item with an acceptance beside a lead', async () => {
		const { check, asked } = await setUp([{ accepted: true }, { id: 8 }]);
		expect(await check(now, { 8: { ...body(1), id: 8 } })).toBeUndefined();
		expect(asked).toEqual([8]);
	});
});

describe('a credential that leads to several accounts, one after the other', () => {
	const [a, b, c, d, e] = ['a', 'b', 'c', 'd', 'e'].map((name) =>
		account(`key of ${name}`, `https://${name}.example`),
	);
	const renewed = account('another key of a', 'https://a.example');

	/** Goes from one account to the next, each of which gives item 0 the lead with this ID. */
	async function go(
		steps: Array<[now: typeof a, creates: LeadId | undefined]>,
		places: Record<string, LeadId[]> = {},
		shown = body(0),
	) {
		let context: IDataObject = {};
		const told: unknown[] = [];
		for (const [now, creates] of steps) {
			context = JSON.parse(JSON.stringify(context)) as IDataObject;
			const journal = new Journal(context, 0, (item) => `source ${item}`);
			const failure = await checkAccount(journal, now, bodies, {
				getLead: async (id) => (places[now.address]?.includes(id) ? { ...shown, id } : missing),
				listOrders: async () => [],
			});
			told.push(failure ?? journal.recall(0, bodies[0]));
			if (failure === undefined && creates !== undefined) journal.record(0, bodies[0], { id: creates });
		}
		return { told, context };
	}

	it('finds what it did in each of them', async () => {
		const { told } = await go([
			[a, 7],
			[b, 8],
			[a, undefined],
			[b, undefined],
			[c, 9],
			[a, undefined],
		]);
		expect(told).toEqual([
			undefined,
			undefined,
			{ result: { id: 7 } },
			{ result: { id: 8 } },
			undefined,
			{ result: { id: 7 } },
		]);
	});

	it('finds it by its leads where the key has been renewed', async () => {
		const { told } = await go(
			[
				[a, 7],
				[b, 8],
				[renewed, undefined],
				[a, undefined],
			],
			{ 'https://a.example': [7], 'https://b.example': [8] },
		);
		expect(told.slice(2)).toEqual([{ result: { id: 7 } }, { result: { id: 7 } }]);
	});

	it('finds it also where nothing was done in the account between', async () => {
		const places = { 'https://a.example': [7] };
		const { told } = await go(
			[
				[a, 7],
				[b, undefined],
				[renewed, undefined],
			],
			places,
		);
		expect(told[2]).toEqual({ result: { id: 7 } });
	});

	it('sends nothing where it cannot be told whether it is one of them', async () => {
		const { told } = await go(
			[
				[a, 7],
				[b, 8],
				[c, 9],
			],
			{ 'https://c.example': [7] },
			body(1),
		);
		expect(told[2]).toEqual(cannotBeTold('lead 7 is another one now'));
	});

	it('keeps the notes of four accounts, and sends nothing to a fifth', async () => {
		const { told, context } = await go([
			[a, 7],
			[b, 8],
			[c, 9],
			[d, 10],
			[e, 11],
			[a, undefined],
		]);
		expect(told.slice(3)).toEqual([
			undefined,
			cannotBeTold('4 accounts were used before, and no more are remembered'),
			{ result: { id: 7 } },
		]);
		const [notes] = Object.values(context.linerLeads as Record<string, { others: unknown[] }>);
		expect(notes.others).toHaveLength(3);
	});

	it('keeps no notes of an account in which nothing was done', async () => {
		const { context } = await go([
			[a, undefined],
			[b, 8],
		]);
		expect(JSON.stringify(context)).not.toContain('others');
	});
});

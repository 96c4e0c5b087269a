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
async function setUp(results: Array<LeadResult | 'open' | undefined>) {
	const context: IDataObject = {};
	const open = () => new Journal(context, 0, (item) => `source ${item}`);
	const before = open();
	const unasked = async () => missing;
	await checkAccount(before, account('old'), bodies, { getLead: unasked, listOrders: unasked });
	for (const [item, result] of results.entries()) {
		if (result === undefined) continue;
		if (result === 'open') before.open(item, bodies[item], toAttempt(bodies[item], 1_000));
		else before.record(item, bodies[item], result);
	}
	const mark = before.account;
	const journal = open();
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

	it('forgets everything where none of three leads is in the account', async () => {
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

	it('counts an item with an acceptance beside a lead', async () => {
		const { check, asked } = await setUp([{ accepted: true }, { id: 8 }]);
		expect(await check(now, { 8: { ...body(1), id: 8 } })).toBeUndefined();
		expect(asked).toEqual([8]);
	});
});

import type { IDataObject } from 'n8n-workflow';

import { Journal } from '../../nodes/Liner/actions/lead/create/delivery/journal';
import { identityOf } from '../../nodes/Liner/actions/lead/create/delivery/matching';
import type { LeadBody } from '../../nodes/Liner/api/leads';
import { fingerprint } from '../../nodes/Liner/fingerprint';

const body = (phone: number | string): LeadBody => ({
	leadType: 'straight',
	phone: String(phone),
	orderId: 501,
});
/** What the requests are made of; by default, never the same. */
let sources = 0;
const open = (
	context: IDataObject,
	runIndex = 0,
	sourceNameOf: (item: number) => string = () => `source ${++sources}`,
) => new Journal(context, runIndex, sourceNameOf);
const attempt = (body: LeadBody, sentAt: number, isOver = false) => ({
	sent: identityOf(body),
	sentAt,
	isOver,
});
const saved = (context: IDataObject) => JSON.parse(JSON.stringify(context)) as IDataObject;

describe('Journal', () => {
	it('knows in the next try what the last one did', () => {
		const context = {};
		const journal = open(context);
		expect(journal.isEmpty).toBe(true);
		journal.open(0, body(1), attempt(body(1), 1_000, false));
		journal.record(0, body(1), { id: 100200300 });
		journal.open(1, body(2), attempt(body(2), 2_000, false));
		journal.record(1, body(2), { id: '9007199254740993' });
		journal.open(2, body(3), attempt(body(3), 3_000, true));
		journal.open(3, body(4), attempt(body(4), 4_000, false));
		journal.open(4, body(5), attempt(body(5), 5_000, false));
		journal.forget(4);

		const next = open(saved(context));
		expect(next.isEmpty).toBe(false);
		expect([0, 1, 2, 3, 4, 5].map((item) => next.recall(item, body(item + 1)))).toEqual([
			{ result: { id: 100200300 } },
			{ result: { id: '9007199254740993' } },
			{ attempt: expect.objectContaining(attempt(body(3), 3_000, true)) as unknown },
			{ attempt: expect.objectContaining(attempt(body(4), 4_000)) as unknown },
			undefined,
			undefined,
		]);
	});

	it('tells the leads that were created from those that were there before', () => {
		const context = {};
		const journal = open(context);
		journal.record(0, body(1), { id: 7 });
		journal.record(1, body(2), { id: '8', existing: true });
		journal.record(2, body(3), { accepted: true });

		const next = open(saved(context));
		expect(next.recall(0, body(1))).toEqual({ result: { id: 7 } });
		expect(next.recall(1, body(2))).toEqual({ result: { id: '8', existing: true } });
		expect(next.leads).toEqual([{ item: 0, id: 7 }]);
	});

	it('does not know a request that changed, or another pass of a loop', () => {
		const context = {};
		open(context).record(0, body(1), { id: 7 });
		expect(open(context).recall(0, body(1))).toEqual({ result: { id: 7 } });
		expect(open(context).recall(0, body(2))).toBeUndefined();
		expect(open(context).recall(1, body(1))).toBeUndefined();
		expect(open(context, 1).recall(0, body(1))).toBeUndefined();
	});

	it('knows a request by its source when an expression gives something else at each try', () => {
		const context = {};
		const source = (item: number) => `{{ $now }} ${item}`;
		open(context, 0, source).record(0, body(1), { id: 7 });
		expect(open(context, 0, source).recall(0, body(2))).toEqual({ result: { id: 7 } });
		expect(open(context, 0, () => 'other').recall(0, body(2))).toBeUndefined();
	});

	it('keeps what Liner says of an accepted lead, whatever it is', () => {
		const context = {};
		const result = { accepted: true as const, sentAt: 'a:b,c;d\ne', id: null, list: ['1:2\n'] };
		open(context).record(0, body(1), result);
		open(context).record(1, body(2), { id: 7 });
		const next = open(saved(context));
		expect(next.recall(0, body(1))).toEqual({ result });
		expect(next.recall(1, body(2))).toEqual({ result: { id: 7 } });
	});

	it('knows a request without its body', () => {
		const context = {};
		const source = (item: number) => `{{ $json.phone }} ${item}`;
		open(context, 0, source).record(0, body(1), { id: 7 });
		expect(open(context, 0, source).recall(0)).toEqual({ result: { id: 7 } });
		expect(open(context, 0, source).recall(1)).toBeUndefined();
	});

	it('knows a request that was changed and changed back', () => {
		const context = {};
		open(context).record(0, body(1), { id: 7 });
		open(context).record(0, body(2), { id: 8 });
		expect(open(context).recall(0, body(1))).toEqual({ result: { id: 7 } });
		expect(open(context).recall(0, body(2))).toEqual({ result: { id: 8 } });
	});

	it('knows a request without an outcome by its client, and what was sent for it, when everything else changed', () => {
		const context = {};
		const sent = { ...body(79001234567), name: 'Anna at 10:00' };
		open(context).open(0, sent, attempt(sent, 1_000));
		const next = open(saved(context));
		expect(next.recall(0, { ...sent, name: 'Anna at 10:05' })).toEqual({
			attempt: expect.objectContaining({ sent: identityOf(sent), sentAt: 1_000 }) as unknown,
		});
		expect(next.recall(0, { ...sent, phone: '79007654321' })).toBeUndefined();
		expect(next.recall(1, sent)).toBeUndefined();
	});

	it('keeps what concerns another account apart, but not how many tries have ended', () => {
		const context = {};
		open(context).record(0, body(1), { id: 7 });
		open(context).open(1, body(2), attempt(body(2), 1_000));
		expect(open(context).endTry()).toBe(1);
		const journal = open(saved(context));
		journal.changeAccount();
		expect(journal.isEmpty).toBe(true);
		expect(journal.recall(0, body(1))).toBeUndefined();
		expect(journal.isOpen(1)).toBe(false);
		expect(journal.endTry()).toBe(2);
	});

	it('leaves no trace, and that of no other pass', () => {
		const context = { own: 1 };
		open(context, 0).record(0, body(1), { id: 7 });
		open(context, 1).record(0, body(2), { id: 8 });
		open(context, 0).clear();
		expect(open(context, 1).recall(0, body(2))).toEqual({ result: { id: 8 } });
		open(context, 1).clear();
		expect(context).toEqual({ own: 1 });
	});

	it('keeps no more of an item than its names and its result', () => {
		const context = {};
		const journal = open(context, 0, (item) => (item === 1 ? (undefined as unknown as string) : `s${item}`));
		const names = [0, 1, 2].map((item) => fingerprint(JSON.stringify(body(item))));
		journal.record(0, body(0), { id: 7 });
		journal.record(1, body(1), { id: '8', existing: true });
		journal.open(2, body(2), attempt(body(2), 1_000, true));
		journal.open(3, body(3), attempt(body(3), 1_000));
		journal.forget(3);
		expect(context).toEqual({
			linerLeads: {
				0: {
					created: `0:${names[0]},s0:7\n1:${names[1]}:["8"]\n`,
					open: { 2: { names: `${names[2]},s2`, ...attempt(body(2), 1_000, true) } },
					tries: 0,
				},
			},
		});
	});

	it('knows the leads that earlier tries created, whatever became of their items', () => {
		const context = {};
		const journal = open(context);
		journal.record(0, body(1), { id: 7 });
		journal.record(1, body(2), { id: '8' });
		journal.record(2, body(3), { id: 9, existing: true });
		journal.record(3, body(4), { accepted: true });
		journal.open(4, body(5), attempt(body(5), 1_000));
		journal.record(0, body(6), { id: 10 });
		journal.record(12, body(7), { id: 7 });
		expect(journal.leads).toEqual([]);
		expect(open(saved(context)).leads).toEqual([
			{ item: 0, id: 7 },
			{ item: 1, id: '8' },
			{ item: 0, id: 10 },
			{ item: 12, id: 7 },
		]);
	});

	it('tells a retry from a first try', () => {
		const context = {};
		const journal = open(context);
		expect(journal.isRetry).toBe(false);
		journal.setAccount({ address: 'a', key: 'k', salt: 's' });
		expect(journal.isRetry).toBe(false);
		expect(journal.endTry()).toBe(1);
		expect(open(saved(context)).isRetry).toBe(true);
		expect(open(saved(context), 1).isRetry).toBe(false);
	});

	it('knows nothing before anything is written, and names no item for that', () => {
		const context = {};
		const nameSource = jest.fn(() => 'source');
		const journal = open(context, 0, nameSource);
		journal.forget(0);
		journal.clear();
		expect([journal.isOpen(0), journal.account, journal.recall(0, body(1)), journal.leads]).toEqual([
			false,
			undefined,
			undefined,
			[],
		]);
		expect(nameSource).not.toHaveBeenCalled();
		expect(context).toEqual({});
	});

	it('is not empty with as many results as open requests', () => {
		const context = {};
		open(context).open(0, body(1), attempt(body(1), 1_000));
		expect(open(context).isEmpty).toBe(false);
		open(context).record(1, body(2), { id: 7 });
		expect(open(context, 0, () => 's').isEmpty).toBe(false);
	});

	it('knows a request without an outcome by its source alone, or where nothing tells that it is another one', () => {
		const context = {};
		const source = (item: number) => `{{ $now }} ${item}`;
		open(context, 0, source).open(0, body(1), attempt(body(1), 1_000));
		const known = { attempt: expect.objectContaining(attempt(body(1), 1_000)) as unknown };
		expect(open(context, 0, source).recall(0, body(79_007_654_321))).toEqual(known);
		expect(open(context, 0, () => 'other').recall(0)).toEqual(known);
		expect(open(context, 0, () => 'other').recall(0, body(79_007_654_321))).toBeUndefined();
	});

	it('is less than 1 MB for 10,000 items', () => {
		const context = {};
		const journal = open(context);
		for (let item = 0; item < 10_000; item++) {
			journal.open(
				item,
				body(79_000_000_000 + item),
				attempt(body(79_000_000_000 + item), Date.now(), false),
			);
			journal.record(item, body(79_000_000_000 + item), { id: 100_200_300 + item });
		}
		expect(open(saved(context)).recall(9_999, body(79_000_009_999))).toEqual({
			result: { id: 100_210_299 },
		});
		expect(JSON.stringify(context).length).toBeLessThan(600_000);
	});
});

describe('fingerprint', () => {
	it('tells 20,000 similar requests apart', () => {
		const all = Array.from({ length: 20_000 }, (_, i) =>
			fingerprint(JSON.stringify(body(79_000_000_000 + i))),
		);
		expect(new Set(all).size).toBe(20_000);
	});

	it('depends on the order of what is fingerprinted', () => {
		expect(fingerprint('ab')).not.toBe(fingerprint('ba'));
		expect(fingerprint('ab')).toBe(fingerprint('ab'));
	});
});

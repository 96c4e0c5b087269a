import { Failure, type FailureDetails, type FailureKind } from '../../nodes/Liner/failure';
import type { Page } from '../../nodes/Liner/transport/client';
import { RateLimiter } from '../../nodes/Liner/transport/rateLimiter';
import { RetryingReader } from '../../nodes/Liner/transport/retryingReader';
import { StopSignal } from '../../nodes/Liner/transport/stopSignal';
import { VirtualClock } from '../support/virtualClock';

function setUp() {
	const clock = new VirtualClock();
	const stopSignal = new StopSignal(undefined, clock);
	const rateLimiter = new RateLimiter(0, stopSignal, clock);
	const reader = new RetryingReader(rateLimiter, stopSignal);
	const times: number[] = [];
	/** Gives these answers one after the other, and keeps the time of each request. */
	const answer = <T>(...answers: T[]) => {
		const left = [...answers];
		return async () => {
			times.push(clock.elapsed);
			return left.shift() as T;
		};
	};
	return { clock, stopSignal, rateLimiter, reader, times, answer };
}

const fail = (kind: FailureKind, details: FailureDetails = {}) => new Failure(kind, kind, 'Help.', details);

describe('read', () => {
	it('asks once where there is an answer, be it an empty one', async () => {
		const { clock, reader, times, answer } = setUp();
		expect(await clock.run(reader.read(answer('data')))).toBe('data');
		expect(await clock.run(reader.read(answer(undefined)))).toBeUndefined();
		expect(times).toEqual([0, 0]);
	});

	it.each(['unknown', 'notDelivered', 'invalid'] as const)('asks again after a failure: %s', async (kind) => {
		const { clock, reader, times, answer } = setUp();
		expect(await clock.run(reader.read(answer<unknown>(fail(kind), fail(kind), 'data')))).toBe('data');
		expect(times).toEqual([0, 1_000, 2_000]);
	});

	it('asks three times at most, and gives the last failure', async () => {
		const { clock, reader, times, answer } = setUp();
		const failures = [fail('unknown'), fail('notDelivered'), fail('unknown'), fail('unknown')];
		expect(await clock.run(reader.read(answer(...failures)))).toBe(failures[2]);
		expect(times).toEqual([0, 1_000, 2_000]);
	});

	it('does not ask again after a refusal', async () => {
		const { clock, reader, times, answer } = setUp();
		const refusal = fail('rejected', { httpCode: 403 });
		expect(await clock.run(reader.read<unknown>(answer<unknown>(refusal, 'data')))).toBe(refusal);
		expect(times).toEqual([0]);
	});

	it('makes the whole run wait for as long as Liner asks', async () => {
		const { clock, rateLimiter, reader, times, answer } = setUp();
		const busy = fail('notDelivered', { httpCode: 429, retryAfter: 7_000 });
		const reading = reader.read(answer<unknown>(busy, 'data'));
		await clock.advance(0);
		const other = rateLimiter.acquire().then(() => clock.elapsed);
		expect(await clock.run(reading)).toBe('data');
		expect(times).toEqual([0, 7_050]);
		expect(await clock.run(other)).toBe(7_000);
	});

	it('makes the whole run wait for a second when Liner does not say for how long', async () => {
		const { clock, rateLimiter, reader, times, answer } = setUp();
		const reading = reader.read(answer<unknown>(fail('notDelivered', { httpCode: 429 }), 'data'));
		await clock.advance(0);
		const other = rateLimiter.acquire().then(() => clock.elapsed);
		expect(await clock.run(reading)).toBe('data');
		expect(times).toEqual([0, 1_050]);
		expect(await clock.run(other)).toBe(1_000);
	});

	it.each([500, 503])('makes nobody else wait after the status %i', async (httpCode) => {
		const { clock, rateLimiter, reader, times, answer } = setUp();
		const reading = reader.read(answer<unknown>(fail('unknown', { httpCode, retryAfter: 7_000 }), 'data'));
		await clock.advance(0);
		const other = rateLimiter.acquire().then(() => clock.elapsed);
		expect(await clock.run(reading)).toBe('data');
		expect(times).toEqual([0, 1_000]);
		expect(await clock.run(other)).toBe(0);
	});

	it('says why Liner was not asked when it wants no request for too long', async () => {
		const { clock, rateLimiter, reader, times, answer } = setUp();
		rateLimiter.backOff(200_000);
		expect(await clock.run(reader.read(answer('data')))).toEqual(rateLimiter.closed);
		expect(times).toEqual([]);
	});

	it('says that the run ended when it did', async () => {
		const { clock, stopSignal, reader, times, answer } = setUp();
		const reading = reader.read(answer<unknown>(fail('unknown'), 'data'));
		await clock.advance(500);
		stopSignal.stop();
		expect(await clock.run(reading)).toEqual(
			new Failure('unknown', 'The run ended before Liner was asked', 'Send the item again.'),
		);
		expect([times, clock.elapsed]).toEqual([[0], 500]);
	});
});

describe('readAll', () => {
	type Entry = { id: number | string; isNew?: boolean; text?: string };

	/** Each reading is a list of pages, each page a list of IDs. */
	async function readAll(readings: Array<Array<Entry[] | Failure>>, isNew?: (entry: Entry) => boolean) {
		const { clock, reader } = setUp();
		const offsets: number[] = [];
		let reading = -1;
		const result = await clock.run(
			reader.readAll<Entry>(async (offset) => {
				offsets.push(offset);
				if (offset === 0) reading++;
				const page = readings[reading][offset];
				if (page instanceof Failure) return page;
				const isLast = offset === readings[reading].length - 1;
				return { entries: page, next: isLast ? undefined : offset + 1 } as Page<Entry>;
			}, isNew),
		);
		return { result, offsets };
	}

	const entries = (...ids: number[]): Entry[] => ids.map((id) => ({ id }));

	it('reads a list that keeps still once', async () => {
		expect(await readAll([[entries(1, 2), entries(3, 4), entries(5)]])).toEqual({
			result: entries(1, 2, 3, 4, 5),
			offsets: [0, 1, 2],
		});
		expect(await readAll([[[]]])).toEqual({ result: [], offsets: [0] });
	});

	it('reads a list again whose entries moved, to find the one that moved to a page read before', async () => {
		expect(
			await readAll([
				[entries(1, 2), entries(2, 4)],
				[entries(1, 3), entries(2, 4)],
				[entries(1, 3), entries(2, 4)],
			]),
		).toEqual({ result: entries(1, 2, 4, 3), offsets: [0, 1, 0, 1, 0, 1] });
	});

	it('ends when a further reading has nothing that was not there before, even if entries move', async () => {
		expect(
			await readAll([
				[entries(1, 2), entries(2, 3)],
				[entries(2, 1), entries(1, 3)],
			]),
		).toEqual({ result: entries(1, 2, 3), offsets: [0, 1, 0, 1] });
	});

	it('does not mind an entry that came in since the reading began', async () => {
		const late = { id: 9, isNew: true };
		const readings = [
			[entries(1, 2), entries(2, 3)],
			[[late, ...entries(1)], entries(2, 3)],
		];
		expect(await readAll(readings, ({ isNew }) => isNew === true)).toEqual({
			result: [...entries(1, 2, 3), late],
			offsets: [0, 1, 0, 1],
		});
	});

	it('keeps the latest of an entry', async () => {
		const readings = [
			[entries(1), entries(1)],
			[[{ id: 1, text: 'changed' }], entries()],
		];
		expect((await readAll(readings)).result).toEqual([{ id: 1, text: 'changed' }]);
	});

	it('takes an ID as a number and as text for the same', async () => {
		const asText = [{ id: '1' }, { id: '2' }, { id: '3' }];
		const readings = [
			[entries(1, 2), entries(2, 3)],
			[asText.slice(0, 2), asText.slice(2)],
		];
		expect(await readAll(readings)).toEqual({ result: asText, offsets: [0, 1, 0, 1] });
	});

	it('gives up a list that changes each of four times', async () => {
		const readings = [1, 2, 3, 4, 5].map((id) => [entries(id, 10), entries(10)]);
		expect(await readAll(readings)).toEqual({
			result: new Failure(
				'unknown',
				"Liner's list changed each of the 4 times that it was read",
				'Try again later.',
			),
			offsets: [0, 1, 0, 1, 0, 1, 0, 1],
		});
	});

	it('takes a list that keeps still at the fourth time', async () => {
		const readings = [1, 2, 3, 3].map((id) => [entries(id, 10), entries(10)]);
		expect((await readAll(readings)).result).toEqual(entries(1, 10, 2, 3));
	});

	it('gives the failure of a page that cannot be read', async () => {
		const refusal = fail('rejected');
		expect(await readAll([[entries(1), refusal]])).toEqual({ result: refusal, offsets: [0, 1] });
	});

	it('asks again for a page that could not be read', async () => {
		const { clock, reader } = setUp();
		let isFirst = true;
		const result = await clock.run(
			reader.readAll<Entry>(async () => {
				if (!isFirst) return { entries: entries(1) } as Page<Entry>;
				isFirst = false;
				return fail('unknown');
			}),
		);
		expect([result, clock.elapsed]).toEqual([entries(1), 1_000]);
	});
});

import { Failure } from '../../nodes/Liner/failure';
import { RateLimiter } from '../../nodes/Liner/transport/rateLimiter';
import { StopSignal } from '../../nodes/Liner/transport/stopSignal';
import { VirtualClock } from '../support/virtualClock';

function setUp(requestsPerSecond = 0) {
	const clock = new VirtualClock();
	const stopSignal = new StopSignal(undefined, clock);
	const rateLimiter = new RateLimiter(requestsPerSecond, stopSignal, clock);
	/** When each of so many requests that are wanted at the same time may start, and whether it may. */
	const acquire = (number: number) =>
		Promise.all(
			Array.from({ length: number }, async () => {
				const may = await rateLimiter.acquire();
				return may ? clock.elapsed : `refused at ${clock.elapsed}`;
			}),
		);
	return { clock, stopSignal, rateLimiter, acquire };
}

describe('without anything from Liner', () => {
	it('starts every request at once where there is no limit', async () => {
		const { clock, acquire } = setUp();
		expect(await clock.run(acquire(4))).toEqual([0, 0, 0, 0]);
	});

	it.each([
		[4, [0, 250, 500, 750]],
		[0.5, [0, 2_000, 4_000, 6_000]],
	])('keeps a distance between %p requests per second', async (requestsPerSecond, times) => {
		const { clock, acquire } = setUp(requestsPerSecond);
		expect(await clock.run(acquire(4))).toEqual(times);
	});

	it('does not catch up on slots that nobody wanted', async () => {
		const { clock, acquire } = setUp(4);
		await clock.advance(10_000);
		expect(await clock.run(acquire(3))).toEqual([10_000, 10_250, 10_500]);
	});
});

describe('when Liner asks to slow down', () => {
	it('starts again at a distance after the pause', async () => {
		const { clock, rateLimiter, acquire } = setUp();
		rateLimiter.backOff(1_000);
		expect(await clock.run(acquire(4))).toEqual([1_000, 1_050, 1_100, 1_150]);
	});

	it('makes a request wait on that waited already when the pause began', async () => {
		const { clock, rateLimiter, acquire } = setUp(10);
		const requests = acquire(4);
		await clock.advance(150);
		rateLimiter.backOff(1_000);
		// The usual distance is 100 ms, and the longer one twice as much.
		expect(await clock.run(requests)).toEqual([0, 100, 1_150, 1_350]);
	});

	it('lets a request start at the very end of the pause', async () => {
		const { clock, rateLimiter, acquire } = setUp(10);
		const requests = acquire(3);
		await clock.advance(50);
		rateLimiter.backOff(50);
		expect(await clock.run(requests)).toEqual([0, 100, 200]);
	});

	it('keeps to the longest of several pauses, and slows down once for all of them', async () => {
		const { clock, rateLimiter, acquire } = setUp();
		for (const pause of [500, 2_000, 1_000]) rateLimiter.backOff(pause);
		await clock.advance(1_999);
		rateLimiter.backOff(1);
		expect(await clock.run(acquire(3))).toEqual([2_000, 2_050, 2_100]);
	});

	it('slows down further each time, to 2 s at most', async () => {
		const { clock, rateLimiter, acquire } = setUp();
		const distances: number[] = [];
		for (let round = 0; round < 8; round++) {
			rateLimiter.backOff(100);
			const [first, second] = (await clock.run(acquire(2))) as number[];
			distances.push(second - first);
			// The pause is over by then; the last slot is not.
			expect(clock.elapsed).toBe(second);
		}
		expect(distances).toEqual([50, 100, 200, 400, 800, 1_600, 2_000, 2_000]);
	});

	it('slows down when it is asked to at the very end of a pause', async () => {
		const { clock, rateLimiter, acquire } = setUp();
		rateLimiter.backOff(100);
		await clock.advance(100);
		rateLimiter.backOff(100);
		expect(await clock.run(acquire(2))).toEqual([200, 300]);
	});

	it('never goes faster than the limit of the node', async () => {
		const { clock, rateLimiter, acquire } = setUp(0.25);
		rateLimiter.backOff(100);
		expect(await clock.run(acquire(2))).toEqual([100, 4_100]);
		rateLimiter.recover();
		expect(await clock.run(acquire(2))).toEqual([8_100, 12_100]);
	});

	it('waits for the slot that is due later than the pause ends', async () => {
		const { clock, rateLimiter, acquire } = setUp(1);
		expect(await clock.run(acquire(1))).toEqual([0]);
		rateLimiter.backOff(100);
		expect(await clock.run(acquire(1))).toEqual([1_000]);
	});
});

describe('when Liner takes requests again', () => {
	/** The distance after so many requests that succeeded. */
	const distanceAfter = async (successes: number, requestsPerSecond = 0, pauses = 1) => {
		const { clock, rateLimiter, acquire } = setUp(requestsPerSecond);
		for (let pause = 0; pause < pauses; pause++) {
			rateLimiter.backOff(100);
			await clock.advance(100);
		}
		for (let success = 0; success < successes; success++) rateLimiter.recover();
		await clock.advance(10_000);
		const [first, second] = (await clock.run(acquire(2))) as number[];
		return second - first;
	};

	it('shortens the distance with each request, until there is none', async () => {
		const distances = await Promise.all([0, 1, 2, 6, 7, 8].map((successes) => distanceAfter(successes)));
		expect(distances.map((distance) => Math.round(distance * 100) / 100)).toEqual([
			50, 45, 40.5, 26.57, 0, 0,
		]);
	});

	it('shortens it to the limit of the node', async () => {
		expect(await distanceAfter(0, 10)).toBe(200);
		expect(await distanceAfter(6, 10)).toBeCloseTo(106.29, 2);
		expect(await distanceAfter(7, 10)).toBe(100);
		expect(await distanceAfter(8, 10)).toBe(100);
	});

	it('shortens a long distance as well', async () => {
		expect(await distanceAfter(1, 0, 3)).toBe(180);
	});
});

describe('when Liner asks for a longer pause than a run waits', () => {
	it('starts no request any more, and says until when', async () => {
		const { clock, rateLimiter, acquire } = setUp();
		expect(rateLimiter.closed).toBeUndefined();
		rateLimiter.backOff(120_000);
		expect(rateLimiter.closed).toBeUndefined();
		rateLimiter.backOff(120_001);
		expect(rateLimiter.closed).toEqual(
			new Failure(
				'notDelivered',
				'Liner takes no more requests until 2026-05-01 10:02:01 UTC',
				'The node waits 2 minutes at most. Send the item again after that time.',
			),
		);
		expect(await clock.run(acquire(2))).toEqual(['refused at 0', 'refused at 0']);
	});

	it('names the latest time', () => {
		const { rateLimiter } = setUp();
		for (const pause of [600_000, 3_600_000, 1_200_000]) rateLimiter.backOff(pause);
		expect(rateLimiter.closed?.message).toBe('Liner takes no more requests until 2026-05-01 11:00:00 UTC');
	});

	it('refuses the requests that wait already, and those that come later at once', async () => {
		const { clock, rateLimiter, acquire } = setUp(1);
		const requests = acquire(3);
		await clock.advance(500);
		rateLimiter.backOff(200_000);
		expect(await clock.run(acquire(1))).toEqual(['refused at 500']);
		expect(await clock.run(requests)).toEqual([0, 'refused at 1000', 'refused at 2000']);
	});

	it('adds up pauses without a request that Liner took', async () => {
		const { clock, rateLimiter } = setUp();
		for (let pause = 0; pause < 2; pause++) {
			rateLimiter.backOff(60_000);
			await clock.advance(60_000);
		}
		expect(rateLimiter.closed).toBeUndefined();
		rateLimiter.backOff(1);
		expect(rateLimiter.closed?.message).toBe('Liner takes no more requests until 2026-05-01 10:02:01 UTC');
	});

	it('does not add up pauses between which Liner took a request', async () => {
		const { clock, rateLimiter, acquire } = setUp();
		for (let pause = 0; pause < 4; pause++) {
			rateLimiter.backOff(60_000);
			await clock.advance(60_000);
			rateLimiter.recover();
		}
		expect(rateLimiter.closed).toBeUndefined();
		expect(await clock.run(acquire(1))).toEqual([240_000]);
	});
});

describe('when the run is to stop', () => {
	it('refuses every request at once', async () => {
		const { clock, stopSignal, acquire } = setUp(1);
		const requests = acquire(3);
		await clock.advance(500);
		stopSignal.stop();
		expect(await clock.run(requests)).toEqual([0, 'refused at 500', 'refused at 500']);
		expect(await clock.run(acquire(1))).toEqual(['refused at 500']);
	});

	it('refuses a request that waits for the end of a pause', async () => {
		const { clock, rateLimiter, stopSignal, acquire } = setUp();
		rateLimiter.backOff(60_000);
		const requests = acquire(1);
		await clock.advance(500);
		stopSignal.stop();
		expect(await clock.run(requests)).toEqual(['refused at 500']);
		expect(rateLimiter.closed).toBeUndefined();
	});
});

it('goes by the time of the system', async () => {
	const begin = Date.now();
	const rateLimiter = new RateLimiter(20, new StopSignal());
	expect([await rateLimiter.acquire(), await rateLimiter.acquire()]).toEqual([true, true]);
	expect(Date.now() - begin).toBeGreaterThanOrEqual(49);
});

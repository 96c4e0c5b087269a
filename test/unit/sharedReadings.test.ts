import {
	SharedReadings,
	type Period,
	type Reading,
} from '../../nodes/Liner/actions/lead/create/delivery/sharedReadings';
import type { ListedLead } from '../../nodes/Liner/api/leads';
import { Failure } from '../../nodes/Liner/failure';
import { VirtualClock } from '../support/virtualClock';

const lead: ListedLead = { id: 7, createdAt: '2026-05-01T10:00:00Z' };
const timeless: ListedLead = { id: 8, createdAt: '2026-05-01 10:00:00' };

/** @param duration How long each reading takes, in milliseconds. */
function setUp(result: (reading: number) => ListedLead[] | Failure | Error = () => [lead], duration = 1_000) {
	const clock = new VirtualClock();
	const asked: Array<[orderId: number, period: Period, time: number]> = [];
	const readings = new SharedReadings(
		async (orderId, toPeriod) => {
			const [period, beganAt] = [toPeriod(), clock.now()];
			const leads = result(asked.push([orderId, period, clock.elapsed]));
			await clock.sleep(duration);
			if (leads instanceof Error) throw leads;
			return leads instanceof Failure ? leads : { leads, period, beganAt };
		},
		clock,
		{ from: 5, to: 10 },
		async (milliseconds) => await clock.sleep(milliseconds),
	);
	const period = (from: number, to = 1_000) => ({ from, to });
	/** @param since In milliseconds after the start. */
	const read = async (since: number, wanted: Period = period(100), orderId = 501) =>
		await readings.read(orderId, () => wanted, clock.start + since);
	const beganAt = (reading: Reading | Failure) =>
		reading instanceof Failure ? reading : reading.beganAt - clock.start;
	return { clock, asked, read, period, beganAt };
}

describe('SharedReadings', () => {
	it('gives a reading that began after the time to all that want it', async () => {
		const { clock, asked, read, period, beganAt } = setUp();
		await clock.advance(10);
		const first = read(10);
		await clock.advance(500);
		const all = await clock.run(Promise.all([first, read(9), read(9)]));
		expect(all.map(beganAt)).toEqual([10, 10, 10]);
		expect(beganAt(await read(9))).toBe(10);
		expect(asked).toEqual([[501, period(100), 10]]);
	});

	it('lets those for whom the running one began too early share the next one', async () => {
		const { clock, asked, read, period, beganAt } = setUp();
		const first = read(0);
		await clock.advance(500);
		const all = await clock.run(
			Promise.all([first, read(0, period(200, 2_000)), read(500), read(400, period(150, 900))]),
		);
		expect(all.map(beganAt)).toEqual([0, 1_000, 1_000, 1_000]);
		expect(asked).toEqual([
			[501, period(100), 0],
			[501, period(100, 2_000), 1_000],
		]);
		expect(clock.elapsed).toBe(2_000);
	});

	it('reads again when the last one began in the same millisecond', async () => {
		const { clock, asked, read } = setUp();
		await clock.run(read(0));
		await clock.run(read(0));
		expect(asked).toHaveLength(2);
	});

	it('begins no reading sooner than 250 ms after the last one, however quick that was', async () => {
		const { clock, asked, read } = setUp(() => [lead], 10);
		const [first, second] = [read(0), read(0)];
		await clock.run(Promise.all([first, second]));
		expect([asked.map(([, , time]) => time), clock.elapsed]).toEqual([[0, 250], 260]);
		const third = read(260);
		await clock.advance(100);
		await clock.run(Promise.all([third, read(360)]));
		await clock.advance(240);
		await clock.run(read(760));
		expect(asked.map(([, , time]) => time)).toEqual([0, 250, 500, 750]);
	});

	it('reads each order by itself', async () => {
		const { clock, asked, read, period } = setUp();
		await clock.run(Promise.all([read(0), read(0, period(100), 502)]));
		expect(asked.map(([orderId]) => orderId)).toEqual([501, 502]);
		expect(clock.elapsed).toBe(1_000);
	});

	it.each<[what: string, from: number, to: number, count: number]>([
		['begins as much later as is tolerated', 95, 1_000, 1],
		['begins later than is tolerated', 94, 1_000, 2],
		['ends as much earlier as is tolerated', 100, 2_010, 1],
		['ends earlier than is tolerated', 100, 2_011, 2],
	])('shares one that %s', async (_, from, to, count) => {
		const { clock, asked, read, period } = setUp();
		await clock.advance(10);
		await clock.run(read(9, period(100)));
		await clock.run(read(9, period(from, to)));
		expect(asked).toHaveLength(count);
	});

	it('does not join a running one that covers another period', async () => {
		const { clock, asked, read, period } = setUp();
		await clock.advance(10);
		await clock.run(Promise.all([read(9), read(9, period(50))]));
		expect(asked).toEqual([
			[501, period(100), 10],
			[501, period(50), 1_010],
		]);
	});

	it('reads the period alone where a lead of a longer one does not tell when it was created', async () => {
		const { clock, asked, read, period, beganAt } = setUp(() => [lead, timeless]);
		const first = read(0);
		const all = await clock.run(Promise.all([first, read(0, period(50)), read(0, period(100))]));
		expect(all.map(beganAt)).toEqual([0, 1_000, 2_000]);
		expect(asked).toEqual([
			[501, period(100), 0],
			[501, period(50), 1_000],
			[501, period(100), 2_000],
		]);
		await clock.run(read(999, period(55)));
		expect(asked).toHaveLength(3);
		await clock.run(read(999, period(56)));
		expect(asked).toHaveLength(4);
	});

	it('gives a failure to those that share it, and to nobody later', async () => {
		const failure = new Failure('unknown', 'No', '');
		const { clock, asked, read, beganAt } = setUp((reading) => (reading === 1 ? failure : [lead]));
		await clock.advance(10);
		expect(await clock.run(Promise.all([read(9), read(9)]))).toEqual([failure, failure]);
		expect(beganAt((await clock.run(read(9))) as Reading)).toBe(1_010);
		expect(asked).toHaveLength(2);
	});

	it('goes on after an error that no rule foresees', async () => {
		const { clock, read, beganAt } = setUp((reading) => (reading === 1 ? new Error('Oops') : [lead]));
		const first = read(0).catch((error: Error) => error.message);
		const second = read(0);
		expect(await clock.run(first)).toBe('Oops');
		expect(beganAt(await clock.run(second))).toBe(1_000);
		expect(beganAt(await clock.run(read(3_000)))).toBe(2_000);
	});

	it('keeps the readings of the last 20 orders', async () => {
		const { clock, asked, read, period } = setUp();
		await clock.advance(10);
		for (let order = 1; order <= 21; order++) await clock.run(read(9, period(100), order));
		await clock.run(read(9, period(100), 2));
		expect(asked).toHaveLength(21);
		await clock.run(read(9, period(100), 1));
		expect(asked).toHaveLength(22);
	});
});

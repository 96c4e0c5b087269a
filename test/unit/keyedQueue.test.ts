import { KeyedQueue } from '../../nodes/Liner/actions/lead/create/delivery/keyedQueue';
import { VirtualClock } from '../support/virtualClock';

function setUp() {
	const clock = new VirtualClock();
	const queue = new KeyedQueue();
	const events: string[] = [];
	const work = (name: string, milliseconds: number, error?: Error) => async () => {
		events.push(`${name} begins at ${clock.elapsed}`);
		await clock.sleep(milliseconds);
		events.push(`${name} ends at ${clock.elapsed}`);
		if (error !== undefined) throw error;
		return name;
	};
	return { clock, queue, events, work };
}

it('runs what has the same key one after the other, and everything else in parallel', async () => {
	const { clock, queue, events, work } = setUp();
	const all = Promise.all([
		queue.run('a', work('a1', 300)),
		queue.run('a', work('a2', 100)),
		queue.run('b', work('b1', 200)),
		queue.run('a', work('a3', 100)),
	]);
	expect(await clock.run(all)).toEqual(['a1', 'a2', 'b1', 'a3']);
	expect(events).toEqual([
		'a1 begins at 0',
		'b1 begins at 0',
		'b1 ends at 200',
		'a1 ends at 300',
		'a2 begins at 300',
		'a2 ends at 400',
		'a3 begins at 400',
		'a3 ends at 500',
	]);
});

it('waits for work that came while earlier work was under way', async () => {
	const { clock, queue, events, work } = setUp();
	const first = queue.run('a', work('a1', 100));
	const second = queue.run('a', work('a2', 100));
	await clock.run(first);
	const third = queue.run('a', work('a3', 100));
	await clock.run(Promise.all([second, third]));
	expect(events.filter((event) => event.includes('begins'))).toEqual([
		'a1 begins at 0',
		'a2 begins at 100',
		'a3 begins at 200',
	]);
});

it('gives the error of the work that failed, and goes on with the next', async () => {
	const { clock, queue, work } = setUp();
	const error = new Error('broken');
	const all = Promise.allSettled([queue.run('a', work('a1', 100, error)), queue.run('a', work('a2', 100))]);
	expect(await clock.run(all)).toEqual([
		{ status: 'rejected', reason: error },
		{ status: 'fulfilled', value: 'a2' },
	]);
});

it('holds nothing of work that has ended', async () => {
	const { clock, queue, work } = setUp();
	const { ends } = queue as unknown as { ends: Map<string, unknown> };
	const first = queue.run('a', work('a1', 100));
	const second = queue.run('a', work('a2', 100));
	await clock.run(first);
	expect([...ends.keys()]).toEqual(['a']);
	await clock.run(second);
	expect([...ends.keys()]).toEqual([]);
	await clock.run(Promise.allSettled([queue.run('b', work('b1', 100, new Error('broken')))]));
	expect([...ends.keys()]).toEqual([]);
});

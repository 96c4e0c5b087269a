import type { Clock } from '../../nodes/Liner/transport/clock';
import { onAbort } from '../../nodes/Liner/transport/onAbort';

/** How many waits, and how many calls without any time passing, count as work that never ends. */
const MOST_WAKES = 20_000;
const MOST_CALLS = 200_000;

/** A clock whose time passes only on demand, so that a test of waiting is fast and exact. */
export class VirtualClock implements Clock {
	private readonly sleeping = new Set<{ until: number; wake: () => void }>();

	private time: number;

	private wakes = 0;

	private calls = 0;

	/** @param start In milliseconds since 1970. */
	constructor(readonly start = Date.UTC(2026, 4, 1, 10)) {
		this.time = start;
	}

	now(): number {
		this.count();
		return this.time;
	}

	/** In milliseconds since the start. */
	get elapsed(): number {
		return this.time - this.start;
	}

	async sleep(milliseconds: number, signal = new AbortController().signal): Promise<void> {
		this.count();
		if (!Number.isFinite(milliseconds)) throw new Error(`Cannot wait for ${milliseconds} ms`);
		if (signal.aborted || milliseconds <= 0) return;
		await new Promise<void>((resolve) => {
			const sleeper = {
				until: this.time + milliseconds,
				wake: () => {
					this.sleeping.delete(sleeper);
					takeBack();
					resolve();
				},
			};
			this.sleeping.add(sleeper);
			const takeBack = onAbort(signal, sleeper.wake);
		});
	}

	/** Lets this much time pass, and everything happen that is due by then. */
	async advance(milliseconds: number): Promise<void> {
		const end = this.time + milliseconds;
		for (await settle(); this.next !== undefined && this.next <= end; await settle()) this.wakeNext();
		this.time = end;
	}

	/**
	 * Lets time pass until the work is done.
	 *
	 * @throws What the work throws, or an error when it waits for something other than this clock.
	 */
	async run<T>(work: Promise<T>): Promise<T> {
		let isDone = false;
		const end = () => (isDone = true);
		work.then(end, end);
		for (await settle(); !isDone; await settle()) {
			if (this.next === undefined) throw new Error('The work waits for something that never happens');
			this.wakeNext();
		}
		return await work;
	}

	private count(): void {
		if (++this.calls > MOST_CALLS) throw new Error('The work never ends, and no time passes');
	}

	private get next(): number | undefined {
		return this.sleeping.size === 0 ? undefined : Math.min(...[...this.sleeping].map(({ until }) => until));
	}

	private wakeNext(): void {
		if (++this.wakes > MOST_WAKES) throw new Error('The work never ends');
		const time = this.next as number;
		this.time = time;
		this.calls = 0;
		for (const sleeper of [...this.sleeping]) if (sleeper.until === time) sleeper.wake();
	}
}

/** Runs everything that is already due. */
const settle = async () => await new Promise<void>((resolve) => setImmediate(resolve));

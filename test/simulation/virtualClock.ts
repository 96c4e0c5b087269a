import type { Clock } from '../../nodes/Liner/transport/clock';
import { onAbort } from '../../nodes/Liner/transport/onAbort';

interface Timer {
	at: number;
	ring(): void;
}

/** A clock whose time goes by only when everybody waits. */
export class VirtualClock implements Clock {
	/** The next one last. */
	private readonly timers: Timer[] = [];

	/** How many sleeps of the node have not ended. */
	sleeping = 0;

	/** @param time When it begins, in milliseconds since 1970. */
	constructor(private time: number) {}

	now(): number {
		return this.time;
	}

	async sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
		if (signal.aborted || milliseconds <= 0) return;
		this.sleeping++;
		await new Promise<void>((resolve) => {
			const cancel = this.after(Math.ceil(milliseconds), () => {
				takeBack();
				resolve();
			});
			const takeBack = onAbort(signal, () => {
				cancel();
				resolve();
			});
		});
		this.sleeping--;
	}

	/**
	 * Has something done later. What is due at the same time is done in the order in which it was asked for.
	 *
	 * @returns Takes it back.
	 */
	after(milliseconds: number, ring: () => void): () => void {
		const timer = { at: this.time + milliseconds, ring };
		let index = this.timers.length;
		while (index > 0 && this.timers[index - 1].at <= timer.at) index--;
		this.timers.splice(index, 0, timer);
		return () => {
			const place = this.timers.indexOf(timer);
			if (place !== -1) this.timers.splice(place, 1);
		};
	}

	/**
	 * Lets time go by until the work has ended.
	 *
	 * @param longest How long it may take, in milliseconds.
	 * @returns Whether it ended: not if it waits for longer, or for something that never comes.
	 */
	async run(work: Promise<unknown>, longest: number): Promise<boolean> {
		const until = this.time + longest;
		let isOver = false;
		const end = () => {
			isOver = true;
		};
		work.then(end, end);
		for (;;) {
			await untilNothingMoves();
			if (isOver) return true;
			if (!this.ringNext(until)) return false;
		}
	}

	/** Lets so many milliseconds go by. */
	async pass(milliseconds: number): Promise<void> {
		const until = this.time + milliseconds;
		do await untilNothingMoves();
		while (this.ringNext(until));
		this.time = until;
	}

	private ringNext(until: number): boolean {
		const timer = this.timers.at(-1);
		if (timer === undefined || timer.at > until) return false;
		this.timers.pop();
		this.time = timer.at;
		timer.ring();
		return true;
	}

	/**
	 * What asks JavaScript for the time gets that of this clock, too.
	 *
	 * @returns Puts the real time back.
	 */
	replaceDateNow(): () => void {
		const { now } = Date;
		Date.now = () => this.time;
		return () => {
			Date.now = now;
		};
	}
}

/** All promises that can be settled without time going by are settled before the event loop comes round. */
const untilNothingMoves = async () => await new Promise<void>((resolve) => setImmediate(resolve));

import { systemClock, type Clock } from './clock';
import type { StopSignal } from './stopSignal';
import { Failure } from '../failure';

/** The shortest and the longest distance between two requests after Liner asked to slow down, in milliseconds. */
const SHORTEST_INTERVAL = 50;
const LONGEST_INTERVAL = 2_000;
/** How long a run waits at most for Liner to take requests again, in milliseconds. */
export const LONGEST_PAUSE = 120_000;

/**
 * Says when the next request may start, for all workers of a run. When Liner asks one of them to slow down, all wait, and
 * then begin again at a distance that shrinks as requests succeed. When Liner asks for a longer pause than a run waits, or
 * for one after the other, no request starts any more.
 */
export class RateLimiter {
	private readonly usualInterval: number;

	private interval: number;

	private nextSlot = 0;

	private pausedUntil = 0;

	/** Since when Liner has asked to slow down without taking a request. */
	private pausedSince?: number;

	private closedUntil?: number;

	/** @param requestsPerSecond 0 for no limit. */
	constructor(
		requestsPerSecond: number,
		private readonly stopSignal: StopSignal,
		private readonly clock: Clock = systemClock,
	) {
		this.usualInterval = requestsPerSecond > 0 ? 1_000 / requestsPerSecond : 0;
		this.interval = this.usualInterval;
	}

	/**
	 * Waits until a request may start.
	 *
	 * @returns Whether it may: not any more when the run is to stop, or for the reason that {@link closed} gives.
	 */
	async acquire(): Promise<boolean> {
		let slot: number;
		do {
			if (this.closedUntil !== undefined) return false;
			slot = Math.max(this.clock.now(), this.nextSlot);
			this.nextSlot = slot + this.interval;
			await this.stopSignal.sleep(slot - this.clock.now());
			// A pause that began while this request waited counts for it, too.
		} while (slot < this.pausedUntil);
		return this.closedUntil === undefined && !this.stopSignal.isStopped;
	}

	/** Why no request starts any more, if Liner asks to wait for longer than a run waits. */
	get closed(): Failure | undefined {
		if (this.closedUntil === undefined) return undefined;
		const time = new Date(Math.ceil(this.closedUntil / 1_000) * 1_000).toISOString().slice(0, 19);
		return new Failure(
			'notDelivered',
			`Liner takes no more requests until ${time.replace('T', ' ')} UTC`,
			`The node waits ${LONGEST_PAUSE / 60_000} minutes at most. Send the item again after that time.`,
		);
	}

	/** Liner wants no request for so many milliseconds. */
	backOff(milliseconds: number): void {
		const now = this.clock.now();
		this.pausedSince ??= now;
		if (now + milliseconds - this.pausedSince > LONGEST_PAUSE) {
			this.closedUntil = Math.max(this.closedUntil ?? 0, now + milliseconds);
			return;
		}
		// Several requests that are refused at the same time are one reason to slow down, not several.
		if (now >= this.pausedUntil) {
			const longer = Math.min(Math.max(this.interval * 2, SHORTEST_INTERVAL), LONGEST_INTERVAL);
			this.interval = Math.max(longer, this.usualInterval);
		}
		this.pausedUntil = Math.max(this.pausedUntil, now + milliseconds);
		this.nextSlot = Math.max(this.nextSlot, this.pausedUntil);
	}

	/** Liner took a request. */
	recover(): void {
		this.pausedSince = undefined;
		const shorter = this.interval * 0.9;
		// Stryker disable next-line EqualityOperator: no interval is ever shortened to exactly half of the shortest one.
		this.interval = Math.max(shorter < SHORTEST_INTERVAL / 2 ? 0 : shorter, this.usualInterval);
	}
}

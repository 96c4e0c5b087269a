import type { StopSignal } from './stopSignal';

/** The shortest and the longest distance between two requests after Liner asked to slow down, in milliseconds. */
const SHORTEST_INTERVAL = 50;
const LONGEST_INTERVAL = 2_000;
/** The longest time that all requests of a run wait because one was refused, in milliseconds. */
export const LONGEST_PAUSE = 120_000;

/**
 * Says when the next request may start, for all workers of a run. When Liner asks one of them to slow down, all wait, and
 * then begin again at a distance that shrinks as requests succeed.
 */
export class RateLimiter {
	private readonly usualInterval: number;

	private interval: number;

	private nextSlot = 0;

	private pausedUntil = 0;

	/** @param requestsPerSecond 0 for no limit. */
	constructor(
		requestsPerSecond: number,
		private readonly stopSignal: StopSignal,
	) {
		this.usualInterval = requestsPerSecond > 0 ? 1_000 / requestsPerSecond : 0;
		this.interval = this.usualInterval;
	}

	/**
	 * Waits until a request may start.
	 *
	 * @returns Whether it may; not any more when the run is to stop.
	 */
	async acquire(): Promise<boolean> {
		let slot: number;
		do {
			slot = Math.max(Date.now(), this.nextSlot);
			this.nextSlot = slot + this.interval;
			await this.stopSignal.sleep(slot - Date.now());
			// A pause that began while this request waited counts for it, too.
		} while (slot < this.pausedUntil && !this.stopSignal.isStopped);
		return !this.stopSignal.isStopped;
	}

	/** Liner wants no request for so many milliseconds. All wait, but not for ever. */
	backOff(milliseconds: number): void {
		const now = Date.now();
		// Several requests that are refused at the same time are one reason to slow down, not several.
		if (now >= this.pausedUntil) {
			this.interval = Math.min(Math.max(this.interval * 2, SHORTEST_INTERVAL), LONGEST_INTERVAL);
		}
		this.pausedUntil = Math.max(this.pausedUntil, now + Math.min(milliseconds, LONGEST_PAUSE));
		this.nextSlot = Math.max(this.nextSlot, this.pausedUntil);
	}

	/** Liner answered as it should. */
	recover(): void {
		if (this.interval === this.usualInterval) return;
		const shorter = this.interval * 0.9;
		this.interval = Math.max(shorter < SHORTEST_INTERVAL / 2 ? 0 : shorter, this.usualInterval);
	}
}

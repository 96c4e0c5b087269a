import { sleep } from 'n8n-workflow';

/** Tells the time and waits; a simulation brings its own. */
export interface Clock {
	/** In milliseconds since 1970. */
	now(): number;
	/** Waits for so many milliseconds, or until the signal is given. Never rejects. */
	sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
}

/**
 * A timer outlives the signal by this many milliseconds at most. Only the `sleep` of current n8n takes a signal, and Node.js
 * warns of a signal that more than ten wait for.
 */
const LONGEST_TIMER = 1_000;

/** By signal, what to call when it is given: one listener serves all that wait. */
const waitingFor = new WeakMap<AbortSignal, Set<() => void>>();

function waitersOf(signal: AbortSignal): Set<() => void> {
	const known = waitingFor.get(signal);
	if (known !== undefined) return known;
	const waiters = new Set<() => void>();
	waitingFor.set(signal, waiters);
	signal.addEventListener('abort', () => waiters.forEach((end) => end()), { once: true });
	return waiters;
}

export const systemClock: Clock = {
	now: () => Date.now(),
	async sleep(milliseconds, signal) {
		const until = Date.now() + milliseconds;
		for (let left = milliseconds; left > 0 && !signal.aborted; left = until - Date.now()) {
			const waiters = waitersOf(signal);
			await new Promise<void>((resolve) => {
				const end = () => {
					waiters.delete(end);
					resolve();
				};
				waiters.add(end);
				void sleep(Math.min(left, LONGEST_TIMER)).then(end);
			});
		}
	},
};

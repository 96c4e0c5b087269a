import { sleep } from 'n8n-workflow';

/** Tells the time and waits; a simulation brings its own. */
export interface Clock {
	/** In milliseconds since 1970. */
	now(): number;
	/** Waits for so many milliseconds, or until the signal is given. Never rejects. */
	sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
}

/** The `sleep` of older n8n takes no signal, so a timer outlives the signal by this many milliseconds at most. */
const LONGEST_TIMER = 1_000;

export const systemClock: Clock = {
	now: () => Date.now(),
	async sleep(milliseconds, signal) {
		if (signal.aborted || milliseconds <= 0) return;
		let end: () => void = () => undefined;
		const ended = new Promise<void>((resolve) => (end = resolve));
		signal.addEventListener('abort', end, { once: true });
		const until = Date.now() + milliseconds;
		for (let left = milliseconds; left > 0 && !signal.aborted; left = until - Date.now()) {
			await Promise.race([sleep(Math.min(left, LONGEST_TIMER), signal), ended]).catch(() => undefined);
		}
		signal.removeEventListener('abort', end);
	},
};

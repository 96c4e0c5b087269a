import { sleep } from 'n8n-workflow';

import { onAbort } from './onAbort';

/** Tells the time and waits; a simulation brings its own. */
export interface Clock {
	/** In milliseconds since 1970. */
	now(): number;
	/** Waits for so many milliseconds, or until the signal is given. Never rejects. */
	sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
}

/** Only the `sleep` of current n8n takes a signal, so a timer outlives the signal by this many milliseconds at most. */
const LONGEST_TIMER = 1_000;

export const systemClock: Clock = {
	now: () => Date.now(),
	async sleep(milliseconds, signal) {
		const until = Date.now() + milliseconds;
		for (let left = milliseconds; left > 0 && !signal.aborted; left = until - Date.now()) {
			await new Promise<void>((resolve) => {
				const end = () => {
					takeBack();
					resolve();
				};
				const takeBack = onAbort(signal, end);
				void sleep(Math.min(left, LONGEST_TIMER)).then(end);
			});
		}
	},
};

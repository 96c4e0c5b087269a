import { sleep } from 'n8n-workflow';

import { onAbort } from './onAbort';

/** The `sleep` of older n8n takes no signal, so a timer outlives its request by this many milliseconds at most. */
const LONGEST_TIMER = 1_000;

/** A reason for each request would cost as much time as all the rest here. */
const DONE = new Error('The request is done');

/**
 * Gives up what takes too long. n8n's own timeout is how long a connection may be silent: an answer of which a byte comes
 * now and then would never end.
 *
 * @param start Begins the work, which is to end when the signal says so; it may go on unheard.
 * @param milliseconds How long it may take in all.
 * @param cancelSignal n8n's signal that the user canceled the execution; the one given to `start` follows it.
 * @throws What the work throws, or a timeout in the words of n8n's own.
 */
export async function withDeadline<T>(
	start: (signal: AbortSignal) => Promise<T>,
	milliseconds: number,
	cancelSignal?: AbortSignal,
): Promise<T> {
	const work = new AbortController();
	if (cancelSignal?.aborted) work.abort();
	const takeBack = cancelSignal && onAbort(cancelSignal, () => work.abort());

	const timer = new AbortController();
	const until = Date.now() + milliseconds;
	let isOver = false;
	async function expire(): Promise<void> {
		for (let left = milliseconds; left > 0; left = until - Date.now()) {
			await sleep(Math.min(left, LONGEST_TIMER), timer.signal).catch(() => undefined);
			if (timer.signal.aborted) return;
		}
		isOver = true;
		throw new Error(`timeout of ${milliseconds}ms exceeded`);
	}
	const expiry = expire();
	try {
		// It ends without a result only after the race.
		return (await Promise.race([start(work.signal), expiry])) as T;
	} finally {
		timer.abort(DONE);
		takeBack?.();
		// Only now, so that it is the timeout that is told, and not that the request was aborted.
		if (isOver) work.abort();
	}
}

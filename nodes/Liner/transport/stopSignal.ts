import { sleep } from 'n8n-workflow';

/** The `sleep` of older n8n takes no signal, so a timer outlives the stop by this many milliseconds at most. */
const LONGEST_TIMER = 1_000;

/** Ends all waiting of a run: the user canceled the execution, or a failure stops the run. */
export class StopSignal {
	private readonly controller = new AbortController();

	private readonly stopped = new Promise<void>((resolve) => {
		this.controller.signal.addEventListener('abort', () => resolve(), { once: true });
	});

	/** @param cancelSignal n8n's signal that the user canceled the execution. */
	constructor(private readonly cancelSignal?: AbortSignal) {
		if (cancelSignal?.aborted) this.stop();
		const { signal } = this.controller;
		cancelSignal?.addEventListener('abort', () => this.stop(), { once: true, signal });
	}

	/** From now on nothing new is started. Also to be called at the end of a run, to let go of n8n's signal. */
	stop(): void {
		this.controller.abort();
	}

	get isStopped(): boolean {
		return this.controller.signal.aborted;
	}

	/** Whether it was the user who ended the run. */
	get isCanceled(): boolean {
		return this.cancelSignal?.aborted ?? false;
	}

	/** Waits for so many milliseconds, or until the run is to stop. */
	async sleep(milliseconds: number): Promise<void> {
		const until = Date.now() + milliseconds;
		for (let left = milliseconds; left > 0 && !this.isStopped; left = until - Date.now()) {
			const timer = sleep(Math.min(left, LONGEST_TIMER), this.controller.signal);
			await Promise.race([timer, this.stopped]).catch(() => undefined);
		}
	}
}

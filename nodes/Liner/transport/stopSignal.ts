import { sleep } from 'n8n-workflow';

/** n8n's sleep cannot be ended, so a timer outlives the halt by this many milliseconds at most. */
const LONGEST_TIMER = 1_000;

/** The end of all waiting: the user cancelled the execution, or a failure stops the run. */
export class Halt {
	private readonly controller = new AbortController();

	private readonly called = new Promise<void>((resolve) => {
		this.controller.signal.addEventListener('abort', () => resolve(), { once: true });
	});

	/** @param cancelSignal n8n's signal that the user cancelled the execution. */
	constructor(private readonly cancelSignal?: AbortSignal) {
		if (cancelSignal?.aborted) this.call();
		const { signal } = this.controller;
		cancelSignal?.addEventListener('abort', () => this.call(), { once: true, signal });
	}

	/** From now on nothing new is started. Also to be called at the end of a run, to let go of n8n's signal. */
	call(): void {
		this.controller.abort();
	}

	get isCalled(): boolean {
		return this.controller.signal.aborted;
	}

	/** Whether it was the user who ended the run. */
	get isCancelled(): boolean {
		return this.cancelSignal?.aborted ?? false;
	}

	/** Waits for so many milliseconds, or until the halt is called. */
	async sleep(milliseconds: number): Promise<void> {
		const until = Date.now() + milliseconds;
		for (let left = milliseconds; left > 0 && !this.isCalled; left = until - Date.now()) {
			await Promise.race([sleep(Math.min(left, LONGEST_TIMER)), this.called]);
		}
	}
}

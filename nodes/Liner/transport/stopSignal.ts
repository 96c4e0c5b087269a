import { onAbort } from './onAbort';
import { systemClock, type Clock } from './clock';

/** Ends all waiting of a run: the user canceled the execution, or a failure stops the run. */
export class StopSignal {
	private readonly controller = new AbortController();

	/** Lets go of n8n's signal. */
	private readonly letGo?: () => void;

	/** @param cancelSignal n8n's signal that the user canceled the execution. */
	constructor(
		private readonly cancelSignal?: AbortSignal,
		private readonly clock: Clock = systemClock,
	) {
		if (cancelSignal?.aborted) this.stop();
		else this.letGo = cancelSignal && onAbort(cancelSignal, () => this.stop());
	}

	/** From now on nothing new is started. Also to be called at the end of a run, to let go of n8n's signal. */
	stop(): void {
		this.letGo?.();
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
		await this.clock.sleep(milliseconds, this.controller.signal);
	}
}

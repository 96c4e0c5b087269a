import type { SendOptions } from '../../nodes/Liner/actions/lead/create/options';
import type { HttpResponse } from './linerModel';
import type { VirtualClock } from './virtualClock';

/** What goes between the node and Liner, and whether it goes at the rate that was promised. */
export class Wire {
	/** Whether a try is under way. */
	isOpen = false;

	/** How many requests the try has made. */
	requests = 0;

	/** When Liner asked to wait for longer than the node does, if it did. */
	closedAt?: number;

	private inFlight = 0;

	private canceled: Promise<never> = whenCanceled();

	private lastStart = -Infinity;

	private pausedSince = Infinity;

	private pausedUntil = -Infinity;

	constructor(
		private readonly clock: VirtualClock,
		private readonly options: SendOptions,
		private readonly violate: (text: string) => void,
	) {}

	/**
	 * A try begins.
	 *
	 * @param cancelSignal Breaks off its requests.
	 */
	begin(cancelSignal?: AbortSignal): void {
		this.canceled = whenCanceled(cancelSignal);
		this.canceled.catch(() => undefined);
		this.isOpen = true;
		this.requests = 0;
		this.closedAt = undefined;
		this.lastStart = this.pausedUntil = -Infinity;
		this.pausedSince = Infinity;
	}

	/** The try is over. */
	end(): void {
		this.isOpen = false;
	}

	/** @throws What the request throws, or n8n's error when it is broken off. */
	async send(request: () => Promise<HttpResponse>): Promise<HttpResponse> {
		this.checkStart();
		this.requests++;
		this.inFlight++;
		try {
			return await Promise.race([request(), this.canceled]);
		} finally {
			this.inFlight--;
		}
	}

	/** Liner has asked to wait for so many seconds. */
	pause(retryAfter: number | undefined): void {
		if (retryAfter === undefined) return;
		const now = this.clock.now();
		this.pausedSince = Math.min(this.pausedSince, now);
		this.pausedUntil = Math.max(this.pausedUntil, now + retryAfter * 1_000);
		if (retryAfter >= 3_600) this.closedAt ??= now;
	}

	private checkStart(): void {
		const { concurrency, requestsPerSecond } = this.options;
		const now = this.clock.now();
		if (!this.isOpen) this.violate('a request after the end');
		if (this.inFlight >= concurrency) this.violate(`${this.inFlight + 1} requests at the same time`);
		const since = now - this.lastStart;
		if (requestsPerSecond > 0 && since < 1_000 / requestsPerSecond - 1) {
			this.violate(`a request ${since} ms after another one`);
		}
		if (now > this.pausedSince && now < this.pausedUntil) {
			this.violate('a request while Liner asks to wait');
		}
		if (now >= this.pausedUntil) this.pausedSince = Infinity;
		this.lastStart = now;
	}
}

async function whenCanceled(signal?: AbortSignal): Promise<never> {
	return await new Promise((_, reject) => {
		const fail = () => reject(Object.assign(new Error('canceled'), { code: 'ERR_CANCELED' }));
		if (signal?.aborted) fail();
		else signal?.addEventListener('abort', fail, { once: true });
	});
}

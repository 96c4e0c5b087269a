import { readPages, type PageRequest } from './pages';
import type { RateLimiter } from './rateLimiter';
import type { StopSignal } from './stopSignal';
import { Failure } from '../failure';

/** How often something is asked for again when it cannot be read, and how long to wait before, in milliseconds. */
const READ_RETRIES = 2;
const READ_INTERVAL = 1_000;
/** How often a list is read that changes meanwhile. */
const MOST_READINGS = 4;

/** Reads from Liner at the rate of a run. Reading twice does no harm, so it is tried more than once. */
export class RetryingReader {
	constructor(
		private readonly rateLimiter: RateLimiter,
		private readonly stopSignal: StopSignal,
	) {}

	/** Waits for so many milliseconds, or until the run is to stop. */
	async sleep(milliseconds: number): Promise<void> {
		await this.stopSignal.sleep(milliseconds);
	}

	/** @param request Asks Liner once. */
	async read<T>(request: () => Promise<T | Failure>): Promise<T | Failure> {
		for (let retry = 0; ; retry++) {
			if (!(await this.rateLimiter.acquire())) {
				return (
					this.rateLimiter.closed ??
					new Failure('unknown', 'The run ended before Liner was asked', 'Send the item again.')
				);
			}
			const answer = await request();
			if (!(answer instanceof Failure) || answer.kind === 'rejected') return answer;
			const { httpCode, retryAfter } = answer.details;
			// All the others wait, even if this one is not asked for again.
			if (answer.kind === 'notDelivered' && httpCode !== undefined) {
				this.rateLimiter.backOff(retryAfter ?? READ_INTERVAL);
			}
			if (retry === READ_RETRIES) return answer;
			await this.stopSignal.sleep(READ_INTERVAL);
		}
	}

	/**
	 * Reads a list to its end, again where its entries moved while it was read: one that moved to a page that had been read
	 * is missing otherwise.
	 *
	 * @param requestPage Asks Liner once.
	 * @param isNew Whether an entry has come in since the reading began, which can push others back, but hide none.
	 * @returns Each entry once.
	 */
	async readAll<T extends { id: string | number }>(
		requestPage: PageRequest<T>,
		isNew?: (entry: T) => boolean,
	): Promise<T[] | Failure> {
		const all = new Map<string, T>();
		for (let readings = 1; readings <= MOST_READINGS; readings++) {
			let isWhole = true;
			const pages = readPages<T>(async (offset) => await this.read(async () => await requestPage(offset)));
			for await (const page of pages) {
				if (page instanceof Failure) return page;
				if (readings === 1 && page.moved) isWhole = false;
				for (const entry of page.entries) {
					const id = String(entry.id);
					if (readings > 1 && !all.has(id) && !isNew?.(entry)) isWhole = false;
					all.set(id, entry);
				}
			}
			if (isWhole) return [...all.values()];
		}
		return new Failure(
			'unknown',
			`Liner's list changed each of the ${MOST_READINGS} times that it was read`,
			'Try again later.',
		);
	}
}

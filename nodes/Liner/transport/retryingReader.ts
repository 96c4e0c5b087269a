import { readPages, type PageRequest } from './pages';
import type { RateLimiter } from './rateLimiter';
import type { StopSignal } from './stopSignal';
import { Failure } from '../failure';

/** How often something is asked for again when it cannot be read, and how long to wait before, in milliseconds. */
const READ_RETRIES = 2;
const READ_INTERVAL = 1_000;

/** Reads from Liner at the rate of a run. Reading twice does no harm, so it is tried more than once. */
export class RetryingReader {
	constructor(
		private readonly rateLimiter: RateLimiter,
		private readonly stopSignal: StopSignal,
	) {}

	/** @param request Asks Liner once. */
	async read<T>(request: () => Promise<T | Failure>): Promise<T | Failure> {
		for (let retry = 0; ; retry++) {
			if (!(await this.rateLimiter.acquire())) {
				return new Failure('unknown', 'The run ended before Liner was asked', 'Send the item again.');
			}
			const answer = await request();
			if (!(answer instanceof Failure) || answer.kind === 'rejected' || retry === READ_RETRIES) return answer;
			if (answer.details.httpCode === 429) {
				this.rateLimiter.backOff(answer.details.retryAfter ?? READ_INTERVAL);
			}
			await this.stopSignal.sleep(READ_INTERVAL);
		}
	}

	/**
	 * Reads a list to its end.
	 *
	 * @param requestPage Asks Liner once.
	 * @returns Each entry once.
	 */
	async readAll<T extends { id: string | number }>(requestPage: PageRequest<T>): Promise<T[] | Failure> {
		const all: T[] = [];
		const pages = readPages<T>(async (offset) => await this.read(async () => await requestPage(offset)));
		for await (const page of pages) {
			if (page instanceof Failure) return page;
			all.push(...page.entries);
		}
		return all;
	}
}

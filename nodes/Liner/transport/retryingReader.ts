import type { Halt } from './stopSignal';
import type { Page } from './client';
import type { Pacer } from './rateLimiter';
import { Failure } from '../failure';

/** How often something is asked for again when it cannot be read, and how long to wait before, in milliseconds. */
const READ_RETRIES = 2;
const READ_PAUSE = 1_000;

/** Reads from Liner in the pace of a run. Reading twice does no harm, so it is tried more than once. */
export class Reader {
	constructor(
		private readonly pacer: Pacer,
		private readonly halt: Halt,
	) {}

	/** @param request Asks Liner once. */
	async read<T>(request: () => Promise<T | Failure>): Promise<T | Failure> {
		for (let retry = 0; ; retry++) {
			if (!(await this.pacer.turn())) {
				return new Failure('unknown', 'The run ended before Liner was asked', 'Send the item again.');
			}
			const answer = await request();
			if (!(answer instanceof Failure) || answer.kind === 'rejected' || retry === READ_RETRIES) return answer;
			if (answer.details.httpCode === 429) this.pacer.slowDown(answer.details.retryAfter ?? READ_PAUSE);
			await this.halt.sleep(READ_PAUSE);
		}
	}

	/**
	 * Reads a list to its end.
	 *
	 * @param readPage Asks Liner once for the page at an offset.
	 * @returns Each entry once, by its ID: one that comes in meanwhile may push another one to the next page.
	 */
	async readAll<T extends { id: string | number }>(
		readPage: (offset: number) => Promise<Page<T> | Failure>,
	): Promise<T[] | Failure> {
		const entries = new Map<string | number, T>();
		for (let offset: number | undefined = 0; offset !== undefined; ) {
			const from: number = offset;
			const page = await this.read(async () => await readPage(from));
			if (page instanceof Failure) return page;
			const before: number = entries.size;
			for (const entry of page.entries) entries.set(entry.id, entry);
			// A page that brings nothing new would be followed by others like it.
			offset = entries.size > before ? page.next : undefined;
		}
		return [...entries.values()];
	}
}

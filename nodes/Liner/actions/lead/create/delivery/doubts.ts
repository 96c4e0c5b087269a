import type { Attempt } from './journal';
import { clientKey } from './matching';

/** The requests of a run whose lead may or may not exist. */
export class Doubts {
	private readonly byClient = new Map<string, Map<number, { attempt: Attempt; isLeft: boolean }>>();

	/** A request of the item has no known outcome. */
	begin(item: number, attempt: Attempt): void {
		const key = clientKey(attempt.sent);
		const requests = this.byClient.get(key) ?? new Map<number, { attempt: Attempt; isLeft: boolean }>();
		this.byClient.set(key, requests.set(item, { attempt, isLeft: false }));
	}

	/** The item became a lead, or certainly none. */
	resolve(item: number, attempt: Attempt): void {
		this.byClient.get(clientKey(attempt.sent))?.delete(item);
	}

	/** The item will stay in doubt. */
	leave(item: number, attempt: Attempt): void {
		const request = this.byClient.get(clientKey(attempt.sent))?.get(item);
		if (request !== undefined) request.isLeft = true;
	}

	/** All requests that are in doubt. */
	get attempts(): Attempt[] {
		return [...this.byClient.values()].flatMap((requests) =>
			[...requests.values()].map(({ attempt }) => attempt),
		);
	}

	/** The other requests that are in doubt and could be taken for this one. */
	rivalsOf(item: number, attempt: Attempt): { open: Attempt[]; unresolved: Attempt[] } {
		const others = [...(this.byClient.get(clientKey(attempt.sent)) ?? [])].filter(
			([other]) => other !== item,
		);
		const select = (isLeft: boolean) =>
			others.filter(([, request]) => request.isLeft === isLeft).map(([, { attempt }]) => attempt);
		return { open: select(false), unresolved: select(true) };
	}
}

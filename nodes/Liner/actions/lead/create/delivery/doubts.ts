import type { Attempt } from './journal';
import { clientKey } from './matching';

interface DoubtfulRequest {
	attempt: Attempt;
	/** It will stay in doubt. */
	isLeft: boolean;
}

/** The requests of a run whose lead may or may not exist. */
export class Doubts {
	/** By client and item. */
	private readonly byClient = new Map<string, Map<number, DoubtfulRequest>>();

	/** A request of the item has no known outcome. */
	begin(item: number, attempt: Attempt): void {
		const requests = this.requestsLike(attempt).set(item, { attempt, isLeft: false });
		this.byClient.set(clientKey(attempt.sent), requests);
	}

	/** The item became a lead, or certainly none. */
	resolve(item: number, attempt: Attempt): void {
		this.requestsLike(attempt).delete(item);
	}

	/** The item will stay in doubt. */
	leave(item: number, attempt: Attempt): void {
		const request = this.requestsLike(attempt).get(item);
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
		const others = [...this.requestsLike(attempt)].filter(([other]) => other !== item);
		const select = (isLeft: boolean) =>
			others.filter(([, request]) => request.isLeft === isLeft).map(([, { attempt }]) => attempt);
		return { open: select(false), unresolved: select(true) };
	}

	/** Those of the same client, by item. */
	private requestsLike({ sent }: Attempt): Map<number, DoubtfulRequest> {
		return this.byClient.get(clientKey(sent)) ?? new Map<number, DoubtfulRequest>();
	}
}

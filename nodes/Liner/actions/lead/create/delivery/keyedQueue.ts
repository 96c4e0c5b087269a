/** Runs work in parallel, but what has the same key one after the other, in the order in which it came. */
export class KeyedQueue {
	private readonly ends = new Map<string, Promise<void>>();

	/**
	 * @param work Begun as soon as all earlier work with this key has ended, be it with an error.
	 * @returns What the work gives.
	 * @throws What the work throws.
	 */
	async run<T>(key: string, work: () => Promise<T>): Promise<T> {
		const before = this.ends.get(key) ?? Promise.resolve();
		const result = before.then(work);
		const end = result.then(
			() => undefined,
			() => undefined,
		);
		this.ends.set(key, end);
		try {
			return await result;
		} finally {
			if (this.ends.get(key) === end) this.ends.delete(key);
		}
	}
}

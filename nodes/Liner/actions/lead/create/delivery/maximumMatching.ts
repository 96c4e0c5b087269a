/**
 * Gives as many rows as possible a lead, each lead to one row only (a maximum bipartite matching, by augmenting paths). An
 * earlier row goes before a later one, and a row that could have a lead at once gets it without others changing theirs.
 *
 * @param candidates For each row the leads that it may have, the best ones first.
 * @returns For each row its lead, or `undefined`.
 */
export function findMaximumMatching(candidates: number[][]): Array<number | undefined> {
	const leadOf: Array<number | undefined> = candidates.map(() => undefined);
	const rowOf = new Map<number, number>();
	/** From these no free lead can be reached, and never will be: paths that lead to one do not come through here. */
	const exhausted = new Set<number>();

	const assign = (lead: number, reachedFrom: Map<number, number>) => {
		for (let next: number | undefined = lead; next !== undefined; ) {
			const row = reachedFrom.get(next) as number;
			const given: number | undefined = leadOf[row];
			leadOf[row] = next;
			rowOf.set(next, row);
			next = given;
		}
	};

	const search = (start: number) => {
		const reachedFrom = new Map<number, number>();
		const rows = [start];
		// The list grows while it is gone through.
		for (const row of rows) {
			for (const lead of candidates[row]) {
				if (reachedFrom.has(lead) || exhausted.has(lead)) continue;
				reachedFrom.set(lead, row);
				const owner = rowOf.get(lead);
				if (owner === undefined) return assign(lead, reachedFrom);
				rows.push(owner);
			}
		}
		for (const lead of reachedFrom.keys()) exhausted.add(lead);
	};

	candidates.forEach((_, row) => search(row));
	return leadOf;
}

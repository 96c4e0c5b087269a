import fc from 'fast-check';

import { findMaximumMatching } from '../../nodes/Liner/actions/lead/create/delivery/maximumMatching';

const _ = undefined;

describe('findMaximumMatching', () => {
	it.each([
		[[], []],
		[[[]], [_]],
		[[[5]], [5]],
		[
			[[5], [5]],
			[5, _],
		],
		[
			[[1, 2], [1]],
			[2, 1],
		],
		[
			[[1, 2], [1, 3], [1], [3]],
			[2, 3, 1, _],
		],
		[
			[[1, 2], [2, 3], [1]],
			[2, 3, 1],
		],
		// A free lead is better than one that has to be taken from a row.
		[
			[
				[1, 2],
				[1, 2],
			],
			[1, 2],
		],
		// A row that comes first keeps a lead.
		[
			[[7], [7, 8], [8]],
			[7, 8, _],
		],
		// What leads nowhere for one row leads nowhere for the next, and hides nothing else.
		[
			[[1], [1], [1, 2], [1, 2]],
			[1, _, 2, _],
		],
	])('of %j is %j', (candidates, expected) => {
		expect(findMaximumMatching(candidates)).toEqual(expected);
	});

	it('gives as many rows as can be a lead, each another one, whatever was exhausted before', () => {
		const graphs = fc.array(fc.uniqueArray(fc.nat(5), { maxLength: 4 }), { maxLength: 6 });
		fc.assert(
			fc.property(graphs, (candidates) => {
				const matching = findMaximumMatching(candidates);
				expect(matching).toHaveLength(candidates.length);
				const given = matching.filter((lead) => lead !== undefined);
				expect(new Set(given).size).toBe(given.length);
				matching.forEach((lead, row) => lead !== undefined && expect(candidates[row]).toContain(lead));
				expect(given.length).toBe(countByTrying(candidates));
			}),
			{ numRuns: 500 },
		);
	});

	it('needs little time where many rows want the same few leads', () => {
		// Whoever searches again what was exhausted takes steps by the square of the rows.
		let steps = 0;
		const few = Array.from({ length: 200 }, (__, lead) => lead);
		const count = {
			*[Symbol.iterator]() {
				for (const lead of few) {
					steps++;
					yield lead;
				}
			},
		} as unknown as number[];
		const candidates = Array<number[]>(1_000).fill(count);
		expect(findMaximumMatching(candidates).filter((lead) => lead !== undefined)).toHaveLength(200);
		expect(steps).toBeLessThan(300_000);
	});
});

/** The size of a maximum matching, by trying everything. */
function countByTrying(candidates: number[][], taken: number[] = []): number {
	if (candidates.length === 0) return 0;
	const [first, ...rest] = candidates;
	const sizes = first
		.filter((candidate) => !taken.includes(candidate))
		.map((candidate) => 1 + countByTrying(rest, [...taken, candidate]));
	return Math.max(countByTrying(rest, taken), ...sizes);
}

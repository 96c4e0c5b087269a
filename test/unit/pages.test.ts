import { Failure } from '../../nodes/Liner/failure';
import type { Page } from '../../nodes/Liner/transport/client';
import { readPages, type PageRequest } from '../../nodes/Liner/transport/pages';

type Entry = { id: number | string };

const PAGE = 2;

const entries = (...ids: Array<number | string>): Entry[] => ids.map((id) => ({ id }));

/** Gives pages of two entries of a list that may change before each of them is read. */
const listOf = (idsAt: (request: number) => Array<number | string>): PageRequest<Entry> => {
	let request = 0;
	return async (offset) => {
		const list = entries(...idsAt(request++)).slice(offset, offset + PAGE);
		return { entries: list, ...(list.length < PAGE ? {} : { next: offset + PAGE }) };
	};
};

async function readAll(requestPage: PageRequest<Entry>, from?: number) {
	const pages: Array<unknown> = [];
	for await (const page of readPages(requestPage, from)) {
		pages.push(page instanceof Failure ? page : [page.entries.map(({ id }) => id), page.next, page.moved]);
	}
	return pages;
}

it.each<[ids: number[], pages: unknown[]]>([
	[[], [[[], undefined, false]]],
	[[1], [[[1], undefined, false]]],
	[
		[1, 2],
		[
			[[1, 2], 2, false],
			[[], undefined, false],
		],
	],
	[
		[1, 2, 3],
		[
			[[1, 2], 2, false],
			[[3], undefined, false],
		],
	],
])('reads a list that stays as it is to its end: %j', async (ids, pages) => {
	await expect(readAll(listOf(() => ids))).resolves.toEqual(pages);
});

it('begins where it is told to', async () => {
	await expect(
		readAll(
			listOf(() => [1, 2, 3]),
			2,
		),
	).resolves.toEqual([[[3], undefined, false]]);
});

it('reads on when new entries push a whole page to the next one', async () => {
	const requestPage = listOf((request) => (request === 0 ? [4, 3, 2, 1] : [6, 5, 4, 3, 2, 1]));
	await expect(readAll(requestPage)).resolves.toEqual([
		[[4, 3], 2, false],
		[[], 4, true],
		[[2, 1], 6, false],
		[[], undefined, false],
	]);
});

it('says that entries moved when some of them come again', async () => {
	const requestPage = listOf((request) => (request === 0 ? [3, 2, 1] : ['4', '3', '2', '1']));
	await expect(readAll(requestPage)).resolves.toEqual([
		[[3, 2], 2, false],
		[['1'], 4, true],
		[[], undefined, false],
	]);
});

it('gives an entry once that a page has twice', async () => {
	await expect(readAll(async () => ({ entries: entries(1, 1, 2) }))).resolves.toEqual([
		[[1, 2], undefined, false],
	]);
});

it('gives up a list that repeats itself', async () => {
	const offsets: number[] = [];
	const requestPage = async (offset: number): Promise<Page<Entry>> => {
		offsets.push(offset);
		return { entries: entries(1, 2), next: offset + PAGE };
	};
	await expect(readAll(requestPage)).resolves.toEqual([
		[[1, 2], 2, false],
		[[], 4, true],
		[[], 6, true],
		new Failure(
			'unknown',
			'A list of Liner repeats itself: 3 pages in a row held nothing new',
			"Check any proxy on the way, or ask Liner's support.",
		),
	]);
	expect(offsets).toEqual([0, 2, 4, 6]);
});

it('reads on when pages without anything new are not in a row', async () => {
	const ids = [1, 1, 1, 2, 2, 2, 3, 3];
	const pages = await readAll(async (offset) => ({
		entries: entries(ids[offset]),
		...(offset < 7 ? { next: offset + 1 } : {}),
	}));
	expect(pages.map((page) => (page as unknown[])[0])).toEqual([[1], [], [], [2], [], [], [3], []]);
});

it('reads on after two empty pages, and ends after three in a row', async () => {
	const ids = [[1], [], [], [2], [], [], [], [3]];
	const pages = await readAll(async (offset) => ({ entries: entries(...ids[offset]), next: offset + 1 }));
	expect(pages).toEqual([
		[[1], 1, false],
		[[], 2, false],
		[[], 3, false],
		[[2], 4, false],
		[[], 5, false],
		[[], 6, false],
		[[], undefined, false],
	]);
});

it('ends quietly when the last page, which is not full, holds nothing new', async () => {
	const pages = [
		{ entries: entries(1, 2), next: 2 },
		{ entries: entries(1, 2), next: 4 },
		{ entries: entries(1, 2), next: 6 },
		{ entries: entries(1) },
	];
	await expect(readAll(async (offset) => pages[offset / PAGE])).resolves.toEqual([
		[[1, 2], 2, false],
		[[], 4, true],
		[[], 6, true],
		[[], undefined, true],
	]);
});

it('gives up a list that always brings something new', async () => {
	let id = 0;
	let last: unknown;
	let count = 0;
	for await (const page of readPages(async (offset) => ({ entries: entries(id++), next: offset + 1 }))) {
		last = page;
		count++;
	}
	expect(count).toBe(10_001);
	expect(id).toBe(10_000);
	expect(last).toEqual(
		new Failure(
			'unknown',
			'A list of Liner does not end: 10000 pages were read',
			"Check any proxy on the way, or ask Liner's support.",
		),
	);
});

it('ends with the failure of a page', async () => {
	const failure = new Failure('unknown', 'No', '');
	await expect(
		readAll(async (offset) => (offset === 0 ? { entries: entries(1), next: 2 } : failure)),
	).resolves.toEqual([[[1], 2, false], failure]);
});

import type { Page } from './client';
import { Failure } from '../failure';

/** Asks Liner for the page of a list at an offset. */
export type PageRequest<T> = (offset: number) => Promise<Page<T> | Failure>;

/** A page of a list without the entries that came before. */
export interface NewPage<T> extends Page<T> {
	/** Whether entries moved to this page that had come with an earlier one: the list changed while it was read. */
	moved: boolean;
}

/** So many pages in a row without a new entry, and the list does not go on. */
const MOST_REPEATED_PAGES = 3;

/** With the largest pages, a million entries. */
const MOST_PAGES = 10_000;

/**
 * Reads a list page by page, for as long as there is a next one. When entries come in at the front meanwhile, those that
 * were read move to the next page, all of them if they fill one: a page without anything new is not the end. Empty pages
 * are, if several come in a row: Liner may name a next page after each one.
 *
 * @param requestPage Asked once for each page.
 * @param from The offset to begin at.
 * @returns Each page with the entries that did not come before, by their ID. Ends after the last page, or after a failure:
 *   one of a page, or that the list goes on without an end.
 */
export async function* readPages<T extends { id: string | number }>(
	requestPage: PageRequest<T>,
	from = 0,
): AsyncGenerator<NewPage<T> | Failure, void> {
	const seen = new Set<string>();
	let repeatedPages = 0;
	let emptyPages = 0;
	let offset: number | undefined = from;
	for (let pages = 0; offset !== undefined; pages++) {
		if (pages === MOST_PAGES) {
			yield hasNoEnd(`does not end: ${MOST_PAGES} pages were read`);
			return;
		}
		const page: Page<T> | Failure = await requestPage(offset);
		if (page instanceof Failure) {
			yield page;
			return;
		}
		emptyPages = page.entries.length > 0 ? 0 : emptyPages + 1;
		const ofPage = new Map(page.entries.map((entry) => [String(entry.id), entry]));
		const entries = [...ofPage].filter(([id]) => !seen.has(id));
		for (const [id] of entries) seen.add(id);
		repeatedPages = entries.length > 0 ? 0 : repeatedPages + 1;
		const next: number | undefined = emptyPages === MOST_REPEATED_PAGES ? undefined : page.next;
		if (next !== undefined && repeatedPages === MOST_REPEATED_PAGES) {
			yield hasNoEnd(`repeats itself: ${MOST_REPEATED_PAGES} pages in a row held nothing new`);
			return;
		}
		offset = next;
		yield {
			entries: entries.map(([, entry]) => entry),
			next: offset,
			moved: entries.length < ofPage.size,
		};
	}
}

const hasNoEnd = (problem: string) =>
	new Failure('unknown', `A list of Liner ${problem}`, "Check any proxy on the way, or ask Liner's support.");

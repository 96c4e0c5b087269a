import type { Page } from './client';
import { Failure } from '../failure';

/** Asks Liner for the page of a list at an offset. */
export type PageRequest<T> = (offset: number) => Promise<Page<T> | Failure>;

/** A page of a list that is read from page to page. */
export interface NewPage<T> extends Page<T> {
	/** Whether it also had entries of the pages before: something came in meanwhile, or changed its place. */
	moved: boolean;
}

/** How many pages in a row may bring nothing new before the list counts as one that repeats itself. */
const MOST_REPEATED_PAGES = 3;

/**
 * Reads a list page by page, to the first page that is not full.
 *
 * @param requestPage Asked once for each page.
 * @param from The offset to begin at.
 * @returns Each page with the entries that no page before had, by their ID. Ends after the last page, or after a failure.
 */
export async function* readPages<T extends { id: string | number }>(
	requestPage: PageRequest<T>,
	from = 0,
): AsyncGenerator<NewPage<T> | Failure, void> {
	const seen = new Set<string | number>();
	let repeated = 0;
	for (let offset: number | undefined = from; offset !== undefined; ) {
		const page: Page<T> | Failure = await requestPage(offset);
		if (page instanceof Failure) {
			yield page;
			return;
		}
		const entries = page.entries.filter(({ id }) => !seen.has(id));
		for (const { id } of entries) seen.add(id);
		repeated = entries.length > 0 ? 0 : repeated + 1;
		if (repeated === MOST_REPEATED_PAGES) {
			yield new Failure('unknown', "Liner's list repeats itself from page to page", 'Try again later.');
			return;
		}
		yield { entries, next: page.next, moved: entries.length < page.entries.length };
		offset = page.next;
	}
}

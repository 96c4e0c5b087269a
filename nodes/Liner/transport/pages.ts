import type { Page } from './client';
import { Failure } from '../failure';

/** Asks Liner for the page of a list at an offset. */
export type PageRequest<T> = (offset: number) => Promise<Page<T> | Failure>;

/**
 * Reads a list page by page.
 *
 * @param requestPage Asked once for each page.
 * @param from The offset to begin at.
 * @returns Each page with the entries that no page before had, by their ID: one that comes in meanwhile may push another
 *   one to the next page. Ends after the last page, or after a failure.
 */
export async function* readPages<T extends { id: string | number }>(
	requestPage: PageRequest<T>,
	from = 0,
): AsyncGenerator<Page<T> | Failure, void> {
	const seen = new Set<string | number>();
	for (let offset: number | undefined = from; offset !== undefined; ) {
		const page: Page<T> | Failure = await requestPage(offset);
		if (page instanceof Failure) {
			yield page;
			return;
		}
		const entries = page.entries.filter(({ id }) => !seen.has(id));
		for (const { id } of entries) seen.add(id);
		// A page that brings nothing new would be followed by others like it.
		offset = entries.length > 0 ? page.next : undefined;
		yield { entries, next: offset };
	}
}

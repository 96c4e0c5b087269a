/** E.g. `1 lead` or `2 leads`. */
export const plural = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** The first entries of a list, and how many there are beside them: `a, b and 3 more`. */
export function list(entries: string[], most: number): string {
	const unlisted = entries.length - most;
	return entries.slice(0, most).join(', ') + (unlisted > 0 ? ` and ${unlisted} more` : '');
}

/** Whole sentences, of which the last ends with the HTTP status of an answer: `Try again (HTTP 500).` */
export const withStatus = (sentences: string, httpCode: number) =>
	sentences.replace(/\.$/, ` (HTTP ${httpCode}).`);

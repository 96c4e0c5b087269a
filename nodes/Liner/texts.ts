/** E.g. `1 lead` or `2 leads`. */
export const plural = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** The first entries of a list and how many more there are: `a, b and 3 more`. */
export function list(entries: string[], limit: number): string {
	const unlisted = entries.length - limit;
	return entries.slice(0, limit).join(', ') + (unlisted > 0 ? ` and ${unlisted} more` : '');
}

/** Adds the HTTP status to the last of some whole sentences: `Try again (HTTP 500).` */
export const withStatus = (sentences: string, httpCode: number) =>
	sentences.replace(/\.$/, ` (HTTP ${httpCode}).`);

/** How many characters of a text from outside an error shows. */
const LONGEST_TEXT = 500;

/** The first characters of a text, without half a surrogate pair at the end. */
export const beginningOf = (text: string, length: number) =>
	text.slice(0, length).replace(/[\ud800-\udbff]$/, '');

/** A text, or the beginning and the length of a long one: `abc... (cut, 2,000,000 characters)`. */
export function cut(text: string, longest = LONGEST_TEXT): string {
	if (text.length <= longest) return text;
	return `${beginningOf(text, longest)}... (cut, ${text.length.toLocaleString('en-US')} characters)`;
}

/** The JSON of a value, or its rough shape if it has none, e.g. because it contains itself. */
export function toJson(value: unknown): string {
	try {
		return JSON.stringify(value) ?? String(value);
	} catch {
		return Array.isArray(value) ? '[…]' : '{…}';
	}
}

import { fingerprint } from '../../../../fingerprint';

/** A long text as saved execution data keeps it. */
export interface ShortenedText {
	/** The beginning of the folded text; without it, only a text that is equal as a whole is recognised. */
	start?: string;
	/** Of the whole folded text. */
	hash: string;
}

/** How much of a text saved execution data keeps, in bytes of JSON. Longer ones are shortened. */
const LONGEST_TEXT = 60;
const START_LENGTH = 24;

/**
 * A shorter beginning of a text may be another text. Columns that cut a text are longer, and two names of one client that
 * agree so far are hardly two names.
 */
export const SHORTEST_CUT_TEXT = 20;
/** A text that ends exactly where the first emoji was is more likely the same: this is enough for it to be some text at all. */
const SHORTEST_TEXT_BEFORE_EMOJI = 3;

/** What a database with three bytes for a character cannot store. */
const ASTRAL = /[\u{10000}-\u{10ffff}\p{Cs}]/gu;
const PICTOGRAPHS = /[\u{10000}-\u{10ffff}\p{Cs}\p{Extended_Pictographic}]/gu;
/** What stands in place of a character that could not be stored. */
const REPLACEMENTS = /[?\ufffd]/g;
const ELLIPSIS = /\s*(?:…|\.{3}|\ufffd)+$/;
/** Characters that cannot be seen, but for white space. */
const INVISIBLE = /(?!\s)[\p{Cc}\p{Cf}\ufe0e\ufe0f]/gu;

const ENTITY = /&(?:#(\d{1,7})|#x([\da-f]{1,6})|(amp|lt|gt|quot|apos|nbsp));/gi;
const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' };

/** Of whatever JSON holds; empty for what holds nothing. */
export function toPlainText(value: unknown): string {
	if (typeof value !== 'object') return String(value ?? '');
	return value === null || Object.keys(value).length === 0 ? '' : JSON.stringify(value);
}

/**
 * What all the forms of a text have in common that Liner may show without having lost anything: white space at the ends
 * and doubled, upper and lower case, Unicode's normal forms, invisible characters, HTML's escapes.
 */
export function fold(value: unknown): string {
	const text = unescapeHtml(toPlainText(value)).normalize();
	// Both ways, because some letters have several lower case forms, and some several upper case ones.
	return text.toLowerCase().toUpperCase().normalize().replace(INVISIBLE, '').replace(/\s+/g, ' ').trim();
}

/** Also what was escaped twice. */
function unescapeHtml(text: string): string {
	const plain = text.replace(ENTITY, (entity, decimal?: string, hex?: string, name?: string) => {
		if (name !== undefined) return ENTITIES[name.toLowerCase()];
		const code = decimal === undefined ? parseInt(hex as string, 16) : Number(decimal);
		return code <= 0x10ffff ? String.fromCodePoint(code) : entity;
	});
	return plain === text ? text : unescapeHtml(plain);
}

/**
 * Whether a folded text is what Liner may show of another one: the same, or without the characters that it could not store,
 * or cut where the first of these stood, or cut to a length.
 */
export function isShownAs(sent: string | ShortenedText, shown: string): boolean {
	if (typeof sent !== 'string') {
		return fingerprint(shown) === sent.hash || isCutFrom(sent.start ?? '', shown);
	}
	return sent === shown || isCutFrom(sent, shown) || isShownWithoutEmoji(sent, shown);
}

function isCutFrom(text: string, shown: string): boolean {
	if (shown.length < SHORTEST_CUT_TEXT) return false;
	const cut = shown.replace(ELLIPSIS, '');
	return cut.length >= SHORTEST_CUT_TEXT && text.startsWith(cut);
}

function isShownWithoutEmoji(sent: string, shown: string): boolean {
	if (sent.search(PICTOGRAPHS) === -1) return false;
	const firstAstral = sent.search(ASTRAL);
	const before = sent.slice(0, Math.max(firstAstral, 0)).trim();
	if (before.length >= SHORTEST_TEXT_BEFORE_EMOJI && before === shown) return true;
	const rest = squeeze(shown.replace(REPLACEMENTS, ''));
	return [ASTRAL, PICTOGRAPHS].some((lost) => {
		const stored = squeeze(sent.replace(lost, ''));
		if (stored === sent) return false;
		const text = squeeze(stored.replace(REPLACEMENTS, ''));
		return /[\p{L}\p{N}]/u.test(text) && (text === rest || isCutFrom(text, rest));
	});
}

/** A folded text without anything that Liner may fail to store. */
export const withoutEmoji = (text: string) =>
	squeeze(text.replace(PICTOGRAPHS, '').replace(REPLACEMENTS, ''));

const squeeze = (text: string) => text.replace(/\s+/g, ' ').trim();

/**
 * A value as saved execution data keeps it.
 *
 * @param comparable The folded text of the value.
 * @param keepsStart Whether it can be recognised when it is cut.
 * @returns The value itself unless it is long.
 */
export function shorten<T>(value: T, comparable: string, keepsStart: boolean): T | ShortenedText {
	if (sizeOf(value) <= LONGEST_TEXT) return value;
	const hash = fingerprint(comparable);
	return keepsStart ? { start: comparable.slice(0, START_LENGTH), hash } : { hash };
}

/** Whether a value was shortened by {@link shorten}. */
export const isShortened = (value: unknown): value is ShortenedText =>
	typeof value === 'object' && typeof (value as Partial<ShortenedText> | null)?.hash === 'string';

/** How many bytes a value takes as JSON. */
export const sizeOf = (value: unknown) =>
	encodeURIComponent(JSON.stringify(value)).replace(/%../g, ' ').length;

import { Failure } from '../failure';
import { beginningOf, plural, toJson } from '../texts';

/** Why a value is not allowed in its field. */
export class InvalidValue {
	/**
	 * @param problem What is wrong, as a predicate: `is empty`.
	 * @param howToFix What to do about it, in whole sentences.
	 * @param unreadableList What kept the node from reading the list that would tell what is meant.
	 */
	constructor(
		readonly problem: string,
		readonly howToFix: string,
		readonly unreadableList?: Failure,
	) {}

	/** The failure of an item that has this value in a field with this label. */
	in(label: string): Failure {
		const details = this.unreadableList && { unreadableList: this.unreadableList };
		return new Failure('invalid', `'${label}' ${this.problem}`, this.howToFix, details);
	}
}

/**
 * Several reasons why a value is not allowed in its field, as one.
 *
 * @param values At least one; either all of them, or none, for want of a list.
 */
export function mergeInvalid(values: InvalidValue[]): InvalidValue {
	return new InvalidValue(
		values.map(({ problem }) => problem).join(', and '),
		[...new Set(values.map(({ howToFix }) => howToFix))].join(' '),
		values[0].unreadableList,
	);
}

const LONGEST_QUOTE = 60;

/** A value as an error shows it: as JSON, and not at length. */
export function quote(value: unknown): string {
	return shorten(typeof value === 'object' || typeof value === 'string' ? toJson(value) : String(value));
}

/** The beginning of a text, as much as an error shows. */
export const shorten = (text: string) =>
	text.length > LONGEST_QUOTE ? `${beginningOf(text, LONGEST_QUOTE)}…` : text;

/**
 * Text in which nobody sees anything: white space, control characters, and what Unicode has for formatting (zero-width
 * characters, the byte order mark, soft hyphens, Hangul fillers) or as an empty pattern (the blank of Braille).
 */
const INVISIBLE_TEXT = /^[\s\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]*$/u;

/** Whether an optional field with this value is left out: text that shows nothing is blank, 0 and false are not. */
export function isBlank(value: unknown): boolean {
	return value === undefined || value === null || (typeof value === 'string' && INVISIBLE_TEXT.test(value));
}

/** Whether a value that may be a list holds nothing. */
export function isEmpty(value: unknown): boolean {
	return Array.isArray(value) ? value.every(isBlank) : isBlank(value);
}

/** What is wrong with text that databases cut at this character, or refuse. */
export const HAS_NUL = 'holds the character NUL (U+0000)';
const NUL_FIX = 'Remove it. It often comes from a file that was read with the wrong encoding.';

/** Whether a value is text with a character that no text has. */
export const hasNul = (value: unknown) => typeof value === 'string' && value.includes('\0');

/**
 * The trimmed text of a string, number, boolean or date (ISO 8601).
 *
 * Control characters, which mean nothing in a lead, are left out, except for tabs and line breaks; those that old programs
 * break lines with become line breaks. Half of a character that takes two code units (an expression cut the text there)
 * has no UTF-8 and becomes U+FFFD.
 *
 * Invalid are lists, objects, text that holds NUL, and numbers that no longer hold every digit they were typed with.
 */
export function toText(value: unknown): string | InvalidValue {
	switch (typeof value) {
		case 'string':
			return hasNul(value)
				? new InvalidValue(`is ${quote(value)}, which ${HAS_NUL}`, NUL_FIX)
				: value
						.replace(/[\v\f\u0085]/g, '\n')
						.replace(/[^\P{Cc}\t\n\r]/gu, '')
						.replace(/\p{Surrogate}/gu, '\ufffd')
						.trim();
		case 'boolean':
		case 'bigint':
			return String(value);
		case 'number':
			if (!Number.isFinite(value)) {
				return new InvalidValue(
					`is ${value}, which is not text`,
					'Check the expression that gives this number.',
				);
			}
			if (!hasAllDigits(value)) {
				return new InvalidValue(
					`is ${value}, a number too long to keep all its digits`,
					'Make it text where it comes from, e.g. format the column of the spreadsheet as text.',
				);
			}
			return String(value);
	}
	const time = toIsoTime(value);
	if (time !== undefined) return time;
	return new InvalidValue(
		`is ${Array.isArray(value) ? 'a list' : 'an object'} (${quote(value)}), not text`,
		'Map a single value of it.',
	);
}

/** Whether a number still holds every digit it was typed with, as far as that can be told. */
export const hasAllDigits = (value: number) => !Number.isInteger(value) || Number.isSafeInteger(value);

/** The ISO 8601 text of a date, be it one of JavaScript or of Luxon, which n8n's expressions give. */
export function toIsoTime(value: unknown): string | undefined {
	if (value instanceof Date) return Number.isNaN(value.getTime()) ? undefined : value.toISOString();
	const { toISO } = (value ?? {}) as { toISO?: unknown };
	return typeof toISO === 'function' ? ((toISO.call(value) as string | null) ?? undefined) : undefined;
}

/** What is unclear about such a number, as a predicate. */
export const THOUSANDS_OR_DECIMALS = 'may be one with thousands or one with decimals';

/**
 * Whether text is a number with decimals to some, and a thousand times as much to others: `1,000`, `12,345`.
 *
 * A dot is never in doubt: JSON, databases and nearly every export write decimals with it, often three of them
 * (`55.751`, `12.000`), so that refusing them would refuse whole columns. A comma is what Russian spreadsheets write before
 * decimals and English ones between thousands, so that with three digits behind it only the user can tell. A number that
 * is not text is never in doubt.
 */
export const mayBeThousands = (value: unknown) =>
	typeof value === 'string' && /^[+-]?[1-9]\d{0,2},\d{3}$/.test(value.trim());

/**
 * The whole number that a number, or text made of digits, gives; a spreadsheet may write 501 as `501.0`.
 * Invalid is everything else: `"12abc"`, `3.5`, `1e21`, `NaN`, `true`, and what {@link mayBeThousands}.
 */
export function toInteger(value: unknown): number | InvalidValue {
	const isDigits =
		typeof value === 'string' && /^[+-]?\d+([.,]0+)?$/.test(value.trim()) && !mayBeThousands(value);
	const number = isDigits
		? Number(value.replace(',', '.'))
		: typeof value === 'bigint'
			? Number(value)
			: value;
	if (!Number.isSafeInteger(number)) {
		return new InvalidValue(
			`is ${quote(value)}, which ${mayBeThousands(value) ? THOUSANDS_OR_DECIMALS : 'is not a whole number'}`,
			'Enter a whole number, e.g. 12, or map a column that holds one.',
		);
	}
	// Adding 0 makes 0 of -0.
	return (number as number) + 0;
}

/** A whole number above 0. Invalid is what {@link toInteger} finds invalid, and 0 and below. */
export function toId(value: unknown): number | InvalidValue {
	const id = toInteger(value);
	if (id instanceof InvalidValue || id > 0) return id;
	return new InvalidValue(`is ${id}, but an ID is above 0`, 'Enter the ID that Liner shows.');
}

/** The digits of a whole number above 0, however many they are. Invalid is everything else. */
export function toIdText(value: unknown): string | InvalidValue {
	const text = toText(value);
	if (text instanceof InvalidValue) return text;
	if (!/^\d+$/.test(text) || /^0+$/.test(text)) {
		return new InvalidValue(
			`is ${quote(value)}, but must be a whole number above 0`,
			'Enter the numeric ID, e.g. 12345678, without letters.',
		);
	}
	return text;
}

const PHONE_FIX =
	'Enter 7 to 15 digits that begin with the country code, e.g. 79001234567 or +7 900 123-45-67.';
/** Spaces, invisible characters, dashes of every length, dots and brackets. */
const PHONE_FORMATTING = /[\s\p{Cf}\p{Pd}\u2212.()[\]{}]/gu;

/**
 * The digits of a phone number, with the leading `+` if it had one (E.164, liner-api section 1).
 *
 * Invalid is what holds anything else than digits and formatting, begins with 0, or has fewer than 7 or more than 15
 * digits. Invalid is also what would have digits enough for a phone number and is something else, e.g. a date, an
 * amount or two phone numbers: somebody else would be called.
 *
 * @param value May be a `tel:` address, and may have the decimals that a spreadsheet gives a number: `79001234567.0`.
 */
export function toPhone(value: unknown): string | InvalidValue {
	const isNumber = Number.isSafeInteger(value) && (value as number) > 0;
	const given = isNumber || typeof value === 'string' ? String(value).trim() : '';
	const text = given.replace(/^tel:\s*/i, '').replace(/^(\+?\d+)[.,]0+$/, '$1');
	const invalid = (why: string, ...howToFix: string[]) =>
		new InvalidValue(`is ${quote(value)}, which ${why}`, [...howToFix, PHONE_FIX].join(' '));

	const count = countPhones(text);
	if (count > 1) return invalid(`holds ${count === 2 ? 'two' : count} phone numbers`, 'Keep one of them.');
	if (hasExtension(text)) return invalid('has an extension', 'Remove the extension: Liner takes none.');
	if (/\(\s*0\s*\)/.test(text)) {
		return invalid(
			'has a (0), which is dialed within the country only',
			'Remove the (0), if calls from abroad go without it.',
		);
	}
	const other = describeOther(text);
	if (other !== undefined) return invalid(`is ${other}, not a phone number`);

	const phone = text.replace(PHONE_FORMATTING, '');
	if (!/^\+?\d+$/.test(phone)) return invalid('is not a phone number');
	const digits = digitsOf(phone);
	if (digits.startsWith('0')) {
		return invalid(
			'begins with 0 instead of a country code',
			'Put the country code in place of the leading zeros.',
		);
	}
	if (digits.length < SHORTEST_PHONE || digits.length > LONGEST_PHONE) {
		return invalid(`has ${plural(digits.length, 'digit')}`);
	}
	return phone;
}

const SHORTEST_PHONE = 7;
const LONGEST_PHONE = 15;

const digitsOf = (text: string) => text.replace(/\D/g, '');

/** How many parts of a text have enough digits for a phone number of their own. */
function countPhones(text: string): number {
	const count = (parts: string[]) => parts.filter((part) => digitsOf(part).length >= SHORTEST_PHONE).length;
	return Math.max(
		count(text.split(/[,;/|\n\r]|\s(?:или|и|or|and)\s/i)),
		count(text.split(/\s+/)),
		count(text.split('+')),
	);
}

const EXTENSION = [
	/(?:доб|добавочный|вн|внутр|внутренний|ext|extension|x|#)[\s.:=]*\d{1,6}\)?$/i,
	/[([{]\s*\d{1,6}\s*[)\]}]$/,
];

/** Whether there is a number behind the phone number that is dialed later: `доб. 12`, `ext. 12`, `x12`, `(12)`. */
function hasExtension(text: string): boolean {
	const [ending] = EXTENSION.map((pattern) => pattern.exec(text)?.[0]).filter((match) => match !== undefined);
	return ending !== undefined && digitsOf(text).length - digitsOf(ending).length >= SHORTEST_PHONE;
}

const YEAR_FIRST = /^(?:19|20)\d\d(?<mark>[-./])(?<month>\d{1,2})\k<mark>(?<day>\d{1,2})(?=$|[T\s,])/i;
const YEAR_LAST = /^(?<day>\d{1,2})(?<mark>[-./])(?<month>\d{1,2})\k<mark>(?:19|20)\d\d(?=$|[T\s,])/i;

function isDate(text: string): boolean {
	const { day, month } = (YEAR_FIRST.exec(text) ?? YEAR_LAST.exec(text))?.groups ?? {};
	// Which of them comes first depends on the country.
	const [smaller, larger] = [Number(day), Number(month)].sort((a, b) => a - b);
	return smaller >= 1 && smaller <= 12 && larger <= 31;
}

/** What is written with the formatting of phone numbers and is something else. Behind a `+` everything is a phone number. */
function describeOther(text: string): string | undefined {
	if (isDate(text)) return 'a date';
	if (/^\d+[.,]\d+$/.test(text)) return 'a number with decimals';
	// Many phone numbers come in groups of three, too, so that only a round amount is certainly one.
	if (/^\d{1,3}((\s000){2,}|(,\d{3}){2,})$/.test(text)) return 'an amount';
	if (!/^\d+(\.\d+)+$/.test(text)) return undefined;
	const groups = text.split('.');
	if (groups.length === 4 && groups.every((group) => Number(group) <= 255)) return 'an IP address';
	if (groups.includes('0')) return 'a version number';
	const isGrouped = groups.every((group, index) => (index === 0 ? group.length <= 3 : group.length === 3));
	// With more digits it may well be a phone number of a country that writes them in this way.
	return isGrouped && groups.length <= 3 ? 'an amount' : undefined;
}

/** A phone number without its formatting, or any other text as it is. Invalid is what {@link toText} finds invalid. */
export function toPhoneText(value: unknown): string | InvalidValue {
	const text = toText(value);
	const phone = toPhone(text);
	return phone instanceof InvalidValue ? text : phone;
}

import { Failure } from '../failure';

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
	text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE)}…` : text;

function toJson(value: unknown): string {
	try {
		return JSON.stringify(value);
	} catch {
		return Array.isArray(value) ? '[…]' : '{…}';
	}
}

/** Whether an optional field with this value is left out: nothing but white space is blank, 0 and false are not. */
export function isBlank(value: unknown): boolean {
	return value === undefined || value === null || (typeof value === 'string' && value.trim() === '');
}

/** Whether a value that may be a list holds nothing. */
export function isEmpty(value: unknown): boolean {
	return Array.isArray(value) ? value.every(isBlank) : isBlank(value);
}

/**
 * The trimmed text of a string, number, boolean or date (ISO 8601).
 * Invalid are lists, objects, and numbers that no longer hold every digit they were typed with.
 */
export function toText(value: unknown): string | InvalidValue {
	switch (typeof value) {
		case 'string':
			return value.trim();
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

/** Whether a text is a whole number to some, and a thousand times as much to others: `1,000`, `1.000`. */
export const mayBeThousands = (value: unknown) =>
	typeof value === 'string' && /^[+-]?[1-9]\d{0,2}[.,]000$/.test(value.trim());

/**
 * The whole number that a number, or text made of digits, gives; a spreadsheet may write 501 as `501.0`.
 * Invalid is everything else: `"12abc"`, `3.5`, `1e21`, `NaN`, `true`, `1,000`.
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
			`is ${quote(value)}, which is not a whole number`,
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
const ISO_DATE = /^(19|20)\d\d-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])/;
/** Spaces, invisible characters, dashes of every length, dots and brackets. */
const PHONE_FORMATTING = /[\s\p{Cf}\p{Pd}\u2212.()[\]{}]/gu;

/**
 * The digits of a phone number, with the leading `+` if it had one (E.164, liner-api section 1).
 * Invalid is what holds anything else than digits and formatting, begins with 0, or has fewer than 7 or more than 15 digits.
 */
export function toPhone(value: unknown): string | InvalidValue {
	const isNumber = Number.isSafeInteger(value) && (value as number) > 0;
	const text = isNumber || typeof value === 'string' ? String(value).trim() : '';
	// A spreadsheet may write a number as 79001234567.0: its dot is no formatting.
	const phone = (/^\+?\d+\.0+$/.test(text) ? text.split('.')[0] : text).replace(PHONE_FORMATTING, '');
	if (!/^\+?\d+$/.test(phone) || ISO_DATE.test(text)) {
		return new InvalidValue(`is ${quote(value)}, which is not a phone number`, PHONE_FIX);
	}

	const digits = phone.replace('+', '');
	if (digits.startsWith('0')) {
		return new InvalidValue(
			`is ${quote(value)}, which begins with 0 instead of a country code`,
			`Put the country code in place of the leading zeros. ${PHONE_FIX}`,
		);
	}
	if (digits.length < 7 || digits.length > 15) {
		return new InvalidValue(
			`is ${quote(value)}, which has ${digits.length} ${digits.length === 1 ? 'digit' : 'digits'}`,
			PHONE_FIX,
		);
	}
	return phone;
}

/** A phone number without its formatting, or any other text as it is. Invalid is what {@link toText} finds invalid. */
export function toPhoneText(value: unknown): string | InvalidValue {
	const text = toText(value);
	const phone = toPhone(text);
	return phone instanceof InvalidValue ? text : phone;
}

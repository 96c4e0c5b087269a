import { isAmbiguousDate, isTimezone, toDate, toDateTime } from './times';
import {
	HAS_NUL,
	hasAllDigits,
	hasNul,
	isBlank,
	mayBeThousands,
	quote,
	shorten,
	THOUSANDS_OR_DECIMALS,
	toInteger,
	toText,
	InvalidValue,
} from './values';
import type { CustomField, CustomValue } from '../api/customFields';
import { list } from '../texts';

interface FieldType {
	/** What the editor calls it. */
	name: string;
	/** What an error says that a value is not. */
	noun: string;
	/** What is wrong with a value in particular, e.g. that it may mean two things; as a predicate. */
	describeProblem?(value: unknown): string | undefined;
	/** What a user may enter. */
	allowed(field: CustomField, timezone: string): string;
	/** @returns `undefined` for a value that does not fit. */
	coerce(value: unknown, field: CustomField, timezone: string): CustomValue | undefined;
}

const LISTED_CHOICES = 30;

const listChoices = ({ choices }: CustomField) =>
	list(
		choices.map(({ code, title }) =>
			title === '' || title === code ? shorten(code) : `${shorten(title)} (${shorten(code)})`,
		),
		LISTED_CHOICES,
	);

/** More, and a number of JavaScript changes the last ones. */
const MOST_DIGITS = 15;

const describeThousands = (value: unknown) => (mayBeThousands(value) ? THOUSANDS_OR_DECIMALS : undefined);

const BOOLEANS = new Map([
	...['true', 'yes', 'on', '1', 'да', 'истина'].map((word) => [word, true] as const),
	...['false', 'no', 'off', '0', 'нет', 'ложь'].map((word) => [word, false] as const),
]);

/** The types of custom fields (liner-api section 2), each with what it makes of a value. */
const fieldTypes = new Map<string, FieldType>(
	Object.entries({
		string: {
			name: 'text',
			noun: 'text',
			describeProblem: (value) => (hasNul(value) ? HAS_NUL : undefined),
			allowed: () => 'text, a number that has kept all its digits, true or false, or a date',
			coerce: (value) => orUndefined(toText(value)),
		},
		int: {
			name: 'whole number',
			noun: 'a whole number',
			describeProblem: describeThousands,
			allowed: () => 'a whole number, e.g. 3 or -5',
			coerce: (value) => orUndefined(toInteger(withoutGroups(value))),
		},
		float: {
			name: 'number',
			noun: 'a number',
			describeProblem: describeThousands,
			allowed: () => 'a number, e.g. 12.5 or 12,5, and 1234.5 without a separator of thousands',
			coerce: toFloat,
		},
		bool: {
			name: 'yes or no',
			noun: 'yes or no',
			allowed: () => [...BOOLEANS.keys()].join(', '),
			coerce: (value) =>
				typeof value === 'object' ? undefined : BOOLEANS.get(String(value).trim().toLowerCase()),
		},
		date: {
			name: 'date',
			noun: 'a date',
			describeProblem: describeAmbiguousDate,
			allowed: () => 'a date, e.g. 2026-05-01 or 01.05.2026',
			coerce: (value, _field, timezone) => toDate(value, timezone),
		},
		datetime: {
			name: 'date and time',
			noun: 'a date and time',
			describeProblem: describeAmbiguousDate,
			allowed: (_field, timezone) =>
				isTimezone(timezone)
					? 'a date and time, e.g. 2026-05-01T10:00:00+03:00 or 01.05.2026 10:00'
					: `a date and time with its offset, e.g. 2026-05-01T10:00:00+03:00, because the time zone of the workflow, ${quote(timezone)}, is not a known one`,
			coerce: (value, _field, timezone) => toDateTime(value, timezone),
		},
		select: {
			name: 'one choice',
			noun: 'one of its choices',
			allowed: listChoices,
			coerce: toChoice,
		},
		multiselect: {
			name: 'several choices',
			noun: 'a list of its choices',
			allowed: (field) =>
				`one or more, as a list or with commas or semicolons in between, of ${listChoices(field)}`,
			coerce: toChoices,
		},
	} satisfies Record<string, FieldType>),
);

/** What the editor calls the type of a custom field; one that is not documented goes by Liner's name. */
export const nameOfType = (type: string) => fieldTypes.get(type)?.name ?? type;

/**
 * Brings a value to the type of its custom field: text for `string`, a number for `int` and `float`, true or false for
 * `bool`, `YYYY-MM-DD` for `date`, ISO 8601 with an offset for `datetime`, the code of the choice for `select`, and a list
 * of such codes for `multiselect`.
 *
 * @param value Not blank. A choice goes by its code or its title.
 * @param timezone Of times that name none, e.g. `Europe/Moscow`.
 * @returns `undefined` when the type of the field or its choices are not known; invalid, with all that is allowed, is what does not fit it.
 */
export function toFieldValue(
	field: CustomField,
	value: unknown,
	timezone: string,
): CustomValue | InvalidValue | undefined {
	const type = fieldTypes.get(field.type);
	const lacksChoices = /select$/.test(field.type) && field.choices.length === 0;
	if (type === undefined || lacksChoices) return undefined;
	return (
		type.coerce(value, field, timezone) ??
		new InvalidValue(
			`has ${quote(value)} for the field ${quote(field.title)} (ID ${field.id}), which ${type.describeProblem?.(value) ?? `is not ${type.noun}`}`,
			`${quote(field.title)} takes ${type.allowed(field, timezone)}.`,
		)
	);
}

const orUndefined = <T>(value: T | InvalidValue): T | undefined =>
	value instanceof InvalidValue ? undefined : value;

/** Digits in groups of three, as in `1 200 000`, become one number. */
function withoutGroups(value: unknown): unknown {
	const isGrouped =
		typeof value === 'string' && /^[+-]?\d{1,3}([ '’\u00a0\u2009\u202f]\d{3})+([.,]\d+)?$/.test(value.trim());
	return isGrouped ? value.replace(/[^\d.,+-]/g, '') : value;
}

function describeAmbiguousDate(value: unknown): string | undefined {
	return isAmbiguousDate(value) ? 'begins with the day for some and with the month for others' : undefined;
}

function toFloat(value: unknown): number | undefined {
	if (typeof value === 'number') return Number.isFinite(value) && hasAllDigits(value) ? value : undefined;
	if (typeof value !== 'string') return undefined;
	const text = (withoutGroups(value) as string).trim();
	const isExact = text.replace(/^[^1-9]*|\D/g, '').length <= MOST_DIGITS;
	const isNumber = /^[+-]?\d+([.,]\d+)?$/.test(text) && !mayBeThousands(text) && isExact;
	return isNumber ? Number(text.replace(',', '.')) : undefined;
}

/** Text to the code of the choice that it names; a name of several choices names none. */
type ChoiceIndex = Map<string, string | undefined>;

/** The exact names first, then without regard to case and spaces. */
const choiceIndexes = new WeakMap<CustomField, ChoiceIndex[]>();

const spellings = [
	(name: string) => name,
	(name: string) => name.normalize().toLowerCase().replace(/\s+/g, ' '),
];

function indexChoices(field: CustomField): ChoiceIndex[] {
	const indexes =
		choiceIndexes.get(field) ??
		spellings.map((spell) => {
			const index: ChoiceIndex = new Map();
			for (const { code, title } of field.choices) {
				for (const name of [code, title].map(spell)) {
					index.set(name, !index.has(name) || index.get(name) === code ? code : undefined);
				}
			}
			return index;
		});
	choiceIndexes.set(field, indexes);
	return indexes;
}

/** @returns The code of the one choice that the value names by its code or its title. */
function toChoice(value: unknown, field: CustomField): string | undefined {
	const text = orUndefined(toText(value));
	if (text === undefined) return undefined;
	const indexes = indexChoices(field);
	const level = indexes.findIndex((index, level) => index.has(spellings[level](text)));
	return level === -1 ? undefined : indexes[level].get(spellings[level](text));
}

function toChoices(value: unknown, field: CustomField): string[] | undefined {
	const codes = toList(value)
		.filter((entry) => !isBlank(entry))
		.flatMap((entry) => splitChoices(entry, field));
	return codes.includes(undefined) ? undefined : [...new Set(codes as string[])];
}

/** A list, also one that a spreadsheet holds as JSON text. */
function toList(value: unknown): unknown[] {
	if (Array.isArray(value)) return value;
	if (typeof value !== 'string' || !/^\s*\[.*\]\s*$/s.test(value)) return [value];
	try {
		return JSON.parse(value) as unknown[];
	} catch {
		return [value];
	}
}

/** A title may hold a comma itself, so the text is parted no more than it must be. */
function splitChoices(text: unknown, field: CustomField): Array<string | undefined> {
	const whole = toChoice(text, field);
	const separator = typeof text === 'string' ? [/[;|\n]/, /,/].find((mark) => mark.test(text)) : undefined;
	if (whole !== undefined || separator === undefined) return [whole];
	return (text as string)
		.split(separator)
		.filter((part) => part.trim() !== '')
		.flatMap((part) => splitChoices(part, field));
}

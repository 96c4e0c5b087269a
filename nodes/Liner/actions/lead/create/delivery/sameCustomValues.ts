import { fingerprint } from '../../../../fingerprint';
import { fold, isShortened, isShownAs, shorten, toPlainText, type ShortenedText } from './sameText';
import type { CustomFields } from '../../../../fields/customFields';
import type { CustomField, CustomValue, CustomValues } from '../../../../api/customFields';
import { toFieldValue } from '../../../../fields/customFieldTypes';
import { isTimezone, toDateTime } from '../../../../fields/times';
import { mayBeThousands, InvalidValue } from '../../../../fields/values';

/** Custom values as saved execution data keeps them: long ones shortened, and all of them when they are many. */
export type ShortenedValues = Record<string, CustomValue | ShortenedText> | ShortenedText;

/** What is known of the account and the workflow; without it, fewer forms of a custom value can be recognised. */
export interface ValueKnowledge {
	customFields?: Pick<CustomFields, 'findById'>;
	/** Of times that name none, e.g. `Europe/Moscow`. */
	timezone?: string;
}

type Shown = Record<string, unknown>;

const isObject = (value: unknown): value is Shown =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Whether the custom values of a lead are those that were sent. That the lead has more of them says nothing: fields may
 * have default values, and whoever phones the client fills them in.
 *
 * @param shown A map of field ID to value, or a list of `{ fieldId, value }` (also `customFieldId` or `id`), also as JSON
 *   text. Choices may be codes, titles or `{ code, title }`, several of them a list or text.
 */
export function areCustomValuesShownAs(
	sent: ShortenedValues,
	shown: unknown,
	knowledge: ValueKnowledge,
): boolean {
	const values = toMap(shown);
	if (values === undefined) return false;
	if (isShortened(sent)) return sent.hash === fingerprint(toComparableMap(values));
	return Object.entries(sent).every(([fieldId, value]) => {
		const field = knowledge.customFields?.findById(fieldId);
		return isValueShownAs(value, values.get(fieldId), field, knowledge.timezone);
	});
}

function toMap(shown: unknown): Map<string, unknown> | undefined {
	if (typeof shown === 'string') {
		try {
			return toMap(JSON.parse(shown));
		} catch {
			return undefined;
		}
	}
	if (isObject(shown)) return new Map(Object.entries(shown));
	if (!Array.isArray(shown) || !shown.every(isObject)) return undefined;
	return new Map(
		shown.map((entry) => [toPlainText(entry.customFieldId ?? entry.fieldId ?? entry.id), entry.value]),
	);
}

function isValueShownAs(
	sent: CustomValue | ShortenedText,
	shown: unknown,
	field: CustomField | undefined,
	timezone: string | undefined,
): boolean {
	const plain = toPlain(shown);
	if (isShortened(sent)) {
		return Array.isArray(shown)
			? sent.hash === fingerprint(toComparable(plain))
			: namesOf(shown).some((name) => isShownAs(sent, fold(name)));
	}
	const [ours, theirs] = [toComparable(sent), toComparable(plain)];
	if (ours === '' || ours === theirs) return true;
	if (theirs === '') return false;
	if (field !== undefined && isSameForField(sent, plain, field, timezone ?? '')) return true;
	if (Array.isArray(sent) || Array.isArray(shown)) return haveSameEntries(toList(sent), toList(shown));
	return namesOf(shown).some((name) => isTextShownAs(ours, fold(name), field, timezone));
}

function haveSameEntries(sent: unknown[], shown: unknown[]): boolean {
	const isIn = (list: unknown[], one: unknown) => {
		const names = namesOf(one).map(fold);
		return list.some((other) => namesOf(other).some((name) => names.includes(fold(name))));
	};
	return sent.every((one) => isIn(shown, one)) && shown.every((one) => isIn(sent, one));
}

/** What a choice may be called. */
const namesOf = (value: unknown): unknown[] =>
	isObject(value) ? [value.code, value.title, value.value].filter((name) => name !== undefined) : [value];

/** A value with the code in place of a choice. */
function toPlain(shown: unknown): unknown {
	return Array.isArray(shown) ? shown.map(toPlain) : isObject(shown) ? namesOf(shown)[0] : shown;
}

function toList(value: unknown): unknown[] {
	if (Array.isArray(value)) return value as unknown[];
	return typeof value === 'string' ? value.split(/[,;|\n]/).filter((part) => part.trim() !== '') : [value];
}

/** One text for all the orders in which several choices may be shown. */
const toComparable = (value: unknown): string =>
	Array.isArray(value)
		? value
				.map(fold)
				.filter((text) => text !== '')
				.sort()
				.join('\n')
		: fold(value);

const toComparableMap = (values: Map<string, unknown>) =>
	[...values]
		.map(([fieldId, value]) => [fieldId, toComparable(toPlain(value))])
		.filter(([, text]) => text !== '')
		.map((entry) => JSON.stringify(entry))
		.sort()
		.join('\n');

/** Whether two values mean the same to the type of their field. */
function isSameForField(sent: CustomValue, shown: unknown, field: CustomField, timezone: string): boolean {
	const [one, other] = [sent, shown].map((value) => toFieldValue(field, value, timezone));
	if (one === undefined || other === undefined) return false;
	if (one instanceof InvalidValue || other instanceof InvalidValue) return false;
	return field.type === 'datetime'
		? Date.parse(String(one)) === Date.parse(String(other))
		: toComparable(one) === toComparable(other);
}

/** @param sent Folded, like `shown`. */
function isTextShownAs(
	sent: string,
	shown: string,
	field: CustomField | undefined,
	timezone: string | undefined,
): boolean {
	if (isShownAs(sent, shown)) return true;
	// A choice that looks like a number is none.
	if (field !== undefined && /select$/.test(field.type)) return false;
	return (
		isSameDefined(toNumber(sent), toNumber(shown)) ||
		isSameTruth(sent, shown) ||
		isSameTime(sent, shown, timezone)
	);
}

const isSameDefined = <T>(one: T | undefined, other: T | undefined) => one !== undefined && one === other;

/** More, and a number of JavaScript changes the last ones. */
const MOST_DIGITS = 15;

/** Not what begins with a superfluous 0, which may tell one ID from another. */
function toNumber(text: string): number | undefined {
	const isNumber = /^[+-]?(0|[1-9]\d*)([.,]\d+)?(E[+-]?\d{1,3})?$/.test(text);
	if (!isNumber || mayBeThousands(text) || text.replace(/\D/g, '').length > MOST_DIGITS) return undefined;
	return Number(text.replace(',', '.')) + 0;
}

const TRUTHS = new Map([
	...['TRUE', 'YES', 'ON', '1', 'ДА', 'ИСТИНА'].map((word) => [word, true] as const),
	...['FALSE', 'NO', 'OFF', '0', 'НЕТ', 'ЛОЖЬ'].map((word) => [word, false] as const),
]);

/** One of the values has to be certainly true or false: `1` and `yes` may also be two choices. */
function isSameTruth(one: string, other: string): boolean {
	const isTruth = [one, other].some((word) => word === 'TRUE' || word === 'FALSE');
	return isTruth && isSameDefined(TRUTHS.get(one), TRUTHS.get(other));
}

/** A date, or a moment to the second, of which Liner may leave out the offset. */
interface Time {
	/** As shown, with the offset left out. */
	wall: string;
	hasOffset: boolean;
	/** In milliseconds since 1970; in UTC when there is no offset. */
	moment: number;
	/** The same in the time zone of the workflow. */
	localMoment?: number;
}

function readTime(text: string, timezone: string | undefined): Time | undefined {
	if (!/^\d{1,4}[-.]\d{1,2}[-.]\d{1,4}/.test(text)) return undefined;
	const time = toDateTime(text, 'UTC');
	if (time === undefined) return undefined;
	const local = timezone !== undefined && isTimezone(timezone) ? toDateTime(text, timezone) : undefined;
	return {
		wall: time.slice(0, 'YYYY-MM-DDTHH:MM:SS'.length),
		hasOffset: /:.*(Z|[+-]\d\d(:?\d\d)?)$/.test(text),
		moment: Date.parse(time),
		localMoment: local === undefined ? undefined : Date.parse(local),
	};
}

function isSameTime(one: string, other: string, timezone: string | undefined): boolean {
	const [sent, shown] = [one, other].map((text) => readTime(text, timezone));
	if (sent === undefined || shown === undefined) return false;
	if (sent.moment === shown.moment) return true;
	if (sent.hasOffset && shown.hasOffset) return false;
	return sent.wall === shown.wall || isSameDefined(sent.localMoment, shown.localMoment);
}

/** Custom values as saved execution data keeps them, the long ones shortened. */
export const shortenValues = (values: CustomValues): ShortenedValues =>
	Object.fromEntries(
		Object.entries(values).map(([fieldId, value]) => [
			fieldId,
			shorten(value, toComparable(value), !Array.isArray(value)),
		]),
	);

/** Custom values of which no more is kept than what recognises all of them together. */
export const hashValues = (values: CustomValues): ShortenedValues => ({
	hash: fingerprint(toComparableMap(new Map(Object.entries(values)))),
});

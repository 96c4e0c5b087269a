import { findField, type FieldReference, type KnownCustomFields } from './customFields';
import { toFieldValue } from './customFieldTypes';
import {
	HAS_NUL,
	hasAllDigits,
	hasNul,
	isBlank,
	isEmpty,
	quote,
	shorten,
	toIsoTime,
	toText,
	InvalidValue,
} from './values';
import type { CustomValue, CustomValues, Scalar } from '../api/customFields';

/** One custom field, by its ID or title, and what to store in it, as the user gave them. */
export interface CustomValueRow {
	fieldId?: unknown;
	value?: unknown;
	/** Which column it comes from, where automatic mapping took it from one. */
	column?: string;
}

/** A row that cannot be sent, and why. */
export interface InvalidRow {
	row: CustomValueRow;
	problem: InvalidValue;
}

const JSON_FIX =
	'Enter an object like { "12": "VIP" }, or a list like [{ "fieldId": "12", "value": "VIP" }].';

const isObject = (value: unknown): value is Record<string, unknown> =>
	typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);

/**
 * Parses custom values that were given all at once.
 *
 * @param json A map of field ID to value or a list of `{ fieldId, value }`, either as JSON text or as it is; blank for
 *   none. Anything else is invalid.
 */
export function parseCustomValues(json: unknown): CustomValueRow[] | InvalidValue {
	if (isBlank(json)) return [];

	const parsed = typeof json === 'string' ? parseJson(json) : json;
	if (parsed instanceof InvalidValue) return parsed;
	if (Array.isArray(parsed)) {
		const stray = parsed.findIndex((row) => !isRow(row));
		return stray === -1
			? (parsed as CustomValueRow[]).map(({ fieldId, value }) => ({ fieldId, value }))
			: new InvalidValue(
					`has ${quote(parsed[stray])} at place ${stray + 1} of its list, which needs a 'fieldId' and a 'value'`,
					JSON_FIX,
				);
	}
	if (!isObject(parsed)) {
		return new InvalidValue(`is ${quote(parsed)}, neither an object nor a list`, JSON_FIX);
	}
	if (isRow(parsed)) {
		return new InvalidValue(`is a single row (${quote(parsed)}), not a list of rows`, JSON_FIX);
	}
	const twice = typeof json === 'string' ? findRepeatedKey(json) : undefined;
	if (twice !== undefined) {
		return new InvalidValue(`has the field ${quote(twice)} twice`, 'Keep one of the two values.');
	}
	return Object.entries(parsed).map(([fieldId, value]) => ({ fieldId, value }));
}

const isRow = (row: unknown) => isObject(row) && 'fieldId' in row && 'value' in row;

/**
 * Finds a key that an object has twice, of which the JSON parser keeps the last one only.
 *
 * @param json The valid JSON of an object.
 */
function findRepeatedKey(json: string): string | undefined {
	const keys = new Set<string>();
	let depth = 0;
	for (const [token, colon] of json.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?|[{}[\]]/g)) {
		if (token === '{' || token === '[') depth++;
		else if (token === '}' || token === ']') depth--;
		else if (depth === 1 && colon !== undefined) {
			const key = JSON.parse(token.slice(0, -colon.length)) as string;
			if (keys.has(key)) return key;
			keys.add(key);
		}
	}
	return undefined;
}

function parseJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return new InvalidValue(`is not valid JSON (${shorten(text.trim().replace(/\s+/g, ' '))})`, JSON_FIX);
	}
}

/** What is known of the account and the workflow that custom values are for. */
export interface CustomValueContext {
	customFields?: KnownCustomFields;
	/** Of times that name none, e.g. `Europe/Moscow`. */
	timezone: string;
}

/**
 * Checks custom values and brings them into the shape that Liner takes: each of the type of its field where that is known,
 * else of the type that it has. A blank one is left out.
 *
 * Invalid are a value without a field, a field that is given twice, and a value that does not fit its field, or is an object,
 * a list within a list or not a number.
 *
 * @returns `undefined` when nothing is left; every invalid row, if there is one.
 */
export function toCustomValues(
	rows: CustomValueRow[],
	context: CustomValueContext,
): CustomValues | InvalidRow[] | undefined {
	const values = new Map<string, CustomValue | undefined>();
	const invalidRows = rows.flatMap((row) => {
		const problem = addValue(values, row, context);
		return problem === undefined ? [] : { row, problem };
	});
	if (invalidRows.length > 0) return invalidRows;
	const filled = [...values].filter(([, value]) => value !== undefined);
	return filled.length === 0 ? undefined : (Object.fromEntries(filled) as CustomValues);
}

/** @returns Why the row cannot be sent. */
function addValue(
	values: Map<string, CustomValue | undefined>,
	{ fieldId, value }: CustomValueRow,
	{ customFields, timezone }: CustomValueContext,
): InvalidValue | undefined {
	if (isBlank(fieldId)) {
		if (isBlank(value)) return undefined;
		return new InvalidValue(
			`has the value ${quote(value)} without a field`,
			'Choose the custom field, or remove the value.',
		);
	}
	const field = findField(fieldId, customFields);
	if (field instanceof InvalidValue) return field;
	if (values.has(field.id)) {
		return new InvalidValue(
			`has the field ${quote(String(fieldId).trim())} twice`,
			'Keep one of the two values.',
		);
	}
	const customValue = toCustomValue(field, value, timezone);
	values.set(field.id, customValue instanceof InvalidValue ? undefined : customValue);
	return customValue instanceof InvalidValue ? customValue : undefined;
}

function toCustomValue(
	{ id, field }: FieldReference,
	value: unknown,
	timezone: string,
): CustomValue | InvalidValue | undefined {
	if (isEmpty(value)) return undefined;
	const typed = (field && toFieldValue(field, value, timezone)) ?? asGiven(id, value);
	return isEmpty(typed) ? undefined : typed;
}

function asGiven(fieldId: string, value: unknown): CustomValue | InvalidValue | undefined {
	if (!Array.isArray(value)) return toScalar(fieldId, value);
	const list: Scalar[] = [];
	for (const entry of value) {
		const scalar = toScalar(fieldId, entry);
		if (scalar instanceof InvalidValue) return scalar;
		if (scalar !== undefined) list.push(scalar);
	}
	return list;
}

function toScalar(fieldId: string, value: unknown): Scalar | InvalidValue | undefined {
	if (isBlank(value)) return undefined;
	if (hasNul(value)) {
		return new InvalidValue(
			`has ${quote(value)} for the field ${quote(fieldId)}, which ${HAS_NUL}`,
			'Remove this character.',
		);
	}
	if (typeof value === 'string') return toText(value) as string;
	if (typeof value === 'boolean') return value;
	if (typeof value === 'number' && Number.isFinite(value)) {
		return hasAllDigits(value)
			? value
			: new InvalidValue(
					`has ${value} for the field ${quote(fieldId)}, a number too long to keep all its digits`,
					'Give it as text.',
				);
	}
	return (
		toIsoTime(value) ??
		new InvalidValue(
			`has ${quote(value)} for the field ${quote(fieldId)}`,
			'A value is text, a number, true or false, or for a multi-select a list of these.',
		)
	);
}

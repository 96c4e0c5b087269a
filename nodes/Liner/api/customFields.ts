import { textOf } from './text';
import { Failure } from '../failure';
import type { Client, Entry } from '../transport/client';

/** A custom field that leads have. */
export interface CustomField {
	id: string;
	title: string;
	/** `string`, `int`, `float`, `date`, `datetime`, `bool`, `select`, `multiselect`, or one that is not documented. */
	type: string;
	/** What a select or multiselect offers, in Liner's order. */
	choices: Array<{ code: string; title: string }>;
}

export type Scalar = string | number | boolean;

/** What a custom field stores; a list is for a multi-select. */
export type CustomValue = Scalar | Scalar[];

/** Custom field ID to value, as Liner takes them. */
export type CustomValues = Record<string, CustomValue>;

/** Reads the custom fields that leads have, in Liner's order: `GET /v2/custom-field/`. */
export async function listCustomFields(client: Client): Promise<CustomField[] | Failure> {
	const fields = await client.getList([
		'/v2/custom-field/?essence=leads',
		'/v2/custom-fields/?essence=leads',
	]);
	if (fields instanceof Failure) return fields;
	return fields.filter(({ essence = 'leads' }) => essence === 'leads').map(parseCustomField);
}

function parseCustomField({ id, title, type, params }: Entry): CustomField {
	// PHP makes an object of a list that has gaps.
	const choices = Object.values(params ?? {}).filter(isObject);
	return {
		id: textOf(id),
		title: textOf(title),
		type: textOf(type),
		choices: choices
			.sort((a, b) => Number(a.sort ?? 0) - Number(b.sort ?? 0))
			.map(({ code, title }) => ({ code: textOf(code), title: textOf(title) }))
			.filter(({ code }) => code !== ''),
	};
}

const isObject = (value: unknown): value is Record<string, unknown> =>
	typeof value === 'object' && value !== null;

import { textOf } from './text';
import { Failure } from '../failure';
import type { Client, Entry } from '../transport/client';

/** A custom field of leads. */
export interface CustomField {
	id: string;
	title: string;
	/** `string`, `int`, `float`, `date`, `datetime`, `bool`, `select`, `multiselect`, or an undocumented type. */
	type: string;
	/** The choices of a select or multiselect, in Liner's order. */
	choices: Array<{ code: string; title: string }>;
}

export type Scalar = string | number | boolean;

/** The value of a custom field; a list for a multiselect. */
export type CustomValue = Scalar | Scalar[];

/** By custom field ID, in the form that Liner accepts. */
export type CustomValues = Record<string, CustomValue>;

/** Reads the custom fields of leads, in Liner's order: `GET /v2/custom-field/`. */
export async function listCustomFields(client: Client): Promise<CustomField[] | Failure> {
	const fields = await client.getList([
		'/v2/custom-field/?essence=leads',
		'/v2/custom-fields/?essence=leads',
	]);
	if (fields instanceof Failure) return fields;
	return fields.filter(({ essence = 'leads' }) => essence === 'leads').map(parseCustomField);
}

function parseCustomField({ id, title, type, params }: Entry): CustomField {
	// PHP encodes a list with gaps as an object.
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

import type { IDataObject } from 'n8n-workflow';

import { leadFields } from '../lead.fields';
import type { LeadInput } from '../leadBody';
import { Failure } from '../../../failure';
import { findField, type KnownCustomFields } from '../../../fields/customFields';
import { parseCustomValues } from '../../../fields/customValues';
import { plainName } from '../../../fields/names';
import { isEmpty, quote, toIsoTime, InvalidValue } from '../../../fields/values';

/** What a column maps to: a field of the lead, one custom value, several custom values, or nothing. */
type Target =
	| { kind: 'field'; name: string }
	| { kind: 'customValue'; fieldId: string }
	| { kind: 'customValues' }
	| { kind: 'unknown' }
	| InvalidValue;

const fieldNames = new Map(leadFields.map(({ property: { name } }) => [plainName(name), name]));

/** By the editor's labels. */
const fieldLabels = new Map(
	leadFields.map(({ property: { displayName, name } }) => [
		plainName(displayName.replace(/ Name or ID$/, '')),
		name,
	]),
);

/** Only a dot separates the ID in `customValues.<ID>`: a custom field may have the title "Custom values 2". */
const ONE_CUSTOM_VALUE = /^\s*custom[\s_-]*values\s*\.(.+)$/i;

/** n8n's own nodes add this column to the rows of a sheet; a hint about it would be noise. */
const SILENTLY_IGNORED = new Set(['rownumber']);

/**
 * Maps the columns of items by name (automatic mapping): the names of the fields in Liner's API, `customValues.<ID>`,
 * `customValues` with an object, the titles of custom fields, and the labels of the node's fields.
 */
export class Columns {
	private readonly targets: Map<string, Target>;

	/** @param names The columns that have a value in some item, see {@link usedColumns}. */
	constructor(
		names: Iterable<string>,
		private readonly customFields?: KnownCustomFields,
	) {
		this.targets = new Map([...names].map((name) => [name, findTarget(name, customFields)]));
	}

	/** Whether some columns can be mapped only with the custom fields of the account. */
	get needsCustomFields(): boolean {
		return [...this.targets].some(([name, target]) =>
			'kind' in target && target.kind === 'field' ? !fieldNames.has(plainName(name)) : true,
		);
	}

	/** The names of the columns that map to nothing. */
	get ignored(): string[] {
		return [...this.targets]
			.filter(([, target]) => 'kind' in target && target.kind === 'unknown')
			.map(([name]) => name)
			.filter((name) => !SILENTLY_IGNORED.has(plainName(name)));
	}

	/**
	 * Takes the values of one item from its columns, or from the parameters where the column is missing or blank. The ID
	 * and the code of an order belong together: a column for either overrides both parameters.
	 *
	 * @returns A failure when two columns for the same field differ, or a column is ambiguous.
	 */
	toLeadInput(item: IDataObject, parameters: LeadInput): LeadInput | Failure {
		const fields = new Map<string, Cell>();
		const customValues = new Map<string, Cell>();
		for (const [column, value] of Object.entries(item)) {
			const target = isEmpty(value) ? undefined : this.targets.get(column);
			if (target === undefined) continue;
			const failure = this.take(target, { column, value }, fields, customValues);
			if (failure !== undefined) return failure;
		}
		const fallback = { ...parameters.fields };
		if (fields.has('orderId') || fields.has('orderCode')) {
			delete fallback.orderId;
			delete fallback.orderCode;
		}
		return {
			fields: Object.assign(
				fallback,
				Object.fromEntries([...fields].map(([name, { value }]) => [name, value])),
			),
			customValues: [
				...parameters.customValues.filter(({ fieldId }) => !customValues.has(this.idOf(fieldId))),
				...[...customValues].map(([fieldId, cell]) => ({ fieldId, ...cell })),
			],
			columns: Object.keys(item),
			columnOf: Object.fromEntries([...fields].map(([name, { column }]) => [name, column])),
		};
	}

	private take(
		target: Target,
		cell: Cell,
		fields: Map<string, Cell>,
		customValues: Map<string, Cell>,
	): Failure | undefined {
		if (target instanceof InvalidValue) return target.in(cell.column);
		switch (target.kind) {
			case 'field':
				return put(fields, target.name, cell);
			case 'customValue':
				return put(customValues, target.fieldId, cell);
			case 'customValues':
				return this.takeAll(cell, customValues);
			case 'unknown':
				return undefined;
		}
	}

	private takeAll({ column, value }: Cell, customValues: Map<string, Cell>): Failure | undefined {
		const rows = parseCustomValues(value);
		if (rows instanceof InvalidValue) return rows.in(column);
		const taken = new Set<string>();
		for (const { fieldId, value } of rows.filter(({ value }) => !isEmpty(value))) {
			const field = findField(fieldId, this.customFields);
			if (field instanceof InvalidValue) return field.in(column);
			if (taken.has(field.id)) {
				return new InvalidValue(
					`has the field ${quote(String(fieldId).trim())} twice`,
					'Keep one of the two values.',
				).in(column);
			}
			taken.add(field.id);
			const clash = put(customValues, field.id, { column, value });
			if (clash !== undefined) return clash;
		}
		return undefined;
	}

	/** @returns `''` when there is no such field; building the body reports that. */
	private idOf(fieldId: unknown): string {
		const field = findField(fieldId, this.customFields);
		return field instanceof InvalidValue ? '' : field.id;
	}
}

/** The names of the columns that have a value in at least one item. */
export function usedColumns(items: IDataObject[]): Set<string> {
	const names = new Set<string>();
	for (const item of items) {
		for (const [name, value] of Object.entries(item)) {
			if (!isEmpty(value)) names.add(name);
		}
	}
	return names;
}

function findTarget(column: string, customFields: KnownCustomFields): Target {
	const name = fieldNames.get(plainName(column));
	if (name !== undefined) return { kind: 'field', name };
	if (plainName(column) === 'customvalues') return { kind: 'customValues' };

	const nameOrId = ONE_CUSTOM_VALUE.exec(column)?.[1];
	if (nameOrId !== undefined) {
		const field = findField(nameOrId, customFields);
		return field instanceof InvalidValue ? field : { kind: 'customValue', fieldId: field.id };
	}
	const field = customFields instanceof Failure ? undefined : customFields?.findByTitle(column);
	if (field instanceof InvalidValue) return field;
	if (field !== undefined) return { kind: 'customValue', fieldId: field.id };
	const byLabel = fieldLabels.get(plainName(column));
	return byLabel === undefined ? { kind: 'unknown' } : { kind: 'field', name: byLabel };
}

interface Cell {
	column: string;
	value: unknown;
}

/** Two columns may map to the same field if their values are equal. */
function put(cells: Map<string, Cell>, key: string, cell: Cell): Failure | undefined {
	const other = cells.get(key);
	if (other !== undefined && toComparable(other.value) !== toComparable(cell.value)) {
		return new Failure(
			'invalid',
			`The columns '${other.column}' and '${cell.column}' map to the same field but have different values, ${quote(other.value)} and ${quote(cell.value)}`,
			'Remove one of the two columns, or make their values equal.',
		);
	}
	cells.set(key, other ?? cell);
	return undefined;
}

function toComparable(value: unknown): string {
	const text = toIsoTime(value);
	if (text !== undefined) return text;
	return typeof value === 'object' ? JSON.stringify(value) : String(value).trim();
}

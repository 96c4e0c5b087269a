import type { IDataObject } from 'n8n-workflow';

import { Failure } from '../../../outcome';
import type { CustomFields } from '../body/customFields';
import { parseCustomValues, type CustomValueRow } from '../body/customValues';
import type { LeadInput } from '../body/leadBody';
import { plainName } from '../body/names';
import { isBlank, quote, toIsoTime, UnfitValue } from '../body/values';
import { leadFields } from '../lead.fields';

/** What a column gives: a field of the lead, one custom value, many custom values, or nothing that the node knows. */
type Target =
	| { kind: 'field'; name: string }
	| { kind: 'customValue'; fieldId: string }
	| { kind: 'customValues' }
	| { kind: 'unknown' }
	| UnfitValue;

const fieldNames = new Map(leadFields.map(({ property: { name } }) => [plainName(name), name]));

/** The separator of `customValues.<ID>` is a dot, lest a title that begins with "Custom value" is taken for it. */
const ONE_CUSTOM_VALUE = /^\s*custom[\s_-]*values\s*\.(.+)$/i;

/**
 * Maps the columns of items by their names (automatic mapping): those that are called as Liner's API calls its fields,
 * `customValues.<ID>`, `customValues` with an object, and those that are called like a custom field.
 */
export class Columns {
	private readonly targets: Map<string, Target>;

	/**
	 * @param names Of all columns that hold something, see {@link usedColumns}.
	 * @param customFields `undefined` when nothing is known of them.
	 */
	constructor(
		names: Iterable<string>,
		private readonly customFields?: CustomFields,
	) {
		this.targets = new Map([...names].map((name) => [name, findTarget(name, customFields)]));
	}

	/** Whether there are columns that only the custom fields of the account can explain. */
	get needCustomFields(): boolean {
		return [...this.targets.values()].some((target) => !('kind' in target) || target.kind !== 'field');
	}

	/** The names of the columns that become nothing. */
	get ignored(): string[] {
		return [...this.targets]
			.filter(([, target]) => 'kind' in target && target.kind === 'unknown')
			.map(([name]) => name);
	}

	/**
	 * Takes the values of one item from its columns, and from the parameters where the item has no such column or a blank
	 * one.
	 *
	 * @returns A failure when two columns mean the same and differ, or a column cannot be told.
	 */
	toLeadInput(item: IDataObject, parameters: LeadInput): LeadInput | Failure {
		const fields = new Map<string, Cell>();
		const customValues = new Map<string, Cell>();
		for (const [column, value] of Object.entries(item)) {
			const target = isBlank(value) ? undefined : this.targets.get(column);
			if (target === undefined) continue;
			if (target instanceof UnfitValue) return target.in(column);
			const clash =
				target.kind === 'field'
					? put(fields, target.name, { column, value })
					: target.kind === 'customValue'
						? put(customValues, target.fieldId, { column, value })
						: target.kind === 'customValues'
							? this.putAll(customValues, column, value)
							: undefined;
			if (clash !== undefined) return clash;
		}
		return {
			fields: {
				...parameters.fields,
				...Object.fromEntries([...fields].map(([name, { value }]) => [name, value])),
			},
			customValues: [
				...parameters.customValues.filter(({ fieldId }) => !customValues.has(this.idOf(fieldId))),
				...[...customValues].map(([fieldId, { value }]) => ({ fieldId, value })),
			],
			customValuesLabel: parameters.customValuesLabel,
		};
	}

	private putAll(cells: Map<string, Cell>, column: string, value: unknown): Failure | undefined {
		const rows = parseCustomValues(value);
		if (rows instanceof UnfitValue) return rows.in(column);
		for (const row of rows.filter(({ value }) => !isBlank(value))) {
			const clash = put(cells, this.idOf(row.fieldId), { column, value: row.value });
			if (clash !== undefined) return clash;
		}
		return undefined;
	}

	private idOf(fieldId: CustomValueRow['fieldId']): string {
		const name = String(fieldId ?? '').trim();
		const field = this.customFields?.find(name);
		return field === undefined || field instanceof UnfitValue ? name : field.id;
	}
}

/** The names of the columns that hold something in at least one item. */
export function usedColumns(items: IDataObject[]): Set<string> {
	const names = new Set<string>();
	for (const item of items) {
		for (const [name, value] of Object.entries(item)) {
			if (!isBlank(value)) names.add(name);
		}
	}
	return names;
}

function findTarget(column: string, customFields: CustomFields | undefined): Target {
	const name = fieldNames.get(plainName(column));
	if (name !== undefined) return { kind: 'field', name };
	if (plainName(column) === 'customvalues') return { kind: 'customValues' };

	const given = ONE_CUSTOM_VALUE.exec(column)?.[1].trim();
	const field = customFields?.find(given ?? column.trim());
	if (field instanceof UnfitValue) return field;
	if (field !== undefined && (given !== undefined || isTitle(column, field.title))) {
		return { kind: 'customValue', fieldId: field.id };
	}
	return given === undefined ? { kind: 'unknown' } : { kind: 'customValue', fieldId: given };
}

/** A column whose name is a number is not the custom field with that ID, unless it says so. */
const isTitle = (column: string, title: string) => plainName(column) === plainName(title);

interface Cell {
	column: string;
	value: unknown;
}

/** Two columns may mean the same as long as they say the same. */
function put(cells: Map<string, Cell>, key: string, cell: Cell): Failure | undefined {
	const other = cells.get(key);
	if (other !== undefined && toComparable(other.value) !== toComparable(cell.value)) {
		return new Failure(
			'invalid',
			`The columns '${other.column}' and '${cell.column}' mean the same field but hold different values, ${quote(other.value)} and ${quote(cell.value)}`,
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

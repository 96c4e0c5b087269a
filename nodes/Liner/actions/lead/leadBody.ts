import { labelOf, leadFields, type LeadField, type LeadFieldType } from './lead.fields';
import { toStatusId } from './leadStatuses';
import { completeOrder, isOrderMissing, type OrderReference, type Orders } from './orders';
import type { LeadBody } from '../../api/leads';
import type { LeadStatus } from '../../api/leadStatuses';
import { append } from '../../append';
import { Failure } from '../../failure';
import {
	toCustomValues,
	type CustomValueContext,
	type CustomValueRow,
	type InvalidRow,
} from '../../fields/customValues';
import { plainName } from '../../fields/names';
import {
	InvalidValue,
	isBlank,
	mergeInvalid,
	quote,
	toId,
	toIdText,
	toInteger,
	toPhone,
	toPhoneText,
	toText,
} from '../../fields/values';
import { list } from '../../texts';

/** The values that one item has for its lead, not yet checked. */
export interface LeadInput {
	/** By name of the field. */
	fields: Record<string, unknown>;
	customValues: CustomValueRow[];
	/** The label of the parameter that custom values without a column come from. Default: "Custom Values". */
	customValuesLabel?: string;
	/** The names of the item's columns, if automatic mapping takes values from them. */
	columns?: string[];
	/** The column that a field's value comes from, by name of the field. */
	columnOf?: Partial<Record<string, string>>;
}

/** What the values of an item may refer to. */
interface LeadBodyContext extends CustomValueContext {
	/** Needed for items with only the ID or only the code of their order. */
	orders: Orders | Failure;
	/** Needed for items with the title of their status. */
	leadStatuses: LeadStatus[] | Failure;
}

const coercions: Record<
	LeadFieldType,
	(value: unknown, context: LeadBodyContext) => string | number | InvalidValue
> = {
	leadType: toLeadType,
	phone: toPhone,
	text: toText,
	phoneText: toPhoneText,
	idText: toIdText,
	id: toId,
	integer: toInteger,
	statusId: (value, { leadStatuses }) => toStatusId(value, leadStatuses),
};

/**
 * Builds the body that creates the lead of one item: values trimmed and coerced to the types of the contract, the order
 * completed, blank optional fields omitted.
 *
 * @returns A failure of the kind `invalid` that names every invalid field, if there is one.
 */
export function buildLeadBody(
	{ fields, customValues, customValuesLabel = 'Custom Values', columns, columnOf = {} }: LeadInput,
	context: LeadBodyContext,
): LeadBody | Failure {
	const body: LeadBody = {};
	const invalidFields: InvalidField[] = [];
	const put = (name: string, label: string, value: string | number | InvalidValue | undefined) => {
		if (value instanceof InvalidValue) invalidFields.push({ label, failure: value.in(label) });
		else if (value !== undefined) body[name] = value;
	};

	const order = completeOrder(fields, context.orders, columnOf);
	if (order instanceof Failure) {
		const failure = columns && isOrderMissing(fields) ? inColumns(order, columns) : order;
		const given = isBlank(fields.orderId) && !isBlank(fields.orderCode) ? 'orderCode' : 'orderId';
		invalidFields.push({ label: columnOf[given] ?? labelOf(given), failure });
	}
	for (const field of leadFields) {
		const { name, displayName } = field.property;
		const label = columnOf[name] ?? displayName;
		if (!isOrderField(name)) put(name, label, coerceField(field, fields[name], context, columns));
		else if (!(order instanceof Failure)) put(name, label, coerceField(field, order[name], context, columns));
	}
	const values = toCustomValues(customValues, context);
	if (Array.isArray(values)) invalidFields.push(...toInvalidFields(values, customValuesLabel));
	else if (values !== undefined) body.customValues = values;

	return invalidFields.length === 0 ? body : mergeInvalidFields(invalidFields);
}

/** Why a field is invalid, and the label of its parameter or column. */
interface InvalidField {
	label: string;
	failure: Failure;
}

const isOrderField = (name: string): name is keyof OrderReference =>
	name === 'orderId' || name === 'orderCode';

function coerceField(
	{ type, required, property }: LeadField,
	value: unknown,
	context: LeadBodyContext,
	columns: string[] | undefined,
): string | number | InvalidValue | undefined {
	if (!isBlank(value)) return coercions[type](value, context);
	if (!required) return undefined;
	return new InvalidValue(
		'is empty',
		columns === undefined
			? 'Fill it in, or check that the column it is mapped to has a value.'
			: howToFillColumn([property.name], columns),
	);
}

const LISTED_COLUMNS = 10;

/** How to fix a field that automatic mapping found no value for; its column may have any of these names. */
function howToFillColumn(names: string[], columns: string[]): string {
	const blankColumn = columns.find((column) => names.some((name) => plainName(name) === plainName(column)));
	if (blankColumn !== undefined) return `Fill in the column '${blankColumn}'.`;
	const either = names.map((name) => `'${name}'`).join(' or ');
	return `Add a column ${either} with a value to the item. ${listColumns(columns)}`;
}

function inColumns({ kind, message }: Failure, columns: string[]): Failure {
	const howToFix = howToFillColumn(['orderId', 'orderCode'], columns);
	return new Failure(
		kind,
		message,
		`${howToFix} Or choose the order in the node, for all items without one.`,
	);
}

function listColumns(columns: string[]): string {
	if (columns.length === 0) return 'It has no columns.';
	const names = columns.map((name) => `'${name}'`);
	return `Its columns are ${list(names, LISTED_COLUMNS)}.`;
}

function toInvalidFields(invalidRows: InvalidRow[], otherLabel: string): InvalidField[] {
	const byLabel = new Map<string, InvalidValue[]>();
	for (const { row, problem } of preferOwnReasons(invalidRows, ({ problem }) => problem.unreadableList))
		append(byLabel, row.column ?? otherLabel, problem);
	return [...byLabel].map(([label, problems]) => ({ label, failure: mergeInvalid(problems).in(label) }));
}

/** Only what is wrong with the item itself, if anything is; a list that cannot be read says little about it. */
function preferOwnReasons<F>(invalidFields: F[], unreadableListOf: (field: F) => Failure | undefined): F[] {
	const own = invalidFields.filter((field) => unreadableListOf(field) === undefined);
	return own.length > 0 ? own : invalidFields;
}

/** Joins the messages into one sentence, and puts the label before each description. */
function mergeInvalidFields(all: InvalidField[]): Failure {
	const invalidFields = preferOwnReasons(all, ({ failure }) => failure.details.unreadableList);
	if (invalidFields.length === 1) return invalidFields[0].failure;
	const labels = new Map<string, string[]>();
	for (const { label, failure } of invalidFields) append(labels, failure.description, `'${label}'`);
	const { unreadableList } = invalidFields[0].failure.details;
	return new Failure(
		'invalid',
		invalidFields.map(({ failure }) => failure.message).join(', and '),
		[...labels].map(([description, ofOne]) => `${ofOne.join(' and ')}: ${description}`).join(' '),
		unreadableList && { unreadableList },
	);
}

/** `straight` (or `regular`, its label in the editor) or `selection`, in any case; anything else is invalid. */
function toLeadType(value: unknown): string | InvalidValue {
	const text = typeof value === 'string' ? value.trim().toLowerCase() : value;
	const leadType = text === 'regular' ? 'straight' : text;
	if (leadType !== 'straight' && leadType !== 'selection') {
		return new InvalidValue(
			`is ${quote(value)}, which is not a lead type`,
			"Use 'straight' for a regular lead or 'selection' for a selection lead.",
		);
	}
	return leadType;
}

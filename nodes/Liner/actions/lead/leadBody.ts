import {
	toCustomValues,
	type CustomValueContext,
	type CustomValueRow,
	type CustomValues,
	type UnfitRow,
} from '../../fields/customValues';
import { toStatusId } from './leadStatuses';
import { plainName } from '../../fields/names';
import { completeOrder, isOrderMissing, type OrderReference, type Orders } from './orders';
import { labelOf, leadFields, type LeadField, type LeadFieldType } from './lead.fields';
import {
	isBlank,
	mergeUnfit,
	toId,
	toIdText,
	toInteger,
	toLeadType,
	toPhone,
	toPhoneText,
	toText,
	UnfitValue,
} from '../../fields/values';
import { append } from '../../append';
import { Failure } from '../../failure';
import { list } from '../../texts';
import type { LeadStatus } from '../../transport/client';

/** What one item gives for its lead, nothing of it checked. */
export interface LeadInput {
	/** By name of the field. */
	fields: Record<string, unknown>;
	customValues: CustomValueRow[];
	/** The label of the parameter of the custom values that come from no column, if it is another one than "Custom Values". */
	customValuesLabel?: string;
	/** The names of the item's columns, where automatic mapping takes the values from them. */
	columns?: string[];
	/** Which column a field's value comes from, by name of the field. */
	columnOf?: Partial<Record<string, string>>;
}

/** The body of `POST /v2/lead/create/` (liner-api section 1): no property is blank, and none is unknown to Liner. */
export type LeadBody = Record<string, string | number | CustomValues>;

/** What the values of an item may refer to. */
interface LeadBodyContext extends CustomValueContext {
	/** Needed for items that name their order by half only. */
	orders: Orders | Failure;
	/** Needed for items that name their status by its title. */
	leadStatuses: LeadStatus[] | Failure;
}

const readers: Record<
	LeadFieldType,
	(value: unknown, context: LeadBodyContext) => string | number | UnfitValue
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
 * Turns the values of one item into the body that creates its lead: trimmed, each of the type that the contract names,
 * the order completed, blank optional fields left out.
 *
 * @returns A failure of the kind `invalid` that names every field whose value does not fit, if there is one.
 */
export function buildLeadBody(
	{ fields, customValues, customValuesLabel = 'Custom Values', columns, columnOf = {} }: LeadInput,
	context: LeadBodyContext,
): LeadBody | Failure {
	const body: LeadBody = {};
	const flaws: Flaw[] = [];
	const put = (name: string, label: string, value: string | number | UnfitValue | undefined) => {
		if (value instanceof UnfitValue) flaws.push({ label, failure: value.in(label) });
		else if (value !== undefined) body[name] = value;
	};

	const order = completeOrder(fields, context.orders, columnOf);
	if (order instanceof Failure) {
		const failure = columns && isOrderMissing(fields) ? inColumns(order, columns) : order;
		const half = isBlank(fields.orderId) && !isBlank(fields.orderCode) ? 'orderCode' : 'orderId';
		flaws.push({ label: columnOf[half] ?? labelOf(half), failure });
	}
	for (const field of leadFields) {
		const { name, displayName } = field.property;
		const label = columnOf[name] ?? displayName;
		if (!isOrderField(name)) put(name, label, readField(field, fields[name], context, columns));
		else if (!(order instanceof Failure)) put(name, label, readField(field, order[name], context, columns));
	}
	const values = toCustomValues(customValues, context);
	if (Array.isArray(values)) flaws.push(...toFlaws(values, customValuesLabel));
	else if (values !== undefined) body.customValues = values;

	return flaws.length === 0 ? body : mergeFlaws(flaws);
}

/** What keeps an item from becoming a lead, and the parameter or the column that it concerns. */
interface Flaw {
	label: string;
	failure: Failure;
}

const isOrderField = (name: string): name is keyof OrderReference =>
	name === 'orderId' || name === 'orderCode';

function readField(
	{ type, required, property }: LeadField,
	value: unknown,
	context: LeadBodyContext,
	columns: string[] | undefined,
): string | number | UnfitValue | undefined {
	if (!isBlank(value)) return readers[type](value, context);
	if (!required) return undefined;
	return new UnfitValue(
		'is empty',
		columns === undefined
			? 'Fill it in, or check that the column it is mapped to has a value.'
			: toColumnMend([property.name], columns),
	);
}

const LISTED_COLUMNS = 10;

/** What to do about a field that automatic mapping found no value for, which may have one of these names. */
function toColumnMend(names: string[], columns: string[]): string {
	const blank = columns.find((column) => names.some((name) => plainName(name) === plainName(column)));
	if (blank !== undefined) return `Fill in the column '${blank}'.`;
	const either = names.map((name) => `'${name}'`).join(' or ');
	return `Give the item a column ${either} with a value. ${listColumns(columns)}`;
}

function inColumns({ kind, message }: Failure, columns: string[]): Failure {
	const mend = toColumnMend(['orderId', 'orderCode'], columns);
	return new Failure(kind, message, `${mend} Or choose the order in the node, for all items that name none.`);
}

function listColumns(columns: string[]): string {
	if (columns.length === 0) return 'It has no columns.';
	const names = columns.map((name) => `'${name}'`);
	return `Its columns are ${list(names, LISTED_COLUMNS)}.`;
}

function toFlaws(unfitRows: UnfitRow[], otherLabel: string): Flaw[] {
	const byLabel = new Map<string, UnfitValue[]>();
	for (const { row, unfit } of ownFirst(unfitRows, ({ unfit }) => unfit.unreadableList))
		append(byLabel, row.column ?? otherLabel, unfit);
	return [...byLabel].map(([label, unfit]) => ({ label, failure: mergeUnfit(unfit).in(label) }));
}

/** What is wrong with an item itself, and only without it, what comes of a list that cannot be read. */
function ownFirst<F>(flaws: F[], unreadableListOf: (flaw: F) => Failure | undefined): F[] {
	const own = flaws.filter((flaw) => unreadableListOf(flaw) === undefined);
	return own.length > 0 ? own : flaws;
}

/** Several flaws are told in one sentence, and what to do about each behind its label. */
function mergeFlaws(allFlaws: Flaw[]): Failure {
	const flaws = ownFirst(allFlaws, ({ failure }) => failure.details.unreadableList);
	if (flaws.length === 1) return flaws[0].failure;
	const labels = new Map<string, string[]>();
	for (const { label, failure } of flaws) append(labels, failure.description, `'${label}'`);
	const { unreadableList } = flaws[0].failure.details;
	return new Failure(
		'invalid',
		flaws.map(({ failure }) => failure.message).join(', and '),
		[...labels].map(([description, ofOne]) => `${ofOne.join(' and ')}: ${description}`).join(' '),
		unreadableList && { unreadableList },
	);
}

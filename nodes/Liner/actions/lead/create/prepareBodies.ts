import type { IExecuteFunctions } from 'n8n-workflow';

import { Columns, usedColumns } from '../input/columns';
import { getLeadInput, getMappingMode } from '../input/leadInput';
import type { Parameters } from '../input/parameters';
import { buildLeadBody } from '../leadBody';
import { isStatusName } from '../leadStatuses';
import { isPartialOrder } from '../orders';
import { References, type Lists } from '../references';
import type { LeadBody } from '../../../api/leads';
import { Failure } from '../../../failure';
import { CustomFields } from '../../../fields/customFields';
import { isEmpty } from '../../../fields/values';

/** What the items of a run are to send. */
export interface Preparation {
	/** One for each item, or why it has none. */
	bodies: Array<LeadBody | Failure>;
	/** The names of the columns that automatic mapping could not use. */
	ignoredColumns: string[];
	/** Those of the account, if an item needed them. */
	customFields?: CustomFields;
	/** Why nothing is known of the account's custom fields, although it was needed. */
	customFieldsFailure?: Failure;
	/** Whether any body has custom values. */
	hasCustomValues: boolean;
}

/**
 * Builds and checks the body of every item. A list is read only if an item needs it, and once.
 *
 * Never throws.
 */
export async function prepareBodies(
	context: IExecuteFunctions,
	parameters: Parameters,
	lists: Lists,
): Promise<Preparation> {
	const items = context.getInputData();
	const mode = getMappingMode(parameters);
	const references = new References(lists, context.getTimezone());
	const columns = mode === 'autoMapInputData' ? await mapColumns(context, references) : undefined;
	const unclear = columns && toUnclearColumns(columns, references);

	const bodies: Array<LeadBody | Failure> = [];
	for (const [item, { json }] of items.entries()) {
		const fallback = unclear ?? getLeadInput(parameters, mode, item);
		const input =
			columns === undefined || fallback instanceof Failure ? fallback : columns.toLeadInput(json, fallback);
		if (input instanceof Failure) {
			bodies.push(input);
			continue;
		}
		if (input.customValues.some(({ value }) => !isEmpty(value))) await references.needCustomFields();
		if (isPartialOrder(input.fields)) await references.needOrders();
		if (isStatusName(input.fields.statusId)) await references.needLeadStatuses();
		bodies.push(buildLeadBody(input, references));
	}
	return {
		bodies,
		ignoredColumns: columns?.ignored ?? [],
		customFields: references.customFields instanceof CustomFields ? references.customFields : undefined,
		customFieldsFailure: references.customFields instanceof Failure ? references.customFields : undefined,
		hasCustomValues: bodies.some((body) => !(body instanceof Failure) && body.customValues !== undefined),
	};
}

async function mapColumns(context: IExecuteFunctions, references: References): Promise<Columns> {
	const names = usedColumns(context.getInputData().map(({ json }) => json));
	if (new Columns(names).needCustomFields) await references.needCustomFields();
	return new Columns(names, references.customFields);
}

/**
 * An account that may not show its custom fields never will, but where they cannot be read for the moment, a lead had
 * better wait than lose the values that may be in these columns.
 */
function toUnclearColumns({ ignored }: Columns, { customFields: failure }: References): Failure | undefined {
	if (!(failure instanceof Failure) || failure.kind === 'rejected' || ignored.length === 0) return undefined;
	const names = ignored.map((name) => `'${name}'`).join(', ');
	return new Failure(
		'invalid',
		`The list of custom fields could not be read: ${failure.message}`,
		`It would tell whether these columns are custom fields: ${names}. Without them the list is not needed. ${failure.description}`.trim(),
		{ unreadableList: failure },
	);
}

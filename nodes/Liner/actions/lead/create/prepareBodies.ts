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

/** The bodies that a run sends, and what came up while building them. */
export interface Preparation {
	/** For each item its body, or why it has none. */
	bodies: Array<LeadBody | Failure>;
	/** The names of the columns that automatic mapping ignored. */
	ignoredColumns: string[];
	/** The custom fields of the account, if an item needed them. */
	customFields?: CustomFields;
	/** Why the custom fields could not be read, if an item needed them. */
	customFieldsFailure?: Failure;
	/** Whether any body has custom values. */
	hasCustomValues: boolean;
}

/**
 * Builds and checks the body of every item. Each list is read at most once, and only if an item needs it.
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
		if (input.customValues.some(({ value }) => !isEmpty(value))) await references.ensureCustomFields();
		if (isPartialOrder(input.fields)) await references.ensureOrders();
		if (isStatusName(input.fields.statusId)) await references.ensureLeadStatuses();
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
	if (new Columns(names).needsCustomFields) await references.ensureCustomFields();
	return new Columns(names, references.customFields);
}

/**
 * Columns that may be custom fields must not be ignored while the custom fields cannot be read for the moment: their values
 * would be lost. If Liner refuses to list the custom fields, waiting would not help.
 */
function toUnclearColumns({ ignored }: Columns, { customFields: failure }: References): Failure | undefined {
	if (!(failure instanceof Failure) || failure.kind === 'rejected' || ignored.length === 0) return undefined;
	const names = ignored.map((name) => `'${name}'`).join(', ');
	return new Failure(
		'invalid',
		`The list of custom fields could not be read: ${failure.message}`,
		`These columns may be custom fields: ${names}. Without them, the list is not needed. ${failure.description}`.trim(),
		{ unreadableList: failure },
	);
}

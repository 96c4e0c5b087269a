import type { IExecuteFunctions } from 'n8n-workflow';

import { CustomFields } from './body/customFields';
import { buildLeadBody, type LeadBody, type LeadInput } from './body/leadBody';
import { isHalfGiven } from './body/orders';
import { isBlank } from './body/values';
import { Columns, usedColumns } from './input/columns';
import type { Parameters } from './input/parameters';
import { readLeadInput, readMappingMode } from './input/readInput';
import { Failure } from '../../outcome';
import type { CustomField, Order } from '../../transport/liner';

/** The lists of the account that items may refer to; each is read when it is asked for. */
export interface Lists {
	readOrders(): Promise<Order[] | Failure>;
	readCustomFields(): Promise<CustomField[] | Failure>;
}

/** What the items of a run are to send. */
export interface Preparation {
	/** One for each item, or why it has none. */
	bodies: Array<LeadBody | Failure>;
	/** The names of the columns that automatic mapping could not use. */
	ignoredColumns: string[];
	/** Why nothing is known of the account's custom fields, although it was needed. */
	customFieldsFailure?: Failure;
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
	const mode = readMappingMode(parameters);
	const items = context.getInputData();
	const isAutomatic = mode === 'autoMapInputData';
	const names = isAutomatic ? usedColumns(items.map(({ json }) => json)) : new Set<string>();
	const given = items.map((_, item) => readLeadInput(parameters, mode, item));

	const needsCustomFields = new Columns(names).needCustomFields || given.some(hasCustomValues);
	const definitions = needsCustomFields ? await lists.readCustomFields() : [];
	const customFields = definitions instanceof Failure ? undefined : new CustomFields(definitions);

	const columns = new Columns(names, customFields);
	const inputs = !isAutomatic
		? given
		: given.map((input, item) =>
				input instanceof Failure ? input : columns.toLeadInput(items[item].json, input),
			);

	const needsOrders = inputs.some((input) => !(input instanceof Failure) && isHalfGiven(input.fields));
	const orders = needsOrders ? await lists.readOrders() : [];

	const references = {
		customFields,
		orders: orders instanceof Failure ? orders : new Map(orders.map((order) => [order.id, order])),
		timezone: context.getTimezone(),
	};
	return {
		bodies: inputs.map((input) => (input instanceof Failure ? input : buildLeadBody(input, references))),
		ignoredColumns: columns.ignored,
		customFieldsFailure: definitions instanceof Failure ? definitions : undefined,
	};
}

const hasCustomValues = (input: LeadInput | Failure) =>
	!(input instanceof Failure) && input.customValues.some(({ value }) => !isBlank(value));

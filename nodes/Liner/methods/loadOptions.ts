import type { ILoadOptionsFunctions, INodePropertyOptions } from 'n8n-workflow';

import { listCustomFields } from '../api/customFields';
import { listLeadStatuses, OPEN_CATEGORY } from '../api/leadStatuses';
import { toListError } from '../errors';
import { Failure } from '../failure';
import { nameOfType } from '../fields/customFieldTypes';
import { DEFAULT_TIMEOUT } from '../transport/account';
import { connect, type Client } from '../transport/client';

/**
 * Lists the statuses for the parameter "Lead Status": a new lead can only have one of the category `in-progress`
 * (liner-api section 1).
 *
 * @throws {NodeApiError} When the list cannot be read, with the reason.
 */
export async function getLeadStatuses(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
	const statuses = await load(this, listLeadStatuses);
	return statuses
		.filter(({ category }) => category === OPEN_CATEGORY)
		.map(({ id, title }) => ({ name: title || `Status ${id}`, value: id }));
}

/**
 * Lists the custom fields of leads for the custom values, each with its type and choices.
 *
 * @throws {NodeApiError} When the list cannot be read, with the reason.
 */
export async function getCustomFields(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
	const fields = await load(this, listCustomFields);
	return fields.map(({ id, title, type, choices }) => {
		const titles = choices.map((choice) => choice.title || choice.code).join(', ');
		return {
			name: (title || `Field ${id}`) + (type === '' ? '' : ` (${nameOfType(type)})`),
			value: id,
			...(titles === '' ? {} : { description: `Choices: ${titles}` }),
		};
	});
}

async function load<T>(
	context: ILoadOptionsFunctions,
	list: (client: Client) => Promise<T[] | Failure>,
): Promise<T[]> {
	const client = await connect(context, DEFAULT_TIMEOUT);
	const entries = client instanceof Failure ? client : await list(client);
	if (entries instanceof Failure) throw toListError(context.getNode(), entries);
	return entries;
}

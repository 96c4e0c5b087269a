import type { IExecuteFunctions } from 'n8n-workflow';

import { createLeads } from './createLeads';
import { leadProperties } from './create.properties';
import { runOptions } from './options';
import { Failure, type Outcome } from '../../../failure';

export const description = leadProperties({ resource: ['lead'], operation: ['create'] }, runOptions);

/**
 * Makes each input item a lead in Liner.
 *
 * @returns The lead of each input item, or why it has none.
 * @throws As {@link createLeads}.
 */
export async function execute(context: IExecuteFunctions): Promise<Outcome[]> {
	return await createLeads(context, {
		options: runOptions,
		async submit(liner, body) {
			const id = await liner.createLead(body);
			return id instanceof Failure ? id : { id };
		},
	});
}

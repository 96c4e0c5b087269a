import type { IExecuteFunctions } from 'n8n-workflow';

import { createLeads } from './createLeads';
import { leadProperties } from './create.properties';
import { runOptions } from './options';
import type { Outcome } from '../../../failure';

/** Nobody knows the lead of an accepted item, so there is nothing to look for in Liner. */
const options = runOptions.filter(({ withoutLooking }) => withoutLooking === undefined);

export const description = leadProperties({ resource: ['lead'], operation: ['createAsync'] }, options);

/**
 * Hands each input item over to Liner, which creates the lead later, or not: it promises nothing.
 *
 * @returns That Liner accepted each input item, or why it did not.
 * @throws As {@link createLeads}.
 */
export async function execute(context: IExecuteFunctions): Promise<Outcome[]> {
	return await createLeads(context, {
		options,
		submit: async (liner, body) => await liner.createLeadAsync(body),
	});
}

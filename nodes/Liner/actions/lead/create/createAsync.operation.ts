import { create } from './create.operation';
import { createProperties } from './create.properties';
import { createLeads } from './createLeads';
import { sendOptions } from './options';
import type { Operation } from '../../operation';
import { createLeadAsync } from '../../../api/leads';

/**
 * Hands each input item over to Liner, which creates the lead later, or not: it promises nothing. Nobody knows the lead of
 * an accepted item, so there is nothing to look for in Liner.
 */
export const createAsync: Operation = {
	option: {
		name: 'Create (Async)',
		value: 'createAsync',
		action: 'Create lead asynchronously',
		description:
			'Hand a client over to Liner for later: faster, but Liner gives no lead ID and does not guarantee that the lead is created',
	},
	description: createProperties({ resource: ['lead'], operation: ['createAsync'] }, sendOptions),
	ifInterrupted: create.ifInterrupted,
	ifNotBegun: create.ifNotBegun,
	execute: async (context) => await createLeads(context, { options: sendOptions, submit: createLeadAsync }),
};

import { create } from './create.operation';
import { createProperties } from './create.properties';
import { createLeads } from './createLeads';
import { sendOptions } from './options';
import type { Operation } from '../../operation';
import { createLeadAsync } from '../../../api/leads';

/**
 * Submits each input item to Liner, which creates the lead later and without a guarantee. The answer does not identify
 * the lead, so the node never looks for it in Liner.
 */
export const createAsync: Operation = {
	option: {
		name: 'Create (Async)',
		value: 'createAsync',
		action: 'Create lead asynchronously',
		description:
			'Let Liner add a client to the call queue later: faster, but without a lead ID and without a guarantee that the lead is created',
	},
	description: createProperties({ resource: ['lead'], operation: ['createAsync'] }, sendOptions),
	ifInterrupted: create.ifInterrupted,
	ifNotStarted: create.ifNotStarted,
	execute: async (context) => await createLeads(context, { options: sendOptions, submit: createLeadAsync }),
};

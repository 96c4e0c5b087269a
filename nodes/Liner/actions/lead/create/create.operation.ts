import { createProperties } from './create.properties';
import { createLeads } from './createLeads';
import { lookupOptions, sendOptions } from './options';
import type { Operation } from '../../operation';
import { createLead, CREATE } from '../../../api/leads';
import { Failure } from '../../../failure';

const options = [...lookupOptions, ...sendOptions];

/** Creates a lead in Liner for each input item and outputs its ID. */
export const create: Operation = {
	option: {
		name: 'Create',
		value: 'create',
		action: 'Create lead',
		description: 'Add a client to the call queue of an order and get the ID of the new lead',
	},
	description: createProperties({ resource: ['lead'], operation: ['create'] }, options),
	ifInterrupted:
		'The lead may have been created: look for its phone number in Liner before you send the item again.',
	ifNotStarted: CREATE.ifNothingDone,
	execute: async (context) =>
		await createLeads(context, {
			options,
			async submit(client, body, purpose) {
				const id = await createLead(client, body, purpose);
				return id instanceof Failure ? id : { id };
			},
		}),
};

import type { IExecuteFunctions, INodeExecutionData, INodeProperties } from 'n8n-workflow';

import { deliver } from './deliver';
import { leadProperties } from './lead.properties';
import { buildLeadBody } from './leadBody';
import { readLeadInput, readTimeout } from './readParameters';
import { toErrorItem, toInvalidItemsError, toRunError, toStopError } from '../../errors';
import { LeadFailure } from '../../outcome';
import { connect } from '../../transport/liner';

export const description: INodeProperties[] = leadProperties({ resource: ['lead'], operation: ['create'] });

/**
 * Makes each input item a lead in Liner. Every body is built and checked before the first one is sent.
 *
 * When the node continues on errors, nothing is thrown: the engine would pass the input items on as if they had become
 * leads.
 *
 * @returns For each input item, in their order and paired with it, the `id` of its lead or an `error`.
 * @throws {NodeOperationError} When the node stops on errors and an item cannot be a lead; nothing was sent then.
 * @throws {NodeApiError} When the node stops on errors and a request failed; it says what had been created before.
 */
export async function execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const stopAtFailure = !this.continueOnFail();
	const bodies = this.getInputData().map((_, item) => {
		const input = readLeadInput(this, item);
		return input instanceof LeadFailure ? input : buildLeadBody(input);
	});
	const invalid = bodies.flatMap((body, item) =>
		body instanceof LeadFailure ? { item, failure: body } : [],
	);
	if (stopAtFailure && invalid.length > 0) throw toInvalidItemsError(this.getNode(), invalid);

	const timeout = readTimeout(this);
	const liner = timeout instanceof LeadFailure ? timeout : await connect(this, timeout);
	if (stopAtFailure && liner instanceof LeadFailure) throw toRunError(this.getNode(), liner);

	const outcomes =
		liner instanceof LeadFailure
			? bodies.map((body) => (body instanceof LeadFailure ? body : liner))
			: await deliver(bodies, liner, stopAtFailure);
	if (stopAtFailure && outcomes.some((outcome) => outcome instanceof LeadFailure)) {
		throw toStopError(this.getNode(), outcomes);
	}

	return [
		outcomes.map((outcome, item) =>
			outcome instanceof LeadFailure
				? toErrorItem(outcome, item)
				: { json: { id: outcome }, pairedItem: { item } },
		),
	];
}

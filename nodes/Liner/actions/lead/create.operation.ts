import type { IDataObject, IExecuteFunctions, INodeExecutionData, INodeProperties } from 'n8n-workflow';

import { deliver } from './deliver';
import { Journal } from './journal';
import { leadProperties } from './lead.properties';
import { buildLeadBody, type LeadBody } from './leadBody';
import { claimedLeads, LeadFinder } from './leadFinder';
import { readLeadInput, readRunOptions } from './readParameters';
import type { RunOptions } from './runOptions';
import { CANCELED, toErrorItem, toInvalidItemsError, toRunError, toStopError } from '../../errors';
import { LeadFailure, type Outcome } from '../../outcome';
import { Halt } from '../../transport/halt';
import { connect, type Liner } from '../../transport/liner';
import { Pacer } from '../../transport/pacer';

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

	const options = readRunOptions(this);
	const liner = options instanceof LeadFailure ? options : await connect(this, options.timeout);
	if (stopAtFailure && liner instanceof LeadFailure) throw toRunError(this.getNode(), liner);

	const outcomes =
		options instanceof LeadFailure || liner instanceof LeadFailure
			? bodies.map((body) => (body instanceof LeadFailure ? body : (liner as LeadFailure)))
			: await send(this, bodies, liner, options, stopAtFailure);
	if (stopAtFailure && outcomes.some((outcome) => outcome === undefined || outcome instanceof LeadFailure)) {
		throw toStopError(this.getNode(), outcomes);
	}
	return [outcomes.map(toItem)];
}

/** Sends what is to be sent, and keeps the journal for as long as another try may need it. */
async function send(
	context: IExecuteFunctions,
	prepared: Array<LeadBody | LeadFailure>,
	liner: Liner,
	options: RunOptions,
	stopAtFailure: boolean,
): Promise<Outcome[]> {
	const halt = new Halt(context.getExecutionCancelSignal());
	const pacer = new Pacer(options.requestsPerSecond, halt);
	const finder = new LeadFinder(liner, pacer, halt, claimedLeads(context));
	const { $runIndex } = context.getWorkflowDataProxy(0);
	const journal = new Journal(context.getContext('node') as IDataObject, $runIndex as number, liner.address);

	const bodies = prepared.map((body) => (body instanceof LeadFailure ? undefined : body));
	const delivered = await deliver(bodies, { liner, finder, journal, pacer, halt, options, stopAtFailure });
	halt.call();

	const outcomes = prepared.map((body, item) => (body instanceof LeadFailure ? body : delivered[item]));
	if (!mayBeTriedAgain(context, outcomes)) journal.clear();
	return outcomes;
}

/**
 * Whether n8n may run the node again for the same items: when the run stops on an error, and when "Retry On Fail" finds
 * an error in the first item.
 */
function mayBeTriedAgain(context: IExecuteFunctions, outcomes: Outcome[]): boolean {
	const isFailed = (outcome: Outcome) => outcome === undefined || outcome instanceof LeadFailure;
	return context.continueOnFail()
		? context.getNode().retryOnFail === true && isFailed(outcomes[0])
		: outcomes.some(isFailed);
}

function toItem(outcome: Outcome, item: number): INodeExecutionData {
	if (outcome === undefined) return toErrorItem(CANCELED, item);
	return outcome instanceof LeadFailure
		? toErrorItem(outcome, item)
		: { json: { ...outcome }, pairedItem: { item } };
}

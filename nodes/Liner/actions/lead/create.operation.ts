import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { deliver } from './delivery/deliver';
import { fingerprint, Journal } from './delivery/journal';
import { leadProperties } from './lead.properties';
import { buildLeadBody, type LeadBody } from './body/leadBody';
import { claimedLeads, LeadFinder } from './delivery/leadFinder';
import { readLeadInput, readRunOptions } from './input/readParameters';
import type { RunOptions } from './runOptions';
import { toInvalidItemsError, toRunError, toStopError } from '../../errors';
import { isFailed, Failure, type Outcome } from '../../outcome';
import { Halt } from '../../transport/halt';
import { connect, type Liner } from '../../transport/liner';
import { Pacer } from '../../transport/pacer';

export const description: INodeProperties[] = leadProperties({ resource: ['lead'], operation: ['create'] });

/**
 * Makes each input item a lead in Liner. Every body is built and checked before the first one is sent.
 *
 * @returns What became of each input item, in their order.
 * @throws {NodeOperationError} When the node stops on errors and an item cannot be a lead; nothing was sent then.
 * @throws {NodeApiError} When the node stops on errors and a request failed; it says what had been created before.
 */
export async function execute(context: IExecuteFunctions): Promise<Outcome[]> {
	const stopAtFailure = !context.continueOnFail();
	const bodies = context.getInputData().map((_, item) => {
		const input = readLeadInput(context, item);
		return input instanceof Failure ? input : buildLeadBody(input);
	});
	const invalid = bodies.flatMap((body, item) => (body instanceof Failure ? { item, failure: body } : []));
	if (stopAtFailure && invalid.length > 0) throw toInvalidItemsError(context.getNode(), invalid);

	const options = readRunOptions(context);
	const liner = options instanceof Failure ? options : await connect(context, options.timeout);
	if (options instanceof Failure || liner instanceof Failure) {
		if (stopAtFailure) throw toRunError(context.getNode(), liner as Failure);
		return bodies.map((body) => (body instanceof Failure ? body : (liner as Failure)));
	}

	return await send(context, bodies, liner, options);
}

/**
 * Sends what is to be sent, and keeps the journal for as long as another try may need it.
 *
 * @throws {NodeApiError} When the node stops on errors and an item failed.
 */
async function send(
	context: IExecuteFunctions,
	prepared: Array<LeadBody | Failure>,
	liner: Liner,
	options: RunOptions,
): Promise<Outcome[]> {
	const stopAtFailure = !context.continueOnFail();
	const halt = new Halt(context.getExecutionCancelSignal());
	const pacer = new Pacer(options.requestsPerSecond, halt);
	const finder = new LeadFinder(liner, pacer, halt, claimedLeads(context));
	const { $runIndex } = context.getWorkflowDataProxy(0);
	const parameters = fingerprint(JSON.stringify(context.getNode().parameters));
	const items = context.getInputData();
	const journal = new Journal(
		context.getContext('node') as IDataObject,
		$runIndex as number,
		liner.address,
		(item) => [parameters, items[item].json],
	);

	const bodies = prepared.map((body) => (body instanceof Failure ? undefined : body));
	const { outcomes: delivered, stoppedBy } = await deliver(bodies, {
		liner,
		finder,
		journal,
		pacer,
		halt,
		options,
		stopAtFailure,
	});
	halt.call();

	const outcomes = prepared.map((body, item) => (body instanceof Failure ? body : delivered[item]));
	if (!mayBeTriedAgain(context, outcomes, journal)) journal.clear();
	if (stopAtFailure && outcomes.some(isFailed)) throw toStopError(context.getNode(), outcomes, stoppedBy);
	return outcomes;
}

/**
 * Whether n8n may run the node again for the same items: when the run stops on an error, and when "Retry On Fail" finds
 * an error in the first item and has a try left.
 */
function mayBeTriedAgain(context: IExecuteFunctions, outcomes: Outcome[], journal: Journal): boolean {
	if (!context.continueOnFail()) return outcomes.some(isFailed);
	const { retryOnFail, maxTries } = context.getNode();
	if (retryOnFail !== true || !isFailed(outcomes[0])) return false;
	// As the engine counts them.
	return journal.endTry() < Math.min(5, Math.max(2, maxTries || 3));
}

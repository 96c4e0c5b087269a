import type { IDataObject, IExecuteFunctions, INode, NodeApiError, NodeOperationError } from 'n8n-workflow';

import { deliver, recallOutcomes } from './delivery/deliver';
import { fingerprint, Journal } from './delivery/journal';
import { claimedLeads, LeadFinder } from './delivery/leadFinder';
import { toHints } from './hints';
import { isFailed, type LeadOutcome, type LeadResult } from './leadOutcome';
import { getOptions, type LookupOptions, type Option } from './options';
import { prepareBodies } from './prepareBodies';
import { toInvalidItemsError, toStopError } from './runErrors';
import { Parameters } from '../input/parameters';
import { listCustomFields } from '../../../api/customFields';
import type { LeadBody } from '../../../api/leads';
import { listLeadStatuses } from '../../../api/leadStatuses';
import { listOrders } from '../../../api/orders';
import { toRunError } from '../../../errors';
import { Failure } from '../../../failure';
import { connect, type Client } from '../../../transport/client';
import { RateLimiter } from '../../../transport/rateLimiter';
import { RetryingReader } from '../../../transport/retryingReader';
import { StopSignal } from '../../../transport/stopSignal';

/** How leads are created in Liner. */
export interface CreateMode {
	/** Those that the operation offers; without the {@link LookupOptions} it never looks for leads in Liner. */
	options: Option[];
	/** Sends one lead, with exactly one request. */
	submit(client: Client, body: LeadBody): Promise<LeadResult | Failure>;
}

/**
 * Sends each input item to Liner. Every body is built and checked before the first one is sent.
 *
 * @returns What became of each input item, in their order.
 * @throws {NodeOperationError} When the node stops on errors and an item cannot be a lead; nothing was sent then.
 * @throws {NodeApiError} When the node stops on errors and a request failed; it says what had been created before.
 */
export async function createLeads(context: IExecuteFunctions, mode: CreateMode): Promise<LeadOutcome[]> {
	const stopAtFailure = !context.continueOnFail();
	const parameters = new Parameters(context);
	const options = getOptions(parameters, mode.options);
	if (options instanceof Failure) return await failAll(context, parameters, options);
	const client = await connect(context, options.timeout);
	if (client instanceof Failure) return await failAll(context, parameters, client);

	const stopSignal = new StopSignal(context.getExecutionCancelSignal());
	const rateLimiter = new RateLimiter(options.requestsPerSecond, stopSignal);
	const reader = new RetryingReader(rateLimiter, stopSignal);
	const prepared = await prepareBodies(context, parameters, {
		readOrders: async () => await reader.readAll(async (offset) => await listOrders(client, offset)),
		readCustomFields: async () => await reader.read(async () => await listCustomFields(client)),
		readLeadStatuses: async () => await reader.read(async () => await listLeadStatuses(client)),
	});
	const journal = openJournal(context, client.address);
	if (stopAtFailure && !stopSignal.isCanceled) {
		const failure = toPreparationError(context.getNode(), prepared.bodies, journal);
		if (failure !== undefined) {
			stopSignal.stop();
			throw failure;
		}
	}

	const { outcomes, stoppedBy, statistics } = await deliver(prepared.bodies, {
		submit: async (body) => await mode.submit(client, body),
		lookup:
			options.onUnknown === undefined
				? undefined
				: {
						finder: new LeadFinder(client, reader, claimedLeads(context)),
						options: options as LookupOptions,
					},
		journal,
		rateLimiter,
		stopSignal,
		options,
		stopAtFailure,
	});
	stopSignal.stop();

	if (!willBeRetried(context, outcomes, journal)) journal.clear();
	if (stopAtFailure && outcomes.some(isFailed))
		throw toStopError(context.getNode(), outcomes, stoppedBy, stopSignal.isCanceled);
	// An engine from before hints goes without.
	context.addExecutionHints?.(...toHints({ ...prepared, ...statistics }));
	return outcomes;
}

/**
 * @param failure Why nothing can be sent.
 * @returns That failure for each item, or what is wrong with the item itself.
 * @throws {NodeOperationError} When the node stops on errors.
 */
async function failAll(
	context: IExecuteFunctions,
	parameters: Parameters,
	failure: Failure,
): Promise<LeadOutcome[]> {
	if (!context.continueOnFail()) throw toRunError(context.getNode(), failure);
	const unreadable = async () => failure;
	const { bodies } = await prepareBodies(context, parameters, {
		readOrders: unreadable,
		readCustomFields: unreadable,
		readLeadStatuses: unreadable,
	});
	return bodies.map((body) =>
		body instanceof Failure && body.details.unreadableList === undefined ? body : failure,
	);
}

/** Why a run that stops on errors sends nothing, if some items can neither be sent nor were sent by an earlier try. */
function toPreparationError(
	node: INode,
	bodies: Array<LeadBody | Failure>,
	journal: Journal,
): NodeOperationError | NodeApiError | undefined {
	const outcomes = recallOutcomes(bodies, journal);
	const invalid = outcomes.flatMap((failure, item) => (failure instanceof Failure ? { item, failure } : []));
	if (invalid.length === 0) return undefined;
	const [{ failure: first }] = invalid;
	const isOneForAll = invalid.length > 1 && invalid.every(({ failure }) => failure === first);
	if (isOneForAll && journal.isEmpty) return toRunError(node, first);
	return journal.isEmpty
		? toInvalidItemsError(node, invalid)
		: toStopError(node, outcomes, invalid[0].item, false);
}

const isTool = (nodeType: string) => nodeType.endsWith('Tool');

function openJournal(context: IExecuteFunctions, address: string): Journal {
	const { type, parameters } = context.getNode();
	const items = context.getInputData();
	const { $runIndex } = context.getWorkflowDataProxy(0);
	// n8n counts each try of a tool call as a run of its own, so that only what the agent asked for tells them apart.
	const pass = isTool(type)
		? fingerprint(JSON.stringify(items.map(({ json }) => json)))
		: ($runIndex as number);
	const source = fingerprint(JSON.stringify(parameters));
	return new Journal(context.getContext('node') as IDataObject, pass, address, (item) => [
		source,
		items[item].json,
	]);
}

/**
 * Whether n8n may run the node again for the same items: when the run stops on an error, and when "Retry On Fail" finds
 * an error in the first item and has a try left. Before 1.100, n8n then uses up all tries, whatever becomes of the item;
 * but tools it does not try again.
 */
function willBeRetried(context: IExecuteFunctions, outcomes: LeadOutcome[], journal: Journal): boolean {
	if (!context.continueOnFail()) return outcomes.some(isFailed);
	const { retryOnFail, maxTries, type } = context.getNode();
	const isRetried = isFailed(outcomes[0]) || (journal.isRetry && !isTool(type));
	if (retryOnFail !== true || !isRetried) return false;
	// As the engine counts them.
	return journal.endTry() < Math.min(5, Math.max(2, maxTries || 3));
}

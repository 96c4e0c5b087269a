import type { IDataObject, IExecuteFunctions, INode, NodeApiError, NodeOperationError } from 'n8n-workflow';

import type { LeadBody } from '../leadBody';
import { deliver, recallOutcomes } from './delivery/deliver';
import { fingerprint, Journal, type Creation } from './delivery/journal';
import { claimedLeads, LeadFinder } from './delivery/leadFinder';
import { toHints } from './hints';
import { Parameters } from '../input/parameters';
import { readRunOptions } from '../input/readInput';
import { prepareBodies } from './prepareBodies';
import type { RunOption } from './options';
import { toInvalidItemsError, toRunError, toStopError } from '../../../errors';
import { isFailed, Failure, type Outcome } from '../../../failure';
import { Halt } from '../../../transport/stopSignal';
import { connect, type Liner } from '../../../transport/client';
import { Pacer } from '../../../transport/rateLimiter';
import { Reader } from '../../../transport/retryingReader';

/** A way to create leads in Liner. */
export interface WayToCreate {
	/** Those that it has. */
	options: RunOption[];
	/** Sends one lead, with exactly one request. */
	submit(liner: Liner, body: LeadBody): Promise<Creation | Failure>;
}

/**
 * Sends each input item to Liner. Every body is built and checked before the first one is sent.
 *
 * @returns What became of each input item, in their order.
 * @throws {NodeOperationError} When the node stops on errors and an item cannot be a lead; nothing was sent then.
 * @throws {NodeApiError} When the node stops on errors and a request failed; it says what had been created before.
 */
export async function createLeads(context: IExecuteFunctions, way: WayToCreate): Promise<Outcome[]> {
	const stopAtFailure = !context.continueOnFail();
	const parameters = new Parameters(context);
	const options = readRunOptions(parameters, way.options);
	if (options instanceof Failure) return await failAll(context, parameters, options);
	const liner = await connect(context, options.timeout);
	if (liner instanceof Failure) return await failAll(context, parameters, liner);

	const halt = new Halt(context.getExecutionCancelSignal());
	const pacer = new Pacer(options.requestsPerSecond, halt);
	const reader = new Reader(pacer, halt);
	const prepared = await prepareBodies(context, parameters, {
		readOrders: async () => await reader.readAll(async (offset) => await liner.listOrders(offset)),
		readCustomFields: async () => await reader.read(async () => await liner.listCustomFields()),
		readLeadStatuses: async () => await reader.read(async () => await liner.listLeadStatuses()),
	});
	const journal = openJournal(context, liner.address);
	if (stopAtFailure && !halt.isCancelled) {
		const failure = toPreparationError(context.getNode(), prepared.bodies, journal);
		if (failure !== undefined) {
			halt.call();
			throw failure;
		}
	}

	const { outcomes, stoppedBy, incidents } = await deliver(prepared.bodies, {
		submit: async (body) => await way.submit(liner, body),
		finder: new LeadFinder(liner, reader, claimedLeads(context)),
		journal,
		pacer,
		halt,
		options,
		stopAtFailure,
	});
	halt.call();

	if (!mayBeTriedAgain(context, outcomes, journal)) journal.clear();
	if (stopAtFailure && outcomes.some(isFailed))
		throw toStopError(context.getNode(), outcomes, stoppedBy, halt.isCancelled);
	// An engine from before hints goes without.
	context.addExecutionHints?.(...toHints({ ...prepared, ...incidents }));
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
): Promise<Outcome[]> {
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
function mayBeTriedAgain(context: IExecuteFunctions, outcomes: Outcome[], journal: Journal): boolean {
	if (!context.continueOnFail()) return outcomes.some(isFailed);
	const { retryOnFail, maxTries, type } = context.getNode();
	const isTriedAgain = isFailed(outcomes[0]) || (journal.isRetry && !isTool(type));
	if (retryOnFail !== true || !isTriedAgain) return false;
	// As the engine counts them.
	return journal.endTry() < Math.min(5, Math.max(2, maxTries || 3));
}

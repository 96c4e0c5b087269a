import type { IDataObject, IExecuteFunctions, INode, NodeApiError, NodeOperationError } from 'n8n-workflow';

import { checkAccount } from './account';
import { AFTER_DOUBT, deliver, recall, withhold, type Recalled } from './delivery/deliver';
import { fingerprint } from '../../../fingerprint';
import { Journal } from './delivery/journal';
import { ClaimedLeads, LeadFinder } from './delivery/leadFinder';
import { toHints } from './hints';
import { isFailed, type LeadOutcome, type LeadResult } from './leadOutcome';
import { getOptions, type LookupOptions, type Option } from './options';
import { prepareBodies } from './prepareBodies';
import { toInvalidItemsError, toStopError } from './runErrors';
import { listCustomFields } from '../../../api/customFields';
import { CREATE, getLead, listLeads, type LeadBody } from '../../../api/leads';
import { listLeadStatuses } from '../../../api/leadStatuses';
import { listOrders } from '../../../api/orders';
import { toRunError } from '../../../errors';
import { Failure } from '../../../failure';
import { connect, type Client } from '../../../transport/client';
import { systemClock } from '../../../transport/clock';
import { RateLimiter } from '../../../transport/rateLimiter';
import type { Purpose } from '../../../transport/response';
import { RetryingReader } from '../../../transport/retryingReader';
import { StopSignal } from '../../../transport/stopSignal';
import { Parameters } from '../input/parameters';

/** How leads are created in Liner. */
export interface CreateMode {
	/** Those that the operation offers; without the {@link LookupOptions} it never looks for leads in Liner. */
	options: Option[];
	/** Sends one lead, with exactly one request. */
	submit(client: Client, body: LeadBody, purpose: Purpose): Promise<LeadResult | Failure>;
}

/** What is said of a request after one for the same item that may have created its lead. */
const CREATE_AGAIN: Purpose = { ...CREATE, ifNothingDone: AFTER_DOUBT };

/**
 * Sends each input item to Liner. Every body is built and checked before the first one is sent.
 *
 * @returns What became of each input item, in their order.
 * @throws {NodeOperationError} When the node stops on errors and an item cannot be a lead; nothing was sent then.
 * @throws {NodeApiError} When the node stops on errors and a request failed; it says what had been created before.
 */
export async function createLeads(context: IExecuteFunctions, mode: CreateMode): Promise<LeadOutcome[]> {
	const stopAtFailure = !context.continueOnFail();
	const sources = nameSources(context);
	const journal = openJournal(context, sources);
	const parameters = new Parameters(context);
	const options = getOptions(parameters, mode.options);
	if (options instanceof Failure) return await failAll(context, parameters, journal, options);
	const client = await connect(context, options.timeout);
	if (client instanceof Failure) return await failAll(context, parameters, journal, client);

	const stopSignal = new StopSignal(context.getExecutionCancelSignal());
	const rateLimiter = new RateLimiter(options.requestsPerSecond, stopSignal);
	const reader = new RetryingReader(rateLimiter, stopSignal);
	const prepared = await prepareBodies(context, parameters, {
		readOrders: async () => await reader.readAll(async (offset) => await listOrders(client, offset)),
		readCustomFields: async () => await reader.read(async () => await listCustomFields(client)),
		readLeadStatuses: async () => await reader.read(async () => await listLeadStatuses(client)),
	});
	const bodies = prepared.bodies.map((body, item) => toUnnameable(sources[item]) ?? body);
	const changed = await checkAccount(journal, client, bodies, {
		getLead: async (id) => await reader.read(async () => await getLead(client, id)),
		listOrders: async () => await reader.read(async () => await listOrders(client, 0)),
	});
	const recalled = recall(
		bodies.map((body) => (body instanceof Failure ? body : (changed ?? body))),
		journal,
	);
	if (stopAtFailure && !stopSignal.isCanceled) {
		const failure = toPreparationError(context.getNode(), recalled, journal);
		if (failure !== undefined) {
			stopSignal.stop();
			throw failure;
		}
	}

	const claimed = new ClaimedLeads(context, client.address);
	const { outcomes, stoppedBy, statistics } = await deliver(recalled, {
		submit: async (body, isInDoubt) => await mode.submit(client, body, isInDoubt ? CREATE_AGAIN : CREATE),
		lookup:
			options.onUnknown === undefined
				? undefined
				: {
						finder: new LeadFinder({
							source: {
								listLeads: async (...query) => await listLeads(client, ...query),
								getLead: async (id) => await getLead(client, id),
								clockOffset: () => client.clockOffset(),
							},
							reader,
							clock: systemClock,
							claimed,
							knowledge: { customFields: prepared.customFields, timezone: context.getTimezone() },
						}),
						options: options as LookupOptions,
					},
		journal,
		rateLimiter,
		stopSignal,
		clock: systemClock,
		random: () => Math.random(),
		options,
		stopAtFailure,
	});
	stopSignal.stop();

	if (willBeRetried(context, outcomes, journal)) claimed.release();
	else journal.clear();
	if (stopAtFailure && outcomes.some(isFailed))
		throw toStopError(context.getNode(), outcomes, journal.leads, stoppedBy, stopSignal.isCanceled);
	// An engine from before hints goes without.
	context.addExecutionHints?.(...toHints({ ...prepared, ...statistics }));
	return outcomes;
}

/**
 * @param failure Why nothing can be sent.
 * @returns What earlier tries know of each item, or what is wrong with the item itself, or that failure.
 * @throws {NodeOperationError | NodeApiError} When the node stops on errors; it says what had been created before.
 */
async function failAll(
	context: IExecuteFunctions,
	parameters: Parameters,
	journal: Journal,
	failure: Failure,
): Promise<LeadOutcome[]> {
	const continues = context.continueOnFail();
	if (!continues && journal.isEmpty) throw toRunError(context.getNode(), failure);
	const unreadable = async () => failure;
	const { bodies } = await prepareBodies(context, parameters, {
		readOrders: unreadable,
		readCustomFields: unreadable,
		readLeadStatuses: unreadable,
	});
	const outcomes = recall(
		bodies.map((body) =>
			body instanceof Failure && body.details.unreadableList === undefined ? body : failure,
		),
		journal,
	).map(({ outcome }) => outcome);
	if (continues || !outcomes.some(isFailed)) return outcomes;
	throw toStopError(context.getNode(), outcomes, journal.leads, outcomes.findIndex(isFailed), false);
}

/** Why a run that stops on errors sends nothing, if some items can neither be sent nor were sent by an earlier try. */
function toPreparationError(
	node: INode,
	recalled: Recalled[],
	journal: Journal,
): NodeOperationError | NodeApiError | undefined {
	const outcomes = withhold(recalled);
	const invalid = recalled.flatMap(({ outcome }, item) =>
		outcome instanceof Failure ? { item, failure: outcome } : [],
	);
	if (invalid.length === 0) return undefined;
	const [{ failure: first }] = invalid;
	const isOneForAll = invalid.length > 1 && invalid.every(({ failure }) => failure === first);
	if (isOneForAll && journal.isEmpty) return toRunError(node, first);
	return journal.isEmpty
		? toInvalidItemsError(node, invalid)
		: toStopError(node, outcomes, journal.leads, invalid[0].item, false);
}

const isTool = (nodeType: string) => nodeType.endsWith('Tool');

/**
 * Names all that the request of each item is made of: the parameters of the node as they are before expressions are
 * evaluated, and the item.
 *
 * @returns `undefined` for an item that has no JSON: it refers to itself, or holds a BigInt.
 */
function nameSources(context: IExecuteFunctions): Array<string | undefined> {
	const parameters = fingerprint(JSON.stringify(context.getNode().parameters));
	return context.getInputData().map(({ json }) => {
		try {
			return fingerprint(parameters + JSON.stringify(json));
		} catch {
			return undefined;
		}
	});
}

const toUnnameable = (source: string | undefined) =>
	source === undefined
		? new Failure(
				'invalid',
				'The item refers to itself or holds a BigInt, so that n8n cannot save it',
				"Remove such values before this node, e.g. with an 'Edit Fields' node.",
			)
		: undefined;

function openJournal(context: IExecuteFunctions, sources: Array<string | undefined>): Journal {
	const { $runIndex } = context.getWorkflowDataProxy(0);
	// n8n counts each try of a tool call as a run of its own, so that only what the agent asked for tells them apart.
	const pass = isTool(context.getNode().type) ? fingerprint(sources.join()) : ($runIndex as number);
	return new Journal(context.getContext('node') as IDataObject, pass, (item) => sources[item]);
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

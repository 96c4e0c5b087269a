import { NodeOperationError, type INode, type NodeApiError } from 'n8n-workflow';

import { isAcceptance, isFailed, type LeadOutcome } from './leadOutcome';
import { toCanceled, toItemError } from '../../operation';
import { CREATE, type LeadId } from '../../../api/leads';
import { append } from '../../../append';
import { atItem, NOTHING_SENT, withExactMessage } from '../../../errors';
import { Failure } from '../../../failure';
import { list, plural } from '../../../texts';

const LISTED_REASONS = 5;
const LISTED_ITEMS = 20;

/**
 * The error of a run that sends nothing because some of its items cannot be leads.
 *
 * @param invalid At least one, in the order of the items.
 */
export function toInvalidItemsError(
	node: INode,
	invalid: Array<{ item: number; failure: Failure }>,
): NodeOperationError {
	const [{ item, failure }] = invalid;
	const isOnlyOne = invalid.length === 1;
	const byReason = new Map<string, number[]>();
	for (const { item, failure } of invalid) {
		const reason = `${failure.message}. ${failure.description}`;
		append(byReason, reason, item);
	}
	// The editor folds line breaks into spaces, so each line begins with a mark of its own.
	const lines = [...byReason]
		.slice(0, LISTED_REASONS)
		.map(
			([reason, items]) =>
				`• Item${items.length === 1 ? '' : 's'} ${list(items.map(String), LISTED_ITEMS)}: ${reason}`,
		);
	const unlisted = [...byReason.values()].slice(LISTED_REASONS).flat().length;
	if (unlisted > 0) lines.push(`• And ${plural(unlisted, 'more item')}.`);

	const message = isOnlyOne
		? failure.message
		: `${invalid.length} items cannot become leads; in the first of them, ${failure.message}`;
	const description = isOnlyOne
		? `${failure.description} ${NOTHING_SENT}`
		: `${NOTHING_SENT} Correct these items, counted from 0:\n${lines.join('\n')}`;
	return withExactMessage(
		new NodeOperationError(node, message, { itemIndex: item, description }),
		atItem(message, item),
	);
}

/**
 * The error of a run that stops because an item failed after others may have become leads. It tells which ones did, in
 * words and as `context.data`, so that nobody has to guess.
 *
 * @param outcomes One for each item, not all of them leads.
 * @param earlier The leads that earlier tries created, also of items that have changed since.
 * @param stoppedBy The item whose failure stopped the run; without one, the user canceled it.
 * @param isCanceled Whether the user canceled it, be it before or after an item failed.
 */
export function toStopError(
	node: INode,
	outcomes: LeadOutcome[],
	earlier: CreatedLead[],
	stoppedBy: number | undefined,
	isCanceled: boolean,
): NodeApiError {
	const item = stoppedBy ?? outcomes.findIndex(isFailed);
	const failure =
		stoppedBy === undefined ? toCanceled(CREATE.ifNothingDone) : (outcomes[stoppedBy] as Failure);
	const progress = toProgress(outcomes, earlier);
	const sentences = [describeProgress(progress, outcomes.length - 1), toNextSteps(progress, isCanceled)];
	const error = toItemError(node, failure, item, sentences.join(' ').trim());
	error.context.data = { ...progress };
	return error;
}

interface CreatedLead {
	item: number;
	id: LeadId;
}

/** How far a run had come when it stopped. */
interface Progress {
	created: CreatedLead[];
	/** The items that Liner accepted for creation later. */
	accepted?: number[];
	/** The items whose lead may or may not exist. */
	unknown: number[];
	/** How many items were not sent at all. */
	notSent: number;
}

function toProgress(outcomes: LeadOutcome[], earlier: CreatedLead[]): Progress {
	const progress: Progress = { created: [], unknown: [], notSent: 0 };
	for (const [item, outcome] of outcomes.entries()) {
		if (outcome === undefined) progress.notSent++;
		else if (!(outcome instanceof Failure)) {
			if (isAcceptance(outcome)) (progress.accepted ??= []).push(item);
			else if (!outcome.existing) progress.created.push({ item, id: outcome.id });
		} else if (outcome.kind === 'unknown') progress.unknown.push(item);
	}
	const known = new Set(progress.created.map(({ id }) => String(id)));
	progress.created.push(...earlier.filter(({ id }) => !known.has(String(id))));
	progress.created.sort((one, other) => one.item - other.item);
	return progress;
}

/** @param others How many items there are beside the one that failed. */
function describeProgress({ created, accepted = [], unknown, notSent }: Progress, others: number): string {
	return [
		accepted.length === 0
			? ''
			: `${plural(accepted.length, 'item')} accepted in this run: ${list(
					accepted.map((item) => `item ${item}`),
					LISTED_ITEMS,
				)}.`,
		created.length + accepted.length === 0
			? others > 0
				? 'No other lead was created in this run.'
				: ''
			: created.length === 0
				? ''
				: `${plural(created.length, 'lead')} created in this run: ${list(
						created.map(({ item, id }) => `${id} (item ${item})`),
						LISTED_ITEMS,
					)}.`,
		unknown.length === 0
			? ''
			: `${plural(unknown.length, 'item')} with an unknown outcome: ${list(
					unknown.map((item) => `item ${item}`),
					LISTED_ITEMS,
				)}.`,
		notSent > 0 ? `${plural(notSent, 'item')} not sent.` : '',
	]
		.filter((sentence) => sentence !== '')
		.join(' ');
}

/**
 * How to send the rest without sending twice what was sent. n8n offers no retry for an execution that was canceled, and the
 * node knows what it sent only by its values.
 */
function toNextSteps({ created, accepted = [], unknown }: Progress, isCanceled: boolean): string {
	const retry =
		"'Retry' in the list of executions, which skips what was sent as long as its values stay the same";
	if (created.length > 0 || (isCanceled && unknown.length > 0 && accepted.length === 0)) {
		const again = "run it with 'If the Lead Already Exists' set to 'Return the Existing Lead'";
		return `To go on without creating a lead twice, ${again}${isCanceled ? '' : `, or use ${retry}`}.`;
	}
	return accepted.length > 0 && !isCanceled ? `To go on without sending an item twice, use ${retry}.` : '';
}

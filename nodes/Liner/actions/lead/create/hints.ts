import type { NodeExecutionHint } from 'n8n-workflow';

import type { DeliveryStatistics } from './delivery/deliver';
import type { Preparation } from './prepareBodies';
import { list, plural } from '../../../texts';

const LISTED_COLUMNS = 20;

const hint = (message: string, type: NodeExecutionHint['type'] = 'info'): NodeExecutionHint => ({
	message,
	type,
	location: 'outputPane',
});

/**
 * The hints about a run: what its output items do not show.
 *
 * @returns An empty list when there is nothing to say.
 */
export function toHints({
	ignoredColumns,
	customFieldsFailure,
	hasCustomValues,
	resumed,
	existing,
	reconciled,
	throttled,
}: Omit<Preparation, 'bodies'> & DeliveryStatistics): NodeExecutionHint[] {
	const hints: NodeExecutionHint[] = [];
	if (customFieldsFailure !== undefined && (hasCustomValues || ignoredColumns.length > 0)) {
		const { message, description } = customFieldsFailure;
		const sentences = [
			`The custom fields of the account could not be read: ${message}.`,
			description,
			hasCustomValues ? 'Custom values were sent as given.' : '',
		];
		hints.push(hint(sentences.filter((sentence) => sentence !== '').join(' '), 'warning'));
	}
	if (ignoredColumns.length > 0) {
		const names = ignoredColumns.map((name) => `'${name}'`);
		const why =
			customFieldsFailure === undefined
				? `${ignoredColumns.length === 1 ? 'it matches' : 'they match'} no field of a lead`
				: `the node cannot tell whether ${ignoredColumns.length === 1 ? 'it is a custom field' : 'they are custom fields'}`;
		hints.push(
			hint(
				`${ignoredColumns.length === 1 ? 'This column was' : 'These columns were'} not sent because ${why}: ${list(names, LISTED_COLUMNS)}.`,
			),
		);
	}
	if (resumed > 0) {
		hints.push(
			hint(
				`${plural(resumed, 'item')} had been sent by an earlier try and ${resumed === 1 ? 'was' : 'were'} not sent again.`,
			),
		);
	}
	if (existing > 0) {
		hints.push(
			hint(
				existing === 1
					? '1 item already has a lead in Liner, which was not changed.'
					: `${existing} items already have leads in Liner, which were not changed.`,
			),
		);
	}
	if (reconciled > 0) {
		hints.push(
			hint(
				`Liner gave no clear answer for ${plural(reconciled, 'item')}, but the node found ${reconciled === 1 ? 'its lead' : 'their leads'} in Liner.`,
			),
		);
	}
	if (throttled > 0) {
		hints.push(
			hint(
				`Liner asked to slow down ${plural(throttled, 'time')}, and the node waited. To avoid this, set 'Requests per Second' in the options.`,
			),
		);
	}
	return hints;
}

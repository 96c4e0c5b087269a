import { OPEN_CATEGORY, type LeadStatus } from '../../api/leadStatuses';
import { Failure } from '../../failure';
import { plainName } from '../../fields/names';
import { quote, toInteger, InvalidValue } from '../../fields/values';

/** Whether a status has to be looked up: it is neither blank nor an ID. */
export const isStatusName = (status: unknown) =>
	typeof status === 'string' && status.trim() !== '' && toInteger(status) instanceof InvalidValue;

/**
 * Coerces a lead status to its ID.
 *
 * @param status An ID, or the title of a status of the category `in-progress` in any case and spacing.
 * @param statuses Needed for titles only; or why they cannot be read.
 */
export function toStatusId(status: unknown, statuses: LeadStatus[] | Failure): number | InvalidValue {
	if (!isStatusName(status)) return toInteger(status);
	if (statuses instanceof Failure) {
		return new InvalidValue(
			`is ${quote(status)}, but the list of statuses, which is needed to find its ID, could not be read: ${statuses.message}`,
			`Use the ID of the status instead. ${statuses.description}`.trim(),
			statuses,
		);
	}
	const open = statuses.filter(({ category }) => category === OPEN_CATEGORY);
	const found = open.filter(({ title }) => plainName(title) === plainName(status as string));
	return found.length === 1
		? toInteger(found[0].id)
		: new InvalidValue(
				`is ${quote(status)}, ${found.length === 0 ? 'which is not a status' : `the title of ${found.length} statuses`} that a new lead can have`,
				open.length === 0
					? `Add a status of the category '${OPEN_CATEGORY}' in Liner, which has none.`
					: `Allowed: ${open.map(({ id, title }) => `${title} (${id})`).join(', ')}.`,
			);
}

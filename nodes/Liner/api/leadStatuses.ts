import { textOf } from './text';
import { Failure } from '../failure';
import type { Client } from '../transport/client';

/** A status of leads. */
export interface LeadStatus {
	id: string;
	title: string;
	/** `in-progress`, `qualified` or `disqualified`. */
	category: string;
}

/** The category of the statuses that a new lead can have (liner-api section 1). */
export const OPEN_CATEGORY = 'in-progress';

/** Reads the statuses of leads, in Liner's order: `GET /v2/lead-status/`. */
export async function listLeadStatuses(client: Client): Promise<LeadStatus[] | Failure> {
	const statuses = await client.getList(['/v2/lead-status/', '/v2/lead-statuses/']);
	if (statuses instanceof Failure) return statuses;
	return statuses.map(({ id, title, category }) => ({
		id: textOf(id),
		title: textOf(title),
		category: textOf(category),
	}));
}

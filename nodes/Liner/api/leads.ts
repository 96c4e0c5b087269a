import type { IDataObject } from 'n8n-workflow';

import type { CustomValues } from './customFields';
import { Failure } from '../failure';
import { cut, list, toJson } from '../texts';
import type { Client, Entry, Page } from '../transport/client';
import type { Purpose } from '../transport/response';

/** The body of `POST /v2/lead/create/` (liner-api section 1): no property is blank, and none is unknown to Liner. */
export type LeadBody = Record<string, string | number | CustomValues>;

/** The ID of a lead as Liner returned it. */
export type LeadId = number | string;

/** A lead as a list or the detail contains it, under Liner's names; a list may omit fields. */
export type ListedLead = Entry & { createdAt?: unknown };

/** Liner's answer for a lead that it accepted for later creation; all other properties are Liner's own. */
export interface Acceptance extends IDataObject {
	accepted: true;
}

/** The texts about a request that creates a lead. */
export const CREATE: Purpose = {
	isWrite: true,
	subject: 'lead',
	ifRejected: 'Correct what Liner names and send the item again.',
	ifUnknown:
		'The lead may have been created all the same: look for its phone number in Liner before you send the item again.',
	ifNothingDone: 'No lead was created for this item.',
};

/**
 * Creates a lead with exactly one request: `POST /v2/lead/create/`.
 *
 * @param purpose The texts for its failures.
 */
export async function createLead(
	client: Client,
	body: LeadBody,
	purpose: Purpose,
): Promise<LeadId | Failure> {
	const answer = await client.post('/v2/lead/create/', body, purpose);
	return answer instanceof Failure ? answer : parseLeadId(answer.data, client.hideKeyIn);
}

/**
 * Submits a lead for later creation, with exactly one request: `POST /v2/lead/create-async/`.
 *
 * @param purpose The texts for its failures.
 */
export async function createLeadAsync(
	client: Client,
	body: LeadBody,
	purpose: Purpose,
): Promise<Acceptance | Failure> {
	const answer = await client.post('/v2/lead/create-async/', body, purpose);
	return answer instanceof Failure ? answer : parseAcceptance(client.hideKeyIn(answer.data));
}

/**
 * Reads one page of the leads of an order that were created in a period: `GET /v2/lead/`.
 *
 * @param period By Liner's clock, in milliseconds since 1970, both ends inclusive.
 * @param offset How many leads of the list to skip.
 */
export async function listLeads(
	client: Client,
	orderId: number,
	period: { from: number; to: number },
	offset: number,
): Promise<Page<ListedLead> | Failure> {
	const query = {
		'createdAt[0]': toQueryTime(period.from),
		'createdAt[1]': toQueryTime(period.to),
		'orderIds[]': String(orderId),
	};
	return await client.getPage('/v2/lead/', query, offset);
}

/** Reads one lead with all its fields: `GET /v2/lead/detail/{leadId}/`. */
export async function getLead(client: Client, id: LeadId): Promise<ListedLead | Failure> {
	return await client.get(`/v2/lead/detail/${id}/`, `detail of lead ${id}`);
}

/** How many characters of an invalid ID an error shows. */
const LONGEST_ID = 60;

/**
 * Parses the ID of the new lead from the data of Liner's answer. Never throws.
 *
 * @param hideKeyIn Removes the API key, and whatever is nested too deeply, from a value.
 * @returns `data.id` as Liner returned it, or a failure when it is missing, is the key, or JSON cannot represent it exactly.
 */
export function parseLeadId(data: unknown, hideKeyIn: Client['hideKeyIn']): LeadId | Failure {
	const id = (data as { id?: unknown } | null | undefined)?.id;
	const isId =
		typeof id === 'string' ? /^[1-9]\d*$/.test(id) : Number.isSafeInteger(id) && (id as number) > 0;
	const shown = hideKeyIn(id);
	if (isId && shown !== '[API key]') return id as LeadId;
	const returned =
		id === undefined || id === null ? 'no lead ID' : `${cut(toJson(shown), LONGEST_ID)} as the lead ID`;
	return new Failure('unknown', `Liner reported success but returned ${returned}`, CREATE.ifUnknown);
}

/** How much of Liner's answer for an accepted lead is output, in characters of JSON. */
const LONGEST_ACCEPTANCE = 10_000;
const LISTED_FIELDS = 10;

/**
 * Keeps the data under Liner's names: liner-api section 2 does not specify any. If it is too long for an item, only the
 * fields that fit are kept, and `omittedFields` names the others.
 */
function parseAcceptance(data: unknown): Acceptance {
	if (data === undefined || data === null) return { accepted: true };
	const named = typeof data === 'object' && !Array.isArray(data) ? (data as IDataObject) : { data };
	const fields: Array<[string, unknown]> = [];
	const omitted: string[] = [];
	let length = 0;
	for (const [name, value] of Object.entries(named)) {
		const fieldLength = toJson({ [name]: value }).length;
		if (length + fieldLength > LONGEST_ACCEPTANCE) {
			omitted.push(cut(name, LONGEST_ID));
		} else {
			length += fieldLength;
			fields.push([name, value]);
		}
	}
	const accepted = { accepted: true } as const;
	return {
		...accepted,
		...(Object.fromEntries(fields) as IDataObject),
		...(omitted.length === 0 ? {} : { omittedFields: list(omitted, LISTED_FIELDS) }),
		...accepted,
	};
}

/** ISO 8601 in the form that every parser accepts: whole seconds and a numeric offset. */
const toQueryTime = (time: number) => new Date(time).toISOString().replace(/\.\d{3}Z$/, '+00:00');

import type { IDataObject } from 'n8n-workflow';

import type { CustomValues } from './customFields';
import { Failure } from '../failure';
import type { Client, Entry, Page } from '../transport/client';
import type { Purpose } from '../transport/response';

/** The body of `POST /v2/lead/create/` (liner-api section 1): no property is blank, and none is unknown to Liner. */
export type LeadBody = Record<string, string | number | CustomValues>;

/** The ID of a lead as Liner gave it. */
export type LeadId = number | string;

/** A lead as Liner lists or details it, under Liner's own names; a list may leave fields out. */
export type ListedLead = Entry & { createdAt?: unknown };

/** What Liner says of a lead that it accepted for creation later; the rest is Liner's. */
export interface Acceptance extends IDataObject {
	accepted: true;
}

/** What is said of a request that creates a lead. */
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
 * @param purpose What is said when it fails.
 */
export async function createLead(
	client: Client,
	body: LeadBody,
	purpose: Purpose,
): Promise<LeadId | Failure> {
	const answer = await client.post('/v2/lead/create/', body, purpose);
	return answer instanceof Failure ? answer : parseLeadId(answer.data);
}

/**
 * Hands a lead over for creation later, with exactly one request: `POST /v2/lead/create-async/`.
 *
 * @param purpose What is said when it fails.
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
 * @param period By Liner's clock, in milliseconds since 1970, both ends included.
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

/** Reads one lead with everything that Liner tells of it: `GET /v2/lead/detail/{leadId}/`. */
export async function getLead(client: Client, id: LeadId): Promise<ListedLead | Failure> {
	return await client.get(`/v2/lead/detail/${id}/`, `detail of lead ${id}`);
}

/**
 * Takes the ID of the new lead out of the data of Liner's answer.
 *
 * @returns `data.id` as Liner gave it, or a failure when there is none, or one that JSON cannot hold exactly.
 */
export function parseLeadId(data: unknown): LeadId | Failure {
	const id = (data as { id?: unknown } | null | undefined)?.id;
	const isId =
		typeof id === 'string' ? /^[1-9]\d*$/.test(id) : Number.isSafeInteger(id) && (id as number) > 0;
	if (isId) return id as LeadId;
	const given = id === undefined || id === null ? 'no lead ID' : `${JSON.stringify(id)} for a lead ID`;
	return new Failure('unknown', `Liner reported success but gave ${given}`, CREATE.ifUnknown);
}

/** Whatever there is in the data, under Liner's own names: liner-api section 2 promises nothing of it. */
function parseAcceptance(data: unknown): Acceptance {
	if (data === undefined || data === null) return { accepted: true };
	const named = typeof data === 'object' && !Array.isArray(data) ? (data as IDataObject) : { data };
	const accepted = { accepted: true } as const;
	return { ...accepted, ...named, ...accepted };
}

/** ISO 8601 in the form that every parser takes: whole seconds, and the offset in digits. */
const toQueryTime = (time: number) => new Date(time).toISOString().replace(/\.\d{3}Z$/, '+00:00');

import type {
	ICredentialDataDecryptedObject,
	IExecuteFunctions,
	IHttpRequestOptions,
	IN8nHttpFullResponse,
} from 'n8n-workflow';

import { readAnswer, readLeadId, type Answer, type HttpAnswer, type Purpose } from './answer';
import { explainNoAnswer } from './noAnswer';
import { toApiKey, toBaseUrl } from '../../../credentials/LinerApi.credentials';
import type { LeadBody } from '../actions/lead/body/leadBody';
import { Failure, type LeadId } from '../outcome';

/** How long to wait for an answer, in milliseconds, as in Liner's own examples (liner-api section 0). */
export const DEFAULT_TIMEOUT = 15_000;

/** The largest page that Liner gives (liner-api section 2). */
const PAGE_SIZE = 100;

/** A lead as Liner lists or details it, under Liner's own names; a list may leave fields out. */
export type ListedLead = { id: LeadId; createdAt?: unknown } & Record<string, unknown>;

/** The way to the Liner account of a node's credential. None of its methods throws. */
export interface Liner {
	/** The base URL. */
	readonly address: string;

	/** Creates a lead with exactly one request. */
	createLead(body: LeadBody): Promise<LeadId | Failure>;

	/**
	 * Reads one page of the leads of an order.
	 *
	 * @param createdSince By Liner's clock, in milliseconds since 1970.
	 * @param offset How many leads of the list to skip.
	 * @returns The leads, and the offset of the next page if there may be one.
	 */
	listLeads(
		orderId: number,
		createdSince: number,
		offset: number,
	): Promise<{ leads: ListedLead[]; next?: number } | Failure>;

	/** Reads one lead with everything that Liner tells of it. */
	readLead(id: LeadId): Promise<ListedLead | Failure>;

	/** How far Liner's clock is ahead of ours, in milliseconds; `undefined` as long as no answer told its time. */
	clockOffset(): number | undefined;
}

/**
 * Fetches and checks the credential of the node, once for all requests of a run.
 *
 * @param timeout How long to wait for each answer, in milliseconds.
 * @returns A failure when there is no credential, or its host or key cannot be right. Never throws.
 */
export async function connect(context: IExecuteFunctions, timeout: number): Promise<Liner | Failure> {
	const data = await context.getCredentials('linerApi').catch(toCredentialFailure);
	if (data instanceof Failure) return data;
	const account = toAccount(data, timeout);
	if (account instanceof Failure) return account;

	const { id, name } = context.getNode().credentials?.linerApi ?? {};
	// Handed to the helper, which would otherwise fetch and decrypt the credential anew for each request.
	const credentialsDecrypted = { id: id ?? '', name: name ?? '', type: 'linerApi', data };
	let clockOffset: number | undefined;

	async function request(purpose: Purpose, options: IHttpRequestOptions): Promise<Answer | Failure> {
		const answer = await exchange(account as Account, purpose, async () => {
			const response: IN8nHttpFullResponse = await context.helpers.httpRequestWithAuthentication.call(
				context,
				'linerApi',
				{
					...options,
					headers: { 'Content-Type': 'application/json' },
					timeout,
					json: true,
					// The text and the status as they came: what they mean is for readAnswer to say.
					encoding: 'text',
					returnFullResponse: true,
					ignoreHttpStatusErrors: true,
					// The key would follow the redirect, and the POST would become a GET.
					disableFollowRedirect: true,
				},
				{ credentialsDecrypted },
			);
			return { ...response, body: response.body as string };
		});
		if (!(answer instanceof Failure) && answer.time !== undefined) clockOffset = answer.time - Date.now();
		return answer;
	}

	return {
		address: account.address,

		async createLead(body) {
			const answer = await request('createLead', { method: 'POST', url: '/v2/lead/create/', body });
			return answer instanceof Failure ? answer : readLeadId(answer.data);
		},

		async listLeads(orderId, createdSince, offset) {
			const query = new URLSearchParams({
				'createdAt[0]': toQueryTime(createdSince),
				// Liner documents both ends; the second one is beyond any difference of the clocks.
				'createdAt[1]': toQueryTime(Date.now() + 86_400_000),
				'orderIds[]': String(orderId),
				offset: String(offset),
				limit: String(PAGE_SIZE),
			});
			const answer = await request('read', { method: 'GET', url: `/v2/lead/?${query.toString()}` });
			if (answer instanceof Failure) return answer;
			const { list } = (answer.data ?? {}) as { list?: unknown };
			return Array.isArray(list)
				? {
						leads: list.filter(isListedLead),
						...(list.length < PAGE_SIZE ? {} : { next: offset + PAGE_SIZE }),
					}
				: new Failure('unknown', "Liner's list of leads has another form", '');
		},

		async readLead(id) {
			const answer = await request('read', { method: 'GET', url: `/v2/lead/detail/${id}/` });
			if (answer instanceof Failure) return answer;
			return isListedLead(answer.data)
				? answer.data
				: new Failure('unknown', `Liner's detail of lead ${id} has another form`, '');
		},

		clockOffset: () => clockOffset,
	};
}

/** ISO 8601 in the form that every parser takes: whole seconds, and the offset in digits. */
const toQueryTime = (time: number) => new Date(time).toISOString().replace(/\.\d{3}Z$/, '+00:00');

function isListedLead(lead: unknown): lead is ListedLead {
	const { id } = (lead ?? {}) as { id?: unknown };
	return typeof id === 'number' || typeof id === 'string';
}

/** What the failures of an account's requests tell, and what they keep to themselves. */
export interface Account {
	/** The base URL. */
	address: string;
	/** E.g. `liner.example.com`. */
	host: string;
	apiKey: string;
	/** In milliseconds. */
	timeout: number;
}

/** @returns A failure when the host or the key of the credential cannot be right. */
export function toAccount(data: ICredentialDataDecryptedObject, timeout: number): Account | Failure {
	try {
		const address = toBaseUrl(data.host);
		return { address, host: new URL(address).host, apiKey: toApiKey(data.apiKey), timeout };
	} catch (error) {
		return toCredentialFailure(error as Error);
	}
}

function toCredentialFailure({ message, description }: Error & { description?: string }): Failure {
	return new Failure(
		'invalid',
		message.replace(/\.$/, ''),
		description ?? 'Select a Liner credential in the node.',
	);
}

/**
 * Sends one request and reads its answer.
 *
 * @param send Throws when there is no answer.
 * @returns Liner's data, or a failure that is free of the key, even where the answer echoes it. Never throws.
 */
export async function exchange(
	{ host, apiKey, timeout }: Account,
	purpose: Purpose,
	send: () => Promise<HttpAnswer>,
): Promise<Answer | Failure> {
	return await send().then(
		(answer) => readAnswer(answer, purpose, (text) => hideKey(text, apiKey)),
		(error: Error) => explainNoAnswer(error, host, timeout, purpose),
	);
}

/** Takes the key out of a text that somebody else wrote, be it plain, as in an address or as in JSON. */
export function hideKey(text: string, apiKey: string): string {
	return [apiKey, encodeURIComponent(apiKey), JSON.stringify(apiKey).slice(1, -1)].reduce(
		(hidden, key) => hidden.replaceAll(key, '[API key]'),
		text,
	);
}

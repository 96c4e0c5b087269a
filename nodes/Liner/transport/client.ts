import type {
	IExecuteFunctions,
	IHttpRequestOptions,
	ILoadOptionsFunctions,
	IN8nHttpFullResponse,
} from 'n8n-workflow';

import { exchange, hideKeyIn, toAccount, toCredentialFailure, type Account } from './account';
import { readAcceptance, readLeadId, type Answer, type Purpose } from './response';
import type { LeadBody } from '../actions/lead/leadBody';
import { Failure, type Acceptance, type LeadId } from '../failure';

/** The largest page that Liner gives (liner-api section 2). */
export const PAGE_SIZE = 100;

/** A lead as Liner lists or details it, under Liner's own names; a list may leave fields out. */
export type ListedLead = { id: LeadId; createdAt?: unknown } & Record<string, unknown>;

/** An order; a text that Liner does not give is empty. */
export interface Order {
	id: string;
	code: string;
	title: string;
	/** The name that only the team sees. */
	serviceTitle: string;
}

/** A custom field that leads have. */
export interface CustomField {
	id: string;
	title: string;
	/** `string`, `int`, `float`, `date`, `datetime`, `bool`, `select`, `multiselect`, or one that is not documented. */
	type: string;
	/** What a select or multiselect offers, in Liner's order. */
	choices: Array<{ code: string; title: string }>;
}

/** A status that leads may have. */
export interface LeadStatus {
	id: string;
	title: string;
	/** `in-progress`, `qualified` or `disqualified`. */
	category: string;
}

/** One page of a list. */
export interface Page<T> {
	entries: T[];
	/** The offset of the next page, if there may be one. */
	next?: number;
}

/** The way to the Liner account of a node's credential. None of its methods throws. */
export interface Liner {
	/** The base URL. */
	readonly address: string;

	/** Creates a lead with exactly one request. */
	createLead(body: LeadBody): Promise<LeadId | Failure>;

	/** Hands a lead over for creation later, with exactly one request. */
	createLeadAsync(body: LeadBody): Promise<Acceptance | Failure>;

	/**
	 * Reads one page of the leads of an order.
	 *
	 * @param createdSince By Liner's clock, in milliseconds since 1970.
	 * @param offset How many leads of the list to skip.
	 */
	listLeads(orderId: number, createdSince: number, offset: number): Promise<Page<ListedLead> | Failure>;

	/** Reads one lead with everything that Liner tells of it. */
	readLead(id: LeadId): Promise<ListedLead | Failure>;

	/**
	 * Reads one page of the orders.
	 *
	 * @param offset How many orders of the list to skip.
	 */
	listOrders(offset: number): Promise<Page<Order> | Failure>;

	/** Reads the custom fields that leads have, in Liner's order. */
	listCustomFields(): Promise<CustomField[] | Failure>;

	/** Reads the statuses that leads may have, in Liner's order. */
	listLeadStatuses(): Promise<LeadStatus[] | Failure>;

	/** How far Liner's clock is ahead of ours, in milliseconds; `undefined` as long as no answer told its time. */
	clockOffset(): number | undefined;
}

/**
 * Fetches and checks the credential of the node, once for all requests of a run.
 *
 * @param timeout How long to wait for each answer, in milliseconds.
 * @returns A failure when there is no credential, or its host or key cannot be right. Never throws.
 */
export async function connect(
	context: IExecuteFunctions | ILoadOptionsFunctions,
	timeout: number,
): Promise<Liner | Failure> {
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

	async function readPage(path: string, query: Record<string, string>, offset: number) {
		const search = new URLSearchParams({ ...query, offset: String(offset), limit: String(PAGE_SIZE) });
		const answer = await request('read', { method: 'GET', url: `${path}?${search.toString()}` });
		if (answer instanceof Failure) return answer;
		const { list } = (answer.data ?? {}) as { list?: unknown };
		return Array.isArray(list)
			? { entries: list.filter(hasId), ...(list.length < PAGE_SIZE ? {} : { next: offset + PAGE_SIZE }) }
			: hasAnotherForm(`list at ${path}`);
	}

	/** @param paths The headline's path first (liner-api section 2: Liner's pages contradict themselves). */
	async function readWhole(paths: [headline: string, ofSamples: string]) {
		let answer = await request('read', { method: 'GET', url: paths[0] });
		if (answer instanceof Failure && answer.details.httpCode === 404) {
			const other = await request('read', { method: 'GET', url: paths[1] });
			if (!(other instanceof Failure && other.details.httpCode === 404)) answer = other;
		}
		if (answer instanceof Failure) return answer;
		return Array.isArray(answer.data)
			? answer.data.filter(hasId).sort((a, b) => Number(a.sort ?? 0) - Number(b.sort ?? 0))
			: hasAnotherForm(`list at ${paths[0]}`);
	}

	return {
		address: account.address,

		async createLead(body) {
			const answer = await request('createLead', { method: 'POST', url: '/v2/lead/create/', body });
			return answer instanceof Failure ? answer : readLeadId(answer.data);
		},

		async createLeadAsync(body) {
			const answer = await request('createLead', { method: 'POST', url: '/v2/lead/create-async/', body });
			return answer instanceof Failure ? answer : readAcceptance(hideKeyIn(answer.data, account.apiKey));
		},

		async listLeads(orderId, createdSince, offset) {
			const query = {
				'createdAt[0]': toQueryTime(createdSince),
				// Liner documents both ends; the second one is beyond any difference of the clocks.
				'createdAt[1]': toQueryTime(Date.now() + 86_400_000),
				'orderIds[]': String(orderId),
			};
			return await readPage('/v2/lead/', query, offset);
		},

		async readLead(id) {
			const answer = await request('read', { method: 'GET', url: `/v2/lead/detail/${id}/` });
			if (answer instanceof Failure) return answer;
			return hasId(answer.data) ? answer.data : hasAnotherForm(`detail of lead ${id}`);
		},

		async listOrders(offset) {
			const page = await readPage('/v2/order/', {}, offset);
			return page instanceof Failure ? page : { ...page, entries: page.entries.map(toOrder) };
		},

		async listCustomFields() {
			const fields = await readWhole(['/v2/custom-field/?essence=leads', '/v2/custom-fields/?essence=leads']);
			if (fields instanceof Failure) return fields;
			return fields.filter(({ essence = 'leads' }) => essence === 'leads').map(toCustomField);
		},

		async listLeadStatuses() {
			const statuses = await readWhole(['/v2/lead-status/', '/v2/lead-statuses/']);
			if (statuses instanceof Failure) return statuses;
			return statuses.map(({ id, title, category }) => ({
				id: toText(id),
				title: toText(title),
				category: toText(category),
			}));
		},

		clockOffset: () => clockOffset,
	};
}

/** ISO 8601 in the form that every parser takes: whole seconds, and the offset in digits. */
const toQueryTime = (time: number) => new Date(time).toISOString().replace(/\.\d{3}Z$/, '+00:00');

const isObject = (value: unknown): value is Record<string, unknown> =>
	typeof value === 'object' && value !== null;

type Entry = { id: LeadId } & Record<string, unknown>;

function hasId(entry: unknown): entry is Entry {
	const { id } = (entry ?? {}) as { id?: unknown };
	return typeof id === 'number' || typeof id === 'string';
}

const hasAnotherForm = (what: string) => new Failure('unknown', `Liner's ${what} has another form`, '');

const toText = (value: unknown) =>
	typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';

const toOrder = ({ id, code, title, serviceTitle }: Entry): Order => ({
	id: toText(id),
	code: toText(code),
	title: toText(title),
	serviceTitle: toText(serviceTitle),
});

function toCustomField({ id, title, type, params }: Entry): CustomField {
	// PHP makes an object of a list that has gaps.
	const choices = Object.values(params ?? {}).filter(isObject);
	return {
		id: toText(id),
		title: toText(title),
		type: toText(type),
		choices: choices
			.sort((a, b) => Number(a.sort ?? 0) - Number(b.sort ?? 0))
			.map(({ code, title }) => ({ code: toText(code), title: toText(title) }))
			.filter(({ code }) => code !== ''),
	};
}

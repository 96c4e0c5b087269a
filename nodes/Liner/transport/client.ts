import type {
	IExecuteFunctions,
	IHttpRequestOptions,
	ILoadOptionsFunctions,
	IN8nHttpFullResponse,
} from 'n8n-workflow';

import { hideKey, hideKeyIn, sendRequest, toAccount, toCredentialFailure, type Account } from './account';
import { READ, type Answer, type Purpose } from './response';
import { Failure } from '../failure';
import { fingerprint } from '../fingerprint';
import { cut } from '../texts';

/** The largest page that Liner gives (liner-api section 2). */
export const PAGE_SIZE = 100;

const KEY_HASH_DIGITS = 4;
/** A shorter API key than this is none that Liner gives. */
const SHORTEST_SECRET = 8;

/** An object that Liner lists or details, under Liner's own names. */
export type Entry = { id: number | string } & Record<string, unknown>;

/** One page of a list. */
export interface Page<T> {
	entries: T[];
	/** The offset of the next page, if there may be one. */
	next?: number;
}

/** Sends requests to the Liner account of a node's credential. None of its methods throws. */
export interface Client {
	/** The base URL. */
	readonly address: string;

	/** Sends a body with exactly one request. */
	post(path: string, body: object, purpose: Purpose): Promise<Answer | Failure>;

	/** Asks for one object. */
	get(path: string, what: string): Promise<Entry | Failure>;

	/**
	 * Asks for one page of a list.
	 *
	 * @param offset How many entries of the list to skip.
	 */
	getPage(path: string, query: Record<string, string>, offset: number): Promise<Page<Entry> | Failure>;

	/**
	 * Asks for a list that has no pages.
	 *
	 * @param paths Liner's pages contradict themselves on some paths: the headline's first, then the one of the code
	 *   samples, which is asked after a 404 (liner-api section 2).
	 * @returns The entries by their `sort`.
	 */
	getList(paths: [headline: string, ofSamples: string]): Promise<Entry[] | Failure>;

	/**
	 * A short hash of the API key: enough to notice that another key is used, too little to find the key.
	 *
	 * @param salt So that the hashes of two workflows tell nothing of each other.
	 */
	hashKey(salt: string): string;

	/** Takes the API key out of every text in what Liner gave, and what lies too deep in it. */
	hideKeyIn(data: unknown): unknown;

	/** How far Liner's clock is ahead of ours, in milliseconds; `undefined` as long as no answer told its time. */
	clockOffset(): number | undefined;
}

/**
 * Fetches and checks the credential of the node, once for all requests of a run.
 *
 * @param timeout How long each request may take until its whole answer is there, in milliseconds.
 * @returns A failure when there is no credential, or its host or key cannot be right. Never throws.
 */
export async function connect(
	context: IExecuteFunctions | ILoadOptionsFunctions,
	timeout: number,
): Promise<Client | Failure> {
	const data = await context.getCredentials('linerApi').catch(toCredentialFailure);
	if (data instanceof Failure) return data;
	const account = toAccount(data, timeout);
	if (account instanceof Failure) return account;

	const { id, name } = context.getNode().credentials?.linerApi ?? {};
	// Handed to the helper, which would otherwise fetch and decrypt the credential anew for each request.
	const credentialsDecrypted = { id: id ?? '', name: name ?? '', type: 'linerApi', data };
	const cancelSignal = 'getExecutionCancelSignal' in context ? context.getExecutionCancelSignal() : undefined;
	let clockOffset: number | undefined;

	/** What is sent to Liner may come from its lists, so that a key that may be in a word by chance stays there. */
	const hideKeyInEntry = (entry: Entry) =>
		account.apiKey.length < SHORTEST_SECRET ? entry : (hideKeyIn(entry, account.apiKey) as Entry);

	async function request(purpose: Purpose, options: IHttpRequestOptions): Promise<Answer | Failure> {
		const send = async (signal: AbortSignal) => {
			const response: IN8nHttpFullResponse = await context.helpers.httpRequestWithAuthentication.call(
				withCancelSignal(context, signal),
				'linerApi',
				{
					...options,
					abortSignal: signal,
					headers: { 'Content-Type': 'application/json' },
					timeout,
					json: true,
					// The text and the status as they came: what they mean is for parseResponse to say.
					encoding: 'text',
					returnFullResponse: true,
					ignoreHttpStatusErrors: true,
					// The key would follow the redirect, and the POST would become a GET.
					disableFollowRedirect: true,
				},
				{ credentialsDecrypted },
			);
			return { ...response, body: response.body as string };
		};
		const answer = await sendRequest(account as Account, purpose, send, cancelSignal);
		if (!(answer instanceof Failure) && answer.time !== undefined) clockOffset = answer.time - Date.now();
		return answer;
	}

	const ask = async (url: string) => await request(READ, { method: 'GET', url });

	return {
		address: account.address,

		post: async (url, body, purpose) => await request(purpose, { method: 'POST', url, body }),

		async get(path, what) {
			const answer = await ask(path);
			if (answer instanceof Failure) return answer;
			return isEntry(answer.data)
				? hideKeyInEntry(answer.data)
				: hasUnexpectedFormat(cut(hideKey(what, account.apiKey)));
		},

		async getPage(path, query, offset) {
			const search = new URLSearchParams({ ...query, offset: String(offset), limit: String(PAGE_SIZE) });
			const answer = await ask(`${path}?${search.toString()}`);
			if (answer instanceof Failure) return answer;
			const { list, next } = (answer.data ?? {}) as { list?: unknown; next?: unknown };
			// An entry that cannot be told from others must not be taken for one that is not there.
			if (!Array.isArray(list) || !list.every(isEntry)) return hasUnexpectedFormat(`list at ${path}`);
			const following = list.length < PAGE_SIZE ? toOffsetAfter(offset, next) : offset + PAGE_SIZE;
			return {
				entries: list.map(hideKeyInEntry),
				...(following === undefined ? {} : { next: following }),
			};
		},

		async getList([headline, ofSamples]) {
			let answer = await ask(headline);
			if (isNotFound(answer)) {
				const other = await ask(ofSamples);
				if (!isNotFound(other)) answer = other;
			}
			if (answer instanceof Failure) return answer;
			return Array.isArray(answer.data)
				? answer.data
						.filter(isEntry)
						.map(hideKeyInEntry)
						.sort((a, b) => Number(a.sort ?? 0) - Number(b.sort ?? 0))
				: hasUnexpectedFormat(`list at ${headline}`);
		},

		hashKey: (salt) => fingerprint(salt + account.apiKey).slice(0, KEY_HASH_DIGITS),

		hideKeyIn: (given) => hideKeyIn(given, account.apiKey),

		clockOffset: () => clockOffset,
	};
}

/** n8n's helper ends a request by the signal of its context, whatever the options of the request say. */
const withCancelSignal = <C extends object>(context: C, signal: AbortSignal) =>
	Object.create(context, { getExecutionCancelSignal: { value: () => signal } }) as C;

const isNotFound = (answer: Answer | Failure) => answer instanceof Failure && answer.details.httpCode === 404;

function isEntry(entry: unknown): entry is Entry {
	const { id } = (entry ?? {}) as { id?: unknown };
	return typeof id === 'number' || (typeof id === 'string' && id.trim() !== '');
}

/**
 * Where a list goes on after a page that is not full (liner-api section 2).
 *
 * @param next Liner's `data.next`.
 * @returns `undefined` when it does not go on.
 */
function toOffsetAfter(offset: number, next: unknown): number | undefined {
	const following = typeof next === 'string' && next.trim() !== '' ? Number(next) : next;
	return Number.isSafeInteger(following) && (following as number) > offset
		? (following as number)
		: undefined;
}

const hasUnexpectedFormat = (what: string) =>
	new Failure('unknown', `Liner's ${what} has an unexpected format`, '');

import type { ICredentialDataDecryptedObject } from 'n8n-workflow';

import { toNetworkFailure } from './networkFailure';
import { parseResponse, type Answer, type HttpResponse, type Purpose } from './response';
import { Failure } from '../failure';
import { toApiKey, toBaseUrl } from '../../../credentials/LinerApi.credentials';

/** How long to wait for an answer, in milliseconds, as in Liner's own examples (liner-api section 0). */
export const DEFAULT_TIMEOUT = 15_000;

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

/** What a user is told of a credential that cannot be used. */
export function toCredentialFailure({ message, description }: Error & { description?: string }): Failure {
	return new Failure(
		'invalid',
		message.replace(/\.$/, ''),
		description ?? 'Select a Liner credential in the node.',
	);
}

/**
 * Sends one request and parses its response.
 *
 * @param send Throws when there is no answer.
 * @returns Liner's data, or a failure that is free of the key, even where the answer echoes it. Never throws.
 */
export async function sendRequest(
	{ host, apiKey, timeout }: Account,
	purpose: Purpose,
	send: () => Promise<HttpResponse>,
): Promise<Answer | Failure> {
	return await send().then(
		(response) => parseResponse(response, purpose, (text) => hideKey(text, apiKey)),
		(error: Error) => toNetworkFailure(error, host, timeout, purpose),
	);
}

/** Takes the key out of a text that somebody else wrote, be it plain, as in an address or as in JSON. */
export function hideKey(text: string, apiKey: string): string {
	return [apiKey, encodeURIComponent(apiKey), JSON.stringify(apiKey).slice(1, -1)].reduce(
		(hidden, key) => hidden.replaceAll(key, '[API key]'),
		text,
	);
}

/** Takes the key out of every text in what Liner gave. */
export function hideKeyIn(data: unknown, apiKey: string): unknown {
	if (typeof data === 'string') return hideKey(data, apiKey);
	if (Array.isArray(data)) return data.map((entry) => hideKeyIn(entry, apiKey));
	if (typeof data !== 'object' || data === null) return data;
	return Object.fromEntries(
		Object.entries(data).map(([name, value]) => [hideKey(name, apiKey), hideKeyIn(value, apiKey)]),
	);
}

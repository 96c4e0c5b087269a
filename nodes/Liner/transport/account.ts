import type { ICredentialDataDecryptedObject } from 'n8n-workflow';

import { withDeadline } from './deadline';
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
 * @param send Throws when there is no answer. Its signal ends the request when it takes longer than the account's timeout,
 *   or the execution is canceled.
 * @param cancelSignal n8n's signal that the user canceled the execution.
 * @returns Liner's data, or a failure that is free of the key, even where the answer echoes it. Never throws.
 */
export async function sendRequest(
	{ host, apiKey, timeout }: Account,
	purpose: Purpose,
	send: (signal: AbortSignal) => Promise<HttpResponse>,
	cancelSignal?: AbortSignal,
): Promise<Answer | Failure> {
	return await withDeadline(send, timeout, cancelSignal).then(
		(response) => parseResponse(response, purpose, (text) => hideKey(text, apiKey)),
		(error: unknown) => {
			const { kind, message, description, details } = toNetworkFailure(error, host, timeout, purpose);
			return new Failure(kind, hideKey(message, apiKey), description, details);
		},
	);
}

/**
 * Takes the key out of a text that somebody else wrote: plain or in any case, as in an address, in JSON or in HTML, and in
 * Base64, also as a part of something longer.
 */
export function hideKey(text: string, apiKey: string): string {
	// No form is shorter than the key, but for the few characters of Base64 that it shares with its neighbours.
	if (text.length < apiKey.length - 2) return text;
	return patternsOf(apiKey).reduce((hidden, pattern) => hidden.replace(pattern, '[API key]'), text);
}

/** Those of the key that was hidden last. */
let latest: { apiKey: string; patterns: RegExp[] } | undefined;

function patternsOf(apiKey: string): RegExp[] {
	if (latest?.apiKey !== apiKey) {
		const plain = [...apiKey].map(patternOfCharacter).join('');
		const base64 = [0, 1, 2]
			.map((before) => toBase64(apiKey, before))
			.filter((text) => text.length >= SHORTEST_BASE64)
			.map((text) => text.replace(/\+/g, '[+-]').replace(/\//g, String.raw`(?:\\?/|_)`));
		latest = {
			apiKey,
			patterns: [new RegExp(plain, 'gi'), ...base64.map((text) => new RegExp(text, 'g'))],
		};
	}
	return latest.patterns;
}

const HTML_NAMES: Record<string, string> = { '&': 'amp', '<': 'lt', '>': 'gt', '"': 'quot', "'": 'apos' };

/** A character as it is, behind a backslash, or as `%2b`, `\u002b`, `&#43;`, `&#x2b;` or `&amp;`; a space as a `+`. */
function patternOfCharacter(character: string): string {
	const code = character.charCodeAt(0);
	const hex = code.toString(16).padStart(2, '0');
	const forms = [
		// Encoded twice, the percent sign is, too.
		`%(?:25)*${hex}`,
		String.raw`\\u00${hex}`,
		`&#0*${code};`,
		`&#x0*${hex};`,
		...(character in HTML_NAMES ? [`&${HTML_NAMES[character]};`] : []),
		...(/\W/.test(character) ? [String.raw`\\\x${hex}`] : []),
		String.raw`\x${hex}`,
		...(character === ' ' ? [String.raw`\+`] : []),
	];
	return `(?:${forms.join('|')})`;
}

/** A shorter text may be in a word by chance. */
const SHORTEST_BASE64 = 6;

/** The Base64 of a text that stands behind so many other characters, without what depends on its neighbours. */
const toBase64 = (text: string, before: number) => {
	const end = Math.floor(((before + text.length) * 8) / 6);
	return btoa('x'.repeat(before) + text).slice(Math.ceil((before * 8) / 6), end);
};

/** How deep the lists and objects of Liner may lie in each other. */
const MOST_LEVELS = 100;

/** Takes the key out of every text in what Liner gave, and out what lies too deep in it to be written anywhere. */
export function hideKeyIn(data: unknown, apiKey: string, levels = MOST_LEVELS): unknown {
	switch (typeof data) {
		case 'string':
			return hideKey(data, apiKey);
		case 'number':
			return String(data) === apiKey ? '[API key]' : data;
	}
	if (typeof data !== 'object' || data === null) return data;
	if (levels === 0) return '[too deep]';
	try {
		if (Array.isArray(data)) return data.map((entry) => hideKeyIn(entry, apiKey, levels - 1));
		return Object.fromEntries(
			Object.entries(data).map(([name, value]) => [
				hideKey(name, apiKey),
				hideKeyIn(value, apiKey, levels - 1),
			]),
		);
	} catch {
		return '[unreadable]';
	}
}

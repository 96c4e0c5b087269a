import type { ICredentialDataDecryptedObject, IExecuteFunctions, IN8nHttpFullResponse } from 'n8n-workflow';

import { explainNoAnswer, readAnswer, readLeadId, type HttpAnswer, type Purpose } from './answer';
import { toApiKey, toBaseUrl } from '../../../credentials/LinerApi.credentials';
import type { LeadBody } from '../actions/lead/leadBody';
import { LeadFailure, type LeadId } from '../outcome';

/** How long to wait for an answer, in milliseconds, as in Liner's own examples (liner-api section 0). */
export const DEFAULT_TIMEOUT = 15_000;

/** The way to the Liner account of a node's credential. */
export interface Liner {
	/** Creates a lead with exactly one request. Never throws. */
	createLead(body: LeadBody): Promise<LeadId | LeadFailure>;
}

/**
 * Fetches and checks the credential of the node, once for all requests of a run.
 *
 * @param timeout How long to wait for each answer, in milliseconds.
 * @returns A failure when there is no credential, or its host or key cannot be right. Never throws.
 */
export async function connect(context: IExecuteFunctions, timeout: number): Promise<Liner | LeadFailure> {
	const data = await context.getCredentials('linerApi').catch(toCredentialFailure);
	if (data instanceof LeadFailure) return data;
	const account = toAccount(data, timeout);
	if (account instanceof LeadFailure) return account;

	const { id, name } = context.getNode().credentials?.linerApi ?? {};
	// Handed to the helper, which would otherwise fetch and decrypt the credential anew for each request.
	const credentialsDecrypted = { id: id ?? '', name: name ?? '', type: 'linerApi', data };

	return {
		async createLead(body) {
			const answer = await exchange(account, 'createLead', async () => {
				const response: IN8nHttpFullResponse = await context.helpers.httpRequestWithAuthentication.call(
					context,
					'linerApi',
					{
						method: 'POST',
						url: '/v2/lead/create/',
						body,
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
			return answer instanceof LeadFailure ? answer : readLeadId(answer.data);
		},
	};
}

/** What the failures of an account's requests tell, and what they keep to themselves. */
export interface Account {
	/** E.g. `liner.example.com`. */
	host: string;
	apiKey: string;
	/** In milliseconds. */
	timeout: number;
}

/** @returns A failure when the host or the key of the credential cannot be right. */
export function toAccount(data: ICredentialDataDecryptedObject, timeout: number): Account | LeadFailure {
	try {
		return { host: new URL(toBaseUrl(data.host)).host, apiKey: toApiKey(data.apiKey), timeout };
	} catch (error) {
		return toCredentialFailure(error as Error);
	}
}

function toCredentialFailure({ message, description }: Error & { description?: string }): LeadFailure {
	return new LeadFailure(
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
): Promise<{ data: unknown } | LeadFailure> {
	const result = await send().then(
		(answer) => readAnswer(answer, purpose),
		(error: Error) => explainNoAnswer(error, host, timeout, purpose),
	);
	if (!(result instanceof LeadFailure)) return result;

	const withoutKey = (text: string) => text.replaceAll(apiKey, '[API key]');
	const { kind, message, description, httpCode } = result;
	return new LeadFailure(kind, withoutKey(message), withoutKey(description), httpCode);
}

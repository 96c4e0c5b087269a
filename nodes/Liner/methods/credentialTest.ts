import type {
	ICredentialDataDecryptedObject,
	ICredentialsDecrypted,
	ICredentialTestFunctions,
	INodeCredentialTestResult,
} from 'n8n-workflow';

import { Failure } from '../failure';
import { cut } from '../texts';
import { DEFAULT_TIMEOUT, sendRequest, hideKeyIn, toAccount } from '../transport/account';
import { READ, type HttpResponse } from '../transport/response';
import { LinerApi } from '../../../credentials/LinerApi.credentials';

/**
 * Calls Liner's health check, which needs the key and creates nothing (liner-api section 2, "Health check"). Passes only
 * when Liner and each of its services report success; n8n's declarative test passes for any 2xx response, even a web
 * page.
 */
export async function linerApiTest(
	this: ICredentialTestFunctions,
	credential: ICredentialsDecrypted<ICredentialDataDecryptedObject>,
): Promise<INodeCredentialTestResult> {
	const data = credential.data ?? {};
	const account = toAccount(data, DEFAULT_TIMEOUT);
	if (account instanceof Failure) return toErrorResult(account);

	// The only helper that n8n gives a credential test. Nodes must not use the old helper of the same name.
	const { request } = this.helpers;
	const health = await sendRequest(account, READ, async () => {
		const { baseURL, url, headers } = await new LinerApi().authenticate(data, { url: '/v1/health/check/' });
		const response: Omit<HttpResponse, 'body'> & { body?: string } = await request({
			method: 'GET',
			uri: `${baseURL}${url}`,
			headers: { ...headers, 'Content-Type': 'application/json' },
			timeout: DEFAULT_TIMEOUT,
			followRedirect: false,
			simple: false,
			resolveWithFullResponse: true,
		});
		return { ...response, body: response.body ?? '' };
	});
	if (health instanceof Failure) return toErrorResult(health);

	const issue = findIssue(hideKeyIn(health.data, account.apiKey));
	return issue === undefined
		? { status: 'OK', message: 'Connection successful!' }
		: { status: 'Error', message: issue };
}

function toErrorResult({ message, description }: Failure): INodeCredentialTestResult {
	return { status: 'Error', message: `${message}. ${description}` };
}

/** @param services The data of the health check: an object for each service of Liner, with its own `success`. */
function findIssue(services: unknown): string | undefined {
	const isObject = typeof services === 'object' && services !== null;
	const entries = isObject ? Object.entries(services as Record<string, { success?: unknown } | null>) : [];
	const [down] = entries.find(([, service]) => service?.success === false) ?? [];
	if (down !== undefined) {
		return `The host and the API key are correct, but Liner reports that its service '${cut(down)}' is down. Try again later or contact Liner's support.`;
	}
	return entries.some(([, service]) => service?.success === true)
		? undefined
		: "The answer does not come from Liner's health check. Check 'Host' in the Liner credential.";
}

import { UserError } from 'n8n-workflow';
import type {
	Icon,
	ICredentialDataDecryptedObject,
	ICredentialType,
	IHttpRequestOptions,
	INodeProperties,
} from 'n8n-workflow';

const HOST_MEND =
	"Enter it like liner.example.com or https://liner.example.com in the Liner credential's 'Host'.";
const API_KEY_MEND = "Paste the integration token from Liner into the Liner credential's 'API Key'";

/** What a user has to correct: n8n's `UserError`, or in n8n before 1.80, which has none, as good as that. */
class CredentialError extends (UserError ?? Error) {
	constructor(
		message: string,
		readonly description: string,
	) {
		super(message);
	}
}

const FORBIDDEN_PARTS = [
	{ name: 'a user name or password', pattern: /^https?:\/\/[^/?#]*@/i },
	{ name: "a query ('?')", pattern: /^[^#]*\?/ },
	{ name: "a fragment ('#')", pattern: /#/ },
];

/**
 * Where Liner is: the base URL of every request.
 *
 * @param host What the user typed: a host name, with or without `http(s)://`, port, path prefix, final slashes and
 *   spaces around it. Without a scheme it is https.
 * @returns E.g. `https://liner.example.com` or `http://localhost:8080/prefix`, never with a slash at the end.
 * @throws {UserError} For anything else. The host is not quoted: it may hold a password, or a key in the wrong field.
 */
export function toBaseUrl(host: unknown): string {
	const text = typeof host === 'string' ? host.trim() : '';
	if (text === '') {
		throw new CredentialError('The host of Liner is missing', HOST_MEND);
	}

	const scheme = /^[a-z][a-z\d+.-]*:\/\//i.exec(text)?.[0].toLowerCase();
	if (scheme !== undefined && scheme !== 'http://' && scheme !== 'https://') {
		throw new CredentialError(`The host of Liner begins with ${scheme} but must be a web address`, HOST_MEND);
	}

	const address = scheme === undefined ? `https://${text}` : text;
	// The URL parser forgives quotes, backslashes, a missing or a third slash and a second scheme; what it makes of them is
	// not what was meant.
	const isForgiven =
		/[\s\\"'<>,;|]/.test(text) ||
		/^(https?:(?!\/\/)|(https?:)?\/\/\/|\/|https?:\/\/https?:?\/\/)/i.test(text);
	if (isForgiven || !URL.canParse(address)) {
		throw new CredentialError('The host of Liner is not a web address', HOST_MEND);
	}

	const excess = FORBIDDEN_PARTS.find(({ pattern }) => pattern.test(address));
	if (excess !== undefined) {
		throw new CredentialError(`The host of Liner holds ${excess.name}`, `Remove it. ${HOST_MEND}`);
	}

	const url = new URL(address);
	return url.origin + url.pathname.replace(/\/+$/, '');
}

/**
 * Who we are: the value of the `X-Api-Key` header.
 *
 * @param apiKey What the user pasted.
 * @returns The key without the spaces around it.
 * @throws {UserError} When it is missing or cannot stand in a header. The key is never quoted.
 */
export function toApiKey(apiKey: unknown): string {
	const key = typeof apiKey === 'string' ? apiKey.trim() : '';
	if (key === '') {
		throw new CredentialError('The API key of Liner is missing', API_KEY_MEND);
	}
	if (!/^[\x20-\x7e]+$/.test(key)) {
		throw new CredentialError(
			'The API key of Liner holds characters that no key has',
			`It may have been copied with a line break or in part. ${API_KEY_MEND}`,
		);
	}
	return key;
}

export class LinerApi implements ICredentialType {
	name = 'linerApi';

	displayName = 'Liner API';

	icon: Icon = { light: 'file:../nodes/Liner/liner.svg', dark: 'file:../nodes/Liner/liner.dark.svg' };

	documentationUrl = 'https://docs.linerapp.io/devs/api/request-schema';

	properties: INodeProperties[] = [
		{
			displayName: 'Host',
			name: 'host',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. liner.example.com',
			description:
				"Address of your own Liner API, e.g. liner.example.com: what Liner's API documentation calls YOUR_LINER_API_HOST. Whoever administers your Liner account, or Liner's support, can tell you.",
		},
		{
			displayName: 'API Key',
			name: 'apiKey',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			description: 'The token that Liner shows when you create an integration there',
		},
	];

	/**
	 * Completes a request with the base URL and the key. Doing so twice changes nothing, and an absolute `url` stays
	 * as it is, so that the HTTP Request node can use this credential as well.
	 *
	 * @throws {UserError} As {@link toBaseUrl} and {@link toApiKey}.
	 */
	authenticate = async (
		credentials: ICredentialDataDecryptedObject,
		requestOptions: IHttpRequestOptions,
	): Promise<IHttpRequestOptions> => ({
		...requestOptions,
		baseURL: toBaseUrl(credentials.host),
		headers: { ...requestOptions.headers, 'X-Api-Key': toApiKey(credentials.apiKey) },
	});
}

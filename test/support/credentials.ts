import { Workflow } from 'n8n-workflow';
import type {
	IAuthenticateGeneric,
	ICredentialDataDecryptedObject,
	ICredentials,
	ICredentialsHelper,
	ICredentialType,
	IDataObject,
	IHttpRequestOptions,
	INode,
	INodeCredentialsDetails,
	INodeProperties,
	INodeTypes,
	IWorkflowExecuteAdditionalData,
} from 'n8n-workflow';

/** The credentials of an engine, by their IDs. */
export type CredentialStore = Record<string, { type: string; data: ICredentialDataDecryptedObject }>;

/**
 * Does what n8n's own helper does, with a store in memory: `authenticate` as a function or generic, but no database and no
 * encryption.
 */
export class InMemoryCredentialsHelper implements ICredentialsHelper {
	constructor(
		private readonly types: (name: string) => ICredentialType,
		private readonly store: CredentialStore,
		private readonly nodeTypes: INodeTypes,
	) {}

	getParentTypes(name: string): string[] {
		return this.types(name).extends ?? [];
	}

	isCredentialUsableByNode(): boolean {
		return true;
	}

	async authenticate(
		credentials: ICredentialDataDecryptedObject,
		typeName: string,
		requestOptions: IHttpRequestOptions,
	): Promise<IHttpRequestOptions> {
		const { authenticate } = this.types(typeName);
		if (authenticate === undefined) return requestOptions;
		return typeof authenticate === 'function'
			? await authenticate(credentials, requestOptions)
			: this.authenticateGenerically(authenticate, credentials, requestOptions);
	}

	private authenticateGenerically(
		{ properties }: IAuthenticateGeneric,
		$credentials: ICredentialDataDecryptedObject,
		requestOptions: IHttpRequestOptions,
	): IHttpRequestOptions {
		const node: INode = {
			id: '1',
			name: 'Credential',
			type: '',
			typeVersion: 1,
			position: [0, 0],
			parameters: {},
		};
		const workflow = new Workflow({
			nodes: [node],
			connections: {},
			active: false,
			nodeTypes: this.nodeTypes,
		});
		const options = requestOptions as unknown as Record<string, IDataObject>;
		for (const [part, values] of Object.entries(properties)) {
			options[part] ??= {};
			for (const [key, value] of Object.entries(values as Record<string, string>)) {
				options[part][key] = workflow.expression.getSimpleParameterValue(node, value, 'internal', {
					$credentials,
				}) as string;
			}
		}
		return requestOptions;
	}

	async preAuthentication(): Promise<undefined> {
		return undefined;
	}

	async runPreAuthentication(): Promise<undefined> {
		return undefined;
	}

	async getCredentials(): Promise<ICredentials> {
		throw new Error('The engine asks for decrypted credentials only');
	}

	async getDecrypted(
		_additionalData: IWorkflowExecuteAdditionalData,
		{ id }: INodeCredentialsDetails,
		type: string,
	): Promise<ICredentialDataDecryptedObject> {
		const credential = this.store[id ?? ''];
		if (credential?.type !== type) {
			throw new Error(`Credential with ID "${id}" does not exist for type "${type}".`);
		}
		return { ...credential.data };
	}

	async updateCredentials(): Promise<void> {}

	async updateCredentialsOauthTokenData(): Promise<void> {}

	getCredentialsProperties(type: string): INodeProperties[] {
		return this.types(type).properties;
	}
}

/** Nodes to compare the Liner node with; they take the same parameters and credential. */
import type {
	ICredentialType,
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
	INodeType,
	IWorkflowExecuteAdditionalData,
	Workflow,
} from 'n8n-workflow';

/** A credential that sets the header of the key with an expression, as for most nodes. */
export const plainApi: ICredentialType = {
	name: 'plainApi',
	displayName: 'Plain API',
	properties: [
		{ displayName: 'Host', name: 'host', type: 'string', default: '' },
		{ displayName: 'API Key', name: 'apiKey', type: 'string', default: '' },
	],
	authenticate: {
		type: 'generic',
		properties: { headers: { 'X-Api-Key': '={{ $credentials.apiKey }}' } },
	},
};

/** How many requests a node sends at the same time. */
export const PARALLEL = 10;

/** The fields of each lead, besides the lead type. */
const FIELDS = ['phone', 'orderId', 'orderCode', 'name', 'externalIdAmo'];

function nodeType(
	name: string,
	execute: (context: IExecuteFunctions) => Promise<INodeExecutionData[]>,
): INodeType {
	return {
		description: {
			displayName: name,
			name,
			group: ['output'],
			version: 1,
			description: name,
			defaults: { name },
			inputs: ['main'],
			outputs: ['main'],
			credentials: [{ name: 'linerApi' }, { name: 'plainApi' }],
			properties: ['host', ...FIELDS].map((field) => ({
				displayName: field,
				name: field,
				type: 'string',
				default: '',
			})),
		},
		async execute() {
			return [await execute(this)];
		},
	};
}

function getBody(context: IExecuteFunctions, item: number): IDataObject {
	const fields = FIELDS.map((field) => [field, context.getNodeParameter(field, item)] as const);
	return { leadType: 'straight', ...Object.fromEntries(fields) };
}

/** Does what most community nodes do: for each item, it gets the fields, then awaits one request. */
const plain = nodeType('bench.plain', async (context) => {
	const output: INodeExecutionData[] = [];
	for (let item = 0; item < context.getInputData().length; item++) {
		const answer = (await context.helpers.httpRequestWithAuthentication.call(context, 'plainApi', {
			method: 'POST',
			url: `${context.getNodeParameter('host', 0) as string}/v2/lead/create/`,
			body: getBody(context, item),
			json: true,
		})) as { data: { id: number } };
		output.push({ json: { id: answer.data.id }, pairedItem: { item } });
	}
	return output;
});

/** Only what n8n itself needs for the items. */
const nothing = nodeType('bench.nothing', async (context) =>
	context.getInputData().map((_, item) => ({ json: { id: item }, pairedItem: { item } })),
);

/** Only gets the fields of each item. */
const expressions = nodeType('bench.expressions', async (context) =>
	context.getInputData().map((_, item) => {
		getBody(context, item);
		return { json: { id: item }, pairedItem: { item } };
	}),
);

/** Only fetches the credential for each item and completes a request with it. */
const credential = nodeType('bench.credential', async (context) => {
	const { credentialsHelper } = (context as unknown as { additionalData: IWorkflowExecuteAdditionalData })
		.additionalData;
	const output: INodeExecutionData[] = [];
	for (let item = 0; item < context.getInputData().length; item++) {
		const data = await context.getCredentials(plainApi.name, item);
		await credentialsHelper.authenticate(
			data,
			plainApi.name,
			{ url: '/' },
			{} as Workflow,
			context.getNode(),
		);
		output.push({ json: { id: item }, pairedItem: { item } });
	}
	return output;
});

/** Sends prepared bodies with n8n's helper and a decrypted credential, several at a time. */
const helper = nodeType('bench.helper', async (context) => {
	const items = context.getInputData();
	const output = new Array<INodeExecutionData>(items.length);
	const data = await context.getCredentials('linerApi');
	const credentialsDecrypted = { id: 'liner', name: 'Liner account', type: 'linerApi', data };
	let next = 0;
	const work = async () => {
		while (next < items.length) {
			const item = next++;
			const answer = (await context.helpers.httpRequestWithAuthentication.call(
				context,
				'linerApi',
				{ method: 'POST', url: '/v2/lead/create/', body: items[item].json, json: true },
				{ credentialsDecrypted },
			)) as { data: { id: number } };
			output[item] = { json: { id: answer.data.id }, pairedItem: { item } };
		}
	};
	await Promise.all(Array.from({ length: PARALLEL }, work));
	return output;
});

export const benchNodes = { plain, nothing, expressions, credential, helper };

/** An expression for each field, as a user maps them. */
export const mappedFields = Object.fromEntries(FIELDS.map((field) => [field, `={{ $json.${field} }}`]));

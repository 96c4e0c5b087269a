import type {
	IExecuteFunctions,
	INodeExecutionData,
	INodeType,
	INodeTypeDescription,
	NodeConnectionType,
} from 'n8n-workflow';

import { description as properties, route } from './actions/router';
import { linerApiTest } from './methods/credentialTest';
import * as listSearch from './methods/listSearch';
import * as loadOptions from './methods/loadOptions';

/** Not `NodeConnectionTypes.Main`: n8n before 1.85 does not have it and could not load the node. */
const MAIN: NodeConnectionType = 'main';

export class Liner implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Liner',
		name: 'liner',
		icon: { light: 'file:liner.svg', dark: 'file:liner.dark.svg' },
		group: ['output'],
		version: 1,
		subtitle: '={{ $parameter["operation"] + ": " + $parameter["resource"] }}',
		description: 'Create leads in the Liner call-centre platform',
		defaults: { name: 'Liner' },
		usableAsTool: true,
		inputs: [MAIN],
		outputs: [MAIN],
		credentials: [{ name: 'linerApi', required: true, testedBy: 'linerApiTest' }],
		properties,
	};

	methods = { credentialTest: { linerApiTest }, listSearch, loadOptions };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await route(this);
	}
}

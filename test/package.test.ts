import { Engine, LINER_NODE, loadPackage } from './support/engine';

import type { INodeProperties, INodeType } from 'n8n-workflow';
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';

const root = resolve(__dirname, '..');

describe('the built package, as n8n loads it', () => {
	it('has the node and the credential that package.json names', async () => {
		const { known, loadedNodes } = await loadPackage();
		expect(loadedNodes).toEqual([{ name: 'liner', version: 1 }]);
		expect(Object.keys(known.nodes)).toEqual(['liner']);
		expect(known.credentials).toMatchObject({ linerApi: { supportedNodes: ['liner'] } });
	});

	it('has the icons of both themes', async () => {
		const loader = await loadPackage();
		const urls = [
			(loader.getNode('liner').type as INodeType).description.iconUrl,
			loader.getCredential('linerApi').type.iconUrl,
		];
		expect(urls).toEqual([
			{
				light: 'icons/n8n-nodes-liner/dist/nodes/Liner/liner.svg',
				dark: 'icons/n8n-nodes-liner/dist/nodes/Liner/liner.dark.svg',
			},
			{
				light: 'icons/n8n-nodes-liner/dist/nodes/Liner/liner.svg',
				dark: 'icons/n8n-nodes-liner/dist/nodes/Liner/liner.dark.svg',
			},
		]);
		const [light, dark] = ['liner.svg', 'liner.dark.svg'].map((name) =>
			readFileSync(resolve(root, 'dist/nodes/Liner', name), 'utf8'),
		);
		expect(light).toMatch(/^<svg /);
		expect(dark).toMatch(/^<svg /);
		expect(light).not.toBe(dark);
	});

	it('has the codex', async () => {
		const { description } = (await loadPackage()).getNode('liner').type as INodeType;
		expect(description.codex).toMatchObject({ categories: ['Sales', 'Communication'] });
		expect(JSON.parse(readFileSync(resolve(root, 'dist/nodes/Liner/Liner.node.json'), 'utf8'))).toMatchObject(
			{
				node: LINER_NODE,
			},
		);
	});

	it('asks for the host and the key, which is a secret', async () => {
		expect((await loadPackage()).getCredential('linerApi').type.properties).toMatchObject([
			{ displayName: 'Host', name: 'host', type: 'string', required: true },
			{
				displayName: 'API Key',
				name: 'apiKey',
				type: 'string',
				required: true,
				typeOptions: { password: true },
			},
		]);
	});

	it('has a credential test', async () => {
		const engine = await Engine.start();
		await expect(engine.testCredential({ host: '', apiKey: '' })).resolves.toMatchObject({ status: 'Error' });
	});

	it('is published from the tarball that was scanned; without "./", npm would take it for a repository', () => {
		const workflow = readFileSync(resolve(root, '.github/workflows/publish.yml'), 'utf8');
		expect(workflow).toContain('npm run gate -- --keep release');
		expect(workflow.match(/npm publish \S+/g)).toEqual(['npm publish ./release/*.tgz']);
	});

	it('ships nothing that only tests need', () => {
		expect(existsSync(resolve(root, 'dist/test'))).toBe(false);
		expect(JSON.parse(readFileSync(resolve(root, 'package.json'), 'utf8'))).toMatchObject({
			files: ['dist'],
			peerDependencies: { 'n8n-workflow': '*' },
		});
	});
});

describe('the node in the editor', () => {
	let properties: INodeProperties[];
	let propertiesOf: (operation: string) => INodeProperties[];
	beforeAll(async () => {
		const all = ((await loadPackage()).getNode('liner').type as INodeType).description.properties;
		propertiesOf = (operation) =>
			all.filter(({ displayOptions }) => displayOptions?.show?.operation?.includes(operation) ?? true);
		properties = propertiesOf('create');
	});

	it('shows these parameters in this order, with the names that saved workflows contain', () => {
		expect(properties.map(({ displayName, name, type }) => [displayName, name, type])).toEqual([
			['Resource', 'resource', 'options'],
			['Operation', 'operation', 'options'],
			['Mapping', 'mappingMode', 'options'],
			[expect.stringContaining('Columns are mapped to fields by name'), 'automaticMappingNotice', 'notice'],
			['Lead Type', 'leadType', 'options'],
			['Phone', 'phone', 'string'],
			['Order', 'orderId', 'resourceLocator'],
			['Order Code', 'orderCode', 'string'],
			['Additional Fields', 'additionalFields', 'collection'],
			['Specify Custom Values', 'specifyCustomValues', 'options'],
			['Custom Values', 'customValues', 'fixedCollection'],
			['Custom Values (JSON)', 'jsonCustomValues', 'json'],
			['Options', 'options', 'collection'],
		]);
	});

	it('lists the additional fields in the order of their labels, each with a help text', () => {
		const additionalFields = properties.find(({ name }) => name === 'additionalFields')
			?.options as INodeProperties[];
		const labels = additionalFields.map(({ displayName }) => displayName);
		expect(labels).toEqual([...labels].sort((a, b) => a.localeCompare(b)));
		expect(additionalFields.filter(({ description }) => !description)).toEqual([]);
	});

	it('shows what belongs to the selected operation and the selected way to specify custom values', () => {
		const show = { resource: ['lead'], operation: ['create'] };
		expect(
			Object.fromEntries(properties.map(({ name, displayOptions }) => [name, displayOptions?.show])),
		).toEqual({
			resource: undefined,
			operation: { resource: ['lead'] },
			mappingMode: show,
			automaticMappingNotice: { ...show, mappingMode: ['autoMapInputData'] },
			leadType: show,
			phone: show,
			orderId: show,
			orderCode: show,
			additionalFields: show,
			specifyCustomValues: show,
			customValues: { ...show, specifyCustomValues: ['keypair'] },
			jsonCustomValues: { ...show, specifyCustomValues: ['json'] },
			options: show,
		});
		expect(
			Object.fromEntries(
				properties.flatMap(({ name, displayOptions }) =>
					displayOptions?.hide === undefined ? [] : [[name, displayOptions.hide]],
				),
			),
		).toEqual({ mappingMode: { '@tool': [true] }, phone: { mappingMode: ['autoMapInputData'] } });
	});

	it('has these defaults', () => {
		expect(Object.fromEntries(properties.map(({ name, default: value }) => [name, value]))).toEqual({
			resource: 'lead',
			operation: 'create',
			mappingMode: 'defineBelow',
			automaticMappingNotice: '',
			leadType: 'straight',
			phone: '',
			orderId: { mode: 'list', value: '' },
			orderCode: '',
			additionalFields: {},
			specifyCustomValues: 'keypair',
			customValues: {},
			jsonCustomValues: '{}',
			options: {},
		});
		expect(properties.find(({ name }) => name === 'leadType')?.options).toMatchObject([
			{ name: 'Regular', value: 'straight' },
			{ name: 'Selection', value: 'selection' },
		]);
		const options = properties.find(({ name }) => name === 'options')?.options as INodeProperties[];
		expect(options.map(({ displayName, name, default: value }) => [displayName, name, value])).toEqual([
			['If the Lead Already Exists', 'ifExists', 'create'],
			['If the Outcome Is Unknown', 'onUnknown', 'resend'],
			['Look Back (Hours)', 'lookBackHours', 24],
			['Max Retries', 'maxRetries', 3],
			['Parallel Requests', 'concurrency', 10],
			['Requests per Second', 'requestsPerSecond', 0],
			['Timeout', 'timeout', 15_000],
		]);
	});

	it('shows the same for Create (Async), without the options that look for leads', () => {
		const plain = (operation: string) =>
			JSON.parse(
				JSON.stringify(propertiesOf(operation)).replaceAll('"createAsync"', '"create"'),
			) as INodeProperties[];
		const [sync, async] = [plain('create'), plain('createAsync')];
		expect(async.slice(0, -1)).toEqual(sync.slice(0, -1));
		const options = async.at(-1)?.options as INodeProperties[];
		expect(options.map(({ name }) => name)).toEqual([
			'maxRetries',
			'concurrency',
			'requestsPerSecond',
			'timeout',
		]);
	});

	it('has a subtitle, an action for its operation, and can be a tool of an AI agent', async () => {
		const { description } = (await loadPackage()).getNode('liner').type as INodeType;
		expect(description).toMatchObject({
			subtitle: '={{ $parameter["operation"] + ": " + $parameter["resource"] }}',
			usableAsTool: true,
			version: 1,
		});
		expect(properties.find(({ name }) => name === 'operation')?.options).toMatchObject([
			{ name: 'Create', value: 'create', action: 'Create lead' },
			{ name: 'Create (Async)', value: 'createAsync', action: 'Create lead asynchronously' },
		]);
	});
});

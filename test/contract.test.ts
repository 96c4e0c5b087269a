import { useLiner } from './support/fixture';
import createLeadSchema from '../sandbox/create-lead.schema.json';

import Ajv from 'ajv';
import type { INodeProperties } from 'n8n-workflow';

const liner = useLiner();

/** Every parameter of the contract (liner-api section 1), as the sandbox checks it. */
const contract = Object.keys(createLeadSchema.properties).sort();

/** One value for each field without choices: new rows of the table need one here. */
const examples: Record<string, string | number> = {
	phone: '+79001234567',
	orderId: '501',
	orderCode: 'river-park',
	telegramUserName: 'anna_petrova',
	telegramPhone: '79001234567',
	vkId: '12345678',
	instagramLogin: 'anna.petrova',
	name: 'Anna Petrova',
	sourceComment: 'Two rooms',
	externalIdBitrix24: 'B-1',
	externalIdAmo: 'A-1',
	externalIdMacro: 'M-1',
	externalIdDomoplaner: 'D-1',
	priority: 5,
	utcOffset: 3,
	statusId: '2',
};

function editorFields(operation = 'create') {
	const { properties: all } = liner.engine.nodeTypes.getByNameAndVersion('n8n-nodes-liner.liner').description;
	const properties = all.filter(
		({ displayOptions }) => displayOptions?.show?.operation?.includes(operation) ?? false,
	);
	const additional = properties.find(({ name }) => name === 'additionalFields')?.options as INodeProperties[];
	const settings = ['mappingMode', 'additionalFields', 'specifyCustomValues', 'jsonCustomValues', 'options'];
	return {
		topLevel: properties
			.filter(({ type }) => type !== 'notice')
			.map(({ name }) => name)
			.filter((name) => !settings.includes(name)),
		additional: additional.map(({ name }) => name),
	};
}

describe('the contract', () => {
	it.each(['create', 'createAsync'])('matches the fields in the editor exactly: %s', (operation) => {
		const { topLevel, additional } = editorFields(operation);
		expect([...topLevel, ...additional].sort()).toEqual(contract);
		expect(topLevel.sort()).toEqual([...createLeadSchema.required, 'customValues'].sort());
	});

	it('matches what is sent when everything is filled in', async () => {
		const { additional } = editorFields();
		const { bodies, run } = await liner.run([{}], {
			...examples,
			leadType: 'selection',
			additionalFields: Object.fromEntries(additional.map((name) => [name, examples[name]])),
			customValues: { values: [{ fieldId: '12', value: 'vip' }] },
		});
		expect(run.status).toBe('success');
		expect(Object.keys(bodies[0] as object).sort()).toEqual(contract);

		const validate = new Ajv({ allowUnionTypes: true }).compile(createLeadSchema);
		expect(validate(bodies[0])).toBe(true);
	});
});

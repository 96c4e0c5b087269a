import { updateDisplayOptions, type IDisplayOptions, type INodeProperties } from 'n8n-workflow';

import { leadFields } from './lead.fields';
import { runOptions } from './runOptions';

const customValueProperties: INodeProperties[] = [
	{
		displayName: 'Specify Custom Values',
		name: 'specifyCustomValues',
		type: 'options',
		noDataExpression: true,
		options: [
			{
				name: 'Using Fields Below',
				value: 'keypair',
				description: 'Enter each custom field and its value',
			},
			{
				name: 'Using JSON',
				value: 'json',
				description: 'Give all custom values at once, e.g. when an expression decides which there are',
			},
		],
		default: 'keypair',
	},
	{
		displayName: 'Custom Values',
		name: 'customValues',
		type: 'fixedCollection',
		typeOptions: { multipleValues: true },
		placeholder: 'Add Custom Value',
		default: {},
		displayOptions: { show: { specifyCustomValues: ['keypair'] } },
		description: 'What to store in the custom fields that your Liner account has for leads',
		options: [
			{
				displayName: 'Values',
				name: 'values',
				values: [
					{
						displayName: 'Field ID',
						name: 'fieldId',
						type: 'string',
						default: '',
						placeholder: 'e.g. 12',
						description: 'The ID of the custom field in Liner, e.g. 12',
					},
					{
						displayName: 'Value',
						name: 'value',
						type: 'string',
						default: '',
						placeholder: 'e.g. VIP',
						description:
							'What to store in the field. An expression keeps its type: a number, true or false, or a list for a multi-select. A blank value is left out.',
					},
				],
			},
		],
	},
	{
		displayName: 'Custom Values (JSON)',
		name: 'jsonCustomValues',
		type: 'json',
		default: '{}',
		displayOptions: { show: { specifyCustomValues: ['json'] } },
		description:
			'An object of field ID and value, e.g. { "12": "VIP" }, or a list, e.g. [{ "fieldId": "12", "value": "VIP" }].',
		hint: 'e.g. { "12": "VIP", "15": ["a", "b"] }',
	},
];

const optionsProperty: INodeProperties = {
	displayName: 'Options',
	name: 'options',
	type: 'collection',
	placeholder: 'Add option',
	default: {},
	options: runOptions.map(({ property }) => property),
};

/**
 * What the editor asks for a new lead: the required fields of the table, the optional ones as a collection, the custom
 * values, and how to send.
 *
 * @param show When to show it.
 */
export function leadProperties(show: NonNullable<IDisplayOptions['show']>): INodeProperties[] {
	const properties: INodeProperties[] = [
		...leadFields.filter(({ required }) => required).map(({ property }) => property),
		{
			displayName: 'Additional Fields',
			name: 'additionalFields',
			type: 'collection',
			placeholder: 'Add Field',
			default: {},
			options: leadFields.filter(({ required }) => !required).map(({ property }) => property),
		},
		...customValueProperties,
		optionsProperty,
	];
	return updateDisplayOptions({ show }, properties);
}

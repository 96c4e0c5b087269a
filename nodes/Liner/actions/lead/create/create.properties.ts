import { updateDisplayOptions, type IDisplayOptions, type INodeProperties } from 'n8n-workflow';

import type { Option } from './options';
import { leadFields } from '../lead.fields';

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
				description:
					'Enter all custom values at once, e.g. when an expression decides which fields to fill in',
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
		description: 'Values for the custom fields that your Liner account has for leads',
		options: [
			{
				displayName: 'Values',
				name: 'values',
				values: [
					{
						displayName: 'Field Name or ID',
						name: 'fieldId',
						type: 'options',
						typeOptions: { loadOptionsMethod: 'getCustomFields' },
						default: '',
						description:
							'The custom field to fill in. Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
					},
					{
						displayName: 'Value',
						name: 'value',
						type: 'string',
						default: '',
						placeholder: 'e.g. VIP',
						description:
							'The value of the field, which is converted to its type: e.g. 3, 12.5, yes, 2026-05-01, 2026-05-01 10:00, the title of a choice, or several titles separated by commas. A blank value is not sent.',
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
			'An object of field IDs (or titles) and values, e.g. { "12": "VIP" }, or a list, e.g. [{ "fieldId": "12", "value": "VIP" }].',
		hint: 'e.g. { "12": "VIP", "15": ["a", "b"] }',
	},
];

const mappingMode: INodeProperties = {
	displayName: 'Mapping',
	name: 'mappingMode',
	type: 'options',
	noDataExpression: true,
	options: [
		{
			name: 'Map Each Field Below',
			value: 'defineBelow',
			description: 'Set the value of each field',
		},
		{
			name: 'Map Automatically',
			value: 'autoMapInputData',
			description:
				"Use the item's columns that are named after a field in Liner's API, e.g. phone, Order ID or external_id_amo, or after a custom field. The fields below are used for items where that column is missing or blank.",
		},
	],
	default: 'defineBelow',
	// An agent fills in the fields of a tool, so there are no columns to map.
	displayOptions: { hide: { '@tool': [true] } },
	description: 'How to map the data of the incoming items to the fields of the leads',
};

const automaticMappingNotice: INodeProperties = {
	displayName:
		'Columns are mapped to fields by name, e.g. phone, Order ID, or the title of a custom field. The fields below are used for items where that column is missing or blank.',
	name: 'automaticMappingNotice',
	type: 'notice',
	default: '',
	displayOptions: { show: { mappingMode: ['autoMapInputData'] } },
};

const notInAutomaticMapping = { hide: { mappingMode: ['autoMapInputData'] } };

/**
 * The parameters for a new lead: the required fields of the table, the optional ones as a collection, the custom values,
 * and the options.
 *
 * @param show When to show them.
 * @param options The options of the operation.
 */
export function createProperties(
	show: NonNullable<IDisplayOptions['show']>,
	options: Option[],
): INodeProperties[] {
	const properties: INodeProperties[] = [
		mappingMode,
		automaticMappingNotice,
		...leadFields
			.filter(({ required }) => required)
			.map(({ property, perItem }) =>
				perItem ? { ...property, displayOptions: notInAutomaticMapping } : property,
			),
		{
			displayName: 'Additional Fields',
			name: 'additionalFields',
			type: 'collection',
			placeholder: 'Add Field',
			default: {},
			options: leadFields.filter(({ required }) => !required).map(({ property }) => property),
		},
		...customValueProperties,
		{
			displayName: 'Options',
			name: 'options',
			type: 'collection',
			placeholder: 'Add option',
			default: {},
			options: options.map(({ property }) => property),
		},
	];
	return updateDisplayOptions({ show }, properties);
}

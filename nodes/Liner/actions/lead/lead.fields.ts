import type { INodeProperties } from 'n8n-workflow';

/**
 * The type of a field on the wire, to which {@link buildLeadBody} coerces its values:
 * - `leadType`: one of the two lead types
 * - `phone`: a phone number in E.164 form, with or without the leading `+`
 * - `text`: any text
 * - `phoneText`: any text; the formatting of a phone number is removed
 * - `idText`: a whole number above 0, as text
 * - `id`: a whole number above 0
 * - `integer`: any whole number
 * - `statusId`: the ID of a lead status, which is looked up for a title
 */
export type LeadFieldType =
	| 'leadType'
	| 'phone'
	| 'text'
	| 'phoneText'
	| 'idText'
	| 'id'
	| 'integer'
	| 'statusId';

/** One parameter of `POST /v2/lead/create/`, with the same name on the wire and in the node. */
export interface LeadField {
	type: LeadFieldType;
	/** Whether Liner requires it (liner-api section 1). */
	required?: true;
	/** Whether each item needs its own value, so that automatic mapping takes it from a column only. */
	perItem?: true;
	/**
	 * Whether the field distinguishes leads when the node looks for a lead in Liner: `client` fields always do, `request`
	 * fields only for leads that were created around the time of one request.
	 */
	identifies?: 'client' | 'request';
	/** The parameter in n8n's editor; `property.name` is the name on the wire. */
	property: INodeProperties;
}

/**
 * Every parameter of `POST /v2/lead/create/` except the custom values, in the order of the editor: the required ones,
 * then the optional ones by label. The editor, {@link buildLeadBody} and the contract test all use this table.
 */
export const leadFields: LeadField[] = [
	{
		type: 'leadType',
		required: true,
		identifies: 'client',
		property: {
			displayName: 'Lead Type',
			name: 'leadType',
			type: 'options',
			options: [
				{ name: 'Regular', value: 'straight', description: 'A lead that agents call in the usual way' },
				{ name: 'Selection', value: 'selection', description: 'A selection lead' },
			],
			default: 'straight',
			required: true,
			description:
				"Which kind of lead to create: 'straight' for a regular lead, 'selection' for a selection lead",
		},
	},
	{
		type: 'phone',
		required: true,
		perItem: true,
		identifies: 'client',
		property: {
			displayName: 'Phone',
			name: 'phone',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. +79001234567',
			description:
				"The client's phone number with its country code, 7 to 15 digits, e.g. 79001234567 or +7 (900) 123-45-67. Spaces, dashes, dots and brackets are removed.",
		},
	},
	{
		type: 'id',
		required: true,
		identifies: 'client',
		property: {
			displayName: 'Order',
			name: 'orderId',
			type: 'resourceLocator',
			default: { mode: 'list', value: '' },
			description:
				"The order in Liner whose call queue the lead joins; its ID is a whole number above 0, e.g. 501. Can be empty if 'Order Code' is filled in.",
			modes: [
				{
					displayName: 'From List',
					name: 'list',
					type: 'list',
					placeholder: 'Select an order...',
					typeOptions: { searchListMethod: 'searchOrders', searchable: true },
				},
				{
					displayName: 'By ID',
					name: 'id',
					type: 'string',
					placeholder: 'e.g. 501',
					validation: [
						{
							type: 'regex',
							properties: {
								regex: '^\\s*(\\+?0*[1-9]\\d*)?\\s*$',
								errorMessage: 'An order ID is a whole number above 0, e.g. 501',
							},
						},
					],
				},
			],
		},
	},
	{
		type: 'text',
		required: true,
		identifies: 'client',
		property: {
			displayName: 'Order Code',
			name: 'orderCode',
			type: 'string',
			default: '',
			placeholder: 'e.g. river-park',
			description:
				"The code of the same order in Liner, e.g. river-park. Can be empty if 'Order' is filled in: the node then looks it up.",
			hint: "Not needed if 'Order' is filled in",
		},
	},
	{
		type: 'text',
		identifies: 'client',
		property: {
			displayName: 'AmoCRM Lead ID',
			name: 'externalIdAmo',
			type: 'string',
			default: '',
			placeholder: 'e.g. 2345678',
			description: "The lead's ID in AmoCRM",
		},
	},
	{
		type: 'text',
		identifies: 'client',
		property: {
			displayName: 'Bitrix24 Lead ID',
			name: 'externalIdBitrix24',
			type: 'string',
			default: '',
			placeholder: 'e.g. 2345678',
			description: "The lead's ID in Bitrix24",
		},
	},
	{
		type: 'text',
		identifies: 'client',
		property: {
			displayName: 'Domoplaner Lead ID',
			name: 'externalIdDomoplaner',
			type: 'string',
			default: '',
			placeholder: 'e.g. 2345678',
			description: "The lead's ID in Domoplaner",
		},
	},
	{
		type: 'text',
		identifies: 'request',
		property: {
			displayName: 'Instagram Login',
			name: 'instagramLogin',
			type: 'string',
			default: '',
			placeholder: 'e.g. anna.petrova',
			description: "The client's login on Instagram",
		},
	},
	{
		type: 'statusId',
		property: {
			displayName: 'Lead Status Name or ID',
			name: 'statusId',
			type: 'options',
			typeOptions: { loadOptionsMethod: 'getLeadStatuses' },
			default: '',
			description:
				'The initial status of the lead, which has to be of the category \'in-progress\'. Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
		},
	},
	{
		type: 'text',
		identifies: 'client',
		property: {
			displayName: 'MacroCRM Lead ID',
			name: 'externalIdMacro',
			type: 'string',
			default: '',
			placeholder: 'e.g. 2345678',
			description: "The lead's ID in MacroCRM",
		},
	},
	{
		type: 'text',
		identifies: 'request',
		property: {
			displayName: 'Name',
			name: 'name',
			type: 'string',
			default: '',
			placeholder: 'e.g. Anna Petrova',
			description: "The client's name",
		},
	},
	{
		type: 'integer',
		property: {
			displayName: 'Priority',
			name: 'priority',
			type: 'number',
			typeOptions: { numberPrecision: 0 },
			default: 0,
			description: "The lead's priority in the call queue, a whole number, which may be 0 or negative",
		},
	},
	{
		type: 'text',
		property: {
			displayName: 'Source Comment',
			name: 'sourceComment',
			type: 'string',
			typeOptions: { rows: 3 },
			default: '',
			placeholder: 'e.g. Two rooms, ready to move in May',
			description: 'Information from the source of the lead: a comment, or the log of a questionnaire',
		},
	},
	{
		type: 'phoneText',
		identifies: 'request',
		property: {
			displayName: 'Telegram Phone',
			name: 'telegramPhone',
			type: 'string',
			default: '',
			placeholder: 'e.g. +79001234567',
			description:
				"The phone number of the client's Telegram account, preferably with its country code, e.g. 79001234567",
		},
	},
	{
		type: 'text',
		identifies: 'request',
		property: {
			displayName: 'Telegram Username',
			name: 'telegramUserName',
			type: 'string',
			default: '',
			placeholder: 'e.g. anna_petrova',
			description: "The client's username in Telegram",
		},
	},
	{
		type: 'integer',
		property: {
			displayName: 'UTC Offset',
			name: 'utcOffset',
			type: 'number',
			typeOptions: { numberPrecision: 0 },
			default: 0,
			description: "The client's offset from UTC in whole hours, e.g. 3, 0 or -5",
		},
	},
	{
		type: 'idText',
		identifies: 'request',
		property: {
			displayName: 'VK ID',
			name: 'vkId',
			type: 'string',
			default: '',
			placeholder: 'e.g. 12345678',
			description: "The client's numeric user ID on VK, above 0, e.g. 12345678",
		},
	},
];

/** The editor's label of the field with this name on the wire. */
export const labelOf = (name: string) =>
	leadFields.find(({ property }) => property.name === name)?.property.displayName ?? name;

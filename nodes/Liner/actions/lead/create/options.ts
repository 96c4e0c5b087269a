import type { INodeProperties } from 'n8n-workflow';

import type { Parameters } from '../input/parameters';
import { Failure } from '../../../failure';
import { InvalidValue, isBlank, quote } from '../../../fields/values';
import { DEFAULT_TIMEOUT } from '../../../transport/account';

/** How a run sends its leads. */
export interface SendOptions {
	/** How long to wait for each response, in milliseconds. */
	timeout: number;
	/** How many requests to send at the same time. */
	concurrency: number;
	/** 0 for no limit. */
	requestsPerSecond: number;
	/** How many times a lead is sent again at most. */
	maxRetries: number;
}

/** When and how a run looks for leads in Liner. */
export interface LookupOptions {
	/** What to do about a lead that may or may not exist. */
	onUnknown: 'resend' | 'check' | 'fail';
	/** What to do about an item that already has a lead in Liner. */
	ifExists: 'create' | 'return';
	/** The maximum age of that lead. */
	lookBackHours: number;
}

/** An option: its parameter in the editor, and which values are allowed. */
export interface Option {
	property: INodeProperties;
	isAllowed(value: unknown): boolean;
	/** For a value that is not allowed. */
	howToFix: string;
}

const isWhole = (value: unknown, from: number, to = Infinity) =>
	Number.isInteger(value) && (value as number) >= from && (value as number) <= to;

const choicesOf = ({ options }: INodeProperties) => options as Array<{ name: string; value: string }>;

const isOneOf = (property: INodeProperties) => (value: unknown) =>
	choicesOf(property).some((choice) => choice.value === value);

const nameChoices = (property: INodeProperties) =>
	`Allowed: ${choicesOf(property)
		.map(({ name, value }) => `'${value}' (${name})`)
		.join(', ')}.`;

const ifExists: INodeProperties = {
	displayName: 'If the Lead Already Exists',
	name: 'ifExists',
	type: 'options',
	options: [
		{
			name: 'Create Anyway',
			value: 'create',
			description: 'Create a new lead for every item',
		},
		{
			name: 'Return the Existing Lead',
			value: 'return',
			description:
				'Look in Liner first, and send only items for which there is no lead with the same phone, lead type, order and external IDs. Existing leads are not changed. Makes it safe to run the same items again.',
		},
	],
	default: 'create',
	description: 'What to do about an item that already has a recent lead in Liner',
};

const onUnknown: INodeProperties = {
	displayName: 'If the Outcome Is Unknown',
	name: 'onUnknown',
	type: 'options',
	options: [
		{
			name: 'Check in Liner, Then Fail',
			value: 'check',
			description:
				'Look for the lead in Liner; if it is not there, the item fails. A retry of the node looks again before it sends the item.',
		},
		{
			name: 'Check in Liner, Then Resend',
			value: 'resend',
			description: 'Look for the lead in Liner; if it is not there, send the item again',
		},
		{
			name: 'Fail',
			value: 'fail',
			description: 'Do not look for the lead, and do not send the item again',
		},
	],
	default: 'resend',
	description:
		'What to do when Liner gives no clear answer, so that the lead may or may not have been created',
};

/** The options of {@link LookupOptions}, in the order of the editor. */
export const lookupOptions: Option[] = [
	{
		property: ifExists,
		isAllowed: isOneOf(ifExists),
		howToFix: nameChoices(ifExists),
	},
	{
		property: onUnknown,
		isAllowed: isOneOf(onUnknown),
		howToFix: nameChoices(onUnknown),
	},
	{
		property: {
			displayName: 'Look Back (Hours)',
			name: 'lookBackHours',
			type: 'number',
			typeOptions: { minValue: 1 },
			default: 24,
			displayOptions: { show: { ifExists: ['return'] } },
			description: 'The maximum age of a lead in Liner that counts as existing, in hours',
		},
		isAllowed: (value) => typeof value === 'number' && value > 0 && value <= 87_600,
		howToFix: 'Enter a number of hours above 0, at most 87600 (ten years).',
	},
];

/** The options of {@link SendOptions}, in the order of the editor. */
export const sendOptions: Option[] = [
	{
		property: {
			displayName: 'Max Retries',
			name: 'maxRetries',
			type: 'number',
			typeOptions: { minValue: 0, numberPrecision: 0 },
			default: 3,
			description:
				'How many times to send a lead again if it is certainly not in Liner. A lead that Liner rejects is never sent again.',
		},
		isAllowed: (value) => isWhole(value, 0),
		howToFix: 'Enter a whole number, 0 or above.',
	},
	{
		property: {
			displayName: 'Parallel Requests',
			name: 'concurrency',
			type: 'number',
			typeOptions: { minValue: 1, maxValue: 50, numberPrecision: 0 },
			default: 10,
			description:
				'How many leads to send at the same time, from 1 to 50. The output keeps the order of the items.',
		},
		isAllowed: (value) => isWhole(value, 1, 50),
		howToFix: 'Enter a whole number from 1 to 50.',
	},
	{
		property: {
			displayName: 'Requests per Second',
			name: 'requestsPerSecond',
			type: 'number',
			typeOptions: { minValue: 0 },
			default: 0,
			description: 'The maximum number of requests per second; 0 for no limit',
		},
		isAllowed: (value) => typeof value === 'number' && value >= 0 && value <= 1_000,
		howToFix: 'Enter a number from 0 to 1000.',
	},
	{
		property: {
			displayName: 'Timeout',
			name: 'timeout',
			type: 'number',
			typeOptions: { minValue: 1, numberPrecision: 0 },
			default: DEFAULT_TIMEOUT,
			description: 'How long a request may take before it is given up, in milliseconds',
		},
		// A timer that is set to a longer time fires at once.
		isAllowed: (value) => isWhole(value, 1, 2 ** 31 - 1),
		howToFix: 'Enter a whole number of milliseconds above 0.',
	},
];

/**
 * Gets the options of the node, which are the same for the whole run, or why one cannot be used.
 *
 * @param offered The options of the operation.
 */
export function getOptions(
	parameters: Parameters,
	offered: Option[],
): (SendOptions & Partial<LookupOptions>) | Failure {
	const given = parameters.get('Options', 'options', 0);
	if (given instanceof Failure) return given;

	const options: Record<string, unknown> = {};
	for (const { property, isAllowed, howToFix } of offered) {
		const value = (given as Record<string, unknown>)[property.name];
		const isNumber = property.type === 'number' && typeof value === 'string';
		const option = isBlank(value) ? property.default : isNumber ? Number(value) : value;
		if (!isAllowed(option)) {
			return new InvalidValue(`is ${quote(value)}, which is not allowed`, howToFix).in(property.displayName);
		}
		options[property.name] = option;
	}
	return options as unknown as SendOptions & Partial<LookupOptions>;
}

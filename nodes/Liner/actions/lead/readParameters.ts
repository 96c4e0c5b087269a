import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import { parseCustomValues, type CustomValueRow } from './customValues';
import { leadFields } from './lead.fields';
import type { LeadInput } from './leadBody';
import { runOptions, type RunOptions } from './runOptions';
import { isBlank, quote, UnfitValue } from './values';
import { LeadFailure } from '../../outcome';

/** What the parameters of the node give for one item, or why they cannot be evaluated for it. */
export function readLeadInput(context: IExecuteFunctions, itemIndex: number): LeadInput | LeadFailure {
	const additionalFields = readParameter(context, 'Additional Fields', 'additionalFields', itemIndex);
	if (additionalFields instanceof LeadFailure) return additionalFields;

	const fields: Record<string, unknown> = { ...(additionalFields as IDataObject) };
	for (const { property } of leadFields.filter(({ required }) => required)) {
		const value = readParameter(context, property.displayName, property.name, itemIndex);
		if (value instanceof LeadFailure) return value;
		fields[property.name] = value;
	}

	const customValues = readCustomValues(context, itemIndex);
	return customValues instanceof LeadFailure ? customValues : { fields, customValues };
}

function readCustomValues(context: IExecuteFunctions, itemIndex: number): CustomValueRow[] | LeadFailure {
	const isJson = context.getNodeParameter('specifyCustomValues', itemIndex, 'keypair') === 'json';
	const [label, name] = isJson
		? ['Custom Values (JSON)', 'jsonCustomValues']
		: ['Custom Values', 'customValues.values'];

	const given = readParameter(context, label, name, itemIndex);
	if (given instanceof LeadFailure) return given;
	const rows = parseCustomValues(given);
	return rows instanceof UnfitValue ? rows.in(label) : rows;
}

/** The options of the node, which count for a whole run, or why they cannot be read. */
export function readRunOptions(context: IExecuteFunctions): RunOptions | LeadFailure {
	const given = readParameter(context, 'Options', 'options', 0);
	if (given instanceof LeadFailure) return given;

	const options: Record<string, unknown> = {};
	for (const { property, accepts, mend } of runOptions) {
		const value = (given as IDataObject)[property.name];
		const isNumber = property.type === 'number' && typeof value === 'string';
		const option = isBlank(value) ? property.default : isNumber ? Number(value) : value;
		if (!accepts(option)) return new UnfitValue(`is ${quote(value)}`, mend).in(property.displayName);
		options[property.name] = option;
	}
	return options as unknown as RunOptions;
}

/** @returns The value, `''` for a parameter that is not set, or a failure when its expression cannot be evaluated. */
function readParameter(
	context: IExecuteFunctions,
	label: string,
	name: string,
	itemIndex: number,
): unknown | LeadFailure {
	try {
		return context.getNodeParameter(name, itemIndex, '');
	} catch (error) {
		return new LeadFailure(
			'invalid',
			`'${label}' cannot be evaluated: ${(error as Error).message}`,
			'Open the node and correct the expression.',
		);
	}
}

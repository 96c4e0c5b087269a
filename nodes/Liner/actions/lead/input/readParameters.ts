import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import { parseCustomValues } from '../body/customValues';
import { leadFields } from '../lead.fields';
import type { LeadInput } from '../body/leadBody';
import { runOptions, type RunOptions } from '../runOptions';
import { isBlank, quote, UnfitValue } from '../body/values';
import { Failure } from '../../../outcome';

/** What the parameters of the node give for one item, or why they cannot be read for it. */
export function readLeadInput(context: IExecuteFunctions, itemIndex: number): LeadInput | Failure {
	const fields = readAdditionalFields(context, itemIndex);
	if (fields instanceof Failure) return fields;
	for (const { property } of leadFields.filter(({ required }) => required)) {
		const value = readParameter(context, property.displayName, property.name, itemIndex);
		if (value instanceof Failure) return value;
		fields[property.name] = value as IDataObject[string];
	}

	const isJson = context.getNodeParameter('specifyCustomValues', itemIndex, 'keypair') === 'json';
	const [customValuesLabel, name] = isJson
		? ['Custom Values (JSON)', 'jsonCustomValues']
		: ['Custom Values', 'customValues.values'];
	const given = readParameter(context, customValuesLabel, name, itemIndex);
	if (given instanceof Failure) return given;
	const customValues = parseCustomValues(given);
	return customValues instanceof UnfitValue
		? customValues.in(customValuesLabel)
		: { fields, customValues, customValuesLabel };
}

/** Reads the collection at once, and only when that goes wrong field by field, to name the one. */
function readAdditionalFields(context: IExecuteFunctions, itemIndex: number): IDataObject | Failure {
	const label = 'Additional Fields';
	const collection = readParameter(context, label, 'additionalFields', itemIndex);
	if (collection instanceof Failure) {
		const field = leadFields
			.filter(({ required }) => !required)
			.map(({ property }) =>
				readParameter(context, property.displayName, `additionalFields.${property.name}`, itemIndex),
			)
			.find((value) => value instanceof Failure);
		return (field as Failure | undefined) ?? collection;
	}
	if (isBlank(collection)) return {};
	return typeof collection === 'object'
		? { ...(collection as IDataObject) }
		: new UnfitValue(`is ${quote(collection)}`, 'Add the fields one by one.').in(label);
}

/** The options of the node, which count for a whole run, or why they cannot be read. */
export function readRunOptions(context: IExecuteFunctions): RunOptions | Failure {
	const given = readParameter(context, 'Options', 'options', 0);
	if (given instanceof Failure) return given;

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
): unknown | Failure {
	try {
		return context.getNodeParameter(name, itemIndex, '');
	} catch (error) {
		return new Failure(
			'invalid',
			`'${label}' cannot be evaluated: ${(error as Error).message}`,
			'Open the node and correct the expression.',
		);
	}
}

import type { IDataObject } from 'n8n-workflow';

import type { Parameters } from './parameters';
import { Failure } from '../../../failure';
import { parseCustomValues } from '../../../fields/customValues';
import type { LeadInput } from '../leadBody';
import { isBlank, quote, UnfitValue } from '../../../fields/values';
import { leadFields } from '../lead.fields';
import { runOptions, type RunOption, type RunOptions } from '../create/options';

/** Where the fields of the leads come from: the parameters of the node alone, or the columns of the items above all. */
export type MappingMode = 'defineBelow' | 'autoMapInputData';

/** What counts for all items of a run. */
export const readMappingMode = (parameters: Parameters): MappingMode =>
	parameters.read('Mapping', 'mappingMode', 0) === 'autoMapInputData' ? 'autoMapInputData' : 'defineBelow';

/**
 * What the parameters of the node give for one item, or why they cannot be read for it.
 *
 * @param mode In automatic mapping the parameters that only columns can fill are not read.
 */
export function readLeadInput(
	parameters: Parameters,
	mode: MappingMode,
	itemIndex: number,
): LeadInput | Failure {
	const fields = readAdditionalFields(parameters, itemIndex);
	if (fields instanceof Failure) return fields;
	for (const { property, perItem } of leadFields.filter(({ required }) => required)) {
		if (perItem && mode === 'autoMapInputData') continue;
		const value = parameters.read(property.displayName, property.name, itemIndex);
		if (value instanceof Failure) return value;
		fields[property.name] = value as IDataObject[string];
	}

	const isJson = parameters.read('Specify Custom Values', 'specifyCustomValues', itemIndex) === 'json';
	const [customValuesLabel, name] = isJson
		? ['Custom Values (JSON)', 'jsonCustomValues']
		: ['Custom Values', 'customValues.values'];
	const given = parameters.read(customValuesLabel, name, itemIndex);
	if (given instanceof Failure) return given;
	const customValues = parseCustomValues(given);
	return customValues instanceof UnfitValue
		? customValues.in(customValuesLabel)
		: { fields, customValues, customValuesLabel };
}

/** Reads the collection at once, and only when that goes wrong field by field, to name the one. */
function readAdditionalFields(parameters: Parameters, itemIndex: number): IDataObject | Failure {
	const label = 'Additional Fields';
	const collection = parameters.read(label, 'additionalFields', itemIndex);
	if (collection instanceof Failure) {
		const field = leadFields
			.filter(({ required }) => !required)
			.map(({ property }) =>
				parameters.read(property.displayName, `additionalFields.${property.name}`, itemIndex),
			)
			.find((value) => value instanceof Failure);
		return (field as Failure | undefined) ?? collection;
	}
	if (isBlank(collection)) return {};
	return typeof collection === 'object'
		? { ...(collection as IDataObject) }
		: new UnfitValue(`is ${quote(collection)}`, 'Add the fields one by one.').in(label);
}

/**
 * The options of the node, which count for a whole run, or why they cannot be read.
 *
 * @param offered Those of the operation.
 */
export function readRunOptions(parameters: Parameters, offered: RunOption[]): RunOptions | Failure {
	const given = parameters.read('Options', 'options', 0);
	if (given instanceof Failure) return given;

	const options: Record<string, unknown> = {};
	for (const runOption of runOptions) {
		const { property, accepts, mend, withoutLooking } = runOption;
		if (!offered.includes(runOption)) {
			options[property.name] = withoutLooking;
			continue;
		}
		const value = (given as IDataObject)[property.name];
		const isNumber = property.type === 'number' && typeof value === 'string';
		const option = isBlank(value) ? property.default : isNumber ? Number(value) : value;
		if (!accepts(option))
			return new UnfitValue(`is ${quote(value)}, which it cannot be`, mend).in(property.displayName);
		options[property.name] = option;
	}
	return options as unknown as RunOptions;
}

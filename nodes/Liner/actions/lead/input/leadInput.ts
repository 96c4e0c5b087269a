import type { IDataObject } from 'n8n-workflow';

import type { Parameters } from './parameters';
import { leadFields } from '../lead.fields';
import type { LeadInput } from '../leadBody';
import { Failure } from '../../../failure';
import { parseCustomValues } from '../../../fields/customValues';
import { isBlank, quote, InvalidValue } from '../../../fields/values';

/** Where the fields of the leads come from: the node's parameters only, or the items' columns first. */
export type MappingMode = 'defineBelow' | 'autoMapInputData';

/** Gets the mapping mode, which is the same for all items of a run. */
export const getMappingMode = (parameters: Parameters): MappingMode =>
	parameters.get('Mapping', 'mappingMode', 0) === 'autoMapInputData' ? 'autoMapInputData' : 'defineBelow';

/**
 * Gets the values of the node's parameters for one item, or why one cannot be evaluated.
 *
 * @param mode Automatic mapping ignores the parameters that only columns can fill.
 */
export function getLeadInput(
	parameters: Parameters,
	mode: MappingMode,
	itemIndex: number,
): LeadInput | Failure {
	const fields = getAdditionalFields(parameters, itemIndex);
	if (fields instanceof Failure) return fields;
	for (const { property, perItem } of leadFields.filter(({ required }) => required)) {
		if (perItem && mode === 'autoMapInputData') continue;
		const value = parameters.get(property.displayName, property.name, itemIndex);
		if (value instanceof Failure) return value;
		fields[property.name] = value as IDataObject[string];
	}

	const isJson = parameters.get('Specify Custom Values', 'specifyCustomValues', itemIndex) === 'json';
	const [customValuesLabel, name] = isJson
		? ['Custom Values (JSON)', 'jsonCustomValues']
		: ['Custom Values', 'customValues.values'];
	const given = parameters.get(customValuesLabel, name, itemIndex);
	if (given instanceof Failure) return given;
	const customValues = parseCustomValues(given);
	return customValues instanceof InvalidValue
		? customValues.in(customValuesLabel)
		: { fields, customValues, customValuesLabel };
}

/** Gets the whole collection; if that fails, field by field, to name the field that fails. */
function getAdditionalFields(parameters: Parameters, itemIndex: number): IDataObject | Failure {
	const label = 'Additional Fields';
	const collection = parameters.get(label, 'additionalFields', itemIndex);
	if (collection instanceof Failure) {
		const field = leadFields
			.filter(({ required }) => !required)
			.map(({ property }) =>
				parameters.get(property.displayName, `additionalFields.${property.name}`, itemIndex),
			)
			.find((value) => value instanceof Failure);
		return (field as Failure | undefined) ?? collection;
	}
	if (isBlank(collection)) return {};
	return typeof collection === 'object'
		? { ...(collection as IDataObject) }
		: new InvalidValue(
				`is ${quote(collection)}, which is not a set of fields`,
				'Add the fields one by one.',
			).in(label);
}

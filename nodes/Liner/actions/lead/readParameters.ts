import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import { parseCustomValues, type CustomValueRow } from './customValues';
import { leadFields } from './lead.fields';
import type { LeadInput } from './leadBody';
import { isBlank, toId, UnfitValue } from './values';
import { LeadFailure } from '../../outcome';
import { DEFAULT_TIMEOUT } from '../../transport/liner';

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

/** How long the node waits for each answer, in milliseconds, or why its options cannot be read. Counts for a whole run. */
export function readTimeout(context: IExecuteFunctions): number | LeadFailure {
	const timeout = readParameter(context, 'Timeout', 'options.timeout', 0);
	if (timeout instanceof LeadFailure) return timeout;
	if (isBlank(timeout)) return DEFAULT_TIMEOUT;
	const milliseconds = toId(timeout);
	return milliseconds instanceof UnfitValue ? milliseconds.in('Timeout') : milliseconds;
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

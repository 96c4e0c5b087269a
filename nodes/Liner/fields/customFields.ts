import { plainName } from './names';
import { isBlank, quote, InvalidValue } from './values';
import type { CustomField } from '../api/customFields';
import { append } from '../append';
import type { Failure } from '../failure';

/** The custom fields of a Liner account, by ID and title. */
export class CustomFields {
	private readonly byId: Map<string, CustomField>;

	private readonly byTitle = new Map<string, CustomField[]>();

	constructor(fields: CustomField[]) {
		this.byId = new Map(fields.map((field) => [field.id, field]));
		for (const field of fields) {
			const name = plainName(field.title);
			if (name !== '') append(this.byTitle, name, field);
		}
	}

	findById(id: string): CustomField | undefined {
		return this.byId.get(id);
	}

	/**
	 * @param title In any case and spacing; if several titles differ only in these, it has to match exactly.
	 * @returns `undefined` when there is no such field; invalid when several fields match.
	 */
	findByTitle(title: string): CustomField | InvalidValue | undefined {
		const alike = this.byTitle.get(plainName(title)) ?? [];
		if (alike.length < 2) return alike[0];
		const same = alike.filter((field) => field.title.normalize() === title.trim().normalize());
		if (same.length === 1) return same[0];
		const ids = alike.map(({ id }) => id);
		return new InvalidValue(
			`has the field ${quote(title)}, which matches ${alike.length} custom fields`,
			`Use the ID of the field you mean (${ids.join(', ')}); a column is then named e.g. customValues.${ids[0]}.`,
		);
	}
}

/** The custom fields, or why they cannot be read, or `undefined` if they have not been read. */
export type KnownCustomFields = CustomFields | Failure | undefined;

/** The custom field that a value is for. */
export interface FieldReference {
	id: string;
	/** Its definition, if known. */
	field?: CustomField;
}

/**
 * Finds a custom field by its ID or title.
 *
 * @param customFields Needed for titles only.
 * @returns Invalid when it is neither an ID nor the title of one field of the account.
 */
export function findField(nameOrId: unknown, customFields: KnownCustomFields): FieldReference | InvalidValue {
	if (isBlank(nameOrId) || !(typeof nameOrId === 'string' || Number.isSafeInteger(nameOrId))) {
		return new InvalidValue(
			`has the field ${quote(nameOrId)}, which is neither a title nor an ID`,
			'Choose the custom field from the list, or use its ID in Liner, e.g. 12.',
		);
	}
	const name = String(nameOrId).trim();
	const known = customFields instanceof CustomFields ? customFields : undefined;
	const field = known?.findById(name) ?? known?.findByTitle(name);
	if (field instanceof InvalidValue) return field;
	if (field !== undefined) return { id: field.id, field };
	// Liner may accept fields that it does not list, so it decides about an unlisted ID.
	if (/^\d+$/.test(name)) return { id: name };
	if (customFields instanceof CustomFields) {
		return new InvalidValue(
			`has the field ${quote(name)}, which is not a custom field of the account`,
			'Use the title or the ID of the custom field in Liner.',
		);
	}
	return new InvalidValue(
		`has the field ${quote(name)}, but the list of custom fields, which is needed to find its ID, could not be read${customFields ? `: ${customFields.message}` : ''}`,
		`Use the ID of the field in Liner, e.g. 12. ${customFields?.description ?? ''}`.trim(),
		customFields,
	);
}

import { plainName } from './names';
import { isBlank, quote, InvalidValue } from './values';
import type { CustomField } from '../api/customFields';
import { append } from '../append';
import type { Failure } from '../failure';

/** The custom fields of a Liner account, to be found by what a user calls them. */
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
	 * @param title In whatever case and spacing; where several fields differ in these only, exactly as in Liner.
	 * @returns `undefined` when there is no such field; invalid is the title of several fields.
	 */
	findByTitle(title: string): CustomField | InvalidValue | undefined {
		const alike = this.byTitle.get(plainName(title)) ?? [];
		if (alike.length < 2) return alike[0];
		const same = alike.filter((field) => field.title.normalize() === title.trim().normalize());
		if (same.length === 1) return same[0];
		const ids = alike.map(({ id }) => id);
		return new InvalidValue(
			`has the field ${quote(title)}, which may be one of ${alike.length} custom fields`,
			`Use the ID of the one that is meant (${ids.join(', ')}); a column is then called e.g. customValues.${ids[0]}.`,
		);
	}
}

/** What is known of the custom fields: they, or why they cannot be read, or nothing. */
export type KnownCustomFields = CustomFields | Failure | undefined;

/** A custom field as its values name it. */
export interface FieldReference {
	id: string;
	/** What is known of the field. */
	field?: CustomField;
}

/**
 * Finds the custom field that somebody names by its ID or its title.
 *
 * @param customFields Without them only an ID will do.
 * @returns Invalid is what is neither an ID nor a title that the account has.
 */
export function findField(nameOrId: unknown, customFields: KnownCustomFields): FieldReference | InvalidValue {
	if (isBlank(nameOrId) || !(typeof nameOrId === 'string' || Number.isSafeInteger(nameOrId))) {
		return new InvalidValue(
			`has ${quote(nameOrId)} as a field`,
			'Choose the custom field from the list, or give the ID that it has in Liner, e.g. 12.',
		);
	}
	const name = String(nameOrId).trim();
	const known = customFields instanceof CustomFields ? customFields : undefined;
	const field = known?.findById(name) ?? known?.findByTitle(name);
	if (field instanceof InvalidValue) return field;
	if (field !== undefined) return { id: field.id, field };
	// Liner may know more fields than it lists; that it has none is for Liner to say.
	if (/^\d+$/.test(name)) return { id: name };
	if (customFields instanceof CustomFields) {
		return new InvalidValue(
			`has the field ${quote(name)}, which is no custom field of the account`,
			'Use the title or the ID that the custom field has in Liner.',
		);
	}
	return new InvalidValue(
		`has the field ${quote(name)}, and the list of custom fields, which would tell its ID, could not be read${customFields ? `: ${customFields.message}` : ''}`,
		`Use the ID that the field has in Liner, e.g. 12. ${customFields?.description ?? ''}`.trim(),
		customFields,
	);
}

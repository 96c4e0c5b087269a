import { plainName } from './names';
import { quote, UnfitValue } from './values';
import type { CustomField } from '../../../transport/liner';

/** The custom fields of a Liner account, to be found by what a user calls them. */
export class CustomFields {
	private readonly byId: Map<string, CustomField>;

	private readonly byTitle = new Map<string, CustomField[]>();

	constructor(fields: CustomField[]) {
		this.byId = new Map(fields.map((field) => [field.id, field]));
		for (const field of fields) {
			const name = plainName(field.title);
			this.byTitle.set(name, [...(this.byTitle.get(name) ?? []), field]);
		}
	}

	/**
	 * @param nameOrId The ID of a field, or its title in whatever case and spacing.
	 * @returns `undefined` when there is no such field; unfit is the title of several fields.
	 */
	find(nameOrId: string): CustomField | UnfitValue | undefined {
		const byId = this.byId.get(nameOrId);
		if (byId !== undefined) return byId;
		const sameTitle = this.byTitle.get(plainName(nameOrId)) ?? [];
		if (sameTitle.length < 2) return sameTitle[0];
		const ids = sameTitle.map(({ id }) => id).join(', ');
		return new UnfitValue(
			`has the field ${quote(nameOrId)}, which is the title of ${sameTitle.length} custom fields`,
			`Use the ID of the one that is meant: ${ids}.`,
		);
	}
}

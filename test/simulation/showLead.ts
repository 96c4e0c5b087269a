import type { CustomValues } from '../../nodes/Liner/api/customFields';
import type { LeadBody } from '../../nodes/Liner/api/leads';
import type { ShownForm } from './faults';

/** How many characters of a name the column holds where it is cut. */
const LONGEST_NAME = 24;

const OPTIONAL_FIELDS = ['name', 'externalIdAmo', 'externalIdBitrix24', 'telegramUserName'];

/**
 * A lead as Liner shows it.
 *
 * @param createdAt In milliseconds since 1970, by Liner's clock.
 */
export function showLead(
	id: number,
	body: LeadBody,
	createdAt: number,
	form: ShownForm,
	isList: boolean,
): Record<string, unknown> {
	const lead: Record<string, unknown> = {
		id: form.id === 'text' ? String(id) : id,
		...Object.fromEntries(OPTIONAL_FIELDS.map((field) => [field, null])),
		customValues: {},
		...body,
		phone: showPhone(String(body.phone), form.phone),
		name: showName(body.name as string | undefined, form.name),
		createdAt: showTime(createdAt, form.createdAt),
	};
	if (body.customValues !== undefined) {
		lead.customValues = showCustomValues(body.customValues as CustomValues, form.customValues);
	}
	for (const field of isList ? form.onlyInDetail : []) lead[field] = undefined;
	return lead;
}

function showPhone(phone: string, form: ShownForm['phone']): string {
	const isRussian = /^79\d{9}$/.test(phone);
	switch (form) {
		case 'asSent':
			return phone;
		case 'plus':
			return `+${phone}`;
		case 'trunk':
			return isRussian ? `8 ${phone.slice(1, 4)} ${phone.slice(4)}` : `+${phone}`;
		case 'bare':
			return isRussian ? phone.slice(1) : phone;
		case 'masked':
			return `${phone.slice(0, 4)}***${phone.slice(-4)}`;
	}
}

function showName(name: string | undefined, form: ShownForm['name']): string | null {
	if (name === undefined) return null;
	switch (form) {
		case 'asSent':
			return name;
		case 'upperCase':
			return ` ${name.toUpperCase()}`;
		case 'cut':
			return name.slice(0, LONGEST_NAME);
		case 'withoutEmoji':
			return name.replace(/\p{Extended_Pictographic}/gu, '');
		case 'edited':
			return `${name} (called)`;
	}
}

function showCustomValues(values: CustomValues, form: ShownForm['customValues']): unknown {
	const entries = Object.entries(values);
	switch (form) {
		case 'asSent':
			return values;
		case 'list':
			return entries.map(([fieldId, value]) => ({ fieldId: Number(fieldId), value }));
		case 'number':
			return Object.fromEntries(
				entries.map(([fieldId, value]) => [fieldId, typeof value === 'boolean' ? Number(value) : value]),
			);
		case 'missing':
			return undefined;
	}
}

function showTime(time: number, form: ShownForm['createdAt']): unknown {
	const iso = new Date(time).toISOString();
	switch (form) {
		case 'iso':
			return iso;
		case 'seconds':
			return Math.floor(time / 1_000);
		case 'withoutZone':
			return iso.slice(0, 19);
		case 'missing':
			return undefined;
	}
}

import { leadFields, type LeadFieldType } from '../../lead.fields';
import type { CustomValues } from '../../../../api/customFields';
import type { LeadBody, ListedLead } from '../../../../api/leads';

/**
 * How a lead in Liner compares with the body of a request; `unsure` when they do not differ, but Liner did not show
 * everything that could tell them apart.
 */
export type Match = 'same' | 'different' | 'unsure';

/**
 * Compares a lead in Liner with the body of a request. Only what the body holds counts: Liner may know more.
 *
 * @param by `client`: what makes two leads the same for a call centre (phone, lead type, order, external IDs);
 *   `request`: also what tells one request from another (name, contacts, custom values).
 */
export function matchLead(body: LeadBody, lead: ListedLead, by: 'client' | 'request'): Match {
	const comparisons: Match[] = leadFields
		.filter(({ identifies }) => identifies === 'client' || identifies === by)
		.filter(({ property }) => body[property.name] !== undefined)
		.map(({ type, property }) => matchField(type, body[property.name], lead[property.name]));
	if (by === 'request' && body.customValues !== undefined) {
		comparisons.push(matchCustomValues(body.customValues as CustomValues, lead.customValues));
	}
	if (comparisons.includes('different')) return 'different';
	return comparisons.includes('unsure') ? 'unsure' : 'same';
}

function matchField(type: LeadFieldType, sent: unknown, shown: unknown): Match {
	if (shown === undefined) return 'unsure';
	return normalise(type, sent) === normalise(type, shown) ? 'same' : 'different';
}

function matchCustomValues(sent: CustomValues, shown: unknown): Match {
	if (typeof shown !== 'object' || shown === null) return 'unsure';
	const values = shown as Record<string, unknown>;
	const isSame = Object.entries(sent).every(
		([fieldId, value]) => JSON.stringify(toTexts(value)) === JSON.stringify(toTexts(values[fieldId])),
	);
	return isSame ? 'same' : 'different';
}

/** Liner may show a number as text, or the choices of a multi-select in another order. */
const toTexts = (value: unknown) => [value].flat().map(toComparableText).sort();

/** Liner may show text without its surrounding or doubled spaces, and a user name without its `@`. */
const toComparableText = (value: unknown) =>
	String(value ?? '')
		.normalize()
		.trim()
		.replace(/\s+/g, ' ')
		.replace(/^@/, '')
		.toLowerCase();

function normalise(type: LeadFieldType, value: unknown): string {
	const text = toComparableText(value);
	// liner-api section 2: a phone is answered with a +.
	return type === 'phone' || type === 'phoneText' ? digitsOf(text) || text : text;
}

/** What tells one phone number from another. */
export const digitsOf = (phone: unknown) => String(phone ?? '').replace(/\D/g, '');

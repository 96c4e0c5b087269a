import { comparePhones, endOfPhone, toCanonicalPhone } from './samePhone';
import { areCustomValuesShownAs, hashValues, shortenValues } from './sameCustomValues';
import type { ShortenedValues, ValueKnowledge } from './sameCustomValues';
import { fold, isShortened, isShownAs, shorten, sizeOf, toPlainText, type ShortenedText } from './sameText';
import type { CustomValues } from '../../../../api/customFields';
import type { LeadBody } from '../../../../api/leads';
import { leadFields } from '../../lead.fields';

/**
 * What a lead in Liner is to a request:
 * - `same`: it shows everything that identifies a lead, and all of it is what was sent
 * - `incomplete`: not everything that could tell is shown, so that its detail may tell more
 * - `unclear`: nothing more is to be learned; phone, order and lead type agree, and something else does not, or one of the
 *   three cannot be read
 * - `different`: phone, order or lead type certainly differ
 */
export type Comparison = 'same' | 'incomplete' | 'unclear' | 'different';

/** The fields of a body that identify its lead, long ones shortened, so that saved execution data can keep them. */
export type Identity = Record<string, string | number | ShortenedText | ShortenedValues>;

/** What was sent: a body, or what was kept of it. It must not be changed once it was compared. */
export type Sent = LeadBody | Identity;

/** A lead as a list or a detail shows it, under Liner's names. It must not be changed once it was compared. */
export type ShownLead = Record<string, unknown>;

export interface Knowledge extends ValueKnowledge {
	/** The lead was read by its ID: what is not shown now is not shown at all. */
	isDetail?: boolean;
}

/** These must agree for a lead to come into question at all. */
const decidingFields = new Set(['phone', 'orderId', 'orderCode', 'leadType']);

const identifyingFields = leadFields
	.filter(({ identifies }) => identifies !== undefined)
	.map(({ property }) => property.name);

/** What else tells one lead from another; the custom values come on top. */
export const tellingFields = identifyingFields.filter((name) => !decidingFields.has(name));

/** The external IDs. */
export const clientFields = leadFields
	.filter(({ identifies, property }) => identifies === 'client' && !decidingFields.has(property.name))
	.map(({ property }) => property.name);

const LEAD_TYPES = ['STRAIGHT', 'SELECTION'];

/** `@anna`, `https://t.me/anna`. */
const toUserName = (value: unknown) =>
	fold(value)
		.replace(/^(HTTPS?:\/\/)?(WWW\.)?(T\.ME|TELEGRAM\.ME|INSTAGRAM\.COM)\//, '')
		.replace(/^@/, '')
		.replace(/[/?#].*$/, '');

/** `123`, `id123`, `https://vk.com/id123`. */
const toVkId = (value: unknown) =>
	fold(value)
		.replace(/^(HTTPS?:\/\/)?(WWW\.)?VK\.COM\//, '')
		.replace(/^(ID)?0*(?=\d+$)/, '');

/** The common form of everything that a value of the field may be shown as; of other fields, the folded text. */
const toCommonForm: Record<string, (value: unknown) => string> = {
	phone: toCanonicalPhone,
	orderId: (value) => /^\d*$/.exec(fold(value))?.[0] ?? '',
	telegramPhone: (value) => toCanonicalPhone(value) || fold(value),
	telegramUserName: toUserName,
	instagramLogin: toUserName,
	vkId: toVkId,
};

type Forms = Record<string, string>;

/** By record: the same one is compared with many others. */
const knownForms = new WeakMap<object, Forms>();

/**
 * The common form of all that the value of a field may be shown as, for each field that identifies a lead.
 *
 * @param record A body, an identity or a lead.
 * @returns Empty for what is blank, and for a phone or an order ID that cannot be read.
 */
export function commonFormsOf(record: Sent | ShownLead): Forms {
	const known = knownForms.get(record);
	if (known !== undefined) return known;
	const forms: Forms = {};
	for (const field of identifyingFields) forms[field] = (toCommonForm[field] ?? fold)(record[field]);
	knownForms.set(record, forms);
	return forms;
}

/**
 * Compares what was sent with a lead as Liner shows it. Forms that Liner may give a value count as the value; see
 * {@link fold}, {@link isShownAs}, {@link toCanonicalPhone}, {@link areCustomValuesShownAs}.
 *
 * An identity gives the same result as its body, or `unclear`.
 */
export function compareWithRequest(sent: Sent, shown: ShownLead, knowledge: Knowledge = {}): Comparison {
	const deciding = compareDeciding(sent, shown, knowledge.isDetail);
	if (deciding !== 'same') return deciding;
	let isIncomplete = false;
	for (const field of tellingFields) {
		const comparison = compareTelling(sent, shown, field, knowledge.isDetail);
		if (comparison === 'unclear') return comparison;
		isIncomplete ||= comparison === 'incomplete';
	}
	const comparison = compareCustomValues(sent, shown, knowledge);
	return comparison === 'same' && isIncomplete ? 'incomplete' : comparison;
}

/** The most decisive comes last: what is not shown may still tell that the lead is different. */
const severity: Comparison[] = ['same', 'unclear', 'incomplete', 'different'];

/** What parts that are compared one by one tell together, where each may tell that the lead is different. */
export const worse = (one: Comparison, other: Comparison): Comparison =>
	severity.indexOf(one) > severity.indexOf(other) ? one : other;

/** Compares phone, order and lead type only. */
export function compareDeciding(sent: Sent, shown: ShownLead, isDetail = false): Comparison {
	const notShown = isDetail ? 'unclear' : 'incomplete';
	const [sentForms, forms] = [commonFormsOf(sent), commonFormsOf(shown)];
	const phone = forms.phone === '' ? notShown : comparePhones(sentForms.phone, forms.phone);
	const leadType = compareLeadTypes(sentForms.leadType, forms.leadType) ?? notShown;
	return worse(worse(phone, leadType), compareOrders(sent, shown) ?? notShown);
}

/** @returns `undefined` when none is shown. */
function compareLeadTypes(sent: string, shown: string): Comparison | undefined {
	if (shown === '') return undefined;
	if (shown === sent) return 'same';
	return LEAD_TYPES.includes(shown) ? 'different' : 'unclear';
}

/**
 * An order has an ID and a code. One of them is enough, but they must not contradict each other.
 *
 * @returns `undefined` when neither is shown.
 */
function compareOrders(sent: Sent, shown: ShownLead): Comparison | undefined {
	const halves = ['orderId', 'orderCode'].filter((half) => commonFormsOf(shown)[half] !== '');
	if (halves.length === 0) return undefined;
	const agreeing = halves.filter((half) => isSame(sent, shown, half));
	if (agreeing.length === halves.length) return 'same';
	return agreeing.length === 0 ? 'different' : 'unclear';
}

/** Whether a field is shown as something that is not blank, or 0, which stands for nothing in Liner's optional fields. */
export const isFilled = (shown: ShownLead, field: string) =>
	commonFormsOf(shown)[field] !== '' && shown[field] !== 0 && shown[field] !== false;

function compareTelling(sent: Sent, shown: ShownLead, field: string, isDetail = false): Comparison {
	const wasSent = commonFormsOf(sent)[field] !== '';
	if (shown[field] === undefined) {
		if (!isDetail) return 'incomplete';
		return wasSent ? 'unclear' : 'same';
	}
	if (!wasSent) return isFilled(shown, field) ? 'unclear' : 'same';
	return isSame(sent, shown, field) ? 'same' : 'unclear';
}

/** Only a name may lose something: an ID or a user name that did would be another one. */
function isSame(sent: Sent, shown: ShownLead, field: string): boolean {
	const value = sent[field];
	const [sentForm, form] = [commonFormsOf(sent)[field], commonFormsOf(shown)[field]];
	if (form === '') return false;
	if (isShortened(value)) return isShownAs(value, form);
	return field === 'name' ? isShownAs(sentForm, form) : form === sentForm;
}

function compareCustomValues(sent: Sent, shown: ShownLead, knowledge: Knowledge): Comparison {
	const values = sent.customValues as ShortenedValues | undefined;
	if (values === undefined || Object.keys(values).length === 0) return 'same';
	// Liner may not show custom values at all.
	if (shown.customValues === undefined) return knowledge.isDetail ? 'same' : 'incomplete';
	return areCustomValuesShownAs(values, shown.customValues, knowledge) ? 'same' : 'unclear';
}

/** More than this is not kept of a body, in bytes of JSON. */
export const LARGEST_IDENTITY = 1_000;

/**
 * What is needed of a body to recognise its lead later, small enough for saved execution data: at most
 * {@link LARGEST_IDENTITY} bytes of JSON, about 150 with a name and one external ID.
 */
export function identityOf(body: LeadBody): Identity {
	const identity: Identity = {};
	for (const field of identifyingFields) {
		const value = body[field] as string | number | undefined;
		if (value === undefined) continue;
		identity[field] = shorten(value, commonFormsOf(body)[field], field === 'name');
	}
	if (body.customValues === undefined) return identity;
	const values = body.customValues as CustomValues;
	const whole = { ...identity, customValues: shortenValues(values) };
	return sizeOf(whole) <= LARGEST_IDENTITY ? whole : { ...identity, customValues: hashValues(values) };
}

const knownRequestKeys = new WeakMap<object, string>();

/** Equal for requests that cannot be told apart by anything that identifies their leads. */
export function requestKey(sent: Sent): string {
	const known = knownRequestKeys.get(sent);
	if (known !== undefined) return known;
	const key = JSON.stringify([
		...identifyingFields.map((field) =>
			isShortened(sent[field]) ? toPlainText(sent[field]) : commonFormsOf(sent)[field],
		),
		sent.customValues,
	]);
	knownRequestKeys.set(sent, key);
	return key;
}

/**
 * Equal for all requests whose leads may be taken for each other in Liner's list, which are those whose phones are not
 * certainly different: the last 7 digits of the phone, the order and the lead type. Some others have the same key by chance.
 */
export const clientKey = (sent: Sent): string =>
	['orderId', 'leadType'].reduce(
		(key, field) => `${key} ${commonFormsOf(sent)[field]}`,
		endOfPhone(commonFormsOf(sent).phone),
	);

/** Earlier and later times stand for none, e.g. 0001-01-01 or 1970-01-01. In milliseconds since 1970. */
const INSTANTS = { from: Date.UTC(2000, 0, 1), end: Date.UTC(2200, 0, 1) };

const ISO_TIME = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?) ?(Z|[+-]\d\d:?(?:\d\d)?)$/i;

/**
 * When a lead was created, in milliseconds since 1970.
 *
 * @param createdAt ISO 8601 with its offset from UTC, or Unix time in seconds or milliseconds, also as text.
 * @returns `undefined` for everything else: a time without an offset may be in any time zone.
 */
export function toInstant(createdAt: unknown): number | undefined {
	const instant = readInstant(createdAt);
	return instant >= INSTANTS.from && instant < INSTANTS.end ? instant : undefined;
}

const MINUTE = 60_000;

/**
 * The latest moment at which a lead was created, in milliseconds since 1970: a full minute may be what was left of any
 * moment within it.
 *
 * @param createdAt As {@link toInstant} takes it.
 * @returns Infinity for a time that is no instant.
 */
export function toLatestInstant(createdAt: unknown): number {
	const instant = toInstant(createdAt) ?? Infinity;
	return instant % MINUTE === 0 ? instant + MINUTE - 1 : instant;
}

function readInstant(createdAt: unknown): number {
	const text = toPlainText(createdAt).trim();
	// Unix time in milliseconds has more digits than one in seconds from 2001 on.
	if (/^\d+(\.\d+)?$/.test(text)) return Math.trunc(Number(text) * (Number(text) < 1e11 ? 1_000 : 1));
	const [, date, time, offset] = ISO_TIME.exec(text) ?? [];
	if (date === undefined) return NaN;
	const day = new Date(`${date}T00:00Z`);
	if (Number.isNaN(day.getTime()) || !day.toISOString().startsWith(date)) return NaN;
	const minutes = offset.slice(3).replace(':', '') || '00';
	const zone = /z/i.test(offset) ? 'Z' : `${offset.slice(0, 3)}:${minutes}`;
	return Date.parse(`${date}T${time.replace(',', '.')}${zone}`);
}

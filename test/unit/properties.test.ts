import { toBaseUrl } from '../../credentials/LinerApi.credentials';
import { parseCustomValues, toCustomValues } from '../../nodes/Liner/fields/customValues';
import { leadFields } from '../../nodes/Liner/actions/lead/lead.fields';
import { buildLeadBody } from '../../nodes/Liner/actions/lead/leadBody';
import type { LeadBody } from '../../nodes/Liner/api/leads';
import { isBlank, toPhone, InvalidValue } from '../../nodes/Liner/fields/values';
import { Orders } from '../../nodes/Liner/actions/lead/orders';
import { Failure } from '../../nodes/Liner/failure';
import createLeadSchema from '../../sandbox/create-lead.schema.json';

import Ajv from 'ajv';
import fc from 'fast-check';
import { UserError } from 'n8n-workflow';

const isBody = new Ajv({ allowUnionTypes: true }).compile(createLeadSchema);

/** Whatever an expression or a spreadsheet may give: mostly what nearly fits. */
const circular: Record<string, unknown> = {};
circular.self = circular;
const anyValue = fc.oneof(
	fc.bigInt(),
	fc.constant(circular),
	fc.anything({ withDate: true, withBigInt: true }),
	fc.string(),
	fc.integer(),
	fc.double(),
	fc.integer().map(String),
	fc.constantFrom('', ' ', null, undefined, true, false, 0, '0', -0, NaN, 'straight', 'SELECTION'),
);

/** What people write between the groups of a phone number; dots are for one that begins with a +. */
const separators = ['', ' ', '-', '\u00a0', '–', ' - ', '\u2011'];

/** Groups of digits as phone numbers have them, of which the second may stand in brackets. */
const phoneGroups = fc
	.tuple(
		fc.stringMatching(/^[1-9]\d{0,2}$/),
		fc.stringMatching(/^[1-9]\d{1,2}$/),
		fc.array(fc.stringMatching(/^\d[1-9]\d{0,2}$/), { minLength: 2, maxLength: 3 }),
	)
	.map(([country, area, rest]) => [country, area, ...rest])
	.filter((groups) => groups.join('').length >= 7 && groups.join('').length <= 15);

const runs = { numRuns: 2_000 };

/** Whether nothing in a text is left out or replaced. */
const isClean = (text: string) =>
	text.trim() === text && !/[\p{Cc}\p{Surrogate}]/u.test(text) && !isBlank(text);

describe('whatever comes in', () => {
	it('becomes a body that the contract accepts, or a failure that names a field', () => {
		const fields = fc.record(
			Object.fromEntries(leadFields.map(({ property }) => [property.name, anyValue])),
			{
				requiredKeys: [],
			},
		);
		const required = fc.constantFrom(
			{},
			{ leadType: 'straight', phone: '79001234567', orderId: 1, orderCode: 'x' },
		);
		const customValues = fc.array(fc.record({ fieldId: anyValue, value: anyValue }, { requiredKeys: [] }), {
			maxLength: 3,
		});
		let bodies = 0;
		fc.assert(
			fc.property(fields, required, customValues, fc.boolean(), (fields, required, customValues, isValid) => {
				const built = buildLeadBody(
					{
						fields: isValid ? { ...required, name: fields.name } : { ...fields, ...required },
						customValues: isValid ? [] : customValues,
					},
					{ orders: new Orders([]), leadStatuses: [], timezone: 'UTC' },
				);
				if (built instanceof Failure) {
					expect(built.kind).toBe('invalid');
					expect(built.message).toMatch(/^'.+' (is|has|begins)/s);
					expect(built.description).toMatch(/\.$/);
				} else {
					bodies++;
					// As it goes over the wire.
					const sent = JSON.parse(JSON.stringify(built)) as LeadBody;
					expect([isBody(sent), isBody.errors]).toEqual([true, null]);
					expect(sent).toEqual(built);
				}
			}),
			runs,
		);
		expect(bodies).toBeGreaterThan(runs.numRuns / 10);
	});

	it('is sent unchanged when it fits already', () => {
		fc.assert(
			fc.property(
				fc.record({
					leadType: fc.constantFrom('straight', 'selection'),
					phone: fc.stringMatching(/^\+?[1-9]\d{6,14}$/),
					orderId: fc.integer({ min: 1 }),
					orderCode: fc.string({ unit: 'grapheme', minLength: 1 }).filter(isClean),
					priority: fc.integer(),
				}),
				(body) =>
					expect(
						buildLeadBody(
							{ fields: body, customValues: [] },
							{ orders: new Orders([]), leadStatuses: [], timezone: 'UTC' },
						),
					).toEqual(body),
			),
			runs,
		);
	});
});

describe('a phone number', () => {
	it('keeps its digits and its leading +, whichever usual way it is written in', () => {
		fc.assert(
			fc.property(
				phoneGroups,
				fc.constantFrom('', '+', 'tel:', ' +', '\u202a+'),
				fc.constantFrom(...separators, '.'),
				fc.boolean(),
				(groups, start, separator, hasBrackets) => {
					const digits = groups.join('');
					const [country, area, ...rest] = groups;
					fc.pre(start.includes('+') || separator !== '.');
					const written = hasBrackets
						? `${country} (${area}) ${rest.join(separator)}`
						: groups.join(separator);
					expect(toPhone(`${start}${written} `)).toBe((start.includes('+') ? '+' : '') + digits);
				},
			),
			runs,
		);
	});

	it('keeps its digits without any formatting', () => {
		fc.assert(
			fc.property(fc.stringMatching(/^\+?[1-9]\d{6,14}$/), (phone) => {
				expect(toPhone(phone)).toBe(phone);
				const [number] = phone.match(/\d+/) ?? [];
				expect(toPhone(Number(number))).toBe(number);
			}),
			runs,
		);
	});

	it('is one, not two', () => {
		const phone = fc.stringMatching(/^[1-9]\d{6,14}$/);
		fc.assert(
			fc.property(
				phone,
				phone,
				fc.constantFrom(' ', ', ', ',', ';', ' / ', '/', '\n', '+', ' или ', ' or '),
				(one, other, between) => expect(toPhone(one + between + other)).toBeInstanceOf(InvalidValue),
			),
			runs,
		);
	});

	it('is E.164 or invalid', () => {
		fc.assert(
			fc.property(fc.oneof(anyValue, fc.stringMatching(/^[+()\d -]{1,20}$/)), (value) => {
				const phone = toPhone(value);
				if (!(phone instanceof InvalidValue)) expect(phone).toMatch(/^\+?[1-9]\d{6,14}$/);
			}),
			runs,
		);
	});
});

describe('custom values', () => {
	it('lose nothing: every field ID with a value is there, or it is an error', () => {
		fc.assert(
			fc.property(fc.oneof(fc.json(), fc.dictionary(fc.string(), fc.jsonValue()), anyValue), (json) => {
				const rows = parseCustomValues(json);
				if (rows instanceof InvalidValue) return;
				const values = toCustomValues(rows, { timezone: 'UTC' });
				if (Array.isArray(values)) return;
				const filled = rows.filter(({ value }) => [value].flat().some((entry) => !isBlank(entry)));
				expect(Object.keys(values ?? {}).sort()).toEqual(
					filled.map(({ fieldId }) => String(fieldId).trim()).sort(),
				);
			}),
			runs,
		);
	});
});

describe('a host', () => {
	it('is a base URL without anything behind its path, or an error that says what is wrong', () => {
		const host = fc.oneof(
			fc.string(),
			fc.webUrl({ withFragments: true, withQueryParameters: true }),
			fc.domain(),
			fc.tuple(fc.domain(), fc.nat(70_000)).map(([domain, port]) => ` ${domain}:${port}/ `),
			fc.tuple(fc.string(), fc.domain()).map(([user, domain]) => `https://${user}@${domain}`),
			anyValue,
		);
		fc.assert(
			fc.property(host, (host) => {
				try {
					const baseUrl = toBaseUrl(host);
					expect(baseUrl).toMatch(/^https?:\/\/[^/?#@\s]+(\/[^?#\s]*[^/?#\s])?$/);
					expect(toBaseUrl(baseUrl)).toBe(baseUrl);
				} catch (error) {
					expect(error).toBeInstanceOf(UserError);
					expect((error as UserError).message).toMatch(/^The host of Liner /);
				}
			}),
			runs,
		);
	});
});

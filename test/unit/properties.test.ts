import { toBaseUrl } from '../../credentials/LinerApi.credentials';
import { parseCustomValues, toCustomValues } from '../../nodes/Liner/fields/customValues';
import { leadFields } from '../../nodes/Liner/actions/lead/lead.fields';
import { buildLeadBody } from '../../nodes/Liner/actions/lead/leadBody';
import type { LeadBody } from '../../nodes/Liner/api/leads';
import { toPhone, InvalidValue } from '../../nodes/Liner/fields/values';
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

/** What a phone number may be written with. */
const formatting = fc.constantFrom('', ' ', '-', '.', '(', ')', '\u00a0', '–', '\u200e');

const runs = { numRuns: 2_000 };

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
					orderCode: fc.stringMatching(/^\S(.*\S)?$/),
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
	it('keeps its digits and its leading +, whatever it is written with', () => {
		fc.assert(
			fc.property(
				fc.stringMatching(/^[1-9]\d{6,14}$/),
				fc.constantFrom('', '+'),
				fc.array(formatting, { minLength: 17, maxLength: 17 }),
				(digits, plus, marks) => {
					const written =
						[plus, ...digits].map((character, index) => marks[index] + character).join('') + marks[16];
					expect(toPhone(written)).toBe(plus + digits);
				},
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
				const filled = rows.filter(({ value }) =>
					[value]
						.flat()
						.some((entry) => entry !== null && entry !== undefined && String(entry).trim() !== ''),
				);
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

import { CustomFields } from '../../nodes/Liner/fields/customFields';
import {
	parseCustomValues,
	toCustomValues as toCustomValuesOf,
	type CustomValueRow,
} from '../../nodes/Liner/fields/customValues';
import { InvalidValue } from '../../nodes/Liner/fields/values';

describe('parseCustomValues', () => {
	it.each([undefined, null, '', '  ', '{}', '[]', {}, []])('finds none in %j', (json) => {
		expect(parseCustomValues(json)).toEqual([]);
	});

	it.each([
		['a map', { 12: 'vip', 13: 3 }],
		['a map as text', '{ "12": "vip", "13": 3 }'],
		[
			'a list',
			[
				{ fieldId: '12', value: 'vip' },
				{ fieldId: '13', value: 3 },
			],
		],
		['a list as text', '[{"fieldId":"12","value":"vip"},{"fieldId":"13","value":3}]'],
		[
			'a list with more than it needs',
			'[{"fieldId":"12","value":"vip","column":"x"},{"fieldId":"13","value":3}]',
		],
	])('reads %s', (_, json) => {
		expect(parseCustomValues(json)).toEqual([
			{ fieldId: '12', value: 'vip' },
			{ fieldId: '13', value: 3 },
		]);
	});

	it.each([
		['{ "12": ', 'is not valid JSON ({ "12":)'],
		['vip', 'is not valid JSON (vip)'],
		['"vip"', `is "vip", neither an object nor a list`],
		['null', 'is null, neither an object nor a list'],
		[12, 'is 12, neither an object nor a list'],
		[true, 'is true, neither an object nor a list'],
		[['vip'], `has "vip" at place 1 of its list, which needs a 'fieldId' and a 'value'`],
		[
			[{ fieldId: '12', value: 'vip' }, { id: '13' }],
			`has {"id":"13"} at place 2 of its list, which needs a 'fieldId' and a 'value'`,
		],
		[
			[{ fieldId: '12' }],
			`has {"fieldId":"12"} at place 1 of its list, which needs a 'fieldId' and a 'value'`,
		],
		[{ fieldId: '12', value: 'vip' }, `is a single row ({"fieldId":"12","value":"vip"}), not a list of rows`],
		[[null], `has null at place 1 of its list, which needs a 'fieldId' and a 'value'`],
	])('refuses %j', (json, problem) => {
		expect(parseCustomValues(json)).toEqual(
			new InvalidValue(
				problem,
				'Enter an object like { "12": "VIP" }, or a list like [{ "fieldId": "12", "value": "VIP" }].',
			),
		);
	});
});

describe('JSON text with a field twice', () => {
	it.each(['{"12":"a","12":"b"}', '{ "12" : {"x":[1]}, "13": "12", "\\u0031\\u0032": 1 }'])(
		'is refused: %s',
		(json) => {
			expect(parseCustomValues(json)).toEqual(
				new InvalidValue('has the field "12" twice', 'Keep one of the two values.'),
			);
		},
	);

	it.each([
		'{"12":"12","13":"12"}',
		'{"12":{"12":1},"13":[{"12":1},{"12":2}]}',
		'{"a\\"b":1,"a":"\\"a\\":"}',
	])('is not seen where there is none: %s', (json) => {
		expect(parseCustomValues(json)).toEqual(
			Object.entries(JSON.parse(json) as object).map(([fieldId, value]) => ({
				fieldId,
				value: value as unknown,
			})),
		);
	});
});

/** Of an account of which nothing is known. */
const toCustomValues = (rows: CustomValueRow[]) => toCustomValuesOf(rows, { timezone: 'UTC' });

describe('toCustomValues', () => {
	it('keeps the type of every value', () => {
		expect(
			toCustomValues([
				{ fieldId: '11', value: ' text ' },
				{ fieldId: 12, value: 0 },
				{ fieldId: ' 13 ', value: 3.5 },
				{ fieldId: '14', value: false },
				{ fieldId: '15', value: ['a', 2, true] },
				{ fieldId: '16', value: '007' },
				{ fieldId: '17', value: new Date('2026-05-01T10:00:00Z') },
				{ fieldId: '18', value: [{ toISO: () => '2026-05-01T10:00:00.000+03:00' }] },
			]),
		).toStrictEqual({
			11: 'text',
			12: 0,
			13: 3.5,
			14: false,
			15: ['a', 2, true],
			16: '007',
			17: '2026-05-01T10:00:00.000Z',
			18: ['2026-05-01T10:00:00.000+03:00'],
		});
	});

	it('leaves out what is blank', () => {
		expect(
			toCustomValues([
				{ fieldId: '11', value: '' },
				{ fieldId: '12', value: null },
				{ fieldId: '13' },
				{ fieldId: '14', value: [] },
				{ fieldId: '15', value: ['', 'a', null] },
				{ fieldId: '', value: ' ' },
				{},
			]),
		).toStrictEqual({ 15: ['a'] });
		expect(toCustomValues([{ fieldId: '11', value: ' ' }])).toBeUndefined();
		expect(toCustomValues([])).toBeUndefined();
	});

	it('loses no field, whatever its ID', () => {
		const rows = [
			{ fieldId: '__proto__', value: 'a' },
			{ fieldId: 'constructor', value: 'b' },
		];
		const fields = rows.map(({ fieldId }) => ({ id: fieldId, title: '', type: 'other', choices: [] }));
		const context = { customFields: new CustomFields(fields), timezone: 'UTC' };
		expect(Object.entries(toCustomValuesOf(rows, context) ?? {})).toEqual([
			['__proto__', 'a'],
			['constructor', 'b'],
		]);
	});

	it.each([
		[
			[{ fieldId: ' ', value: 'vip' }],
			'has the value "vip" without a field',
			'Choose the custom field, or remove the value.',
		],
		[[{ value: 0 }], 'has the value 0 without a field', 'Choose the custom field, or remove the value.'],
		[
			[
				{ fieldId: '12', value: 'a' },
				{ fieldId: 12, value: 'b' },
			],
			'has the field "12" twice',
			'Keep one of the two values.',
		],
		[
			[
				{ fieldId: '12', value: '' },
				{ fieldId: ' 12', value: 'b' },
			],
			'has the field "12" twice',
			'Keep one of the two values.',
		],
		[
			[{ fieldId: { id: 12 }, value: 'a' }],
			'has {"id":12} as a field',
			'Choose the custom field from the list, or give the ID that it has in Liner, e.g. 12.',
		],
		[
			[{ fieldId: 1.5, value: 'a' }],
			'has 1.5 as a field',
			'Choose the custom field from the list, or give the ID that it has in Liner, e.g. 12.',
		],
	])('refuses the rows %j', (rows, problem, howToFix) => {
		expect(toCustomValues(rows)).toEqual([
			{ row: rows.at(-1), problem: new InvalidValue(problem, howToFix) },
		]);
	});

	it('refuses a number that has lost digits', () => {
		const row = { fieldId: '12', value: 2 ** 53 };
		const problem = new InvalidValue(
			'has 9007199254740992 for the field "12", a number too long to keep all its digits',
			'Give it as text.',
		);
		expect(toCustomValues([row])).toEqual([{ row, problem }]);
	});

	it.each([
		[{ a: 1 }, '{"a":1}'],
		[NaN, 'NaN'],
		[[[1]], '[1]'],
		[[{ a: 1 }], '{"a":1}'],
		[new Date(NaN), 'null'],
	])('refuses the value %p', (value, quoted) => {
		const row = { fieldId: '12', value };
		const problem = new InvalidValue(
			`has ${quoted} for the field "12"`,
			'A value is text, a number, true or false, or for a multi-select a list of these.',
		);
		expect(toCustomValues([row])).toEqual([{ row, problem }]);
	});

	it('names every row that it refuses', () => {
		const rows = [{ fieldId: '12', value: NaN }, { fieldId: '13', value: 'fits' }, { value: 'b' }];
		expect(toCustomValues(rows)).toEqual([
			{ row: rows[0], problem: expect.any(InvalidValue) as InvalidValue },
			{ row: rows[2], problem: expect.any(InvalidValue) as InvalidValue },
		]);
	});
});

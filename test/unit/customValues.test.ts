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
				{ fieldId: '15', value: ['', 'a', null, '\u200b'] },
				{ fieldId: '16', value: '\u3164' },
				{ fieldId: '\ufeff', value: '\u00ad' },
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
			'has the field {"id":12}, which is neither a title nor an ID',
			'Choose the custom field from the list, or use its ID in Liner, e.g. 12.',
		],
		[
			[{ fieldId: 1.5, value: 'a' }],
			'has the field 1.5, which is neither a title nor an ID',
			'Choose the custom field from the list, or use its ID in Liner, e.g. 12.',
		],
	])('refuses the rows %j', (rows, problem, howToFix) => {
		expect(toCustomValues(rows)).toEqual([
			{ row: rows.at(-1), problem: new InvalidValue(problem, howToFix) },
		]);
	});

	it('cleans text as that of other fields', () => {
		expect(toCustomValues([{ fieldId: '11', value: ' An\u0007na\v\ud83d' }])).toEqual({ 11: 'Anna\n\ufffd' });
	});

	it('refuses text with the character NUL', () => {
		const row = { fieldId: '12', value: 'a\0b' };
		const problem = new InvalidValue(
			'has "a\\u0000b" for the field "12", which holds the character NUL (U+0000)',
			'Remove this character.',
		);
		expect(toCustomValues([row])).toEqual([{ row, problem }]);
		const field = { id: '12', title: 'Note', type: 'string', choices: [] };
		expect(toCustomValuesOf([row], { customFields: new CustomFields([field]), timezone: 'UTC' })).toEqual([
			{
				row,
				problem: new InvalidValue(
					'has "a\\u0000b" for the field "Note" (ID 12), which holds the character NUL (U+0000)',
					'"Note" takes text, a number that has kept all its digits, true or false, or a date.',
				),
			},
		]);
	});

	describe('a number as text', () => {
		const fields = ['int', 'float'].map((type) => ({ id: type, title: type, type, choices: [] }));
		const context = { customFields: new CustomFields(fields), timezone: 'UTC' };
		const convert = (fieldId: string, value: unknown) => toCustomValuesOf([{ fieldId, value }], context);

		it.each([
			['55.751', 55.751],
			['1.234', 1.234],
			['12.345', 12.345],
			['-1.000', -1],
			['1234,567', 1234.567],
			['0,125', 0.125],
			['1,5', 1.5],
			['12,34', 12.34],
			['1 234,567', 1234.567],
			[1.234, 1.234],
		])('has its decimals behind a dot, or a comma that is not between thousands: %j', (value, number) => {
			expect(convert('float', value)).toEqual({ float: number });
		});

		it.each([
			['1.000', 1],
			['12.00', 12],
			['12,0', 12],
			['1 200 000', 1_200_000],
		])('is whole with decimals that are 0: %j', (value, number) => {
			expect(convert('int', value)).toEqual({ int: number });
			expect(convert('float', value)).toEqual({ float: number });
		});

		it.each(['1,234', '12,345', '-1,000', '+999,999'])('may be a thousand times as much: %j', (value) => {
			const problem = `has "${value}" for the field "int" (ID int), which may be one with thousands or one with decimals`;
			expect(convert('int', value)).toEqual([
				{
					row: { fieldId: 'int', value },
					problem: new InvalidValue(problem, '"int" takes a whole number, e.g. 3 or -5.'),
				},
			]);
			expect(convert('float', value)).toEqual([
				{
					row: { fieldId: 'float', value },
					problem: new InvalidValue(
						problem.replaceAll('int', 'float'),
						'"float" takes a number, e.g. 12.5 or 12,5, and 1234.5 without a separator of thousands.',
					),
				},
			]);
		});

		it.each(['1.234', '1.5', '1,234,567', '1.234.567'])('is no whole number: %j', (value) => {
			expect(convert('int', value)).toEqual([
				{
					row: { fieldId: 'int', value },
					problem: new InvalidValue(
						`has "${value}" for the field "int" (ID int), which is not a whole number`,
						'"int" takes a whole number, e.g. 3 or -5.',
					),
				},
			]);
		});
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

import { buildLeadBody, type LeadInput } from '../../nodes/Liner/actions/lead/leadBody';
import { Orders } from '../../nodes/Liner/actions/lead/orders';
import { Failure } from '../../nodes/Liner/failure';

const required = { leadType: 'straight', phone: '79001234567', orderId: 501, orderCode: 'river-park' };

const build = (fields: Record<string, unknown>) =>
	buildLeadBody(
		{ fields: { ...required, ...fields }, customValues: [] },
		{ orders: new Orders([]), leadStatuses: [], timezone: 'UTC' },
	);

const PHONE_FIX =
	'Enter 7 to 15 digits that begin with the country code, e.g. 79001234567 or +7 900 123-45-67.';
/** Zero-width space and joiner, byte order mark, soft hyphen, direction mark, Hangul filler, blank of Braille, controls. */
const invisible = ['\u200b\u200d\ufeff', '\u00ad', '\u200e', '\u3164', '\u2800', '\u0007\u007f', ' \u0000 '];

const INTEGER_FIX = 'Enter a whole number, e.g. 12, or map a column that holds one.';

describe('buildLeadBody', () => {
	it('builds the smallest body from the required fields alone', () => {
		expect(build({})).toEqual(required);
	});

	it('holds nothing that is not a field of a lead', () => {
		expect(build({ comment: 'x', constructor: 'y' })).toEqual(required);
	});

	it.each([undefined, null, '', '   ', '\n\t\u00a0', ...invisible])(
		'leaves out an optional field with the blank value %j',
		(blank) => {
			const optional = { name: blank, priority: blank, vkId: blank, statusId: blank, telegramPhone: blank };
			const body = build(optional);
			expect(body).toEqual(required);
			expect(Object.keys(body)).toEqual(Object.keys(required));
		},
	);

	it('sends 0 and false', () => {
		expect(build({ priority: 0, utcOffset: '0', sourceComment: false, name: 0 })).toEqual({
			...required,
			priority: 0,
			utcOffset: 0,
			sourceComment: 'false',
			name: '0',
		});
	});

	it.each([undefined, null, '', '  ', ...invisible])(
		'refuses a required field with the blank value %j',
		(blank) => {
			expect(build({ phone: blank })).toEqual(
				new Failure(
					'invalid',
					"'Phone' is empty",
					'Fill it in, or check that the column it is mapped to has a value.',
				),
			);
		},
	);

	it('names every field that does not fit, and what to do about each', () => {
		expect(build({ orderId: 'x', leadType: ' ', phone: '' })).toEqual(
			new Failure(
				'invalid',
				`'Lead Type' is empty, and 'Phone' is empty, and 'Order' is "x", which is not a whole number`,
				`'Lead Type' and 'Phone': Fill it in, or check that the column it is mapped to has a value. 'Order': ${INTEGER_FIX}`,
			),
		);
	});

	it('names the half of the order that is there', () => {
		expect(build({ orderId: '', orderCode: 'moon', phone: 'x' })).toMatchObject({
			message: `'Order Code' is "moon", but Liner has no such order, and 'Phone' is "x", which is not a phone number`,
			description: expect.stringMatching(
				/^'Order Code': Choose the order from the list, or correct the value\. 'Phone': Enter 7 to 15/,
			) as string,
		});
	});
});

describe('phone', () => {
	it.each([
		['79001234567', '79001234567'],
		['+79001234567', '+79001234567'],
		[' +7 (900) 123-45-67 ', '+79001234567'],
		['7.900.123.45.67', '79001234567'],
		['+7\u00a0900\u00a0123–45—67', '+79001234567'],
		['+7 900 123\u221245\u201167', '+79001234567'],
		['\u202a+79001234567\u202c', '+79001234567'],
		['[7] {900} 1234567', '79001234567'],
		['8 (900) 123-45-67', '89001234567'],
		[79001234567, '79001234567'],
		['79001234567.0', '79001234567'],
		['79001234567,0', '79001234567'],
		['+79001234567.00', '+79001234567'],
		['+7.900.123.45.67', '+79001234567'],
		// As domain registries write it.
		['+7.9001234567', '+79001234567'],
		['7-900-123-45-67', '79001234567'],
		['(495) 123-45-67', '4951234567'],
		['(495) 1234567', '4951234567'],
		['+7 (900) 1234567', '+79001234567'],
		['8 900 (123) 45-67', '89001234567'],
		['+44 20 7946 0958', '+442079460958'],
		['34 612 345 678', '34612345678'],
		['34.612.345.678', '34612345678'],
		['+376.312.345', '+376312345'],
		['+1 000 000 0000', '+10000000000'],
		['+49-30-12-2012', '+4930122012'],
		['49-30-2012', '49302012'],
		['tel:+7-900-123-45-67', '+79001234567'],
		['TEL: 79001234567', '79001234567'],
		['1234567', '1234567'],
		['123456789012345', '123456789012345'],
	])('makes %j %j', (phone, expected) => {
		expect(build({ phone })).toEqual({ ...required, phone: expected });
	});

	it.each<[value: unknown, problem: string]>([
		['12abc', `is "12abc", which is not a phone number`],
		['7900123+4567', `is "7900123+4567", which is not a phone number`],
		['++79001234567', `is "++79001234567", which is not a phone number`],
		['7.9E+10', `is "7.9E+10", which is not a phone number`],
		['тел. 79001234567', `is "тел. 79001234567", which is not a phone number`],
		['12:30:45.1234', `is "12:30:45.1234", which is not a phone number`],
		...[
			'2026-05-01',
			'2026-05-01T10:00:00Z',
			'15.05.2026',
			'15.05.2026 10:00',
			'1.12.2026',
			'05-15-2026',
			'15/05/2026',
			'2026.05.15',
			'2026/05/15 10:00',
		].map((date): [string, string] => [date, `is "${date}", which is a date, not a phone number`]),
		...['192.168.100.10', '10.10.100.100'].map((address): [string, string] => [
			address,
			`is "${address}", which is an IP address, not a phone number`,
		]),
		...['79001234567.5', '79001234567,5', '55.751244', '7.9001234567'].map((number): [string, string] => [
			number,
			`is "${number}", which is a number with decimals, not a phone number`,
		]),
		...['1 000 000', '15\u00a0000\u00a0000', '1,234,567', '1.234.567', '150.000.000'].map(
			(amount): [string, string] => [amount, `is "${amount}", which is an amount, not a phone number`],
		),
		['10.0.19045', `is "10.0.19045", which is a version number, not a phone number`],
		['7', `is "7", which has 1 digit`],
		['-', `is "-", which is not a phone number`],
		['+', `is "+", which is not a phone number`],
		[1e21, 'is 1e+21, which is not a phone number'],
		[7900.5, 'is 7900.5, which is not a phone number'],
		[-79001234567, 'is -79001234567, which is not a phone number'],
		[NaN, 'is NaN, which is not a phone number'],
		[true, 'is true, which is not a phone number'],
		[['79001234567'], `is ["79001234567"], which is not a phone number`],
		[{ value: 1 }, `is {"value":1}, which is not a phone number`],
		['123456', `is "123456", which has 6 digits`],
		['1234567890123456', `is "1234567890123456", which has 16 digits`],
	])('refuses %j', (phone, problem) => {
		expect(build({ phone })).toEqual(new Failure('invalid', `'Phone' ${problem}`, PHONE_FIX));
	});

	it.each<[value: string, problem: string, advice: string]>([
		...[
			'79001234567 79007654321',
			'79001234567, 79007654321',
			'79001234567,79007654321',
			'79001234567/79007654321',
			'+79001234567; +79007654321',
			'8 (900) 123-45-67 или 8 (900) 765-43-21',
			'79001234567\n79007654321',
			'79001234567 (79007654321)',
			'+7 900 123-45-67 +7 900 765-43-21',
			'1234567 7654321',
			'(495) 123-45-67 (499) 765-43-21',
		].map((phones): [string, string, string] => [
			phones,
			`is ${JSON.stringify(phones)}, which holds two phone numbers`,
			'Keep one of them.',
		]),
		[
			'79001234561, 79001234562, 79001234563',
			'is "79001234561, 79001234562, 79001234563", which holds 3 phone numbers',
			'Keep one of them.',
		],
		...[
			'79001234567 (123)',
			'8 (495) 123-45-67 доб. 123',
			'8 (495) 123-45-67 (доб. 123)',
			'84951234567, доб 12',
			'8 495 123-45-67 вн. 12',
			'+7 900 123 45 67 ext. 5',
			'79001234567 x12',
			'79001234567#12',
			'tel:+79001234567;ext=12',
		].map((phone): [string, string, string] => [
			phone,
			`is "${phone}", which has an extension`,
			'Remove the extension: Liner takes none.',
		]),
		...['+44 (0)20 7946 0958', '49 (0) 30 123456'].map((phone): [string, string, string] => [
			phone,
			`is "${phone}", which has a (0), which is dialed within the country only`,
			'Remove the (0), if calls from abroad go without it.',
		]),
	])('refuses %j, and says what to leave out', (phone, problem, advice) => {
		expect(build({ phone })).toEqual(new Failure('invalid', `'Phone' ${problem}`, `${advice} ${PHONE_FIX}`));
	});

	it.each(['0049 30 123456', '+0 900 123 45 67', '089 1234567'])(
		'refuses %j, which has no country code',
		(phone) => {
			expect(build({ phone })).toEqual(
				new Failure(
					'invalid',
					`'Phone' is "${phone}", which begins with 0 instead of a country code`,
					`Put the country code in place of the leading zeros. ${PHONE_FIX}`,
				),
			);
		},
	);
});

describe('whole numbers', () => {
	it.each([
		[7, 7],
		['7', 7],
		[' 7 ', 7],
		['-5', -5],
		['+3', 3],
		[-0, 0],
		['-0', 0],
		['007', 7],
		['501.0', 501],
		['-7,00', -7],
		['1501.000', 1501],
		['1501,000', 1501],
		['1.000', 1],
		['-12.000', -12],
		['0.000', 0],
		[Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
	])('makes %p %p', (priority, expected) => {
		expect(build({ priority })).toStrictEqual({ ...required, priority: expected });
	});

	it.each([
		['12abc', '"12abc"'],
		['3.5', '"3.5"'],
		['1.234', '"1.234"'],
		[3.5, '3.5'],
		[1e21, '1e+21'],
		['1e21', '"1e21"'],
		['9007199254740993', '"9007199254740993"'],
		[NaN, 'NaN'],
		[Infinity, 'Infinity'],
		[true, 'true'],
		[false, 'false'],
		[[1], '[1]'],
		[{}, '{}'],
		[new Date(0), '"1970-01-01T00:00:00.000Z"'],
	])('refuses %p', (priority, quoted) => {
		expect(build({ priority })).toEqual(
			new Failure('invalid', `'Priority' is ${quoted}, which is not a whole number`, INTEGER_FIX),
		);
	});

	it.each(['1,000', '-12,000', '1,234'])('refuses %p, which may be a thousand times as much', (priority) => {
		expect(build({ priority })).toEqual(
			new Failure(
				'invalid',
				`'Priority' is "${priority}", which may be one with thousands or one with decimals`,
				INTEGER_FIX,
			),
		);
	});

	it.each([0, -1, '0', '-7'])('refuses %p as an order ID', (orderId) => {
		expect(build({ orderId })).toEqual(
			new Failure('invalid', `'Order' is ${orderId}, but an ID is above 0`, 'Enter the ID that Liner shows.'),
		);
	});

	it('leaves it to Liner what a status, a priority or an offset may be', () => {
		const open = { statusId: '0', priority: -3, utcOffset: 99 };
		expect(build(open)).toEqual({ ...required, statusId: 0, priority: -3, utcOffset: 99 });
	});
});

describe('text', () => {
	it.each([
		['  Анна "Аня" Петрова \n', 'Анна "Аня" Петрова'],
		[42, '42'],
		[3.5, '3.5'],
		[79001234567, '79001234567'],
		[true, 'true'],
		[new Date('2026-05-01T10:00:00Z'), '2026-05-01T10:00:00.000Z'],
		['Anna\tA.\r\nPetrova\n2', 'Anna\tA.\r\nPetrova\n2'],
		['An\u0007na\u001b\u007f\u0081', 'Anna'],
		['Anna\vA.\fPetrova\u00852', 'Anna\nA.\nPetrova\n2'],
		['Anna 😀', 'Anna 😀'],
		['Anna \ud83d', 'Anna \ufffd'],
		['\ude00 Anna', '\ufffd Anna'],
		['\u200bA\u200b', '\u200bA\u200b'],
	])('makes %p %p', (name, expected) => {
		expect(build({ name })).toEqual({ ...required, name: expected });
	});

	it.each([
		[['a', 'b'], `is a list (["a","b"]), not text`, 'Map a single value of it.'],
		[{ first: 'Anna' }, `is an object ({"first":"Anna"}), not text`, 'Map a single value of it.'],
		[new Date(NaN), 'is an object (null), not text', 'Map a single value of it.'],
		[
			'A\0n\0n\0a\0',
			'is "A\\u0000n\\u0000n\\u0000a\\u0000", which holds the character NUL (U+0000)',
			'Remove it. It often comes from a file that was read with the wrong encoding.',
		],
		[NaN, 'is NaN, which is not text', 'Check the expression that gives this number.'],
		[
			2 ** 53,
			'is 9007199254740992, a number too long to keep all its digits',
			'Make it text where it comes from, e.g. format the column of the spreadsheet as text.',
		],
	])('refuses %p', (name, problem, howToFix) => {
		expect(build({ name })).toEqual(new Failure('invalid', `'Name' ${problem}`, howToFix));
	});

	it('quotes a long value only in part', () => {
		const failure = build({ name: ['x'.repeat(1000)] });
		expect(failure).toMatchObject({ message: `'Name' is a list (["${'x'.repeat(58)}…), not text` });
		expect(build({ name: [`${'x'.repeat(57)}😀${'x'.repeat(9)}`] })).toMatchObject({
			message: `'Name' is a list (["${'x'.repeat(57)}…), not text`,
		});
	});
});

describe('the other types', () => {
	it.each([
		['straight', 'straight'],
		['Regular', 'straight'],
		[' Selection ', 'selection'],
	])('makes the lead type %j %j', (leadType, expected) => {
		expect(build({ leadType })).toEqual({ ...required, leadType: expected });
	});

	it.each(['Ordinary', 1, true, ['straight']])('refuses the lead type %j', (leadType) => {
		expect(build({ leadType })).toEqual(
			new Failure(
				'invalid',
				`'Lead Type' is ${JSON.stringify(leadType)}, which is not a lead type`,
				"Use 'straight' for a regular lead or 'selection' for a selection lead.",
			),
		);
	});

	it.each([
		[12345678, '12345678'],
		[' 12345678 ', '12345678'],
		['12345678901234567890', '12345678901234567890'],
	])('makes the VK ID %p the text %p', (vkId, expected) => {
		expect(build({ vkId })).toEqual({ ...required, vkId: expected });
	});

	it.each(['id123', '0', 0, '-1', 1.5, false])('refuses the VK ID %p', (vkId) => {
		expect(build({ vkId })).toEqual(
			new Failure(
				'invalid',
				`'VK ID' is ${JSON.stringify(vkId)}, but must be a whole number above 0`,
				'Enter the numeric ID, e.g. 12345678, without letters.',
			),
		);
	});

	it.each([
		['+7 (900) 123-45-67', '+79001234567'],
		[79001234567, '79001234567'],
		[' same as above ', 'same as above'],
		['0900', '0900'],
	])('makes the Telegram phone %p %p', (telegramPhone, expected) => {
		expect(build({ telegramPhone })).toEqual({ ...required, telegramPhone: expected });
	});

	it('refuses a Telegram phone that is no text', () => {
		expect(build({ telegramPhone: {} })).toMatchObject({
			message: "'Telegram Phone' is an object ({}), not text",
		});
	});
});

const FILL_IN = 'Fill it in, or check that the column it is mapped to has a value.';
const river = { id: '501', code: 'river-park', title: '', serviceTitle: '' };
const unreadable = new Failure('rejected', 'Liner says no', 'Check the key.');

/** Builds the body of an item, of which everything may be given. */
const buildFrom = (
	input: Partial<LeadInput>,
	orders: Orders | Failure = new Orders([river]),
	customFields?: Failure,
) =>
	buildLeadBody(
		{ fields: required, customValues: [], ...input },
		{ orders, leadStatuses: unreadable, customFields, timezone: 'UTC' },
	);
const invalid = (message: string, description: string, unreadableList?: Failure) =>
	new Failure('invalid', message, description, unreadableList && { unreadableList });

describe('the order', () => {
	const { leadType, phone } = required;

	it.each([{ orderId: '501' }, { orderCode: 'River-Park' }])('is completed from %j', (order) => {
		expect(buildFrom({ fields: { leadType, phone, ...order } })).toEqual(required);
	});

	it('stays as it is where both halves are given', () => {
		const fields = { ...required, orderId: '502', orderCode: ' x ' };
		expect(buildFrom({ fields }, unreadable)).toEqual({ ...required, orderId: 502, orderCode: 'x' });
	});

	it('is no reason to say anything about its halves when it cannot be found', () => {
		expect(buildFrom({ fields: { leadType, phone, orderId: 502 } })).toEqual(
			invalid(
				`'Order' is 502, but Liner has no such order`,
				'Choose the order from the list, or correct the value.',
			),
		);
	});

	it.each([
		[{ orderCode: 'moon' }, 'Order Code', `'Order Code' is "moon", but Liner has no such order`],
		[{ orderId: 502 }, 'Order', `'Order' is 502, but Liner has no such order`],
		[{ orderId: ' ', orderCode: '' }, 'Order', `'Order' and 'Order Code' are both empty`],
	])('is named by the half that is there beside something else: %j', (order, label, message) => {
		const failure = buildFrom({ fields: { leadType, phone: '', ...order } });
		expect(failure).toMatchObject({ kind: 'invalid', message: `${message}, and 'Phone' is empty` });
		expect((failure as Failure).description).toMatch(
			new RegExp(`^'${label}': Choose .* 'Phone': Fill it in`),
		);
	});

	it.each([
		[{ orderCode: 'moon' }, { orderId: 'A', orderCode: 'B' }, 'B'],
		[{ orderId: 502 }, { orderId: 'A', orderCode: 'B' }, 'A'],
		[{ orderId: 502 }, { orderCode: 'B' }, 'Order'],
	])('is named by the column of that half: %j', (order, columnOf, label) => {
		const failure = buildFrom({ fields: { leadType, phone: '', ...order }, columnOf });
		expect((failure as Failure).description).toMatch(new RegExp(`^'${label}': .* 'Phone': Fill it in`));
	});
});

describe('a required field that no column gives', () => {
	const { leadType, phone, ...order } = required;

	it.each([
		[['name', 'city'], `Add a column 'phone' with a value to the item. Its columns are 'name', 'city'.`],
		[[], `Add a column 'phone' with a value to the item. It has no columns.`],
		[['PHONE_', 'name'], `Fill in the column 'PHONE_'.`],
		[
			'abcdefghijk'.split(''),
			`Add a column 'phone' with a value to the item. Its columns are 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j' and 1 more.`,
		],
	])('is asked for by its name: %j', (columns, howToFix) => {
		expect(buildFrom({ fields: { leadType, ...order }, columns })).toEqual(
			invalid("'Phone' is empty", howToFix),
		);
	});

	it('is called what its column is called', () => {
		expect(
			buildFrom({ fields: { leadType, phone: 'x', ...order }, columnOf: { phone: 'Tel.' } }),
		).toMatchObject({
			message: `'Tel.' is "x", which is not a phone number`,
		});
		expect(buildFrom({ fields: { leadType, ...order }, columnOf: { phone: 'Tel.' } })).toEqual(
			invalid("'Tel.' is empty", FILL_IN),
		);
	});

	const EITHER = "Add a column 'orderId' or 'orderCode' with a value to the item.";
	const OR_CHOOSE = 'Or choose the order in the node, for all items without one.';

	it.each([
		[['phone'], `${EITHER} Its columns are 'phone'. ${OR_CHOOSE}`],
		[[], `${EITHER} It has no columns. ${OR_CHOOSE}`],
		[['phone', 'Order ID'], `Fill in the column 'Order ID'. ${OR_CHOOSE}`],
		[['phone', 'order-code'], `Fill in the column 'order-code'. ${OR_CHOOSE}`],
	])('is the order, by either name: %j', (columns, howToFix) => {
		expect(buildFrom({ fields: { leadType, phone }, columns })).toEqual(
			invalid("'Order' and 'Order Code' are both empty", howToFix),
		);
	});

	it('is not the order that Liner does not have', () => {
		expect(buildFrom({ fields: { leadType, phone, orderId: 502 }, columns: ['phone'] })).toEqual(
			invalid(
				`'Order' is 502, but Liner has no such order`,
				'Choose the order from the list, or correct the value.',
			),
		);
	});
});

describe('custom values', () => {
	it('come into the body, where there are any', () => {
		const customValues = [
			{ fieldId: '12', value: ' VIP ' },
			{ fieldId: 13, value: 7 },
		];
		expect(buildFrom({ customValues })).toEqual({ ...required, customValues: { 12: 'VIP', 13: 7 } });
		expect(buildFrom({ customValues: [{ fieldId: '12', value: '' }] })).toEqual(required);
	});

	const bad = [{ fieldId: '12', value: 'x' }, { fieldId: '12', value: 'y' }, { value: 'z' }];
	const PROBLEMS = 'has the field "12" twice, and has the value "z" without a field';
	const FIXES = 'Keep one of the two values. Choose the custom field, or remove the value.';

	it('are named by their parameter', () => {
		expect(buildFrom({ customValues: bad })).toEqual(invalid(`'Custom Values' ${PROBLEMS}`, FIXES));
		expect(buildFrom({ customValues: bad, customValuesLabel: 'More Values' })).toEqual(
			invalid(`'More Values' ${PROBLEMS}`, FIXES),
		);
	});

	it('are named by the columns that they come from', () => {
		const [first, second, third] = bad;
		const customValues = [first, { ...second, column: 'customValues.12' }, third];
		expect(buildFrom({ customValues })).toEqual(
			invalid(
				`'customValues.12' has the field "12" twice, and 'Custom Values' has the value "z" without a field`,
				`'customValues.12': Keep one of the two values. 'Custom Values': Choose the custom field, or remove the value.`,
			),
		);
	});

	it('come after the fields', () => {
		expect(buildFrom({ fields: { ...required, phone: '' }, customValues: bad.slice(2) })).toEqual(
			invalid(
				`'Phone' is empty, and 'Custom Values' has the value "z" without a field`,
				`'Phone': ${FILL_IN} 'Custom Values': Choose the custom field, or remove the value.`,
			),
		);
	});
});

describe('a list that cannot be read', () => {
	const status = { ...required, statusId: 'New' };
	const STATUS = `'Lead Status Name or ID' is "New", but the list of statuses, which is needed to find its ID, could not be read: Liner says no`;
	const STATUS_FIX = 'Use the ID of the status instead. Check the key.';
	const custom = [{ fieldId: 'City', value: 'Moscow' }];
	const CUSTOM = `'Custom Values' has the field "City", but the list of custom fields, which is needed to find its ID, could not be read: Liner says no`;
	const CUSTOM_FIX = 'Use the ID of the field in Liner, e.g. 12. Check the key.';

	it('is told with the item that needs it', () => {
		expect(buildFrom({ fields: status })).toEqual(invalid(STATUS, STATUS_FIX, unreadable));
		expect(buildFrom({ customValues: custom }, undefined, unreadable)).toEqual(
			invalid(CUSTOM, CUSTOM_FIX, unreadable),
		);
	});

	it('is told with the item that needs it twice', () => {
		expect(buildFrom({ fields: status, customValues: custom }, undefined, unreadable)).toEqual(
			invalid(
				`${STATUS}, and ${CUSTOM}`,
				`'Lead Status Name or ID': ${STATUS_FIX} 'Custom Values': ${CUSTOM_FIX}`,
				unreadable,
			),
		);
	});

	it('is not told where something else is wrong with the item', () => {
		expect(
			buildFrom({ fields: { ...status, phone: '' }, customValues: custom }, undefined, unreadable),
		).toEqual(invalid("'Phone' is empty", FILL_IN));
		const customValues = [...custom, { value: 'z' }];
		expect(buildFrom({ customValues }, undefined, unreadable)).toEqual(
			invalid(
				`'Custom Values' has the value "z" without a field`,
				'Choose the custom field, or remove the value.',
			),
		);
		expect(buildFrom({ fields: { ...status, phone: '', name: [] } })).toEqual(
			invalid(
				"'Phone' is empty, and 'Name' is a list ([]), not text",
				`'Phone': ${FILL_IN} 'Name': Map a single value of it.`,
			),
		);
	});

	it('is the list of orders for an item that gives half of its order', () => {
		const { leadType, phone, orderId } = required;
		expect(buildFrom({ fields: { leadType, phone, orderId } }, unreadable)).toBe(unreadable);
	});
});

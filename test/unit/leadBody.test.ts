import { buildLeadBody } from '../../nodes/Liner/actions/lead/leadBody';
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

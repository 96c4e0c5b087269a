import type { CustomValues } from '../../nodes/Liner/api/customFields';
import { CustomFields } from '../../nodes/Liner/fields/customFields';
import type { LeadBody } from '../../nodes/Liner/api/leads';
import {
	clientKey,
	compareWithRequest,
	identityOf,
	LARGEST_IDENTITY,
	requestKey,
	toInstant,
	type ShownLead,
} from '../../nodes/Liner/actions/lead/create/delivery/matching';

import fc from 'fast-check';

const body: LeadBody = { leadType: 'straight', phone: '+79001234567', orderId: 501, orderCode: 'river-park' };

/** What Liner sets by itself, and everything that was not sent, blank. */
const blanks: ShownLead = {
	id: 1,
	name: '',
	sourceComment: 'AI: will call back',
	ip: '192.168.1.1',
	externalIdBitrix24: null,
	externalIdAmo: '',
	externalIdMacro: ' ',
	externalIdDomoplaner: [],
	statusId: 10,
	createMethod: 'api',
	isSecondary: true,
	planningCallDateTime: '2026-05-01T10:00:00Z',
	priority: 0,
	utcOffset: 3,
	createdAt: '2026-05-01T10:00:00Z',
	updatedAt: '2026-05-01T10:00:01Z',
	vkId: 0,
	instagramLogin: null,
	telegramUserName: {},
	telegramPhone: null,
	customValues: [],
};

const show = (sent: LeadBody, change: ShownLead = {}): ShownLead => ({ ...blanks, ...sent, ...change });

/** Compares a value that was sent with one that is shown, everything else being equal. */
const compareField = (name: string, sent: unknown, shown: unknown) => {
	const sentBody = { ...body, [name]: sent } as LeadBody;
	return compareWithRequest(sentBody, show(sentBody, { [name]: shown }));
};

const customFields = new CustomFields([
	{ id: '10', title: 'Text', type: 'string', choices: [] },
	{ id: '11', title: 'Count', type: 'int', choices: [] },
	{ id: '12', title: 'Area', type: 'float', choices: [] },
	{ id: '13', title: 'Day', type: 'date', choices: [] },
	{ id: '14', title: 'Moment', type: 'datetime', choices: [] },
	{ id: '15', title: 'Mortgage', type: 'bool', choices: [] },
	{
		id: '16',
		title: 'Source',
		type: 'select',
		choices: [
			{ code: 'vip', title: 'Very important, really' },
			{ code: '1', title: 'No' },
			{ code: '2', title: 'Yes' },
		],
	},
	{
		id: '17',
		title: 'Rooms',
		type: 'multiselect',
		choices: [
			{ code: 'a', title: 'One room' },
			{ code: 'b', title: 'Two, or more' },
		],
	},
]);
const knowledge = { customFields, timezone: 'Europe/Moscow' };

const compareValue = (fieldId: string, sent: unknown, shown: unknown, known = {}) => {
	const sentBody = { ...body, customValues: { [fieldId]: sent } as CustomValues };
	return compareWithRequest(sentBody, show(sentBody, { customValues: { [fieldId]: shown } }), known);
};

describe('compareWithRequest', () => {
	it('is the same with what was sent, whatever Liner sets by itself', () => {
		expect(compareWithRequest(body, show(body))).toBe('same');
		expect(compareWithRequest({ ...body, statusId: 1, priority: 7, utcOffset: 5 }, show(body))).toBe('same');
		expect(compareWithRequest({ ...body, sourceComment: 'x' }, show(body))).toBe('same');
	});

	it('takes a lead with custom values that were not sent for the same', () => {
		expect(compareWithRequest(body, show(body, { customValues: { 10: 'a default' } }))).toBe('same');
	});

	describe('of phones', () => {
		it.each([
			['79001234567', '+79001234567'],
			['+79001234567', '79001234567'],
			['79001234567', 79001234567],
			['79001234567', '79001234567.0'],
			['79001234567', '8 (900) 123-45-67'],
			['79001234567', 'tel:+7\u00a0900\u2011123.45.67'],
			['89001234567', '+79001234567'],
			['89001234567', '9001234567'],
			['9001234567', '+7 900 123-45-67'],
			['79001234567', '900 123-45-67'],
			['79001234567', '0079001234567'],
			['87011234567', '77011234567'],
			['375291234567', '+375 (29) 123-45-67'],
		])('takes %s and %s for the same', (sent, shown) => {
			expect(compareField('phone', sent, shown)).toBe('same');
		});

		it.each([
			['375291234567', '80291234567'],
			['80291234567', '375 29 123-45-67'],
			['375291234567', '810 375 29 123 45 67'],
			['80291234567', '79291234567'],
			['380501234567', '0501234567'],
			['49301234567', '030 1234567'],
			['36301234567', '06 30 123 45 67'],
			['4712345678', '74712345678'],
			['81312345678', '71312345678'],
			['79001234567', '+7900***4567'],
			['79001234567', '79001234567, 79007654321'],
			['79001234567', '79001234567 ext. 12'],
			['79001234567', '34567'],
		])('cannot tell %s from %s', (sent, shown) => {
			expect(
				compareWithRequest({ ...body, phone: sent }, show(body, { phone: shown }), { isDetail: true }),
			).toBe('unclear');
		});

		it.each([
			['79001234567', '79001234568'],
			['79001234567', '79011234567'],
			['79001234567', '78001234567'],
			['79001234567', '88001234567'],
			['79001234567', '9011234567'],
			['375291234567', '375251234567'],
			['49301234567', '49311234567'],
			['1234567', '1234568'],
		])('tells %s from %s', (sent, shown) => {
			expect(compareField('phone', sent, shown)).toBe('different');
			expect(compareField('phone', shown, sent)).toBe('different');
		});
	});

	describe('of orders and lead types', () => {
		it.each([
			[{ orderId: '501' }, 'same'],
			[{ orderId: 502 }, 'unclear'],
			[{ orderCode: 'other' }, 'unclear'],
			[{ orderId: 502, orderCode: 'other' }, 'different'],
			[{ orderCode: ' River-Park ' }, 'same'],
			[{ orderCode: undefined }, 'same'],
			[{ orderId: undefined }, 'same'],
			[{ orderId: null, orderCode: 'other' }, 'different'],
			[{ orderId: 502, orderCode: '' }, 'different'],
			[{ orderId: 'order 501', orderCode: null }, 'incomplete'],
			[{ orderId: undefined, orderCode: undefined }, 'incomplete'],
			[{ leadType: 'STRAIGHT' }, 'same'],
			[{ leadType: 'selection' }, 'different'],
			[{ leadType: 'regular' }, 'unclear'],
			[{ leadType: undefined }, 'incomplete'],
			[{ phone: undefined }, 'incomplete'],
			[{ phone: null }, 'incomplete'],
			[{ phone: '' }, 'incomplete'],
			[{ phone: '+7900***4567' }, 'incomplete'],
		])('with %j is %s', (change, expected) => {
			expect(compareWithRequest(body, show(body, change))).toBe(expected);
			const ofDetail = expected === 'incomplete' ? 'unclear' : expected;
			expect(compareWithRequest(body, show(body, change), { isDetail: true })).toBe(ofDetail);
		});

		it('is different by one of them, whatever else is unclear or not shown', () => {
			for (const change of [{ phone: '79001234568' }, { leadType: 'selection' }]) {
				expect(compareWithRequest({ ...body, name: 'Anna' }, { ...body, ...change })).toBe('different');
				expect(compareWithRequest(body, show(body, { ...change, name: 'Anna' }))).toBe('different');
			}
		});
	});

	describe('of texts', () => {
		it.each([
			['Анна  Петрова', ' анна петрова'],
			['Anna\tPetrova', 'ANNA PETROVA'],
			['Zoë', 'Zoe\u0308'],
			['Straße', 'STRASSE'],
			['Anna\u200b Petrova', 'Anna Petrova'],
			['"A" & <B>', '&quot;A&quot; &amp; &lt;B&gt;'],
			["O'Hara", 'O&#39;Hara'],
			["O'Hara", 'O&#x27;Hara'],
			['A & B', 'A &amp;amp; B'],
			['A &amp; B', 'A & B'],
			['Anna 😀', 'Anna &#128512;'],
			['Anna 😀', 'Anna'],
			['Anna 😀 Petrova', 'Anna Petrova'],
			['Anna 😀 Petrova', 'Anna ? Petrova'],
			['Anna 😀 Petrova', 'Anna ???? Petrova'],
			['Anna 😀 Petrova', 'Anna \ufffd Petrova'],
			['Anna 😀 Petrova', 'Anna'],
			['Anna ☎ Petrova', 'Anna Petrova'],
			['Anna? ☎ Petrova', 'Anna? Petrova'],
			['Anna ☎😀 Petrova', 'Anna ☎ Petrova'],
			['Константинопольская Александра', 'Константинопольская А'],
			['Константинопольская Александра', 'Константинопольская А…'],
			['Константинопольская Александра', 'Константинопольская А ...'],
			['Константинопольская 😀 Александра', 'Константинопольская Алекс'],
		])('takes the name %j and %j for the same', (sent, shown) => {
			expect(compareField('name', sent, shown)).toBe('same');
		});

		it.each([
			['Anna', 'Boris'],
			['Anna', 'Ann'],
			['Anna', 'Anna P'],
			['Anna', 'Anna 😀'],
			['Anna 😀', 'Anna 😎'],
			['Anna ☎', 'Anna ♥'],
			['Anna?', 'Anna'],
			['Anna? ☎', 'Anna ☎'],
			['😀', '?'],
			['😀', ''],
			['Al😀bert', 'Al'],
			['Константинопольская Александра', 'Константинопольская'],
			['Константинопольская Александра', 'Константинопольская…'],
			['Константинопольская', 'Константинопольская Александра'],
			['Anna', { first: 'Anna' }],
		])('cannot tell the name %j from %j', (sent, shown) => {
			expect(compareField('name', sent, shown)).toBe('unclear');
		});

		it.each([
			['telegramUserName', 'anna', '@Anna'],
			['telegramUserName', '@anna', 'anna'],
			['telegramUserName', 'anna', 'https://t.me/anna'],
			['telegramUserName', 'https://t.me/anna', '@anna'],
			['telegramUserName', 't.me/anna', 'https://telegram.me/anna/'],
			['instagramLogin', 'anna.p', 'https://www.instagram.com/anna.p/?hl=en'],
			['telegramPhone', '+79001234567', '8 900 123-45-67'],
			['telegramPhone', 'ask Anna', 'ask anna '],
			['vkId', '123', 123],
			['vkId', '123', 'id123'],
			['vkId', '123', 'https://vk.com/id123'],
			['vkId', '0123', 123],
			['externalIdAmo', '7', 7],
			['externalIdAmo', 'B24-001', 'b24-001 '],
		])('takes the %s %j and %j for the same', (name, sent, shown) => {
			expect(compareField(name, sent, shown)).toBe('same');
		});

		it.each([
			['telegramUserName', 'anna', 'boris'],
			['telegramPhone', '79001234567', '79001234568'],
			['instagramLogin', 'anna', 'anna.p'],
			['vkId', '123', '124'],
			['externalIdAmo', '007', 7],
			['externalIdAmo', '7', '007'],
			['externalIdBitrix24', '5', '6'],
			['externalIdDomoplaner', '12345678901234567890123', '123456789012345678901'],
			['externalIdMacro', 'A😀', 'A'],
		])('cannot tell the %s %j from %j', (name, sent, shown) => {
			expect(compareField(name, sent, shown)).toBe('unclear');
		});
	});

	const telling = [
		'name',
		'externalIdAmo',
		'externalIdBitrix24',
		'externalIdDomoplaner',
		'externalIdMacro',
		'instagramLogin',
		'telegramPhone',
		'telegramUserName',
		'vkId',
	];

	describe.each(telling)('of %s', (name) => {
		const sent = { ...body, [name]: '123' };

		it('cannot tell when the lead has one that was not sent', () => {
			expect(compareWithRequest(body, show(body, { [name]: '123' }))).toBe('unclear');
			expect(compareWithRequest(body, show(body, { [name]: '123' }), { isDetail: true })).toBe('unclear');
		});

		it('cannot tell when it was sent and the lead has none', () => {
			for (const blank of [null, '', ' ', [], {}, 0]) {
				expect(compareWithRequest(sent, show(sent, { [name]: blank }))).toBe('unclear');
			}
		});

		it('asks for the detail when a list does not show it', () => {
			expect(compareWithRequest(sent, show(sent, { [name]: undefined }))).toBe('incomplete');
			expect(compareWithRequest(body, show(body, { [name]: undefined }))).toBe('incomplete');
		});

		it('takes a detail that does not show it for one that has none', () => {
			expect(compareWithRequest(sent, show(sent, { [name]: undefined }), { isDetail: true })).toBe('unclear');
			expect(compareWithRequest(body, show(body, { [name]: undefined }), { isDetail: true })).toBe('same');
		});
	});

	it('is incomplete, whatever else is unclear, as long as something is not shown that may rule the lead out', () => {
		for (const field of ['phone', 'leadType']) {
			const shown = show(body, { name: 'Anna', orderCode: 'other', [field]: undefined });
			expect(compareWithRequest(body, shown)).toBe('incomplete');
			expect(compareWithRequest(body, shown, { isDetail: true })).toBe('unclear');
		}
	});

	it('is unclear rather than incomplete when something does not agree already', () => {
		expect(compareWithRequest({ ...body, name: 'Anna' }, { ...body, name: 'Boris' })).toBe('unclear');
		expect(compareWithRequest(body, { ...body, vkId: '1' })).toBe('unclear');
	});

	describe('of custom values', () => {
		it.each([
			['10', 'VIP', ' vip '],
			['10', 'A & B 😀', 'A &amp; B'],
			['10', true, 1],
			['10', true, '1'],
			['10', true, 'true'],
			['10', true, 'yes'],
			['10', true, 'Да'],
			['10', false, 0],
			['10', false, 'нет'],
			['10', '1', true],
			['10', 12.5, '12,5'],
			['10', '12.50', 12.5],
			['10', '1e3', 1000],
			['10', 1000, '1000.0'],
			['10', '2026-05-01T10:00:00+03:00', '2026-05-01T07:00:00Z'],
			['10', '2026-05-01T10:00:00+03:00', '2026-05-01T07:00:00.000000Z'],
			['10', '2026-05-01T10:00:00+03:00', '2026-05-01T10:00:00+0300'],
			['10', '2026-05-01T10:00:00+03:00', '2026-05-01 10:00:00'],
			['10', '2026-05-01T10:00:00+03:00', '2026-05-01 07:00:00'],
			['10', '2026-05-01', '2026-05-01T00:00:00Z'],
			['10', '2026-05-01', '2026-05-01 00:00:00'],
			['10', '2026-05-01', '2026-05-01T00:00:00+03:00'],
			['10', '2026-05-01', '01.05.2026'],
			['10', ['a', 'b'], ['b', 'a']],
			['10', ['a', 'b'], 'B, A'],
			['10', 'a;b', ['a', 'b']],
			['10', ['a'], 'a'],
			['10', 'a', ['a']],
			[
				'10',
				['a', 'b'],
				[
					{ code: 'b', title: 'Two' },
					{ code: 'a', title: 'One' },
				],
			],
			['10', 'a', { code: 'a', title: 'One' }],
			['10', 'One', { code: 'a', title: 'One' }],
			['10', ['One'], [{ code: 'a', title: 'One' }]],
		])('takes %s: %j and %j for the same', (fieldId, sent, shown) => {
			expect(compareValue(fieldId, sent, shown)).toBe('same');
		});

		it.each([
			['11', 7, '007'],
			['11', 1000, '1 000'],
			['12', 12, '12.000'],
			['13', '2026-05-01', '2026-04-30T21:00:00Z'],
			['14', '2026-05-01T10:00:00+03:00', '01.05.2026 10:00'],
			['15', true, 'on'],
			['16', 'vip', 'Very important, really'],
			['16', 'Very important, really', 'vip'],
			['16', '2', 'Yes'],
			['17', ['a', 'b'], 'Two, or more; One room'],
			['17', ['a', 'b'], '["b","a"]'],
			['17', ['a', 'b'], [{ title: 'Two, or more' }, { title: 'One room' }]],
		])('takes %s: %j and %j for the same when the field is known', (fieldId, sent, shown) => {
			expect(compareValue(fieldId, sent, shown, knowledge)).toBe('same');
		});

		it.each([
			['10', 'vip', 'cold'],
			['10', 'vip', ''],
			['10', 'vip', undefined],
			['10', 'vip', { any: 'vip' }],
			['10', '007', 7],
			['10', '1', 'yes'],
			['10', 1, 1.5],
			['10', '1,000', 1],
			['10', true, false],
			['10', '2026-05-01', '2026-04-30T21:00:00Z'],
			['10', '2026-05-01T10:00:00+03:00', '2026-05-01T10:00:00Z'],
			['10', '2026-05-01', '2026-05-02 00:00:00'],
			['10', ['a', 'b'], ['a']],
			['10', ['a'], ['a', 'b']],
			['10', ['a', 'b'], 'a, c'],
			['16', 'vip', 'Very important, really'],
		])('cannot tell %s: %j from %j', (fieldId, sent, shown) => {
			expect(compareValue(fieldId, sent, shown)).toBe('unclear');
		});

		it.each([
			['16', '1', 'Yes'],
			['16', '1', '1.0'],
			['16', 'vip', 'No'],
			['17', ['a', 'b'], 'One room'],
			['14', '2026-05-01T10:00:00+03:00', '2026-05-01T10:00:01+03:00'],
			['11', 7, 8],
		])('cannot tell %s: %j from %j when the field is known', (fieldId, sent, shown) => {
			expect(compareValue(fieldId, sent, shown, knowledge)).toBe('unclear');
		});

		const sent = { ...body, customValues: { 10: 'vip', 11: 7 } };

		it.each([
			[
				'a list by fieldId',
				[
					{ fieldId: 10, value: 'vip' },
					{ fieldId: '11', value: '7' },
				],
				'same',
			],
			[
				'a list by id',
				[
					{ id: 10, value: 'vip' },
					{ id: 11, value: 7 },
				],
				'same',
			],
			[
				'a list of rows with IDs of their own',
				[
					{ id: 11, customFieldId: 10, value: 'vip' },
					{ id: 10, customFieldId: 11, value: 7 },
				],
				'same',
			],
			['JSON text', '{"10":"vip","11":7}', 'same'],
			['more of them', { 10: 'vip', 11: 7, 12: 'x' }, 'same'],
			['fewer of them', { 10: 'vip' }, 'unclear'],
			['none', {}, 'unclear'],
			['an empty list', [], 'unclear'],
			['null', null, 'unclear'],
			['text', 'vip', 'unclear'],
			['a list of texts', ['vip', '7'], 'unclear'],
		])('shown as %s', (_, shown, expected) => {
			expect(compareWithRequest(sent, show(sent, { customValues: shown }))).toBe(expected);
			expect(compareWithRequest(sent, show(sent, { customValues: shown }), { isDetail: true })).toBe(
				expected,
			);
		});

		it('asks for the detail when a list does not show them, and does without when the detail does not either', () => {
			const shown = show(sent, { customValues: undefined });
			expect(compareWithRequest(sent, shown)).toBe('incomplete');
			expect(compareWithRequest(sent, shown, { isDetail: true })).toBe('same');
		});
	});
});

describe('identityOf', () => {
	it('keeps what identifies a lead', () => {
		const sent = {
			...body,
			name: 'Анна Петрова',
			externalIdBitrix24: '2345678',
			sourceComment: 'x'.repeat(5_000),
			priority: 7,
			statusId: 3,
			utcOffset: 3,
			customValues: { 10: 'vip', 17: ['a', 'b'] },
		};
		expect(identityOf(sent)).toEqual({
			...body,
			name: 'Анна Петрова',
			externalIdBitrix24: '2345678',
			customValues: { 10: 'vip', 17: ['a', 'b'] },
		});
		expect(Buffer.byteLength(JSON.stringify(identityOf({ ...sent, customValues: {} })))).toBeLessThan(200);
	});

	const long = 'Константинопольская Александра Владимировна Вторая';

	it('recognises long texts of which it keeps the beginning and a hash', () => {
		const identity = identityOf({ ...body, name: long, externalIdAmo: 'x'.repeat(100) });
		expect(identity).toEqual({
			...body,
			name: { start: 'КОНСТАНТИНОПОЛЬСКАЯ АЛЕК', hash: expect.any(String) as string },
			externalIdAmo: { hash: expect.any(String) as string },
		});
		const shown = show(body, { name: ` ${long.toLowerCase()}`, externalIdAmo: 'X'.repeat(100) });
		expect(compareWithRequest(identity, shown)).toBe('same');
		expect(compareWithRequest(identity, { ...shown, name: long.slice(0, 22) })).toBe('same');
		expect(compareWithRequest(identity, { ...shown, name: `${long}!` })).toBe('unclear');
		expect(compareWithRequest(identity, { ...shown, name: long.slice(0, 40) })).toBe('unclear');
		expect(compareWithRequest(identity, { ...shown, externalIdAmo: 'X'.repeat(99) })).toBe('unclear');
	});

	it('recognises long and many custom values', () => {
		const customValues = { 10: 'x'.repeat(100), 17: Array.from({ length: 50 }, (_, i) => `choice ${i}`) };
		const many = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [i, `value ${i}`]));
		for (const values of [customValues, many]) {
			const identity = identityOf({ ...body, customValues: values });
			expect(Buffer.byteLength(JSON.stringify(identity))).toBeLessThan(250);
			expect(compareWithRequest(identity, show(body, { customValues: values }))).toBe('same');
			const list = Object.entries(values).map(([id, value]) => ({ id, value: [value].flat().reverse() }));
			expect(compareWithRequest(identity, show(body, { customValues: list }))).toBe('same');
			expect(compareWithRequest(identity, show(body, { customValues: { ...values, 10: 'x' } }))).toBe(
				'unclear',
			);
			expect(compareWithRequest(identity, show(body, { customValues: {} }))).toBe('unclear');
		}
	});
});

describe('requestKey', () => {
	it('is equal for requests that are alike in all that identifies a lead', () => {
		const sent = { ...body, name: 'Anna', customValues: { 10: 'vip' } };
		expect(requestKey({ ...sent, phone: '8 900 1234567', name: 'ANNA ', priority: 3 })).toBe(
			requestKey(sent),
		);
		expect(requestKey(identityOf(sent))).toBe(requestKey(sent));
		const changes: LeadBody[] = [
			{ phone: '79001234568' },
			{ name: 'Boris' },
			{ vkId: '1' },
			{ customValues: { 10: 'x' } },
		];
		for (const change of changes) {
			expect(requestKey({ ...sent, ...change })).not.toBe(requestKey(sent));
		}
		const long = 'x'.repeat(100);
		expect(requestKey(identityOf({ ...sent, name: long }))).not.toBe(
			requestKey(identityOf({ ...sent, name: `${long}y` })),
		);
	});
});

describe('clientKey', () => {
	it.each(['+79001234567', '8 900 123-45-67', '9001234567', '3751234567'])('is equal for %s', (phone) => {
		expect(clientKey({ ...body, phone })).toBe('1234567 501 STRAIGHT');
	});

	it('tells phones, orders and lead types apart', () => {
		const changes: LeadBody[] = [{ phone: '79001234568' }, { orderId: 502 }, { leadType: 'selection' }];
		for (const change of changes) {
			expect(clientKey({ ...body, ...change })).not.toBe(clientKey(body));
		}
	});
});

describe('toInstant', () => {
	const instant = Date.UTC(2026, 4, 1, 7, 0, 5);

	it.each([
		'2026-05-01T07:00:05Z',
		'2026-05-01t07:00:05.000000z',
		'2026-05-01T10:00:05+03:00',
		'2026-05-01T10:00:05+0300',
		'2026-05-01T10:00:05+03',
		'2026-05-01 10:00:05 +03:00',
		'2026-05-01T03:30:05-03:30',
		instant,
		String(instant),
		instant / 1_000,
		`${instant / 1_000}.000`,
	])('reads %j', (createdAt) => expect(toInstant(createdAt)).toBe(instant));

	it.each([
		'2026-05-01T07:00:05',
		'2026-05-01 07:00:05',
		'2026-05-01',
		'2026-02-30T07:00:05Z',
		'2026-05-01T27:00:05Z',
		'2026-05-01T07:00:05+99:00',
		'2026-13-01T07:00:05Z',
		'01.05.2026 07:00:05',
		'0001-01-01T00:00:00Z',
		'1970-01-01T00:00:00Z',
		'9999-12-31T00:00:00Z',
		'yesterday',
		'',
		' ',
		0,
		-1,
		12,
		1e20,
		NaN,
		null,
		undefined,
		true,
		{},
		[],
		new Date(NaN),
	])('does not read %j', (createdAt) => expect(toInstant(createdAt)).toBeUndefined());

	it('keeps the fraction of a second', () => {
		expect(toInstant('2026-05-01T07:00:05,25Z')).toBe(instant + 250);
	});
});

/** A form that Liner may give a value of its own: whether it may lose what tells, and what it makes of a value. */
interface Form<T = string> {
	loses?: true;
	apply(value: T): unknown;
}

const escapeHtml = (text: string) =>
	text
		.replace(/&/g, '&amp;')
		.replace(/</g, '&lt;')
		.replace(/>/g, '&gt;')
		.replace(/"/g, '&quot;')
		.replace(/'/g, '&#39;');

const textForms: Array<Form> = [
	{ apply: (text) => text },
	{ apply: (text) => ` ${text}\n` },
	{ apply: (text) => text.replace(/ /g, '  ') },
	{ apply: (text) => text.replace(/\s+/g, ' ') },
	{ apply: (text) => text.normalize('NFD') },
	{ apply: (text) => text.normalize('NFC') },
	{ apply: (text) => text.toLowerCase() },
	{ apply: (text) => text.toUpperCase() },
	{ apply: escapeHtml },
];

const nameForms: Array<Form> = [
	...textForms,
	...['', '?', '????', '\ufffd'].map(
		(replacement): Form => ({
			loses: true,
			apply: (text) => text.replace(/[\u{10000}-\u{10ffff}]/gu, replacement),
		}),
	),
	{ loses: true, apply: (text) => text.replace(/[\u{10000}-\u{10ffff}].*/su, '') },
	{ loses: true, apply: (text) => text.slice(0, 32) },
	{ loses: true, apply: (text) => text.slice(0, 10) },
	{ loses: true, apply: () => '' },
];

const phoneForms: Array<Form> = [
	{ apply: (phone) => phone },
	{ apply: (phone) => `+${phone.replace('+', '')}` },
	{ apply: (phone) => phone.replace('+', '') },
	{ apply: (phone) => phone.replace(/(\d{3})(\d{2})(\d{2})$/, ' ($1) $2-$3') },
	{ apply: (phone) => phone.replace(/^\+?[78](?=[3489]\d{9}$)/, '8') },
	{ apply: (phone) => phone.replace(/^\+?[78](?=[3489]\d{9}$)/, '+7') },
	{ apply: (phone) => phone.replace(/^\+?[78](?=9\d{9}$)/, '') },
	{ loses: true, apply: (phone) => phone.replace(/^\+?375(?=\d{9}$)/, '80') },
	{ loses: true, apply: (phone) => phone.replace(/^\+?49(?=\d{9,}$)/, '0') },
	{ loses: true, apply: (phone) => phone.replace(/\d(?=\d{4}$)/, '*') },
];

const userNameForms: Array<Form> = [
	...textForms.slice(0, 2),
	{ apply: (name) => `@${name.replace('@', '')}` },
	{ apply: (name) => name.replace('@', '') },
	{ apply: (name) => `https://t.me/${name.replace('@', '')}` },
];

const digits = (count: number) =>
	fc
		.array(fc.integer({ min: 0, max: 9 }), { minLength: count, maxLength: count })
		.map((list) => list.join(''));

const phone = fc
	.tuple(
		fc.constantFrom('', '+'),
		fc.oneof(
			fc.tuple(fc.constantFrom('79', '73', '78', '89', '84', '77', '70'), digits(9)),
			fc.tuple(fc.constantFrom('3752', '4930', '1415', '8613'), digits(8)),
			fc.tuple(fc.constantFrom('1', '9', '37', '855'), digits(9)),
		),
	)
	.map(([plus, [prefix, rest]]) => plus + prefix + rest);

const emoji = fc.constantFrom('😀', ' 👩‍👧 ', '☎', '🇷🇺', '𝒜');
const someText = fc
	.array(
		fc.oneof(
			fc.string({ unit: 'grapheme', maxLength: 12 }),
			fc.constantFrom('Анна', ' ', 'Петрова', '& Co', "O'Hara", 'Straße', '&lt;', 'Константинопольская'),
			emoji,
		),
		{ maxLength: 6 },
	)
	.map((parts) => parts.join('').trim())
	.filter((text) => text !== '');
const id = fc.oneof(
	fc.nat().map(String),
	fc.nat().map((number) => `0${number}`),
	fc.uuid(),
	fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 80 }).filter((text) => text.trim() === text),
);
const userName = fc
	.tuple(fc.constantFrom('', '@'), fc.stringMatching(/^[A-Za-z0-9_.]{3,12}$/))
	.map((parts) => parts.join(''));

/** Which value a field may be sent with, and the forms that it may be shown in. */
const fields: Record<string, { value: fc.Arbitrary<string>; forms: Form[] }> = {
	phone: { value: phone, forms: phoneForms },
	leadType: { value: fc.constantFrom('straight', 'selection'), forms: textForms },
	orderCode: { value: fc.constantFrom('river-park', 'Парк & Река'), forms: textForms },
	name: { value: someText, forms: nameForms },
	externalIdAmo: { value: id, forms: [...textForms, { loses: true, apply: (text) => Number(text) }] },
	externalIdBitrix24: { value: id, forms: textForms },
	vkId: {
		value: fc.integer({ min: 1 }).map(String),
		forms: [{ apply: Number }, { apply: (text) => `id${text}` }],
	},
	telegramUserName: { value: userName, forms: userNameForms },
	telegramPhone: { value: phone, forms: phoneForms.filter(({ loses }) => !loses) },
};
const required = ['phone', 'leadType', 'orderCode'];

const numberForms: Array<Form<number>> = [
	{ apply: (number) => number },
	{ apply: String },
	{ apply: (number) => number.toExponential() },
	{ apply: (number) => String(number).replace('.', ',') },
	{ apply: (number) => (Number.isInteger(number) ? `${number}.0` : `${number}0`) },
];
const booleanForms: Array<Form<boolean>> = [
	{ apply: (value) => value },
	{ apply: Number },
	{ apply: String },
	{ apply: (value) => String(Number(value)) },
	{ apply: (value) => (value ? 'Да' : 'нет') },
];
const momentForms: Array<Form> = [
	{ apply: (time) => time },
	{ apply: (time) => new Date(time).toISOString() },
	{ apply: (time) => new Date(time).toISOString().replace('.000', '') },
	{ apply: (time) => time.slice(0, 19).replace('T', ' ') },
];
const dateForms: Array<Form> = [
	...['', 'T00:00:00Z', ' 00:00:00', 'T00:00:00+03:00', 'T00:00:00.000-05:00'].map(
		(suffix): Form => ({ apply: (date) => date + suffix }),
	),
];
const listForms: Array<Form<string[]>> = [
	{ apply: (list) => list },
	{ apply: (list) => [...list].reverse() },
	{ apply: (list) => list.join(', ') },
	{ apply: (list) => list.map((code) => ({ code, title: `Choice ${code}` })) },
];

const withForm = <T>(value: fc.Arbitrary<T>, forms: Array<Form<T>>) =>
	fc.tuple(value, fc.constantFrom(...forms)).map(([sent, { apply, loses = false }]) => ({
		sent: sent as CustomValues[string],
		shown: apply(sent),
		loses,
	}));

const moment = fc
	.integer({ min: Date.UTC(2020, 0) / 60_000, max: Date.UTC(2030, 0) / 60_000 })
	.map((minutes) => new Date(minutes * 60_000).toISOString().replace('.000Z', '+03:00'));

const customValue = fc.oneof(
	withForm(someText, nameForms),
	withForm(fc.integer(), numberForms),
	withForm(
		fc.integer({ min: -99_999, max: 99_999 }).map((number) => number / 100),
		numberForms,
	),
	withForm(fc.boolean(), booleanForms),
	withForm(moment, momentForms),
	withForm(
		moment.map((time) => time.slice(0, 10)),
		dateForms,
	),
	withForm(fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'two rooms'), { minLength: 1 }), listForms),
);

interface Pair {
	sent: LeadBody;
	shown: ShownLead;
	loses: boolean;
}

const compose = (forms: Form[], value: string) =>
	forms.reduce((shown, { apply }) => String(apply(shown)), value);

/** A body and its lead as Liner may show it. */
const pair: fc.Arbitrary<Pair> = fc
	.tuple(
		fc.record(
			Object.fromEntries(
				Object.entries(fields).map(([name, { value, forms }]) => [
					name,
					fc
						.tuple(value, fc.array(fc.constantFrom(...forms), { maxLength: name === 'name' ? 3 : 1 }))
						.map(([sent, applied]) => ({
							sent,
							shown: applied.length === 1 ? applied[0].apply(sent) : compose(applied, sent),
							loses: applied.some(({ loses }) => loses === true),
						})),
				]),
			),
			{ requiredKeys: required },
		),
		fc.dictionary(fc.nat({ max: 30 }).map(String), customValue, { maxKeys: 3 }),
		fc.constantFrom('map', 'list', 'none'),
	)
	.map(([values, customValues, container]) => {
		const sent: LeadBody = { orderId: 501 };
		const shown: ShownLead = { ...blanks, orderId: '501' };
		for (const [name, value] of Object.entries(values)) {
			sent[name] = value.sent;
			shown[name] = value.shown;
		}
		const entries = Object.entries(customValues);
		if (entries.length > 0) {
			sent.customValues = Object.fromEntries(entries.map(([id, value]) => [id, value.sent])) as CustomValues;
			const shownValues = Object.fromEntries(entries.map(([id, value]) => [id, value.shown]));
			if (container === 'map') shown.customValues = shownValues;
			else if (container === 'list') {
				shown.customValues = Object.entries(shownValues).map(([id, value]) => ({ id: Number(id), value }));
			} else delete shown.customValues;
		}
		const loses = [...Object.values(values), ...Object.values(customValues)].some((value) => value.loses);
		return { sent, shown, loses };
	});

describe('for any body', () => {
	const runs = { numRuns: 3_000 };

	it('the forms that Liner may give its lead are the same, or unclear if they lose something', () => {
		const counts = { same: 0, unclear: 0, lossySame: 0 };
		fc.assert(
			fc.property(pair, ({ sent, shown, loses }) => {
				const result = compareWithRequest(sent, shown, { isDetail: true });
				if (loses) {
					expect(['same', 'unclear']).toContain(result);
					if (result === 'same') counts.lossySame++;
					else counts.unclear++;
				} else {
					expect(result).toBe('same');
					counts.same++;
				}
			}),
			runs,
		);
		// The property says nothing if a kind does not occur.
		expect(Math.min(...Object.values(counts))).toBeGreaterThan(100);
	});

	it('leads that differ in the national number, the order or the lead type are different', () => {
		const change = fc.oneof(
			digits(10).map((national): ShownLead => ({ phone: `7${national}` })),
			fc.constant<ShownLead>({ orderId: 502, orderCode: 'other' }),
			fc.constant<ShownLead>({ leadType: 'other' }),
		);
		const toOther = (sent: LeadBody, { leadType, ...change }: ShownLead): ShownLead => {
			if (leadType !== undefined)
				return { leadType: sent.leadType === 'straight' ? 'selection' : 'straight' };
			const isRussian = /^\+?7/.test(String(sent.phone));
			fc.pre(change.phone === undefined || (isRussian && !String(sent.phone).endsWith(String(change.phone))));
			return change;
		};
		fc.assert(
			fc.property(pair, change, ({ sent, shown }, change) => {
				expect(compareWithRequest(sent, { ...shown, ...toOther(sent, change) })).toBe('different');
			}),
			runs,
		);
	});

	it('phones are compared the same way round both ways, and share a key unless they are certainly different', () => {
		const tail = fc.constantFrom('1234567', '91234567', '291234567', '9291234567');
		const close = fc
			.tuple(fc.constantFrom('', '7', '8', '80', '375', '49', '9', '1'), tail)
			.map((parts) => parts.join(''));
		const base = { leadType: 'straight', orderId: 501, orderCode: 'x' };
		fc.assert(
			fc.property(fc.oneof(close, phone), fc.oneof(close, phone), (one, other) => {
				const [first, second] = [one, other].map((phone) => ({ ...base, phone }));
				const comparison = compareWithRequest(first, { ...blanks, ...second });
				expect(compareWithRequest(second, { ...blanks, ...first })).toBe(comparison);
				if (comparison !== 'different') expect(clientKey(first)).toBe(clientKey(second));
			}),
			runs,
		);
	});

	it('its identity is small, survives JSON, and compares as the body or is unclear', () => {
		const counts = { kept: 0, shortened: 0, lost: 0 };
		const longText = fc.string({ unit: 'binary', minLength: 50, maxLength: 300 });
		const long = fc.record(
			{
				name: longText,
				externalIdMacro: longText,
				externalIdDomoplaner: longText,
				instagramLogin: longText,
				customValues: fc.dictionary(fc.nat().map(String), fc.oneof(longText, fc.array(longText)), {
					maxKeys: 30,
				}),
			},
			{ requiredKeys: [] },
		);
		fc.assert(
			fc.property(fc.oneof(fc.constant({}), long), pair, pair, fc.nat(60), (more, pair, other, length) => {
				const sent = { ...pair.sent, ...more } as LeadBody;
				const identity = JSON.parse(JSON.stringify(identityOf(sent))) as LeadBody;
				expect(Buffer.byteLength(JSON.stringify(identity))).toBeLessThanOrEqual(LARGEST_IDENTITY);
				const cut = typeof sent.name === 'string' ? { name: sent.name.slice(0, length) } : {};
				const shownLeads = [sent, pair.shown, { ...pair.shown, ...more }, other.shown].flatMap((shown) => [
					{ ...blanks, ...shown },
					{ ...blanks, ...shown, ...cut },
				]);
				for (const shown of shownLeads) {
					const ofBody = compareWithRequest(sent, shown);
					const ofIdentity = compareWithRequest(identity, shown);
					if (ofIdentity !== ofBody) expect(ofIdentity).toBe('unclear');
					if (ofIdentity !== ofBody) counts.lost++;
					else if (JSON.stringify(identity) === JSON.stringify(sent)) counts.kept++;
					else counts.shortened++;
					if (shown === shownLeads[0]) expect(ofIdentity).toBe('same');
				}
			}),
			{ numRuns: 1_000 },
		);
		expect(counts.lost).toBeGreaterThan(10);
		expect(counts.shortened).toBeGreaterThan(100);
	});

	it('an object that looks like no object breaks nothing', () => {
		const odd = { toString: 1, valueOf: null };
		const sent = { ...body, customValues: { 10: 'vip' } };
		for (const field of [...Object.keys(blanks), ...Object.keys(body)]) {
			const result = compareWithRequest(sent, show(sent, { [field]: odd }), { isDetail: true });
			expect(result).toBe(compareWithRequest(sent, show(sent, { [field]: { any: 1 } }), { isDetail: true }));
		}
		const list = [{ id: odd, value: odd }];
		expect(compareWithRequest(sent, show(sent, { customValues: list }), knowledge)).toBe('unclear');
		expect(compareWithRequest(sent, show(sent, { customValues: { 10: odd } }), knowledge)).toBe('unclear');
		expect(toInstant(odd)).toBeUndefined();
	});

	it('nothing that Liner may show breaks it', () => {
		fc.assert(
			fc.property(
				pair,
				fc.dictionary(fc.constantFrom(...Object.keys(blanks), 'phone'), fc.jsonValue()),
				(pair, odd) => {
					const result = compareWithRequest(pair.sent, { ...pair.shown, ...(odd as ShownLead) });
					expect(['same', 'incomplete', 'unclear', 'different']).toContain(result);
				},
			),
			runs,
		);
	});
});

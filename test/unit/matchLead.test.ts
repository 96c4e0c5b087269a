import { matchLead } from '../../nodes/Liner/actions/lead/create/delivery/matchLead';

const body = { leadType: 'straight', phone: '+79001234567', orderId: 501, orderCode: 'river-park' };
const listed = { id: 1, leadType: 'straight', phone: '+79001234567', orderId: 501, orderCode: 'river-park' };

describe('matchLead', () => {
	it.each([
		['a phone without +', { phone: '79001234567' }],
		['numbers as text', { orderId: '501' }],
		['what the body does not hold', { name: 'Anna', externalIdAmo: 'A-1', customValues: { 12: 'vip' } }],
	])('is the same with %s', (_, change) => {
		expect(matchLead(body, { ...listed, ...change }, 'request')).toBe('same');
	});

	it.each([
		['phone', '+79001234568'],
		['leadType', 'selection'],
		['orderId', 502],
		['orderCode', 'x'],
	])('is different by %s', (name, value) => {
		expect(matchLead(body, { ...listed, [name]: value }, 'client')).toBe('different');
		expect(matchLead(body, { ...listed, [name]: value }, 'request')).toBe('different');
	});

	it.each([
		['name', 'Анна  Петрова ', 'анна петрова', 'Anna'],
		['telegramUserName', '@anna', 'Anna', 'bob'],
		['telegramPhone', '+7 900 123-45-67', '79001234567', '79001234568'],
		['instagramLogin', 'anna', 'anna', null],
		['vkId', '123', 123, '124'],
	])('goes by %s for a request, not for a client', (name, sent, same, different) => {
		const sentBody = { ...body, [name]: sent };
		expect(matchLead(sentBody, { ...listed, [name]: same }, 'request')).toBe('same');
		expect(matchLead(sentBody, { ...listed, [name]: different }, 'request')).toBe('different');
		expect(matchLead(sentBody, { ...listed, [name]: different }, 'client')).toBe('same');
		expect(matchLead(sentBody, listed, 'request')).toBe('unsure');
	});

	it.each(['externalIdAmo', 'externalIdBitrix24', 'externalIdDomoplaner', 'externalIdMacro'])(
		'goes by %s',
		(name) => {
			const sentBody = { ...body, [name]: 'X-1' };
			expect(matchLead(sentBody, { ...listed, [name]: 'X-1' }, 'client')).toBe('same');
			expect(matchLead(sentBody, { ...listed, [name]: null }, 'client')).toBe('different');
			expect(matchLead(sentBody, listed, 'client')).toBe('unsure');
		},
	);

	it('does not go by what may change at once', () => {
		const sentBody = { ...body, statusId: 1, priority: 2, utcOffset: 3, sourceComment: 'x' };
		const changed = { ...listed, statusId: 9, priority: 9, utcOffset: 9, sourceComment: 'y' };
		expect(matchLead(sentBody, changed, 'request')).toBe('same');
	});

	it.each([
		[{ 12: 'vip' }, { 12: 'VIP', 13: 2 }, 'same'],
		[{ 13: 2 }, { 13: '2' }, 'same'],
		[{ 15: ['b', 'a'] }, { 15: ['a', 'b'] }, 'same'],
		[{ 18: false }, { 18: 'false' }, 'same'],
		[{ 12: 'vip' }, { 12: 'cold' }, 'different'],
		[{ 12: 'vip' }, {}, 'different'],
		[{ 15: ['a'] }, { 15: ['a', 'b'] }, 'different'],
		[{ 12: 'vip' }, undefined, 'unsure'],
	])('compares the custom values %j with %j: %s', (sent, shown, expected) => {
		const sentBody = { ...body, customValues: sent as never };
		expect(matchLead(sentBody, { ...listed, customValues: shown }, 'request')).toBe(expected);
		expect(matchLead(sentBody, { ...listed, customValues: shown }, 'client')).toBe('same');
	});
});

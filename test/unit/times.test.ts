import fc from 'fast-check';
import { DateTime } from 'luxon';

import { toDate, toDateTime } from '../../nodes/Liner/fields/times';

const ZONES = [
	'UTC',
	'Europe/Moscow',
	'America/New_York',
	'Asia/Kolkata',
	'Australia/Lord_Howe',
	'Pacific/Apia',
];

const pad = (number: number) => String(number).padStart(2, '0');

describe('toDateTime', () => {
	it('gives local times the offset that Luxon gives them, and the earlier one of two', () => {
		fc.assert(
			fc.property(
				fc.constantFrom(...ZONES),
				fc.date({ min: new Date('1972-01-01'), max: new Date('2099-12-31'), noInvalidDate: true }),
				(zone, date) => {
					const text = date.toISOString().slice(0, 19);
					const possible = DateTime.fromISO(text, { zone }).getPossibleOffsets();
					const earliest = Math.min(...possible.map((time) => time.toMillis()));
					expect(Date.parse(toDateTime(text, zone) ?? '')).toBe(earliest);
				},
			),
			{ numRuns: 2_000 },
		);
	});

	it.each([
		['Europe/Berlin', '2026-03-29T01:59:59', '2026-03-29T01:59:59+01:00'],
		['Europe/Berlin', '2026-03-29T02:30:00', '2026-03-29T02:30:00+01:00'],
		['Europe/Berlin', '2026-03-29T03:00:00', '2026-03-29T03:00:00+02:00'],
		['Europe/Berlin', '2026-10-25T02:30:00', '2026-10-25T02:30:00+02:00'],
		['Europe/Berlin', '2026-10-25T03:00:00', '2026-10-25T03:00:00+01:00'],
		['Asia/Kolkata', '2026-01-01 09:05', '2026-01-01T09:05:00+05:30'],
		['America/St_Johns', '01.07.2026 9:05', '2026-07-01T09:05:00-02:30'],
	])('in %s makes of %s %s', (zone, text, expected) => {
		expect(toDateTime(text, zone)).toBe(expected);
	});

	it('keeps an offset that the text names, in whatever form', () => {
		expect(
			['Z', '+03:00', '+0300', '+03', ' -05:30'].map((offset) =>
				toDateTime(`2026-05-01T10:00${offset}`, 'UTC'),
			),
		).toEqual(
			['+00:00', '+03:00', '+03:00', '+03:00', '-05:30'].map((offset) => `2026-05-01T10:00:00${offset}`),
		);
	});

	it('shows a JavaScript date in the time zone, and one of Luxon in its own', () => {
		const moment = '2026-05-01T22:30:00.000Z';
		expect(toDateTime(new Date(moment), 'Europe/Moscow')).toBe('2026-05-02T01:30:00+03:00');
		const luxon = DateTime.fromISO(moment, { zone: 'Asia/Tokyo' });
		expect(toDateTime(luxon, 'Europe/Moscow')).toBe('2026-05-02T07:30:00+09:00');
	});
});

describe('toDate', () => {
	it('gives every day back, in each way to write it', () => {
		fc.assert(
			fc.property(
				fc.date({ min: new Date('1927-05-18'), max: new Date('2199-12-31'), noInvalidDate: true }),
				fc.constantFrom(...ZONES),
				(date, zone) => {
					const expected = date.toISOString().slice(0, 10);
					const [year, month, day] = expected.split('-').map(Number);
					const serial = Date.UTC(year, month - 1, day) / 86_400_000 + 25_569;
					const spellings = [
						expected,
						`${year}/${month}/${day}`,
						`${pad(day)}.${pad(month)}.${year}`,
						`${expected}T23:59:59`,
						`${expected}T00:00:00.000Z`,
						serial,
						String(serial),
						serial + 0.999,
					];
					expect(spellings.map((spelling) => toDate(spelling, zone))).toEqual(spellings.map(() => expected));
				},
			),
		);
	});

	it('gives the day of a moment in the time zone', () => {
		expect(toDate('2026-05-01T22:30:00Z', 'Europe/Moscow')).toBe('2026-05-02');
		expect(toDate('2026-05-01T22:30:00+00:00', 'Europe/Moscow')).toBe('2026-05-02');
		expect(toDate(new Date('2026-05-01T02:00:00Z'), 'America/New_York')).toBe('2026-04-30');
	});

	it('gives the day that a value with another offset shows, and that of midnight in Greenwich', () => {
		const zone = 'America/New_York';
		expect(toDate('1990-05-01T03:00:00+03:00', zone)).toBe('1990-05-01');
		expect(toDate('2026-05-01T22:30:00+03:00', zone)).toBe('2026-05-01');
		expect(toDate('1990-05-01T00:00:00+00:00', zone)).toBe('1990-05-01');
		expect(toDate('1990-05-01T00:00:00Z', zone)).toBe('1990-05-01');
		expect(toDate(new Date('1990-05-01'), zone)).toBe('1990-05-01');
	});

	it('needs a known time zone only for what names none', () => {
		expect(toDateTime('2026-05-01T10:00', 'GMT+3')).toBeUndefined();
		expect(toDateTime(new Date(), 'GMT+3')).toBeUndefined();
		expect(toDateTime('2026-05-01T10:00Z', 'GMT+3')).toBe('2026-05-01T10:00:00+00:00');
		expect(toDate('2026-05-01T10:00Z', 'GMT+3')).toBeUndefined();
		expect(toDate('2026-05-01T10:00', 'GMT+3')).toBe('2026-05-01');
	});

	it.each([
		'0001-01-01T00:00:00',
		'01.05.0026',
		'1899-12-30',
		'9999-12-31',
		'03/04/2026',
		'1.2.26',
		'2026-13-01',
		'2026-02-30',
		'31.04.2026',
		'2026-05-01T24:00',
		'2026-05-01T10:60',
		'2026-05-01T10:00+15:00',
		'2026-05',
		'today',
		'20260501',
		9_999,
		109_575,
		1_777_593_600,
		1_777_593_600_000,
		NaN,
		true,
		{},
		[],
		new Date(NaN),
	])('finds none in %p', (value) => {
		expect(toDate(value, 'UTC')).toBeUndefined();
		expect(toDateTime(value, 'UTC')).toBeUndefined();
	});
});

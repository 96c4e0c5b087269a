import { toIsoTime } from './values';

/** A date and time of day as written, in whatever time zone. */
interface LocalTime {
	year: number;
	month: number;
	day: number;
	hour: number;
	minute: number;
	second: number;
	/** `Z` or `+03:00`, if the text contains its offset from UTC. */
	offset?: string;
}

const TIME = String.raw`(?:(?:T|,? +)(\d{1,2}):(\d\d)(?::(\d\d)(?:[.,]\d+)?)?\s*(Z|[+-]\d\d(?::?\d\d)?)?)?`;
/** `2026-05-01`, with an optional time and offset. */
const YEAR_FIRST = new RegExp(String.raw`^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})${TIME}$`, 'i');
/** `01.05.2026`: dates with dots always begin with the day. */
const DAY_FIRST = new RegExp(String.raw`^(\d{1,2})\.(\d{1,2})\.(\d{4})${TIME}$`, 'i');

const DAY_OR_MONTH_FIRST = new RegExp(String.raw`^(\d{1,2})[-/](\d{1,2})[-/](\d{4})${TIME}$`, 'i');

/** Some systems use years such as 0001 and 9999 for "no date". */
const YEARS = { from: 1900, to: 2199 };

/**
 * The day numbers that count as spreadsheet dates (days since 1899-12-30), from 1927-05-18 to 2199-12-31. A smaller
 * number is more likely a year or an age.
 */
const SERIAL = { from: 10_000, end: 109_575, epoch: Date.UTC(1899, 11, 30) };

/**
 * Coerces a value to a calendar date.
 *
 * @param value A JavaScript or Luxon date, text such as `2026-05-01`, `2026-05-01T10:00:00+03:00` or `01.05.2026`, or a
 *   spreadsheet's day number.
 * @param timezone The time zone that a moment in UTC is converted to, e.g. `Europe/Moscow`; with any other offset, the date
 *   is the one written in the value.
 * @returns `YYYY-MM-DD`, or `undefined` if the value is not a date, is ambiguous (`03/04/2026`), or needs a time zone that
 *   does not exist.
 */
export function toDate(value: unknown, timezone: string): string | undefined {
	const local = parseTime(value);
	if (local === undefined) return undefined;
	const { offset, hour, minute, second } = local;
	// Sheets and databases often return a plain date as midnight UTC; in time zones west of it, that is the day before.
	const isMidnight = hour + minute + second === 0;
	const isMoment = offset !== undefined && toMinutes(offset) === 0 && !isMidnight;
	if (!isMoment) return formatDate(local);
	return isTimezone(timezone) ? formatDate(atZone(toMoment(local, offset), timezone)) : undefined;
}

/**
 * Coerces a value to a date and time.
 *
 * @param value As for {@link toDate}; a date without a time is midnight.
 * @param timezone The time zone of a value without an offset, and of the result for a JavaScript date.
 * @returns ISO 8601 with an offset, e.g. `2026-05-01T10:00:00+03:00`; an offset in the value is kept. `undefined` as for
 *   {@link toDate}.
 */
export function toDateTime(value: unknown, timezone: string): string | undefined {
	const local = parseTime(value);
	if (local === undefined) return undefined;
	if (local.offset !== undefined && !(value instanceof Date)) {
		return formatDateTime(local, toMinutes(local.offset));
	}
	if (!isTimezone(timezone)) return undefined;
	if (local.offset === undefined) return formatDateTime(local, offsetAt(local, timezone));
	const moment = toMoment(local, local.offset);
	return formatDateTime(atZone(moment, timezone), offsetOf(moment, timezone));
}

function parseTime(value: unknown): LocalTime | undefined {
	if (typeof value === 'number') return fromSerial(value);
	const text = typeof value === 'string' ? value.trim() : toIsoTime(value);
	if (text === undefined) return undefined;
	if (/^\d{5,6}(\.\d+)?$/.test(text)) return fromSerial(Number(text));
	const yearFirst = YEAR_FIRST.exec(text);
	const dayFirst = yearFirst === null ? DAY_FIRST.exec(text) : null;
	const parts = yearFirst ?? dayFirst;
	if (parts === null) return undefined;

	const [first, month, last, hour = 0, minute = 0, second = 0] = parts.slice(1, 7).map(toNumber);
	const local: LocalTime = {
		year: (yearFirst === null ? last : first) as number,
		month: month as number,
		day: (yearFirst === null ? first : last) as number,
		hour,
		minute,
		second,
		offset: parts[7]?.toUpperCase(),
	};
	return exists(local) ? local : undefined;
}

/** Whether a value is a date in a format that some read day first and others month first: `03/04/2026`. */
export function isAmbiguousDate(value: unknown): boolean {
	const parts = typeof value === 'string' ? DAY_OR_MONTH_FIRST.exec(value.trim()) : null;
	if (parts === null) return false;
	const [one, other, year] = parts.slice(1).map(Number);
	return [`${year}-${one}-${other}`, `${year}-${other}-${one}`].some((text) => parseTime(text) !== undefined);
}

const toNumber = (digits: string | undefined) => (digits === undefined ? undefined : Number(digits));

function fromSerial(days: number): LocalTime | undefined {
	if (!(days >= SERIAL.from && days < SERIAL.end)) return undefined;
	return toLocalTime(new Date(SERIAL.epoch + Math.round(days * 86_400) * 1_000));
}

/** Whether the date and time exist; 30 February does not. */
function exists({ year, month, day, hour, minute, second, offset }: LocalTime): boolean {
	const date = new Date(Date.UTC(year, month - 1, day));
	return (
		year >= YEARS.from &&
		year <= YEARS.to &&
		date.getUTCMonth() === month - 1 &&
		date.getUTCDate() === day &&
		hour < 24 &&
		minute < 60 &&
		second < 60 &&
		(offset === undefined || Math.abs(toMinutes(offset)) <= 14 * 60)
	);
}

/** The parts of a date in UTC. */
const toLocalTime = (date: Date): LocalTime => ({
	year: date.getUTCFullYear(),
	month: date.getUTCMonth() + 1,
	day: date.getUTCDate(),
	hour: date.getUTCHours(),
	minute: date.getUTCMinutes(),
	second: date.getUTCSeconds(),
});

/** In milliseconds since 1970, as if the local time were UTC. */
const asUtc = ({ year, month, day, hour, minute, second }: LocalTime) =>
	Date.UTC(year, month - 1, day, hour, minute, second);

const toMoment = (local: LocalTime, offset: string) => asUtc(local) - toMinutes(offset) * 60_000;

/** The local time in a time zone at a moment. */
const atZone = (moment: number, timezone: string): LocalTime =>
	toLocalTime(new Date(moment + offsetOf(moment, timezone) * 60_000));

/** Whether this Node.js knows the time zone; a workflow may be set to one that it does not. */
export const isTimezone = (timezone: string) => dateTimeFormatOf(timezone) !== undefined;

/** By time zone; kept because creating one takes longer than using it a hundred times. */
const dateTimeFormats = new Map<string, Intl.DateTimeFormat | undefined>();

function dateTimeFormatOf(timezone: string): Intl.DateTimeFormat | undefined {
	if (!dateTimeFormats.has(timezone)) dateTimeFormats.set(timezone, createDateTimeFormat(timezone));
	return dateTimeFormats.get(timezone);
}

function createDateTimeFormat(timezone: string): Intl.DateTimeFormat | undefined {
	try {
		return new Intl.DateTimeFormat('en-US', {
			timeZone: timezone,
			hourCycle: 'h23',
			year: 'numeric',
			month: 'numeric',
			day: 'numeric',
			hour: 'numeric',
			minute: 'numeric',
			second: 'numeric',
		});
	} catch {
		return undefined;
	}
}

/** The offset of a time zone from UTC at a moment, in minutes. */
function offsetOf(moment: number, timezone: string): number {
	const parts = (dateTimeFormatOf(timezone) as Intl.DateTimeFormat).formatToParts(moment);
	const shown = Object.fromEntries(parts.map(({ type, value }) => [type, Number(value)]));
	return Math.round((asUtc(shown as unknown as LocalTime) - moment) / 60_000);
}

/**
 * The offset of a time zone from UTC at a local time, in minutes. As in Luxon, a time that occurs twice is the earlier one,
 * and a skipped time moves forward by the length of the gap.
 */
function offsetAt(local: LocalTime, timezone: string): number {
	const moment = asUtc(local);
	const [before, after] = [-1, 1].map((day) => offsetOf(moment + day * 86_400_000, timezone));
	const fits = (offset: number) => offsetOf(moment - offset * 60_000, timezone) === offset;
	return !fits(before) && fits(after) ? after : before;
}

function toMinutes(offset: string): number {
	if (offset === 'Z') return 0;
	const digits = offset.slice(1).replace(':', '').padEnd(4, '0');
	const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2));
	return offset.startsWith('-') ? -minutes : minutes;
}

const pad = (number: number, digits = 2) => String(number).padStart(digits, '0');

const formatDate = ({ year, month, day }: LocalTime) => `${pad(year, 4)}-${pad(month)}-${pad(day)}`;

function formatDateTime(local: LocalTime, offset: number): string {
	const time = [local.hour, local.minute, local.second].map((part) => pad(part)).join(':');
	const [hours, minutes] = [Math.floor(Math.abs(offset) / 60), Math.abs(offset) % 60];
	return `${formatDate(local)}T${time}${offset < 0 ? '-' : '+'}${pad(hours)}:${pad(minutes)}`;
}

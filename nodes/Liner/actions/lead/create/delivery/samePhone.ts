import { toPlainText } from './sameText';

/** What may stand between the digits of a phone number; {@link toPhone} removes the same. */
const FORMATTING = /^tel:|[\s\p{Cf}\p{Pd}\u2212+./()[\]{}]/giu;

/** `8 900 123-45-67`: the trunk prefix 8 before a number of Russia or Kazakhstan, whose first digit is one of these. */
const TRUNK_PREFIX = /^8(?=[34789]\d{9}$)/;
/** `900 123-45-67`: a mobile number of Russia without its country code. */
const BARE_MOBILE = /^(?=9\d{9}$)/;

/** Fewer digits are no phone number (liner-api section 1 and E.164 allow no shorter one that has a country code). */
export const FEWEST_DIGITS = 7;
/** The longest trunk prefix that stands in place of a country code: 80 in Belarus, 06 in Hungary. */
const LONGEST_TRUNK_PREFIX = 2;

/**
 * A phone number in the one form that all its spellings share: digits that begin with the country code, as far as this can
 * be told.
 *
 * @returns Empty for what is no phone number: blank, masked (`+7900***4567`), two numbers, with an extension.
 */
export function toCanonicalPhone(phone: unknown): string {
	const digits = toPlainText(phone)
		.trim()
		.replace(/^(\+?\d+)\.0+$/, '$1')
		.replace(FORMATTING, '')
		.replace(/^0+/, '');
	if (!/^\d+$/.test(digits)) return '';
	return digits.replace(TRUNK_PREFIX, '7').replace(BARE_MOBILE, '7');
}

/**
 * Compares two phone numbers in canonical form:
 * - `same`: equal
 * - `different`: their ends differ, so that no prefix makes one of the other; or they are equally long, begin with the same
 *   digit and so are written with the same kind of prefix
 * - `unclear`: otherwise, above all when they may differ in the prefix only (`80 29 123-45-67` and `+375 29 123-45-67`,
 *   `030 1234567` and `+49 30 1234567`), or one is no phone number
 *
 * Of the shorter number as many digits count as are left without the longest trunk prefix, and never fewer than 7. So two
 * numbers that are not certainly different have their last 7 digits in common.
 */
export function comparePhones(one: string, other: string): 'same' | 'unclear' | 'different' {
	const shorter = Math.min(one.length, other.length);
	if (shorter > 0 && one === other) return 'same';
	if (shorter < FEWEST_DIGITS) return 'unclear';
	const compared = Math.max(FEWEST_DIGITS, shorter - LONGEST_TRUNK_PREFIX);
	if (one.slice(-compared) !== other.slice(-compared)) return 'different';
	return one.length === other.length && one[0] === other[0] ? 'different' : 'unclear';
}

/**
 * What a phone number in canonical form has in common with every one that is not certainly different: its last 7 digits.
 *
 * @returns Empty when it is too short to have this.
 */
export const endOfPhone = (phone: string) =>
	phone.length < FEWEST_DIGITS ? '' : phone.slice(-FEWEST_DIGITS);

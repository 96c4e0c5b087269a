import {
	intervalAfter,
	mayResend,
	type RetryPolicy,
} from '../../nodes/Liner/actions/lead/create/delivery/retryPolicy';

const policy: RetryPolicy = {
	maximumRetries: 3,
	initialInterval: 500,
	maximumInterval: 3_000,
	waitingBudget: 10_000,
};

describe('intervalAfter', () => {
	it.each([
		[1, 500],
		[2, 1_000],
		[3, 2_000],
		[4, 3_000],
		[9, 3_000],
	])('doubles with each send, up to the longest: after %i', (sends, interval) => {
		expect(intervalAfter(policy, sends, undefined, 1)).toBe(interval);
	});

	it.each([
		[0, 250],
		[0.5, 375],
		[1, 500],
	])('is from half of it to all of it, by chance: %p', (random, interval) => {
		expect(intervalAfter(policy, 1, undefined, random)).toBe(interval);
	});

	it('is never shorter than Liner asks for', () => {
		expect(intervalAfter(policy, 1, 700, 1)).toBe(700);
		expect(intervalAfter(policy, 1, 700, 0)).toBe(700);
		expect(intervalAfter(policy, 2, 700, 1)).toBe(1_000);
		expect(intervalAfter(policy, 1, 90_000, 1)).toBe(90_000);
		expect(intervalAfter(policy, 1, 0, 0)).toBe(250);
	});
});

describe('mayResend', () => {
	it('counts the retries, not the first send', () => {
		expect([1, 3, 4].map((sends) => mayResend(policy, { sends, waited: 0 }, 1))).toEqual([true, true, false]);
		expect(mayResend({ ...policy, maximumRetries: 0 }, { sends: 1, waited: 0 }, 1)).toBe(false);
	});

	it('keeps to the time that a lead may wait in all', () => {
		expect(mayResend(policy, { sends: 1, waited: 4_000 }, 6_000)).toBe(true);
		expect(mayResend(policy, { sends: 1, waited: 4_000 }, 6_001)).toBe(false);
	});
});

/** When a lead that is certainly not in Liner is sent again. Times are in milliseconds. */
export interface RetryPolicy {
	/** How often at most. */
	maximumRetries: number;
	/** How long to wait before the first time; it doubles with each further one, up to the longest. */
	initialInterval: number;
	maximumInterval: number;
	/** How long a lead may wait in all. */
	waitingBudget: number;
}

/** How far a lead has come. */
export interface RetryState {
	/** How often it was sent. */
	sends: number;
	/** How long it has waited to be sent again, in milliseconds. */
	waited: number;
}

/**
 * How long to wait after a lead was sent.
 *
 * @param sends How often it was sent, once at least.
 * @param retryAfter How long Liner asks to wait.
 * @param random From 0 to 1; clients that failed together must not come back together.
 * @returns In milliseconds.
 */
export function intervalAfter(
	policy: RetryPolicy,
	sends: number,
	retryAfter: number | undefined,
	random: number,
): number {
	const backoff = Math.min(policy.initialInterval * 2 ** (sends - 1), policy.maximumInterval);
	return Math.max(backoff * (0.5 + random / 2), retryAfter ?? 0);
}

/**
 * Decides whether a lead is sent again.
 *
 * @param interval As {@link intervalAfter} gives it.
 */
export function mayResend(policy: RetryPolicy, { sends, waited }: RetryState, interval: number): boolean {
	return sends <= policy.maximumRetries && waited + interval <= policy.waitingBudget;
}

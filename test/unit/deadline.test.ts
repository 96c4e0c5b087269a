import { withDeadline } from '../../nodes/Liner/transport/deadline';

import { setTimeout as sleep } from 'node:timers/promises';

/** The timers that would keep the process alive. */
const timers = () => process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length;

/** Work that never ends by itself, and notes when it was told to. */
function endless() {
	const work = { aborted: 0, late: undefined as Promise<never> | undefined };
	const start = async (signal: AbortSignal) =>
		await new Promise<never>((_, reject) => {
			const abort = () => {
				work.aborted++;
				reject(new Error('aborted'));
			};
			if (signal.aborted) abort();
			signal.addEventListener('abort', abort);
		});
	return { work, start };
}

it('gives the result of work that is done in time, and leaves no timer', async () => {
	const before = timers();
	const results = Array.from(
		{ length: 1_000 },
		async (_, index) => await withDeadline(async () => await sleep(1, index), 60_000),
	);
	await expect(Promise.all(results)).resolves.toEqual(Array.from({ length: 1_000 }, (_, index) => index));
	expect(timers()).toBeLessThanOrEqual(before);
});

it('throws what the work throws, and leaves no timer', async () => {
	const before = timers();
	await expect(
		withDeadline(async () => {
			throw new Error('No');
		}, 60_000),
	).rejects.toThrow('No');
	await expect(
		withDeadline(() => {
			throw new Error('At once');
		}, 60_000),
	).rejects.toThrow('At once');
	expect(timers()).toBeLessThanOrEqual(before);
});

it('gives up work that takes too long, ends it, and says so in the words of a timeout', async () => {
	const before = timers();
	const { work, start } = endless();
	const startedAt = Date.now();
	await expect(withDeadline(start, 50)).rejects.toThrow('timeout of 50ms exceeded');
	expect(Date.now() - startedAt).toBeGreaterThanOrEqual(49);
	expect(work.aborted).toBe(1);
	expect(timers()).toBeLessThanOrEqual(before);
	// Its late rejection must not end the process.
	await sleep(10);
});

it('waits no longer than a second at a time, for an n8n whose timers cannot be ended', async () => {
	const { start } = endless();
	const startedAt = Date.now();
	await expect(withDeadline(start, 1_200)).rejects.toThrow('timeout of 1200ms exceeded');
	expect(Date.now() - startedAt).toBeGreaterThanOrEqual(1_199);
});

describe('a canceled execution', () => {
	it('ends the work at once', async () => {
		const { work, start } = endless();
		const cancel = new AbortController();
		const running = withDeadline(start, 60_000, cancel.signal);
		cancel.abort();
		await expect(running).rejects.toThrow('aborted');
		expect(work.aborted).toBe(1);
	});

	it('ends work that begins after it', async () => {
		const { start } = endless();
		await expect(withDeadline(start, 60_000, AbortSignal.abort())).rejects.toThrow('aborted');
	});

	it('is not listened to any more when the work is done', async () => {
		const cancel = new AbortController();
		const listeners = new Set<unknown>();
		const { addEventListener, removeEventListener } = cancel.signal;
		cancel.signal.addEventListener = (type: string, listener: () => void, options?: object) => {
			listeners.add(listener);
			addEventListener.call(cancel.signal, type, listener, options);
		};
		cancel.signal.removeEventListener = (type: string, listener: () => void) => {
			listeners.delete(listener);
			removeEventListener.call(cancel.signal, type, listener);
		};
		await withDeadline(async () => undefined, 60_000, cancel.signal);
		expect(listeners.size).toBe(0);
	});
});

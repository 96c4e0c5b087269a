import { getEventListeners } from 'node:events';

import { StopSignal } from '../../nodes/Liner/transport/stopSignal';
import { VirtualClock } from '../support/virtualClock';

describe('StopSignal', () => {
	it('ends all waiting when the run is stopped', async () => {
		const clock = new VirtualClock();
		const stopSignal = new StopSignal(undefined, clock);
		const ended: number[] = [];
		const waits = [300, 5_000, 9_000].map(
			async (time) => await stopSignal.sleep(time).then(() => ended.push(clock.elapsed)),
		);
		await clock.advance(1_000);
		expect(stopSignal.isStopped).toBe(false);
		stopSignal.stop();
		await clock.run(Promise.all(waits));
		expect(ended).toEqual([300, 1_000, 1_000]);
		expect([stopSignal.isStopped, stopSignal.isCanceled]).toEqual([true, false]);
		await clock.run(stopSignal.sleep(1_000));
		expect(clock.elapsed).toBe(1_000);
	});

	it('ends all waiting when the user cancels the execution', async () => {
		const clock = new VirtualClock();
		const canceler = new AbortController();
		const stopSignal = new StopSignal(canceler.signal, clock);
		const wait = stopSignal.sleep(5_000);
		await clock.advance(1_000);
		expect([stopSignal.isStopped, stopSignal.isCanceled]).toEqual([false, false]);
		canceler.abort();
		await clock.run(wait);
		expect(clock.elapsed).toBe(1_000);
		expect([stopSignal.isStopped, stopSignal.isCanceled]).toEqual([true, true]);
	});

	it('is stopped from the start in an execution that was canceled before', () => {
		const stopSignal = new StopSignal(AbortSignal.abort());
		expect([stopSignal.isStopped, stopSignal.isCanceled]).toEqual([true, true]);
	});

	it("lets go of n8n's signal at the end of a run", () => {
		const { signal } = new AbortController();
		const stopSignal = new StopSignal(signal);
		expect(getEventListeners(signal, 'abort')).toHaveLength(1);
		stopSignal.stop();
		expect(getEventListeners(signal, 'abort')).toHaveLength(0);
		expect([stopSignal.isStopped, stopSignal.isCanceled]).toEqual([true, false]);
	});

	it('goes by the time of the system', async () => {
		const begin = Date.now();
		await new StopSignal().sleep(30);
		expect(Date.now() - begin).toBeGreaterThanOrEqual(29);
	});
});

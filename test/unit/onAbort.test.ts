import { execFile } from 'node:child_process';
import { getEventListeners } from 'node:events';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { onAbort } from '../../nodes/Liner/transport/onAbort';

const count = (signal: AbortSignal) => getEventListeners(signal, 'abort').length;

it('calls all that wait for a signal, with one listener', () => {
	const controller = new AbortController();
	const called: number[] = [];
	for (let index = 0; index < 20; index++) onAbort(controller.signal, () => called.push(index));
	expect(count(controller.signal)).toBe(1);
	controller.abort();
	expect(called).toEqual(Array.from({ length: 20 }, (_, index) => index));
	controller.abort();
	expect(called).toHaveLength(20);
});

it('calls none that was taken back, and listens no more when all were', () => {
	const controller = new AbortController();
	const called: string[] = [];
	const listener = () => called.push('twice');
	const takeBack = [listener, listener, () => called.push('other')].map((one) =>
		onAbort(controller.signal, one),
	);
	takeBack[0]();
	takeBack[0]();
	takeBack[2]();
	expect(count(controller.signal)).toBe(1);
	takeBack[1]();
	expect(count(controller.signal)).toBe(0);
	onAbort(controller.signal, () => called.push('later'));
	takeBack[1]();
	expect(count(controller.signal)).toBe(1);
	controller.abort();
	expect(called).toEqual(['later']);
});

it('lets one that is called take back another one', () => {
	const controller = new AbortController();
	const called: string[] = [];
	onAbort(controller.signal, () => {
		takeBack();
		called.push('first');
	});
	const takeBack = onAbort(controller.signal, () => called.push('second'));
	controller.abort();
	expect(called).toEqual(['first', 'second']);
});

it('keeps Node.js from warning of many requests that one signal can end', async () => {
	const program = join(__dirname, '../support/manyRequests.ts');
	const { stderr } = await promisify(execFile)(process.execPath, ['--import', 'tsx', program]);
	expect(stderr).toBe('');
});

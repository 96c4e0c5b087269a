import { judge, type TestRun } from '../judge';
import type { Lack } from '../lines';

const lack = (what: string, ...names: string[]): Lack => ({
	id: 'hints',
	what,
	lines: [],
	tests: { 'engine/a.test.ts': names },
});

const run = (statuses: Record<string, string>): TestRun => ({
	testResults: [
		{
			name: '/tests/engine/a.test.ts',
			message: '',
			assertionResults: Object.entries(statuses).map(([fullName, status]) => ({
				fullName,
				status,
				failureMessages: status === 'failed' ? ['Expected 1'] : [],
			})),
		},
	],
});

describe('judge', () => {
	it('has no surprises when exactly the listed tests fail', () => {
		const lacks = [lack('hints', 'b'), lack('tools', 'c', 'd')];
		expect(judge(run({ a: 'passed', b: 'failed', c: 'failed', d: 'failed' }), lacks, '/tests')).toEqual({
			total: 4,
			passed: 1,
			lacking: [1, 2],
			surprises: [],
		});
	});

	it.each([
		['fails without being listed', { a: 'failed' }, [], 'failed\nExpected 1'],
		['is skipped', { a: 'pending' }, [], 'pending'],
		['is listed and passes', { a: 'passed' }, ['a'], 'is listed as failing, but: passed.'],
		['is listed and skipped', { a: 'pending' }, ['a'], 'is listed as failing, but: pending.'],
		['is listed and does not exist', {}, ['a'], 'is listed, but there is no such test.'],
	])('names a test that %s', (_, statuses, listed, surprise) => {
		const { surprises } = judge(run({ z: 'passed', ...statuses }), [lack('hints', ...listed)], '/tests');
		expect(surprises).toEqual([`engine/a.test.ts: a\n${surprise}`]);
	});

	it('names a test that is listed twice', () => {
		const { surprises } = judge(run({ a: 'failed' }), [lack('hints', 'a'), lack('tools', 'a')], '/tests');
		expect(surprises).toEqual(['engine/a.test.ts: a\nis listed twice.']);
	});

	it('names a file that could not be run', () => {
		const testResults = [{ name: '/tests/engine/a.test.ts', message: 'Cannot load', assertionResults: [] }];
		expect(judge({ testResults }, [], '/tests').surprises).toEqual(['engine/a.test.ts\nCannot load']);
	});
});

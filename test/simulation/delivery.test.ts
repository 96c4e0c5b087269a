import type { AnswerName, CreateFault, ReadFault } from './faults';
import { findViolation } from './findViolation';
import type { Row, Scenario } from './scenario';
import { simulate } from './simulation';
import { loadSubject } from './subject';

const FIXED_SEED = 1;
const RUNS = 40;

const row: Row = { phone: 0, name: 0, externalId: 0, selection: false, customValue: 0, varies: 'nothing' };
const boris = { ...row, name: 1 };

/** Nothing happens that should not. */
const calm: Scenario = {
	rows: [row],
	options: {
		timeout: 15_000,
		concurrency: 1,
		requestsPerSecond: 0,
		maxRetries: 0,
		onUnknown: 'resend',
		ifExists: 'create',
		lookBackHours: 24,
	},
	stopAtFailure: true,
	maxTries: 2,
	liner: {
		offset: 0,
		tellsTime: true,
		order: 'newest',
		shown: {
			phone: 'asSent',
			name: 'asSent',
			customValues: 'asSent',
			createdAt: 'iso',
			id: 'number',
			createdEarly: 0,
			onlyInDetail: [],
		},
	},
	creates: [],
	reads: [],
	others: [],
	fillers: 0,
	changes: [],
	random: 1,
};
/** An agent has changed the name of each lead. */
const edited = { ...calm.liner, shown: { ...calm.liner.shown, name: 'edited' as const } };
const retry = { gap: 5_000, corrects: [], invalid: [], credential: 'nothing' as const };
const correctName = { ...retry, corrects: [{ row: 0, field: 'name' as const }] };

const create = (
	answer: AnswerName,
	stored: CreateFault['stored'] = 'no',
	more: Partial<CreateFault> = {},
): CreateFault => ({ answer, stored, latency: 100, lateness: 0, ...more });
const read = (answer: AnswerName, more: Partial<ReadFault> = {}): ReadFault => ({
	answer,
	latency: 100,
	comesIn: 0,
	touches: false,
	...more,
});
const unreadable = [read('broken'), read('broken'), read('broken')];

const play = async (scenario: Partial<Scenario>) => {
	const { violations, told } = await simulate({ ...calm, ...scenario }, await loadSubject());
	expect(violations).toEqual([]);
	return told;
};

describe('a delivery in virtual time', () => {
	it.each([FIXED_SEED, Math.floor(Math.random() * 2 ** 31)])(
		'says the truth about every row, whatever Liner does (seed %d)',
		async (seed) => {
			const { story } = await findViolation(await loadSubject(), { runs: RUNS, seed });
			expect(story).toBeUndefined();
		},
	);

	it('does not take what may be the lead of a row in doubt for the existing lead of another row', async () => {
		const told = await play({
			rows: [row, boris],
			options: { ...calm.options, ifExists: 'return' },
			liner: edited,
			creates: [[create('timeout', 'early')]],
		});
		expect(told).toEqual(Array.from({ length: 5 }, () => ['unknown', 'not sent']));
	});

	it('does not do so either when the row in doubt is not looked for', async () => {
		const told = await play({
			rows: [row, boris],
			options: { ...calm.options, ifExists: 'return', onUnknown: 'fail' },
			stopAtFailure: false,
			creates: [[create('broken', 'early')], [create('rejected')]],
			changes: [retry],
		});
		expect(told).toEqual([
			['unknown', 'rejected'],
			['unknown', 'notDelivered'],
		]);
	});

	it('says that a row is in doubt also when another row keeps the run from sending anything', async () => {
		const told = await play({
			rows: [row, boris],
			liner: edited,
			creates: [[create('broken', 'early')]],
			changes: [{ ...retry, invalid: [1] }],
		});
		expect(told[1]).toEqual(['unknown', 'invalid']);
	});

	it('thinks of a request that ended in an error that no rule foresees when it looks for another one', async () => {
		const told = await play({
			rows: [
				{ ...row, externalId: 1 },
				{ ...row, externalId: 1, name: 3 },
			],
			stopAtFailure: false,
			creates: [[create('crash', 'early')], [create('webPage')]],
		});
		expect(told[0]).toEqual(['unknown', 'unknown']);
	});

	it('begins its last look when Liner can be at work no more, however long a look takes', async () => {
		const told = await play({
			creates: [[create('timeout', 'late', { lateness: 0.9 })]],
			reads: [read('ok'), read('ok', { latency: 14_000 })],
		});
		expect(told).toEqual([['lead 100']]);
	});

	it('lets everybody wait when Liner asks a reader to wait that gives up', async () => {
		const told = await play({
			rows: [row, boris, { ...row, phone: 1 }],
			stopAtFailure: false,
			creates: [[create('broken')]],
			reads: [read('broken'), read('broken'), read('throttled', { retryAfter: 100 })],
		});
		expect(told[0]).toEqual(['unknown', 'lead 100', 'lead 101']);
	});

	it('says that a row is in doubt also when it has been corrected and cannot be read', async () => {
		const told = await play({
			liner: edited,
			creates: [[create('broken', 'early')]],
			changes: [{ ...correctName, invalid: [0] }],
		});
		expect(told[1]).toEqual(['unknown']);
	});

	it('knows the lead that it found for a row that has been corrected', async () => {
		const told = await play({
			rows: [row, boris],
			creates: [[create('broken', 'early')], [create('rejected')]],
			reads: unreadable,
			changes: [correctName, retry],
		});
		expect(told).toEqual([
			['unknown', 'not sent'],
			['lead 100', 'rejected'],
			['lead 100', 'lead 101'],
		]);
	});

	it('does not give the lead of a row that has been corrected to an equal row', async () => {
		const told = await play({
			rows: [row, row],
			creates: [[], [create('broken')]],
			reads: unreadable,
			changes: [correctName],
		});
		expect(told).toEqual([
			['lead 100', 'unknown'],
			['lead 102', 'lead 101'],
		]);
	});

	it('does not give what may be the lead of a row that cannot be read to another row', async () => {
		const told = await play({
			rows: [row, { ...row, customValue: 3 }],
			stopAtFailure: false,
			liner: { ...calm.liner, shown: { ...calm.liner.shown, customValues: 'missing' } },
			creates: [[create('broken')], [create('error', 'early')]],
			reads: [...unreadable, ...unreadable],
			changes: [{ ...retry, invalid: [1] }],
		});
		expect(told).toEqual([
			['unknown', 'unknown'],
			['unknown', 'unknown'],
		]);
	});
});

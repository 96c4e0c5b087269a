import fc from 'fast-check';

import type { LeadBody } from '../../nodes/Liner/api/leads';
import type { LookupOptions, SendOptions } from '../../nodes/Liner/actions/lead/create/options';
import type { AnswerName, CreateFault, LinerSettings, ReadFault } from './faults';

/** An input item. The numbers choose among a few values, so that rows are often equal, or nearly so. */
export interface Row {
	phone: number;
	name: number;
	externalId: number;
	selection: boolean;
	customValue: number;
	/** What an expression gives another value at each try. */
	varies: 'nothing' | 'comment' | 'name' | 'phone' | 'externalId';
}

/** A lead that somebody else creates, made after a row. */
export interface OtherLead {
	like: number;
	differs: 'nothing' | 'name' | 'externalId' | 'phone' | 'leadType';
	/** In milliseconds after the first try began. */
	at: number;
}

/** What is different when the node is tried again. */
export interface Change {
	/** How much time lies between the tries, in milliseconds. */
	gap: number;
	/** Rows that the user corrects, and what of them. */
	corrects: Array<{ row: number; field: 'name' | 'phone' }>;
	/** Rows that cannot be sent in this try. */
	invalid: number[];
	/** What the user changes about the credential. */
	credential: 'nothing' | 'address' | 'key' | 'account';
}

/** All that happens from the first try of a run to the last one. */
export interface Scenario {
	rows: Row[];
	options: SendOptions & LookupOptions;
	stopAtFailure: boolean;
	/** How often n8n tries the node, where it goes on after errors. */
	maxTries: number;
	liner: LinerSettings;
	/** By row: how Liner misbehaves about its creates. After that it behaves. */
	creates: CreateFault[][];
	/** How Liner misbehaves about lists and details. After that it behaves. */
	reads: ReadFault[];
	others: OtherLead[];
	/** How many leads of other clients there are. */
	fillers: number;
	changes: Change[];
	/** The user cancels the try with this number, and n8n may break off its requests. */
	cancel?: { try: number; after: number; breaksOff: boolean };
	/** For what the node does at random. */
	random: number;
}

export const ORDER_ID = 501;

const PHONES = ['79001112233', '79005556677', '375291112233', '80291112233', '79001112234'];
const NAMES = [
	'Anna',
	'Boris',
	undefined,
	'Anna 😀',
	'Ekaterina Konstantinopolskaya A',
	'Ekaterina Konstantinopolskaya B',
];
const EXTERNAL_IDS = [undefined, '2345678', '2345679'];
const CUSTOM_VALUES = [undefined, { 10: 'text' }, { 10: true }, { 10: 'other' }];

const at = <T>(values: T[], index: number) => values[index % values.length];

/**
 * @param tries How many tries there were before.
 * @param corrections How often each field was corrected.
 */
export function toBody(row: Row, tries: number, corrections: { name: number; phone: number }): LeadBody {
	const varied = (field: Row['varies']) => (row.varies === field ? tries : 0);
	const name = at(NAMES, row.name);
	const suffix = varied('name') + corrections.name * 100;
	const externalId = varied('externalId') > 0 ? String(tries) : at(EXTERNAL_IDS, row.externalId);
	const fields = {
		leadType: row.selection ? 'selection' : 'straight',
		phone: at(PHONES, row.phone + varied('phone') + corrections.phone),
		orderId: ORDER_ID,
		orderCode: 'river-park',
		name: suffix > 0 ? `${name ?? ''} ${suffix}`.trim() : name,
		externalIdAmo: externalId,
		customValues: at(CUSTOM_VALUES, row.customValue),
		sourceComment: row.varies === 'comment' ? String(tries) : undefined,
	};
	return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as LeadBody;
}

/** The lead of somebody else. */
export function toOtherBody(row: Row, differs: OtherLead['differs']): LeadBody {
	const body = toBody(row, 0, { name: 0, phone: 0 });
	switch (differs) {
		case 'nothing':
			return body;
		case 'name':
			return { ...body, name: 'Viktor' };
		case 'externalId':
			return { ...body, externalIdAmo: '777' };
		case 'phone':
			return { ...body, phone: '79009998877' };
		case 'leadType':
			return { ...body, leadType: row.selection ? 'straight' : 'selection' };
	}
}

/** The first value is the simplest one, and what a story that fails is reduced to; a value that comes often comes often. */
const pick = <T>(...values: T[]) => fc.constantFrom(...values);
const times = <T>(count: number, value: T) => Array.from({ length: count }, () => value);
const often = <T>(count: number, usual: T, ...rare: T[]) => pick(...times(count, usual), ...rare);

const latency = often(4, 100, 10, 1_000, 3_000, 10_000, 14_000);
const retryAfter = pick(undefined, undefined, 1, 5, 40, 100, 3_600);
const asksToWait = ({ answer }: { answer: AnswerName }) => answer === 'throttled';

const createFault: fc.Arbitrary<CreateFault> = fc
	.record({
		answer: pick<AnswerName>(
			'ok',
			'ok',
			'ok',
			'broken',
			'broken',
			'broken',
			'hungUp',
			'lost',
			'timeout',
			'timeout',
			'timeout',
			'error',
			'webPage',
			'cut',
			'noId',
			'throttled',
			'throttled',
			'refused',
			'rejected',
			'crash',
		),
		latency,
		stored: pick<CreateFault['stored']>('no', 'no', 'no', 'early', 'early', 'late', 'late', 'tooLate'),
		lateness: fc.integer({ min: 0, max: 100 }).map((percent) => percent / 100),
		retryAfter,
	})
	.map((fault) => (asksToWait(fault) ? fault : { ...fault, retryAfter: undefined }));

const readFault: fc.Arbitrary<ReadFault> = fc
	.record({
		answer: often<AnswerName>(16, 'ok', 'broken', 'error', 'timeout', 'throttled', 'webPage', 'cut', 'crash'),
		latency,
		retryAfter,
		comesIn: often(20, 0, 1, 30),
		touches: often(2, false, true),
	})
	.map((fault) => (asksToWait(fault) ? fault : { ...fault, retryAfter: undefined }));

const row: fc.Arbitrary<Row> = fc.record({
	phone: often(6, 0, 1, 2, 3, 4),
	name: often(3, 0, 1, 2, 3, 4, 5),
	externalId: often(3, 0, 1, 2),
	selection: often(8, false, true),
	customValue: often(6, 0, 1, 2, 3),
	varies: often<Row['varies']>(6, 'nothing', 'comment', 'name', 'phone', 'externalId'),
});

const options = fc.record({
	timeout: pick(15_000, 2_000, 60_000),
	concurrency: pick(1, 10, 2),
	requestsPerSecond: often(4, 0, 5, 0.2),
	maxRetries: pick(3, 0, 1),
	onUnknown: pick<LookupOptions['onUnknown']>('resend', 'resend', 'resend', 'check', 'check', 'fail'),
	ifExists: often<LookupOptions['ifExists']>(3, 'create', 'return'),
	lookBackHours: pick(24),
});

const shownForm = fc.record({
	phone: often<LinerSettings['shown']['phone']>(3, 'asSent', 'plus', 'trunk', 'bare', 'masked'),
	name: often<LinerSettings['shown']['name']>(4, 'asSent', 'upperCase', 'cut', 'withoutEmoji', 'edited'),
	customValues: pick<LinerSettings['shown']['customValues']>('asSent', 'list', 'number', 'missing'),
	createdAt: often<LinerSettings['shown']['createdAt']>(4, 'iso', 'seconds', 'withoutZone', 'missing'),
	id: often<LinerSettings['shown']['id']>(3, 'number', 'text'),
	createdEarly: often(4, 0, 2_000, 20_000),
	onlyInDetail: often<string[]>(
		4,
		[],
		['name'],
		['externalIdAmo', 'customValues'],
		['name', 'externalIdAmo', 'telegramUserName', 'customValues'],
		['phone'],
	),
});

/** What nobody can know, the node cannot either: a clock that does not tell its time differs by less than five minutes. */
const CLOCK_DIFFERENCE = 250_000;

const liner: fc.Arbitrary<LinerSettings> = fc
	.record({
		offset: often(4, 0, 4_000, -60_000, 200_000, 3_600_000, -3_600_000),
		tellsTime: often(3, true, false),
		order: pick<LinerSettings['order']>('newest', 'oldest', 'touched', 'scattered'),
		shown: shownForm,
	})
	.map((settings) =>
		settings.tellsTime || Math.abs(settings.offset) <= CLOCK_DIFFERENCE
			? settings
			: { ...settings, offset: 0 },
	);

/** A few values, and mostly none. */
const rarelySome = <T>(value: fc.Arbitrary<T>, weight: number, maxLength: number) =>
	fc.oneof(
		{ weight, arbitrary: fc.constant<T[]>([]) },
		{ weight: 1, arbitrary: fc.array(value, { maxLength }) },
	);

const rowNumber = fc.nat({ max: 4 });

const change: fc.Arbitrary<Change> = fc.record({
	gap: pick(5_000, 1_000, 60_000, 4_000_000),
	corrects: rarelySome(fc.record({ row: rowNumber, field: pick<'name' | 'phone'>('name', 'phone') }), 3, 2),
	invalid: rarelySome(rowNumber, 6, 2),
	credential: often<Change['credential']>(6, 'nothing', 'address', 'key', 'account'),
});

const otherLead: fc.Arbitrary<OtherLead> = fc.record({
	like: rowNumber,
	differs: pick<OtherLead['differs']>(
		'nothing',
		'nothing',
		'nothing',
		'name',
		'name',
		'externalId',
		'phone',
		'leadType',
	),
	at: pick(-400_000, -100_000, -40_000, -2_000, 50, 200, 2_000, 20_000, 100_000),
});

/** Makes of a scenario one that would seldom come at random. */
type Special = (given: Scenario) => Scenario;

const asGiven: Special = (given) => given;

const BROKEN_AFTER_STORING: CreateFault = { answer: 'broken', latency: 100, stored: 'early', lateness: 0 };

/** A list of several pages, of which some come twice while leads of the pages to come are moved to those that were read. */
const movingList: fc.Arbitrary<Special> = fc
	.record({
		fillers: pick(150, 250),
		ifExists: pick<LookupOptions['ifExists']>('return', 'create'),
		changes: fc.array(fc.record({ comesIn: pick(100, 100, 0), touches: pick(false, false, true) }), {
			minLength: 2,
			maxLength: 4,
		}),
	})
	.map(({ fillers, ifExists, changes }) => (given) => {
		const [first, ...creates] = given.creates;
		const isCreated = ifExists === 'create';
		return {
			...given,
			fillers,
			rows: given.rows.map((row) => ({ ...row, varies: 'nothing' })),
			liner: { ...given.liner, order: 'touched' },
			options: { ...given.options, ifExists },
			// So that there is a lead to look for.
			creates: isCreated ? [[BROKEN_AFTER_STORING, ...first], ...creates] : [[], ...creates],
			others: isCreated ? given.others : [{ like: 0, differs: 'nothing', at: -100_000 }],
			reads: changes.flatMap((change) => [
				{ answer: 'ok', latency: 1_500, ...change },
				{ answer: 'ok', latency: 1_500, comesIn: 0, touches: false },
			]),
		};
	});

/** Two rows of one client, each of which was a lead before. */
const withExistingTwins: Special = (given) => {
	const [row] = given.rows;
	return {
		...given,
		rows: [0, 1].map((name) => ({ ...row, name, varies: 'nothing' })),
		liner: { ...given.liner, shown: { ...given.liner.shown, name: 'asSent' } },
		options: { ...given.options, ifExists: 'return' },
		others: [
			{ like: 0, differs: 'nothing', at: -40_000 },
			{ like: 1, differs: 'nothing', at: -100_000 },
		],
	};
};

/** A lead that is stored later than anybody can look, but while its row waits to be sent again. */
const leadAfterWaiting: fc.Arbitrary<Special> = fc
	.tuple(pick<AnswerName>('broken', 'timeout'), fc.nat({ max: 60 }))
	.map(([answer, percent]) => (given) => ({
		...given,
		rows: given.rows.slice(0, 1),
		options: { ...given.options, onUnknown: 'resend', maxRetries: 3 },
		creates: [
			[
				{ answer, latency: 100, stored: 'tooLate', lateness: percent / 100 },
				{ answer: 'throttled', latency: 100, stored: 'no', lateness: 0, retryAfter: 100 },
				...given.creates[0],
			],
		],
	}));

/** Two rows of one client whose leads look alike, both of them in doubt. */
const doubtfulTwins: fc.Arbitrary<Special> = fc
	.record({
		answer: pick<AnswerName>('broken', 'crash'),
		stored: pick<CreateFault['stored']>('no', 'early'),
		unreadable: pick(0, 3, 6),
		invalid: pick<number[]>([], [1]),
	})
	.map(({ answer, stored, unreadable, invalid }) => (given) => {
		const [row] = given.rows;
		const [first = NO_CHANGE, ...changes] = given.changes;
		const isFirstStored = stored === 'no';
		return {
			...given,
			rows: [1, 3].map((customValue) => ({ ...row, customValue, varies: 'nothing' })),
			liner: { ...given.liner, shown: { ...given.liner.shown, customValues: 'missing' } },
			stopAtFailure: false,
			others: [],
			creates: [
				[{ answer, latency: 100, stored: isFirstStored ? 'early' : 'no', lateness: 0 }],
				[{ answer: 'broken', latency: 100, stored, lateness: 0 }],
			],
			reads: Array.from({ length: unreadable }, () => ({
				answer: 'broken',
				latency: 100,
				comesIn: 0,
				touches: false,
			})),
			changes: [{ ...first, invalid }, ...changes],
		};
	});

const NO_CHANGE: Change = { gap: 5_000, corrects: [], invalid: [], credential: 'nothing' };

/** A lead that is stored late, while looks take long. */
const slowLooks: fc.Arbitrary<Special> = fc
	.tuple(fc.nat({ max: 100 }), fc.array(pick(100, 3_000, 10_000, 14_000), { maxLength: 6 }))
	.map(([percent, latencies]) => (given) => ({
		...given,
		rows: given.rows.slice(0, 1),
		creates: [[{ answer: 'timeout', latency: 0, stored: 'late', lateness: percent / 100 }]],
		reads: latencies.map((latency) => ({ answer: 'ok', latency, comesIn: 0, touches: false })),
	}));

const isTooLate = ({ stored }: CreateFault) => stored === 'tooLate';

/**
 * With several rows, one may wait for another between its last look and its request, and nobody can look then. And a lead
 * that seems much older than it is may be taken for that of an equal row.
 */
const withoutLateLeads = (given: Scenario): Scenario => ({
	...given,
	liner: {
		...given.liner,
		shown: { ...given.liner.shown, createdEarly: Math.min(given.liner.shown.createdEarly, 2_000) },
	},
	creates: given.creates.map((faults) =>
		faults.map((fault) => (isTooLate(fault) ? { ...fault, stored: 'late' } : fault)),
	),
});

/** The same where a look takes long. */
const withPromptLooks = (given: Scenario): Scenario =>
	given.creates[0]?.some(isTooLate)
		? { ...given, reads: [], options: { ...given.options, requestsPerSecond: 0 } }
		: given;

/** Scenarios at random. */
export const scenario: fc.Arbitrary<Scenario> = fc
	.record({
		rows: fc.array(row, { minLength: 1, maxLength: 5 }),
		options,
		stopAtFailure: pick(true, false),
		maxTries: pick(3, 2, 5),
		liner,
		creates: fc.array(fc.array(createFault, { maxLength: 4 }), { minLength: 5, maxLength: 5 }),
		reads: fc.array(readFault, { maxLength: 8 }),
		others: rarelySome(otherLead, 2, 4),
		fillers: often(30, 0, 90, 150),
		special: fc.oneof(
			{ weight: 12, arbitrary: fc.constant(asGiven) },
			{ weight: 1, arbitrary: movingList },
			{ weight: 1, arbitrary: fc.constant(withExistingTwins) },
			{ weight: 1, arbitrary: leadAfterWaiting },
			{ weight: 1, arbitrary: doubtfulTwins },
			{ weight: 1, arbitrary: slowLooks },
		),
		changes: fc.array(change, { maxLength: 3 }),
		cancel: fc.oneof(
			{ weight: 6, arbitrary: fc.constant(undefined) },
			{
				weight: 1,
				arbitrary: fc.record({
					try: fc.nat({ max: 2 }),
					after: pick(50, 0, 500, 3_000, 20_000, 60_000),
					breaksOff: fc.boolean(),
				}),
			},
		),
		random: fc.nat({ max: 1_000_000 }),
	})
	.map(({ special, ...given }) => special(given))
	.map((given) => (given.rows.length === 1 ? withPromptLooks(given) : withoutLateLeads(given)));

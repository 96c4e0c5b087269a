import { createServer, type AddressInfo } from 'node:net';

import { useLiner } from '../support/fixture';
import { faults, startSandbox, type Fault } from '../../sandbox/sandbox';

const liner = useLiner();

/** Items with unique phones, from a range that no other test uses. */
let nextPhone = 79_100_000_000;
const newItems = (number: number) => Array.from({ length: number }, () => ({ phone: String(nextPhone++) }));
const mapped = (options = {}) => ({ phone: '={{ $json.phone }}', options });

const CREATE = 'POST /v2/lead/create/';
const LIST = 'GET /v2/lead/';
const creates = (from: number) =>
	liner.sandbox.requests.slice(from).filter(({ method }) => method === 'POST');
const sent = () => liner.sandbox.requests.length;
const leadsWith = (phones: string[]) => liner.sandbox.leads.filter(({ phone }) => phones.includes(phone));

/** Every item is one lead in Liner, and the output has its ID. */
function expectEachOnce(items: Array<{ phone: string }>, outputs: unknown) {
	expect(
		leadsWith(items.map(({ phone }) => phone))
			.map(({ phone }) => phone)
			.sort(),
	).toEqual(items.map(({ phone }) => phone).sort());
	expect(outputs).toEqual([
		items.map(({ phone }, item) => ({ json: { id: liner.idOf('phone', phone) }, pairedItem: { item } })),
	]);
}

describe('parallel requests', () => {
	it.each([
		[undefined, 10, 100],
		[1, 1, 2],
		[3, 3, 30],
		[50, 50, 1_000],
	])(
		'with the option at %p are %i at a time, and the output keeps the order',
		async (concurrency, expected, slowest) => {
			const items = newItems(60);
			const from = sent();
			// Of the requests that are sent together, later ones are answered sooner.
			liner.sandbox.misbehave((_request, index) =>
				faults.slowAnswer(slowest * (1 - (((index - from) % expected) / expected) * 0.5)),
			);
			const { outputs } = await liner.run(items, mapped(concurrency === undefined ? {} : { concurrency }));
			expectEachOnce(items, outputs);
			expect(Math.max(...liner.sandbox.requests.slice(from).map(({ underWay }) => underWay))).toBe(expected);
		},
	);

	it('start nothing new after a failure, and account for what is in flight', async () => {
		const items = newItems(100);
		const [{ phone: rejected }] = items.slice(5, 6);
		liner.sandbox.misbehave(({ rawBody }) =>
			rawBody.includes(rejected)
				? { ...faults.refusal(422, 'No'), delay: { answer: 20 } }
				: faults.slowAnswer(60),
		);
		const from = sent();
		const { error } = await liner.run(items, mapped());
		expect(sent() - from).toBe(10);
		const created = items
			.slice(0, 10)
			.map(({ phone }, item) => ({ item, id: liner.idOf('phone', phone) }))
			.filter(({ item }) => item !== 5);
		expect(error).toMatchObject({
			message: 'Liner rejected the lead: No [item 5]',
			context: { data: { created, unknown: [], notSent: 90 } },
		});
	});
});

describe('requests per second', () => {
	it('are spaced out, however many are parallel', async () => {
		const from = sent();
		const startedAt = Date.now();
		const { outputs } = await liner.run(newItems(6), mapped({ requestsPerSecond: 4 }));
		expect(outputs?.[0]).toHaveLength(6);
		// Each one may arrive as late as it likes, the first one too, but the last one no sooner than this.
		expect(creates(from).at(-1)!.receivedAt - startedAt).toBeGreaterThanOrEqual(5 * 250 - 5);
	});
});

describe('a lead that was not delivered', () => {
	const date = (milliseconds: number) => new Date(Date.now() + milliseconds).toUTCString();

	it.each<[string, Fault, number]>([
		['429', faults.tooManyRequests(), 200],
		['429 with seconds', faults.tooManyRequests('1'), 950],
		['503 with Retry-After', { answer: { status: 503, headers: { 'retry-after': '1' }, body: '' } }, 950],
	])('is sent again: %s', async (_, fault, wait) => {
		liner.sandbox.misbehave([fault]);
		const items = newItems(1);
		const from = sent();
		const { outputs } = await liner.run(items, mapped());
		expectEachOnce(items, outputs);
		const [first, second, ...more] = creates(from).map(({ receivedAt }) => receivedAt);
		expect(second - first).toBeGreaterThanOrEqual(wait);
		expect(more).toEqual([]);
		expect(liner.requestLog()).toEqual([`${CREATE} (fault)`, CREATE]);
	});

	it('is sent again when the date in Retry-After is reached', async () => {
		const items = newItems(1);
		const from = sent();
		liner.sandbox.misbehave((_request, index) =>
			index === from ? faults.tooManyRequests(date(2_000)) : undefined,
		);
		const { outputs } = await liner.run(items, mapped());
		expectEachOnce(items, outputs);
		const [first, second] = creates(from).map(({ receivedAt }) => receivedAt);
		// HTTP dates have no fractions of a second.
		expect(second - first).toBeGreaterThanOrEqual(950);
	});

	it('is sent again when the host can be reached again', async () => {
		const probe = createServer().listen(0, '127.0.0.1');
		await new Promise((resolve) => probe.once('listening', resolve));
		const { port } = probe.address() as AddressInfo;
		await new Promise((resolve) => probe.close(resolve));

		liner.engine.credentials.liner = {
			type: 'linerApi',
			data: { host: `http://127.0.0.1:${port}`, apiKey: liner.sandbox.apiKey },
		};
		const running = liner.run(newItems(1), mapped());
		await new Promise((resolve) => setTimeout(resolve, 100));
		const late = await startSandbox({ port, apiKey: liner.sandbox.apiKey });
		try {
			expect((await running).outputs).toEqual([
				[{ json: { id: late.leads[0].id }, pairedItem: { item: 0 } }],
			]);
			expect(late.leads).toHaveLength(1);
		} finally {
			await late.close();
		}
	});

	it.each([0, 1])('is sent again %i times at most, when the option says so', async (maxRetries) => {
		liner.sandbox.misbehave(() => faults.tooManyRequests());
		const from = sent();
		const { error } = await liner.run(newItems(1), mapped({ maxRetries }));
		expect(creates(from)).toHaveLength(1 + maxRetries);
		expect(error?.message).toBe('Liner takes no more requests for now: Too many requests [item 0]');
	});

	it('is not waited for longer than two minutes', async () => {
		liner.sandbox.misbehave(() => faults.tooManyRequests('121'));
		const from = sent();
		const { error } = await liner.run(newItems(1), mapped());
		expect(creates(from)).toHaveLength(1);
		expect(error?.description).toContain('Liner asks to wait 121 seconds before the next request.');
	});

	it('delays all the others', async () => {
		const items = newItems(30);
		const from = sent();
		liner.sandbox.misbehave((_request, index) =>
			index === from ? faults.tooManyRequests('1') : faults.slowAnswer(30),
		);
		const { outputs } = await liner.run(items, mapped({ concurrency: 3 }));
		expectEachOnce(items, outputs);
		const times = creates(from).map(({ receivedAt }) => receivedAt - creates(from)[0].receivedAt);
		// The two that were already in flight, and nothing else until the second has passed.
		expect(times.filter((time) => time < 900)).toHaveLength(3);
	});
});

describe('a lead that Liner rejects', () => {
	it.each([400, 401, 403, 404, 409, 422])('is not sent again: %i', async (status) => {
		liner.sandbox.misbehave(() => faults.refusal(status, 'No'));
		const from = sent();
		await liner.run(newItems(1), mapped());
		expect(sent() - from).toBe(1);
	});
});

/** Faults after which the lead may or may not exist. */
const unknownOutcomes: Array<[title: string, fault: Fault]> = [
	['closed before storing', faults.closeBeforeStoring()],
	['closed after storing', faults.closeAfterStoring()],
	['cut off within the answer', faults.cutConnection()],
	['half of the JSON', faults.cutJson()],
	['an empty answer, stored', faults.emptyAnswer()],
	['an empty answer, not stored', faults.emptyAnswer(false)],
	['502, not stored', faults.webPage(502)],
	['500, stored', { ...faults.refusal(500, 'Oops'), handled: true }],
	['200 with a web page', faults.webPage()],
	['success without an ID', faults.envelope({ success: true, message: '', data: null })],
	['answered too late', faults.slowAnswer(700)],
	['stored too late', faults.slowStoring(500)],
];

describe('an unknown outcome', () => {
	const timeout = 350;

	describe.each([1, 10])('with %i in parallel', (concurrency) => {
		it.each(unknownOutcomes)('%s: each lead is there once, whichever item it is', async (_, fault) => {
			const items = newItems(5);
			const struck = (concurrency === 1 ? [0, 4] : [0, 2, 4]).map((item) => items[item].phone);
			const first = new Set(struck);
			liner.sandbox.misbehave(({ method, rawBody }) => {
				const phone = struck.find((candidate) => rawBody.includes(candidate));
				return method === 'POST' && phone !== undefined && first.delete(phone) ? fault : undefined;
			});
			const { outputs, run } = await liner.run(items, mapped({ timeout, concurrency }));
			expect(run.status).toBe('success');
			expect(first.size).toBe(0);
			expectEachOnce(items, outputs);
		});
	});

	it('looks again for as long as Liner may still be processing', async () => {
		const items = newItems(1);
		// Given up after 1.5 s, stored after 2.5 s: the first looks find nothing.
		liner.sandbox.misbehave([faults.slowStoring(2_500)]);
		const from = sent();
		const { outputs } = await liner.run(items, mapped({ timeout: 1_500 }));
		expectEachOnce(items, outputs);
		expect(creates(from)).toHaveLength(1);
		const [first, ...looks] = liner.requestLog();
		expect(first).toBe(`${CREATE} (fault)`);
		expect(looks.length).toBeGreaterThan(1);
		expect(looks).toEqual(looks.map(() => LIST));
	});

	it('asks for the leads of the order from shortly before, page by page', async () => {
		const now = new Date().toISOString();
		const others = Array.from({ length: 150 }, (_, index) => ({
			id: index + 1,
			leadType: 'straight' as const,
			phone: `7800000${1000 + index}`,
			orderId: 501,
			orderCode: 'river-park',
			createMethod: 'sync' as const,
			createdAt: now,
			updatedAt: now,
		}));
		liner.sandbox.leads.push(...others);
		const items = newItems(1);
		liner.sandbox.misbehave([faults.closeAfterStoring()]);
		const from = sent();
		const { outputs } = await liner.run(items, mapped());
		expectEachOnce(items, outputs);
		const queries = liner.sandbox.requests
			.slice(from)
			.filter(({ method }) => method === 'GET')
			.map(({ url }) => new URL(url, liner.sandbox.host).searchParams);
		expect(
			queries.map((query) => [query.get('orderIds[]'), query.get('offset'), query.get('limit')]),
		).toEqual([
			['501', '0', '100'],
			['501', '100', '100'],
		]);
		expect(liner.requestLog()).toEqual([`${CREATE} (fault)`, LIST, LIST]);
		for (const query of queries)
			expect(Date.parse(query.get('createdAt[0]')!)).toBeLessThan(Date.now() - 50_000);
	});

	it.each([-3_600_000, 3_600_000])('allows for a clock of Liner that is %i ms ahead', async (clockOffset) => {
		liner.sandbox.account.clockOffset = clockOffset;
		const items = newItems(2);
		liner.sandbox.misbehave([undefined, faults.closeAfterStoring()]);
		const { outputs } = await liner.run(items, mapped({ concurrency: 1 }));
		expect(liner.requestLog()).toEqual([CREATE, `${CREATE} (fault)`, LIST]);
		expectEachOnce(items, outputs);
	});

	it('is not mistaken for an equal lead that is a minute older', async () => {
		const [item] = newItems(1);
		await liner.run([item], mapped());
		leadsWith([item.phone])[0].createdAt = new Date(Date.now() - 60_000).toISOString();
		liner.sandbox.misbehave([faults.closeBeforeStoring()]);
		const { outputs } = await liner.run([item], mapped());
		expect(liner.requestLog()).toEqual([CREATE, `${CREATE} (fault)`, LIST, LIST, LIST, CREATE]);
		const [, second, ...others] = leadsWith([item.phone]);
		expect(others).toEqual([]);
		expect(outputs).toEqual([[{ json: { id: second.id }, pairedItem: { item: 0 } }]]);
	});

	it.each(['', '2026-05-01 10:00:00', 'yesterday'])(
		'is found when Liner returns %j as its time',
		async (createdAt) => {
			const items = newItems(1);
			const from = sent();
			liner.sandbox.account.show = (lead) => ({ ...lead, createdAt });
			liner.sandbox.misbehave([faults.closeAfterStoring()]);
			const { outputs } = await liner.run(items, mapped());
			expectEachOnce(items, outputs);
			expect(creates(from)).toHaveLength(1);
		},
	);

	it('tells leads of one phone apart by name, contacts and custom values', async () => {
		const [{ phone }] = newItems(1);
		const items = [
			{ phone, name: 'Anna', segment: 'vip' },
			{ phone, name: 'Anna', segment: 'cold' },
			{ phone, name: 'Bob', segment: 'vip' },
		];
		const seen = new Set<string>();
		// Anna's second lead is lost, the others are stored and their answers lost.
		liner.sandbox.misbehave(({ method, rawBody }) => {
			if (method !== 'POST' || seen.has(rawBody)) return undefined;
			seen.add(rawBody);
			return rawBody.includes('cold') ? faults.closeBeforeStoring() : faults.closeAfterStoring();
		});
		const { outputs } = await liner.run(items, {
			...mapped(),
			additionalFields: { name: '={{ $json.name }}' },
			customValues: { values: [{ fieldId: '12', value: '={{ $json.segment }}' }] },
		});
		const leads = leadsWith([phone]);
		expect(leads).toHaveLength(3);
		expect(liner.requestLog().filter((line) => line.startsWith(CREATE))).toEqual([
			`${CREATE} (fault)`,
			`${CREATE} (fault)`,
			CREATE,
			`${CREATE} (fault)`,
		]);
		expect(outputs?.[0].map(({ json }) => json.id)).toEqual(
			items.map(
				({ name, segment }) =>
					leads.find((lead) => lead.name === name && lead.customValues?.['12'] === segment)?.id,
			),
		);
	});

	it.each([1, 10])('creates two leads for two equal items, with %i in parallel', async (concurrency) => {
		const looks = [
			{ fault: faults.closeAfterStoring(), log: [LIST] },
			{ fault: faults.closeBeforeStoring(), log: [LIST, LIST, LIST, CREATE] },
		];
		for (const { fault, log } of looks) {
			const [item] = newItems(1);
			const from = sent();
			liner.sandbox.misbehave([fault]);
			const { outputs } = await liner.run([item, item, item], mapped({ concurrency }));
			expect(liner.requestLog().slice(from)).toEqual([`${CREATE} (fault)`, ...log, CREATE, CREATE]);
			const ids = leadsWith([item.phone]).map(({ id }) => id);
			expect(ids).toHaveLength(3);
			expect(outputs?.[0].map(({ json }) => json.id as number).sort()).toEqual(ids);
		}
	});

	describe('with "Check in Liner, Then Fail"', () => {
		it('finds what is there', async () => {
			liner.sandbox.misbehave([faults.closeAfterStoring()]);
			const items = newItems(1);
			const { outputs } = await liner.run(items, mapped({ onUnknown: 'check' }));
			expect(liner.requestLog()).toEqual([`${CREATE} (fault)`, LIST]);
			expectEachOnce(items, outputs);
		});

		it('does not send again what is not there', async () => {
			liner.sandbox.misbehave([faults.closeBeforeStoring()]);
			const items = newItems(1);
			const from = sent();
			const { error } = await liner.run(items, mapped({ onUnknown: 'check' }));
			expect(creates(from)).toHaveLength(1);
			expect(liner.requestLog()).toEqual([`${CREATE} (fault)`, LIST, LIST]);
			expect(error).toMatchObject({
				message: `The connection to ${new URL(liner.sandbox.host).host} broke before the answer was complete, and Liner has no such lead [item 0]`,
				description: 'The node looked for the lead in Liner and did not find it: the item can be sent again.',
			});
		});

		it('shows the status of the answer, if there was one', async () => {
			liner.sandbox.misbehave(({ method }) => (method === 'POST' ? faults.webPage(502) : undefined));
			const { error } = await liner.run(newItems(1), mapped({ onUnknown: 'check' }));
			expect(error).toMatchObject({
				message: 'Liner could not finish the request, and Liner has no such lead [item 0]',
				description:
					'The node looked for the lead in Liner and did not find it: the item can be sent again (HTTP 502).',
			});
		});
	});

	it('with "Fail" neither looks nor sends again', async () => {
		liner.sandbox.misbehave([faults.closeAfterStoring()]);
		const from = sent();
		const { error } = await liner.run(newItems(1), mapped({ onUnknown: 'fail' }));
		expect(sent() - from).toBe(1);
		expect(liner.requestLog()).toEqual([`${CREATE} (fault)`]);
		expect(error?.context.data).toEqual({ created: [], unknown: [0], notSent: 0 });
	});

	it('is sent again no more often than the option says', async () => {
		liner.sandbox.misbehave(({ method }) => (method === 'POST' ? faults.closeBeforeStoring() : undefined));
		const from = sent();
		const { error } = await liner.run(newItems(1), mapped({ maxRetries: 1 }));
		expect(creates(from)).toHaveLength(2);
		expect(error?.message).toMatch(/, and Liner has no such lead \[item 0\]$/);
	});

	it('is an error that says so when the list cannot be read', async () => {
		liner.sandbox.misbehave(({ method }) =>
			method === 'POST' ? faults.webPage(502) : faults.refusal(403, 'Нет прав'),
		);
		const from = sent();
		const { error } = await liner.run(newItems(1), mapped());
		expect(creates(from)).toHaveLength(1);
		expect(error).toMatchObject({
			message:
				'Liner could not finish the request, and the node could not tell whether the lead exists: Liner does not allow the API key to do this: Нет прав [item 0]',
			description:
				"Check 'API Key' in the Liner credential, and what its integration may do in Liner (HTTP 403). The lead may have been created all the same: look for its phone number in Liner before you send the item again (HTTP 502). 1 item with an unknown outcome: item 0.",
			httpCode: '502',
		});
	});

	it('is an error that names the leads when several may be the right one', async () => {
		const [item] = newItems(1);
		// Two equal leads from elsewhere come in while the request is in flight.
		await liner.run([item, item], mapped());
		const ids = leadsWith([item.phone]).map(({ id }) => id);
		liner.sandbox.misbehave([faults.closeBeforeStoring()]);
		const from = sent();
		const { error } = await liner.run([item], mapped());
		expect(creates(from)).toHaveLength(1);
		expect(liner.requestLog()).toEqual([CREATE, CREATE, `${CREATE} (fault)`, LIST]);
		expect(error?.message).toContain(
			`and the node could not tell whether the lead exists: Liner has 2 leads like it (${ids.join(', ')}) [item 0]`,
		);
	});
});

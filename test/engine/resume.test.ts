import type { IDataObject, INodeParameters, IRun } from 'n8n-workflow';

import { linerWorkflow, loopWorkflow, outputsOf, LINER_NODE, type WorkflowFile } from '../support/engine';
import { requiredParameters, useLiner } from '../support/fixture';
import { faults, startSandbox, type Fault } from '../../sandbox/sandbox';

const liner = useLiner();

let nextPhone = 79_200_000_000;
const newItems = (number: number) => Array.from({ length: number }, () => ({ phone: String(nextPhone++) }));
const mapped = (options: INodeParameters = {}): INodeParameters => ({
	...requiredParameters,
	phone: '={{ $json.phone }}',
	options,
});
const asItems = (rows: IDataObject[]) => rows.map((json) => ({ json }));

const posts = (from: number) =>
	liner.sandbox.requests.slice(from).filter(({ method }) => method === 'POST').length;
const leadsOf = (items: Array<{ phone: string }>) =>
	liner.sandbox.leads.filter(({ phone }) => items.some((item) => item.phone === phone));
const idsOf = (items: Array<{ phone: string }>) => items.map(({ phone }) => liner.idOf('phone', phone));
const CREATE = 'POST /v2/lead/create/';
const LIST = 'GET /v2/lead/';
const contextOf = (run: IRun) => run.data.executionData?.contextData;

const tries = (maxTries: number) => ({ retryOnFail: true, maxTries, waitBetweenTries: 1 });

/** Injects a fault into the first creates that contain this text. */
function misbehaveOn(text: string, times: number, fault: Fault) {
	liner.sandbox.misbehave(({ method, rawBody }) =>
		method === 'POST' && rawBody.includes(text) && times-- > 0 ? fault : undefined,
	);
}

/** Faults, by what Liner did with the request; without lookups or resends by the node in between. */
const faultsOfEachKind: Array<[title: string, fault: Fault, isStored: boolean]> = [
	['rejected', faults.refusal(422, 'No'), false],
	['not delivered', faults.tooManyRequests(), false],
	['unknown, not stored', faults.closeBeforeStoring(), false],
	['unknown, stored', faults.closeAfterStoring(), true],
];

describe('every kind of failure', () => {
	const modes = ['stopWorkflow', 'continueRegularOutput', 'continueErrorOutput'] as const;
	const matrix = faultsOfEachKind.flatMap(([kind, fault, isStored]) =>
		modes.flatMap((onError) =>
			[1, 10].flatMap((concurrency) =>
				[1, 3].map((number) => ({ kind, fault, isStored, onError, concurrency, tries: number })),
			),
		),
	);

	it.each(matrix)(
		'$kind: $onError, $concurrency in parallel, tries: $tries',
		async ({ fault, isStored, onError, concurrency, tries: number }) => {
			const items = newItems(8);
			misbehaveOn(items[0].phone, 1, fault);
			const { run, outputs } = await liner.run(
				items,
				mapped({ concurrency, maxRetries: 0, onUnknown: 'check' }),
				{ onError, ...(number === 1 ? {} : tries(number)) },
			);
			const phones = leadsOf(items).map(({ phone }) => phone);
			expect(new Set(phones).size).toBe(phones.length);
			const leads = idsOf(items).map((id, item) => ({ json: { id }, pairedItem: { item } }));

			if (isStored || number > 1) {
				expect(phones).toHaveLength(8);
				expect(outputs).toEqual(onError === 'continueErrorOutput' ? [leads, []] : [leads]);
			} else if (onError === 'stopWorkflow') {
				expect(run.status).toBe('error');
				expect(phones.sort()).toEqual(concurrency === 1 ? [] : items.slice(1).map(({ phone }) => phone));
			} else {
				expect(phones.sort()).toEqual(items.slice(1).map(({ phone }) => phone));
				const [failed, ...others] = outputs!.length === 1 ? outputs![0] : [...outputs![1], ...outputs![0]];
				expect(failed.json.error).toContain('[item 0]. ');
				expect(others).toEqual(leads.slice(1));
			}
		},
	);
});

describe('"Retry On Fail"', () => {
	describe.each([1, 10])('with %i in parallel', (concurrency) => {
		it.each(faultsOfEachKind)('sends again only what is not in Liner: %s', async (_, fault, isStored) => {
			const items = newItems(8);
			misbehaveOn(items[5].phone, 2, fault);
			const from = liner.sandbox.requests.length;
			const { run, outputs } = await liner.run(
				items,
				mapped({ concurrency, maxRetries: 0, onUnknown: 'check' }),
				tries(3),
			);
			expect(run.status).toBe('success');
			expect(leadsOf(items)).toHaveLength(8);
			expect(outputs).toEqual([idsOf(items).map((id, item) => ({ json: { id }, pairedItem: { item } }))]);
			expect(posts(from)).toBe(isStored ? 8 : 8 + 2);
		});

		it('gives up after its tries, and has created no lead twice', async () => {
			const items = newItems(8);
			misbehaveOn(items[5].phone, 9, faults.refusal(422, 'No'));
			const from = liner.sandbox.requests.length;
			const { error } = await liner.run(items, mapped({ concurrency }), tries(3));
			const created = leadsOf(items).length;
			expect(posts(from)).toBe(created + 3);
			expect(new Set(leadsOf(items).map(({ phone }) => phone)).size).toBe(created);
			expect((error?.context.data as { created: unknown[] }).created).toHaveLength(created);
		});
	});

	it('together with "Continue" sends again only the item that failed', async () => {
		const items = newItems(4);
		misbehaveOn(items[0].phone, 2, faults.refusal(422, 'No'));
		const from = liner.sandbox.requests.length;
		const { run, outputs } = await liner.run(items, mapped(), {
			...tries(3),
			onError: 'continueRegularOutput',
		});
		expect(outputs).toEqual([idsOf(items).map((id, item) => ({ json: { id }, pairedItem: { item } }))]);
		expect(leadsOf(items)).toHaveLength(4);
		expect(posts(from)).toBe(4 + 2);
		expect(JSON.stringify(contextOf(run))).not.toContain('linerLeads');
	});

	it('leaves an item with an unknown outcome alone when the list cannot be read', async () => {
		const items = newItems(2);
		liner.sandbox.misbehave(({ method, rawBody }) => {
			if (method === 'GET') return faults.refusal(403, 'No');
			return rawBody.includes(items[1].phone) ? faults.closeAfterStoring() : undefined;
		});
		const from = liner.sandbox.requests.length;
		const { error } = await liner.run(items, mapped(), tries(3));
		expect(posts(from)).toBe(2);
		expect(error?.message).toContain('An earlier try sent this item and got no clear answer');
	});

	it('with "Fail" leaves an item with an unknown outcome alone', async () => {
		const items = newItems(1);
		misbehaveOn(items[0].phone, 1, faults.closeAfterStoring());
		const from = liner.sandbox.requests.length;
		const { error } = await liner.run(items, mapped({ onUnknown: 'fail' }), tries(3));
		expect(posts(from)).toBe(1);
		expect(error).toMatchObject({
			message: 'An earlier try sent this item and got no clear answer [item 0]',
		});
	});

	it('creates two leads for two equal items', async () => {
		const [item] = newItems(1);
		const rows = [item, item, ...newItems(1)];
		misbehaveOn(rows[2].phone, 1, faults.refusal(422, 'No'));
		const { outputs } = await liner.run(rows, mapped({ concurrency: 1 }), tries(2));
		expect(leadsOf([item])).toHaveLength(2);
		expect(outputs?.[0].slice(0, 2).map(({ json }) => json.id)).toEqual(leadsOf([item]).map(({ id }) => id));
	});
});

describe('a retry from the list of executions', () => {
	async function failAt(item: number, items: Array<{ phone: string }>, fault = faults.refusal(422, 'No')) {
		misbehaveOn(items[item].phone, 1, fault);
		const file = linerWorkflow(asItems(items), mapped({ concurrency: 1, maxRetries: 0, onUnknown: 'check' }));
		const run = await liner.engine.run(file);
		expect(run.status).toBe('error');
		return { file, run };
	}

	it('sends only what is missing', async () => {
		const items = newItems(8);
		const from = liner.sandbox.requests.length;
		const { file, run } = await failAt(5, items);
		const retried = await liner.engine.retry(file, run);
		expect(retried.status).toBe('success');
		expect(posts(from)).toBe(5 + 1 + 3);
		expect(leadsOf(items)).toHaveLength(8);
		expect(outputsOf(retried, 'Liner')).toEqual([
			idsOf(items).map((id, item) => ({ json: { id }, pairedItem: { item } })),
		]);
		expect(JSON.stringify(retried.data)).not.toContain('linerLeads');
	});

	it('looks first for an item whose answer was lost', async () => {
		const items = newItems(3);
		const from = liner.sandbox.requests.length;
		// Neither the answer nor the list can be read, so the first run cannot know.
		let isDown = true;
		liner.sandbox.misbehave(({ method, rawBody }) => {
			if (!isDown) return undefined;
			if (method === 'GET') return faults.refusal(403, 'No');
			return rawBody.includes(items[1].phone) ? faults.closeAfterStoring() : undefined;
		});
		const file = linerWorkflow(asItems(items), mapped({ concurrency: 1 }));
		const run = await liner.engine.run(file);
		expect(run.status).toBe('error');
		isDown = false;
		const retried = await liner.engine.retry(file, run);
		expect(retried.status).toBe('success');
		expect(posts(from)).toBe(3);
		expect(leadsOf(items)).toHaveLength(3);
	});

	it('uses the current workflow: an item that changed is a new request', async () => {
		const items = newItems(3);
		const { run } = await failAt(2, items);
		const parameters = {
			...mapped(),
			additionalFields: { name: `={{ $json.phone === "${items[0].phone}" ? "Anna" : "" }}` },
		};
		const retried = await liner.engine.retry(linerWorkflow(asItems(items), parameters), run);
		expect(retried.status).toBe('success');
		expect(
			leadsOf(items)
				.map(({ phone, name }) => [phone, name])
				.sort(),
		).toEqual(
			[
				[items[0].phone, undefined],
				[items[0].phone, 'Anna'],
				[items[1].phone, undefined],
				[items[2].phone, undefined],
			].sort(),
		);
	});

	describe('after the credential was changed', () => {
		const changeTo = (data: IDataObject) => {
			const { host, apiKey } = liner.sandbox;
			liner.engine.credentials.liner = { type: 'linerApi', data: { host, apiKey, ...data } };
		};

		it('to another address of the same account sends nothing twice', async () => {
			const items = newItems(3);
			const { file, run } = await failAt(1, items);
			changeTo({ host: liner.sandbox.host.replace('127.0.0.1', 'localhost') });
			const retried = await liner.engine.retry(file, run);
			expect(retried.status).toBe('success');
			expect(leadsOf(items)).toHaveLength(3);
			expect(liner.requestLog()).toContain(`GET /v2/lead/detail/${idsOf(items)[0]}/`);
		});

		it('to a new key of the same account sends nothing twice, and keeps no key', async () => {
			const items = newItems(3);
			const { file, run } = await failAt(1, items);
			liner.sandbox.account.apiKey = 'renewed-key-77aa';
			changeTo({ apiKey: 'renewed-key-77aa' });
			const retried = await liner.engine.retry(file, run);
			expect(retried.status).toBe('success');
			expect(leadsOf(items)).toHaveLength(3);
			expect(JSON.stringify(run)).not.toContain(liner.sandbox.apiKey);
		});

		it('to another account sends everything there', async () => {
			const other = await startSandbox({ apiKey: 'other-key-5b2e', nextLeadId: 500 });
			try {
				const items = newItems(3);
				const { file, run } = await failAt(1, items);
				changeTo({ host: other.host, apiKey: other.apiKey });
				const retried = await liner.engine.retry(file, run);
				expect(retried.status).toBe('success');
				expect(leadsOf(items)).toHaveLength(1);
				expect(other.leads.map(({ phone }) => phone).sort()).toEqual(items.map(({ phone }) => phone).sort());
				const ids = items.map(({ phone }) => other.leads.find((lead) => lead.phone === phone)?.id);
				expect(outputsOf(retried, 'Liner')).toEqual([
					ids.map((id, item) => ({ json: { id }, pairedItem: { item } })),
				]);
			} finally {
				await other.close();
			}
		});

		it.each([
			['Liner fails', faults.refusal(500, 'Oops'), 'Liner could not finish the request: Oops'],
			[
				'the key may not read leads',
				faults.refusal(403, 'No'),
				'Liner does not allow the API key to do this: No',
			],
		])('sends nothing when that account cannot be told because %s', async (_name, fault, reason) => {
			const items = newItems(3);
			const { file, run } = await failAt(1, items);
			const [id] = idsOf(items);
			changeTo({ host: liner.sandbox.host.replace('127.0.0.1', 'localhost') });
			liner.sandbox.misbehave(({ url }) => (url.startsWith('/v2/lead/detail/') ? fault : undefined));
			const retried = await liner.engine.retry(file, run);
			expect(retried.data.resultData.error).toMatchObject({
				message: `The Liner credential has changed since an earlier try of this run, and it is not clear whether it leads to the same account: ${reason} [item 1]`,
				description: expect.stringContaining(`1 lead created in this run: ${id} (item 0).`) as string,
			});
			expect(leadsOf(items)).toHaveLength(1);
		});
	});
});

describe('what n8n keeps of a run', () => {
	it('shows no trace of a run that succeeded', async () => {
		const { run } = await liner.run(newItems(5), mapped(), tries(3));
		expect(contextOf(run)).toEqual({ flow: {}, 'node:Liner': {} });
	});
});

describe('a loop', () => {
	it('creates each lead once, even if equal items come in different passes', async () => {
		const [same, ...others] = newItems(4);
		const rows = [same, others[0], same, others[1], same, others[2]];
		// In the second pass, the answer for the equal item is lost: the lead of the first pass must not be matched with it.
		let seen = 0;
		liner.sandbox.misbehave(({ method, rawBody }) =>
			method === 'POST' && rawBody.includes(same.phone) && ++seen === 2
				? faults.closeBeforeStoring()
				: undefined,
		);
		const run = await liner.engine.run(loopWorkflow(asItems(rows), 2, mapped()));
		expect(run.status).toBe('success');
		expect(run.data.resultData.runData.Liner).toHaveLength(3);
		expect(leadsOf([same])).toHaveLength(3);
		expect(leadsOf(others)).toHaveLength(3);
		const ids = run.data.resultData.runData.Liner.flatMap(({ data }) => data?.main[0] ?? []).map(
			({ json }) => json.id,
		);
		expect(new Set(ids).size).toBe(6);
	});

	it('continues there when retried after its second pass failed', async () => {
		const items = newItems(6);
		misbehaveOn(items[3].phone, 1, faults.refusal(422, 'No'));
		const file = loopWorkflow(asItems(items), 2, mapped({ concurrency: 1 }));
		const from = liner.sandbox.requests.length;
		const run = await liner.engine.run(file);
		expect(run.status).toBe('error');
		const retried = await liner.engine.retry(file, run);
		expect(retried.status).toBe('success');
		expect(posts(from)).toBe(7);
		expect(leadsOf(items)).toHaveLength(6);
		expect(outputsOf(retried, 'Success')?.[0]).toHaveLength(2);
	});
});

describe('two Liner nodes in one workflow', () => {
	function twoNodes(rows: IDataObject[], parameters: INodeParameters): WorkflowFile {
		const file = linerWorkflow(asItems(rows), mapped({ concurrency: 1 }), {});
		const [trigger, first] = file.nodes;
		const second = {
			...first,
			id: 'Second',
			name: 'Second',
			parameters: { ...first.parameters, ...parameters },
		};
		const to = (name: string) => [{ node: name, type: 'main' as const, index: 0 }];
		return {
			nodes: [trigger, first, second],
			connections: { Trigger: { main: [to('Liner')] }, Liner: { main: [to('Second')] } },
			pinData: file.pinData,
		};
	}

	it('each create their leads and resume their own', async () => {
		const items = newItems(3);
		const file = twoNodes(items, {
			phone: "={{ $('Trigger').item.json.phone }}",
			leadType: 'selection',
		});
		expect(file.nodes.map(({ type }) => type)).toContain(LINER_NODE);
		let isDown = true;
		liner.sandbox.misbehave(({ rawBody }) =>
			isDown && rawBody.includes('selection') && rawBody.includes(items[1].phone)
				? faults.refusal(422, 'No')
				: undefined,
		);
		const from = liner.sandbox.requests.length;
		const run = await liner.engine.run(file);
		expect(run.data.resultData.lastNodeExecuted).toBe('Second');
		isDown = false;
		const retried = await liner.engine.retry(file, run);
		expect(retried.status).toBe('success');
		expect(posts(from)).toBe(3 + 2 + 2);
		expect(leadsOf(items)).toHaveLength(6);
	});

	it("do not mistake each other's leads for their own", async () => {
		const items = newItems(1);
		const file = twoNodes(items, { phone: "={{ $('Trigger').item.json.phone }}" });
		let seen = 0;
		liner.sandbox.misbehave(({ method }) =>
			method === 'POST' && ++seen === 2 ? faults.closeBeforeStoring() : undefined,
		);
		const run = await liner.engine.run(file);
		expect(run.status).toBe('success');
		expect(leadsOf(items)).toHaveLength(2);
	});
});

describe('canceling the execution', () => {
	/** Starts a run, cancels it when it is time, and waits until nothing happens any more. */
	async function cancelWhen(
		items: Array<{ phone: string }>,
		fault: Fault,
		isTime: () => boolean,
		settings = {},
	) {
		liner.sandbox.misbehave(() => fault);
		const from = liner.sandbox.requests.length;
		const running = liner.engine.run(linerWorkflow(asItems(items), mapped({ concurrency: 2 }), settings));
		while (!isTime()) await new Promise((resolve) => setTimeout(resolve, 5));
		const canceledAt = Date.now();
		running.cancel();
		const atCancel = liner.sandbox.requests.length - from;
		const run = await running;
		const duration = Date.now() - canceledAt;
		await new Promise((resolve) => setTimeout(resolve, 300));
		return { run, atCancel, after: liner.sandbox.requests.length - from, duration };
	}
	const requests = () => liner.sandbox.requests.length;

	it.each([{}, { onError: 'continueRegularOutput' }, tries(3)])(
		'while requests are in flight starts no others: %j',
		async (settings) => {
			const start = requests();
			const { run, atCancel, after } = await cancelWhen(
				newItems(20),
				faults.slowAnswer(200),
				() => requests() - start >= 6,
				settings,
			);
			expect(run.status).toBe('canceled');
			expect(after).toBeLessThanOrEqual(atCancel + 1);
			if ('onError' in settings) return;
			// n8n has no retry for it.
			expect(run.data.resultData.error?.description).toMatch(
				/ not sent\. To go on without creating a lead twice, run it with 'If the Lead Already Exists' set to 'Return the Existing Lead'\.$/,
			);
		},
	);

	it('during a wait ends the wait at once', async () => {
		const start = requests();
		const { run, after, duration } = await cancelWhen(
			newItems(20),
			faults.tooManyRequests('60'),
			() => requests() - start >= 2,
		);
		expect(run.status).toBe('canceled');
		expect(after).toBe(2);
		expect(duration).toBeLessThan(5_000);
	});
});

describe('in the rarer cases', () => {
	it('an expression that returns another value at each try creates no lead twice', async () => {
		const items = newItems(4);
		misbehaveOn(items[3].phone, 2, faults.refusal(422, 'No'));
		const parameters = {
			...mapped(),
			additionalFields: { name: '={{ $now.toMillis() }}-{{ Math.random() }}' },
		};
		const { run } = await liner.run(items, parameters, { ...tries(3), waitBetweenTries: 20 });
		expect(run.status).toBe('success');
		expect(leadsOf(items)).toHaveLength(4);
	});

	it('a lead that was in doubt once is looked for before every later resend', async () => {
		const items = newItems(1);
		// Timed out, not found, resent, refused for now; meanwhile Liner stores the first request.
		liner.sandbox.misbehave([
			faults.slowStoring(2_500),
			undefined,
			undefined,
			undefined,
			faults.tooManyRequests('3'),
		]);
		const { outputs } = await liner.run(items, mapped({ timeout: 300 }));
		expect(liner.requestLog()).toEqual([`${CREATE} (fault)`, LIST, LIST, LIST, `${CREATE} (fault)`, LIST]);
		expect(leadsOf(items)).toHaveLength(1);
		expect(outputs).toEqual([[{ json: { id: idsOf(items)[0] }, pairedItem: { item: 0 } }]]);
	});

	it('the second of two equal items does not take the lead of the first one, which stays in doubt', async () => {
		const [item] = newItems(1);
		liner.sandbox.misbehave([
			faults.closeAfterStoring(),
			faults.refusal(403, 'No'),
			faults.closeBeforeStoring(),
		]);
		const { outputs } = await liner.run([item, item], mapped({ concurrency: 1 }), {
			onError: 'continueRegularOutput',
		});
		expect(liner.requestLog()).toEqual([`${CREATE} (fault)`, `${LIST} (fault)`, `${CREATE} (fault)`, LIST]);
		expect(outputs?.[0].map(({ json }) => json.id)).toEqual([undefined, undefined]);
		expect(outputs?.[0][1].json.error).toContain('Liner has 1 lead like it');
	});

	it('equal items never take the same lead, however many are parallel', async () => {
		const [item] = newItems(1);
		let posts = 0;
		liner.sandbox.misbehave(({ method }) =>
			method === 'POST' ? (++posts === 1 ? faults.closeBeforeStoring() : faults.slowAnswer(400)) : undefined,
		);
		const { outputs } = await liner.run([item, item], mapped());
		expect(new Set(outputs?.[0].map(({ json }) => json.id)).size).toBe(2);
		expect(leadsOf([item])).toHaveLength(2);
	});

	it('each pass of a loop has its own memory', async () => {
		const [x, a, y] = newItems(3);
		liner.sandbox.misbehave(({ rawBody }) =>
			rawBody.includes(x.phone) || rawBody.includes(y.phone) ? faults.refusal(422, 'No') : undefined,
		);
		const file = loopWorkflow(asItems([x, a, x, a, y, a]), 2, mapped());
		const node = file.nodes.find(({ name }) => name === 'Liner')!;
		Object.assign(node, { ...tries(2), onError: 'continueRegularOutput' });
		const run = await liner.engine.run(file);
		expect(run.status).toBe('success');
		expect(leadsOf([a])).toHaveLength(3);
		// The last try of each pass has cleared its journal, although its first item failed.
		expect(JSON.stringify(contextOf(run))).not.toContain('linerLeads');
	});

	it('a run that stops names what is in doubt from an earlier try, which delays no other item', async () => {
		const items = newItems(3);
		const doubtful = items[1].phone;
		let isFirstTry = true;
		liner.sandbox.misbehave(({ method, rawBody }) => {
			if (method === 'GET') return faults.refusal(403, 'No');
			if (isFirstTry && rawBody.includes(doubtful)) {
				isFirstTry = false;
				return faults.closeAfterStoring();
			}
			return rawBody.includes(items[0].phone) && !isFirstTry ? faults.refusal(422, 'No order') : undefined;
		});
		const { error } = await liner.run(
			[items[1], items[0], items[2]],
			mapped({ concurrency: 1, onUnknown: 'fail' }),
			tries(2),
		);
		expect(error).toMatchObject({
			message: 'Liner rejected the lead: No order [item 1]',
			context: { data: { created: [], unknown: [0], notSent: 1 } },
		});
		expect(liner.requestLog()).toEqual([`${CREATE} (fault)`, `${CREATE} (fault)`]);
	});

	it('a pause that Liner asks for does not delay the others forever', async () => {
		const items = newItems(2);
		liner.sandbox.misbehave([faults.tooManyRequests('100000')]);
		const { error } = await liner.run(items, mapped({ concurrency: 1 }));
		expect(error).toMatchObject({
			message: 'Liner takes no more requests for now: Too many requests [item 0]',
			description: expect.stringContaining('Liner asks to wait 100000 seconds') as string,
		});
		expect(liner.requestLog()).toEqual([`${CREATE} (fault)`]);
	});
});

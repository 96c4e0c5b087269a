import type { IDataObject, INodeExecutionData, INodeParameters, INodeType, IRun } from 'n8n-workflow';

import { Engine, linerWorkflow, outputsOf, type NodeSettings } from '../support/engine';
import { requiredBody, requiredParameters, useLiner } from '../support/fixture';
import { faults, startSandbox, type Fault } from '../../sandbox/sandbox';

const liner = useLiner();

let nextPhone = 79_500_000_000;
const newPhone = () => String(nextPhone++);
const mapped = (options: INodeParameters = {}, more: INodeParameters = {}): INodeParameters => ({
	...requiredParameters,
	phone: '={{ $json.phone }}',
	options: { concurrency: 1, ...options },
	...more,
});
const named: INodeParameters = { additionalFields: { name: '={{ $json.name }}' } };
const asRows = (phones: string[]) => phones.map((phone) => ({ phone }));
const asItems = (rows: IDataObject[]) => rows.map((json) => ({ json }));
const tries = (maxTries: number): NodeSettings => ({ retryOnFail: true, maxTries, waitBetweenTries: 1 });
const continues: NodeSettings = { onError: 'continueRegularOutput' };

const CREATE = 'POST /v2/lead/create/';
const LIST = 'GET /v2/lead/';
const host = () => new URL(liner.sandbox.host).host;
const broke = () => `The connection to ${host()} broke before the answer was complete`;
const MAY_EXIST =
	'The lead may have been created all the same: look for its phone number in Liner before you send the item again.';
const WAY_ON =
	"To go on without creating a lead twice, run it with 'If the Lead Already Exists' set to 'Return the Existing Lead', or use 'Retry' in the list of executions, which skips what was sent as long as its values stay the same.";

const created = (from = 0) =>
	liner.sandbox.requests
		.slice(from)
		.filter(({ method }) => method === 'POST')
		.map(({ rawBody }) => JSON.parse(rawBody) as IDataObject);
const leadsOf = (phone: string) => liner.sandbox.leads.filter((lead) => lead.phone === phone);
const idOf = (phone: string) => leadsOf(phone)[0].id;
const output = (...jsons: IDataObject[]) => [jsons.map((json, item) => ({ json, pairedItem: { item } }))];
const errorOf = (run: IRun) => run.data.resultData.error;
const useCredential = (data: IDataObject) => {
	const { host, apiKey } = liner.sandbox;
	liner.engine.credentials.liner = { type: 'linerApi', data: { host, apiKey, ...data } };
};
/** Puts a lead into the account that was created so many milliseconds ago. */
function putLead(lead: IDataObject & { phone: string }, age = 60_000) {
	const id = liner.sandbox.account.nextLeadId++;
	const createdAt = new Date(Date.now() - age).toISOString();
	liner.sandbox.leads.push({
		...requiredBody,
		leadType: 'straight',
		id,
		createMethod: 'sync',
		createdAt,
		updatedAt: createdAt,
		...lead,
	});
	return id;
}

/** The first creates that hold these texts go wrong, and the lists are refused until the switch is turned off. */
function failUntilSwitched(faultsByText: Record<string, Fault>): () => void {
	const left = { ...faultsByText };
	let isDown = true;
	liner.sandbox.misbehave(({ method, rawBody }) => {
		if (method === 'GET') return isDown ? faults.refusal(403, 'No') : undefined;
		const text = Object.keys(left).find((candidate) => rawBody.includes(candidate));
		const fault = text === undefined ? undefined : left[text];
		delete left[text ?? ''];
		return fault;
	});
	return () => (isDown = false);
}

describe('an expression that gives another value at each try', () => {
	const changing = {
		additionalFields: { name: '={{ $now.toMillis() }}-{{ Math.random() }}', priority: '={{ $itemIndex }}' },
	};

	it('does not keep "Retry On Fail" from finding what was really sent', async () => {
		const phone = newPhone();
		let lists = 0;
		liner.sandbox.misbehave(({ method }) => {
			if (method === 'POST') return faults.closeAfterStoring();
			return lists++ === 0 ? faults.refusal(403, 'No') : undefined;
		});
		const { bodies, outputs } = await liner.run([{ phone }], mapped({}, changing), tries(3));
		const [{ id, name }] = leadsOf(phone);
		expect(bodies).toEqual([{ ...requiredBody, phone, name, priority: 0 }]);
		expect(outputs).toEqual(output({ id }));
		expect(liner.requestLog()).toEqual([`${CREATE} (fault)`, `${LIST} (fault)`, LIST]);
	});

	it('does not keep a manual retry from it, nor from sending again what does not exist', async () => {
		const [stored, lost] = [newPhone(), newPhone()];
		const switchOn = failUntilSwitched({
			[stored]: faults.closeAfterStoring(),
			[lost]: faults.closeBeforeStoring(),
		});
		const file = linerWorkflow(
			asItems([{ phone: stored }, { phone: lost }]),
			mapped({ concurrency: 2 }, changing),
		);
		const run = await liner.engine.run(file);
		expect(run.status).toBe('error');
		switchOn();
		const retried = await liner.engine.retry(file, run);
		expect(leadsOf(stored)).toHaveLength(1);
		expect(leadsOf(lost)).toHaveLength(1);
		expect(outputsOf(retried, 'Liner')).toEqual(output({ id: idOf(stored) }, { id: idOf(lost) }));
		expect(created().map(({ phone }) => phone)).toEqual([stored, lost, lost]);
	});
});

describe('items that JSON cannot hold', () => {
	const GUEST = 'guest.items';
	let items: INodeExecutionData[];
	const guest = {
		description: {
			displayName: 'Guest',
			name: 'guest',
			group: ['transform'],
			version: 1,
			description: '',
			defaults: {},
			inputs: ['main'],
			outputs: ['main'],
			properties: [],
		},
		execute: async () => [items],
	} as unknown as INodeType;

	async function runWith(
		rows: IDataObject[],
		settings: NodeSettings,
		parameters = mapped({ concurrency: 5 }),
	) {
		items = asItems(rows);
		const { apiKey, host } = liner.sandbox;
		const credentials = { liner: { type: 'linerApi', data: { host, apiKey } } };
		const engine = await Engine.start(credentials, { nodes: { [GUEST]: guest } });
		const file = linerWorkflow([{ json: {} }], parameters, settings);
		file.nodes.splice(1, 0, { ...file.nodes[0], id: 'Guest', name: 'Guest', type: GUEST });
		file.connections.Trigger.main[0]![0].node = 'Guest';
		file.connections.Guest = { main: [[{ node: 'Liner', type: 'main', index: 0 }]] };
		return await engine.run(file);
	}

	const circular = (phone: string) => {
		const row: IDataObject = { phone };
		return Object.assign(row, { self: row });
	};
	const automatic = { ...mapped(), mappingMode: 'autoMapInputData' };

	it.each([
		['', mapped()],
		[', mapped automatically', automatic],
	])('an item that refers to itself is an error, and no other item suffers%s', async (_, parameters) => {
		const phones = [newPhone(), newPhone(), newPhone()];
		const rows = [circular(phones[0]), { phone: phones[1] }, { phone: phones[2] }];
		liner.sandbox.misbehave(() => faults.slowAnswer(30));
		const run = await runWith(rows, { ...continues, ...tries(3) }, parameters);
		const sent = liner.sandbox.requests.length;
		expect(outputsOf(run, 'Liner')).toEqual(
			output(
				{
					error:
						"The item refers to itself or holds a BigInt, so that n8n cannot save it [item 0]. Remove such values before this node, e.g. with an 'Edit Fields' node.",
				},
				{ id: idOf(phones[1]) },
				{ id: idOf(phones[2]) },
			),
		);
		expect(created().map(({ phone }) => phone)).toEqual(phones.slice(1));
		// No worker outlives the node.
		await new Promise((resolve) => setTimeout(resolve, 150));
		expect(liner.sandbox.requests).toHaveLength(sent);
	});

	// n8n 2.40 saves a BigInt as text.
	it.each([
		['', mapped()],
		[', mapped automatically', automatic],
	])('an item that holds a BigInt is one lead%s', async (_, parameters) => {
		const phones = [newPhone(), newPhone()];
		const rows = [
			{ phone: phones[0], big: 1n },
			{ phone: phones[1], big: 2n },
		] as unknown as IDataObject[];
		liner.sandbox.misbehave(({ rawBody }) =>
			rawBody.includes(phones[0]) && created().length === 1 ? faults.refusal(422, 'No') : undefined,
		);
		const run = await runWith(rows, { ...continues, ...tries(3) }, parameters);
		expect(outputsOf(run, 'Liner')).toEqual(output({ id: idOf(phones[0]) }, { id: idOf(phones[1]) }));
		expect(created()).toEqual([phones[0], phones[1], phones[0]].map((phone) => ({ ...requiredBody, phone })));
	});

	it('keeps a run that stops on errors from sending anything', async () => {
		const run = await runWith([{ phone: newPhone() }, circular(newPhone())], tries(2));
		expect(errorOf(run)).toMatchObject({
			message: 'The item refers to itself or holds a BigInt, so that n8n cannot save it [item 1]',
			description:
				"Remove such values before this node, e.g. with an 'Edit Fields' node. Nothing was sent to Liner.",
		});
		expect(liner.requestLog()).toEqual([]);
	});
});

describe('an answer that is nested 20,000 levels deep', () => {
	const deep = (name: string): Fault => ({
		handled: true,
		answer: {
			body: `{"success":true,"message":"","data":{"${name}":${'['.repeat(20_000)}${']'.repeat(20_000)}}}`,
		},
	});

	it('is an unknown outcome, which the list clears up', async () => {
		const phones = [newPhone(), newPhone()];
		liner.sandbox.misbehave([deep('id')]);
		const { outputs } = await liner.run(asRows(phones), mapped(), { ...tries(3), ...continues });
		expect(created().map(({ phone }) => phone)).toEqual(phones);
		expect(outputs).toEqual(output({ id: idOf(phones[0]) }, { id: idOf(phones[1]) }));
	});

	it('makes no asynchronous lead twice, and loses no other', async () => {
		const phones = [newPhone(), newPhone()];
		liner.sandbox.misbehave([deep('job')]);
		const { outputs } = await liner.run(
			asRows(phones),
			{ ...mapped(), operation: 'createAsync' },
			{ ...tries(3), ...continues },
		);
		expect(created().map(({ phone }) => phone)).toEqual(phones);
		expect(outputs?.[0]).toHaveLength(2);
		expect(outputs?.[0][1]).toEqual({
			json: { accepted: true, status: 'accepted' },
			pairedItem: { item: 1 },
		});
	});
});

describe('"Return the Existing Lead"', () => {
	const withId = { additionalFields: { name: '={{ $json.name }}', externalIdBitrix24: '={{ $json.id }}' } };

	it.each<[string, boolean, 'oldest' | 'newest' | 'none']>([
		['in the same order', false, 'oldest'],
		['in the other order', true, 'oldest'],
		['in the other order, newest first', true, 'newest'],
		['in no order', true, 'none'],
	])('tells a lead with an external ID from one without: rows %s', async (_, isReversed, listOrder) => {
		const phone = newPhone();
		const [a, b] = [putLead({ phone, externalIdBitrix24: '5' }), putLead({ phone }, 50_000)];
		liner.sandbox.account.listOrder = listOrder;
		const rows = [
			{ row: { phone, id: '5' }, lead: a },
			{ row: { phone, id: '' }, lead: b },
		];
		if (isReversed) rows.reverse();
		const { outputs } = await liner.run(
			rows.map(({ row }) => row),
			mapped({ ifExists: 'return' }, withId),
		);
		expect(outputs).toEqual(output(...rows.map(({ lead }) => ({ id: lead, existing: true }))));
		expect(created()).toEqual([]);
	});

	it('does not swap leads that only their names tell apart', async () => {
		const phone = newPhone();
		const [anna, bob] = [putLead({ phone, name: 'Anna' }), putLead({ phone, name: 'Bob' })];
		const rows = [
			{ phone, name: 'Bob' },
			{ phone, name: 'Anna' },
		];
		const { outputs } = await liner.run(rows, mapped({ ifExists: 'return' }, named));
		expect(outputs).toEqual(output({ id: bob, existing: true }, { id: anna, existing: true }));
		expect(created()).toEqual([]);
	});

	it.each([
		['stops on errors', {}],
		['continues', continues],
	])(
		'together with "Retry On Fail" sends no existing lead at the second try of a run that %s',
		async (_, mode) => {
			const [rejected, old] = [newPhone(), newPhone()];
			const id = putLead({ phone: old });
			liner.sandbox.misbehave(({ rawBody }) =>
				rawBody.includes(rejected) && created().length === 1 ? faults.refusal(422, 'No') : undefined,
			);
			const { outputs, hints } = await liner.run(asRows([rejected, old]), mapped({ ifExists: 'return' }), {
				...tries(3),
				...mode,
			});
			expect(outputs).toEqual(output({ id: idOf(rejected) }, { id, existing: true }));
			expect(created().map(({ phone }) => phone)).toEqual([rejected, rejected]);
			expect(hints.map(({ message }) => message)).toEqual([
				'1 item already has a lead in Liner, which was not changed.',
			]);
		},
	);

	it('sends no existing lead after a try that stopped before it came to it', async () => {
		const [unclear, old] = [newPhone(), newPhone()];
		const id = putLead({ phone: old });
		// It shows no order, so that nobody can tell whether it is the lead of the first item.
		const odd = putLead({ phone: unclear });
		let isOdd = true;
		liner.sandbox.account.show = (lead) =>
			isOdd && lead.id === odd ? { ...lead, orderId: '', orderCode: '' } : lead;
		const file = linerWorkflow(asItems(asRows([unclear, old])), mapped({ ifExists: 'return' }), tries(2));
		liner.sandbox.misbehave(
			({ url }) => {
				if (
					url.startsWith('/v2/lead/?') &&
					liner.sandbox.requests.filter((r) => r.url.startsWith('/v2/lead/?')).length === 2
				)
					isOdd = false;
				return undefined;
			},
			{ allowUnused: true },
		);
		const run = await liner.engine.run(file);
		expect(outputsOf(run, 'Liner')).toEqual(output({ id: odd, existing: true }, { id, existing: true }));
		expect(created()).toEqual([]);
	});

	it('does not give the lead of a request in doubt to another item', async () => {
		const phone = newPhone();
		const rows = [
			{ phone, name: 'Anna' },
			{ phone, name: 'Bob' },
		];
		let isDown = true;
		liner.sandbox.misbehave(({ method }, index) => {
			if (!isDown || index === 0) return undefined;
			return method === 'POST' ? faults.closeAfterStoring() : faults.refusal(403, 'No');
		});
		const file = linerWorkflow(asItems(rows), mapped({ ifExists: 'return' }, named));
		const run = await liner.engine.run(file);
		expect(run.status).toBe('error');
		isDown = false;
		const retried = await liner.engine.retry(file, run);
		expect(leadsOf(phone).map(({ name }) => name)).toEqual(['Anna', 'Bob']);
		expect(outputsOf(retried, 'Liner')).toEqual(output(...leadsOf(phone).map(({ id }) => ({ id }))));
	});

	it('is the way to start a workflow anew that nothing is known of', async () => {
		const phones = Array.from({ length: 4 }, newPhone);
		liner.sandbox.misbehave(({ rawBody }) =>
			rawBody.includes(phones[2]) && created().length === 3 ? faults.refusal(422, 'No') : undefined,
		);
		// n8n starts a sub-workflow anew, with nothing of the run before, when the node that calls it has "Retry On Fail".
		const first = await liner.run(asRows(phones), mapped({ ifExists: 'return' }));
		expect(first.run.status).toBe('error');
		const { outputs } = await liner.run(asRows(phones), mapped({ ifExists: 'return' }));
		expect(outputs).toEqual(
			output(...phones.map((phone, item) => ({ id: idOf(phone), ...(item < 2 ? { existing: true } : {}) }))),
		);
		expect(created().map(({ phone }) => phone)).toEqual([...phones.slice(0, 3), ...phones.slice(2)]);

		// Without it, they all are new.
		await liner.run(asRows(phones), mapped());
		expect(phones.map((phone) => leadsOf(phone).length)).toEqual([2, 2, 2, 2]);
	});
});

describe('a credential that was corrected between two tries', () => {
	async function failAt(phones: string[], item: number, fault: Fault) {
		liner.sandbox.misbehave(({ rawBody }) =>
			rawBody.includes(phones[item]) && created().length === item + 1 ? fault : undefined,
		);
		const file = linerWorkflow(asItems(asRows(phones)), mapped());
		const run = await liner.engine.run(file);
		expect(run.status).toBe('error');
		return { file, run };
	}
	const otherSpelling = () => liner.sandbox.host.replace('127.0.0.1', 'localhost');

	it('because Liner moved makes no lead twice', async () => {
		const phones = [newPhone(), newPhone(), newPhone()];
		const { file, run } = await failAt(phones, 1, faults.redirect(otherSpelling()));
		expect(errorOf(run)).toMatchObject({
			message: `The host in the Liner credential redirects to ${otherSpelling()}/ [item 1]`,
			description: `Correct 'Host' in the Liner credential to the new address. No lead was created for this item (HTTP 301). 1 lead created in this run: ${idOf(phones[0])} (item 0). 1 item not sent. ${WAY_ON}`,
		});
		useCredential({ host: otherSpelling() });
		const retried = await liner.engine.retry(file, run);
		expect(outputsOf(retried, 'Liner')).toEqual(output(...phones.map((phone) => ({ id: idOf(phone) }))));
		expect(created().map(({ phone }) => phone)).toEqual([phones[0], phones[1], ...phones.slice(1)]);
	});

	it('wrongly at first makes no lead twice', async () => {
		const phones = [newPhone(), newPhone(), newPhone()];
		const { file, run } = await failAt(phones, 1, faults.refusal(422, 'No'));
		useCredential({ host: `${liner.sandbox.host}/api` });
		const second = await liner.engine.retry(file, run);
		expect(errorOf(second)).toMatchObject({
			message:
				'The Liner credential has changed since an earlier try of this run, and it is not clear whether it leads to the same account: Liner rejected the request: Method not found [item 1]',
			description: `Check 'Host' and 'API Key' in the Liner credential (HTTP 404). To go on, use the credential of that try, or begin a new run, which sends all items. 1 lead created in this run: ${idOf(phones[0])} (item 0). ${WAY_ON}`,
		});
		useCredential({});
		const third = await liner.engine.retry(file, second);
		expect(outputsOf(third, 'Liner')).toEqual(output(...phones.map((phone) => ({ id: idOf(phone) }))));
		expect(created().map(({ phone }) => phone)).toEqual([phones[0], phones[1], ...phones.slice(1)]);
	});

	it('to another account, and back again, makes no lead twice in either of them', async () => {
		const phones = [newPhone(), newPhone()];
		const { file, run } = await failAt(phones, 1, faults.refusal(422, 'No'));
		const other = await startSandbox({ apiKey: 'other-key-5b2e', nextLeadId: 500 });
		try {
			other.misbehave([undefined, undefined, undefined, faults.refusal(422, 'No')]);
			useCredential({ host: other.host, apiKey: other.apiKey });
			const second = await liner.engine.retry(file, run);
			expect(second.status).toBe('error');
			useCredential({});
			const third = await liner.engine.retry(file, second);
			expect(outputsOf(third, 'Liner')).toEqual(output(...phones.map((phone) => ({ id: idOf(phone) }))));
			expect(created().map(({ phone }) => phone)).toEqual([phones[0], phones[1], phones[1]]);
			expect(other.leads.map(({ id, phone }) => [id, phone])).toEqual([[500, phones[0]]]);
			expect(JSON.stringify(third.data.executionData?.contextData)).not.toContain('linerLeads');
		} finally {
			await other.close();
		}
	});

	it.each<[string, () => INodeParameters]>([
		['an option is wrong', () => mapped({ concurrency: 'x' })],
		[
			'an item is invalid',
			() => mapped({}, { additionalFields: { vkId: '={{ $itemIndex === 0 ? "" : "x" }}' } }),
		],
		[
			'the account cannot be told',
			() => (useCredential({ host: otherSpelling() }), mapped({ concurrency: 2 })),
		],
	])('together with the values of the items: the error tells what exists when %s', async (_, change) => {
		const phones = [newPhone(), newPhone(), newPhone()];
		const { run } = await failAt(phones, 1, faults.refusal(422, 'No'));
		liner.sandbox.misbehave(() => faults.refusal(403, 'No'), { allowUnused: true });
		const retried = await liner.engine.retry(linerWorkflow(asItems(asRows(phones)), change()), run);
		expect(errorOf(retried)).toMatchObject({
			description: expect.stringContaining(
				`1 lead created in this run: ${idOf(phones[0])} (item 0). `,
			) as string,
			context: { data: { created: [{ item: 0, id: idOf(phones[0]) }] } },
		});
		expect(created()).toHaveLength(2);
	});

	it('to another account, whose leads have the same IDs, does not hide the leads of that account', async () => {
		const [phone] = [newPhone()];
		const other = await startSandbox({ apiKey: 'other-key-5b2e' });
		try {
			const file = linerWorkflow(asItems([{ phone }]), mapped());
			liner.engine.credentials.other = {
				type: 'linerApi',
				data: { host: other.host, apiKey: other.apiKey },
			};
			const second = {
				...file.nodes[1],
				id: 'Second',
				name: 'Second',
				parameters: mapped({}, { phone: "={{ $('Trigger').item.json.phone }}" }),
				credentials: { linerApi: { id: 'other', name: 'Other account' } },
			};
			other.misbehave([faults.closeAfterStoring()]);
			const run = await liner.engine.run({
				...file,
				nodes: [...file.nodes, second],
				connections: {
					...file.connections,
					Success: { main: [[{ node: 'Second', type: 'main', index: 0 }]] },
				},
			});
			expect(other.leads.map((lead) => [lead.id, lead.phone])).toEqual([[idOf(phone), phone]]);
			expect(outputsOf(run, 'Second')).toEqual(output({ id: other.leads[0].id }));
		} finally {
			await other.close();
		}
	});
});

describe('a credential that cannot be read at the second try', () => {
	const lose: Array<[string, () => void, string]> = [
		[
			'is gone',
			() => delete liner.engine.credentials.liner,
			'Credential with ID "liner" does not exist for type "linerApi"',
		],
		['is incomplete', () => useCredential({ apiKey: '' }), 'The API key of Liner is missing'],
	];

	function misbehave(phones: string[], loseCredential: () => void) {
		liner.sandbox.misbehave(({ method, rawBody }) => {
			if (method === 'GET') return faults.refusal(403, 'No');
			if (rawBody.includes(phones[0])) {
				loseCredential();
				return faults.refusal(422, 'No');
			}
			return rawBody.includes(phones[2]) ? faults.closeAfterStoring() : undefined;
		});
	}

	it.each(lose)('with "Continue" hides no lead when it %s', async (_, loseCredential, why) => {
		const phones = [newPhone(), newPhone(), newPhone()];
		misbehave(phones, loseCredential);
		const { outputs } = await liner.run(asRows(phones), mapped({ concurrency: 3 }), {
			...continues,
			...tries(2),
		});
		const [first, second, third] = outputs![0].map(({ json }) => json);
		expect(first.error).toContain(`${why} [item 0]. `);
		expect(second).toEqual({ id: idOf(phones[1]) });
		expect(third.error).toContain(
			`An earlier try sent this item and got no clear answer, and the node could not tell whether the lead exists: ${why} [item 2]. `,
		);
		expect(third.error).toContain('The lead may have been created: look for its phone number in Liner');
	});

	it.each(lose)('with "Stop Workflow" tells what was created when it %s', async (_, loseCredential, why) => {
		const phones = [newPhone(), newPhone(), newPhone()];
		misbehave([phones[2], phones[1], phones[0]], loseCredential);
		const { error } = await liner.run(asRows(phones), mapped({ concurrency: 3 }), tries(2));
		expect(error?.message).toContain(why);
		expect(error?.description).not.toContain('Nothing was sent');
		expect(error?.description).toContain(`1 lead created in this run: ${idOf(phones[1])} (item 1). `);
		expect(error?.context.data).toEqual({
			created: [{ item: 1, id: idOf(phones[1]) }],
			unknown: [0],
			notSent: 0,
		});
	});
});

describe('a pause of an hour', () => {
	const until = 'Liner takes no more requests until \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d UTC';
	const WAIT = 'The node waits 2 minutes at most. Send the item again after that time.';

	it('with "Continue" fails the rest at once', async () => {
		const phones = Array.from({ length: 5 }, newPhone);
		liner.sandbox.misbehave([undefined, faults.tooManyRequests('3600')]);
		const began = Date.now();
		const { outputs } = await liner.run(asRows(phones), mapped(), continues);
		expect(Date.now() - began).toBeLessThan(10_000);
		const [first, second, ...others] = outputs![0].map(({ json }) => json);
		expect(first).toEqual({ id: idOf(phones[0]) });
		expect(second).toEqual({
			error:
				'Liner takes no more requests for now: Too many requests [item 1]. Liner asks to wait 3600 seconds before the next request. No lead was created for this item (HTTP 429).',
		});
		expect(others).toHaveLength(3);
		for (const [index, { error }] of others.entries()) {
			expect(error).toMatch(
				new RegExp(`^${until} \\[item ${index + 2}\\]\\. ${WAIT} No lead was created for this item\\.$`),
			);
		}
		expect(liner.requestLog()).toEqual([CREATE, `${CREATE} (fault)`]);
	});

	it('with "Stop Workflow" ends the run', async () => {
		const phones = Array.from({ length: 3 }, newPhone);
		liner.sandbox.misbehave([undefined, faults.tooManyRequests('3600')]);
		const { error } = await liner.run(asRows(phones), mapped());
		expect(error).toMatchObject({
			message: 'Liner takes no more requests for now: Too many requests [item 1]',
			description: `Liner asks to wait 3600 seconds before the next request. No lead was created for this item (HTTP 429). 1 lead created in this run: ${idOf(phones[0])} (item 0). 1 item not sent. ${WAY_ON}`,
		});
		expect(created()).toHaveLength(2);
	});

	it('leaves an item in doubt that can no longer be looked for', async () => {
		const phone = newPhone();
		liner.sandbox.misbehave([faults.closeAfterStoring(), faults.tooManyRequests('3600')]);
		const { outputs } = await liner.run([{ phone }], mapped(), continues);
		expect(outputs![0][0].json.error).toMatch(
			new RegExp(
				`^${broke()}, and the node could not tell whether the lead exists: ${until} \\[item 0\\]\\. ${WAIT} ${MAY_EXIST}$`,
			),
		);
		expect(created()).toHaveLength(1);
	});
});

describe('a lead that is shown in a form of its own', () => {
	const row = {
		name: 'Анна Петрова, «Дом & Сад» 😀',
		externalIdAmo: 'A-77',
		telegramUserName: 'anna',
	};
	const fields: INodeParameters = {
		additionalFields: {
			name: row.name,
			externalIdAmo: row.externalIdAmo,
			telegramUserName: row.telegramUserName,
		},
		customValues: {
			values: [
				{ fieldId: '12', value: 'vip' },
				{ fieldId: '14', value: '12.5' },
				{ fieldId: '16', value: '2026-05-01' },
				{ fieldId: '17', value: '2026-05-01 10:00' },
				{ fieldId: '18', value: 'yes' },
			],
		},
	};
	type Shown = Record<string, unknown>;
	const values = (lead: Shown) => lead.customValues as Shown;
	const forms: Array<[string, (lead: Shown) => Shown]> = [
		['phone 8...', (lead) => ({ ...lead, phone: String(lead.phone).replace('+7', '8') })],
		['phone without +', (lead) => ({ ...lead, phone: String(lead.phone).slice(1) })],
		['phone as a number', (lead) => ({ ...lead, phone: Number(String(lead.phone).slice(1)) })],
		['name cut', (lead) => ({ ...lead, name: String(lead.name).slice(0, 22) })],
		['name escaped', (lead) => ({ ...lead, name: String(lead.name).replaceAll('&', '&amp;') })],
		['name without its emoji', (lead) => ({ ...lead, name: String(lead.name).replace('😀', '').trim() })],
		['emoji as ????', (lead) => ({ ...lead, name: String(lead.name).replace('😀', '????') })],
		['user name with @', (lead) => ({ ...lead, telegramUserName: '@anna' })],
		['bool 1', (lead) => ({ ...lead, customValues: { ...values(lead), 18: 1 } })],
		['12.50', (lead) => ({ ...lead, customValues: { ...values(lead), 14: '12.50' } })],
		[
			'date with midnight',
			(lead) => ({ ...lead, customValues: { ...values(lead), 16: '2026-05-01 00:00:00' } }),
		],
		[
			'time in UTC',
			(lead) => ({
				...lead,
				customValues: { ...values(lead), 17: new Date(String(values(lead)[17])).toISOString() },
			}),
		],
		['choice by its title', (lead) => ({ ...lead, customValues: { ...values(lead), 12: 'VIP' } })],
		[
			'custom values as a list',
			(lead) => ({
				...lead,
				customValues: Object.entries(values(lead)).map(([id, value]) => ({ id: Number(id), value })),
			}),
		],
		['no custom values', (lead) => ({ ...lead, customValues: undefined })],
		['IDs as text', (lead) => ({ ...lead, id: String(lead.id), orderId: String(lead.orderId) })],
		[
			'time in another zone',
			(lead) => ({
				...lead,
				createdAt: String(lead.createdAt).replace(/T(\d\d)(.*)Z/, (_, hour, rest) => `T${hour}${rest}+00:00`),
			}),
		],
		['Unix time', (lead) => ({ ...lead, createdAt: Math.floor(Date.parse(String(lead.createdAt)) / 1_000) })],
	];

	it.each(forms)('is recognised: %s', async (_, show) => {
		const phone = newPhone();
		liner.sandbox.account.show = show;
		liner.sandbox.misbehave(({ method }) => (method === 'POST' ? faults.closeAfterStoring() : undefined));
		const { outputs, bodies } = await liner.run([{ phone }], mapped({}, fields));
		expect(bodies).toHaveLength(1);
		expect(outputs![0].map(({ json }) => String(json.id))).toEqual([String(idOf(phone))]);
	});

	const strange: Array<[string, (lead: Shown) => Shown]> = [
		['seems ten seconds older', (lead) => ({ ...lead, createdAt: shift(lead, -10_000) })],
		[
			'shows the minute only',
			(lead) => ({ ...lead, createdAt: `${String(lead.createdAt).slice(0, 16)}:00Z` }),
		],
		['has a name that was not sent', (lead) => ({ ...lead, name: 'Bob' })],
		['has an external ID that was not sent', (lead) => ({ ...lead, externalIdMacro: 'M-1' })],
		['shows no order', (lead) => ({ ...lead, orderId: undefined, orderCode: undefined })],
		['shows a masked phone', (lead) => ({ ...lead, phone: '+7950***00**' })],
	];
	const shift = (lead: Shown, by: number) => new Date(Date.parse(String(lead.createdAt)) + by).toISOString();

	it.each(strange)('is told and not sent again: one that %s', async (title, show) => {
		const phone = newPhone();
		// So that nothing but the seconds of the minute tells when it was created.
		if (title.includes('minute'))
			while (new Date().getSeconds() < 8) await new Promise((r) => setTimeout(r, 250));
		liner.sandbox.account.show = show;
		liner.sandbox.misbehave(({ method }) => (method === 'POST' ? faults.closeAfterStoring() : undefined));
		const { outputs, bodies } = await liner.run([{ phone }], mapped({}, fields), continues);
		const [{ id }] = leadsOf(phone);
		expect(bodies).toHaveLength(1);
		expect(outputs).toEqual(
			output({
				error: `${broke()}, and the node could not tell whether the lead exists: Liner has 1 lead like it (${id}) [item 0]. Look at it in Liner, and send the item again if it is another one. ${MAY_EXIST}`,
			}),
		);
	});

	it('is told and not sent again when the detail is that of another lead', async () => {
		const phone = newPhone();
		const other = putLead({ phone: newPhone() });
		liner.sandbox.account.listFields = ['id', 'createdAt', 'orderId', 'leadType'];
		liner.sandbox.misbehave(({ method, url }) => {
			if (method === 'POST') return faults.closeAfterStoring();
			if (!url.includes('/detail/')) return undefined;
			const data = liner.sandbox.leads.find(({ id }) => id === other);
			return faults.envelope({ success: true, message: '', data });
		});
		const { outputs, bodies } = await liner.run([{ phone }], mapped(), continues);
		expect(bodies).toHaveLength(1);
		expect(outputs).toEqual(
			output({
				error: `${broke()}, and the node could not tell whether the lead exists: Liner's detail of lead ${idOf(phone)} is that of lead ${other} [item 0]. ${MAY_EXIST}`,
			}),
		);
	});

	it('is told and not sent again when its ID is too large to be exact', async () => {
		const phone = newPhone();
		const inexact = (text: string): Fault => ({
			handled: true,
			answer: { body: text.replaceAll('"ID"', '9007199254740993') },
		});
		liner.sandbox.misbehave(({ method }) => {
			const list = leadsOf(phone).map((lead) => ({ ...lead, id: 'ID' }));
			const data = method === 'POST' ? { id: 'ID' } : { list };
			return inexact(JSON.stringify({ success: true, message: '', data }));
		});
		const { outputs, bodies } = await liner.run([{ phone }], mapped(), continues);
		expect(bodies).toHaveLength(1);
		expect(outputs).toEqual(
			output({
				error: `Liner reported success but returned 9007199254740992 as the lead ID, and the node could not tell whether the lead exists: Liner's list has lead IDs too large to be exact, e.g. 9007199254740992 [item 0]. ${MAY_EXIST}`,
			}),
		);
	});
});

describe('clocks', () => {
	it.each([
		['a day behind', -86_400_000],
		['three hours behind', -10_800_000],
		['three hours ahead', 10_800_000],
		['a month ahead', 2_600_000_000],
	])('a proxy whose clock is %s hides no lead', async (_, offset) => {
		const phone = newPhone();
		liner.sandbox.account.clockOffset = offset;
		// The leads have the right time.
		liner.sandbox.account.show = (lead) => ({
			...lead,
			createdAt: new Date(Date.parse(String(lead.createdAt)) - offset).toISOString(),
		});
		liner.sandbox.misbehave(({ method, rawBody }) =>
			method === 'POST' && rawBody.includes(phone) ? faults.closeAfterStoring() : undefined,
		);
		// The first answer tells the wrong time.
		const { outputs } = await liner.run(asRows([newPhone(), phone]), mapped(), continues);
		expect(leadsOf(phone)).toHaveLength(1);
		const [{ id }] = leadsOf(phone);
		const { json } = outputs![0][1];
		if (offset < 0) expect(json).toEqual({ id });
		else expect(json.error).toContain(`Liner has 1 lead like it (${id}) [item 1]. `);
	});

	it('a proxy whose clock is behind makes no older lead the one that was asked for', async () => {
		const phone = newPhone();
		const old = putLead({ phone }, 1_800_000);
		liner.sandbox.account.clockOffset = -3_600_000;
		liner.sandbox.account.show = (lead) =>
			lead.id === old ? lead : { ...lead, createdAt: shiftBack(lead.createdAt) };
		const shiftBack = (time: unknown) => new Date(Date.parse(String(time)) + 3_600_000).toISOString();
		liner.sandbox.misbehave(({ method, rawBody }) =>
			method === 'POST' && rawBody.includes(phone) ? faults.closeBeforeStoring() : undefined,
		);
		const { outputs } = await liner.run(asRows([newPhone(), phone]), mapped(), continues);
		expect(outputs![0][1].json.error).toContain(`Liner has 1 lead like it (${old}) [item 1]. `);
	});
});

describe('a list that shifts while it is read', () => {
	it('by exactly one page hides no lead', async () => {
		const phone = newPhone();
		liner.sandbox.account.listOrder = 'newest';
		const others = (count: number) => {
			for (let index = 0; index < count; index++) putLead({ phone: newPhone() }, 0);
		};
		liner.sandbox.misbehave(({ method, url }) => {
			if (method === 'POST') return faults.closeAfterStoring();
			// The lead is on the second page, and each time that one is asked for, on the next one.
			const offset = new URL(url, liner.sandbox.host).searchParams.get('offset');
			if (offset === '0') others(liner.sandbox.leads.length < 100 ? 120 : 0);
			if (offset === '100') others(100);
			return undefined;
		});
		const { outputs, bodies } = await liner.run([{ phone }], mapped());
		expect(bodies).toEqual([{ ...requiredBody, phone }]);
		expect(outputs).toEqual(output({ id: idOf(phone) }));
	});
});

describe('what is said', () => {
	it('of an item in doubt, sent again, refused for now and no longer looked for, does not contradict itself', async () => {
		const phone = newPhone();
		let creates = 0;
		liner.sandbox.misbehave(({ method }) => {
			if (method === 'GET') return creates > 1 ? faults.refusal(403, 'No') : undefined;
			return ++creates === 1 ? faults.closeBeforeStoring() : faults.tooManyRequests();
		});
		const { outputs } = await liner.run([{ phone }], mapped(), continues);
		expect(outputs).toEqual(
			output({
				error: `${broke()}, and the node could not tell whether the lead exists: Liner does not allow the API key to do this: No [item 0]. Check 'API Key' in the Liner credential, and what its integration may do in Liner (HTTP 403). ${MAY_EXIST}`,
			}),
		);
		expect(liner.requestLog()).toEqual([
			`${CREATE} (fault)`,
			LIST,
			LIST,
			LIST,
			`${CREATE} (fault)`,
			`${LIST} (fault)`,
		]);
	});

	it('of a canceled run with nothing but unknown items shows a way on', async () => {
		const phone = newPhone();
		liner.sandbox.misbehave(() => faults.slowAnswer(500));
		const running = liner.engine.run(linerWorkflow(asItems([{ phone }]), mapped()));
		while (liner.sandbox.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
		running.cancel();
		const run = await running;
		expect(run.status).toBe('canceled');
		expect(errorOf(run)).toMatchObject({
			message: 'The execution was canceled while Liner worked on the request [item 0]',
			description: `${MAY_EXIST} 1 item with an unknown outcome: item 0. To go on without creating a lead twice, run it with 'If the Lead Already Exists' set to 'Return the Existing Lead'.`,
		});
	});

	it.each([
		['stops on errors', {}, 'canceled'],
		['continues', continues, 'canceled'],
	])(
		'of an item that a canceled run was looking for does not contradict itself: it %s',
		async (_, mode, status) => {
			const phone = newPhone();
			liner.sandbox.misbehave(({ method }) =>
				method === 'POST' ? faults.closeAfterStoring() : faults.slowAnswer(500),
			);
			const running = liner.engine.run(linerWorkflow(asItems([{ phone }]), mapped(), mode));
			while (liner.sandbox.requests.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
			running.cancel();
			const run = await running;
			expect(run.status).toBe(status);
			const message = `${broke()}, and the execution was canceled before the node could tell whether the lead exists [item 0]`;
			if (mode === continues) {
				expect(outputsOf(run, 'Liner')).toEqual(output({ error: `${message}. ${MAY_EXIST}` }));
			} else {
				expect(errorOf(run)).toMatchObject({
					message,
					description: `${MAY_EXIST} 1 item with an unknown outcome: item 0. To go on without creating a lead twice, run it with 'If the Lead Already Exists' set to 'Return the Existing Lead'.`,
				});
			}
			expect(liner.requestLog()).toEqual([`${CREATE} (fault)`, `${LIST} (fault)`]);
		},
	);
});

describe('at a low rate', () => {
	it('Liner does not get more requests after it asked to slow down', async () => {
		const phones = [newPhone(), newPhone()];
		liner.sandbox.misbehave([faults.tooManyRequests('0')]);
		const { outputs } = await liner.run(asRows(phones), mapped({ requestsPerSecond: 0.4 }));
		expect(outputs).toEqual(output(...phones.map((phone) => ({ id: idOf(phone) }))));
		const times = liner.sandbox.requests.map(({ receivedAt }) => receivedAt);
		expect(times).toHaveLength(3);
		expect(times[1] - times[0]).toBeGreaterThanOrEqual(2_400);
		expect(times[2] - times[1]).toBeGreaterThanOrEqual(2_400);
	});

	it('a lead that is stored while the item waits for its turn is not sent again', async () => {
		const phone = newPhone();
		// Given up after 1 s, looked for after 2, 4 and 6 s, to be sent again after 8 s.
		liner.sandbox.misbehave([faults.slowStoring(7_000)]);
		const { outputs, bodies } = await liner.run(
			[{ phone }],
			mapped({ requestsPerSecond: 0.5, timeout: 1_000 }),
		);
		expect(bodies).toEqual([{ ...requiredBody, phone }]);
		expect(outputs).toEqual(output({ id: idOf(phone) }));
		expect(liner.requestLog()).toEqual([`${CREATE} (fault)`, LIST, LIST, LIST, LIST]);
	});
});

describe('a row that was changed before a manual retry', () => {
	it('leaves its first lead to itself: an equal row in doubt is not taken for it', async () => {
		const phone = newPhone();
		const rows = [
			{ phone, name: 'Anna' },
			{ phone, name: 'Anna' },
		];
		let isDown = true;
		liner.sandbox.misbehave(({ method }, index) => {
			if (!isDown || index === 0) return undefined;
			return method === 'POST' ? faults.closeBeforeStoring() : faults.refusal(403, 'No');
		});
		const run = await liner.engine.run(linerWorkflow(asItems(rows), mapped({}, named)));
		expect(run.status).toBe('error');
		isDown = false;
		const changed = { additionalFields: { name: '={{ $itemIndex === 0 ? "Eve" : $json.name }}' } };
		const retried = await liner.engine.retry(linerWorkflow(asItems(rows), mapped({}, changed)), run);
		const leads = leadsOf(phone);
		expect(leads.map(({ name }) => name).sort()).toEqual(['Anna', 'Anna', 'Eve']);
		const idsByName = (name: string) => leads.filter((lead) => lead.name === name).map(({ id }) => id);
		expect(outputsOf(retried, 'Liner')).toEqual(
			output({ id: idsByName('Eve')[0] }, { id: idsByName('Anna')[1] }),
		);
	});
});

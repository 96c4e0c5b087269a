import { linerWorkflow, outputsOf } from '../support/engine';
import { requiredBody, requiredParameters, useLiner } from '../support/fixture';
import { faults, type Fault } from '../../sandbox/sandbox';
import { seedCustomFields } from '../../sandbox/seed';

import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const liner = useLiner();

/** One request for each item and no lookup: only what the failure itself says. */
const once = { options: { concurrency: 1, maxRetries: 0, onUnknown: 'fail' } };

const UNKNOWN =
	'The lead may have been created all the same: look for its phone number in Liner before you send the item again.';
const NONE = 'No lead was created for this item.';

const success = (data: unknown): Fault => faults.envelope({ success: true, message: '', data });

async function withServer<T>(
	onConnection: (socket: Socket) => void,
	work: (host: string, connections: () => number) => Promise<T>,
): Promise<T> {
	const sockets = new Set<Socket>();
	const server: Server = createServer((socket) => {
		sockets.add(socket);
		socket.once('close', () => sockets.delete(socket));
		socket.on('error', () => undefined);
		onConnection(socket);
	}).listen(0, '127.0.0.1');
	await new Promise((resolve) => server.once('listening', resolve));
	try {
		return await work(`127.0.0.1:${(server.address() as AddressInfo).port}`, () => sockets.size);
	} finally {
		for (const socket of sockets) socket.destroy();
		await new Promise((resolve) => server.close(resolve));
	}
}

async function withCredential<T>(
	data: { host?: string; apiKey?: string },
	work: () => Promise<T>,
): Promise<T> {
	const { credentials } = liner.engine;
	const original = credentials.liner;
	const { host, apiKey } = liner.sandbox;
	credentials.liner = { type: 'linerApi', data: { host, apiKey, ...data } };
	try {
		return await work();
	} finally {
		credentials.liner = original;
	}
}

const runAgainst = async (host: string, options = {}) =>
	await withCredential(
		{ host },
		async () => await liner.run([{}], { options: { ...once.options, ...options } }),
	);

describe('a connection', () => {
	it('that was open may have delivered the lead', async () => {
		await withServer(
			(socket) => socket.once('data', () => socket.resetAndDestroy()),
			async (host) => {
				const { error } = await runAgainst(`http://${host}`);
				expect(error?.message).toBe(
					`The connection to ${host} broke before the answer was complete [item 0]`,
				);
				expect(error?.description).toContain(UNKNOWN);
			},
		);
	});

	it.each(['http', 'https'])('that was refused has delivered nothing, over %s', async (scheme) => {
		const host = await withServer(
			() => undefined,
			async (host) => host,
		);
		const { error } = await runAgainst(`${scheme}://${host}`);
		expect(error).toMatchObject({
			message: `${host} refused the connection [item 0]`,
			description: `Check 'Host' in the Liner credential, and that Liner can be reached from where n8n runs. ${NONE}`,
		});
	});

	it('that ends before it is secure has delivered nothing', async () => {
		await withServer(
			(socket) => socket.once('data', () => socket.end()),
			async (host) => {
				const { error } = await runAgainst(`https://${host}`);
				expect(error?.message).toBe(
					`No secure connection to ${host} is possible: it does not answer in TLS [item 0]`,
				);
			},
		);
	});

	it.each([
		[
			'is refused',
			async (work: (proxy: string) => Promise<void>) =>
				await work(
					await withServer(
						() => undefined,
						async (host) => host,
					),
				),
			'liner.example.com refused the connection [item 0]',
			NONE,
		],
		[
			'breaks',
			async (work: (proxy: string) => Promise<void>) =>
				await withServer((socket) => socket.once('data', () => socket.resetAndDestroy()), work),
			'The connection to liner.example.com broke before the answer was complete [item 0]',
			UNKNOWN,
		],
	])('to a proxy that %s', async (_, start, message, description) => {
		await start(async (proxy) => {
			process.env.HTTPS_PROXY = `http://${proxy}`;
			try {
				const { error } = await runAgainst('https://liner.example.com');
				expect(error?.message).toBe(message);
				expect(error?.description).toContain(description);
			} finally {
				delete process.env.HTTPS_PROXY;
			}
		});
	});
});

describe('an answer that comes byte by byte', () => {
	/** Sends a byte often enough that the connection is never silent for long. */
	const drip = (socket: Socket) => {
		socket.once('data', () => {
			socket.write('HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n');
			const timer = setInterval(() => socket.write(' '), 20);
			socket.once('close', () => clearInterval(timer));
		});
	};

	it('is given up after the timeout, and its connection is closed', async () => {
		await withServer(drip, async (host, connections) => {
			const startedAt = Date.now();
			const { error } = await runAgainst(`http://${host}`, { timeout: 300 });
			expect(Date.now() - startedAt).toBeLessThan(5_000);
			expect(error?.message).toBe('Liner did not answer within 0.3 seconds [item 0]');
			expect(error?.description).toContain(
				`${UNKNOWN} To wait longer, raise 'Timeout' in the options of the node.`,
			);
			await sleep(100);
			expect(connections()).toBe(0);
		});
	});

	it('is given up when the execution is canceled, and its connection is closed', async () => {
		await withServer(drip, async (host, connections) => {
			await withCredential({ host: `http://${host}` }, async () => {
				const running = liner.engine.run(
					linerWorkflow(
						[{ json: {} }],
						{ ...requiredParameters, ...once },
						{ onError: 'continueRegularOutput' },
					),
				);
				while (connections() === 0) await sleep(10);
				running.cancel();
				await running;
				await sleep(100);
				expect(connections()).toBe(0);
			});
		});
	});
});

describe('what Liner says', () => {
	it('is shown in part when it is long, in an execution that stays small', async () => {
		liner.sandbox.misbehave(() => faults.refusal(422, 'Нет'.repeat(500_000)));
		const items = Array.from({ length: 5 }, () => ({}));
		const { run, outputs } = await liner.run(items, once, { onError: 'continueRegularOutput' });
		expect(outputs).toEqual([
			items.map((_, item) => ({
				json: {
					error: `Liner rejected the lead: ${'Нет'.repeat(167).slice(0, 500)}... (cut, 1,500,000 characters) [item ${item}]. Correct what Liner names and send the item again. ${NONE.replace('.', '')} (HTTP 422).`,
				},
				pairedItem: { item },
			})),
		]);
		expect(JSON.stringify(run).length).toBeLessThan(50_000);
	});

	it('is unreadable, and no reason to stop, when it is too deep', async () => {
		const deep = '['.repeat(20_000) + ']'.repeat(20_000);
		const answers = [
			`{"success":true,"message":"","data":${deep}}`,
			`{"success":true,"message":"","data":{"id":${deep}}}`,
			`{"success":false,"message":${deep}}`,
			deep,
		];
		liner.sandbox.misbehave(answers.map((body) => ({ answer: { status: 200, body } })));
		const { outputs } = await liner.run(
			answers.map(() => ({})),
			once,
			{ onError: 'continueRegularOutput' },
		);
		const tooDeep = `${'['.repeat(60)}... (cut, 212 characters)`;
		expect(outputs?.[0].map(({ json }) => String(json.error).split(' [item')[0])).toEqual([
			'Liner reported success but returned no lead ID',
			`Liner reported success but returned ${tooDeep} as the lead ID`,
			'Liner rejected the lead: […]',
			"The answer is not one of Liner's: it has an unexpected format",
		]);
	});

	it.each([
		['equals the key', (key: string) => key, '"[API key]"'],
		['contains the key', (key: string) => `id-${key}`, '"id-[API key]"'],
		['is an object with the key', (key: string) => ({ [key]: key }), '{"[API key]":"[API key]"}'],
		[
			'is long',
			(key: string) => key + 'x'.repeat(2_000_000),
			`"[API key]${'x'.repeat(50)}... (cut, 2,000,011 characters)`,
		],
	])('is no ID when it %s', async (_, toId, given) => {
		liner.sandbox.misbehave([success({ id: toId(liner.sandbox.apiKey) })]);
		const { error } = await liner.run([{}], once);
		expect(error?.message).toBe(`Liner reported success but returned ${given} as the lead ID [item 0]`);
	});

	it('shows the key nowhere, however it is written', async () => {
		const { apiKey } = liner.sandbox;
		const forms = [
			apiKey.toUpperCase(),
			[...apiKey].map((character) => `%${character.charCodeAt(0).toString(16)}`).join(''),
			Buffer.from(`user:${apiKey}`).toString('base64'),
		];
		liner.sandbox.misbehave([faults.refusal(422, forms.join(' '))]);
		const { run, error } = await liner.run([{}], once);
		expect(error?.message).toMatch(
			/^Liner rejected the lead: \[API key\] \[API key\] dXNlcj[\w]?\[API key\]\S{0,3} \[item 0\]$/,
		);
		const shown = JSON.stringify(run);
		expect(forms.filter((form) => shown.includes(form))).toEqual([]);
	});

	it('shows the key in no redirect', async () => {
		const { apiKey } = liner.sandbox;
		liner.sandbox.misbehave([faults.redirect(`https://${apiKey.toUpperCase()}.example/${apiKey}`)]);
		const { error } = await liner.run([{}], once);
		expect(error?.message).toBe(
			'The host in the Liner credential redirects to https://[API key].example/[API key] [item 0]',
		);
	});

	it('shows the key in no custom field and no choice', async () => {
		const { apiKey } = liner.sandbox;
		liner.sandbox.account.customFields = [
			{
				...seedCustomFields[1],
				title: `Field ${apiKey}`,
				params: [{ code: apiKey, sort: 1, title: `${apiKey} ${'x'.repeat(1_000)}` }],
			},
		];
		try {
			const { error, bodies } = await liner.run([{}], {
				...once,
				customValues: { values: [{ fieldId: '12', value: 'nothing of it' }] },
			});
			expect(error).toMatchObject({
				message: `'Custom Values' has "nothing of it" for the field "Field [API key]" (ID 12), which is not one of its choices [item 0]`,
				description: expect.stringContaining(
					`"Field [API key]" takes [API key] ${'x'.repeat(50)}… ([API key]).`,
				) as string,
			});
			expect(bodies).toEqual([]);
			await expect(liner.engine.loadOptions('getCustomFields')).resolves.toMatchObject([
				{ name: 'Field [API key] (one choice)' },
			]);
		} finally {
			liner.sandbox.account.customFields = [...seedCustomFields];
		}
	});

	it('keeps the names in lists when the key is as short as a word', async () => {
		await withCredential({ apiKey: 'park' }, async () => {
			liner.sandbox.account.apiKey = 'park';
			try {
				const { results } = await liner.engine.searchList('searchOrders', '501');
				expect(results).toEqual([{ name: expect.stringMatching(/\(river-park\)$/) as string, value: '501' }]);
			} finally {
				liner.sandbox.account.apiKey = liner.sandbox.apiKey;
			}
		});
	});

	it('is cut in the credential test', async () => {
		const { apiKey, host } = liner.sandbox;
		const name = apiKey + 'x'.repeat(2_000);
		liner.sandbox.misbehave([success({ [name]: { success: false } })]);
		await expect(liner.engine.testCredential({ host, apiKey })).resolves.toEqual({
			status: 'Error',
			message: `The host and the API key are correct, but Liner reports that its service '[API key]${'x'.repeat(491)}... (cut, 2,009 characters)' is down. Try again later or contact Liner's support.`,
		});
	});
});

describe('what Liner says of an accepted lead', () => {
	const accept = async (data: unknown) => {
		liner.sandbox.misbehave([success(data)]);
		const { outputs, bodies } = await liner.run([{}], { operation: 'createAsync' });
		expect(bodies).toEqual([requiredBody]);
		return outputs?.[0][0].json;
	};

	it('is output as far as it fits into an item, and the rest is named', async () => {
		await expect(
			accept({ jobId: 7, echo: 'x'.repeat(20_000), state: 'queued', [`y${'z'.repeat(10_000)}`]: 1 }),
		).resolves.toEqual({
			accepted: true,
			jobId: 7,
			state: 'queued',
			omittedFields: `echo, y${'z'.repeat(59)}... (cut, 10,001 characters)`,
		});
		await expect(accept(Array(20_000).fill(1))).resolves.toEqual({ accepted: true, omittedFields: 'data' });
		const fits = { a: 'x'.repeat(4_992), b: 'x'.repeat(4_992) };
		await expect(accept(fits)).resolves.toEqual({ accepted: true, ...fits });
		await expect(accept({ ...fits, c: 1 })).resolves.toEqual({ accepted: true, ...fits, omittedFields: 'c' });
	});

	it('is cut off where it is too deep', async () => {
		const deep = JSON.parse('['.repeat(500) + ']'.repeat(500)) as unknown;
		const json = await accept({ jobId: 7, deep });
		expect(JSON.stringify(json)).toBe(
			`{"accepted":true,"jobId":7,"deep":${'['.repeat(99)}"[too deep]"${']'.repeat(99)}}`,
		);
	});

	it('is free of the key', async () => {
		const { apiKey } = liner.sandbox;
		await expect(accept({ [apiKey]: { a: [`x${apiKey}`, encodeURIComponent(apiKey)] } })).resolves.toEqual({
			accepted: true,
			'[API key]': { a: ['x[API key]', '[API key]'] },
		});
	});
});

it('a run of many leads leaves no timer behind', async () => {
	const timers = () => process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length;
	const before = timers();
	const items = Array.from({ length: 100 }, (_, item) => ({ json: { phone: String(79300000000 + item) } }));
	const run = await liner.engine.run(
		linerWorkflow(items, { ...requiredParameters, phone: '={{ $json.phone }}' }),
	);
	expect(outputsOf(run, 'Liner')?.[0]).toHaveLength(100);
	// The timers of an older n8n cannot be ended, but are short.
	await sleep(1_100);
	expect(timers()).toBeLessThanOrEqual(before + 2);
});

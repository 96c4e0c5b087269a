import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';

import { requiredBody, useLiner } from '../support/fixture';
import { faults, type Fault } from '../../sandbox/sandbox';

const liner = useLiner();

/** One request for each item and no lookup: only what the failure itself says. */
const once = { options: { concurrency: 1, maxRetries: 0, onUnknown: 'fail' } };

const CREATE = 'POST /v2/lead/create/';

const UNKNOWN =
	'The lead may have been created all the same: look for its phone number in Liner before you send the item again.';
const IN_DOUBT = ' 1 item with an unknown outcome: item 0.';
const NONE = 'No lead was created for this item.';
const FIX_INPUT = `Correct what Liner names and send the item again. ${NONE}`;
const FIX_KEY = `Check 'API Key' in the Liner credential, and what its integration may do in Liner. ${NONE}`;
const FIX_HOST = `Check 'Host' and 'API Key' in the Liner credential. ${NONE}`;
const FIX_PROXY = `Check 'Host' in the Liner credential, and any proxy on the way. ${UNKNOWN}`;
const FIX_REDIRECT = `Correct 'Host' in the Liner credential to the new address. ${NONE}`;

/** How to fix it, with the HTTP status at the end of the last sentence. */
const withStatus = (description: string, httpCode: number) =>
	description.replace(/\.$/, ` (HTTP ${httpCode}).`);

const unreadable = (body: string, status = 200): Fault => ({ answer: { status, body } });

/** What Liner does, the message, how to fix it, the HTTP status. */
const cases: Array<[title: string, fault: Fault, message: string, description: string, httpCode: number]> = [
	[
		'success: false with 200',
		faults.refusal(200, 'Заказ не найден'),
		'Liner rejected the lead: Заказ не найден',
		FIX_INPUT,
		200,
	],
	[
		'success: false without a message',
		faults.refusal(400, ''),
		'Liner rejected the lead without a reason',
		FIX_INPUT,
		400,
	],
	['400', faults.refusal(400, 'Bad phone'), 'Liner rejected the lead: Bad phone', FIX_INPUT, 400],
	['401', faults.refusal(401, 'Unknown key'), 'Liner did not accept the API key: Unknown key', FIX_KEY, 401],
	['403', faults.refusal(403, ''), 'Liner does not allow the API key to do this', FIX_KEY, 403],
	[
		'404 from Liner',
		faults.refusal(404, 'No such order'),
		'Liner rejected the lead: No such order',
		FIX_INPUT,
		404,
	],
	[
		'404 from another server',
		faults.webPage(404),
		'The host in the Liner credential does not answer like Liner: the answer is a web page',
		FIX_HOST,
		404,
	],
	[
		'403 from another server',
		unreadable('', 403),
		'The host in the Liner credential does not answer like Liner: the answer is empty',
		FIX_HOST,
		403,
	],
	['409', faults.refusal(409, 'Exists'), 'Liner rejected the lead: Exists', FIX_INPUT, 409],
	['422', faults.refusal(422, 'Bad status'), 'Liner rejected the lead: Bad status', FIX_INPUT, 422],
	[
		'words that n8n would replace',
		faults.refusal(422, 'ENOENT eacces'),
		'Liner rejected the lead: ENOENT eacces',
		FIX_INPUT,
		422,
	],
	[
		'429 with seconds',
		faults.tooManyRequests('30'),
		'Liner takes no more requests for now: Too many requests',
		`Liner asks to wait 30 seconds before the next request. ${NONE}`,
		429,
	],
	[
		'429 without Retry-After',
		faults.webPage(429),
		'Liner takes no more requests for now',
		`Wait a little before the next request. ${NONE}`,
		429,
	],
	['500 with words', faults.refusal(500, 'Сбой'), 'Liner could not finish the request: Сбой', UNKNOWN, 500],
	['502 from a proxy', faults.webPage(502), 'Liner could not finish the request', UNKNOWN, 502],
	['408', unreadable('', 408), 'Liner could not finish the request', UNKNOWN, 408],
	[
		'a redirect',
		faults.redirect('https://new.example.com/'),
		'The host in the Liner credential redirects to https://new.example.com/',
		FIX_REDIRECT,
		301,
	],
	[
		'a redirect without an address',
		{ answer: { status: 307, body: '' } },
		'The host in the Liner credential redirects to another address',
		FIX_REDIRECT,
		307,
	],
	['a web page', faults.webPage(), "The answer is not one of Liner's: it is a web page", FIX_PROXY, 200],
	['an empty answer', faults.emptyAnswer(), "The answer is not one of Liner's: it is empty", FIX_PROXY, 200],
	['half of the JSON', faults.cutJson(), "The answer is not one of Liner's: it is cut off", FIX_PROXY, 200],
	[
		'JSON without an envelope',
		unreadable('[1]'),
		"The answer is not one of Liner's: it has an unexpected format",
		FIX_PROXY,
		200,
	],
	[
		'null',
		unreadable('null'),
		"The answer is not one of Liner's: it has an unexpected format",
		FIX_PROXY,
		200,
	],
];

const withoutId: Array<[title: string, data: unknown, returned: string]> = [
	['no data', undefined, 'no lead ID'],
	['data: null', null, 'no lead ID'],
	['data: {}', {}, 'no lead ID'],
	['data: []', [], 'no lead ID'],
	['id: null', { id: null }, 'no lead ID'],
	['id: ""', { id: '' }, '"" as the lead ID'],
	['id: 0', { id: 0 }, '0 as the lead ID'],
	['id: true', { id: true }, 'true as the lead ID'],
	[
		'an id with more digits than a JSON number can represent',
		{ id: 2 ** 53 },
		'9007199254740992 as the lead ID',
	],
];

describe('an answer without a lead', () => {
	it.each(cases)('%s', async (_, fault, message, description, httpCode) => {
		liner.sandbox.misbehave([fault]);
		const isUnknown = description.includes(UNKNOWN);
		const { run, bodies, outputs, error } = await liner.run([{}, {}], once);
		expect(liner.requestLog()).toEqual([`${CREATE} (fault)`]);
		expect(run.status).toBe('error');
		expect(outputs).toBeUndefined();
		expect(bodies).toEqual([requiredBody]);
		expect(error).toMatchObject({
			name: 'NodeApiError',
			message: `${message} [item 0]`,
			description: `${withStatus(description, httpCode)} No other lead was created in this run.${isUnknown ? IN_DOUBT : ''} 1 item not sent.`,
			httpCode: String(httpCode),
			context: { itemIndex: 0, data: { created: [], unknown: isUnknown ? [0] : [], notSent: 1 } },
		});
	});

	it.each(cases)('%s, as an error item', async (_, fault, message, description, httpCode) => {
		liner.sandbox.misbehave([undefined, fault]);
		const { outputs } = await liner.run([{ row: 'a' }, { row: 'b' }], once, {
			onError: 'continueErrorOutput',
		});
		expect(liner.requestLog()).toEqual([CREATE, `${CREATE} (fault)`]);
		expect(outputs).toEqual([
			[{ json: { id: expect.any(Number) as number }, pairedItem: { item: 0 } }],
			[
				{
					json: { row: 'b', error: `${message} [item 1]. ${withStatus(description, httpCode)}` },
					pairedItem: { item: 1 },
				},
			],
		]);
	});

	it.each(withoutId)('success with %s', async (_, data, returned) => {
		liner.sandbox.misbehave([faults.envelope({ success: true, message: '', data })]);
		const { error } = await liner.run([{}], once);
		expect(error).toMatchObject({
			message: `Liner reported success but returned ${returned} [item 0]`,
			description: `${UNKNOWN}${IN_DOUBT}`,
		});
	});
});

describe('no answer', () => {
	async function runAgainst(host: string, options = {}) {
		const parameters = { options: { ...once.options, ...options } };
		liner.engine.credentials.liner = { type: 'linerApi', data: { host, apiKey: liner.sandbox.apiKey } };
		const stopped = await liner.run([{}], parameters);
		const continued = await liner.run([{}], parameters, { onError: 'continueRegularOutput' });
		return { error: stopped.error, item: continued.outputs?.[0][0] };
	}

	const hostOf = (url: string) => new URL(url).host;

	it.each<[string, Fault]>([
		['a connection that closes before the lead is stored', faults.closeBeforeStoring()],
		['a connection that closes after the lead is stored', faults.closeAfterStoring()],
		['a connection that closes in the middle of the answer', faults.cutConnection()],
	])('%s', async (_, fault) => {
		liner.sandbox.misbehave([fault, fault]);
		const { error, item } = await runAgainst(liner.sandbox.host);
		expect(liner.requestLog()).toEqual([`${CREATE} (fault)`, `${CREATE} (fault)`]);
		const message = `The connection to ${hostOf(liner.sandbox.host)} broke before the answer was complete [item 0]`;
		expect(error).toMatchObject({
			message,
			description: `${UNKNOWN}${IN_DOUBT}`,
		});
		expect(item).toEqual({ json: { error: `${message}. ${UNKNOWN}` }, pairedItem: { item: 0 } });
	});

	it('a timeout', async () => {
		liner.sandbox.misbehave([faults.slowAnswer(400), faults.slowAnswer(400)]);
		const { error, item } = await runAgainst(liner.sandbox.host, { timeout: 150 });
		expect(liner.requestLog()).toEqual([`${CREATE} (fault)`, `${CREATE} (fault)`]);
		const message = 'Liner did not answer within 0.15 seconds [item 0]';
		const description = `${UNKNOWN} To wait longer, raise 'Timeout' in the options of the node.`;
		expect(error).toMatchObject({
			message,
			description: `${description}${IN_DOUBT}`,
		});
		expect(item).toEqual({ json: { error: `${message}. ${description}` }, pairedItem: { item: 0 } });
	});

	it('a refused connection', async () => {
		const server = createServer().listen(0, '127.0.0.1');
		await new Promise((resolve) => server.once('listening', resolve));
		const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
		await new Promise((resolve) => server.close(resolve));

		const { error, item } = await runAgainst(`http://${host}`);
		const description = `Check 'Host' in the Liner credential, and that Liner can be reached from where n8n runs. ${NONE}`;
		expect(error).toMatchObject({
			message: `${host} refused the connection [item 0]`,
			description: `${description}`,
		});
		expect(item?.json).toEqual({ error: `${host} refused the connection [item 0]. ${description}` });
	});

	it('a host that DNS does not know', async () => {
		const { error } = await runAgainst('liner.invalid');
		expect(error).toMatchObject({
			message: 'The host liner.invalid cannot be found [item 0]',
			description: `Check the spelling of 'Host' in the Liner credential, and the DNS settings of where n8n runs. ${NONE}`,
		});
	});

	it('a host that does not speak TLS', async () => {
		const host = hostOf(liner.sandbox.host);
		const { error } = await runAgainst(`https://${host}`);
		expect(error?.message).toBe(
			`No secure connection to ${host} is possible: it does not answer in TLS [item 0]`,
		);
		expect(error?.description).toBe(
			`Check 'Host' in the Liner credential. A server without TLS needs http:// in front. ${NONE}`,
		);
	});
});

describe('the key', () => {
	it('is hidden where an answer echoes it', async () => {
		const { apiKey } = liner.sandbox;
		liner.sandbox.misbehave([faults.refusal(401, `The key ${apiKey} is unknown, ${apiKey}!`)]);
		// The fixture asserts that it is nowhere in this or any other run.
		const { error } = await liner.run([{}], once);
		expect(error?.message).toBe(
			'Liner did not accept the API key: The key [API key] is unknown, [API key]! [item 0]',
		);
	});

	it('is hidden in every form in which it may be echoed', async () => {
		const apiKey = 'a+b/c=="d\\e';
		liner.engine.credentials.liner = { type: 'linerApi', data: { host: liner.sandbox.host, apiKey } };
		const forms = [apiKey, encodeURIComponent(apiKey), JSON.stringify(apiKey).slice(1, -1)];
		liner.sandbox.misbehave(() => faults.refusal(401, forms.join(' ')));
		const { error } = await liner.run([{}], once);
		expect(error?.message).toBe('Liner did not accept the API key: [API key] [API key] [API key] [item 0]');
	});

	it('is hidden in a redirect and in an error item', async () => {
		const { apiKey } = liner.sandbox;
		liner.sandbox.misbehave([faults.redirect(`https://${apiKey}@x.example/${apiKey}/?key=${apiKey}`)]);
		const { outputs } = await liner.run([{}], once, { onError: 'continueRegularOutput' });
		expect(outputs?.[0][0].json.error).toContain('redirects to https://x.example/[API key]/ [item 0]');
	});

	it('does not follow a redirect', async () => {
		const before = liner.sandbox.requests.length;
		liner.sandbox.misbehave([faults.redirect('/elsewhere/', 302), faults.redirect('/elsewhere/', 307)]);
		await liner.run([{}], once, { onError: 'continueRegularOutput' });
		await liner.run([{}], once, { onError: 'continueRegularOutput' });
		expect(liner.sandbox.requests.slice(before).map(({ url }) => url)).toEqual([
			'/v2/lead/create/',
			'/v2/lead/create/',
		]);
	});
});

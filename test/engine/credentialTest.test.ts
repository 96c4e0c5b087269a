import { useLiner } from '../support/fixture';
import { faults, type Fault } from '../../sandbox/sandbox';

const liner = useLiner();

const test = async (data: { host?: string; apiKey?: string } = {}) =>
	await liner.engine.testCredential({ host: liner.sandbox.host, apiKey: liner.sandbox.apiKey, ...data });

describe('the credential test', () => {
	it('passes when Liner reports success, and creates nothing', async () => {
		const leads = liner.sandbox.leads.length;
		await expect(test()).resolves.toEqual({ status: 'OK', message: 'Connection successful!' });
		const { method, url, headers } = liner.sandbox.requests.at(-1)!;
		expect(`${method} ${url}`).toBe('GET /v1/health/check/');
		expect(headers).toMatchObject({
			'x-api-key': liner.sandbox.apiKey,
			'content-type': 'application/json',
		});
		expect(liner.sandbox.leads).toHaveLength(leads);
	});

	it.each(['/', '//'])('passes with %j after the host', async (suffix) => {
		await expect(test({ host: liner.sandbox.host + suffix })).resolves.toMatchObject({ status: 'OK' });
	});

	it.each<[title: string, fault: Fault, message: string]>([
		[
			'a web page',
			faults.webPage(),
			"The answer is not one of Liner's: it is a web page. Check 'Host' in the Liner credential, and any proxy on the way (HTTP 200).",
		],
		[
			'success: false',
			faults.refusal(200, 'Сервис недоступен'),
			"Liner rejected the request: Сервис недоступен. Check 'Host' and 'API Key' in the Liner credential (HTTP 200).",
		],
		[
			'an empty answer',
			faults.emptyAnswer(),
			"The answer is not one of Liner's: it is empty. Check 'Host' in the Liner credential, and any proxy on the way (HTTP 200).",
		],
		[
			'a redirect',
			faults.redirect('https://new.example.com/v1/health/check/'),
			"The host in the Liner credential redirects to https://new.example.com. Correct 'Host' in the Liner credential to the new address (HTTP 301).",
		],
		[
			'404',
			faults.webPage(404),
			"The host in the Liner credential does not answer like Liner: the answer is a web page. Check 'Host' and 'API Key' in the Liner credential (HTTP 404).",
		],
		[
			'500',
			faults.webPage(500),
			"Liner could not finish the request. Check 'Host' in the Liner credential, or try again later (HTTP 500).",
		],
		[
			'429',
			faults.tooManyRequests('5'),
			'Liner takes no more requests for now: Too many requests. Liner asks to wait 5 seconds before the next request (HTTP 429).',
		],
		[
			'a service that is down',
			faults.envelope({
				success: true,
				message: '',
				data: { database: { success: true }, telephony: { success: false } },
			}),
			"The host and the API key are correct, but Liner reports that its service 'telephony' is down. Try again later or contact Liner's support.",
		],
	])('is red for %s', async (_, fault, message) => {
		liner.sandbox.misbehave([fault]);
		await expect(test()).resolves.toEqual({ status: 'Error', message });
		expect(liner.requestLog()).toEqual(['GET /v1/health/check/ (fault)']);
	});

	it.each([
		null,
		undefined,
		'ok',
		[],
		{},
		{ db: false },
		{ db: { success: 'false' } },
		{ db: { success: 0 } },
	])('fails when nothing in %j reports success', async (data) => {
		liner.sandbox.misbehave([faults.envelope({ success: true, message: '', data })]);
		await expect(test()).resolves.toEqual({
			status: 'Error',
			message: "The answer does not come from Liner's health check. Check 'Host' in the Liner credential.",
		});
	});

	it('hides the key even when it is the name of a service', async () => {
		const data = { [liner.sandbox.apiKey]: { success: false } };
		liner.sandbox.misbehave([faults.envelope({ success: true, message: '', data })]);
		expect((await test()).message).toContain("its service '[API key]' is down");
	});

	it('fails with a wrong key', async () => {
		await expect(test({ apiKey: 'wrong-key' })).resolves.toEqual({
			status: 'Error',
			message:
				"Liner did not accept the API key: Invalid API key. Check 'API Key' in the Liner credential, and what its integration may do in Liner (HTTP 401).",
		});
	});

	it.each([
		[
			'',
			"The host of Liner is missing. Enter it like liner.example.com or https://liner.example.com in the Liner credential's 'Host'.",
		],
		[
			'https://liner.invalid',
			"The host liner.invalid cannot be found. Check the spelling of 'Host' in the Liner credential, and the DNS settings of where n8n runs.",
		],
	])('is red for the host %j', async (host, message) => {
		await expect(test({ host })).resolves.toEqual({ status: 'Error', message });
	});

	it('hides the key where an answer echoes it', async () => {
		liner.sandbox.misbehave([faults.refusal(401, `No key ${liner.sandbox.apiKey}`)]);
		const { message } = await test();
		expect(message).toContain('No key [API key]');
	});
});

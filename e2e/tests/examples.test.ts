import { AmoCrm } from '../amoCrm';
import { Bitrix24 } from '../bitrix24';
import { exampleFiles, readExampleFile, setUp, type Example, type Setup } from '../examples';
import { GoogleSpreadsheet } from '../googleSheets';
import { N8n, type CreatedWorkflow, type Execution } from '../n8n';
import { startOutside, type Outside } from '../outside';
import { Telegram } from '../telegram';
import type { Credentials } from '../workflows';
import { FIRST_LEAD_ID, startSandbox, type Sandbox } from '../../sandbox/sandbox';

import { setTimeout as sleep } from 'node:timers/promises';

const GOOGLE_TOKEN = 'google-access-token';
const SPREADSHEET_ID = '1aBcDeFgHiJkLmNoPqRsTuVwXyZ0123456789abcdefg';
const BOT_TOKEN = '123456789:AAE-telegram-bot-token';
const CHAT_ID = '-1001234567890';
const BITRIX24_SECRET = 'a1b2c3d4e5f6g7h8';
const BITRIX24_TOKEN = '51856fefc120afa4b628cc82d3935cce';
const AMOCRM_TOKEN = 'amocrm-long-lived-token';
const AMOCRM_SECRET = 'a-long-secret-of-our-own';

const NO_PHONE = "'Phone' is empty. Fill it in, or check that the column it is mapped to has a value.";
const noPhoneNumber = (value: string, item = '') =>
	`'Phone' is "${value}", which is not a phone number${item}. Enter 7 to 15 digits that begin with the country code, e.g. 79001234567 or +7 900 123-45-67.`;
const noSuchOrder = (value: string) =>
	`'Order ID' is ${value}, but Liner has no such order. Correct the value, or leave it empty to use the order that is chosen in the node, if any.`;

/** How long n8n waits before it runs a node again, in milliseconds: a faster run was not a retry. */
const WAIT_BETWEEN_TRIES = 5_000;

const spreadsheet = new GoogleSpreadsheet(
	SPREADSHEET_ID,
	'Leads',
	[
		['Phone', 'Name', 'Order ID', 'Source Comment', 'Segment', 'Lead ID', 'Liner Error'],
		[79001234501, 'Anna Petrova', '', '', 'VIP', '', ''],
		['+7 900 123-45-02', 'Ivan Sidorov', 502, 'Is a lead already', '', 42, ''],
		['no number', 'Petr Ivanov', '', '', '', '', ''],
		['', '', '', '', '', '', ''],
		['+44 20 7946 0958', 'Emily Clarke', 999, 'Calls from London', '', '', ''],
		['8 (900) 123-45-07', 'Olga Kim', 502, '', 'cold', '', 'What was wrong before'],
	],
	GOOGLE_TOKEN,
);
const telegram = new Telegram(BOT_TOKEN, CHAT_ID);

const bitrix24 = new Bitrix24('river-park.bitrix24.com', BITRIX24_SECRET, [
	{
		ID: '101',
		NAME: 'Anna',
		LAST_NAME: 'Petrova',
		COMMENTS: 'Two rooms, in May',
		PHONE: [
			{ VALUE_TYPE: 'WORK', VALUE: '+7 900 123-45-01' },
			{ VALUE_TYPE: 'HOME', VALUE: '+7 900 999-99-99' },
		],
	},
	{ ID: '102', NAME: '', LAST_NAME: null, COMMENTS: null },
]);

const withPhone = (value: string) => [
	{ field_code: null, values: [{ value: 'Manager' }] },
	{ field_code: 'PHONE', values: [{ value, enum_code: 'WORK' }] },
];
const amoCrm = new AmoCrm(
	'riverpark.amocrm.ru',
	AMOCRM_TOKEN,
	[
		{
			id: 201,
			contacts: [
				{ id: 301, is_main: false },
				{ id: 302, is_main: true },
			],
		},
		{ id: 202, contacts: [{ id: 303, is_main: true }] },
		{ id: 203, contacts: [] },
		{ id: 205, contacts: [{ id: 304, is_main: true }] },
	],
	[
		{ id: 301, name: 'Husband of Anna', custom_fields_values: withPhone('+7 900 999-99-99') },
		{ id: 302, name: 'Anna Petrova', custom_fields_values: withPhone('+7 900 123-45-01') },
		{ id: 303, name: 'Ivan Sidorov', custom_fields_values: null },
		{ id: 304, name: 'Olga Kim', custom_fields_values: withPhone('7 (900) 123-45-05') },
	],
);

let outside: Outside;
let n8n: N8n;
let credentials: Credentials;
/** A new one for each example. */
let sandbox: Sandbox;

beforeAll(async () => {
	outside = await startOutside([spreadsheet, telegram, bitrix24, amoCrm].flatMap(({ routes }) => routes));
	n8n = await N8n.start({ environment: outside.environment });
	credentials = {
		...(await addCredential('googleSheetsOAuth2Api', {
			clientId: 'client',
			clientSecret: 'client-secret',
			oauthTokenData: { access_token: GOOGLE_TOKEN, token_type: 'Bearer' },
		})),
		...(await addCredential('telegramApi', { accessToken: BOT_TOKEN })),
		...(await addCredential('httpBearerAuth', { token: AMOCRM_TOKEN })),
	};
});

afterAll(async () => {
	await n8n?.stop();
	await outside?.close();
});

beforeEach(async () => {
	outside.requests.length = 0;
	outside.refused.length = 0;
	sandbox = await startSandbox();
	const { host, apiKey } = sandbox;
	Object.assign(credentials, await addCredential('linerApi', { host, apiKey }));
});

afterEach(async () => {
	await sandbox?.close();
});

async function addCredential(type: string, data: Record<string, unknown>): Promise<Credentials> {
	return { [type]: { id: await n8n.createCredential(type, type, data), name: type } };
}

/** An example that has been imported and set up. */
type Imported = CreatedWorkflow & Example;

async function importExample(file: string, setup: Omit<Setup, 'credentials'> = {}): Promise<Imported> {
	const example = setUp(JSON.parse(readExampleFile(file)) as Example, { ...setup, credentials });
	return { ...example, ...(await n8n.createWorkflow(example)) };
}

/** Imports an example that begins with a trigger, and activates it. */
async function publishExample(file: string, setup?: Omit<Setup, 'credentials'>): Promise<Imported> {
	const workflow = await importExample(file, setup);
	await n8n.activate(workflow);
	return workflow;
}

function findNode({ nodes }: Example, type: string) {
	const node = nodes.find((node) => node.type === `n8n-nodes-base.${type}`);
	if (node === undefined) throw new Error(`There is no node ${type}`);
	return node;
}

/** Posts to a workflow until it is available: it may have been activated a moment ago. */
async function post(url: string, body?: URLSearchParams | FormData | string): Promise<Response> {
	const headers: Record<string, string> =
		typeof body === 'string' ? { 'content-type': 'application/json' } : {};
	for (;;) {
		const answer = await fetch(url, { method: 'POST', body, headers });
		if (answer.status !== 404) return answer;
		await sleep(250);
	}
}

/** @param body As JSON text. */
async function callWebhook(
	workflow: Imported,
	body?: FormData | URLSearchParams | string,
	query = '',
): Promise<Response> {
	const { path } = findNode(workflow, 'webhook').parameters as { path: string };
	return await post(`${n8n.url}/webhook/${path}${query}`, body);
}

/** Sends a form to a webhook that answers at once, as a CRM does. */
async function notify(workflow: Imported, fields: Record<string, string>, query?: string): Promise<void> {
	const { ok } = await callWebhook(workflow, new URLSearchParams(fields), query);
	expect(ok).toBe(true);
}

/** Uploads a file with the form that a workflow begins with, as a browser does. */
async function uploadFile(workflow: Imported, text: string): Promise<void> {
	const form = new FormData();
	form.set('field-0', new File([text], 'leads.csv', { type: 'text/csv' }));
	const { ok } = await post(`${n8n.url}/form/${findNode(workflow, 'formTrigger').webhookId}`, form);
	expect(ok).toBe(true);
}

/** Waits until a workflow has run successfully. */
async function untilRun({ id }: Imported): Promise<Execution> {
	const execution = await n8n.nextExecution(id);
	expect([execution.status, execution.data.resultData.error]).toEqual(['success', undefined]);
	return execution;
}

/** The output items of a node. */
const itemsOf = ({ data }: Execution, node: string) =>
	(data.resultData.runData[node] ?? []).flatMap(({ data }) => data?.main[0]?.map(({ json }) => json) ?? []);

/** The leads in Liner, without what it adds besides the ID. */
const leads = () =>
	sandbox.leads.map(
		(lead): Record<string, unknown> =>
			Object.fromEntries(
				Object.entries(lead).filter(([field]) => !['createMethod', 'createdAt', 'updatedAt'].includes(field)),
			),
	);

/** Takes the requests that a service has received, each with its body if it has one. */
function takeRequests(host: string): unknown[][] {
	const taken = outside.requests.filter((request) => request.host === host);
	for (const request of taken) outside.requests.splice(outside.requests.indexOf(request), 1);
	return taken.map(({ method, url, body }) => [`${method} ${url}`, ...(body ? [body] : [])]);
}

/** For requests that n8n's own nodes send at the same time. */
const inAnyOrder = (requests: unknown[][]) => requests.map((request) => JSON.stringify(request)).sort();

/** How each example is run, and the expected result. */
const scenarios: Record<string, (file: string) => Promise<void>> = {
	'amocrm-leads-to-liner.json': async (file) => {
		const workflow = await publishExample(file, {
			orderId: 501,
			placeholders: { 'YOUR-ACCOUNT': 'riverpark', 'YOUR-LONG-SECRET': AMOCRM_SECRET },
		});
		const addLeads = async (ids: number[], secret = AMOCRM_SECRET) => {
			const fields = ids.flatMap((id, index) =>
				Object.entries({ id, name: 'New', status_id: 1, pipeline_id: 2 }).map(([field, value]) => [
					`leads[add][${index}][${field}]`,
					String(value),
				]),
			);
			const account = { 'account[subdomain]': 'riverpark', 'account[id]': '7' };
			await notify(workflow, { ...Object.fromEntries(fields), ...account }, `?secret=${secret}`);
			await untilRun(workflow);
		};
		const toNote = (reason: string) => [{ note_type: 'common', params: { text: `Not in Liner: ${reason}` } }];

		await addLeads([201], 'a-guess');
		expect(takeRequests(amoCrm.host)).toEqual([]);

		// 204 has been deleted meanwhile.
		await addLeads([201, 202, 203, 204, 205]);
		expect(leads()).toEqual([
			{
				id: FIRST_LEAD_ID,
				leadType: 'straight',
				phone: '+79001234501',
				orderId: 501,
				orderCode: 'river-park',
				externalIdAmo: '201',
				name: 'Anna Petrova',
			},
			expect.objectContaining({ phone: '79001234505', externalIdAmo: '205', name: 'Olga Kim' }),
		]);
		expect(inAnyOrder(takeRequests(amoCrm.host))).toEqual(
			inAnyOrder([
				...[201, 202, 203, 204, 205].map((id) => [`GET /api/v4/leads/${id}?with=contacts`]),
				...[302, 303, 304].map((id) => [`GET /api/v4/contacts/${id}`]),
				['POST /api/v4/leads/202/notes', toNote(NO_PHONE)],
				['POST /api/v4/leads/203/notes', toNote('The lead has no contact, and so no phone number.')],
			]),
		);

		await addLeads([205, 201]);
		expect(leads()).toHaveLength(2);
		expect(inAnyOrder(takeRequests(amoCrm.host))).toEqual(
			inAnyOrder([
				...[205, 201].map((id) => [`GET /api/v4/leads/${id}?with=contacts`]),
				...[304, 302].map((id) => [`GET /api/v4/contacts/${id}`]),
			]),
		);
	},

	'big-file-in-batches.json': async (file) => {
		const workflow = await publishExample(file, { orderId: 501 });
		const phones = Array.from({ length: 1_050 }, (_, index) => String(79001000000 + index));
		// The first row of the second batch, so that n8n runs the node again for the whole batch, and one of the third.
		phones[500] = 'none';
		phones[1_001] = 'nobody';
		await uploadFile(
			workflow,
			['Phone,Name', ...phones.map((phone) => `${phone},Client ${phone}`)].join('\n'),
		);

		const execution = await untilRun(workflow);

		expect(execution.data.resultData.runData['Create leads']).toHaveLength(3);
		expect(itemsOf(execution, 'Summary')).toEqual([
			{
				rows: 1_050,
				created: 1_048,
				failed: 2,
				failedRows: [
					{ row: 502, error: noPhoneNumber('none') },
					{ row: 1_003, error: noPhoneNumber('nobody') },
				],
			},
		]);
		const sent = leads().map(({ phone, name }) => [phone, name]);
		expect(sent.sort()).toEqual(
			phones.filter((phone) => /\d/.test(phone)).map((phone) => [phone, `Client ${phone}`]),
		);
	},

	'bitrix24-leads-to-liner.json': async (file) => {
		const workflow = await publishExample(file, {
			orderId: 501,
			placeholders: {
				'YOUR-ACCOUNT': 'river-park',
				'YOUR-SECRET': BITRIX24_SECRET,
				'YOUR-APPLICATION-TOKEN': BITRIX24_TOKEN,
			},
		});
		const addLead = async (id: string, { event = 'ONCRMLEADADD', token = BITRIX24_TOKEN } = {}) => {
			await notify(workflow, {
				event,
				'data[FIELDS][ID]': id,
				ts: '1742807175',
				'auth[domain]': bitrix24.host,
				'auth[application_token]': token,
			});
			await untilRun(workflow);
		};
		const toRequest = (method: string, body: object) => [`POST /rest/1/${BITRIX24_SECRET}/${method}`, body];

		await addLead('101', { token: 'a-guess' });
		await addLead('101', { event: 'ONCRMLEADUPDATE' });
		await callWebhook(workflow);
		await untilRun(workflow);
		expect(takeRequests(bitrix24.host)).toEqual([]);

		await addLead('101');
		await addLead('102');
		await addLead('101');
		expect(leads()).toEqual([
			{
				id: FIRST_LEAD_ID,
				leadType: 'straight',
				phone: '+79001234501',
				orderId: 501,
				orderCode: 'river-park',
				externalIdBitrix24: '101',
				name: 'Anna Petrova',
				sourceComment: 'Two rooms, in May',
			},
		]);
		expect(takeRequests(bitrix24.host)).toEqual([
			toRequest('crm.lead.get', { id: '101' }),
			toRequest('crm.lead.get', { id: '102' }),
			toRequest('crm.timeline.comment.add', {
				fields: { ENTITY_ID: '102', ENTITY_TYPE: 'lead', COMMENT: `Not in Liner: ${NO_PHONE}` },
			}),
			toRequest('crm.lead.get', { id: '101' }),
		]);
	},

	'csv-upload-to-leads.json': async (file) => {
		const workflow = await publishExample(file);
		await uploadFile(workflow, readExampleFile('leads.csv'));
		const execution = await untilRun(workflow);

		expect(itemsOf(execution, 'Created leads')).toEqual(leads().map(({ id }) => ({ id })));
		expect(leads()).toHaveLength(18);
		expect(leads()).toContainEqual(
			expect.objectContaining({
				leadType: 'selection',
				phone: '+12125550142',
				orderId: 506,
				orderCode: 'garden-city-quiz',
				name: "John O'Neil",
				sourceComment: 'Q1: 2 rooms; Q2: mortgage; Q3: "soon"',
				utcOffset: -5,
				priority: -1,
				customValues: { '13': 2 },
			}),
		);
		expect(itemsOf(execution, 'Rows to correct')).toEqual([
			expect.objectContaining({
				Name: 'Пётр Безномерный',
				error: noPhoneNumber('нет номера', ' [item 9]'),
			}),
			expect.objectContaining({
				Name: 'Тимур Алиев',
				error: expect.stringContaining('Order 999 not found [item 13]'),
			}),
		]);
	},

	'failed-rows-to-telegram.json': async (file) => {
		const workflow = await publishExample(file, {
			orderId: 501,
			placeholders: { 'YOUR-CHAT-ID': CHAT_ID },
		});
		const upload = async (rows: string[]) => {
			await uploadFile(workflow, ['Phone,Name,Order ID', ...rows].join('\n'));
			await untilRun(workflow);
			return takeRequests('api.telegram.org').map(([request]) => request);
		};
		const message = `POST /bot${BOT_TOKEN}/sendMessage`;

		const someFail = ['79001234501,Anna Petrova,', 'none,<b>&_,', '79001234502,,999'];
		expect(await upload(someFail)).toEqual([message]);
		expect(telegram.messages).toEqual([
			[
				'2 of 3 rows did not become leads in Liner',
				`Row 3, <b>&_, none: ${noPhoneNumber('none')}`,
				`Row 4, 79001234502: ${noSuchOrder('"999"')}`,
			].join('\n\n'),
		]);
		expect(leads()).toEqual([
			{
				id: FIRST_LEAD_ID,
				leadType: 'straight',
				phone: '79001234501',
				orderId: 501,
				orderCode: 'river-park',
				name: 'Anna Petrova',
			},
		]);

		expect(await upload(['79001234503,,', '79001234504,,'])).toEqual([]);

		expect(await upload(['79001234505,,', ...Array.from({ length: 100 }, () => 'none,&&&,')])).toEqual([
			message,
		]);
		expect(telegram.messages[1]).toMatch(
			/^100 of 101 rows did not become leads in Liner\n\nRow 3, &&&, none: .* \.\.\.$/s,
		);
		expect(leads()).toHaveLength(4);
	},

	'google-sheets-to-leads.json': async (file) => {
		const workflow = await importExample(file, {
			orderId: 501,
			placeholders: { 'YOUR-SPREADSHEET-ID': SPREADSHEET_ID },
		});
		const run = async () => {
			const { name } = findNode(workflow, 'scheduleTrigger');
			await n8n.request('POST', `/rest/workflows/${workflow.id}/run`, { triggerToStartFrom: { name } });
			await untilRun(workflow);
			return takeRequests('sheets.googleapis.com').filter(([request]) => !String(request).startsWith('GET'));
		};
		const toUpdate = (cells: Record<string, string | number>) => [
			`POST /v4/spreadsheets/${SPREADSHEET_ID}/values:batchUpdate`,
			{
				valueInputOption: 'RAW',
				data: Object.entries(cells).map(([cell, value]) => ({ range: `Leads!${cell}`, values: [[value]] })),
			},
		];
		const [anna, olga, petr] = [0, 1, 2].map((index) => FIRST_LEAD_ID + index);

		expect(await run()).toEqual([
			toUpdate({ F2: anna, G2: '', F7: olga, G7: '' }),
			toUpdate({ G4: noPhoneNumber('no number'), G6: noSuchOrder('999') }),
		]);
		expect(leads()).toEqual([
			{
				id: anna,
				leadType: 'straight',
				phone: '79001234501',
				orderId: 501,
				orderCode: 'river-park',
				name: 'Anna Petrova',
				customValues: { '12': 'vip' },
			},
			{
				id: olga,
				leadType: 'straight',
				phone: '89001234507',
				orderId: 502,
				orderCode: 'river-park-2',
				name: 'Olga Kim',
				customValues: { '12': 'cold' },
			},
		]);

		// As if Google could not be reached when the first lead was to be written; and a row is corrected.
		spreadsheet.rows[1][5] = '';
		spreadsheet.rows[3][0] = '+7 900 123-45-04';
		expect(await run()).toEqual([
			toUpdate({ F2: anna, G2: '', F4: petr, G4: '' }),
			toUpdate({ G6: noSuchOrder('999') }),
		]);
		expect(leads().map(({ id, phone }) => [id, phone])).toEqual([
			[anna, '79001234501'],
			[olga, '89001234507'],
			[petr, '+79001234504'],
		]);
		expect(spreadsheet.rows.slice(1).map((row) => row.slice(5))).toEqual([
			[anna, ''],
			[42, ''],
			[petr, ''],
			['', ''],
			['', noSuchOrder('999')],
			[olga, ''],
		]);
	},

	'website-form-to-lead.json': async (file) => {
		const workflow = await publishExample(file, { orderId: 505 });
		const send = async (body?: FormData | URLSearchParams | string) => {
			const start = Date.now();
			const answer = await callWebhook(workflow, body);
			// A visitor waits for it.
			expect(Date.now() - start).toBeLessThan(WAIT_BETWEEN_TRIES);
			return [answer.status, await answer.json()];
		};
		const refusal = (message: string) => [422, { ok: false, message }];
		const anna = { phone: '+7 900 123-45-01', name: 'Anna Petrova', comment: 'Two rooms' };
		const utm = { utm_source: 'search', utm_campaign: 'spring', utm_term: 'flat' };
		const ivan = { phone: '79001234502', name: 'Иван & Ко', utm_medium: 'cpc', utm_content: '=1' };

		expect(await send(JSON.stringify({ ...anna, ...utm }))).toEqual([
			200,
			{ ok: true, leadId: FIRST_LEAD_ID },
		]);
		expect(await send(new URLSearchParams(ivan))).toEqual([200, { ok: true, leadId: FIRST_LEAD_ID + 1 }]);
		const multipart = new FormData();
		multipart.set('phone', '+7 900 123-45-03');
		expect(await send(multipart)).toEqual([200, { ok: true, leadId: FIRST_LEAD_ID + 2 }]);
		expect(await send(JSON.stringify({ phone: 'none' }))).toEqual(refusal(noPhoneNumber('none')));
		expect(await send(JSON.stringify([anna]))).toEqual(refusal(NO_PHONE));
		expect(await send()).toEqual(refusal(NO_PHONE));
		expect(leads()).toEqual([
			{
				id: FIRST_LEAD_ID,
				leadType: 'straight',
				phone: '+79001234501',
				orderId: 505,
				orderCode: 'garden-city',
				name: 'Anna Petrova',
				sourceComment: 'Two rooms\nutm_source: search\nutm_campaign: spring\nutm_term: flat',
			},
			{
				id: FIRST_LEAD_ID + 1,
				leadType: 'straight',
				phone: '79001234502',
				orderId: 505,
				orderCode: 'garden-city',
				name: 'Иван & Ко',
				sourceComment: 'utm_medium: cpc\nutm_content: =1',
			},
			expect.objectContaining({ phone: '+79001234503' }),
		]);
	},
};

describe.each(exampleFiles)('%s', (file) => {
	it('runs', async () => {
		await scenarios[file](file);
		expect(outside.requests).toEqual([]);
		// n8n itself calls its makers now and then.
		expect(outside.refused.filter((request) => !/^\S+ ([\w-]+\.)*n8n\.io\//.test(request))).toEqual([]);
	});

	it('contains no credential, and is explained', () => {
		const { nodes } = JSON.parse(readExampleFile(file)) as Example;
		expect(nodes.filter(({ credentials }) => credentials !== undefined)).toEqual([]);
		expect(readExampleFile('README.md')).toContain(`(${file})`);
	});
});

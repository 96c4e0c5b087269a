import { faults, FIRST_LEAD_ID, startSandbox, type Sandbox } from '../sandbox/sandbox';

let sandbox: Sandbox;
beforeEach(async () => {
	sandbox = await startSandbox();
});
afterEach(async () => await sandbox.close());

const lead = { leadType: 'straight', phone: '79001234567', orderId: 501, orderCode: 'river-park' };

async function call(path: string, body?: unknown, headers: Record<string, string> = {}) {
	const response = await fetch(sandbox.host + path, {
		method: body === undefined ? 'GET' : 'POST',
		headers: { 'X-Api-Key': sandbox.apiKey, 'Content-Type': 'application/json', ...headers },
		body: body === undefined ? undefined : JSON.stringify(body),
		redirect: 'manual',
	});
	const text = await response.text();
	return { status: response.status, body: text, headers: response.headers };
}

const refused = (message: string) => JSON.stringify({ success: false, message, data: null });
const accepted = (data: unknown) => JSON.stringify({ success: true, message: '', data });

describe('the sandbox', () => {
	it('numbers leads, and tells what it received', async () => {
		expect(await call('/v2/lead/create/', lead)).toMatchObject({
			status: 200,
			body: accepted({ id: FIRST_LEAD_ID }),
		});
		expect(await call('/v2/lead/create/', lead)).toMatchObject({ body: accepted({ id: FIRST_LEAD_ID + 1 }) });
		expect(sandbox.requests[0]).toMatchObject({
			method: 'POST',
			url: '/v2/lead/create/',
			rawBody: JSON.stringify(lead),
		});
		expect(sandbox.leads).toMatchObject([
			{ ...lead, id: FIRST_LEAD_ID },
			{ ...lead, id: FIRST_LEAD_ID + 1 },
		]);
	});

	it.each<[string, object, number, string]>([
		['an unknown property', { ...lead, comment: 'x' }, 422, "Unknown property 'comment'"],
		['a number as text', { ...lead, orderId: '501' }, 422, 'body/orderId must be integer'],
		['text as a number', { ...lead, vkId: 7 }, 422, 'body/vkId must be string'],
		['a blank value', { ...lead, name: '' }, 422, 'body/name must NOT have fewer than 1 characters'],
		['a missing property', { ...lead, phone: undefined }, 422, "body must have required property 'phone'"],
		[
			'an unknown lead type',
			{ ...lead, leadType: 'x' },
			422,
			'body/leadType must be equal to one of the allowed values',
		],
		['an unknown order', { ...lead, orderId: 999 }, 422, 'Order 999 not found'],
		['a foreign order code', { ...lead, orderCode: 'x' }, 422, "Order code 'x' does not belong to order 501"],
		['an unknown status', { ...lead, statusId: 99 }, 422, 'Lead status 99 not found'],
		[
			'a final status',
			{ ...lead, statusId: 5 },
			422,
			"Lead status 'Sold' is not of the category in-progress",
		],
		['an unknown custom field', { ...lead, customValues: { 99: 'x' } }, 422, 'Custom field 99 not found'],
		['a custom field of orders', { ...lead, customValues: { 31: 'x' } }, 422, 'Custom field 31 not found'],
	])('refuses %s', async (_, body, status, message) => {
		expect(await call('/v2/lead/create/', body)).toMatchObject({ status, body: refused(message) });
		expect(sandbox.leads).toEqual([]);
	});

	it('refuses a wrong key and an unknown path', async () => {
		expect(await call('/v1/health/check/', undefined, { 'X-Api-Key': 'x' })).toMatchObject({
			status: 401,
			body: refused('Invalid API key'),
		});
		expect(await call('/v2/lead/create')).toMatchObject({ status: 404, body: refused('Method not found') });
	});

	it('accepts an asynchronous create without an ID', async () => {
		expect(await call('/v2/lead/create-async/', lead)).toMatchObject({
			body: accepted({ status: 'accepted' }),
		});
		expect(sandbox.leads).toHaveLength(1);
	});

	it('lists and details leads', async () => {
		await call('/v2/lead/create/', { ...lead, customValues: { 12: 'vip' } });
		await call('/v2/lead/create/', { ...lead, orderId: 502, orderCode: 'river-park-2', statusId: 2 });
		const list = async (query: string) => {
			const { data } = JSON.parse((await call(`/v2/lead/?${query}`)).body) as {
				data: { list: Array<{ id: number }> };
			};
			return data.list.map(({ id }) => id - FIRST_LEAD_ID);
		};
		expect(await list('')).toEqual([0, 1]);
		expect(await list('orderIds[]=502')).toEqual([1]);
		expect(await list('statusIds[0]=2')).toEqual([1]);
		expect(await list('offset=1&limit=1')).toEqual([1]);
		expect(await list('createdAt[0]=2020-01-01T00:00:00Z&createdAt[1]=2021-01-01T00:00:00Z')).toEqual([]);
		expect(await call('/v2/lead/?limit=101')).toMatchObject({ status: 400 });
		expect(JSON.parse((await call(`/v2/lead/detail/${FIRST_LEAD_ID}/`)).body)).toMatchObject({
			data: { phone: '+79001234567', customValues: { 12: 'vip' } },
		});
		expect(await call('/v2/lead/detail/1/')).toMatchObject({ status: 404 });
	});

	it('lists orders by page, custom fields by essence, and statuses', async () => {
		const read = async (path: string) => (JSON.parse((await call(path)).body) as { data: never }).data;
		expect(await read('/v2/order/?limit=1&offset=1')).toMatchObject({ list: [{ id: 502 }] });
		expect(await read('/v2/custom-field/?essence=orders')).toMatchObject([{ id: 31 }]);
		expect(await read('/v2/lead-status/')).toHaveLength(7);
	});

	it('misbehaves on demand, and no longer than asked for', async () => {
		sandbox.misbehave([faults.tooManyRequests('7'), faults.closeAfterStoring(), faults.closeBeforeStoring()]);
		const limited = await call('/v2/lead/create/', lead);
		expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, '7']);
		await expect(call('/v2/lead/create/', lead)).rejects.toThrow();
		expect(sandbox.leads).toHaveLength(1);
		await expect(call('/v2/lead/create/', lead)).rejects.toThrow();
		expect(sandbox.leads).toHaveLength(1);
		expect(await call('/v2/lead/create/', lead)).toMatchObject({ status: 200 });
	});

	it('misbehaves by plan, which sees the request', async () => {
		sandbox.misbehave(({ rawBody }) => (rawBody.includes('502') ? faults.webPage(503) : undefined));
		expect(await call('/v2/lead/create/', lead)).toMatchObject({ status: 200 });
		expect(await call('/v2/lead/create/', { ...lead, orderId: 502 })).toMatchObject({ status: 503 });
	});

	it('can store a lead before or after it makes the client wait', async () => {
		sandbox.misbehave([faults.slowAnswer(100), faults.slowStoring(100)]);
		const slowAnswer = call('/v2/lead/create/', lead);
		await new Promise((resolve) => setTimeout(resolve, 50));
		expect(sandbox.leads).toHaveLength(1);
		await slowAnswer;
		const slowStoring = call('/v2/lead/create/', lead);
		await new Promise((resolve) => setTimeout(resolve, 50));
		expect(sandbox.leads).toHaveLength(1);
		await slowStoring;
		expect(sandbox.leads).toHaveLength(2);
	});

	it('can cut an answer short', async () => {
		sandbox.misbehave([faults.cutConnection(), faults.cutJson()]);
		await expect(call('/v2/lead/create/', lead)).rejects.toThrow();
		expect((await call('/v2/lead/create/', lead)).body).toBe('{"success":true,"message":"","da');
	});

	it('tells which requests had an injected fault, and which faults were not used', async () => {
		const fault = faults.refusal(422, 'No');
		sandbox.misbehave([undefined, fault, fault]);
		await call('/v2/lead/create/', lead);
		await call('/v2/lead/create/', lead);
		expect(sandbox.requests.map((request) => request.fault)).toEqual([undefined, fault]);
		expect(sandbox.unusedFaults).toEqual(['1 of the 3 faults of a list']);
		sandbox.misbehave(() => undefined);
		await call('/v2/lead/create/', lead);
		sandbox.misbehave([fault], { allowUnused: true });
		sandbox.misbehave(() => undefined, { allowUnused: true });
		expect(sandbox.unusedFaults).toEqual(['1 of the 3 faults of a list', 'a plan that never chose a fault']);
		sandbox.reset();
		expect(sandbox.unusedFaults).toEqual([]);
	});

	it('restores the account that it was started with', async () => {
		const { account } = sandbox;
		const before = structuredClone(account);
		sandbox.misbehave([faults.refusal(422, 'No'), undefined, faults.refusal(422, 'No')]);
		await call('/v2/lead/create/', lead);
		await call('/v2/lead/create/', lead);
		account.clockOffset = 1_000;
		account.pathsOfSamples = true;
		account.orders[0].title = 'Another one';
		account.orders.pop();
		account.customFields[0].params.push({ code: 'x', sort: 1, title: 'X' });
		account.leadStatuses = [];
		sandbox.reset();
		expect(sandbox.account).toEqual(before);
		expect(sandbox.leads).toEqual([]);
		expect(sandbox.requests).toEqual([]);
		expect(await call('/v2/lead/create/', lead)).toMatchObject({ body: accepted({ id: FIRST_LEAD_ID }) });
		expect(await call('/v2/custom-field/')).toMatchObject({ status: 200 });
	});

	it('leaves a request in flight with the account that it was sent to', async () => {
		sandbox.misbehave([faults.slowStoring(150)]);
		const { leads, requests } = sandbox;
		const slow = call('/v2/lead/create/', lead);
		while (requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
		sandbox.reset();
		const fast = await call('/v2/lead/create/', { ...lead, phone: '79007654321' });
		expect(await slow).toMatchObject({ body: accepted({ id: FIRST_LEAD_ID }) });
		expect(fast).toMatchObject({ body: accepted({ id: FIRST_LEAD_ID }) });
		expect([leads, sandbox.leads].map(([{ phone }]) => phone)).toEqual(['79001234567', '79007654321']);
		expect(requests).toHaveLength(1);
		expect(sandbox.requests).toMatchObject([{ method: 'POST', underWay: 1 }]);
	});

	describe('shows leads', () => {
		type Shown = Record<string, unknown> & { id: number };
		const read = async <T>(path: string) => (JSON.parse((await call(path)).body) as { data: T }).data;
		const list = async (query = '') => (await read<{ list: Shown[] }>(`/v2/lead/?${query}`)).list;
		const numbers = async (query?: string) => (await list(query)).map(({ id }) => id - FIRST_LEAD_ID);
		const detail = async () => await read<Shown | null>(`/v2/lead/detail/${FIRST_LEAD_ID}/`);
		const create = async (times = 1) => {
			for (let count = 0; count < times; count++) await call('/v2/lead/create/', lead);
		};

		it('the oldest first, the newest first, so that pages shift, or in no order', async () => {
			await create(4);
			sandbox.account.listOrder = 'oldest';
			expect(await numbers()).toEqual([0, 1, 2, 3]);
			sandbox.account.listOrder = 'newest';
			expect(await numbers('limit=2')).toEqual([3, 2]);
			await create();
			expect(await numbers('limit=2&offset=2')).toEqual([2, 1]);

			sandbox.account.listOrder = 'none';
			await create(3);
			const scattered = await numbers();
			expect(await numbers()).toEqual(scattered);
			expect([...scattered].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
			expect(scattered).not.toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
			expect(scattered).not.toEqual([7, 6, 5, 4, 3, 2, 1, 0]);
			await create();
			expect((await numbers()).at(-1)).not.toBe(8);
			expect((await numbers()).filter((number) => number !== 8)).toEqual(scattered);
		});

		it('later than they are stored', async () => {
			sandbox.account.showsLate = 600;
			await create();
			expect(sandbox.leads).toHaveLength(1);
			expect([await list(), await detail()]).toEqual([[], null]);
			await new Promise((resolve) => setTimeout(resolve, 610));
			expect([(await list()).length, (await detail())?.id]).toEqual([1, FIRST_LEAD_ID]);
		});

		it('in another format', async () => {
			sandbox.account.show = (shown) => ({ ...shown, phone: String(shown.phone).slice(2), name: 'ANNA' });
			await create();
			expect(await list()).toMatchObject([{ phone: '9001234567', name: 'ANNA', orderId: 501 }]);
			expect(await detail()).toMatchObject({ phone: '9001234567', name: 'ANNA', customValues: {} });
			expect(sandbox.leads).toMatchObject([lead]);
		});

		it.each([-3_600_000, 3_600_000])(
			'with a time that is %i ms off, by which a list goes',
			async (offset) => {
				const shift = (time: unknown) => new Date(Date.parse(time as string) + offset).toISOString();
				sandbox.account.show = (shown) => ({ ...shown, createdAt: shift(shown.createdAt) });
				await create();
				const [{ createdAt }] = sandbox.leads;
				expect(await list()).toMatchObject([{ createdAt: shift(createdAt) }]);
				const around = (time: string) =>
					[-1_000, 1_000]
						.map(
							(distance, index) =>
								`createdAt[${index}]=${new Date(Date.parse(time) + distance).toISOString()}`,
						)
						.join('&');
				expect(await list(around(shift(createdAt)))).toHaveLength(1);
				expect(await list(around(createdAt))).toEqual([]);
				// Without a readable time, the list uses what was stored.
				sandbox.account.show = (shown) => ({ ...shown, createdAt: '2020-01-01 10:00:00' });
				expect(await list(around(createdAt))).toHaveLength(1);
			},
		);

		it('with only the chosen fields in the list', async () => {
			sandbox.account.listFields = ['id', 'phone'];
			await create();
			expect(await list('orderIds[]=501')).toEqual([{ id: FIRST_LEAD_ID, phone: '+79001234567' }]);
			expect(await detail()).toMatchObject({ ...lead, phone: '+79001234567' });
		});
	});

	it('can have a quota', async () => {
		let isLifted = false;
		sandbox.misbehave(faults.quota(2, 7, () => isLifted));
		const statuses = async () => {
			const answers = [];
			for (let count = 0; count < 2; count++) {
				const { status, headers } = await call('/v2/lead/create/', lead);
				answers.push([status, headers.get('retry-after')]);
			}
			return answers;
		};
		expect(await statuses()).toEqual([
			[200, null],
			[200, null],
		]);
		expect(await statuses()).toEqual([
			[429, '7'],
			[429, '7'],
		]);
		isLifted = true;
		expect(await statuses()).toEqual([
			[200, null],
			[200, null],
		]);
		expect(sandbox.leads).toHaveLength(4);
	});

	it('can answer byte by byte forever', async () => {
		sandbox.misbehave([faults.drip(5)]);
		const abort = new AbortController();
		const { body, status } = await fetch(`${sandbox.host}/v2/lead/create/`, {
			method: 'POST',
			headers: { 'X-Api-Key': sandbox.apiKey, 'Content-Type': 'application/json' },
			body: JSON.stringify(lead),
			signal: abort.signal,
		});
		expect(status).toBe(200);
		const answer = accepted({ id: FIRST_LEAD_ID });
		let text = '';
		for await (const chunk of body!) {
			expect(chunk.length).toBeLessThan(answer.length);
			text += Buffer.from(chunk).toString();
			if (text.length > answer.length + 2) break;
		}
		abort.abort();
		expect(text).toMatch(/ {3}$/);
		expect(text.trim()).toBe(answer);
		expect(sandbox.leads).toHaveLength(1);
		await call('/v2/lead/create/', lead);
		await call('/v2/lead/create/', lead);
		expect(sandbox.requests.at(-1)).toMatchObject({ underWay: 1 });
	});

	it.each([true, false])('can reset the connection; request handled: %s', async (handled) => {
		sandbox.misbehave([faults.reset({ handled })]);
		await expect(call('/v2/lead/create/', lead)).rejects.toMatchObject({ cause: { code: 'ECONNRESET' } });
		expect(sandbox.leads).toHaveLength(handled ? 1 : 0);
	});

	it('can use the other paths that Liner documents', async () => {
		await sandbox.close();
		sandbox = await startSandbox({ pathsOfSamples: true });
		expect(await call('/v2/custom-fields/?essence=leads')).toMatchObject({ status: 200 });
		expect(await call('/v2/lead-status/')).toMatchObject({ status: 404 });
	});
});

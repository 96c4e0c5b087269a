import { useLiner } from './support/fixture';
import { faults, FIRST_LEAD_ID } from '../sandbox/sandbox';

const liner = useLiner({ clockOffset: 60_000 });

describe('each test', () => {
	it.each(['first', 'second'])('begins with an empty account and the credential: %s', async () => {
		const { sandbox, engine } = liner;
		expect(sandbox.leads).toEqual([]);
		expect(sandbox.requests).toEqual([]);
		expect(sandbox.account).toMatchObject({ clockOffset: 60_000, nextLeadId: FIRST_LEAD_ID });
		expect(sandbox.account.orders).toHaveLength(12);
		const { host, apiKey } = sandbox;
		expect(engine.credentials).toEqual({ liner: { type: 'linerApi', data: { host, apiKey } } });

		await liner.run([{}]);
		// This lead is stored after the next test has begun.
		sandbox.misbehave([faults.slowStoring(600)]);
		const { error } = await liner.run([{}], { options: { timeout: 100, onUnknown: 'fail' } });
		expect(error?.message).toContain('Liner did not answer within 0.1 seconds');
		expect(liner.requestLog()).toEqual(['POST /v2/lead/create/', 'POST /v2/lead/create/ (fault)']);
		sandbox.account.orders.length = 0;
		delete sandbox.account.clockOffset;
		engine.credentials.liner.data.host = 'elsewhere';
		engine.credentials.other = { type: 'linerApi', data: {} };
		sandbox.misbehave(() => faults.refusal(403, 'No'), { allowUnused: true });
	});

	it('does not see what the previous test left in flight', async () => {
		await new Promise((resolve) => setTimeout(resolve, 1_000));
		expect(liner.sandbox.leads).toEqual([]);
		expect(liner.requestLog()).toEqual([]);
	});
});

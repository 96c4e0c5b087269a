import { useLiner } from '../support/fixture';
import { faults } from '../../sandbox/sandbox';

const liner = useLiner();

const CREATE = 'POST /v2/lead/create/';

const info = (message: string) => ({ message, type: 'info', location: 'outputPane' });

describe('the hints on the output', () => {
	it('are absent when there is nothing to say', async () => {
		const { hints } = await liner.run([{}, {}]);
		expect(hints).toEqual([]);
	});

	it('say how many items came from an earlier try', async () => {
		liner.sandbox.misbehave([undefined, undefined, faults.refusal(422, 'No')]);
		const { hints, bodies } = await liner.run(
			[{}, {}, {}],
			{ options: { concurrency: 1 } },
			{ retryOnFail: true, maxTries: 2, waitBetweenTries: 0 },
		);
		expect(bodies).toHaveLength(4);
		expect(liner.requestLog()).toEqual([CREATE, CREATE, `${CREATE} (fault)`, CREATE]);
		expect(hints).toEqual([info('2 items had been sent by an earlier try and were not sent again.')]);
	});

	it('say how many items already had a lead in Liner', async () => {
		const items = [{ phone: '79005550011' }, { phone: '79005550012' }, { phone: '79005550013' }];
		const parameters = { phone: '={{ $json.phone }}', options: { ifExists: 'return' } };
		await liner.run(items.slice(0, 1), parameters);
		const { hints } = await liner.run(items.slice(0, 2), parameters);
		expect(hints).toEqual([info('1 item already has a lead in Liner, which was not changed.')]);
		expect((await liner.run(items, parameters)).hints).toEqual([
			info('2 items already have leads in Liner, which were not changed.'),
		]);
	});

	it('say how many leads were found in Liner after an unclear answer', async () => {
		liner.sandbox.misbehave(({ rawBody }) =>
			rawBody.includes('79005550001') && rawBody.includes('straight')
				? faults.closeAfterStoring()
				: undefined,
		);
		const { hints } = await liner.run([{ phone: '79005550001' }, { phone: '79005550002' }], {
			phone: '={{ $json.phone }}',
		});
		expect(hints).toEqual([
			info('Liner gave no clear answer for 1 item, but the node found its lead in Liner.'),
		]);
	});

	it('say how often Liner asked to slow down', async () => {
		liner.sandbox.misbehave([
			faults.tooManyRequests('0'),
			faults.refusal(503, 'Busy', { 'retry-after': '0' }),
		]);
		const { hints } = await liner.run([{}], {});
		expect(liner.requestLog()).toEqual([`${CREATE} (fault)`, `${CREATE} (fault)`, CREATE]);
		expect(hints).toEqual([
			info(
				"Liner asked to slow down 2 times, and the node waited. To avoid this, set 'Requests per Second' in the options.",
			),
		]);
	});

	it('come with a run that goes on after errors', async () => {
		liner.sandbox.misbehave([faults.tooManyRequests('0')]);
		const { hints, outputs } = await liner.run(
			[{ phone: '79001234567' }, { phone: 'x' }],
			{ phone: '={{ $json.phone }}' },
			{ onError: 'continueErrorOutput' },
		);
		expect(liner.requestLog()).toEqual([`${CREATE} (fault)`, CREATE]);
		expect(outputs?.map((items) => items.length)).toEqual([1, 1]);
		expect(hints).toHaveLength(1);
	});
});

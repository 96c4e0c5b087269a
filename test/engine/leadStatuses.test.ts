import { requiredBody, useLiner } from '../support/fixture';
import { faults } from '../../sandbox/sandbox';

const liner = useLiner();

const run = async (status: unknown) =>
	await liner.run([{ status: status as string }, { status: status as string }], {
		additionalFields: { statusId: '={{ $json.status }}' },
	});

const lists = () => liner.sandbox.requests.filter(({ url }) => url.startsWith('/v2/lead-status')).length;

describe('a lead status', () => {
	it.each([2, '2', ' 2 ', '2.0'])('that is an ID needs no list: %j', async (status) => {
		const before = lists();
		const { bodies } = await run(status);
		expect(bodies).toEqual([2, 2].map((statusId) => ({ ...requiredBody, statusId })));
		expect(lists()).toBe(before);
	});

	it.each(['Перезвонить', ' перезвонить '])('that is a title is looked up once: %j', async (status) => {
		const before = lists();
		const { bodies } = await run(status);
		expect(bodies).toEqual([2, 2].map((statusId) => ({ ...requiredBody, statusId })));
		expect(lists()).toBe(before + 1);
	});

	it.each(['Sold', 'No such'])(
		'that a new lead cannot have is refused with those that it can have: %j',
		async (status) => {
			const { error, bodies } = await liner.run([{}], {
				additionalFields: { statusId: `={{ "${status}" }}` },
			});
			expect(error).toMatchObject({
				message: `'Lead Status Name or ID' is "${status}", which is not a status that a new lead can have [item 0]`,
				description: 'Allowed: New (1), Перезвонить (2), No answer (3). Nothing was sent to Liner.',
			});
			expect(bodies).toEqual([]);
		},
	);

	it('is refused when Liner has none for a new lead', async () => {
		liner.sandbox.account.leadStatuses = [];
		const { error } = await liner.run([{}], { additionalFields: { statusId: '={{ "New" }}' } });
		expect(error?.description).toBe(
			"Add a status of the category 'in-progress' in Liner, which has none. Nothing was sent to Liner.",
		);
	});

	it('whose title two statuses have is refused', async () => {
		const { leadStatuses } = liner.sandbox.account;
		leadStatuses.push({ ...leadStatuses[0], id: 8 });
		const { error } = await run('New');
		expect(error?.message).toContain(`is "New", the title of 2 statuses that a new lead can have`);
	});

	it('needs its ID when the list cannot be read', async () => {
		liner.sandbox.misbehave(({ method }) => (method === 'GET' ? faults.refusal(403, 'Нет прав') : undefined));
		const { error } = await liner.run([{}], { additionalFields: { statusId: '={{ "New" }}' } });
		expect(error).toMatchObject({
			message: `'Lead Status Name or ID' is "New", but the list of statuses, which is needed to find its ID, could not be read: Liner does not allow the API key to do this: Нет прав [item 0]`,
			description:
				"Use the ID of the status instead. Check 'API Key' in the Liner credential, and what its integration may do in Liner (HTTP 403). Nothing was sent to Liner.",
		});
		const { bodies } = await run(2);
		expect(bodies).toHaveLength(2);
	});

	it.each([true, 3.5, ['New'], { id: 1 }])('of another type is refused: %j', async (status) => {
		const { error, bodies } = await run(status);
		expect(error?.message).toMatch(/'Lead Status Name or ID' is .+, which is not a whole number/);
		expect(bodies).toEqual([]);
	});
});

import type { IDataObject, INodeParameters } from 'n8n-workflow';

import type { NodeSettings } from '../support/engine';
import { requiredBody, requiredParameters, useLiner } from '../support/fixture';
import { faults, FIRST_LEAD_ID } from '../../sandbox/sandbox';

const liner = useLiner();

let nextPhone = 79_600_000_000;
const newPhone = () => String(nextPhone++);
const mapped = (options: INodeParameters = {}): INodeParameters => ({
	...requiredParameters,
	phone: '={{ $json.phone }}',
	options: { concurrency: 1, ...options },
});
const continues: NodeSettings = { onError: 'continueRegularOutput' };
const CREATE = 'POST /v2/lead/create/';
const LIST = 'GET /v2/lead/';
const broke = () =>
	`The connection to ${new URL(liner.sandbox.host).host} broke before the answer was complete`;
const MAY_EXIST =
	'The lead may have been created all the same: look for its phone number in Liner before you send the item again.';
const output = (...jsons: IDataObject[]) => [jsons.map((json, item) => ({ json, pairedItem: { item } }))];
const idsOf = (phone: string) =>
	liner.sandbox.leads.filter((lead) => lead.phone === phone).map(({ id }) => id);

/** Leads of other clients that came in just before. */
function putLeads(count: number) {
	const { account, leads } = liner.sandbox;
	const createdAt = new Date().toISOString();
	for (let index = 0; index < count; index++) {
		const id = account.nextLeadId++;
		leads.push({
			...requiredBody,
			leadType: 'straight',
			phone: newPhone(),
			id,
			createMethod: 'sync',
			createdAt,
			updatedAt: createdAt,
		});
	}
}

describe('a page of the list that is not full, but names a next one', () => {
	it('does not end the list: the lead behind it is found', async () => {
		liner.sandbox.account.shortPages = 10;
		putLeads(25);
		const phone = newPhone();
		liner.sandbox.misbehave([faults.closeAfterStoring()]);
		const { bodies, outputs } = await liner.run([{ phone }], mapped());
		expect(bodies).toEqual([{ ...requiredBody, phone }]);
		expect(outputs).toEqual(output({ id: idsOf(phone)[0] }));
		expect(liner.requestLog()).toEqual([`${CREATE} (fault)`, LIST, LIST, LIST]);
	});

	it('does not end the list of existing leads either', async () => {
		liner.sandbox.account.shortPages = 10;
		putLeads(25);
		const { phone, id } = liner.sandbox.leads[24];
		const { bodies, outputs } = await liner.run([{ phone }], mapped({ ifExists: 'return' }));
		expect(bodies).toEqual([]);
		expect(outputs).toEqual(output({ id, existing: true }));
	});
});

it('a list with a lead that has no ID cannot be read, so that nothing is sent again', async () => {
	const phone = newPhone();
	liner.sandbox.account.show = ({ id, ...lead }) => (lead.phone === `+${phone}` ? lead : { id, ...lead });
	liner.sandbox.misbehave([faults.closeAfterStoring()]);
	const { bodies, outputs } = await liner.run([{ phone }], mapped(), continues);
	expect(bodies).toEqual([{ ...requiredBody, phone }]);
	expect(outputs).toEqual(
		output({
			error: `${broke()}, and the node could not tell whether the lead exists: Liner's list at /v2/lead/ has an unexpected format [item 0]. ${MAY_EXIST}`,
		}),
	);
	expect(liner.requestLog()).toEqual([`${CREATE} (fault)`, LIST, LIST, LIST]);
});

it('a list that shows leads late is not believed that it lacks one', async () => {
	const phones = [newPhone(), newPhone()];
	liner.sandbox.account.showsLate = 2_500;
	liner.sandbox.misbehave([undefined, faults.closeAfterStoring()]);
	const { bodies, outputs } = await liner.run(
		phones.map((phone) => ({ phone })),
		mapped(),
	);
	expect(bodies).toEqual(phones.map((phone) => ({ ...requiredBody, phone })));
	expect(outputs).toEqual(output(...phones.map((phone) => ({ id: idsOf(phone)[0] }))));
	expect(liner.requestLog()).toEqual([CREATE, `${CREATE} (fault)`, LIST, LIST, LIST]);
});

describe('one ID that Liner gives two leads', () => {
	const sameId = () => faults.envelope({ success: true, message: '', data: { id: FIRST_LEAD_ID } });

	it('is told for the later one', async () => {
		const phone = newPhone();
		liner.sandbox.misbehave([undefined, { ...sameId(), handled: false }]);
		const { bodies, outputs } = await liner.run([{ phone }, { phone }], mapped(), continues);
		expect(bodies).toEqual([0, 1].map(() => ({ ...requiredBody, phone })));
		expect(outputs).toEqual(
			output(
				{ id: FIRST_LEAD_ID },
				{
					error: `Liner gave this item the same lead ID as item 0: ${FIRST_LEAD_ID}, and the node could not tell whether the lead exists: Liner has 1 lead like it (${FIRST_LEAD_ID}) [item 1]. Look at it in Liner, and send the item again if it is another one. Lead ${FIRST_LEAD_ID} may be that of either item. ${MAY_EXIST}`,
				},
			),
		);
	});

	it('does not hide the lead of the later one that Liner stored', async () => {
		const phones = [newPhone(), newPhone()];
		liner.sandbox.misbehave([undefined, sameId()]);
		const { bodies, outputs } = await liner.run(
			phones.map((phone) => ({ phone })),
			mapped(),
		);
		expect(bodies).toEqual(phones.map((phone) => ({ ...requiredBody, phone })));
		expect(outputs).toEqual(output({ id: FIRST_LEAD_ID }, { id: FIRST_LEAD_ID + 1 }));
		expect(idsOf(phones[1])).toEqual([FIRST_LEAD_ID + 1]);
	});
});

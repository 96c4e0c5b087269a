import { findExistingLeads } from '../../nodes/Liner/actions/lead/create/delivery/existingLeads';
import type { LeadFinder } from '../../nodes/Liner/actions/lead/create/delivery/leadFinder';
import type { LeadBody, LeadId } from '../../nodes/Liner/api/leads';
import { Failure } from '../../nodes/Liner/failure';

const row = (orderId: number, phone: string): LeadBody => ({ leadType: 'straight', phone, orderId });

type Found = Array<LeadId | Failure | undefined> | Failure;

/** A finder that finds this for each order. */
function finderOf(found: Record<number, Found>) {
	const findExisting = jest.fn(async (orderId: number) => found[orderId]);
	return { finder: { findExisting } as unknown as LeadFinder, calls: findExisting.mock.calls };
}

it('asks once for each order, and gives each item its lead', async () => {
	const { finder, calls } = finderOf({ 501: [7, undefined], 502: ['8'] });
	const bodies = [row(501, '1'), undefined, row(502, '2'), row(501, '3')];
	expect(await findExistingLeads(bodies, finder, 24, [])).toEqual([
		{ id: 7, existing: true },
		undefined,
		{ id: '8', existing: true },
		undefined,
	]);
	expect(calls).toEqual([
		[501, [bodies[0], bodies[3]], 86_400_000, []],
		[502, [bodies[2]], 86_400_000, []],
	]);
});

it('asks for nothing where no item is of interest', async () => {
	const { finder, calls } = finderOf({});
	expect(await findExistingLeads([undefined, undefined], finder, 24, [])).toEqual([undefined, undefined]);
	expect(calls).toEqual([]);
});

it('says of each item of an order whose leads cannot be read that it was not sent', async () => {
	const refusal = new Failure('rejected', 'Liner says no', 'Check the key.', { httpCode: 403 });
	const { finder } = finderOf({ 501: refusal, 502: [9] });
	const failure = new Failure(
		'notDelivered',
		'The recent leads of order 501 could not be read: Liner says no',
		'Check the key. The item was not sent.',
		{ httpCode: 403 },
	);
	expect(await findExistingLeads([row(501, '1'), row(502, '2'), row(501, '3')], finder, 1, [])).toEqual([
		failure,
		{ id: 9, existing: true },
		failure,
	]);
});

it('puts no space before what it says when there is no advice', async () => {
	const { finder } = finderOf({ 501: new Failure('unknown', 'Too many leads', '') });
	expect(await findExistingLeads([row(501, '1')], finder, 1, [])).toEqual([
		new Failure(
			'notDelivered',
			'The recent leads of order 501 could not be read: Too many leads',
			'The item was not sent.',
		),
	]);
});

it('does not send an item of which it is unclear whether it is a lead already', async () => {
	const unclear = new Failure('unknown', 'Liner has 1 lead like it (7)', 'Look at it.', { httpCode: 200 });
	const { finder } = finderOf({ 501: [unclear, undefined] });
	expect(await findExistingLeads([row(501, '1'), row(501, '2')], finder, 1, [])).toEqual([
		new Failure('notDelivered', 'Liner has 1 lead like it (7)', 'Look at it. The item was not sent.', {
			httpCode: 200,
		}),
		undefined,
	]);
});

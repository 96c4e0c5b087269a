import { CreatedLeads } from '../../nodes/Liner/actions/lead/create/delivery/createdLeads';

const body = (orderId: number) => ({ leadType: 'straight', phone: '79001234567', orderId });

describe('CreatedLeads', () => {
	it('tells those of an order that were sent from 30 s before a request on, and answered by a time', () => {
		const created = new CreatedLeads();
		created.add(body(501), 1, 69_999, 70_000);
		created.add(body(501), '2', 70_000, 110_000);
		created.add(body(502), 3, 100_000, 100_000);
		created.add(body(501), 4, 100_000, 110_001);
		created.add(body(501), 5, 109_000, 109_500);
		expect(created.idsAround(501, 100_000, 110_000)).toEqual(['2', 5]);
		expect(created.idsAround(503, 100_000, 110_000)).toEqual([]);
	});

	it('keeps the latest ones, and 10,000 at most', () => {
		const created = new CreatedLeads();
		const ids = () => created.idsAround(501, 0, 1);
		for (let id = 1; id < 10_000; id++) created.add(body(501), id, 0, 1);
		expect(ids()).toHaveLength(9_999);
		created.add(body(501), 10_000, 0, 1);
		expect(ids()).toEqual(Array.from({ length: 5_000 }, (_, index) => index + 5_001));
	});
});

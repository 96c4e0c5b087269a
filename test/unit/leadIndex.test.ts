import {
	endOf,
	groupByPhone,
	LeadIndex,
	MOST_NAMED,
} from '../../nodes/Liner/actions/lead/create/delivery/leadIndex';
import type { ListedLead } from '../../nodes/Liner/api/leads';

const lead = (
	id: number | string,
	phone: unknown,
	createdAt: unknown = '2026-05-01T10:00:00Z',
): ListedLead => ({
	id,
	phone,
	createdAt,
});
const idsOf = (leads: ListedLead[]) => leads.map(({ id }) => id);

describe('LeadIndex', () => {
	it('has the oldest lead first, those of unknown age before all, then by ID', () => {
		const index = new LeadIndex([
			lead(30, 'x', '2026-05-01T10:00:01Z'),
			lead(100, 'x'),
			lead('21', 'x'),
			lead(9, 'x'),
			lead(7, 'x', 'yesterday'),
			lead(200, 'x', null),
			lead(20, 'x'),
			lead(31, 'x', '2026-05-01T09:59:59Z'),
		]);
		expect(idsOf(index.all)).toEqual([7, 200, 31, 9, 20, '21', 100, 30]);
	});

	it('has a lead once that a list holds twice, as it was read last', () => {
		const index = new LeadIndex([lead(1, 'x'), lead(2, 'x'), lead('1', 'y')]);
		expect(index.all).toEqual([lead('1', 'y'), lead(2, 'x')]);
	});

	it('finds leads by the end of their phone', () => {
		const index = new LeadIndex([
			lead(1, '79001234567'),
			lead(2, '79007654321'),
			lead(3, '+375 (00) 123-45-67'),
			lead(4, '***'),
			lead(5, undefined),
		]);
		const find = (phone: string) => ({
			shown: index.withPhoneOf({ phone }).map((found) => index.all[found].id),
			candidates: [...index.candidatesFor({ phone })].map((found) => index.all[found].id),
		});
		expect(find('89001234567')).toEqual({ shown: [1, 3], candidates: [1, 3, 4, 5] });
		expect(find('79000000000')).toEqual({ shown: [], candidates: [4, 5] });
		expect(find('12')).toEqual({ shown: [4, 5], candidates: [4, 5] });
		expect([...new LeadIndex([]).candidatesFor({ phone: '79001234567' })]).toEqual([]);
	});

	it('names the candidates of a row, the oldest first', () => {
		const index = new LeadIndex([lead(1, 'x'), lead(2, 'x'), lead(3, 'x')]);
		expect(index.nameCandidates([2, 0, 1], (candidate) => candidate !== 1)).toEqual({
			kind: 'unclear',
			leads: [lead(1, 'x'), lead(3, 'x')],
		});
		expect(index.nameCandidates([2, 0, 1], () => false)).toEqual({ kind: 'none' });
	});

	it('names so many candidates at most, and looks at no more', () => {
		const all = Array.from({ length: MOST_NAMED + 5 }, (_, id) => lead(id + 1, 'x'));
		const looked: number[] = [];
		const assignment = new LeadIndex(all).nameCandidates(all.keys(), (candidate) => {
			looked.push(candidate);
			return true;
		});
		expect(assignment).toEqual({ kind: 'unclear', leads: all.slice(0, MOST_NAMED) });
		expect(looked).toHaveLength(MOST_NAMED);
	});
});

describe('groupByPhone', () => {
	it('groups rows by the end of their phone', () => {
		const rows = ['79001234567', '12', '89001234567', '79007654321'];
		expect([...groupByPhone(rows, (phone) => ({ phone }))]).toEqual([
			['1234567', ['79001234567', '89001234567']],
			['', ['12']],
			['7654321', ['79007654321']],
		]);
	});
});

describe('endOf', () => {
	it.each([
		['79001234567', '1234567'],
		['1234567', '1234567'],
		['123456', ''],
		[null, ''],
	])('of %j is %j', (phone, end) => {
		expect(endOf({ phone })).toBe(end);
	});
});

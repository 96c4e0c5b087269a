import { Doubts } from '../../nodes/Liner/actions/lead/create/delivery/doubts';
import { toAttempt } from '../../nodes/Liner/actions/lead/create/delivery/journal';
import type { LeadBody } from '../../nodes/Liner/api/leads';

const anna: LeadBody = { leadType: 'straight', phone: '79001234567', orderId: 501, name: 'Anna' };
/** Could be taken for Anna's in Liner's list, as far as the client goes. */
const boris = toAttempt({ ...anna, name: 'Boris' }, 2_000);
const carl = toAttempt({ ...anna, name: 'Carl' }, 3_000);
const other = toAttempt({ ...anna, phone: '79007654321' }, 4_000);
const attempt = toAttempt(anna, 1_000);

function setUp() {
	const doubts = new Doubts();
	doubts.begin(0, attempt);
	doubts.begin(1, boris);
	doubts.begin(2, carl);
	doubts.begin(3, other);
	return doubts;
}

it('gives the other requests of the same client', () => {
	const doubts = setUp();
	expect(doubts.rivalsOf(0, attempt)).toEqual({ open: [boris, carl], unresolved: [] });
	expect(doubts.rivalsOf(2, carl)).toEqual({ open: [attempt, boris], unresolved: [] });
	expect(doubts.rivalsOf(3, other)).toEqual({ open: [], unresolved: [] });
	expect(doubts.rivalsOf(4, attempt)).toEqual({ open: [attempt, boris, carl], unresolved: [] });
});

it('gives all requests, of whatever client', () => {
	const doubts = setUp();
	doubts.leave(1, boris);
	doubts.resolve(2, carl);
	expect(doubts.attempts).toEqual([attempt, boris, other]);
	expect(new Doubts().attempts).toEqual([]);
});

it('has none where nothing was ever in doubt', () => {
	const doubts = new Doubts();
	expect(doubts.rivalsOf(0, attempt)).toEqual({ open: [], unresolved: [] });
	doubts.resolve(0, attempt);
	doubts.leave(0, attempt);
	expect(doubts.rivalsOf(1, attempt)).toEqual({ open: [], unresolved: [] });
});

it('tells those that will stay in doubt from those that are looked for', () => {
	const doubts = setUp();
	doubts.leave(1, boris);
	doubts.leave(9, boris);
	expect(doubts.rivalsOf(0, attempt)).toEqual({ open: [carl], unresolved: [boris] });
	expect(doubts.rivalsOf(1, boris)).toEqual({ open: [attempt, carl], unresolved: [] });
});

it('leaves out what became a lead or certainly none', () => {
	const doubts = setUp();
	doubts.resolve(1, boris);
	expect(doubts.rivalsOf(0, attempt)).toEqual({ open: [carl], unresolved: [] });
	doubts.resolve(0, attempt);
	doubts.resolve(2, carl);
	expect(doubts.rivalsOf(9, attempt)).toEqual({ open: [], unresolved: [] });
});

it('looks for a request again that is sent again after it was left', () => {
	const doubts = setUp();
	doubts.leave(1, boris);
	const again = toAttempt({ ...anna, name: 'Boris' }, 9_000);
	doubts.begin(1, again);
	expect(doubts.rivalsOf(0, attempt)).toEqual({ open: [again, carl], unresolved: [] });
});

/** An order of the sandbox's account, as `GET /v2/order/` lists it. */
export interface Order {
	id: number;
	code: string;
	title: string;
	serviceTitle: string;
	autoDialingEnabled: boolean;
}

export interface CustomField {
	id: number;
	title: string;
	type: 'string' | 'int' | 'float' | 'date' | 'datetime' | 'bool' | 'select' | 'multiselect';
	essence: 'leads' | 'orders';
	params: Array<{ code: string; sort: number; title: string }>;
	sort: number;
}

export interface LeadStatus {
	id: number;
	code: string;
	title: string;
	category: 'in-progress' | 'qualified' | 'disqualified';
	sort: number;
	color: string;
	isSystem: boolean;
}

const order = (
	id: number,
	code: string,
	title: string,
	serviceTitle: string,
	autoDialingEnabled = true,
): Order => ({
	id,
	code,
	title,
	serviceTitle,
	autoDialingEnabled,
});

export const seedOrders: Order[] = [
	order(501, 'river-park', 'ЖК «Речной парк»', 'River Park, website'),
	order(502, 'river-park-2', 'ЖК «Речной парк», вторая очередь', 'River Park, phase two'),
	order(503, 'north-gate', 'ЖК «Северные ворота»', 'North Gate, website'),
	order(504, 'north-gate-biz', 'БЦ «Северные ворота»', 'North Gate, offices'),
	order(505, 'garden-city', 'Garden City', 'Garden City, paid search'),
	order(506, 'garden-city-quiz', 'Garden City: quiz', 'Garden City, quiz page'),
	order(507, 'dental-smile', 'Стоматология «Улыбка»', 'Dental clinic'),
	order(508, 'auto-house', 'Auto House', 'Test drives'),
	order(509, 'online-school', 'Онлайн-школа «Старт»', 'School, webinar', false),
	order(510, 'fit-club', 'Fit Club', 'Gym, first visit'),
	order(511, 'credit-line', 'Кредитная линия', 'Mortgage advice', false),
	order(512, 'travel-up', 'Travel Up', 'Tours, call back'),
];

const field = (
	id: number,
	title: string,
	type: CustomField['type'],
	choices: Record<string, string> = {},
	essence: CustomField['essence'] = 'leads',
): CustomField => ({
	id,
	title,
	type,
	essence,
	params: Object.entries(choices).map(([code, title], index) => ({ code, sort: (index + 1) * 10, title })),
	sort: id * 10,
});

export const seedCustomFields: CustomField[] = [
	field(11, 'Комментарий менеджера', 'string'),
	field(12, 'Segment', 'select', { vip: 'VIP', standard: 'Standard', cold: 'Cold' }),
	field(13, 'Rooms', 'int'),
	field(14, 'Budget, million', 'float'),
	field(15, 'Interests', 'multiselect', { parking: 'Parking', storage: 'Storage room', mortgage: 'Ипотека' }),
	field(16, 'Birthday', 'date'),
	field(17, 'Visit', 'datetime'),
	field(18, 'Consent', 'bool'),
	field(31, 'Region', 'string', {}, 'orders'),
];

const status = (
	id: number,
	code: string,
	title: string,
	category: LeadStatus['category'],
	isSystem = false,
): LeadStatus => ({ id, code, title, category, sort: id * 10, color: '#4f8fd0', isSystem });

export const seedLeadStatuses: LeadStatus[] = [
	status(1, 'new', 'New', 'in-progress', true),
	status(2, 'call-back', 'Перезвонить', 'in-progress'),
	status(3, 'no-answer', 'No answer', 'in-progress'),
	status(4, 'meeting', 'Meeting arranged', 'qualified'),
	status(5, 'sold', 'Sold', 'qualified', true),
	status(6, 'refused', 'Refused', 'disqualified', true),
	status(7, 'wrong-number', 'Wrong number', 'disqualified'),
];

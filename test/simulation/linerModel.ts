import type { LeadBody } from '../../nodes/Liner/api/leads';
import {
	answerKind,
	type AnswerName,
	type CreateFault,
	type LinerSettings,
	type ModelAnswer,
	type ReadFault,
} from './faults';
import { showLead } from './showLead';
import type { VirtualClock } from './virtualClock';

/** A lead in Liner. */
export interface StoredLead {
	id: number;
	body: LeadBody;
	/** In milliseconds since 1970, by the clock of the simulation. */
	storedAt: number;
	/** When its request was sent. */
	sentAt: number;
	touchedAt: number;
	/** The row whose request made it; `undefined` for somebody else's. */
	row?: string;
	/** Stored later than the node promises to look. */
	isTooLate: boolean;
	/** One of those that only make a list long. */
	isFiller: boolean;
}

/** What n8n's HTTP helper is asked for. */
export interface HttpRequest {
	method?: string;
	url: string;
	body?: unknown;
}

/** What it gives. */
export interface HttpResponse {
	statusCode: number;
	headers: Record<string, string>;
	body: string;
}

/** What a model of Liner works with. */
export interface LinerTools {
	clock: VirtualClock;
	settings: LinerSettings;
	/** How long the node waits for an answer, in milliseconds. */
	timeout: number;
	/** How Liner misbehaves about the next create of a row. */
	nextCreate(row: string): CreateFault;
	/** How Liner misbehaves about the next list or detail. */
	nextRead(): ReadFault;
	/** Which row sends this body. */
	rowOf(body: LeadBody): string;
	/** Tells a person what happens. */
	note(text: string): void;
	/** The answer that comes now ends in an error that no rule foresees. */
	onCrash(): void;
	/** Liner asked to wait for so many seconds. */
	onThrottled(retryAfter: number | undefined): void;
}

/** How long the node promises to look after a timeout, at most, and after a request that broke off. */
const LONGEST_LOOK = 30_000;
const LOOK_AFTER_BREAK = 1_000;

/** Longer than a scenario takes, in milliseconds. */
const ALL_THE_TIME = 1e12;

/** One account of Liner, with its leads. */
export class LinerModel {
	readonly leads = new Map<number, StoredLead>();

	constructor(
		private nextId: number,
		private readonly tools: LinerTools,
	) {}

	/**
	 * @returns What Liner answers.
	 * @throws What n8n's HTTP helper throws when there is no answer.
	 */
	async request({ method, url, body }: HttpRequest): Promise<HttpResponse> {
		const { pathname, searchParams } = new URL(url, 'https://liner.example.com');
		if (method === 'POST') return await this.create(body as LeadBody);
		const [, id] = /\/detail\/(\d+)\/$/.exec(pathname) ?? [];
		return id === undefined ? await this.list(searchParams) : await this.detail(Number(id));
	}

	/** A lead comes in. */
	store(body: LeadBody, given: Partial<StoredLead> = {}): StoredLead {
		const storedAt = this.tools.clock.now();
		const lead = {
			id: this.nextId++,
			body,
			storedAt,
			sentAt: storedAt,
			touchedAt: storedAt,
			isTooLate: false,
			isFiller: false,
			...given,
		};
		this.leads.set(lead.id, lead);
		return lead;
	}

	/** Leads of clients that nobody asks for come in. */
	storeFillers(count: number, orderId: number, storedAt = this.tools.clock.now()): void {
		for (let filler = 0; filler < count; filler++) {
			const phone = `7955${String(this.nextId).padStart(7, '0')}`;
			const body = { leadType: 'straight', phone, orderId, orderCode: 'river-park' };
			// Agents are at work on them all the time.
			this.store(body, { isFiller: true, storedAt, touchedAt: storedAt + ALL_THE_TIME });
		}
	}

	private async create(body: LeadBody): Promise<HttpResponse> {
		const { clock, timeout, note } = this.tools;
		const row = this.tools.rowOf(body);
		const fault = this.tools.nextCreate(row);
		const latency = fault.answer === 'timeout' ? timeout : Math.min(fault.latency, timeout - 1);
		const { says, respond } = answerKind(fault.answer);
		note(`row ${row} is sent: ${JSON.stringify(body)}`);
		const sentAt = clock.now();
		let lead: StoredLead | undefined;
		const delay = this.storingDelay(fault, latency);
		if (delay !== undefined) {
			clock.after(delay, () => {
				lead = this.store(body, { row, sentAt, isTooLate: fault.stored === 'tooLate' });
				note(`Liner stores lead ${lead.id} for row ${row}`);
			});
		}
		await this.wait(latency);
		note(`row ${row} gets ${says}${describeWait(fault)}`);
		return this.answer(respond(lead?.id, timeout), fault.retryAfter);
	}

	/** After how many milliseconds the lead is stored, if at all. */
	private storingDelay({ answer, stored, lateness }: CreateFault, latency: number): number | undefined {
		const { mayStore } = answerKind(answer);
		if (mayStore === 'always') return latency / 2;
		if (mayStore === 'never' || stored === 'no') return undefined;
		const look = answer === 'timeout' ? Math.min(this.tools.timeout, LONGEST_LOOK) : LOOK_AFTER_BREAK;
		switch (stored) {
			case 'early':
				return latency / 2;
			case 'late':
				return latency + Math.floor(lateness * 0.98 * look);
			case 'tooLate':
				return latency + look + 20_000 + Math.floor(lateness * 100_000);
		}
	}

	private async list(query: URLSearchParams): Promise<HttpResponse> {
		const { settings } = this.tools;
		const fault = this.tools.nextRead();
		const [from, to] = [0, 1].map((end) => Date.parse(query.get(`createdAt[${end}]`) as string));
		const orderId = Number(query.get('orderIds[]'));
		const [offset, limit] = ['offset', 'limit'].map((name) => Number(query.get(name)));
		const leads = [...this.leads.values()]
			.filter((lead) => lead.body.orderId === orderId)
			.filter((lead) => this.createdAt(lead) >= from && this.createdAt(lead) <= to)
			.sort(ORDERS[settings.order]);
		const page = leads.slice(offset, offset + limit);
		const named = page.filter(({ isFiller }) => !isFiller).map(({ id }) => id);
		const what = `${page.length} of ${leads.length} leads${named.length === 0 ? '' : `, among them ${named.join(', ')}`}`;
		const shown = page.map((lead) =>
			showLead(lead.id, lead.body, this.createdAt(lead), settings.shown, true),
		);
		return await this.show(fault, `a list of ${what}`, { list: shown }, () =>
			this.change(fault, leads.slice(offset + limit), orderId),
		);
	}

	/** What happens after a page of a list and before the next one. */
	private change({ comesIn, touches }: ReadFault, unread: StoredLead[], orderId: number): void {
		const { clock, note } = this.tools;
		if (comesIn > 0) note(`${comesIn} leads of other clients come in`);
		this.storeFillers(comesIn, orderId);
		const own = touches ? unread.filter(({ isFiller }) => !isFiller) : [];
		if (own.length > 0) note(`an agent changes ${own.map(({ id }) => id).join(', ')}`);
		for (const lead of own) lead.touchedAt = clock.now() + 2 * ALL_THE_TIME;
	}

	private async detail(id: number): Promise<HttpResponse> {
		const { settings } = this.tools;
		const fault = this.tools.nextRead();
		const lead = this.leads.get(id);
		const what = lead === undefined ? `that there is no lead ${id}` : lead.isFiller ? '' : `lead ${id}`;
		const data = lead && showLead(id, lead.body, this.createdAt(lead), settings.shown, false);
		return await this.show(fault, what, data);
	}

	/** By Liner's clock. */
	private createdAt({ storedAt }: StoredLead): number {
		const { offset, shown } = this.tools.settings;
		return Math.floor((storedAt + offset - shown.createdEarly) / 1_000) * 1_000;
	}

	/**
	 * @param data What there was when the request came: everything else would make it easier for the node.
	 * @param change What happens then.
	 */
	private async show(
		fault: ReadFault,
		what: string,
		data: unknown,
		change: () => void = () => undefined,
	): Promise<HttpResponse> {
		const { timeout, note } = this.tools;
		const { answer, retryAfter } = fault;
		await this.wait(answer === 'timeout' ? timeout : Math.min(fault.latency, timeout - 1));
		change();
		if (answer !== 'ok') {
			const { says, respond } = answerKind(answer);
			note(`the node gets ${says}${describeWait(fault)} in place of ${what}`);
			return this.answer(respond(undefined, timeout), retryAfter);
		}
		if (what !== '') note(`Liner shows ${what}`);
		return this.answer(data === undefined ? { statusCode: 404 } : { statusCode: 200, data });
	}

	private answer(answer: ModelAnswer, retryAfter?: number): HttpResponse {
		const { error, statusCode = 0, message = '', data = null, text } = answer;
		if (error !== undefined) throw Object.assign(new Error(error[1]), { code: error[0] });
		const { clock, settings } = this.tools;
		if (answer.crashes) this.tools.onCrash();
		if (statusCode === 429) this.tools.onThrottled(retryAfter);
		const headers: Record<string, string> = {};
		if (settings.tellsTime) headers.date = new Date(clock.now() + settings.offset).toUTCString();
		if (retryAfter !== undefined) headers['retry-after'] = String(retryAfter);
		return {
			statusCode,
			headers,
			body: text ?? JSON.stringify({ success: statusCode < 300, message, data }),
		};
	}

	private async wait(milliseconds: number): Promise<void> {
		await new Promise<void>((resolve) => this.tools.clock.after(milliseconds, resolve));
	}
}

const describeWait = ({ retryAfter }: { answer: AnswerName; retryAfter?: number }) =>
	retryAfter === undefined ? '' : ` and is asked to wait ${retryAfter} s`;

const scatter = ({ id }: StoredLead) => (id * 2_654_435_761) % 4_294_967_296;

/** In which order a list comes; nobody documents it. */
const ORDERS: Record<LinerSettings['order'], (one: StoredLead, other: StoredLead) => number> = {
	newest: (one, other) => other.id - one.id,
	oldest: (one, other) => one.id - other.id,
	touched: (one, other) => other.touchedAt - one.touchedAt || other.id - one.id,
	scattered: (one, other) => scatter(one) - scatter(other),
};

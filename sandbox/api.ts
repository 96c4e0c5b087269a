import Ajv from 'ajv';
import Fastify, { type FastifyError, type FastifyInstance, type FastifyRequest } from 'fastify';
import { parse } from 'qs';

import createLeadSchema from './create-lead.schema.json';
import type { CustomField, LeadStatus, Order } from './seed';

/** The body of a create that has passed the schema. */
export interface LeadInput {
	leadType: 'straight' | 'selection';
	phone: string;
	orderId: number;
	orderCode: string;
	statusId?: number;
	customValues?: Record<string, unknown>;
	[field: string]: unknown;
}

/** A lead as `GET /v2/lead/detail/{id}/` returns it. */
export interface Lead extends LeadInput {
	id: number;
	createMethod: 'sync' | 'async';
	createdAt: string;
	updatedAt: string;
}

/** The data of one Liner account. The API reads and writes it; tests may, too. */
export interface Account {
	apiKey: string;
	orders: Order[];
	customFields: CustomField[];
	leadStatuses: LeadStatus[];
	leads: Lead[];
	/** The ID of the next lead. */
	nextLeadId: number;
	/** How far Liner's clock is ahead, in milliseconds. */
	clockOffset?: number;
	/** Use the two paths that differ in the code samples of Liner's documentation (liner-api section 2). */
	pathsOfSamples?: boolean;
	/** How the list of leads is sorted; `none` scatters new leads among the others. Default: `oldest`, the oldest first. */
	listOrder?: 'oldest' | 'newest' | 'none';
	/** The fields that the list of leads has; by default all except the custom values. */
	listFields?: string[];
	/** The list of leads gives at most so many per page, and says with `next` where it goes on. */
	shortPages?: number;
	/** How long after it was stored a lead appears in the list and by its ID, in milliseconds. */
	showsLate?: number;
	/**
	 * Changes what Liner shows of a lead, in the list and by its ID. The period of a list applies to the time that is shown,
	 * if that has a time zone; all other filters apply to what was stored.
	 */
	show?: (lead: Record<string, unknown>) => Record<string, unknown>;
}

/** A request that Liner refuses. */
class Refusal extends Error {
	constructor(
		readonly statusCode: number,
		message: string,
	) {
		super(message);
	}
}

const success = (data: unknown) => ({ success: true, message: '', data });
const failure = (message: string) => ({ success: false, message, data: null });

const LARGEST_PAGE = 100;
const DEFAULT_PAGE = 50;

/** Coerces nothing. Compiled once, because each test creates an API. */
const fitsSchema = new Ajv({ allowUnionTypes: true }).compile(createLeadSchema);

/** Liner's API over an account, as strict as the contract (liner-api) allows. */
export function createApi(account: Account): FastifyInstance {
	const app = Fastify({
		// Reads `createdAt[0]` and `orderIds[]` as lists; all values stay strings.
		routerOptions: { querystringParser: (text) => parse(text) as Record<string, unknown> },
	});

	app.setValidatorCompiler(() => fitsSchema);
	app.addHook('onRequest', async (request) => {
		if (request.headers['x-api-key'] !== account.apiKey) throw new Refusal(401, 'Invalid API key');
	});
	app.setErrorHandler(async (error: FastifyError, _request, reply) => {
		const { additionalProperty } = error.validation?.[0].params ?? {};
		const message = additionalProperty ? `Unknown property '${String(additionalProperty)}'` : error.message;
		return await reply.status(error.validation ? 422 : (error.statusCode ?? 500)).send(failure(message));
	});
	app.setNotFoundHandler(
		async (_request, reply) => await reply.status(404).send(failure('Method not found')),
	);

	/** When each lead was stored, by our clock; leads that a test puts into the account were always there. */
	const storedAt = new WeakMap<Lead, number>();
	const isShown = (lead: Lead) => Date.now() >= (storedAt.get(lead) ?? 0) + (account.showsLate ?? 0);
	const present = (lead: Lead) => {
		const shown = withEveryField(lead);
		return account.show?.(shown) ?? shown;
	};

	const createLead = (method: Lead['createMethod']) => async (request: FastifyRequest) => {
		const input = request.body as LeadInput;
		checkReferences(input, account);
		const now = new Date(Date.now() + (account.clockOffset ?? 0)).toISOString();
		const lead = { id: account.nextLeadId++, ...input, createMethod: method, createdAt: now, updatedAt: now };
		account.leads.push(lead);
		storedAt.set(lead, Date.now());
		return success(method === 'sync' ? { id: lead.id } : { status: 'accepted' });
	};
	app.post('/v2/lead/create/', { schema: { body: createLeadSchema } }, createLead('sync'));
	app.post('/v2/lead/create-async/', { schema: { body: createLeadSchema } }, createLead('async'));

	app.get('/v1/health/check/', async () =>
		success({ database: { success: true }, telephony: { success: true } }),
	);

	app.get('/v2/lead/', async ({ query }) => {
		const { createdAt = [], orderIds = [], statusIds = [] } = query as Record<string, string[]>;
		const [from, to] = [createdAt[0], createdAt[1]].map((time) => (time ? toTime(time) : undefined));
		return page(
			query,
			sortLeads(account.leads.filter(isShown), account.listOrder)
				.filter(({ orderId }) => orderIds.length === 0 || orderIds.includes(String(orderId)))
				.filter(({ statusId }) => statusIds.length === 0 || statusIds.includes(String(statusId)))
				.map((lead) => ({ shown: present(lead), time: Date.parse(lead.createdAt) }))
				.map(({ shown, time }) => ({ shown, time: toShownTime(shown.createdAt) ?? time }))
				.filter(({ time }) => (from === undefined || time >= from) && (to === undefined || time <= to))
				.map(({ shown }) =>
					account.listFields === undefined
						? { ...shown, customValues: undefined }
						: pick(shown, account.listFields),
				),
			account.shortPages,
		);
	});
	app.get('/v2/lead/detail/:leadId/', async ({ params }) => {
		const { leadId } = params as { leadId: string };
		const lead = account.leads.find(({ id }) => String(id) === leadId);
		if (lead === undefined || !isShown(lead)) throw new Refusal(404, `Lead ${leadId} not found`);
		return success(present(lead));
	});
	app.get('/v2/order/', async ({ query }) => page(query, account.orders));

	const listCustomFields = async ({ query }: FastifyRequest) => {
		const { essence } = query as { essence?: string };
		return success(
			account.customFields.filter((field) => essence === undefined || field.essence === essence),
		);
	};
	const listLeadStatuses = async () => success(account.leadStatuses);
	app.get(account.pathsOfSamples ? '/v2/custom-fields/' : '/v2/custom-field/', listCustomFields);
	app.get(account.pathsOfSamples ? '/v2/lead-statuses/' : '/v2/lead-status/', listLeadStatuses);

	return app;
}

function checkReferences(
	{ orderId, orderCode, statusId, customValues = {} }: LeadInput,
	account: Account,
): void {
	const order = account.orders.find(({ id }) => id === orderId);
	if (order === undefined) throw new Refusal(422, `Order ${orderId} not found`);
	if (order.code !== orderCode) {
		throw new Refusal(422, `Order code '${orderCode}' does not belong to order ${orderId}`);
	}
	if (statusId !== undefined) {
		const status = account.leadStatuses.find(({ id }) => id === statusId);
		if (status === undefined) throw new Refusal(422, `Lead status ${statusId} not found`);
		if (status.category !== 'in-progress') {
			throw new Refusal(422, `Lead status '${status.title}' is not of the category in-progress`);
		}
	}
	for (const [id, value] of Object.entries(customValues)) {
		const field = account.customFields.find((field) => field.essence === 'leads' && String(field.id) === id);
		if (field === undefined) throw new Refusal(422, `Custom field ${id} not found`);
		if (!fitsField(value, field)) {
			throw new Refusal(
				422,
				`${JSON.stringify(value)} is not a valid ${field.type} for the field '${field.title}'`,
			);
		}
	}
}

/** How strict Liner is here is not documented, so the sandbox is as strict as possible. */
function fitsField(value: unknown, { type, params }: CustomField): boolean {
	const isChoice = (code: unknown) => params.some((choice) => choice.code === code);
	switch (type) {
		case 'string':
			return typeof value === 'string';
		case 'int':
			return Number.isInteger(value);
		case 'float':
			return typeof value === 'number';
		case 'bool':
			return typeof value === 'boolean';
		case 'date':
			return typeof value === 'string' && /^\d{4}-\d\d-\d\d$/.test(value) && !Number.isNaN(Date.parse(value));
		case 'datetime':
			return (
				typeof value === 'string' &&
				/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d$/.test(value) &&
				!Number.isNaN(Date.parse(value))
			);
		case 'select':
			return isChoice(value);
		case 'multiselect':
			return Array.isArray(value) && value.every(isChoice);
	}
}

function sortLeads(leads: Lead[], order: Account['listOrder'] = 'oldest'): Lead[] {
	switch (order) {
		case 'oldest':
			return leads;
		case 'newest':
			return leads.toReversed();
		case 'none':
			return leads.toSorted((a, b) => scatter(a.id) - scatter(b.id));
	}
}

/** A number that is always the same for an ID, but says nothing about its size. */
const scatter = (id: number) => Math.imul(id, 0x9e3779b1) >>> 0;

/** @returns `undefined` for a text that is not a time or has no time zone. */
function toShownTime(text: unknown): number | undefined {
	const time = /(Z|[+-]\d\d:?\d\d)$/.test(String(text)) ? Date.parse(String(text)) : NaN;
	return Number.isNaN(time) ? undefined : time;
}

const pick = (lead: Record<string, unknown>, fields: string[]) =>
	Object.fromEntries(Object.entries(lead).filter(([field]) => fields.includes(field)));

/** Liner returns every field of a lead, and phones with a `+`. */
function withEveryField(lead: Lead): Record<string, unknown> {
	return {
		name: null,
		sourceComment: null,
		ip: null,
		externalIdBitrix24: null,
		externalIdAmo: null,
		externalIdMacro: null,
		externalIdDomoplaner: null,
		statusId: 1,
		isSecondary: false,
		planningCallDateTime: null,
		priority: 0,
		utcOffset: null,
		vkId: null,
		instagramLogin: null,
		telegramUserName: null,
		telegramPhone: null,
		...lead,
		phone: `+${String(lead.phone).replace('+', '')}`,
		customValues: lead.customValues ?? {},
	};
}

/** @param shortPages How many entries a page has at most, if that is less than what was asked for. */
function page(query: unknown, all: unknown[], shortPages?: number) {
	const { offset = '0', limit = String(DEFAULT_PAGE) } = query as { offset?: string; limit?: string };
	const [from, size] = [offset, limit].map((text) => (/^\d+$/.test(text) ? Number(text) : NaN));
	if (Number.isNaN(from)) throw new Refusal(400, 'offset must be a whole number');
	if (!(size >= 1 && size <= LARGEST_PAGE)) throw new Refusal(400, `limit must be from 1 to ${LARGEST_PAGE}`);
	if (shortPages === undefined) return success({ list: all.slice(from, from + size) });
	const next = from + Math.min(size, shortPages);
	return success({ list: all.slice(from, next), next: next < all.length ? next : null, total: all.length });
}

function toTime(text: string): number {
	const time = Date.parse(text);
	if (Number.isNaN(time)) throw new Refusal(400, `'${text}' is not an ISO 8601 time`);
	return time;
}

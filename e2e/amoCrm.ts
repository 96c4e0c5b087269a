import type { OutsideRoute } from './outside';

/** A lead with its contacts. */
export interface AmoCrmLead {
	id: number;
	contacts: Array<{ id: number; is_main: boolean }>;
}

/** A contact; its phone number is a custom field. Without custom fields, they are `null`. */
export interface AmoCrmContact {
	id: number;
	name: string;
	custom_fields_values: Array<{
		field_code: string | null;
		values: Array<{ value: string; enum_code?: string }>;
	}> | null;
}

/** More requests than this within a second are refused. */
const REQUESTS_PER_SECOND = 7;

/** A fake of amoCRM's API. */
export class AmoCrm {
	readonly routes: OutsideRoute[];

	private readonly times: number[] = [];

	constructor(
		readonly host: string,
		private readonly token: string,
		private readonly leads: AmoCrmLead[],
		private readonly contacts: AmoCrmContact[],
	) {
		this.routes = [
			this.route('GET', '/api/v4/leads/:id', (id, query) => {
				const lead = this.leads.find((lead) => lead.id === id);
				if (lead === undefined) return undefined;
				const { contacts, ...own } = lead;
				const withContacts = (query as { with?: string }).with === 'contacts';
				return { ...own, _embedded: { tags: [], companies: [], ...(withContacts ? { contacts } : {}) } };
			}),
			this.route('GET', '/api/v4/contacts/:id', (id) => this.contacts.find((contact) => contact.id === id)),
			this.route('POST', '/api/v4/leads/:id/notes', (id, _query, body) => {
				if (!this.leads.some((lead) => lead.id === id)) return 404;
				const notes = body as Array<{ note_type: string; params: { text: string } }>;
				if (
					!Array.isArray(notes) ||
					notes.some(({ note_type: type, params }) => type !== 'common' || !params.text)
				)
					return 400;
				return { _embedded: { notes: notes.map((_note, index) => ({ id: index + 1, entity_id: id })) } };
			}),
		];
	}

	/** @param answer Returns the body, the status of a refusal, or `undefined` if there is nothing. */
	private route(
		method: 'GET' | 'POST',
		url: string,
		answer: (id: number, query: unknown, body: unknown) => object | number | undefined,
	): OutsideRoute {
		return {
			host: this.host,
			method,
			url,
			handler: async ({ headers, params, query, body }, reply) => {
				const refuse = async (status: number) =>
					await reply.status(status).type('application/problem+json').send(JSON.stringify({ status }));
				if (this.isOverLimit()) return await refuse(429);
				if (headers.authorization !== `Bearer ${this.token}`) return await refuse(401);
				const answered = answer(Number((params as { id: string }).id), query, body);
				if (answered === undefined) return await reply.status(204).send();
				if (typeof answered === 'number') return await refuse(answered);
				return await reply.type('application/hal+json').send(JSON.stringify(answered));
			},
		};
	}

	private isOverLimit(): boolean {
		const now = Date.now();
		this.times.push(now);
		return this.times.filter((time) => time > now - 1_000).length > REQUESTS_PER_SECOND;
	}
}

import type { OutsideRoute } from './outside';

/** A lead in the answer of `crm.lead.get`. */
export interface Bitrix24Lead {
	ID: string;
	NAME: string | null;
	LAST_NAME: string | null;
	COMMENTS: string | null;
	/** Absent for a lead without a phone. */
	PHONE?: Array<{ VALUE_TYPE: string; VALUE: string }>;
}

/** A fake of Bitrix24's REST API, called through an inbound webhook. */
export class Bitrix24 {
	readonly routes: OutsideRoute[];

	/** @param secret The one in the URL of the inbound webhook. */
	constructor(
		readonly host: string,
		private readonly secret: string,
		private readonly leads: Bitrix24Lead[],
	) {
		this.routes = [
			this.route('crm.lead.get', (body) => {
				const { id } = body as { id?: unknown };
				if (!/^[1-9]\d*$/.test(String(id))) return 'ID is not defined or invalid.';
				return this.leads.find(({ ID }) => ID === String(id)) ?? 'Not found.';
			}),
			this.route('crm.timeline.comment.add', (body) => {
				const {
					ENTITY_ID: id,
					ENTITY_TYPE: type,
					COMMENT: text,
				} = (body as { fields: Record<string, unknown> }).fields;
				if (type !== 'lead' || !this.leads.some(({ ID }) => ID === String(id))) return 'Owner was not found.';
				if (typeof text !== 'string' || text.trim() === '') return 'Empty comment.';
				return 1;
			}),
		];
	}

	/** @param answer Returns the result, or the description of an error. */
	private route(method: string, answer: (body: unknown) => object | number | string): OutsideRoute {
		return {
			host: this.host,
			method: 'POST',
			url: `/rest/1/:secret/${method}`,
			handler: async ({ params, body }, reply) => {
				const refuse = async (status: number, description: string) =>
					await reply.status(status).send({ error: '', error_description: description });
				if ((params as { secret: string }).secret !== this.secret)
					return await refuse(401, 'Invalid request credentials');
				const result = answer(body);
				return typeof result === 'string' ? await refuse(400, result) : { result, time: { duration: 0.1 } };
			},
		};
	}
}

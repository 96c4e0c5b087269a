import type { LeadBody, LeadId } from '../../../../api/leads';

/** A lead of which Liner has told the ID. */
interface CreatedLead {
	orderId: unknown;
	id: LeadId;
	/** When it was sent, and when the answer came, in milliseconds since 1970, by our clock. */
	sentAt: number;
	answeredAt: number;
}

/** So many are kept at least, and twice as many at most. */
const MOST_KEPT = 5_000;

/** How much earlier than a request a lead may have been sent that a list from the time of the request must show. */
const EARLIER = 30_000;

/** The latest leads that a run has certainly created: a list of their time that lacks one of them may lack others. */
export class CreatedLeads {
	/** In the order of their answers. */
	private leads: CreatedLead[] = [];

	add({ orderId }: LeadBody, id: LeadId, sentAt: number, answeredAt: number): void {
		this.leads.push({ orderId, id, sentAt, answeredAt });
		if (this.leads.length >= 2 * MOST_KEPT) this.leads = this.leads.slice(-MOST_KEPT);
	}

	/**
	 * Those that a list must show which tells what became of a request.
	 *
	 * @param sentAt When the request was sent, by our clock.
	 * @param answeredBy Those that were answered later need not be in the list.
	 * @returns The IDs, the earliest first.
	 */
	idsAround(orderId: unknown, sentAt: number, answeredBy: number): LeadId[] {
		return this.leads
			.filter(
				(lead) =>
					lead.orderId === orderId && lead.sentAt >= sentAt - EARLIER && lead.answeredAt <= answeredBy,
			)
			.map(({ id }) => id);
	}
}

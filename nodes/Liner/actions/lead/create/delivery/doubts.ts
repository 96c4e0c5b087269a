import { digitsOf } from './matchLead';
import type { LeadBody } from '../../../../api/leads';

/** What two leads have in common that could be taken for each other in Liner's list. */
export const clientKey = ({ phone, orderId, leadType }: LeadBody) =>
	`${digitsOf(phone)} ${String(orderId)} ${String(leadType)}`;

/** Counts by {@link clientKey} the items whose lead may or may not exist. */
export class Doubts {
	private readonly open = new Map<string, number>();

	private readonly left = new Map<string, number>();

	/** A request of the item has no known outcome. */
	begin(body: LeadBody): void {
		add(this.open, clientKey(body), 1);
	}

	/** The item became a lead. */
	resolve(body: LeadBody): void {
		add(this.open, clientKey(body), -1);
	}

	/** The item will stay in doubt. */
	leave(body: LeadBody): void {
		add(this.left, clientKey(body), 1);
	}

	/** How many items that could be taken for this one are in doubt, and how many of them will stay so. */
	rivalsOf(body: LeadBody): { inDoubt: number; unresolved: number } {
		const key = clientKey(body);
		return { inDoubt: this.open.get(key) ?? 1, unresolved: this.left.get(key) ?? 0 };
	}
}

function add(counts: Map<string, number>, key: string, change: number): void {
	counts.set(key, (counts.get(key) ?? 0) + change);
}

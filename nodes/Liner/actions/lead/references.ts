import { explainUnreadableOrders, Orders } from './orders';
import type { CustomField } from '../../api/customFields';
import type { LeadStatus } from '../../api/leadStatuses';
import type { Order } from '../../api/orders';
import { Failure } from '../../failure';
import { CustomFields, type KnownCustomFields } from '../../fields/customFields';

/** Reads the lists of the account that items may refer to. */
export interface Lists {
	readOrders(): Promise<Order[] | Failure>;
	readCustomFields(): Promise<CustomField[] | Failure>;
	readLeadStatuses(): Promise<LeadStatus[] | Failure>;
}

/** The lists that items refer to, each read once and only when it is needed. */
export class References {
	/** Empty until {@link ensureOrders}; or why they cannot be read. */
	orders: Orders | Failure = new Orders([]);

	/** `undefined` until {@link ensureCustomFields}; or why they cannot be read. */
	customFields: KnownCustomFields;

	/** Empty until {@link ensureLeadStatuses}; or why they cannot be read. */
	leadStatuses: LeadStatus[] | Failure = [];

	private areOrdersRead = false;

	private areLeadStatusesRead = false;

	/** @param timezone Of times without an offset, e.g. `Europe/Moscow`. */
	constructor(
		private readonly lists: Lists,
		readonly timezone: string,
	) {}

	/** Reads the orders, on the first call only. */
	async ensureOrders(): Promise<void> {
		if (this.areOrdersRead) return;
		this.areOrdersRead = true;
		const orders = await this.lists.readOrders();
		this.orders = orders instanceof Failure ? explainUnreadableOrders(orders) : new Orders(orders);
	}

	/** Reads the lead statuses, on the first call only. */
	async ensureLeadStatuses(): Promise<void> {
		if (this.areLeadStatusesRead) return;
		this.areLeadStatusesRead = true;
		this.leadStatuses = await this.lists.readLeadStatuses();
	}

	/** Reads the custom fields, on the first call only. */
	async ensureCustomFields(): Promise<void> {
		if (this.customFields !== undefined) return;
		const fields = await this.lists.readCustomFields();
		this.customFields = fields instanceof Failure ? fields : new CustomFields(fields);
	}
}

import { explainUnreadableOrders, Orders } from './orders';
import type { CustomField } from '../../api/customFields';
import type { LeadStatus } from '../../api/leadStatuses';
import type { Order } from '../../api/orders';
import { Failure } from '../../failure';
import { CustomFields, type KnownCustomFields } from '../../fields/customFields';

/** The lists of the account that items may refer to; each is read when it is asked for. */
export interface Lists {
	readOrders(): Promise<Order[] | Failure>;
	readCustomFields(): Promise<CustomField[] | Failure>;
	readLeadStatuses(): Promise<LeadStatus[] | Failure>;
}

/** What items may refer to, as far as it has been asked for. */
export class References {
	/** Empty until {@link needOrders}; or why they cannot be read. */
	orders: Orders | Failure = new Orders([]);

	/** `undefined` until {@link needCustomFields}; or why they cannot be read. */
	customFields: KnownCustomFields;

	/** Empty until {@link needLeadStatuses}; or why they cannot be read. */
	leadStatuses: LeadStatus[] | Failure = [];

	private areOrdersRead = false;

	private areLeadStatusesRead = false;

	/** @param timezone Of times that name none, e.g. `Europe/Moscow`. */
	constructor(
		private readonly lists: Lists,
		readonly timezone: string,
	) {}

	/** Reads the orders, unless that was done before. */
	async needOrders(): Promise<void> {
		if (this.areOrdersRead) return;
		this.areOrdersRead = true;
		const orders = await this.lists.readOrders();
		this.orders = orders instanceof Failure ? explainUnreadableOrders(orders) : new Orders(orders);
	}

	/** Reads the lead statuses, unless that was done before. */
	async needLeadStatuses(): Promise<void> {
		if (this.areLeadStatusesRead) return;
		this.areLeadStatusesRead = true;
		this.leadStatuses = await this.lists.readLeadStatuses();
	}

	/** Reads the custom fields, unless that was done before. */
	async needCustomFields(): Promise<void> {
		if (this.customFields !== undefined) return;
		const fields = await this.lists.readCustomFields();
		this.customFields = fields instanceof Failure ? fields : new CustomFields(fields);
	}
}

import { textOf } from './text';
import { Failure } from '../failure';
import type { Client, Page } from '../transport/client';

/** An order; a text that Liner omits is empty. */
export interface Order {
	id: string;
	code: string;
	title: string;
	/** The name that only the team sees. */
	serviceTitle: string;
}

/**
 * Reads one page of the orders: `GET /v2/order/`.
 *
 * @param offset How many orders of the list to skip.
 */
export async function listOrders(client: Client, offset: number): Promise<Page<Order> | Failure> {
	const page = await client.getPage('/v2/order/', {}, offset);
	if (page instanceof Failure) return page;
	const entries = page.entries.map(({ id, code, title, serviceTitle }) => ({
		id: textOf(id),
		code: textOf(code),
		title: textOf(title),
		serviceTitle: textOf(serviceTitle),
	}));
	return { ...page, entries };
}

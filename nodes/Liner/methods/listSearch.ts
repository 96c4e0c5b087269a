import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';

import { listOrders, type Order } from '../api/orders';
import { toListError } from '../errors';
import { Failure } from '../failure';
import { DEFAULT_TIMEOUT } from '../transport/account';
import { connect, PAGE_SIZE } from '../transport/client';
import { readPages } from '../transport/pages';

/**
 * Lists the orders of the account, page by page, for the parameter "Order".
 *
 * Liner cannot search the list (liner-api section 2), so the node reads on until it has found a page of matching orders.
 *
 * @param filter What the user typed: words that must all occur in the title, code, internal name or ID, in any case.
 * @param paginationToken The offset to read from.
 * @throws {NodeApiError} When the list cannot be read, with the reason.
 */
export async function searchOrders(
	this: ILoadOptionsFunctions,
	filter?: string,
	paginationToken?: string,
): Promise<INodeListSearchResult> {
	const words = toSearchable(filter ?? '').split(' ');
	const client = await connect(this, DEFAULT_TIMEOUT);
	if (client instanceof Failure) throw toListError(this.getNode(), client);

	const found: Order[] = [];
	let next: number | undefined;
	const pages = readPages(async (offset) => await listOrders(client, offset), Number(paginationToken ?? 0));
	for await (const page of pages) {
		if (page instanceof Failure) throw toListError(this.getNode(), page);
		found.push(...page.entries.filter((order) => matches(order, words)));
		next = page.next;
		if (found.length >= PAGE_SIZE) break;
	}
	return {
		results: found.map((order) => ({ name: toName(order), value: order.id })),
		...(next === undefined ? {} : { paginationToken: String(next) }),
	};
}

function matches(order: Order, words: string[]): boolean {
	const { id, code, title, serviceTitle } = order;
	const text = toSearchable([toName(order), title, code, serviceTitle, id].join(' '));
	return words.every((word) => text.includes(word));
}

/** Russian text usually has е in place of ё. */
const toSearchable = (text: string) =>
	text.normalize().toLowerCase().replaceAll('ё', 'е').trim().replace(/\s+/g, ' ');

function toName({ id, code, title, serviceTitle }: Order): string {
	const name = title || serviceTitle || `Order ${id}`;
	return code === '' ? name : `${name} (${code})`;
}

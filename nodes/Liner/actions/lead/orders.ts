import { labelOf } from './lead.fields';
import type { Order } from '../../api/orders';
import { append } from '../../append';
import { Failure } from '../../failure';
import { isBlank, quote, toId, toText, InvalidValue } from '../../fields/values';

const LABEL = { id: labelOf('orderId'), code: labelOf('orderCode') };

/** The orders of a Liner account, by ID and code. */
export class Orders {
	private readonly byId = new Map<string, Order>();

	private readonly byCode = new Map<string, Order[]>();

	private readonly byAnyCase = new Map<string, Order[]>();

	constructor(orders: Order[]) {
		for (const order of orders) {
			this.byId.set(order.id, order);
			append(this.byCode, order.code, order);
			append(this.byAnyCase, order.code.toLowerCase(), order);
		}
	}

	findById(id: number): Order | undefined {
		return this.byId.get(String(id));
	}

	/** @returns The orders with this code or, if there are none, with this code in another case. */
	findByCode(code: string): Order[] {
		return this.byCode.get(code) ?? this.byAnyCase.get(code.toLowerCase()) ?? [];
	}
}

/** The two values by which the contract identifies an order. */
export interface OrderReference {
	orderId?: unknown;
	orderCode?: unknown;
}

export const isOrderMissing = ({ orderId, orderCode }: OrderReference) =>
	isBlank(orderId) && isBlank(orderCode);

/** Whether one of the two is missing and can be looked up by the other. */
export const isPartialOrder = ({ orderId, orderCode }: OrderReference) =>
	isBlank(orderId) !== isBlank(orderCode);

/**
 * Looks up the ID or the code of an order when only the other one is given; if both are given, they stay as they are.
 *
 * @param orders Needed if {@link isPartialOrder}; or why they cannot be read.
 * @param columnOf The columns that the two come from, in automatic mapping.
 * @returns A failure when both are blank, or the order cannot be found by the one that is given.
 */
export function completeOrder(
	{ orderId, orderCode }: OrderReference,
	orders: Orders | Failure,
	columnOf: Partial<Record<keyof OrderReference, string>> = {},
): OrderReference | Failure {
	if (isOrderMissing({ orderId, orderCode })) {
		return new Failure(
			'invalid',
			`'${LABEL.id}' and '${LABEL.code}' are both empty`,
			'Choose the order from the list, or check that the column with its ID or code has a value.',
		);
	}
	if (!isPartialOrder({ orderId, orderCode })) return { orderId, orderCode };
	if (orders instanceof Failure) return orders;
	const order = isBlank(orderCode)
		? findById(orderId, orders, columnOf.orderId)
		: findByCode(orderCode, orders, columnOf.orderCode);
	return order instanceof Failure ? order : { orderId: order.id, orderCode: order.code };
}

/** The failure when the orders cannot be read: one for all items, because none of them is the cause. */
export function explainUnreadableOrders(unreadableList: Failure): Failure {
	const { message, description } = unreadableList;
	return new Failure(
		'invalid',
		`The list of orders could not be read: ${message}`,
		`The list is not needed if both '${LABEL.id}' and '${LABEL.code}' are given. ${description}`.trim(),
		{ unreadableList },
	);
}

function findById(orderId: unknown, orders: Orders, column: string | undefined): Order | Failure {
	const label = column ?? LABEL.id;
	const id = toId(orderId);
	if (id instanceof InvalidValue) return id.in(label);
	const order = orders.findById(id);
	if (order === undefined) return toUnknownOrder(orderId, column).in(label);
	return order.code === ''
		? new InvalidValue(
				`is ${quote(orderId)}, an order that has no code in Liner`,
				`Enter a code for it in Liner, or ${howToAdd(LABEL.code, 'orderCode', column)}.`,
			).in(label)
		: order;
}

function findByCode(orderCode: unknown, orders: Orders, column: string | undefined): Order | Failure {
	const label = column ?? LABEL.code;
	const code = toText(orderCode);
	if (code instanceof InvalidValue) return code.in(label);
	const found = orders.findByCode(code);
	if (found.length === 0) return toUnknownOrder(orderCode, column).in(label);
	return found.length === 1
		? found[0]
		: new InvalidValue(
				`is ${quote(orderCode)}, the code of ${found.length} orders (IDs ${found.map(({ id }) => id).join(', ')})`,
				`To tell them apart, ${howToAdd(LABEL.id, 'orderId', column)}.`,
			).in(label);
}

/** A column for either value overrides both parameters. */
const howToAdd = (label: string, name: keyof OrderReference, column: string | undefined) =>
	column === undefined ? `fill in '${label}' as well` : `add a column '${name}' to the item as well`;

const toUnknownOrder = (value: unknown, column: string | undefined) =>
	new InvalidValue(
		`is ${quote(value)}, but Liner has no such order`,
		column === undefined
			? 'Choose the order from the list, or correct the value.'
			: 'Correct the value, or leave it empty to use the order that is chosen in the node, if any.',
	);

import { toInstant } from './matching';
import type { ListedLead } from '../../../../api/leads';
import { Failure } from '../../../../failure';
import type { Clock } from '../../../../transport/clock';

/** In milliseconds since 1970, both ends included. */
export interface Period {
	from: number;
	to: number;
}

/** The leads of an order that were created in a period. */
export interface Reading {
	leads: ListedLead[];
	/** What was asked for. */
	period: Period;
	/** When the first page was asked for, by our clock. */
	beganAt: number;
}

/** How much a period may be too short for those who share a reading, in milliseconds. */
export interface PeriodTolerance {
	from: number;
	to: number;
}

/**
 * Reads a list.
 *
 * @param toPeriod Gives the period as it is to be read now: the first answer may tell that Liner's clock is another one.
 */
export type ReadList = (orderId: number, toPeriod: () => Period) => Promise<Reading | Failure>;

interface Order {
	/** The reading that is under way. */
	running?: { beganAt: number; period: Period; result: Promise<Reading | Failure> };
	/** The one that is to follow, and what those who wait for it want. */
	following?: { wanted: Array<() => Period>; result: Promise<Reading | Failure> };
	/** When the last one began, by our clock. */
	beganAt: number;
	/** The last one that succeeded. */
	last?: Reading;
}

/** Of so many orders the last reading is kept. */
const MOST_ORDERS = 20;

/** How long after one reading of an order the next one begins at the earliest, in milliseconds. */
const SHORTEST_DISTANCE = 250;

/**
 * Lets those who look at the leads of one order at about the same time share one reading of the list: while one is under way
 * that began too early for them, or has only just begun, they wait for the next one, which covers what all of them want.
 */
export class SharedReadings {
	private readonly orders = new Map<number, Order>();

	constructor(
		private readonly readList: ReadList,
		private readonly clock: Clock,
		private readonly tolerance: PeriodTolerance,
		/** Waits for so many milliseconds, or until the run is to stop. */
		private readonly sleep: (milliseconds: number) => Promise<void>,
	) {}

	/**
	 * @param toPeriod As {@link ReadList} takes it.
	 * @param since The list must not have been read before, by our clock. A reading that began in the same millisecond may have.
	 */
	async read(orderId: number, toPeriod: () => Period, since: number): Promise<Reading | Failure> {
		const order = this.orderOf(orderId);
		const { last, running } = order;
		if (last !== undefined && last.beganAt > since && this.covers(last, toPeriod())) return last;
		const isInTime = running !== undefined && running.beganAt > since && this.isWithin(running, toPeriod());
		const shared = await (isInTime ? running.result : this.begin(orderId, order, toPeriod));
		if (shared instanceof Failure || this.covers(shared, toPeriod())) return shared;
		return await this.readList(orderId, toPeriod);
	}

	private orderOf(orderId: number): Order {
		const order = this.orders.get(orderId) ?? { beganAt: -Infinity };
		this.orders.delete(orderId);
		this.orders.set(orderId, order);
		for (const [id, { running, following }] of this.orders) {
			if (this.orders.size <= MOST_ORDERS) break;
			if (running === undefined && following === undefined && id !== orderId) this.orders.delete(id);
		}
		return order;
	}

	/** Begins a reading, or joins the one that is to follow. */
	private async begin(orderId: number, order: Order, toPeriod: () => Period): Promise<Reading | Failure> {
		if (order.following === undefined) {
			if (order.running === undefined && this.waitFor(order) <= 0)
				return await this.start(orderId, order, [toPeriod]);
			const wanted: Array<() => Period> = [];
			const startNext = async () => {
				await this.sleep(this.waitFor(order));
				order.following = undefined;
				return await this.start(orderId, order, wanted);
			};
			const before = order.running?.result ?? Promise.resolve();
			order.following = { wanted, result: before.then(startNext, startNext) };
		}
		order.following.wanted.push(toPeriod);
		return await order.following.result;
	}

	private waitFor({ beganAt }: Order): number {
		return beganAt + SHORTEST_DISTANCE - this.clock.now();
	}

	private async start(
		orderId: number,
		order: Order,
		wanted: Array<() => Period>,
	): Promise<Reading | Failure> {
		const toPeriod = () => unite(wanted.map((toOne) => toOne()));
		const result = this.readList(orderId, toPeriod);
		const running = { beganAt: this.clock.now(), period: toPeriod(), result };
		order.running = running;
		order.beganAt = running.beganAt;
		try {
			const reading = await result;
			if (!(reading instanceof Failure)) order.last = reading;
			return reading;
		} finally {
			if (order.running === running) order.running = undefined;
		}
	}

	/**
	 * Whether a reading shows what one of the period alone would. Of a lead that does not tell when it was created, nothing
	 * but the period does: one that begins earlier would make it come into question.
	 */
	private covers({ period, leads, beganAt }: Reading, wanted: Period): boolean {
		return (
			this.isWithin({ period, beganAt }, wanted) &&
			(period.from >= wanted.from - this.tolerance.from ||
				leads.every(({ createdAt }) => toInstant(createdAt) !== undefined))
		);
	}

	private isWithin({ period, beganAt }: { period: Period; beganAt: number }, wanted: Period): boolean {
		const passed = this.clock.now() - beganAt;
		return (
			period.from <= wanted.from + this.tolerance.from && period.to >= wanted.to - passed - this.tolerance.to
		);
	}
}

const unite = (periods: Period[]): Period => ({
	from: Math.min(...periods.map(({ from }) => from)),
	to: Math.max(...periods.map(({ to }) => to)),
});

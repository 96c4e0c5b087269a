import { clientKey, Doubts } from './doubts';
import { findExistingLeads } from './existingLeads';
import type { Attempt, Journal } from './journal';
import { KeyedQueue } from './keyedQueue';
import type { LeadFinder } from './leadFinder';
import { intervalAfter, mayResend, type RetryPolicy, type RetryState } from './retryPolicy';
import { isAcceptance, type LeadOutcome, type LeadResult } from '../leadOutcome';
import type { LookupOptions, SendOptions } from '../options';
import type { LeadBody, LeadId } from '../../../../api/leads';
import { Failure } from '../../../../failure';
import { withStatus } from '../../../../texts';
import { LONGEST_PAUSE, type RateLimiter } from '../../../../transport/rateLimiter';
import type { StopSignal } from '../../../../transport/stopSignal';

/** The interval before the second look for a lead whose request broke off; it doubles where Liner may still be at work. */
const CHECK_INTERVAL = 1_000;
/** The longest time that a request may go on in Liner after the node gave it up. */
const LONGEST_CHECK = 30_000;

/** How a delivery looks for leads in Liner. */
interface Lookup {
	finder: LeadFinder;
	options: LookupOptions;
}

/** What a delivery works with. */
export interface DeliveryTools {
	/** Sends a body with exactly one request. */
	submit(body: LeadBody): Promise<LeadResult | Failure>;
	/** Without it, the delivery never looks for leads. */
	lookup?: Lookup;
	journal: Journal;
	rateLimiter: RateLimiter;
	stopSignal: StopSignal;
	options: SendOptions;
	/** Whether a failure ends the delivery. */
	stopAtFailure: boolean;
}

/** What a delivery did about its requests beyond sending them. */
export interface DeliveryStatistics {
	/** How many items were taken over from an earlier try. */
	resumed: number;
	/** How many items had a lead in Liner already. */
	existing: number;
	/** How many requests without a clear answer turned out to have created their lead. */
	reconciled: number;
	/** How often Liner asked to wait. */
	throttled: number;
}

/** What became of the items. */
export interface Delivered {
	/** One for each item. */
	outcomes: LeadOutcome[];
	/** The item whose failure ended the delivery, if one did. */
	stoppedBy?: number;
	statistics: DeliveryStatistics;
}

/**
 * Makes each body a lead, several at the same time, and none of them twice.
 *
 * @param bodies One for each item, or why it has none and is not sent.
 * @returns What became of them. After a failure that ends the delivery nothing new is started, and what was sent by then
 *   is accounted for.
 */
export async function deliver(bodies: Array<LeadBody | Failure>, tools: DeliveryTools): Promise<Delivered> {
	return await new Delivery(bodies, tools).run();
}

/**
 * What is known of the items before anything is sent.
 *
 * @returns For each item what it became in an earlier try, or why it cannot be sent, or `undefined`.
 */
export function recallOutcomes(bodies: Array<LeadBody | Failure>, journal: Journal): LeadOutcome[] {
	return recall(bodies, journal).map(({ outcome }) => outcome);
}

/** What is known of an item before anything is sent. */
interface Recalled {
	/** What it became in an earlier try, or why it cannot be sent. */
	outcome: LeadOutcome;
	/** The request of an earlier try whose outcome is still to be found out. */
	attempt?: Attempt;
}

function recall(bodies: Array<LeadBody | Failure>, journal: Journal): Recalled[] {
	return bodies.map((body, item) => {
		const failure = body instanceof Failure ? body : undefined;
		const memory = journal.recall(item, body instanceof Failure ? undefined : body);
		if (memory === undefined) return { outcome: failure };
		if ('result' in memory) return { outcome: memory.result };
		return failure === undefined
			? { outcome: undefined, attempt: memory.attempt }
			: { outcome: stillUnknown(sentInEarlierTry(memory.attempt), failure) };
	});
}

/** An item on its way, and how far it has come. */
interface Shipment extends RetryState {
	item: number;
	body: LeadBody;
	/** When it was sent first, be it in an earlier try; in milliseconds since 1970, by our clock. */
	sentAt?: number;
	/** Whether a request of it has no known outcome: a later one cannot change that, only the lead itself. */
	isInDoubt: boolean;
}

class Delivery {
	private readonly outcomes: LeadOutcome[];

	/** The items that an earlier try sent without learning their outcome. */
	private readonly sentEarlier = new Map<number, Attempt>();

	/** Items whose leads could be taken for each other wait for each other, so that none takes the other's lead. */
	private readonly queue = new KeyedQueue();

	private readonly doubts = new Doubts();

	private readonly retryPolicy: RetryPolicy;

	private stoppedBy?: number;

	private readonly statistics: DeliveryStatistics = { resumed: 0, existing: 0, reconciled: 0, throttled: 0 };

	constructor(
		private readonly bodies: Array<LeadBody | Failure>,
		private readonly tools: DeliveryTools,
	) {
		const { journal, options } = tools;
		this.retryPolicy = {
			maximumRetries: options.maxRetries,
			initialInterval: 500,
			maximumInterval: 30_000,
			waitingBudget: LONGEST_PAUSE,
		};
		const recalled = recall(bodies, journal);
		this.outcomes = recalled.map(({ outcome }) => outcome);
		for (const [item, { outcome, attempt }] of recalled.entries()) {
			if (outcome !== undefined && !(outcome instanceof Failure)) {
				this.statistics.resumed++;
				this.claim(outcome);
			}
			if (attempt !== undefined) {
				this.sentEarlier.set(item, attempt);
				this.doubts.begin(bodies[item] as LeadBody);
			}
		}
	}

	async run(): Promise<Delivered> {
		const { lookup, options, stopSignal } = this.tools;
		if (lookup?.options.ifExists === 'return') await this.returnExisting(lookup);

		let next = 0;
		const work = async () => {
			while (next < this.bodies.length && !stopSignal.isStopped) {
				const item = next++;
				const body = this.bodies[item];
				if (body instanceof Failure || this.outcomes[item] !== undefined) continue;
				// Nothing can be done for it but to say that it is in doubt, which must not hold up the others.
				if (this.sentEarlier.has(item) && this.onUnknown === 'fail') continue;
				this.settle(item, await this.queue.run(clientKey(body), async () => await this.ship(item, body)));
			}
		};
		await Promise.all(Array.from({ length: options.concurrency }, work));
		for (const [item, attempt] of this.sentEarlier) {
			if (this.outcomes[item] !== undefined) continue;
			if (stopSignal.isStopped) this.outcomes[item] = sentInEarlierTry(attempt);
			else this.settle(item, sentInEarlierTry(attempt));
		}
		return { outcomes: this.outcomes, stoppedBy: this.stoppedBy, statistics: this.statistics };
	}

	private get onUnknown(): LookupOptions['onUnknown'] {
		return this.tools.lookup?.options.onUnknown ?? 'fail';
	}

	private settle(item: number, outcome: LeadOutcome): void {
		this.outcomes[item] = outcome;
		if (!this.tools.stopAtFailure || !(outcome instanceof Failure)) return;
		this.stoppedBy ??= item;
		this.tools.stopSignal.stop();
	}

	/** From now on no other item can become this lead. */
	private claim(result: LeadResult): void {
		if (!isAcceptance(result)) this.tools.lookup?.finder.claim(result.id);
	}

	/** Takes over what is in Liner already. The items that an earlier try sent are looked for in their own way. */
	private async returnExisting({ finder, options }: Lookup): Promise<void> {
		const open = this.bodies.map((body, item) =>
			body instanceof Failure || this.outcomes[item] !== undefined || this.sentEarlier.has(item)
				? undefined
				: body,
		);
		const existing = await findExistingLeads(open, finder, options.lookBackHours);
		for (const [item, outcome] of existing.entries()) {
			if (outcome === undefined || this.tools.stopSignal.isStopped) continue;
			if (!(outcome instanceof Failure)) this.statistics.existing++;
			this.settle(item, outcome);
		}
	}

	private async ship(item: number, body: LeadBody): Promise<LeadOutcome> {
		const earlier = this.sentEarlier.get(item);
		const isInDoubt = earlier !== undefined;
		const shipment = { item, body, sends: 0, waited: 0, sentAt: earlier?.sentAt, isInDoubt };
		const outcome = await this.sendUntilSettled(shipment, earlier && sentInEarlierTry(earlier));
		if (outcome instanceof Failure && outcome.kind === 'unknown') this.doubts.leave(body);
		return outcome;
	}

	/** @param failure Why nobody knows what an earlier try achieved, if there was one. */
	private async sendUntilSettled(shipment: Shipment, failure?: Failure): Promise<LeadOutcome> {
		for (;;) {
			if (failure?.kind === 'unknown') {
				const outcome = await this.findOutcome(shipment, failure);
				if (outcome !== undefined) return outcome;
				failure = toNotInLiner(failure);
				// An item of an earlier try has failed already, and is now to be tried again.
				if (this.onUnknown === 'check' && shipment.sends > 0) return failure;
			}
			if (failure !== undefined && shipment.sends > 0) {
				const outcome = await this.waitToResend(shipment, failure);
				if (outcome !== undefined) return outcome;
			}
			// An item that was not delivered when the run ended counts as not sent.
			if (!(await this.tools.rateLimiter.acquire())) return undefined;
			const result = await this.send(shipment);
			if (!(result instanceof Failure) || result.kind === 'rejected') return result;
			failure = result;
		}
	}

	/** Sends a lead once, and keeps account of what is known of it. */
	private async send(shipment: Shipment): Promise<LeadResult | Failure> {
		const { submit, journal, rateLimiter } = this.tools;
		const { item, body } = shipment;
		shipment.sends++;
		const sentAt = (shipment.sentAt ??= Date.now());
		journal.open(item, body, { sentAt, isOver: false });
		const result = await submit(body);
		if (!(result instanceof Failure)) {
			rateLimiter.recover();
			this.claim(result);
			return this.record(shipment, result);
		}
		const { kind, details } = result;
		if (kind === 'unknown') {
			journal.open(item, body, { sentAt, isOver: !details.timedOut });
			if (!shipment.isInDoubt) this.doubts.begin(body);
			shipment.isInDoubt = true;
		} else if (!shipment.isInDoubt) {
			journal.forget(item);
		}
		if (kind === 'notDelivered' && details.httpCode !== undefined) {
			this.statistics.throttled++;
			rateLimiter.backOff(intervalAfter(this.retryPolicy, 1, details.retryAfter, Math.random()));
		}
		return result;
	}

	private record<R extends LeadResult>({ item, body, isInDoubt }: Shipment, result: R): R {
		if (isInDoubt) this.doubts.resolve(body);
		this.tools.journal.record(item, body, result);
		return result;
	}

	/** @returns The failure when the lead is not to be sent again, or its lead when Liner has stored it meanwhile. */
	private async waitToResend(shipment: Shipment, failure: Failure): Promise<LeadOutcome> {
		const { sends } = shipment;
		const interval = intervalAfter(this.retryPolicy, sends, failure.details.retryAfter, Math.random());
		if (!mayResend(this.retryPolicy, shipment, interval)) return failure;
		shipment.waited += interval;
		await this.tools.stopSignal.sleep(interval);
		return shipment.isInDoubt ? await this.look(shipment, failure) : undefined;
	}

	/**
	 * Finds out what became of a request whose outcome is unknown.
	 *
	 * @returns Its lead, `undefined` when it made none, or why that cannot be told.
	 */
	private async findOutcome(shipment: Shipment, failure: Failure): Promise<LeadOutcome> {
		const { stopSignal, options } = this.tools;
		if (this.onUnknown === 'fail' || stopSignal.isCanceled) return failure;

		// After a timeout Liner may still be working on the request, for about as long as the node was ready to wait.
		const lookFor = failure.details.timedOut ? Math.min(options.timeout, LONGEST_CHECK) : CHECK_INTERVAL;
		const until = Date.now() + lookFor;
		for (let looks = 1; ; looks++) {
			const outcome = await this.look(shipment, failure);
			const left = until - Date.now();
			if (outcome !== undefined || (looks > 1 && left <= 0)) return outcome;
			const interval = CHECK_INTERVAL * 2 ** (looks - 1);
			await stopSignal.sleep(left > 0 ? Math.min(interval, left) : CHECK_INTERVAL);
			if (stopSignal.isStopped) return failure;
		}
	}

	/** Looks once for the lead of a request in doubt. */
	private async look(shipment: Shipment, failure: Failure): Promise<LeadOutcome> {
		const { finder } = this.tools.lookup as Lookup;
		const rivals = this.doubts.rivalsOf(shipment.body);
		const found: LeadId | Failure | undefined = await finder.findCreated(
			shipment.body,
			shipment.sentAt as number,
			rivals,
		);
		if (found === undefined) return undefined;
		if (found instanceof Failure) return stillUnknown(failure, found);
		this.statistics.reconciled++;
		return this.record(shipment, { id: found });
	}
}

function sentInEarlierTry({ isOver }: Attempt): Failure {
	return new Failure(
		'unknown',
		'An earlier try sent this item and got no clear answer',
		'The lead may have been created: look for its phone number in Liner before you send the item again.',
		isOver ? {} : { timedOut: true },
	);
}

function toNotInLiner({ message, details }: Failure): Failure {
	const description =
		'The node looked for the lead in Liner and did not find it: the item can be sent again.';
	return new Failure(
		'notDelivered',
		`${message}, and Liner has no such lead`,
		details.httpCode === undefined ? description : withStatus(description, details.httpCode),
		details,
	);
}

function stillUnknown(failure: Failure, why: Failure): Failure {
	return new Failure(
		'unknown',
		`${failure.message}, and the node could not tell whether the lead exists: ${why.message}`,
		[why.description, failure.description].filter((text) => text !== '').join(' '),
		failure.details,
	);
}

import { findExistingLeads } from './existingLeads';
import type { Attempt, Creation, Journal } from './journal';
import type { LeadBody } from '../../leadBody';
import type { LeadFinder } from './leadFinder';
import { digitsOf } from './matchLead';
import type { RunOptions } from '../options';
import { Failure, isAcceptance, type LeadId, type Outcome, type Result } from '../../../../failure';
import { withStatus } from '../../../../texts';
import type { Halt } from '../../../../transport/stopSignal';
import { LONGEST_PAUSE, type Pacer } from '../../../../transport/rateLimiter';

/** The wait before the first resend; it doubles with each further one, up to the longest. In milliseconds. */
const FIRST_WAIT = 500;
const LONGEST_WAIT = 30_000;
/** How long a lead may wait for its resends in all, in milliseconds. */
const WAITING_BUDGET = LONGEST_PAUSE;

/** The pause before the second look for a lead whose request broke off; it doubles where Liner may still be at work. */
const LOOK_PAUSE = 1_000;
/** The longest time that a request may go on in Liner after the node gave it up. */
const LONGEST_LOOK = 30_000;

/** What a delivery works with. */
export interface DeliveryTools {
	/** Sends a body with exactly one request. */
	submit(body: LeadBody): Promise<Creation | Failure>;
	finder: LeadFinder;
	journal: Journal;
	pacer: Pacer;
	halt: Halt;
	options: RunOptions;
	/** Whether a failure ends the delivery. */
	stopAtFailure: boolean;
}

/** What a delivery did about its requests beyond sending them. */
export interface Incidents {
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
	outcomes: Outcome[];
	/** The item whose failure ended the delivery, if one did. */
	stoppedBy?: number;
	incidents: Incidents;
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
export function recallOutcomes(bodies: Array<LeadBody | Failure>, journal: Journal): Outcome[] {
	return bodies.map((body, item) => {
		const failure = body instanceof Failure ? body : undefined;
		const memory = journal.recall(item, body instanceof Failure ? undefined : body);
		if (memory === undefined) return failure;
		if ('creation' in memory) return memory.creation;
		return failure && cannotBeTold(sentInEarlierTry(memory.attempt), failure);
	});
}

class Delivery {
	private readonly outcomes: Outcome[];

	/** The items that an earlier try sent without learning their outcome. */
	private readonly sentEarlier = new Map<number, Attempt>();

	/** The items that are equal to the eye of Liner's list go one after the other, lest one claims the other's lead. */
	private readonly lanes = new Map<string, Promise<void>>();

	/** How many items of a lane are in doubt, i.e. were sent without a known outcome; and how many will stay so. */
	private readonly inDoubt = new Map<string, number>();

	private readonly unresolved = new Map<string, number>();

	private stoppedBy?: number;

	private readonly incidents: Incidents = { resumed: 0, existing: 0, reconciled: 0, throttled: 0 };

	constructor(
		private readonly bodies: Array<LeadBody | Failure>,
		private readonly tools: DeliveryTools,
	) {
		this.outcomes = recallOutcomes(bodies, tools.journal);
	}

	async run(): Promise<Delivered> {
		const { journal, options } = this.tools;
		if (!journal.isEmpty) this.resume();
		if (options.ifExists === 'return') await this.returnExisting();

		let next = 0;
		const work = async () => {
			while (next < this.bodies.length && !this.tools.halt.isCalled) {
				const item = next++;
				const body = this.bodies[item];
				if (body instanceof Failure || this.outcomes[item] !== undefined) continue;
				if (this.isHopeless(item)) continue;
				this.settle(item, await this.inLane(laneOf(body), async () => await this.deliverItem(item, body)));
			}
		};
		await Promise.all(Array.from({ length: options.concurrency }, work));
		for (const [item, attempt] of this.sentEarlier) {
			if (this.outcomes[item] !== undefined) continue;
			if (this.tools.halt.isCalled) this.outcomes[item] = sentInEarlierTry(attempt);
			else this.settle(item, sentInEarlierTry(attempt));
		}
		return { outcomes: this.outcomes, stoppedBy: this.stoppedBy, incidents: this.incidents };
	}

	/** Whether nothing can be done for an item but to say that it is in doubt, which must not hold up the others. */
	private isHopeless(item: number): boolean {
		return this.sentEarlier.has(item) && this.tools.options.onUnknown === 'fail';
	}

	private settle(item: number, outcome: Outcome): void {
		this.outcomes[item] = outcome;
		if (!this.tools.stopAtFailure || !(outcome instanceof Failure)) return;
		this.stoppedBy ??= item;
		this.tools.halt.call();
	}

	private claim<R extends Result>(result: R): R {
		if (!isAcceptance(result)) this.tools.finder.claim(result.id);
		return result;
	}

	/** Takes over what an earlier try of this run knows, before any item looks for a lead in Liner. */
	private resume(): void {
		for (const [item, body] of this.bodies.entries()) {
			const outcome = this.outcomes[item];
			if (outcome !== undefined && !(outcome instanceof Failure)) {
				this.incidents.resumed++;
				this.claim(outcome);
			}
			if (body instanceof Failure || outcome !== undefined) continue;
			const memory = this.tools.journal.recall(item, body);
			if (memory !== undefined && 'attempt' in memory) {
				this.sentEarlier.set(item, memory.attempt);
				count(this.inDoubt, laneOf(body), 1);
			}
		}
	}

	/** Takes over what is in Liner already. The items that an earlier try sent are looked for in their own way. */
	private async returnExisting(): Promise<void> {
		const { finder, options } = this.tools;
		const open = this.bodies.map((body, item) =>
			body instanceof Failure || this.outcomes[item] !== undefined || this.sentEarlier.has(item)
				? undefined
				: body,
		);
		const existing = await findExistingLeads(open, finder, options.lookBackHours);
		for (const [item, outcome] of existing.entries()) {
			if (outcome === undefined || this.tools.halt.isCalled) continue;
			if (!(outcome instanceof Failure)) this.incidents.existing++;
			this.settle(item, outcome);
		}
	}

	private async deliverItem(item: number, body: LeadBody): Promise<Outcome> {
		const outcome = await this.sendUntilClear(item, body, this.sentEarlier.get(item));
		if (outcome instanceof Failure && outcome.kind === 'unknown') count(this.unresolved, laneOf(body), 1);
		return outcome;
	}

	private async sendUntilClear(item: number, body: LeadBody, earlier?: Attempt): Promise<Outcome> {
		const { submit, journal, pacer, halt, options } = this.tools;
		const lane = laneOf(body);
		let sentAt = earlier?.sentAt;
		let isInDoubt = earlier !== undefined;
		let failure = earlier && sentInEarlierTry(earlier);
		let waited = 0;
		const become = (creation: Creation): Outcome => {
			if (isInDoubt) count(this.inDoubt, lane, -1);
			journal.record(item, body, creation);
			return creation;
		};
		const reconcile = (id: LeadId): Outcome => {
			this.incidents.reconciled++;
			return become({ id });
		};

		for (let sends = 0; ; sends++) {
			if (failure?.kind === 'unknown') {
				const found = await this.investigate(body, sentAt as number, failure);
				if (found instanceof Failure) return found;
				if (found !== undefined) return reconcile(found);
				failure = isNotInLiner(failure);
				// An item of an earlier try has failed already, and is now to be tried again.
				if (options.onUnknown === 'check' && sends > 0) return failure;
			}
			if (failure !== undefined && sends > 0) {
				const wait = timeToWait(failure, sends);
				waited += wait;
				if (sends > options.maxRetries || waited > WAITING_BUDGET) return failure;
				await halt.sleep(wait);
				if (isInDoubt) {
					// Liner may have stored the lead while the node waited.
					const found = await this.look(body, sentAt as number);
					if (found instanceof Failure) return cannotBeTold(failure, found);
					if (found !== undefined) return reconcile(found);
				}
			}
			// An item that was not delivered when the run ended counts as not sent.
			if (!(await pacer.turn())) return undefined;

			sentAt ??= Date.now();
			journal.open(item, body, { sentAt, isOver: false });
			const result = await submit(body);
			if (!(result instanceof Failure)) {
				pacer.speedUp();
				return become(this.claim(result));
			}
			failure = result;
			if (failure.kind === 'unknown') {
				journal.open(item, body, { sentAt, isOver: !failure.details.timedOut });
				if (!isInDoubt) count(this.inDoubt, lane, 1);
				isInDoubt = true;
				continue;
			}
			// What was in doubt once stays so: the request before may still become a lead.
			if (!isInDoubt) journal.forget(item);
			if (failure.kind === 'rejected') return failure;
			if (failure.details.httpCode !== undefined) {
				this.incidents.throttled++;
				pacer.slowDown(timeToWait(failure, 1));
			}
		}
	}

	/**
	 * Finds out what became of a request whose outcome is unknown.
	 *
	 * @returns The ID of its lead, `undefined` when it made none, or why that cannot be told.
	 */
	private async investigate(
		body: LeadBody,
		sentAt: number,
		failure: Failure,
	): Promise<LeadId | Failure | undefined> {
		const { halt, options } = this.tools;
		if (options.onUnknown === 'fail' || halt.isCancelled) return failure;

		// After a timeout Liner may still be working on the request, for about as long as the node was ready to wait.
		const lookFor = failure.details.timedOut ? Math.min(options.timeout, LONGEST_LOOK) : LOOK_PAUSE;
		const until = Date.now() + lookFor;
		for (let looks = 1; ; looks++) {
			const found = await this.look(body, sentAt);
			if (found instanceof Failure) return cannotBeTold(failure, found);
			const left = until - Date.now();
			if (found !== undefined || (looks > 1 && left <= 0)) return found;
			const pause = LOOK_PAUSE * 2 ** (looks - 1);
			await halt.sleep(left > 0 ? Math.min(pause, left) : LOOK_PAUSE);
			if (halt.isCalled) return failure;
		}
	}

	private async look(body: LeadBody, sentAt: number): Promise<LeadId | Failure | undefined> {
		const lane = laneOf(body);
		return await this.tools.finder.findCreated(body, sentAt, {
			inDoubt: this.inDoubt.get(lane) ?? 1,
			unresolved: this.unresolved.get(lane) ?? 0,
		});
	}

	private async inLane<T>(lane: string, work: () => Promise<T>): Promise<T> {
		const before = this.lanes.get(lane) ?? Promise.resolve();
		const result = before.then(work);
		const end = result.then(
			() => undefined,
			() => undefined,
		);
		this.lanes.set(lane, end);
		try {
			return await result;
		} finally {
			if (this.lanes.get(lane) === end) this.lanes.delete(lane);
		}
	}
}

function count(counts: Map<string, number>, lane: string, change: number): void {
	counts.set(lane, (counts.get(lane) ?? 0) + change);
}

/** Items of one lane may be taken for each other in Liner's list of leads. */
const laneOf = ({ phone, orderId, leadType }: LeadBody) =>
	`${digitsOf(phone)} ${String(orderId)} ${String(leadType)}`;

/** @param sends How often the lead was sent. */
function timeToWait({ details }: Failure, sends: number): number {
	const backoff = Math.min(FIRST_WAIT * 2 ** (sends - 1), LONGEST_WAIT);
	const jitter = 0.5 + Math.random() / 2;
	return Math.max(backoff * jitter, details.retryAfter ?? 0);
}

function sentInEarlierTry({ isOver }: Attempt): Failure {
	return new Failure(
		'unknown',
		'An earlier try sent this item and got no clear answer',
		'The lead may have been created: look for its phone number in Liner before you send the item again.',
		isOver ? {} : { timedOut: true },
	);
}

function isNotInLiner({ message, details }: Failure): Failure {
	const description =
		'The node looked for the lead in Liner and did not find it: the item can be sent again.';
	return new Failure(
		'notDelivered',
		`${message}, and Liner has no such lead`,
		details.httpCode === undefined ? description : withStatus(description, details.httpCode),
		details,
	);
}

function cannotBeTold(failure: Failure, why: Failure): Failure {
	return new Failure(
		'unknown',
		`${failure.message}, and the node could not tell whether the lead exists: ${why.message}`,
		[why.description, failure.description].filter((text) => text !== '').join(' '),
		failure.details,
	);
}

import { findExistingLeads } from './existingLeads';
import type { Attempt, Journal } from './journal';
import type { LeadBody } from './leadBody';
import type { LeadFinder } from './leadFinder';
import type { RunOptions } from './runOptions';
import { Failure, type LeadId, type Outcome } from '../../outcome';
import type { Halt } from '../../transport/halt';
import type { Liner } from '../../transport/liner';
import type { Pacer } from '../../transport/pacer';

/** The wait before the first resend; it doubles with each further one, up to the longest. In milliseconds. */
const FIRST_WAIT = 500;
const LONGEST_WAIT = 30_000;
/** How long a lead may wait for its resends in all. */
const WAITING_BUDGET = 120_000;

/** The pause before the second look for a lead whose request broke off; it doubles where Liner may still be at work. */
const LOOK_PAUSE = 1_000;
/** The longest time that a request may go on in Liner after the node gave it up. */
const LONGEST_LOOK = 30_000;

/** What a delivery works with. */
export interface DeliveryTools {
	liner: Liner;
	finder: LeadFinder;
	journal: Journal;
	pacer: Pacer;
	halt: Halt;
	options: RunOptions;
	/** Whether a failure ends the delivery. */
	stopAtFailure: boolean;
}

/**
 * Makes each body a lead, several at the same time, and none of them twice.
 *
 * @param bodies One for each item; `undefined` for an item that is not to be sent.
 * @returns One outcome for each item. After a failure that ends the delivery nothing new is started, and what was sent by
 *   then is accounted for.
 */
export async function deliver(bodies: Array<LeadBody | undefined>, tools: DeliveryTools): Promise<Outcome[]> {
	return await new Delivery(bodies, tools).run();
}

class Delivery {
	private readonly outcomes: Outcome[];

	/** The items that an earlier try sent without learning their outcome. */
	private readonly sentEarlier = new Map<number, Attempt>();

	/** The items that are equal to the eye of Liner's list go one after the other, lest one claims the other's lead. */
	private readonly lanes = new Map<string, Promise<void>>();

	/** How many items of a lane were sent without a known outcome. */
	private readonly claimants = new Map<string, number>();

	constructor(
		private readonly bodies: Array<LeadBody | undefined>,
		private readonly tools: DeliveryTools,
	) {
		this.outcomes = new Array<Outcome>(bodies.length).fill(undefined);
	}

	async run(): Promise<Outcome[]> {
		const { journal, options } = this.tools;
		if (!journal.isEmpty) this.resume();
		if (options.ifExists === 'return') await this.returnExisting();

		let next = 0;
		const work = async () => {
			while (next < this.bodies.length && !this.tools.halt.isCalled) {
				const item = next++;
				const body = this.bodies[item];
				if (body === undefined || this.outcomes[item] !== undefined) continue;
				this.settle(item, await this.inLane(laneOf(body), async () => await this.deliverItem(item, body)));
			}
		};
		await Promise.all(Array.from({ length: options.concurrency }, work));
		return this.outcomes;
	}

	private settle(item: number, outcome: Outcome): void {
		this.outcomes[item] = outcome;
		if (this.tools.stopAtFailure && outcome instanceof Failure) this.tools.halt.call();
	}

	/** Takes over what an earlier try of this run knows, before any item looks for a lead in Liner. */
	private resume(): void {
		const { journal, finder } = this.tools;
		for (const [item, body] of this.bodies.entries()) {
			const memory = body && journal.recall(item, body);
			if (memory === undefined) continue;
			if ('id' in memory) {
				this.settle(item, { id: finder.claim(memory.id) });
			} else {
				this.sentEarlier.set(item, memory);
				this.countClaimants(laneOf(body as LeadBody), 1);
			}
		}
	}

	/** Takes over what is in Liner already. The items that an earlier try sent are looked for in their own way. */
	private async returnExisting(): Promise<void> {
		const { finder, options } = this.tools;
		const open = this.bodies.map((body, item) =>
			this.outcomes[item] === undefined && !this.sentEarlier.has(item) ? body : undefined,
		);
		const existing = await findExistingLeads(open, finder, options.lookBackHours);
		for (const [item, outcome] of existing.entries()) if (outcome !== undefined) this.settle(item, outcome);
	}

	private async deliverItem(item: number, body: LeadBody): Promise<Outcome> {
		const { liner, finder, journal, pacer, halt, options } = this.tools;
		const lane = laneOf(body);
		const earlier = this.sentEarlier.get(item);
		let sentAt = earlier?.sentAt;
		let failure = earlier && sentInEarlierTry(earlier);
		let waited = 0;

		for (let sends = 0; ; sends++) {
			if (failure?.kind === 'unknown') {
				const found = await this.investigate(body, sentAt as number, failure);
				if (found instanceof Failure) return found;
				this.countClaimants(lane, -1);
				if (found !== undefined) {
					journal.record(item, body, found);
					return { id: found };
				}
				failure = isNotInLiner(failure);
				// An item of an earlier try has failed already, and is now to be tried again.
				if (options.onUnknown === 'check' && sends > 0) return failure;
			}
			if (failure !== undefined && sends > 0) {
				const wait = timeToWait(failure, sends);
				waited += wait;
				if (sends > options.maxRetries || waited > WAITING_BUDGET) return failure;
				await halt.sleep(wait);
			}
			// An item that was not delivered when the run ended counts as not sent.
			if (!(await pacer.turn())) return undefined;

			sentAt ??= Date.now();
			journal.open(item, body, { sentAt, isOver: false });
			const result = await liner.createLead(body);
			if (!(result instanceof Failure)) {
				pacer.speedUp();
				journal.record(item, body, result);
				return { id: finder.claim(result) };
			}
			failure = result;
			if (failure.kind === 'unknown') {
				journal.open(item, body, { sentAt, isOver: !failure.details.timedOut });
				this.countClaimants(lane, 1);
				continue;
			}
			journal.forget(item);
			if (failure.kind === 'rejected') return failure;
			if (failure.details.httpCode !== undefined) pacer.slowDown(timeToWait(failure, 1));
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
		const { finder, halt, options } = this.tools;
		if (options.onUnknown === 'fail' || halt.isCancelled) return failure;

		// After a timeout Liner may still be working on the request, for about as long as the node was ready to wait.
		const lookFor = failure.details.timedOut ? Math.min(options.timeout, LONGEST_LOOK) : LOOK_PAUSE;
		const until = Date.now() + lookFor;
		for (let pause = LOOK_PAUSE; ; pause *= 2) {
			const found = await finder.findCreated(body, sentAt, this.claimants.get(laneOf(body)) ?? 1);
			if (found instanceof Failure) return cannotBeTold(failure, found);
			const left = until - Date.now();
			if (found !== undefined || left <= 0) return found;
			await halt.sleep(Math.min(pause, left));
			if (halt.isCalled) return failure;
		}
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

	private countClaimants(lane: string, change: number): void {
		this.claimants.set(lane, (this.claimants.get(lane) ?? 0) + change);
	}
}

/** Items of one lane may be taken for each other in Liner's list of leads. */
const laneOf = ({ phone, orderId, leadType }: LeadBody) =>
	`${String(phone).replace('+', '')} ${String(orderId)} ${String(leadType)}`;

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
	return new Failure(
		'notDelivered',
		`${message}, and Liner has no such lead`,
		'The node looked for the lead in Liner and did not find it: the item can be sent again.',
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

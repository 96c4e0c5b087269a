import { CreatedLeads } from './createdLeads';
import { Doubts } from './doubts';
import { findExistingLeads } from './existingLeads';
import { toAttempt, type Attempt, type Journal } from './journal';
import { KeyedQueue } from './keyedQueue';
import type { LeadFinder } from './leadFinder';
import { clientKey } from './matching';
import { intervalAfter, mayResend, type RetryPolicy, type RetryState } from './retryPolicy';
import { CREATE, type LeadBody, type LeadId } from '../../../../api/leads';
import { Failure } from '../../../../failure';
import { shorten } from '../../../../fields/values';
import { withStatus } from '../../../../texts';
import type { Clock } from '../../../../transport/clock';
import { LONGEST_PAUSE, type RateLimiter } from '../../../../transport/rateLimiter';
import type { StopSignal } from '../../../../transport/stopSignal';
import { isAcceptance, isExisting, type LeadOutcome, type LeadResult } from '../leadOutcome';
import type { LookupOptions, SendOptions } from '../options';

/** The interval before the second look for a lead whose request broke off; it doubles where Liner may still be at work. */
const CHECK_INTERVAL = 1_000;
/** The longest time that a request may go on in Liner after the node gave it up. */
const LONGEST_CHECK = 30_000;
/** How long to go on looking where Liner's list lacks leads that exist. */
const LONGEST_LAG = 30_000;
/** How many leads the journal keeps with a request in doubt, for the look of a later try. */
const MOST_CREATED = 3;

/** How a delivery looks for leads in Liner. */
export interface Lookup {
	finder: LeadFinder;
	options: LookupOptions;
}

/** What a delivery works with; everything that takes time or comes from outside is handed in. */
export interface DeliveryTools {
	/**
	 * Sends a body with exactly one request.
	 *
	 * @param isInDoubt Whether an earlier request of the item may have become a lead.
	 */
	submit(body: LeadBody, isInDoubt: boolean): Promise<LeadResult | Failure>;
	/** Without it, the delivery never looks for leads. */
	lookup?: Lookup;
	journal: Journal;
	rateLimiter: RateLimiter;
	stopSignal: StopSignal;
	clock: Clock;
	/** @returns From 0 to 1. */
	random(): number;
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
 * Makes each body a lead, several at the same time, and none of them twice. A lead is sent again only when it is certain
 * that it does not exist.
 *
 * @param recalled One for each item, as {@link recall} gives them.
 * @returns What became of them. After a failure that ends the delivery nothing new is started, and what was sent by then
 *   is accounted for. Never throws, and nothing goes on after it.
 */
export async function deliver(recalled: Recalled[], tools: DeliveryTools): Promise<Delivered> {
	return await new Delivery(recalled, tools).run();
}

/** What is known of an item before anything is sent. */
export interface Recalled {
	/** Missing for an item that cannot be sent. */
	body?: LeadBody;
	/** What it became in an earlier try, or why it cannot be sent. */
	outcome: LeadOutcome;
	/** The request of an earlier try whose outcome is unknown; to be found out if the item has no outcome. */
	attempt?: Attempt;
}

/**
 * What is known of the items before anything is sent.
 *
 * @param bodies One for each item, or why it has none.
 */
export function recall(bodies: Array<LeadBody | Failure>, journal: Journal): Recalled[] {
	return bodies.map((given, item) => {
		const [body, failure] = given instanceof Failure ? [undefined, given] : [given, undefined];
		const memory = journal.recall(item, body);
		if (memory === undefined) return { body, outcome: failure };
		if ('result' in memory) return { body, outcome: memory.result };
		const { attempt } = memory;
		return failure === undefined
			? { body, outcome: undefined, attempt }
			: { outcome: stillUnknown(sentInEarlierTry(attempt), failure), attempt };
	});
}

/** What becomes of the items of a run that sends nothing. */
export function withhold(recalled: Recalled[]): LeadOutcome[] {
	return recalled.map(({ outcome, attempt }) => outcome ?? (attempt && sentInEarlierTry(attempt)));
}

/** An item on its way, and how far it has come. */
interface Shipment extends RetryState {
	item: number;
	body: LeadBody;
	/** A request of it that may have become a lead, if there is one. */
	doubt?: Doubt;
}

interface Doubt {
	attempt: Attempt;
	failure: Failure;
	/** When the node looked last for the lead of the request, by our clock; 0 as long as it did not. */
	lookedAt: number;
	/** When Liner can be at work on the request no more, by our clock. */
	overAt: number;
}

class Delivery {
	private readonly outcomes: LeadOutcome[];

	/** Items whose leads could be taken for each other wait for each other, so that none takes the other's lead. */
	private readonly queue = new KeyedQueue();

	private readonly doubts = new Doubts();

	private readonly created = new CreatedLeads();

	/** By the ID of a lead, the item that it belongs to. */
	private readonly owners = new Map<string, number>();

	private readonly retryPolicy: RetryPolicy;

	private stoppedBy?: number;

	private readonly statistics: DeliveryStatistics = { resumed: 0, existing: 0, reconciled: 0, throttled: 0 };

	constructor(
		private readonly recalled: Recalled[],
		private readonly tools: DeliveryTools,
	) {
		this.retryPolicy = {
			maximumRetries: tools.options.maxRetries,
			initialInterval: 500,
			maximumInterval: 30_000,
			waitingBudget: LONGEST_PAUSE,
		};
		this.outcomes = recalled.map(({ outcome }) => outcome);
		for (const [item, { outcome, attempt }] of recalled.entries()) {
			if (outcome !== undefined && !(outcome instanceof Failure)) {
				if (isExisting(outcome)) this.statistics.existing++;
				else this.statistics.resumed++;
				this.claim(item, outcome);
			}
			if (attempt === undefined) continue;
			this.doubts.begin(item, attempt);
			if (outcome !== undefined) this.doubts.leave(item, attempt);
		}
	}

	async run(): Promise<Delivered> {
		const { lookup, journal, stopSignal } = this.tools;
		// Also of items that have changed since.
		for (const { item, id } of journal.leads) {
			lookup?.finder.reserve(id);
			if (!this.owners.has(String(id))) this.owners.set(String(id), item);
		}
		// First, so that no other item takes the lead of a request in doubt.
		if (this.onUnknown !== 'fail') await this.shipAll(({ attempt }) => attempt !== undefined);
		if (lookup?.options.ifExists === 'return' && !stopSignal.isStopped) await this.returnExisting(lookup);
		await this.shipAll(({ attempt }) => attempt === undefined);
		for (const [item, { attempt }] of this.recalled.entries()) {
			if (attempt === undefined || this.outcomes[item] !== undefined) continue;
			if (stopSignal.isStopped) this.outcomes[item] = sentInEarlierTry(attempt);
			else this.settle(item, sentInEarlierTry(attempt));
		}
		return { outcomes: this.outcomes, stoppedBy: this.stoppedBy, statistics: this.statistics };
	}

	/** Makes leads of those items that have no outcome. */
	private async shipAll(isChosen: (recalled: Recalled) => boolean): Promise<void> {
		const { options, stopSignal } = this.tools;
		let next = 0;
		const work = async () => {
			while (next < this.recalled.length && !stopSignal.isStopped) {
				const item = next++;
				const { body } = this.recalled[item];
				if (body === undefined || this.outcomes[item] !== undefined || !isChosen(this.recalled[item]))
					continue;
				this.settle(item, await this.queue.run(clientKey(body), async () => await this.ship(item, body)));
			}
		};
		await Promise.all(Array.from({ length: options.concurrency }, work));
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
	private claim(item: number, result: LeadResult): void {
		if (isAcceptance(result)) return;
		this.owners.set(String(result.id), item);
		this.tools.lookup?.finder.claim(result.id);
	}

	/**
	 * Takes over what is in Liner already. The items that an earlier try sent are looked for in their own way, and what may
	 * be theirs is nobody else's.
	 */
	private async returnExisting({ finder, options }: Lookup): Promise<void> {
		const isOpen = (item: number) =>
			this.outcomes[item] === undefined && this.recalled[item].attempt === undefined;
		const open = this.recalled.map(({ body }, item) => (isOpen(item) ? body : undefined));
		const existing = await findExistingLeads(open, finder, options.lookBackHours, this.doubts.attempts).catch(
			(error: Error) =>
				open.map((body) => (body === undefined ? undefined : toUnexpected(error, 'notDelivered'))),
		);
		for (const [item, outcome] of existing.entries()) {
			if (outcome === undefined) continue;
			if (!(outcome instanceof Failure)) {
				this.statistics.existing++;
				this.claim(item, outcome as LeadResult);
				// The next try must not take it for another one, nor look for it among leads that are more like it by then.
				this.tools.journal.record(item, open[item] as LeadBody, outcome);
			} else if (this.tools.stopSignal.isStopped) continue;
			this.settle(item, outcome);
		}
	}

	private async ship(item: number, body: LeadBody): Promise<LeadOutcome> {
		const { attempt } = this.recalled[item];
		const doubt = attempt && { attempt, failure: sentInEarlierTry(attempt), lookedAt: 0, overAt: 0 };
		const shipment: Shipment = { item, body, sends: 0, waited: 0, doubt };
		const outcome = await this.sendUntilSettled(shipment).catch((error: Error) =>
			toUnexpected(error, this.tools.journal.isOpen(item) ? 'unknown' : 'notDelivered'),
		);
		if (shipment.doubt !== undefined && outcome instanceof Failure && outcome.kind === 'unknown')
			this.leaveInDoubt(item, body, shipment.doubt);
		return outcome;
	}

	private async sendUntilSettled(shipment: Shipment): Promise<LeadOutcome> {
		const { rateLimiter } = this.tools;
		let failure = shipment.doubt?.failure;
		for (;;) {
			if (failure?.kind === 'unknown') {
				const outcome = await this.findOutcome(shipment, failure);
				if (outcome !== undefined) return outcome;
				// An item of an earlier try has failed already, and is now to be tried again.
				failure = shipment.sends === 0 ? undefined : toNotInLiner(failure);
				if (failure !== undefined && this.onUnknown === 'check') return failure;
			}
			if (failure !== undefined) {
				const outcome = await this.waitToResend(shipment, failure);
				if (outcome !== undefined) return outcome;
			}
			if (!(await rateLimiter.acquire())) return this.toNotSent(shipment, rateLimiter.closed);
			const found = await this.lookAfterPause(shipment);
			if (found !== undefined) return found;
			const result = await this.send(shipment);
			if (!(result instanceof Failure) || result.kind === 'rejected') return result;
			failure = result;
		}
	}

	/** @returns Nothing for an item that had not been sent when the run ended. */
	private toNotSent({ doubt }: Shipment, closed: Failure | undefined): LeadOutcome {
		if (doubt !== undefined) {
			return closed === undefined ? toNotInLiner(doubt.failure) : withConsequence(closed, AFTER_DOUBT);
		}
		return closed && withConsequence(closed, CREATE.ifNothingDone);
	}

	/** Sends a lead once, and keeps account of what is known of it. */
	private async send(shipment: Shipment): Promise<LeadResult | Failure> {
		const { submit, journal, rateLimiter, clock, random } = this.tools;
		const { item, body, doubt } = shipment;
		shipment.sends++;
		const sentAt = clock.now();
		const attempt = toAttempt(body, doubt?.attempt.sentAt ?? sentAt);
		journal.open(item, body, attempt);
		const result = await submit(body, doubt !== undefined).catch((error: Error) => {
			this.keepInDoubt(shipment, attempt, toUnexpected(error, 'unknown'));
			throw error;
		});
		if (!(result instanceof Failure)) {
			rateLimiter.recover();
			if (isAcceptance(result)) return this.record(shipment, result);
			const repeated = this.toRepeated(item, result.id);
			if (repeated !== undefined) {
				this.keepInDoubt(shipment, { ...attempt, isOver: true, answered: result.id }, repeated);
				return repeated;
			}
			this.created.add(body, result.id, sentAt, clock.now());
			this.claim(item, result);
			return this.record(shipment, result);
		}
		const { kind, details } = result;
		if (kind === 'unknown') this.keepInDoubt(shipment, { ...attempt, isOver: !details.timedOut }, result);
		else if (doubt === undefined) journal.forget(item);
		// The request before may still become a lead.
		else journal.open(item, body, doubt.attempt);
		if (kind === 'notDelivered' && details.httpCode !== undefined) {
			this.statistics.throttled++;
			rateLimiter.backOff(intervalAfter(this.retryPolicy, 1, details.retryAfter, random()));
		}
		return result;
	}

	private keepInDoubt(shipment: Shipment, attempt: Attempt, failure: Failure): void {
		const { item, body, doubt } = shipment;
		this.tools.journal.open(item, body, attempt);
		if (doubt !== undefined) this.doubts.resolve(item, doubt.attempt);
		this.doubts.begin(item, attempt);
		shipment.doubt = { attempt, failure, lookedAt: 0, overAt: this.tools.clock.now() };
	}

	private leaveInDoubt(item: number, body: LeadBody, { attempt, overAt }: Doubt): void {
		this.doubts.leave(item, attempt);
		const created = this.created.idsAround(attempt.sent.orderId, attempt.sentAt, overAt);
		if (created.length > 0)
			this.tools.journal.open(item, body, { ...attempt, created: created.slice(-MOST_CREATED) });
	}

	/** What is said of an item for whose lead Liner gave an ID that it had given before: nobody can tell whose lead it is. */
	private toRepeated(item: number, id: LeadId): Failure | undefined {
		const owner = this.owners.get(String(id));
		const isClaimed = owner === undefined ? this.tools.lookup?.finder.isClaimed(id) : owner !== item;
		if (!isClaimed) return undefined;
		const other = owner === undefined ? 'another item of this execution' : `item ${owner}`;
		return new Failure(
			'unknown',
			`Liner gave this item the same lead ID as ${other}: ${id}`,
			`Lead ${id} may be that of either item. ${CREATE.ifUnknown}`,
		);
	}

	private record<R extends LeadResult>({ item, body, doubt }: Shipment, result: R): R {
		if (doubt !== undefined) this.doubts.resolve(item, doubt.attempt);
		this.tools.journal.record(item, body, result);
		return result;
	}

	/** @returns The failure when the lead is not to be sent again, or its lead when Liner has stored it meanwhile. */
	private async waitToResend(shipment: Shipment, failure: Failure): Promise<LeadOutcome> {
		const { sends, doubt } = shipment;
		const interval = intervalAfter(this.retryPolicy, sends, failure.details.retryAfter, this.tools.random());
		if (!mayResend(this.retryPolicy, shipment, interval)) return failure;
		shipment.waited += interval;
		await this.tools.stopSignal.sleep(interval);
		return doubt === undefined ? undefined : await this.look(shipment, doubt.failure);
	}

	/**
	 * Finds out what became of a request whose outcome is unknown.
	 *
	 * @returns Its lead, `undefined` when it made none, or why that cannot be told.
	 */
	private async findOutcome(shipment: Shipment, failure: Failure): Promise<LeadOutcome> {
		const { stopSignal, options, clock } = this.tools;
		if (this.onUnknown === 'fail') return failure;
		if (stopSignal.isCanceled) return toInterrupted(failure, stopSignal);

		// After a timeout Liner may still be working on the request, for about as long as the node was ready to wait.
		const lookFor = failure.details.timedOut ? Math.min(options.timeout, LONGEST_CHECK) : CHECK_INTERVAL;
		const doubt = shipment.doubt as Doubt;
		doubt.overAt = clock.now() + lookFor;
		const latest = doubt.overAt + LONGEST_LAG;
		let until = doubt.overAt;
		let isLagging = false;
		for (let interval = CHECK_INTERVAL; ; interval *= 2) {
			const begin = clock.now();
			const found = await this.find(shipment, Math.min(begin, until));
			const wasLagging = isLagging;
			isLagging = found instanceof Failure && found.details.isLagging === true;
			if (found !== undefined && !(isLagging && begin < latest))
				return this.settleFound(shipment, failure, found);
			// What is shown for the first time may be shown before what was stored a moment later.
			if (wasLagging) until = Math.max(until, begin + CHECK_INTERVAL);
			// What is stored while Liner answers may be missing in its answer.
			if (found === undefined && begin >= until) return undefined;
			const left = (isLagging ? latest : until) - clock.now();
			await stopSignal.sleep(left > 0 ? Math.min(interval, left) : CHECK_INTERVAL);
			if (stopSignal.isStopped) return toInterrupted(failure, stopSignal);
		}
	}

	/** The requests of other items may have held this one up for long after the last look. */
	private async lookAfterPause(shipment: Shipment): Promise<LeadOutcome> {
		const { doubt } = shipment;
		if (doubt === undefined || this.tools.clock.now() - doubt.lookedAt <= CHECK_INTERVAL) return undefined;
		const outcome = await this.look(shipment, doubt.failure);
		if (outcome !== undefined) return outcome;
		// The look has taken the turn.
		const { rateLimiter } = this.tools;
		return (await rateLimiter.acquire()) ? undefined : this.toNotSent(shipment, rateLimiter.closed);
	}

	/** Looks once for the lead of a request in doubt. */
	private async look(shipment: Shipment, failure: Failure): Promise<LeadOutcome> {
		const found = await this.find(shipment, this.tools.clock.now());
		return found === undefined ? undefined : this.settleFound(shipment, failure, found);
	}

	/** @param since The list must not have been read before, by our clock. */
	private async find({ item, doubt }: Shipment, since: number): Promise<LeadId | Failure | undefined> {
		const { finder } = this.tools.lookup as Lookup;
		const { attempt, overAt } = doubt as Doubt;
		const rivals = this.doubts.rivalsOf(item, attempt);
		(doubt as Doubt).lookedAt = since;
		return await finder.findCreated(attempt, rivals, {
			since,
			expected: (beganAt) => [
				...(attempt.created ?? []),
				...this.created.idsAround(attempt.sent.orderId, attempt.sentAt, Math.min(overAt, beganAt)),
			],
		});
	}

	private settleFound(shipment: Shipment, failure: Failure, found: LeadId | Failure): LeadOutcome {
		const { stopSignal } = this.tools;
		if (found instanceof Failure) {
			return stopSignal.isStopped ? toInterrupted(failure, stopSignal) : stillUnknown(failure, found);
		}
		this.statistics.reconciled++;
		this.owners.set(String(found), shipment.item);
		return this.record(shipment, { id: found });
	}
}

/** What is said of an item whose first request was in doubt when a later one certainly did nothing. */
export const AFTER_DOUBT =
	'An earlier request for this item got no clear answer; the node looked for its lead in Liner and did not find it.';

function withConsequence({ kind, message, description, details }: Failure, consequence: string): Failure {
	return new Failure(kind, message, `${description} ${consequence}`, details);
}

/** What is said of an item when something happens that no rule foresees. */
function toUnexpected({ message }: Error, kind: 'unknown' | 'notDelivered'): Failure {
	return new Failure(
		kind,
		`The node ended unexpectedly for this item: ${shorten(message)}`,
		kind === 'unknown' ? CREATE.ifUnknown : CREATE.ifNothingDone,
	);
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

/** n8n knows a run that the user canceled by the word "canceled" in the error. */
function toInterrupted({ message, description, details }: Failure, { isCanceled }: StopSignal): Failure {
	const what = isCanceled ? 'execution was canceled' : 'run ended';
	return new Failure(
		'unknown',
		message.includes('canceled')
			? message
			: `${message}, and the ${what} before the node could tell whether the lead exists`,
		description,
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

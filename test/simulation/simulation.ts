import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import type { Journal } from '../../nodes/Liner/actions/lead/create/delivery/journal';
import type { LeadOutcome } from '../../nodes/Liner/actions/lead/create/leadOutcome';
import type { LeadBody } from '../../nodes/Liner/api/leads';
import type { Failure } from '../../nodes/Liner/failure';
import { fingerprint } from '../../nodes/Liner/fingerprint';
import type { CreateFault, ReadFault } from './faults';
import { Invariants, type Told } from './invariants';
import { LinerModel, type HttpRequest, type HttpResponse } from './linerModel';
import { randomNumbers } from './randomNumbers';
import { ORDER_ID, toBody, toOtherBody, type Change, type Scenario } from './scenario';
import type { Subject } from './subject';
import { VirtualClock } from './virtualClock';
import { Wire } from './wire';

/** What came of a scenario. */
export interface Story {
	/** What must not have happened. */
	violations: string[];
	/** All that happened, a line each. */
	trace: string[];
	/** By try, what each row was told in short, e.g. `lead 100` or `unknown`. */
	told: string[][];
	/** How often each outcome and each misbehaviour came. */
	counts: Map<string, number>;
}

const START = Date.UTC(2026, 0, 15, 12);
const LONGEST_TRY = 1_000 * 3_600_000;
/** After this, Liner has got over everything. */
const RECOVERY = 2 * 3_600_000;
const MOST_RECOVERIES = 4;

const HEALTHY_CREATE: CreateFault = { answer: 'ok', latency: 100, stored: 'early', lateness: 0 };
const HEALTHY_READ: ReadFault = { answer: 'ok', latency: 50, comesIn: 0, touches: false };

/** What the user has made of an item by now. */
interface Item {
	corrections: { name: number; phone: number };
	/** Grows when the user makes another row of it. */
	version: number;
}

/** Plays a scenario to its end. */
export async function simulate(scenario: Scenario, subject: Subject): Promise<Story> {
	const simulation = new Simulation(scenario, subject);
	return await simulation.run();
}

class Simulation {
	private readonly clock = new VirtualClock(START);

	private readonly trace: string[] = [];

	private readonly told: string[][] = [];

	private readonly counts = new Map<string, number>();

	private readonly wire: Wire;

	private readonly accounts: LinerModel[];

	private readonly credential = { account: 0, address: 'https://liner.example.com', apiKey: 'key-1' };

	private readonly items: Item[];

	private readonly creates: CreateFault[][];

	private readonly reads: ReadFault[];

	/** What the items are to send in this try. */
	private bodies: LeadBody[] = [];

	private readonly itemOf = new Map<unknown, number>();

	private readonly invariants: Invariants;

	private readonly random: () => number;

	/** What n8n keeps of the run. */
	private context = '{}';

	private claimed = new Set<string>();

	private tries = 0;

	private isCanceled = false;

	/** Whether the answer that came now ends in an error that no rule foresees. */
	private crashes = false;

	/** Something that no rule foresees ended the last try before anything was sent. */
	private isInterrupted = false;

	constructor(
		private readonly scenario: Scenario,
		private readonly subject: Subject,
	) {
		const { clock } = this;
		const { rows, options, liner } = scenario;
		this.items = rows.map(() => ({ corrections: { name: 0, phone: 0 }, version: 0 }));
		this.creates = scenario.creates.map((faults) => [...faults]);
		this.reads = [...scenario.reads];
		this.random = randomNumbers(scenario.random);
		this.wire = new Wire(clock, options, (text) => this.invariants.violate(text));
		const tools = {
			clock,
			settings: liner,
			timeout: options.timeout,
			nextCreate: (row: string) => this.nextCreate(row),
			nextRead: () => this.count(this.reads.shift() ?? HEALTHY_READ, 'read'),
			rowOf: (body: LeadBody) => {
				const row = this.rowName(this.itemOf.get(body) as number);
				this.invariants.onSent(row, body);
				return row;
			},
			note: (text: string) => this.note(text),
			onCrash: () => {
				this.crashes = true;
			},
			onThrottled: (retryAfter: number | undefined) => this.wire.pause(retryAfter),
		};
		this.accounts = [new LinerModel(100, tools), new LinerModel(9_000, tools)];
		this.invariants = new Invariants(scenario, clock);
	}

	async run(): Promise<Story> {
		const putBack = this.clock.replaceDateNow();
		try {
			this.prepareOtherLeads();
			await this.playTries();
		} finally {
			putBack();
		}
		return {
			violations: this.invariants.violations,
			trace: this.trace,
			told: this.told,
			counts: this.counts,
		};
	}

	/** The tries of the scenario, and then more in which Liner behaves. */
	private async playTries(): Promise<void> {
		const { changes, stopAtFailure } = this.scenario;
		let outcomes = await this.playTry([]);
		for (const change of changes) {
			if (!this.willBeTried(outcomes)) break;
			if (stopAtFailure) {
				await this.clock.pass(change.gap);
				this.apply(change);
				this.claimed = new Set();
			} else await this.clock.pass(Math.min(change.gap, 5_000));
			outcomes = await this.playTry(change.invalid);
		}
		this.creates.length = this.reads.length = 0;
		for (let recoveries = 0; recoveries < MOST_RECOVERIES; recoveries++) {
			if (!this.willBeTried(outcomes)) break;
			await this.clock.pass(stopAtFailure ? RECOVERY : 5_000);
			if (stopAtFailure) this.claimed = new Set();
			outcomes = await this.playTry([]);
		}
		if (stopAtFailure && !this.isCanceled) this.invariants.checkRecovery(this.tell(outcomes), this.account);
	}

	/** Whether n8n, or the user, tries again. */
	private willBeTried(outcomes: LeadOutcome[]): boolean {
		if (this.isCanceled || this.invariants.violations.length > 0) return false;
		return this.scenario.stopAtFailure
			? outcomes.some((outcome) => this.isFailed(outcome))
			: this.isFailed(outcomes[0]) && this.tries < this.scenario.maxTries;
	}

	private isFailed(outcome: LeadOutcome): outcome is Failure | undefined {
		return outcome === undefined || outcome instanceof this.subject.Failure;
	}

	/** One try of the node, as `createLeads` makes it. */
	private async playTry(invalid: number[]): Promise<LeadOutcome[]> {
		const { clock, wire, invariants } = this;
		this.note(`--- try ${this.tries} begins`);
		const begin = clock.now();
		const cancel = this.planCancellation();
		this.isInterrupted = false;
		wire.begin(this.scenario.cancel?.breaksOff ? cancel.signal : undefined);
		let outcomes: LeadOutcome[] = [];
		const work = this.deliver(invalid, cancel.signal).then((delivered) => {
			outcomes = delivered;
			wire.end();
		});
		work.catch((error: Error) => {
			invariants.violate(`the delivery threw: ${error.message}`);
			wire.end();
		});
		const isOver = await clock.run(work, LONGEST_TRY);
		if (!isOver) invariants.violate('the try never ends');
		this.tries++;
		const told = this.tell(outcomes);
		for (const { row, outcome } of told) this.note(`row ${row} is told ${describeOutcome(outcome)}`);
		this.note(`--- the try has ended`);
		if (clock.sleeping > 0) invariants.violate(`${clock.sleeping} sleeps go on after the end`);
		invariants.checkDuration(clock.now() - begin, wire);
		// Whatever is still on its way arrives now.
		await clock.pass(200_000);
		if (isOver && !this.isInterrupted && invariants.violations.length === 0)
			invariants.checkTry(told, this.account);
		for (const { outcome } of told) this.countOne(`outcome: ${nameOutcome(outcome)}`);
		this.told.push(
			told.map(({ outcome }) =>
				[nameOutcome(outcome), outcome !== undefined && 'id' in outcome ? outcome.id : ''].join(' ').trim(),
			),
		);
		return outcomes;
	}

	private async deliver(invalid: number[], cancelSignal: AbortSignal): Promise<LeadOutcome[]> {
		const { subject, clock, scenario, credential } = this;
		const { options, stopAtFailure } = scenario;
		const context = JSON.parse(this.context) as IDataObject;
		const client = await subject.connect(this.fakeContext(), options.timeout);
		if (client instanceof subject.Failure) throw new Error(client.message);
		const journal = new subject.Journal(context, 0, (item) => this.sourceName(item));
		const stopSignal = new subject.StopSignal(cancelSignal, clock);
		const rateLimiter = new subject.RateLimiter(options.requestsPerSecond, stopSignal, clock);
		const reader = new subject.RetryingReader(rateLimiter, stopSignal);
		this.bodies = this.items.map((_, item) => this.body(item));
		const bodies = this.items.map((_, item) =>
			invalid.includes(item)
				? new subject.Failure('invalid', 'An expression fails', 'Correct it.')
				: this.bodies[item],
		);
		const changed = await subject
			.checkAccount(journal, client, bodies, {
				getLead: async (id) => await reader.read(async () => await this.crashOr(subject.getLead(client, id))),
				listOrders: async () => await reader.read(async () => await client.getPage('/v2/order/', {}, 0)),
			})
			.catch((error: Error) => error);
		// The operation says the same of every item, and the journal stays as it was.
		this.isInterrupted = changed instanceof Error;
		if (changed instanceof Error) {
			return bodies.map(() => new subject.Failure('unknown', changed.message, ''));
		}
		const recalled = subject.recall(
			bodies.map((body) => (body instanceof subject.Failure ? body : (changed ?? body))),
			journal,
		);
		if (changed !== undefined) this.note(`account ${credential.account}: ${changed.message}`);
		const isPrepared =
			!stopAtFailure ||
			stopSignal.isCanceled ||
			!recalled.some(({ outcome }) => outcome instanceof subject.Failure);
		const outcomes = isPrepared
			? (
					await subject.deliver(recalled, {
						submit: async (body) => {
							const id = await this.crashOr(subject.createLead(client, body, subject.CREATE));
							return id instanceof subject.Failure ? id : { id };
						},
						lookup: {
							finder: new subject.LeadFinder({
								source: {
									listLeads: async (...query) => await this.crashOr(subject.listLeads(client, ...query)),
									getLead: async (id) => await this.crashOr(subject.getLead(client, id)),
									clockOffset: () => client.clockOffset(),
								},
								reader,
								clock,
								claimed: this.claimed,
								knowledge: { timezone: 'Europe/Moscow' },
							}),
							options,
						},
						journal,
						rateLimiter,
						stopSignal,
						clock,
						random: this.random,
						options,
						stopAtFailure,
					})
				).outcomes
			: subject.withhold(recalled);
		stopSignal.stop();
		if (!this.keepsJournal(outcomes, journal)) journal.clear();
		this.context = JSON.stringify(context);
		return outcomes;
	}

	private async crashOr<T>(request: Promise<T>): Promise<T> {
		const answer = await request;
		if (!this.crashes) return answer;
		this.crashes = false;
		throw new Error('something that no rule foresees');
	}

	/** As `createLeads` decides it for the node, where n8n does not try again of itself after an error. */
	private keepsJournal(outcomes: LeadOutcome[], journal: Journal): boolean {
		if (this.scenario.stopAtFailure) return outcomes.some((outcome) => this.isFailed(outcome));
		if (!this.isFailed(outcomes[0]) && !journal.isRetry) return false;
		return journal.endTry() < this.scenario.maxTries;
	}

	private fakeContext(): IExecuteFunctions {
		const { address, apiKey } = this.credential;
		const account = this.account;
		return {
			getCredentials: async () => await Promise.resolve({ host: address, apiKey }),
			getNode: () => ({ credentials: {} }),
			helpers: {
				httpRequestWithAuthentication: async (_type: string, request: HttpRequest): Promise<HttpResponse> =>
					await this.wire.send(async () => await account.request(request)),
			},
		} as unknown as IExecuteFunctions;
	}

	private get account(): LinerModel {
		return this.accounts[this.credential.account];
	}

	private planCancellation(): AbortController {
		const controller = new AbortController();
		const { cancel } = this.scenario;
		if (cancel === undefined || cancel.try !== this.tries) return controller;
		this.clock.after(cancel.after, () => {
			if (!this.wire.isOpen) return;
			this.note('the user cancels the execution');
			this.isCanceled = true;
			controller.abort();
		});
		return controller;
	}

	private prepareOtherLeads(): void {
		const { others, rows, fillers } = this.scenario;
		const [account] = this.accounts;
		account.storeFillers(fillers, ORDER_ID, START - 10_000);
		for (const { like, differs, at } of others) {
			const body = toOtherBody(rows[like % rows.length], differs);
			if (at <= 0) {
				const { id } = account.store(body, { storedAt: START + at, touchedAt: START + at });
				this.note(`somebody else created lead ${id} ${-at / 1_000} s before: ${JSON.stringify(body)}`);
			} else {
				this.clock.after(at, () => {
					const { id } = account.store(body);
					this.note(`somebody else creates lead ${id}: ${JSON.stringify(body)}`);
				});
			}
		}
	}

	private apply({ corrects, credential }: Change): void {
		const corrected = new Set<number>();
		for (const { row, field } of corrects) {
			// What an expression gives another value is not for the user to correct.
			if (this.scenario.rows[row]?.varies !== 'nothing') continue;
			this.note(`the user corrects the ${field} of row ${row}`);
			this.items[row].corrections[field]++;
			corrected.add(row);
		}
		for (const row of corrected) {
			const isNew = this.invariants.isNewRow(this.rowName(row), this.body(row), this.account);
			if (isNew) this.items[row].version++;
		}
		if (credential === 'nothing') return;
		this.note(`the user changes the credential: ${credential}`);
		if (credential === 'address') this.credential.address += '/api';
		if (credential === 'key') this.credential.apiKey += '1';
		if (credential === 'account' && this.credential.account === 0) {
			this.credential.account = 1;
			this.credential.address = 'https://other.example.com';
		}
	}

	private body(item: number): LeadBody {
		const body = toBody(this.scenario.rows[item], this.tries, this.items[item].corrections);
		this.itemOf.set(body, item);
		return body;
	}

	/** All that the request is made of, without what its expressions give. */
	private sourceName(item: number): string {
		const { name, phone } = this.items[item].corrections;
		return fingerprint(`${JSON.stringify(this.scenario.rows[item])}${name}${phone}`);
	}

	/** The name of an item as the user has made it, e.g. `0`, or `0'` when it is another row now. */
	private rowName(item: number): string {
		return String(item) + "'".repeat(this.items[item].version);
	}

	private tell(outcomes: LeadOutcome[]): Told[] {
		return outcomes.map((outcome, item) => ({
			row: this.rowName(item),
			outcome,
			body: this.bodies[item],
		}));
	}

	private nextCreate(row: string): CreateFault {
		const fault = this.creates[parseInt(row)]?.shift() ?? HEALTHY_CREATE;
		return this.count(fault, 'create');
	}

	private count<T extends { answer: string }>(fault: T, what: string): T {
		if (fault.answer !== 'ok') this.countOne(`${what}: ${fault.answer}`);
		return fault;
	}

	private countOne(name: string): void {
		this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
	}

	private note(text: string): void {
		const time = this.clock.now() - START;
		this.trace.push(`${String(time).padStart(8)} ms  ${text}`);
	}
}

function nameOutcome(outcome: LeadOutcome): string {
	if (outcome === undefined) return 'not sent';
	if ('kind' in outcome) return (outcome as Failure).kind;
	return 'existing' in outcome ? 'existing lead' : 'lead';
}

function describeOutcome(outcome: LeadOutcome): string {
	if (outcome === undefined) return 'that it was not sent';
	if (!('kind' in outcome))
		return `lead ${(outcome as { id: number }).id}${'existing' in outcome ? ' (existing)' : ''}`;
	const { kind, message, description } = outcome as Failure;
	return `${kind}: ${message}. ${description}`;
}

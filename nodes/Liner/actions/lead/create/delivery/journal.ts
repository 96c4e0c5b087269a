import type { IDataObject } from 'n8n-workflow';

import { isAcceptance, type LeadResult } from '../leadOutcome';
import type { Acceptance, LeadBody, LeadId } from '../../../../api/leads';

/** What is known of an item from an earlier try: what it became, or that it was sent without an outcome. */
export type Memory = { result: LeadResult } | { attempt: Attempt };

/** A request whose outcome is unknown. */
export interface Attempt {
	/** In milliseconds since 1970, by our clock. */
	sentAt: number;
	/** Whether the connection ended, so that Liner is not at work on the request any more. */
	isOver: boolean;
}

/**
 * What a run of the node keeps in the execution's data, so that a later try of the same run (n8n's "Retry On Fail", or a
 * retry from the list of executions) sends no lead twice. It is small, because n8n saves it: see the fields.
 */
interface Notes extends IDataObject {
	/** An entry `<item>:<names>:<lead ID, or what Liner said instead, as JSON>` and a line feed for each item sent. */
	created: string;
	/** Item to `<names>:<time>:<whether it is over>`, for the requests that have no outcome (yet). */
	open: Record<string, string>;
	/** How many tries have ended. */
	tries: number;
}

/** The key of the notes in the node's context. */
const NOTES = 'linerLeads';

/** The memory of one run of the node: of one pass, where the node runs several times in a loop. */
export class Journal {
	/** By item and each of the two names of its request. */
	private readonly memories = new Map<string, Memory>();

	/**
	 * @param context The node's context, which n8n keeps in the execution's data.
	 * @param pass Which pass of the node this is: the same for each try of it.
	 * @param address Where the requests go: the same body to another Liner is another request.
	 * @param sourceOf What the request of an item is made of: the parameters of the node as they are before expressions are
	 *   evaluated, and the input item.
	 */
	constructor(
		private readonly context: IDataObject,
		private readonly pass: string | number,
		private readonly address: string,
		private readonly sourceOf: (item: number) => unknown,
	) {
		const notes = this.findNotes();
		for (const entry of notes?.created.split('\n').slice(0, -1) ?? []) {
			const [item, names] = entry.split(':', 2);
			const result = JSON.parse(entry.slice(item.length + names.length + 2)) as LeadId | Acceptance;
			this.remember(item, names, { result: typeof result === 'object' ? result : { id: result } });
		}
		for (const [item, entry] of Object.entries(notes?.open ?? {})) {
			const [names, sentAt, isOver] = entry.split(':');
			this.remember(item, names, { attempt: { sentAt: Number(sentAt), isOver: isOver === 'true' } });
		}
	}

	/** Whether no earlier try wrote anything. */
	get isEmpty(): boolean {
		return this.memories.size === 0;
	}

	/**
	 * What an earlier try knows of the item, if it made the same request for it.
	 *
	 * @param body `undefined` when this try cannot tell it.
	 */
	recall(item: number, body?: LeadBody): Memory | undefined {
		if (this.isEmpty) return undefined;
		const names = body === undefined ? [this.nameOfSource(item)] : this.namesOf(item, body).split(',');
		return names.map((name) => this.memories.get(`${item} ${name}`)).find((memory) => memory !== undefined);
	}

	/** The item is about to be sent, or was sent and has no clear outcome. */
	open(item: number, body: LeadBody, { sentAt, isOver }: Attempt): void {
		this.notes().open[item] = `${this.namesOf(item, body)}:${sentAt}:${isOver}`;
	}

	/** The item certainly became no lead. */
	forget(item: number): void {
		delete this.findNotes()?.open[item];
	}

	/** The item became a lead, or was accepted. */
	record(item: number, body: LeadBody, result: LeadResult): void {
		const notes = this.notes();
		const names = notes.open[item]?.split(':')[0] ?? this.namesOf(item, body);
		this.forget(item);
		notes.created += `${item}:${names}:${JSON.stringify(isAcceptance(result) ? result : result.id)}\n`;
	}

	/** Leaves no trace. */
	clear(): void {
		const runs = this.context[NOTES] as IDataObject | undefined;
		if (runs === undefined) return;
		delete runs[this.pass];
		if (Object.keys(runs).length === 0) delete this.context[NOTES];
	}

	/** Whether an earlier try ended with more to come. */
	get isRetry(): boolean {
		return (this.findNotes()?.tries ?? 0) > 0;
	}

	/** @returns How many tries have ended, this one included. */
	endTry(): number {
		return ++this.notes().tries;
	}

	private remember(item: string, names: string, memory: Memory): void {
		for (const name of names.split(',')) this.memories.set(`${item} ${name}`, memory);
	}

	/**
	 * A request is the same when its body is the same: the workflow may have been corrected since, for another row. And when
	 * all it is made of is the same: an expression may give another time or random number at each try.
	 */
	private namesOf(item: number, body: LeadBody): string {
		return `${fingerprint(this.address + JSON.stringify(body))},${this.nameOfSource(item)}`;
	}

	private nameOfSource(item: number): string {
		return fingerprint(this.address + JSON.stringify(this.sourceOf(item)));
	}

	private findNotes(): Notes | undefined {
		return (this.context[NOTES] as Record<string | number, Notes> | undefined)?.[this.pass];
	}

	private notes(): Notes {
		const runs = (this.context[NOTES] ??= {}) as Record<string | number, Notes>;
		return (runs[this.pass] ??= { created: '', open: {}, tries: 0 });
	}
}

/**
 * A short name for a request, so that a row that was changed since counts as a new one: two FNV-1a hashes, 64 bits. It is
 * compared with the one of the same item only.
 */
export function fingerprint(text: string): string {
	let first = 0x811c9dc5;
	let second = 0xcbf29ce4;
	for (let index = 0; index < text.length; index++) {
		const code = text.charCodeAt(index);
		first = Math.imul(first ^ code, 0x01000193);
		second = Math.imul(second ^ code, 0x85ebca6b);
	}
	return (first >>> 0).toString(36) + (second >>> 0).toString(36);
}

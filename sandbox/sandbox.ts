import type { FastifyInstance } from 'fastify';
import { createServer, type IncomingMessage, type OutgoingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { text } from 'node:stream/consumers';

import { createApi, type Account, type Lead } from './api';
import { seedCustomFields, seedLeadStatuses, seedOrders } from './seed';

/** A request as it came in. */
export interface ReceivedRequest {
	method: string;
	/** With the query. */
	url: string;
	headers: IncomingMessage['headers'];
	/** Exactly the bytes that were sent, as UTF-8. */
	rawBody: string;
	/** In milliseconds since 1970. */
	receivedAt: number;
	/** How many requests were under way when it came in, itself included. */
	underWay: number;
	/** What went wrong with it on purpose. */
	fault?: Fault;
}

/** One misbehaviour. Whatever is not named stays as it is. */
export interface Fault {
	/** Whether Liner handles the request, e.g. stores the lead, all the same. Default: false. */
	handled?: boolean;
	/** Milliseconds to wait before the request is handled, and before it is answered. */
	delay?: { handling?: number; answer?: number };
	/** What is answered instead; by default what the API answers. */
	answer?: { status?: number; headers?: OutgoingHttpHeaders; body: string };
	/** Send only so many bytes of the answer, then close the connection. */
	truncateAt?: number;
	/** Send the answer byte by byte, with so many milliseconds before each, and blanks for ever when it is complete. */
	dripEvery?: number;
	/** End the connection without an answer: close it, or reset it (RST). */
	close?: true | 'reset';
}

/** Decides for each request, before it is handled, whether and how to misbehave. */
export type FaultPlan = (request: ReceivedRequest, index: number) => Fault | undefined;

/** The misbehaviour that somebody asked for, and what has not come about of it. */
interface Misbehaviour {
	plan: FaultPlan;
	/** What is left, in words; `undefined` when all came about. */
	unused(): string | undefined;
}

/** What a reset replaces. A request belongs to the epoch in which it came in, however late it is handled. */
interface Epoch {
	account: Account;
	api: FastifyInstance;
	requests: ReceivedRequest[];
	underWay: number;
	/** The last one is in force. */
	misbehaviours: Misbehaviour[];
}

export interface Sandbox {
	/** E.g. `http://127.0.0.1:40123`. */
	host: string;
	apiKey: string;
	/** Every request since the start or the last reset, in the order in which they came in. */
	readonly requests: ReceivedRequest[];
	readonly account: Account;
	readonly leads: Lead[];
	/**
	 * Misbehave from now on as the plan says; `undefined` ends it. A list is for the next requests, one each.
	 *
	 * @param options.allowUnused Whether {@link unusedFaults} says nothing of this plan. Default: false.
	 */
	misbehave(
		plan: FaultPlan | Array<Fault | undefined> | undefined,
		options?: { allowUnused?: boolean },
	): void;
	/** What of the misbehaviour asked for since the start or the last reset has not come about, in words. */
	readonly unusedFaults: string[];
	/**
	 * Goes back to the account that the sandbox was started with: no leads but those, no requests, no misbehaviour. A request
	 * that is still under way stays with the account that it was sent to, and is not seen any more.
	 */
	reset(): void;
	close(): Promise<void>;
}

export const FIRST_LEAD_ID = 100_200_300;

/**
 * Starts a strict stand-in for Liner on 127.0.0.1, with everything in memory.
 *
 * @param options.port By default a free one.
 */
export async function startSandbox(options: Partial<Account> & { port?: number } = {}): Promise<Sandbox> {
	const { port = 0, ...data } = options;

	function begin(): Epoch {
		const account: Account = {
			apiKey: 'sandbox-key-3f9c1d7a',
			nextLeadId: FIRST_LEAD_ID,
			...data,
			orders: structuredClone(data.orders ?? seedOrders),
			customFields: structuredClone(data.customFields ?? seedCustomFields),
			leadStatuses: structuredClone(data.leadStatuses ?? seedLeadStatuses),
			leads: structuredClone(data.leads ?? []),
		};
		return { account, api: createApi(account), requests: [], underWay: 0, misbehaviours: [] };
	}
	let epoch = begin();

	async function serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
		const { method = 'GET', url = '/', headers } = incoming;
		const current = epoch;
		const { account, api, requests, misbehaviours } = current;
		current.underWay++;
		response.once('close', () => current.underWay--);
		const request: ReceivedRequest = {
			method,
			url,
			headers,
			rawBody: await text(incoming),
			receivedAt: Date.now(),
			underWay: current.underWay,
		};
		const index = requests.push(request) - 1;
		request.fault = misbehaviours.at(-1)?.plan(request, index);
		const fault: Fault = request.fault ?? { handled: true };

		if (fault.delay?.handling) await sleep(fault.delay.handling);
		const handled = fault.handled
			? await api.inject({ method: method as 'GET', url, headers, payload: request.rawBody })
			: { statusCode: 500, headers: {}, body: '' };
		if (fault.delay?.answer) await sleep(fault.delay.answer);

		if (fault.close) {
			if (fault.close === 'reset') incoming.socket.resetAndDestroy();
			else incoming.socket.destroy();
			return;
		}
		const {
			status = 200,
			headers: answerHeaders = {},
			body: answerBody,
		} = fault.answer ?? {
			status: handled.statusCode,
			body: handled.body,
		};
		const body = Buffer.from(answerBody);
		response.writeHead(status, {
			'content-type': 'application/json; charset=utf-8',
			date: new Date(Date.now() + (account.clockOffset ?? 0)).toUTCString(),
			...answerHeaders,
			...(fault.dripEvery === undefined ? { 'content-length': body.length } : {}),
		});
		if (fault.dripEvery !== undefined) {
			response.flushHeaders();
			for (let sent = 0; ; sent++) {
				await sleep(fault.dripEvery);
				if (response.destroyed) return;
				response.write(sent < body.length ? body.subarray(sent, sent + 1) : ' ');
			}
		}
		if (fault.truncateAt === undefined) {
			response.end(body);
		} else {
			response.write(body.subarray(0, fault.truncateAt), () => incoming.socket.destroy());
		}
	}

	const server = createServer((incoming, response) => {
		serve(incoming, response).catch((error: Error) => {
			console.error(error);
			response.destroy(error);
		});
	});
	await new Promise<void>((resolve, reject) => {
		server.once('error', reject);
		server.listen(port, '127.0.0.1', resolve);
	});

	return {
		host: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		apiKey: epoch.account.apiKey,
		get requests() {
			return epoch.requests;
		},
		get account() {
			return epoch.account;
		},
		get leads() {
			return epoch.account.leads;
		},
		misbehave(plan = [], { allowUnused = false } = {}) {
			epoch.misbehaviours.push(toMisbehaviour(plan, allowUnused));
		},
		get unusedFaults() {
			return epoch.misbehaviours.flatMap(({ unused }) => unused() ?? []);
		},
		reset() {
			epoch = begin();
		},
		async close() {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
			await epoch.api.close();
		},
	};
}

function toMisbehaviour(plan: FaultPlan | Array<Fault | undefined>, allowUnused: boolean): Misbehaviour {
	if (Array.isArray(plan)) {
		const rest = [...plan];
		return {
			plan: () => rest.shift(),
			unused: () =>
				rest.length > 0 && !allowUnused ? `${rest.length} of the ${plan.length} faults of a list` : undefined,
		};
	}
	let isUsed = false;
	return {
		plan(request, index) {
			const fault = plan(request, index);
			isUsed ||= fault !== undefined;
			return fault;
		},
		unused: () => (isUsed || allowUnused ? undefined : 'a plan that never chose a fault'),
	};
}

const asJson = (envelope: unknown) => JSON.stringify(envelope);

/** The misbehaviours that tests and the soak ask for, by what a client sees. */
export const faults = {
	/** Any status with an envelope that says no. */
	refusal: (status: number, message: string, headers?: OutgoingHttpHeaders): Fault => ({
		answer: { status, headers, body: asJson({ success: false, message, data: null }) },
	}),
	tooManyRequests: (retryAfter?: string): Fault =>
		faults.refusal(
			429,
			'Too many requests',
			retryAfter === undefined ? undefined : { 'retry-after': retryAfter },
		),
	webPage: (status = 200): Fault => ({
		answer: {
			status,
			headers: { 'content-type': 'text/html' },
			body: '<!doctype html><html><body><h1>nginx</h1></body></html>',
		},
	}),
	redirect: (location: string, status = 301): Fault => ({
		answer: { status, headers: { location }, body: '' },
	}),
	emptyAnswer: (handled = true): Fault => ({ handled, answer: { status: 200, body: '' } }),
	/** Well-formed HTTP, but half of the JSON. */
	cutJson: (): Fault => ({
		handled: true,
		answer: { status: 200, body: '{"success":true,"message":"","da' },
	}),
	/** The connection ends in the middle of the answer. */
	cutConnection: (): Fault => ({ handled: true, truncateAt: 20 }),
	envelope: (envelope: unknown, status = 200): Fault => ({
		handled: true,
		answer: { status, body: asJson(envelope) },
	}),
	closeBeforeStoring: (): Fault => ({ close: true }),
	/** @param options.handled Whether the lead is stored before. */
	reset: ({ handled }: { handled: boolean }): Fault => ({ handled, close: 'reset' }),
	closeAfterStoring: (): Fault => ({ handled: true, close: true }),
	slowAnswer: (milliseconds: number): Fault => ({ handled: true, delay: { answer: milliseconds } }),
	slowStoring: (milliseconds: number): Fault => ({ handled: true, delay: { handling: milliseconds } }),
	/** An answer that never ends, one byte every so many milliseconds. */
	drip: (milliseconds: number): Fault => ({ handled: true, dripEvery: milliseconds }),
	/**
	 * Handles so many requests, and refuses the others with 429 until the quota is lifted.
	 *
	 * @param seconds What `Retry-After` says.
	 * @param isLifted Asked for each further request. By default the quota stays for as long as the plan does.
	 */
	quota:
		(requests: number, seconds: number, isLifted: () => boolean = () => false): FaultPlan =>
		() =>
			requests-- > 0 || isLifted() ? undefined : faults.tooManyRequests(String(seconds)),
};

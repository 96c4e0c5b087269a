import type { FastifyInstance } from 'fastify';
import { createServer, type IncomingMessage, type OutgoingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { text } from 'node:stream/consumers';

import { createApi, type Account, type Lead } from './api';
import { seedCustomFields, seedLeadStatuses, seedOrders } from './seed';

/** A request as it was received. */
export interface ReceivedRequest {
	method: string;
	/** With the query. */
	url: string;
	headers: IncomingMessage['headers'];
	/** Exactly the bytes that were sent, decoded as UTF-8. */
	rawBody: string;
	/** In milliseconds since 1970. */
	receivedAt: number;
	/** How many requests were in flight when it was received, including itself. */
	underWay: number;
	/** The fault that was injected, if any. */
	fault?: Fault;
}

/** One misbehaviour. Whatever is omitted works as usual. */
export interface Fault {
	/** Whether the request is still handled, e.g. the lead stored. Default: false. */
	handled?: boolean;
	/** Milliseconds to wait before the request is handled, and before it is answered. */
	delay?: { handling?: number; answer?: number };
	/** What to answer instead; by default what the API answers. */
	answer?: { status?: number; headers?: OutgoingHttpHeaders; body: string };
	/** Send only this many bytes of the answer, then close the connection. */
	truncateAt?: number;
	/** Send the answer byte by byte, with this many milliseconds before each, then spaces forever. */
	dripEvery?: number;
	/** End the connection without an answer: close it, or reset it (RST). */
	close?: true | 'reset';
}

/** Decides for each request, before it is handled, whether and how to misbehave. */
export type FaultPlan = (request: ReceivedRequest, index: number) => Fault | undefined;

/** A misbehaviour that was requested, and what part of it has not occurred. */
interface Misbehaviour {
	plan: FaultPlan;
	/** What has not occurred, in words; `undefined` when all has. */
	unused(): string | undefined;
}

/** What a reset replaces. A request belongs to the epoch in which it was received, however late it is handled. */
interface Epoch {
	account: Account;
	api: FastifyInstance;
	requests: ReceivedRequest[];
	underWay: number;
	/** The last one applies. */
	misbehaviours: Misbehaviour[];
}

export interface Sandbox {
	/** E.g. `http://127.0.0.1:40123`. */
	host: string;
	apiKey: string;
	/** Every request since the start or the last reset, in the order in which they were received. */
	readonly requests: ReceivedRequest[];
	readonly account: Account;
	readonly leads: Lead[];
	/**
	 * Misbehave from now on according to the plan; `undefined` ends it. A list applies to the next requests, one fault each.
	 *
	 * @param options.allowUnused Whether {@link unusedFaults} leaves this plan out. Default: false.
	 */
	misbehave(
		plan: FaultPlan | Array<Fault | undefined> | undefined,
		options?: { allowUnused?: boolean },
	): void;
	/** What has not occurred of the misbehaviour requested since the start or the last reset, in words. */
	readonly unusedFaults: string[];
	/**
	 * Restores the account that the sandbox was started with, without requests or misbehaviour. A request that is still in
	 * flight stays with the account that it was sent to, and is no longer visible.
	 */
	reset(): void;
	close(): Promise<void>;
}

export const FIRST_LEAD_ID = 100_200_300;

/**
 * Starts a strict fake of Liner on 127.0.0.1, with everything in memory.
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

/** The misbehaviours that the tests and the soak test use, named after what a client sees. */
export const faults = {
	/** Any status with an envelope that reports no success. */
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
	/** @param options.handled Whether the lead is stored first. */
	reset: ({ handled }: { handled: boolean }): Fault => ({ handled, close: 'reset' }),
	closeAfterStoring: (): Fault => ({ handled: true, close: true }),
	slowAnswer: (milliseconds: number): Fault => ({ handled: true, delay: { answer: milliseconds } }),
	slowStoring: (milliseconds: number): Fault => ({ handled: true, delay: { handling: milliseconds } }),
	/** An answer that never ends, with this many milliseconds before each byte. */
	drip: (milliseconds: number): Fault => ({ handled: true, dripEvery: milliseconds }),
	/**
	 * Handles this many requests, and refuses all others with 429 until the quota is lifted.
	 *
	 * @param seconds The value of `Retry-After`.
	 * @param isLifted Called for each further request. By default, the quota lasts as long as the plan.
	 */
	quota:
		(requests: number, seconds: number, isLifted: () => boolean = () => false): FaultPlan =>
		() =>
			requests-- > 0 || isLifted() ? undefined : faults.tooManyRequests(String(seconds)),
};

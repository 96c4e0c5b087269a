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
	/** Close the connection without an answer. */
	close?: true;
}

/** Decides for each request, before it is handled, whether and how to misbehave. */
export type FaultPlan = (request: ReceivedRequest, index: number) => Fault | undefined;

export interface Sandbox {
	/** E.g. `http://127.0.0.1:40123`. */
	host: string;
	apiKey: string;
	/** Every request since the start, in the order in which they came in. */
	requests: ReceivedRequest[];
	account: Account;
	leads: Lead[];
	/** Misbehave from now on as the plan says; `undefined` ends it. A list is for the next requests, one each. */
	misbehave(plan: FaultPlan | Array<Fault | undefined> | undefined): void;
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
	const account: Account = {
		apiKey: 'sandbox-key-3f9c1d7a',
		orders: [...seedOrders],
		customFields: [...seedCustomFields],
		leadStatuses: [...seedLeadStatuses],
		leads: [],
		nextLeadId: FIRST_LEAD_ID,
		...data,
	};
	const api = createApi(account);
	await api.ready();
	const requests: ReceivedRequest[] = [];
	let planFault: FaultPlan = () => undefined;
	let underWay = 0;

	async function serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
		const { method = 'GET', url = '/', headers } = incoming;
		underWay++;
		response.once('close', () => underWay--);
		const request = { method, url, headers, rawBody: await text(incoming), receivedAt: Date.now(), underWay };
		const fault: Fault = planFault(request, requests.push(request) - 1) ?? { handled: true };

		if (fault.delay?.handling) await sleep(fault.delay.handling);
		const handled = fault.handled
			? await api.inject({ method: method as 'GET', url, headers, payload: request.rawBody })
			: { statusCode: 500, headers: {}, body: '' };
		if (fault.delay?.answer) await sleep(fault.delay.answer);

		if (fault.close) {
			incoming.socket.destroy();
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
			'content-length': body.length,
		});
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
		apiKey: account.apiKey,
		requests,
		account,
		leads: account.leads,
		misbehave(plan) {
			const faults = Array.isArray(plan) ? [...plan] : undefined;
			planFault = faults ? () => faults.shift() : ((plan as FaultPlan | undefined) ?? (() => undefined));
		},
		async close() {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
			await api.close();
		},
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
	closeAfterStoring: (): Fault => ({ handled: true, close: true }),
	slowAnswer: (milliseconds: number): Fault => ({ handled: true, delay: { answer: milliseconds } }),
	slowStoring: (milliseconds: number): Fault => ({ handled: true, delay: { handling: milliseconds } }),
};

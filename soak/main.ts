/**
 * Sends many leads through the node on n8n's engine while Liner misbehaves at random, with "Retry On Fail" and retries
 * from the list of executions, until all are sent; then counts the leads in Liner. The names of the leads come from an
 * expression that changes with each try, Liner shows leads in other formats and in a list that shifts while it is read,
 * and the credential is corrected during the run. For comparison, a client that sends again whatever failed, as most do,
 * sends the same leads with the same misbehaviour.
 */
import {
	Engine,
	LINER_NODE,
	linerWorkflow,
	loadPackage,
	outputsOf,
	type WorkflowFile,
} from '../test/support/engine';
import { countReconciled, countResumed, watchTries, type Try } from './tries';
import { faults, startSandbox, type Fault, type ReceivedRequest, type Sandbox } from '../sandbox/sandbox';

import type { INodeType } from 'n8n-workflow';
import { parseArgs } from 'node:util';
import { request } from 'undici';

const TIMEOUT = 300;
const FAULT_RATE = 0.1;
const MOST_RETRIES = 200;
const WATCHED_NODE = 'soak.liner';

/** How often each misbehaviour occurs, relative to the others. */
const mix: Array<[kind: string, weight: number, fault: () => Fault]> = [
	['closed before storing', 10, faults.closeBeforeStoring],
	['closed after storing', 10, faults.closeAfterStoring],
	['reset before storing', 5, () => faults.reset({ handled: false })],
	['reset after storing', 5, () => faults.reset({ handled: true })],
	['cut off within the answer', 10, faults.cutConnection],
	['half of the JSON', 10, faults.cutJson],
	['empty answer, stored', 10, () => faults.emptyAnswer(true)],
	['empty answer, not stored', 10, () => faults.emptyAnswer(false)],
	['502 from a proxy', 10, () => faults.webPage(502)],
	['500 after storing', 10, () => ({ ...faults.refusal(500, 'Oops'), handled: true })],
	['success without an ID', 5, () => faults.envelope({ success: true, message: '', data: null })],
	['answered too late', 10, () => faults.slowAnswer(2 * TIMEOUT)],
	['stored too late', 10, () => faults.slowStoring(1.5 * TIMEOUT)],
	['429', 10, () => faults.tooManyRequests()],
	['429 with Retry-After', 3, () => faults.tooManyRequests('1')],
	['503 with Retry-After', 3, () => ({ answer: { status: 503, headers: { 'retry-after': '0' }, body: '' } })],
	['rejected once', 1, () => faults.refusal(422, 'Not now')],
];

/** A quota that is used up: this many requests in a row are refused, and Liner asks to wait. */
const QUOTA = 'quota used up for a second';
const LONG_QUOTA = 'quota used up for an hour';
const quotas = [
	{ kind: QUOTA, rate: 1 / 500, requests: 20, retryAfter: '1' },
	{ kind: LONG_QUOTA, rate: 1 / 4_000, requests: 10, retryAfter: '3600' },
];
const kinds = [...mix.map(([kind]) => kind), QUOTA, LONG_QUOTA];

/** Random numbers from 0 to 1, the same for the same seed (mulberry32). */
function randomNumbers(seed: number): () => number {
	let state = seed;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
}

/** @returns How often each kind of misbehaviour has occurred, updated during the run. */
function misbehaveAtRandom(sandbox: Sandbox, seed: number): Map<string, number> {
	const random = randomNumbers(seed);
	const counts = new Map<string, number>();
	const count = (kind: string) => counts.set(kind, (counts.get(kind) ?? 0) + 1);
	const total = mix.reduce((sum, [, weight]) => sum + weight, 0);
	let refusals: Fault[] = [];
	sandbox.misbehave(({ method }) => {
		if (method === 'GET' && random() < 0.3) addUnrelatedLead(sandbox, random);
		const refusal = refusals.pop();
		if (refusal !== undefined) return refusal;
		const quota = quotas.find(({ rate }) => random() < rate);
		if (quota !== undefined) {
			count(quota.kind);
			refusals = Array.from({ length: quota.requests }, () => faults.tooManyRequests(quota.retryAfter));
			return refusals.pop();
		}
		const isFaulty = random() < FAULT_RATE;
		let rest = random() * total;
		const [kind, , fault] = mix.find(([, weight]) => (rest -= weight) < 0) ?? mix[0];
		if (!isFaulty) return undefined;
		count(kind);
		return fault();
	});
	return counts;
}

/** Shifts the list of leads while the node reads it page by page. */
function addUnrelatedLead({ account, leads }: Sandbox, random: () => number): void {
	const now = new Date().toISOString();
	leads.push({
		id: account.nextLeadId++,
		leadType: 'straight',
		phone: String(Math.floor(70_000_000_000 + random() * 1_000_000_000)),
		orderId: 501,
		orderCode: 'river-park',
		createMethod: 'sync',
		createdAt: now,
		updatedAt: now,
	});
}

/** Shows a lead in another format for each ID. */
function showInAnotherFormat(lead: Record<string, unknown>): Record<string, unknown> {
	const phone = String(lead.phone).replace('+', '');
	const name = String(lead.name ?? '');
	const formats: Array<Record<string, unknown>> = [
		{},
		{ phone: phone.replace(/^7/, '8') },
		{ phone: phone.replace(/^7(...)(...)(..)/, '+7 ($1) $2-$3-') },
		{ name: name.toUpperCase() },
		{ name: name.replaceAll('&', '&amp;').replaceAll('"', '&quot;') },
		{ name: name.replaceAll('🏠', '?') },
		{ id: String(lead.id), createdAt: String(lead.createdAt).replace('Z', '+00:00') },
	];
	return { ...lead, ...formats[Number(lead.id) % formats.length] };
}

/** How many of the leads are missing in Liner, and how many duplicates there are. */
function audit(sandbox: Sandbox, phones: string[]) {
	const counts = new Map<string, number>(phones.map((phone) => [phone, 0]));
	for (const { phone } of sandbox.leads) {
		const count = counts.get(phone);
		if (count !== undefined) counts.set(phone, count + 1);
	}
	return {
		lost: [...counts.values()].filter((count) => count === 0).length,
		duplicated: [...counts.values()].reduce((sum, count) => sum + Math.max(0, count - 1), 0),
	};
}

/** How a user changes the credential between two tries; all of these lead to the same account. */
const corrections: Array<(host: string, apiKey: string) => { host: string; apiKey: string }> = [
	(host, apiKey) => ({ host, apiKey }),
	(host, apiKey) => ({ host: host.replace('127.0.0.1', 'localhost'), apiKey }),
	(host, apiKey) => ({ host, apiKey: `${apiKey}-renewed` }),
];

async function soakNode(phones: string[], seed: number) {
	const sandbox = await startSandbox({ listOrder: 'newest', show: showInAnotherFormat });
	const { host, apiKey, requests, account } = sandbox;
	const counts = misbehaveAtRandom(sandbox, seed);
	const tries: Try[] = [];
	const liner = (await loadPackage()).getNode('liner').type as INodeType;
	const engine = await Engine.start(
		{ liner: { type: 'linerApi', data: { host, apiKey } } },
		{ nodes: { [WATCHED_NODE]: watchTries(liner, requests, tries) } },
	);
	const file: WorkflowFile = linerWorkflow(
		phones.map((phone) => ({ json: { phone } })),
		{
			phone: '={{ $json.phone }}',
			orderId: 501,
			orderCode: 'river-park',
			additionalFields: { name: '=Anna & "Co" 🏠 at {{ $now.toMillis() }}' },
			options: { timeout: TIMEOUT },
		},
		{ retryOnFail: true, maxTries: 5, waitBetweenTries: 1 },
	);
	for (const node of file.nodes) if (node.type === LINER_NODE) node.type = WATCHED_NODE;
	let retries = 0;
	let run = await engine.run(file);
	for (; run.status === 'error' && retries < MOST_RETRIES; retries++) {
		const corrected = corrections[retries % corrections.length](host, account.apiKey);
		account.apiKey = corrected.apiKey;
		engine.credentials.liner = { type: 'linerApi', data: corrected };
		run = await engine.retry(file, run);
	}
	const ids = outputsOf(run, 'Liner')?.[0].map(({ json }) => json.id) ?? [];
	const expected = new Map(sandbox.leads.map(({ phone, id }) => [phone, id]));
	await sandbox.close();
	return {
		sandbox,
		counts,
		retries,
		tries: tries.length,
		resumed: countResumed(phones, requests, tries),
		reconciled: countReconciled(phones, ids, requests),
		told: new Set(tries.flatMap(({ unknown }) => unknown)).size,
		wrongIds: phones.filter((phone, item) => expected.get(phone) !== Number(ids[item])).length,
		error: run.data.resultData.error?.message,
	};
}

/** Sends a failed lead again up to three times, as a retry in a workflow tool or an HTTP library does. */
async function soakPlainClient(phones: string[], seed: number) {
	const sandbox = await startSandbox();
	misbehaveAtRandom(sandbox, seed);
	const queue = [...phones];
	const sendOnce = async (phone: string) => {
		const { body, statusCode } = await request(`${sandbox.host}/v2/lead/create/`, {
			method: 'POST',
			headers: { 'X-Api-Key': sandbox.apiKey, 'Content-Type': 'application/json' },
			body: JSON.stringify({ leadType: 'straight', phone, orderId: 501, orderCode: 'river-park' }),
			signal: AbortSignal.timeout(TIMEOUT),
		});
		const { success } = (await body.json()) as { success: boolean };
		if (!success) throw new Error(`HTTP ${statusCode}`);
	};
	const work = async () => {
		for (let phone = queue.shift(); phone !== undefined; phone = queue.shift()) {
			for (let attempt = 0; attempt < 4; attempt++) {
				try {
					await sendOnce(phone);
					break;
				} catch {
					// Try again.
				}
			}
		}
	};
	await Promise.all(Array.from({ length: 10 }, work));
	// Requests that are still in flight in the sandbox are stored, too.
	await new Promise((resolve) => setTimeout(resolve, 3 * TIMEOUT));
	await sandbox.close();
	return sandbox;
}

async function main(): Promise<number> {
	const { values } = parseArgs({ options: { leads: { type: 'string' }, seed: { type: 'string' } } });
	const seed = Number(values.seed ?? Date.now() % 1_000_000);
	const phones = Array.from({ length: Number(values.leads ?? 10_000) }, (_, i) => String(79_000_000_000 + i));
	console.log(`leads         ${phones.length}, 10 in parallel, 10 % of the requests go wrong`);
	console.log(`seed          ${seed}`);

	const started = Date.now();
	const { sandbox, counts, retries, tries, resumed, reconciled, told, wrongIds, error } = await soakNode(
		phones,
		seed,
	);
	const { lost, duplicated } = audit(sandbox, phones);
	const isRead = ({ method }: ReceivedRequest) => method === 'GET';
	const reads = sandbox.requests.filter(isRead).length;
	const creates = sandbox.requests.length - reads;
	console.log(`requests      ${creates} creates, ${reads} reads`);
	for (const kind of kinds) console.log(`  ${kind.padEnd(28)}${counts.get(kind) ?? 0}`);
	console.log(
		`tries         ${tries} of the node, by "Retry On Fail" and ${retries} retries of the execution`,
	);
	console.log(`resumed       ${resumed} leads were recognized by a later try and not sent again`);
	console.log(`reconciled    ${reconciled} leads got no clear answer, and the node found them in Liner`);
	console.log(`told          ${told} leads were listed as in doubt in the error of a try`);
	console.log(`lost          ${lost}`);
	console.log(`duplicated    ${duplicated}`);
	console.log(`wrong IDs     ${wrongIds}`);
	console.log(`duration      ${((Date.now() - started) / 1_000).toFixed(0)} s`);
	console.log(
		`peak memory   ${(process.resourceUsage().maxRSS / 1_024).toFixed(0)} MB, with n8n's engine and the sandbox`,
	);
	if (error !== undefined) console.log(`ended with    ${error}`);

	const plain = audit(await soakPlainClient(phones, seed), phones);
	console.log(
		`\nA client that sends again whatever failed: ${plain.lost} lost, ${plain.duplicated} duplicated`,
	);
	return lost + duplicated + wrongIds === 0 && error === undefined ? 0 : 1;
}

main().then(
	(exitCode) => {
		process.exitCode = exitCode;
	},
	(error: Error) => {
		console.error(error);
		process.exitCode = 1;
	},
);

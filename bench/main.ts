/**
 * Measures how fast leads go through the Liner node, compared with a plain node and the limits, and prints tables: see
 * bench/README.md. Every measurement runs in its own process, and the contenders take turns.
 */
import { median, print, round, times } from './common';
import type { ContenderName, Measurement } from './measure';

import { execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { cpus } from 'node:os';
import { resolve } from 'node:path';
import { parseArgs, promisify } from 'node:util';

const HELP = `Measures how fast leads go through the Liner node, compared with a plain node and the limits.

  npm run bench                                          about 20 minutes
  npm run bench -- --leads 1000 --delays 0 --rounds 1    one minute
  npm run bench -- --memory                              the smallest heap that is enough for the largest number of leads

  --leads   how many leads, by default 1000,10000,50000
  --delays  how many milliseconds Liner takes to answer, by default 0,50
  --rounds  how often everything is measured, by default 3; the median counts. What takes longer than two minutes is
            measured once: most of it is waiting, which hardly varies.`;

const LABELS: Record<ContenderName, string> = {
	automatic: 'Liner node, automatic mapping',
	fiveFields: 'Liner node, five mapped fields',
	plain: 'plain node, one request after the other',
	pool: 'limit: undici, connections kept',
	newConnections: 'limit: undici, a connection per request',
	nothing: 'n8n alone, nothing sent',
	expressions: 'five expressions',
	credential: 'credential, fetched and completed',
	helper: "request, by n8n's helper",
};

const RIVALS: ContenderName[] = ['automatic', 'fiveFields', 'plain', 'pool', 'newConnections'];
/** The parts of a node's work. */
const PARTS: ContenderName[] = ['nothing', 'expressions', 'credential', 'helper'];

/** One after the other, 10,000 leads take nine minutes at 50 ms each, and show no more than 1,000. */
const MOST_LEADS_OF_PLAIN = 1_000;

const LONG = 120;

interface Cell {
	contender: ContenderName;
	leads: number;
	delay: number;
	measurements: Measurement[];
}

const run = promisify(execFile);

async function measure(
	{ contender, leads }: Pick<Cell, 'contender' | 'leads'>,
	host: string,
	nodeOptions: string[] = [],
): Promise<Measurement> {
	const script = [resolve(__dirname, 'measure.ts'), contender, String(leads), host];
	const { stdout } = await run(process.execPath, [...nodeOptions, '--import', 'tsx', ...script]);
	return JSON.parse(stdout) as Measurement;
}

/** Starts the server, which ends with this process. */
async function startServer(): Promise<{ hostFor(delay: number): string; stop(): void }> {
	const server = fork(resolve(__dirname, 'server.mjs'));
	const [port] = (await once(server, 'message')) as [number];
	return { hostFor: (delay) => `http://127.0.0.1:${port}/${delay}`, stop: () => server.disconnect() };
}

const secondsOf = (cell: Cell) => median(cell.measurements.map(({ seconds }) => seconds));
const memoryOf = (cell: Cell) => median(cell.measurements.map(({ peakMemory }) => peakMemory));
const rateOf = (cell: Cell) => cell.leads / secondsOf(cell);
const microseconds = (cell: Cell) => (secondsOf(cell) / cell.leads) * 1e6;

function printRates(cells: Cell[], leads: number, delay: number): void {
	const of = (contender: ContenderName) =>
		cells.find((cell) => cell.contender === contender && cell.leads === leads && cell.delay === delay);
	const plain = of('plain') ?? cells.find((cell) => cell.contender === 'plain' && cell.delay === delay);
	const limit = of('newConnections');
	print(
		`${round(leads)} leads, Liner takes ${delay} ms to answer`,
		['', 'leads/s', 'to the plain node', 'to the limit of n8n', 'peak memory, MB'],
		RIVALS.flatMap((contender) => {
			const cell = of(contender) ?? (contender === 'plain' ? plain : undefined);
			if (cell === undefined) return [];
			const label = LABELS[contender] + (cell.leads === leads ? '' : ` (${round(cell.leads)} leads)`);
			return [
				[
					label,
					round(rateOf(cell)),
					plain === undefined ? '' : times(rateOf(cell) / rateOf(plain)),
					limit === undefined ? '' : times(rateOf(cell) / rateOf(limit)),
					round(memoryOf(cell)),
				],
			];
		}),
	);
}

function printGrowth(cells: Cell[], sizes: number[], delay: number): void {
	const rows = RIVALS.map((contender) => {
		const ofContender = cells.filter((cell) => cell.contender === contender && cell.delay === delay);
		const perLead = sizes.map((size) => ofContender.find(({ leads }) => leads === size));
		const [first, last] = [perLead[0], perLead.at(-1)];
		return [
			LABELS[contender],
			...perLead.map((cell) => (cell === undefined ? '' : round(microseconds(cell)))),
			first === undefined || last === undefined ? '' : times(microseconds(last) / microseconds(first)),
		];
	});
	print(
		`Microseconds per lead, Liner takes ${delay} ms to answer`,
		['', ...sizes.map((size) => `${round(size)} leads`), 'growth'],
		rows,
	);
}

function printParts(cells: Cell[], leads: number): void {
	const of = (contender: ContenderName) =>
		cells.find((cell) => cell.contender === contender && cell.leads === leads && cell.delay === 0) as Cell;
	print(
		`Where the time goes, in microseconds per lead (${round(leads)} leads, 0 ms)`,
		['', 'in all', 'without n8n alone', 'peak memory, MB'],
		[...PARTS, ...RIVALS.slice(0, 3)].map((contender) => [
			LABELS[contender],
			round(microseconds(of(contender))),
			round(microseconds(of(contender)) - microseconds(of('nothing'))),
			round(memoryOf(of(contender))),
		]),
	);
}

const SMALLEST_HEAP = 60;
const LARGEST_HEAP = 1_000;
const HEAP_STEP = 10;

/** Peak memory alone says little: the garbage collector waits until memory runs short. */
async function measureHeaps(leads: number): Promise<void> {
	const server = await startServer();
	const rows: string[][] = [];
	try {
		for (const contender of ['nothing', 'helper', 'automatic', 'fiveFields'] as const) {
			let heap = SMALLEST_HEAP;
			let result: Measurement | undefined;
			while (result === undefined) {
				const limit = [`--max-old-space-size=${heap}`];
				result = await measure({ contender, leads }, server.hostFor(0), limit).catch((error: Error) => {
					if (!/heap out of memory/.test(error.message) || heap >= LARGEST_HEAP) throw error;
					return undefined;
				});
				if (result === undefined) heap += HEAP_STEP;
			}
			console.log(`${LABELS[contender]}: ${heap} MB`);
			rows.push([LABELS[contender], String(heap), round(result.peakMemory)]);
		}
	} finally {
		server.stop();
	}
	print(
		`The smallest heap that is enough for ${round(leads)} leads, in steps of ${HEAP_STEP} MB`,
		['', 'heap, MB', 'peak memory with it, MB'],
		rows,
	);
}

const isMeasured = (contender: ContenderName, leads: number, delay: number) =>
	delay === 0 || (!PARTS.includes(contender) && (contender !== 'plain' || leads <= MOST_LEADS_OF_PLAIN));

/** @throws {Error} When the text is not a list of whole numbers of at least this size. */
function toNumbers(option: string, text: string, least = 1): number[] {
	const numbers = text.split(',').map(Number);
	if (numbers.every((number) => Number.isInteger(number) && number >= least)) return numbers;
	throw new Error(`${option} takes whole numbers from ${least}, separated by commas, not "${text}".`);
}

async function main(): Promise<void> {
	const { values } = parseArgs({
		options: {
			leads: { type: 'string', default: '1000,10000,50000' },
			delays: { type: 'string', default: '0,50' },
			rounds: { type: 'string', default: '3' },
			memory: { type: 'boolean' },
			help: { type: 'boolean', short: 'h' },
		},
	});
	if (values.help) {
		console.log(HELP);
		return;
	}
	const sizes = toNumbers('--leads', values.leads).sort((a, b) => a - b);
	const delays = toNumbers('--delays', values.delays, 0);
	const [rounds] = toNumbers('--rounds', values.rounds);
	if (values.memory) {
		await measureHeaps(Math.max(...sizes));
		return;
	}
	const cells = delays.flatMap((delay) =>
		sizes.flatMap((leads) =>
			[...RIVALS, ...PARTS]
				.filter((contender) => isMeasured(contender, leads, delay))
				.map((contender): Cell => ({ contender, leads, delay, measurements: [] })),
		),
	);

	const server = await startServer();
	try {
		for (let round = 1; round <= rounds; round++) {
			for (const cell of cells) {
				if (cell.measurements.length > 0 && secondsOf(cell) > LONG) continue;
				const measurement = await measure(cell, server.hostFor(cell.delay));
				cell.measurements.push(measurement);
				const { contender, leads, delay } = cell;
				console.log(
					`round ${round}, ${leads} leads, ${delay} ms, ${LABELS[contender]}: ${measurement.seconds.toFixed(1)} s`,
				);
			}
		}
	} finally {
		server.stop();
	}

	console.log(`\nNode.js ${process.version}, ${cpus().length} cores of ${cpus()[0].model}`);
	for (const delay of delays) {
		for (const leads of sizes) printRates(cells, leads, delay);
		printGrowth(cells, sizes, delay);
	}
	if (delays.includes(0)) printParts(cells, sizes.findLast((size) => size <= 10_000) ?? sizes[0]);
}

main().catch((error: Error) => {
	console.error(error.message);
	process.exitCode = 1;
});

import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { findViolation } from './findViolation';
import { loadSubject, NODE_FOLDER } from './subject';

/** A mistake that the code does not make any more, or must never make. */
interface Mutant {
	name: string;
	/** Below the node's folder. */
	file: string;
	/** Each of them stands there exactly once. */
	replacements: Array<[from: string, to: string]>;
}

const CREATE = 'actions/lead/create';
const DELIVERY = `${CREATE}/delivery`;

const mutants: Mutant[] = [
	{
		name: 'a look goes by what the item is to send now, not by what was sent',
		file: `${DELIVERY}/journal.ts`,
		replacements: [
			[
				'return isSame ? { attempt } : undefined;',
				'return isSame ? { attempt: { ...attempt, sent: body ? identityOf(body) : attempt.sent } } : undefined;',
			],
		],
	},
	{
		name: 'workers go on after an error that no rule foresees',
		file: `${DELIVERY}/deliver.ts`,
		replacements: [
			[
				"await this.sendUntilSettled(shipment).catch((error: Error) =>\n\t\t\ttoUnexpected(error, this.tools.journal.isOpen(item) ? 'unknown' : 'notDelivered'),\n\t\t)",
				'await this.sendUntilSettled(shipment)',
			],
		],
	},
	{
		name: 'the first lead that fits is taken',
		file: `${DELIVERY}/assignment.ts`,
		replacements: [
			["compare(sent, leads.all[lead]) === 'same'", "compare(sent, leads.all[lead]) !== 'different'"],
			['const isExplained = owners.length === ownLeads.size;', 'const isExplained = true;'],
			[
				'isExplained && (owners.length === members.length ||',
				'isExplained && (owners.length <= members.length ||',
			],
		],
	},
	{
		name: 'the first existing lead that fits is taken',
		file: `${DELIVERY}/existingAssignment.ts`,
		replacements: [['for (const toLevelKey of levels) {', 'for (const toLevelKey of levels.slice(0, 0)) {']],
	},
	{
		name: 'a corrected credential is always another account',
		file: `${CREATE}/account.ts`,
		replacements: [["if (verdict === 'other') journal.startAnew();", 'journal.startAnew();']],
	},
	{
		name: 'every item waits when Liner asks to wait for an hour',
		file: 'transport/rateLimiter.ts',
		replacements: [['if (now + milliseconds - this.pausedSince > LONGEST_PAUSE) {', 'if (now < 0) {']],
	},
	{
		name: 'a broken connection counts as not delivered',
		file: 'transport/networkFailure.ts',
		replacements: [["isConnecting(error) && error.code === 'ECONNREFUSED'", "error.code === 'ECONNRESET'"]],
	},
	{
		name: 'a connection that is refused when it was open already counts as not delivered',
		file: 'transport/networkFailure.ts',
		replacements: [["isConnecting(error) && error.code === 'ECONNREFUSED'", "error.code === 'ECONNREFUSED'"]],
	},
	{
		name: 'phones are compared as they are written',
		file: `${DELIVERY}/samePhone.ts`,
		replacements: [
			["return digits.replace(TRUNK_PREFIX, '7').replace(BARE_MOBILE, '7');", 'return digits;'],
			["? 'different' : 'unclear';", "? 'different' : 'different';"],
		],
	},
	{
		name: 'reading ends at a page that brings nothing new',
		file: 'transport/pages.ts',
		replacements: [['offset = page.next;', 'offset = entries.length === 0 ? undefined : page.next;']],
	},
	{
		name: 'a list is read once, although it moved',
		file: 'transport/retryingReader.ts',
		replacements: [['if (isWhole) return', 'if (readings > 0) return']],
	},
	{
		name: 'the leads of earlier tries are not claimed',
		file: `${DELIVERY}/deliver.ts`,
		replacements: [
			['of journal.leads) lookup', 'of [] as Array<{ id: number }>) lookup'],
			['else this.statistics.resumed++;\n\t\t\t\tthis.claim(outcome);', 'else this.statistics.resumed++;'],
		],
	},
	{
		name: 'the leads of items that have changed since are not reserved',
		file: `${DELIVERY}/deliver.ts`,
		replacements: [['of journal.leads) lookup', 'of [] as Array<{ id: number }>) lookup']],
	},
	{
		name: 'the leads of answered requests are not claimed',
		file: `${DELIVERY}/deliver.ts`,
		replacements: [['rateLimiter.recover();\n\t\t\tthis.claim(result);', 'rateLimiter.recover();']],
	},
	{
		name: 'rows with leads that could be taken for each other do not wait for each other',
		file: `${DELIVERY}/keyedQueue.ts`,
		replacements: [['const result = before.then(work);', 'void before;\n\t\tconst result = work();']],
	},
	{
		name: 'the rate is that of the slowest pause after a 429',
		file: 'transport/rateLimiter.ts',
		replacements: [['this.interval = Math.max(longer, this.usualInterval);', 'this.interval = longer;']],
	},
	{
		name: 'a doubt is forgotten after a resend that was not delivered',
		file: `${DELIVERY}/deliver.ts`,
		replacements: [
			[
				'else journal.open(item, body, doubt.attempt);',
				'else {\n\t\t\tjournal.forget(item);\n\t\t\tshipment.doubt = undefined;\n\t\t}',
			],
		],
	},
	{
		name: 'nobody looks again before a resend that had to wait',
		file: `${DELIVERY}/deliver.ts`,
		replacements: [
			[
				'return doubt === undefined ? undefined : await this.look(shipment, doubt.failure);',
				'void doubt;\n\t\treturn undefined;',
			],
			['const found = await this.lookAfterPause(shipment);', 'const found = undefined;'],
		],
	},
	{
		name: 'the last look may begin too early',
		file: `${DELIVERY}/deliver.ts`,
		replacements: [['(looks > 1 && begin >= until)', '(looks > 1 && clock.now() >= until)']],
	},
	{
		name: 'after a timeout one look is enough',
		file: `${DELIVERY}/deliver.ts`,
		replacements: [
			[
				'failure.details.timedOut ? Math.min(options.timeout, LONGEST_CHECK)',
				'failure.details.timedOut ? Math.min(options.timeout, 0)',
			],
		],
	},
	{
		name: 'an error while sending leaves no doubt to the others',
		file: `${DELIVERY}/deliver.ts`,
		replacements: [['this.keepInDoubt(shipment, attempt, toUnexpected(error,', 'void (toUnexpected(error,']],
	},
	{
		name: 'what is in doubt is taken for an existing lead',
		file: `${DELIVERY}/deliver.ts`,
		replacements: [
			["if (this.onUnknown !== 'fail') await this.shipAll(({ attempt }) => attempt !== undefined);", ''],
			[
				'shipAll(({ attempt }) => attempt === undefined)',
				"shipAll(({ attempt }) => attempt === undefined || this.onUnknown !== 'fail')",
			],
			['this.doubts.attempts)', '[])'],
		],
	},
	{
		name: 'what is left in doubt is taken for an existing lead',
		file: `${DELIVERY}/deliver.ts`,
		replacements: [['this.doubts.attempts)', '[])']],
	},
	{
		name: 'an item in doubt counts as not sent when the run sends nothing',
		file: `${DELIVERY}/deliver.ts`,
		replacements: [
			['outcome ?? (attempt && sentInEarlierTry(attempt))', 'outcome ?? (attempt && undefined)'],
		],
	},
	{
		name: 'an item in doubt that cannot be read is not known',
		file: `${DELIVERY}/journal.ts`,
		replacements: [['body === undefined ||\n', 'body !== undefined &&\n']],
	},
	{
		name: 'others take the lead of an item in doubt that cannot be read',
		file: `${DELIVERY}/deliver.ts`,
		replacements: [
			[
				'stillUnknown(sentInEarlierTry(attempt), failure), attempt }',
				'stillUnknown(sentInEarlierTry(attempt), failure) }',
			],
		],
	},
	{
		name: 'a corrected item whose lead was found is known by its old names only',
		file: `${DELIVERY}/journal.ts`,
		replacements: [
			[
				'new Set([...before, ...this.namesOf(item, body)])',
				'new Set(before.length > 0 ? before : this.namesOf(item, body))',
			],
		],
	},
	{
		name: 'others send while Liner asks a reader to wait that gives up',
		file: 'transport/retryingReader.ts',
		replacements: [
			["if (answer.kind === 'notDelivered' && httpCode", 'if (retry < READ_RETRIES && httpCode'],
		],
	},
	{
		name: 'what others have in doubt is not thought of',
		file: `${DELIVERY}/deliver.ts`,
		replacements: [
			[
				'finder.findCreated(attempt, rivals)',
				'finder.findCreated(attempt, { open: [], unresolved: rivals.open.slice(0, 0) })',
			],
		],
	},
	{
		name: 'an equal lead from before the request is taken',
		file: `${DELIVERY}/assignment.ts`,
		replacements: [
			[
				'exact.filter((lead) => instants[lead] >= since)',
				'exact.filter((lead) => instants[lead] >= since - 1e9)',
			],
		],
	},
	{
		name: 'a read failure counts as nothing found',
		file: `${DELIVERY}/leadFinder.ts`,
		replacements: [
			[
				'\t\tif (leads instanceof Failure) return leads;\n\n',
				'\t\tif (leads instanceof Failure) return undefined;\n\n',
			],
		],
	},
];

/**
 * Puts each mistake back, one at a time, and plays scenarios until one fails.
 *
 * @param only A part of the names of those that are to be tried.
 * @returns Whether all were found.
 */
export async function findMutants({
	runs,
	seed,
	only = '',
	tellsStories,
}: {
	runs: number;
	seed: number;
	only?: string;
	tellsStories: boolean;
}): Promise<boolean> {
	console.log(`Up to ${runs} runs each with seed ${seed}`);
	for (const mutant of mutants) toSource(mutant);
	let allFound = true;
	for (const mutant of mutants.filter(({ name }) => name.includes(only))) {
		const folder = copyWith(mutant);
		const begin = performance.now();
		const subject = await loadSubject(join(folder, 'nodes/Liner'));
		const found = await findViolation(subject, { runs, seed, shrinks: tellsStories });
		rmSync(folder, { recursive: true });
		const seconds = ((performance.now() - begin) / 1_000).toFixed(1);
		const result = found.story === undefined ? 'NOT FOUND' : `${found.runs} runs`;
		console.log(`${result.padStart(12)}  ${seconds.padStart(6)} s  ${mutant.name}`);
		if (tellsStories && found.story !== undefined) console.log(found.story);
		allFound &&= found.story !== undefined;
	}
	return allFound;
}

/** @returns The folder of a copy of the sources with the mistake in it. */
function copyWith(mutant: Mutant): string {
	const root = join(NODE_FOLDER, '../..');
	const folder = mkdtempSync(join(tmpdir(), 'mutant-'));
	for (const part of ['nodes', 'credentials'])
		cpSync(join(root, part), join(folder, part), { recursive: true });
	cpSync(join(root, 'tsconfig.json'), join(folder, 'tsconfig.json'));
	symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
	writeFileSync(join(folder, 'nodes/Liner', mutant.file), toSource(mutant));
	return folder;
}

/** @returns The file with the mistake in it. */
function toSource({ name, file, replacements }: Mutant): string {
	let source = readFileSync(join(NODE_FOLDER, file), 'utf8');
	for (const [from, to] of replacements) {
		if (source.split(from).length !== 2) throw new Error(`'${name}' does not fit ${file} any more: ${from}`);
		source = source.replace(from, () => to);
	}
	return source;
}

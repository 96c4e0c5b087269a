import { loadPackage } from './support/engine';
import { useLiner } from './support/fixture';

import type { INodeProperties, INodeParameters } from 'n8n-workflow';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

const root = resolve(__dirname, '..');
const liner = useLiner();

const cellsOf = (line: string) =>
	line
		.split('|')
		.slice(1, -1)
		.map((cell) => cell.trim());

const plain = (cell: string) => cell.replace(/[`*]/g, '');

const codesIn = (cell: string) => [...cell.matchAll(/`([^`]+)`/g)].map(([, code]) => code);

/** @returns The rows of every table with these columns in the document, as written. */
function rowsUnder(path: string, ...columns: string[]): string[][] {
	const blocks = readFileSync(resolve(root, path), 'utf8').split('\n\n');
	const tables = blocks.map((block) => block.trim().split('\n').map(cellsOf));
	return tables.filter(([head]) => head.join('|') === columns.join('|')).flatMap(([, , ...rows]) => rows);
}

function nodeProperties(): INodeProperties[] {
	const { properties } = liner.engine.nodeTypes.getByNameAndVersion('n8n-nodes-liner.liner').description;
	return properties.filter(
		({ displayOptions }) => displayOptions?.show?.operation?.includes('create') ?? true,
	);
}

const optionsOf = (name: string) =>
	nodeProperties().find((property) => property.name === name)?.options as INodeProperties[];

describe('the documents', () => {
	const fields = rowsUnder('README.md', 'field', 'API name', 'type', 'what it takes', 'example').map((row) =>
		row.map(plain),
	);

	it('list every field of the node, in the order of the editor', () => {
		const required = nodeProperties().filter(({ name }) =>
			['leadType', 'phone', 'orderId', 'orderCode'].includes(name),
		);
		expect(fields.map(([label, name]) => [label, name])).toEqual(
			[...required, ...optionsOf('additionalFields')].map(({ displayName, name }) => [displayName, name]),
		);
	});

	it('give an example for each field that is coerced to its type', async () => {
		const examples = Object.fromEntries(fields.map(([, name, , , example]) => [name, example]));
		const { leadType, phone, orderId, orderCode, ...additionalFields } = examples;
		const { bodies } = await liner.run([{}], {
			leadType,
			phone,
			orderId,
			orderCode,
			additionalFields,
		} as INodeParameters);
		const [body] = bodies as [Record<string, unknown>];
		expect(Object.keys(body).sort()).toEqual(Object.keys(examples).sort());
		for (const [, name, type] of fields) {
			expect([name, typeof body[name]]).toEqual([name, type === 'whole number' ? 'number' : 'string']);
		}
	});

	it('list every option with its default', () => {
		const shown = ({ default: value, options = [] }: INodeProperties) =>
			(options as Array<{ name: string; value: unknown }>).find((option) => option.value === value)?.name ??
			(value as number).toLocaleString('en-US');
		expect(
			rowsUnder('docs/reliability.md', 'option', 'default', 'what it does').map(([label, value]) => [
				label,
				value.replace(' (no limit)', ''),
			]),
		).toEqual(optionsOf('options').map((option) => [option.displayName, shown(option)]));
	});

	it.each([
		['89001234567', '79001234567'],
		['8 (900) 123-45-67', '79001234567'],
		['(8) 900 123-45-67 ', '79001234567'],
		[' 8 900 123-45-67', '79001234567'],
		[89001234567, '79001234567'],
		['79001234567', '79001234567'],
		['+79001234567', '+79001234567'],
		// A country code that begins with 8.
		['+81 3 1234 5678', '+81312345678'],
		['+8 900 123 45 67', '+89001234567'],
		['810 7 900 123 45 67', '81079001234567'],
	])('has an expression that makes a 7 of an 8: %j', async (phone, expected) => {
		const [, expression] =
			/for that, use `(.+?)`\./.exec(readFileSync(resolve(root, 'README.md'), 'utf8')) ?? [];
		const { bodies } = await liner.run([{ phone }], { phone: `=${expression}` });
		expect(bodies.map((body) => (body as { phone: string }).phone)).toEqual(
			expected === undefined ? [] : [expected],
		);
	});

	it('show the fields of the credential', async () => {
		const { properties } = (await loadPackage()).getCredential('linerApi').type;
		expect(rowsUnder('README.md', 'field', 'what it is').map(([label]) => label)).toEqual(
			properties.map(({ displayName }) => displayName),
		);
	});

	const mapping = 'docs/mapping.md';

	it('map the columns of the example sheet as they say', async () => {
		const columns = ['Phone', 'Name', 'Order ID', 'utc_offset', 'External ID Amo', 'Segment', 'Manager'];
		const items = rowsUnder(mapping, ...columns).map((row) =>
			Object.fromEntries(columns.map((column, index) => [column, row[index]])),
		);
		const { bodies, hints } = await liner.run(items, {
			mappingMode: 'autoMapInputData',
			orderId: { __rl: true, mode: 'list', value: '502' },
			orderCode: '',
			options: { concurrency: 1 },
		});
		expect(bodies).toEqual([
			{
				leadType: 'straight',
				phone: '+79001234567',
				orderId: 501,
				orderCode: 'river-park',
				externalIdAmo: '2345678',
				name: 'Anna Petrova',
				utcOffset: 3,
				customValues: { 12: 'vip' },
			},
			{
				leadType: 'straight',
				phone: '79001234568',
				orderId: 502,
				orderCode: 'river-park-2',
				name: 'Ivan Sidorov',
			},
		]);
		expect(hints.map(({ message }) => message)).toEqual([
			"This column was not sent because it matches no field of a lead: 'Manager'.",
		]);
	});

	it.each([
		['whole number', 13, [3, -5, 1_200_000]],
		['number', 14, [12.5, 12.5, 1_200_000]],
		['date', 16, ['2026-05-01', '2026-05-01']],
		[
			'date and time',
			17,
			// Without its own setting, a workflow is in the time zone of New York.
			['2026-05-01T10:00:00+03:00', '2026-05-01T10:00:00-04:00', '2026-05-01T10:00:00-04:00'],
		],
	])('give examples of a custom value of the type %s that are converted', async (type, fieldId, values) => {
		const table = rowsUnder(mapping, 'type of the field', 'what it takes', 'what is sent');
		const [, examples] = table.find(([label]) => label === type) as string[];
		const { bodies } = await liner.run(
			codesIn(examples).map((example) => ({ example })),
			{
				specifyCustomValues: 'json',
				jsonCustomValues: `={{ { '${fieldId}': $json.example } }}`,
				options: { concurrency: 1 },
			},
		);
		expect(bodies.map((body) => (body as { customValues: object }).customValues)).toEqual(
			values.map((value) => ({ [fieldId]: value })),
		);
	});

	it('give custom values as JSON that the node accepts', async () => {
		const document = readFileSync(resolve(root, mapping), 'utf8');
		const examples = [...document.matchAll(/```json\n([^`]+)```/g)].map(([, json]) => ({ json }));
		const { bodies } = await liner.run(examples, {
			specifyCustomValues: 'json',
			jsonCustomValues: '={{ $json.json }}',
			options: { concurrency: 1 },
		});
		expect(bodies.map((body) => (body as { customValues: object }).customValues)).toEqual([
			{ 12: 'vip', 15: ['parking', 'storage'] },
			{ 12: 'vip' },
		]);
	});
});

const documents = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.md'], {
	cwd: root,
	encoding: 'utf8',
})
	.trim()
	.split('\n');

it.each(documents)('%s links to files and headings that exist', (path) => {
	const text = readFileSync(resolve(root, path), 'utf8');
	const links = [...text.matchAll(/\]\(([^)\s]+)\)|src="([^"]+)"/g)].map(
		([, link, source]) => link ?? source,
	);
	const broken = links.filter((link) => {
		if (/^https?:/.test(link)) return false;
		const [file, heading] = link.split('#');
		const target = file === '' ? resolve(root, path) : resolve(root, dirname(path), file);
		return !existsSync(target) || (heading !== undefined && !anchorsOf(target).includes(heading));
	});
	expect(broken).toEqual([]);
});

/** The anchors that GitHub generates from headings. */
function anchorsOf(path: string): string[] {
	return [...readFileSync(path, 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
		heading
			.toLowerCase()
			.replace(/[^\p{L}\p{N} _-]/gu, '')
			.replaceAll(' ', '-'),
	);
}

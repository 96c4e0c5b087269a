import { loadPackage } from './engine/engine';
import { useLiner } from './engine/fixture';

import type { INodeProperties, INodeParameters } from 'n8n-workflow';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

const root = resolve(__dirname, '..');
const readme = readFileSync(resolve(root, 'README.md'), 'utf8');
const liner = useLiner();

const plain = (cell: string) => cell.replace(/[`*]/g, '').trim();

/** @returns The rows of every table in the README that has these columns, as text. */
function rowsUnder(...columns: string[]): string[][] {
	const head = `| ${columns.join(' | ')} |\n`;
	return readme
		.split(head)
		.slice(1)
		.flatMap((table) => table.split('\n\n', 1)[0].split('\n').slice(1))
		.map((line) => line.split('|').slice(1, -1).map(plain));
}

function nodeProperties(): INodeProperties[] {
	const { properties } = liner.engine.nodeTypes.getByNameAndVersion('n8n-nodes-liner.liner').description;
	return properties.filter(
		({ displayOptions }) => displayOptions?.show?.operation?.includes('create') ?? true,
	);
}

const optionsOf = (name: string) =>
	nodeProperties().find((property) => property.name === name)?.options as INodeProperties[];

describe('the README', () => {
	const fields = rowsUnder('field', 'on the wire', 'type', 'what it takes', 'example');

	it('lists every field of the node, in the order of the editor', () => {
		const required = nodeProperties().filter(({ name }) =>
			['leadType', 'phone', 'orderId', 'orderCode'].includes(name),
		);
		expect(fields.map(([label, name]) => [label, name])).toEqual(
			[...required, ...optionsOf('additionalFields')].map(({ displayName, name }) => [displayName, name]),
		);
	});

	it('gives an example for each field that becomes what the type says', async () => {
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

	it('lists every option with its default', () => {
		const shown = ({ default: value, options = [] }: INodeProperties) =>
			(options as Array<{ name: string; value: unknown }>).find((option) => option.value === value)?.name ??
			(value as number).toLocaleString('en-US');
		expect(
			rowsUnder('option', 'default', 'what it does').map(([label, value]) => [
				label,
				value.replace(' (no limit)', ''),
			]),
		).toEqual(optionsOf('options').map((option) => [option.displayName, shown(option)]));
	});

	it('shows the fields of the credential', async () => {
		const { properties } = (await loadPackage()).getCredential('linerApi').type;
		expect(rowsUnder('field', 'what it is').map(([label]) => label)).toEqual(
			properties.map(({ displayName }) => displayName),
		);
	});
});

const documents = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.md'], {
	cwd: root,
	encoding: 'utf8',
})
	.trim()
	.split('\n');

it.each(documents)('%s links to files and headings that are there', (path) => {
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

/** As GitHub makes them of headings. */
function anchorsOf(path: string): string[] {
	return [...readFileSync(path, 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
		heading
			.toLowerCase()
			.replace(/[^\p{L}\p{N} _-]/gu, '')
			.replaceAll(' ', '-'),
	);
}

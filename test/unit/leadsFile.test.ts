import { readLeadsFile, UsageError } from '../../demo/leadsFile';

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

let folder: string;
beforeAll(() => {
	folder = mkdtempSync(join(tmpdir(), 'n8n-nodes-liner-csv-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const csv = (...lines: Array<string | Buffer>) => {
	const path = join(folder, 'leads.csv');
	writeFileSync(
		path,
		Buffer.concat(lines.map((line) => Buffer.from(line)).flatMap((line) => [line, Buffer.from('\n')])),
	);
	return path;
};

describe('readLeadsFile', () => {
	it.each([',', ';', '\t'])('reads columns separated by %j', (delimiter) => {
		const line = (...cells: string[]) => cells.join(delimiter);
		expect(
			readLeadsFile(
				csv(`\ufeff${line('Phone', 'Order ID', 'Order Code')}`, line('"+7 ""900"""', '', 'x'), ''),
			),
		).toEqual([{ Phone: '+7 "900"', 'Order ID': '', 'Order Code': 'x' }]);
	});

	it('goes by the delimiter of the header, whatever the cells hold', () => {
		const [row] = readLeadsFile(csv('Phone,Order ID,Order Code,Comment', '1,2,3,one; two; three'));
		expect(row.Comment).toBe('one; two; three');
		expect(readLeadsFile(csv('Phone;Order ID;Order Code', '1;2;7,5'))[0]['Order Code']).toBe('7,5');
	});

	it.each<[string, () => string, string]>([
		['a missing file', () => join(folder, 'none.csv'), `There is no file ${tmpdir()}`],
		['a folder', () => folder, ' cannot be read (EISDIR).'],
		[
			'a missing column',
			() => csv('Phone,Order ID', '1,2'),
			' lacks the column Order Code. Its first line has: Phone, Order ID.',
		],
		[
			'missing columns',
			() => csv('Telefon', '1'),
			' lacks the columns Phone, Order ID, Order Code. Its first line has: Telefon.',
		],
		['no rows', () => csv('Phone,Order ID,Order Code'), ' has no rows below its header.'],
		['an empty file', () => csv(''), ' has no rows below its header.'],
		[
			'a column that is there twice',
			() => csv('Phone,Order ID,Order Code,Phone', '1,2,3,4'),
			' has the column Phone twice.',
		],
		[
			'another encoding',
			() => csv(Buffer.from('Phone,Order ID,Order Code\n1,2,\xcf', 'latin1')),
			' is not in UTF-8. Save it as "CSV UTF-8".',
		],
		['no CSV', () => csv('Phone,Order ID,Order Code', '"1'), ' is not a CSV file: Quote Not Closed'],
	])('says what is wrong with %s', (_, path, message) => {
		const read = () => readLeadsFile(path());
		expect(read).toThrow(UsageError);
		expect(read).toThrow(message);
	});
});

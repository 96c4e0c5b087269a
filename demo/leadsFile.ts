import { CsvError, parse } from 'csv-parse/sync';
import { readFileSync } from 'node:fs';

/** One row of a file with leads: column to text. */
export type Row = Record<string, string>;

/** Something that whoever called the demo has to put right first. */
export class UsageError extends Error {}

const NEEDED_COLUMNS = ['Phone', 'Order ID', 'Order Code'];

/**
 * Reads a CSV file with one lead a row, separated by commas, semicolons or tabs.
 *
 * @throws {UsageError} When there is no such file, it is no CSV, or it lacks rows or a column that every lead needs.
 */
export function readLeadsFile(path: string): Row[] {
	const rows = parseCsv(path, readText(path));
	if (rows.length === 0) throw new UsageError(`${path} has no rows below its header.`);

	const columns = Object.keys(rows[0]);
	const missing = NEEDED_COLUMNS.filter((column) => !columns.includes(column));
	if (missing.length > 0) {
		throw new UsageError(
			`${path} lacks the ${missing.length === 1 ? 'column' : 'columns'} ${missing.join(', ')}. ` +
				`Its first line has: ${columns.join(', ')}.`,
		);
	}
	return rows;
}

function readText(path: string): string {
	try {
		return readFileSync(path, 'utf8');
	} catch (error) {
		const { code } = error as NodeJS.ErrnoException;
		throw new UsageError(
			code === 'ENOENT' ? `There is no file ${path}.` : `${path} cannot be read (${code}).`,
		);
	}
}

function parseCsv(path: string, text: string): Row[] {
	try {
		return parse(text, { bom: true, columns: true, delimiter: [',', ';', '\t'], skip_empty_lines: true });
	} catch (error) {
		if (error instanceof CsvError) throw new UsageError(`${path} is not a CSV file: ${error.message}.`);
		throw error;
	}
}

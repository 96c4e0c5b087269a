import { CsvError, parse } from 'csv-parse/sync';
import { readFileSync } from 'node:fs';

/** One row of a file with leads: text by column. */
export type Row = Record<string, string>;

/** An error that the caller of the demo has to fix. */
export class UsageError extends Error {}

const REQUIRED_COLUMNS = ['Phone', 'Order ID', 'Order Code'];

/**
 * Reads a CSV file in UTF-8 with one lead per row, separated by commas, semicolons or tabs.
 *
 * @throws {UsageError} When there is no such file, it is not such a CSV file, it has no rows, lacks a column that every lead
 *   needs, or has a column twice.
 */
export function readLeadsFile(path: string): Row[] {
	const [columns, ...cells] = parseCsv(path, readText(path));
	if (cells.length === 0) throw new UsageError(`${path} has no rows below its header.`);

	const missing = REQUIRED_COLUMNS.filter((column) => !columns.includes(column));
	if (missing.length > 0) {
		throw new UsageError(
			`${path} lacks the ${missing.length === 1 ? 'column' : 'columns'} ${missing.join(', ')}. ` +
				`Its first line has: ${columns.join(', ')}.`,
		);
	}
	const repeated = columns.find((column, index) => columns.indexOf(column) !== index);
	if (repeated !== undefined) throw new UsageError(`${path} has the column ${repeated} twice.`);
	return cells.map((row) => Object.fromEntries(columns.map((column, index) => [column, row[index]])));
}

function readText(path: string): string {
	try {
		return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path));
	} catch (error) {
		const { code } = error as NodeJS.ErrnoException;
		if (code === 'ENOENT') throw new UsageError(`There is no file ${path}.`);
		throw new UsageError(
			code === 'ERR_ENCODING_INVALID_ENCODED_DATA'
				? `${path} is not in UTF-8. Save it as "CSV UTF-8".`
				: `${path} cannot be read (${code}).`,
		);
	}
}

function parseCsv(path: string, text: string): string[][] {
	try {
		return parse(text, { bom: true, delimiter: findDelimiter(text), skip_empty_lines: true, trim: true });
	} catch (error) {
		if (error instanceof CsvError) throw new UsageError(`${path} is not a CSV file: ${error.message}.`);
		throw error;
	}
}

/** The usual delimiter that occurs most often in the header. */
function findDelimiter(text: string): string {
	const [header] = text.split('\n', 1);
	const count = (delimiter: string) => header.split(delimiter).length;
	return [',', ';', '\t'].reduce((best, delimiter) => (count(delimiter) > count(best) ? delimiter : best));
}

import type { OutsideRoute } from './outside';

type Cell = string | number | boolean;

interface ValueRange {
	range: string;
	values: Cell[][];
}

/** The body of a refusal. */
const refusal = (code: number, status: string, message: string) => ({ error: { code, status, message } });

/** A fake of a spreadsheet with one sheet, in which n8n can read rows and update their cells. */
export class GoogleSpreadsheet {
	readonly routes: OutsideRoute[];

	/**
	 * @param id The one in the URL.
	 * @param title The title of the sheet.
	 * @param rows The header and the rows below it.
	 * @param accessToken The token that n8n has to send.
	 */
	constructor(
		private readonly id: string,
		private readonly title: string,
		readonly rows: Cell[][],
		private readonly accessToken: string,
	) {
		const path = '/v4/spreadsheets/:id';
		this.routes = [
			this.route('GET', path, () => this.describe()),
			this.route('GET', `${path}/values/:range`, ({ range }, query) => this.read(range, query)),
			// Fastify takes two colons for a literal one.
			this.route('POST', `${path}/values::batchUpdate`, (_params, _query, body) => this.update(body)),
		];
	}

	/** @param answer Returns the body, or that of a refusal. */
	private route(
		method: 'GET' | 'POST',
		url: string,
		answer: (params: Record<string, string>, query: Record<string, string>, body: unknown) => object,
	): OutsideRoute {
		return {
			host: 'sheets.googleapis.com',
			method,
			url,
			handler: async ({ headers, params, query, body }, reply) => {
				const { id } = params as { id: string };
				const answered =
					headers.authorization !== `Bearer ${this.accessToken}`
						? refusal(401, 'UNAUTHENTICATED', 'The request has no valid credentials')
						: id !== this.id
							? refusal(404, 'NOT_FOUND', 'There is no such spreadsheet')
							: answer(params as Record<string, string>, query as Record<string, string>, body);
				return await reply
					.status('error' in answered ? (answered.error as { code: number }).code : 200)
					.send(answered);
			},
		};
	}

	private describe() {
		return { sheets: [{ properties: { sheetId: 0, title: this.title, index: 0, sheetType: 'GRID' } }] };
	}

	private read(range: string, { valueRenderOption }: Record<string, string>) {
		if (range !== `'${this.title}'`)
			return refusal(400, 'INVALID_ARGUMENT', `Unable to parse range: ${range}`);
		const asText = valueRenderOption === 'FORMATTED_VALUE';
		const values = withoutBlankEnds(
			this.rows.map((row) => withoutBlankEnds(row, (cell) => cell === '')),
			(row) => row.length === 0,
		);
		return { range, majorDimension: 'ROWS', values: asText ? values.map((row) => row.map(String)) : values };
	}

	private update(body: unknown) {
		const { data, valueInputOption } = body as { data: ValueRange[]; valueInputOption: string };
		for (const { range, values } of data) {
			const [, sheet, column, row] = /^(.+)!([A-Z])(\d+)$/.exec(range) ?? [];
			if (sheet !== this.title) return refusal(400, 'INVALID_ARGUMENT', `Unable to parse range: ${range}`);
			const [[cell, ...more], ...below] = values;
			if (more.length > 0 || below.length > 0 || typeof cell === 'object')
				return refusal(400, 'INVALID_ARGUMENT', `${range} is one cell`);
			const cells = this.rows[Number(row) - 1];
			cells[column.charCodeAt(0) - 'A'.charCodeAt(0)] = valueInputOption === 'RAW' ? cell : asTyped(cell);
		}
		return { spreadsheetId: this.id, totalUpdatedCells: data.length };
	}
}

/** The value that a cell gets when a user types this: a leading apostrophe only marks text. */
function asTyped(cell: Cell): Cell {
	if (typeof cell !== 'string') return cell;
	if (cell.startsWith("'")) return cell.slice(1);
	if (cell.startsWith('=')) return '#ERROR!';
	return cell.trim() === '' || Number.isNaN(Number(cell)) ? cell : Number(cell);
}

/** Google omits the blank cells at the end of a row and the blank rows at the end of a sheet. */
function withoutBlankEnds<T>(entries: T[], isBlank: (entry: T) => boolean): T[] {
	return entries.slice(0, entries.findLastIndex((entry) => !isBlank(entry)) + 1);
}

import Table from 'cli-table3';
import type { IDataObject } from 'n8n-workflow';

/** A row of a sheet with the column names of Liner's API. */
export const toRow = (_: unknown, number: number): IDataObject => ({
	leadType: 'straight',
	phone: String(79_000_000_000 + number),
	orderId: 501,
	orderCode: 'river-park',
	name: `Client ${number}`,
	externalIdAmo: String(number),
});

export const median = (numbers: number[]) =>
	[...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

export const times = (ratio: number) => `${ratio.toFixed(2)}x`;

export const round = (number: number) => Math.round(number).toLocaleString('en-US');

/** Prints rows of a label and figures. */
export function print(title: string, head: string[], rows: string[][]): void {
	const colAligns = head.map((_, index) => (index === 0 ? ('left' as const) : ('right' as const)));
	const table = new Table({ head, colAligns, style: { head: [], border: [] } });
	table.push(...rows);
	console.log(`\n${title}\n${table.toString()}`);
}

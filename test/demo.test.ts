import { startSandbox, FIRST_LEAD_ID } from '../sandbox/sandbox';

import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const root = resolve(__dirname, '..');
let folder: string;
beforeAll(() => {
	folder = mkdtempSync(join(tmpdir(), 'n8n-nodes-liner-demo-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function demo(args: string[] = [], environment: Record<string, string> = {}) {
	const env = { ...process.env, LINER_HOST: '', LINER_API_KEY: '', ...environment };
	return new Promise<{ code: number; output: string }>((done) => {
		execFile(
			process.execPath,
			['--import', 'tsx', 'demo/main.ts', ...args],
			{ cwd: root, env },
			(error, stdout, stderr) => done({ code: Number(error?.code ?? 0), output: stdout + stderr }),
		);
	});
}

describe('the demo', () => {
	it('sends the sample and prints a line for each row', async () => {
		const { code, output } = await demo();
		expect(output).toContain(`│ 1   │ +7 (900) 123-45-67   │ Анна Петрова         │ ${FIRST_LEAD_ID} `);
		expect(output).toContain(`│ 10  │ нет номера           │ Пётр Безномерный     │ 'Phone' is "нет номера"`);
		expect(output).toContain('│ Liner rejected the lead: Order 999 not found [item 13].');
		expect(output).toContain(`│ 20  │ 79001234567          │ Анна Петрова         │ ${FIRST_LEAD_ID + 17} `);
		expect(output).toContain('18 of 20 rows became leads.');
		expect(code).toBe(0);
	});

	it('sends another file, to a real account if one is given', async () => {
		const sandbox = await startSandbox({ apiKey: 'key-of-an-account', nextLeadId: 7 });
		try {
			const file = join(folder, 'my.csv');
			writeFileSync(file, '\ufeffPhone;Order ID;Order Code\n79001234567;501;river-park\n;501;river-park\n');
			const { code, output } = await demo([file], {
				LINER_HOST: sandbox.host,
				LINER_API_KEY: sandbox.apiKey,
			});
			expect(output).toContain(`These leads go to the REAL Liner account at ${sandbox.host}.`);
			expect(output).toMatch(/│ 1 {3}│ 79001234567 +│ +│ 7 +│/);
			expect(output).toContain("'Phone' is empty [item 1].");
			expect(output).toContain('1 of 2 rows became leads.');
			expect(output).toContain('Rows to check: 2');
			expect(output).not.toContain(sandbox.apiKey);
			expect(code).toBe(1);
			expect(sandbox.leads).toHaveLength(1);
		} finally {
			await sandbox.close();
		}
	});

	it('exits with code 2 when it is called incorrectly', async () => {
		const { code, output } = await demo([join(folder, 'none.csv')]);
		expect(output).toBe(`There is no file ${join(folder, 'none.csv')}.\n`);
		expect(code).toBe(2);
	});

	it.each([
		[
			{ LINER_HOST: 'liner.example.com' },
			'Set both LINER_HOST and LINER_API_KEY to use a real account, or neither for the sandbox.',
		],
		[
			{ LINER_HOST: 'https://u:p@x', LINER_API_KEY: 'k' },
			'LINER_HOST and LINER_API_KEY are not a valid Liner account: The host of Liner holds a user name or password.',
		],
	])('asks for a whole account: %j', async (environment, message) => {
		const { code, output } = await demo(['examples/leads.csv'], environment);
		expect(output).toBe(`${message}\n`);
		expect(code).toBe(2);
	});

	it('does not send the sample to a real account by accident', async () => {
		const { code, output } = await demo([], { LINER_HOST: 'liner.example.com', LINER_API_KEY: 'k' });
		expect(output).toBe('Name the file to send to a real account: npm start -- my.csv\n');
		expect(code).toBe(2);
	});
});

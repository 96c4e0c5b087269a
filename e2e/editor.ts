import { OWNER, type N8n } from './n8n';

import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, selectors, type Browser, type Locator, type Page } from 'playwright-core';

/** The folder for pictures of every step. */
const PICTURES = join(__dirname, 'pictures');

const CHROMIUM = {
	executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
	args: [
		'--no-sandbox',
		'--disable-gpu',
		'--disable-quic',
		'--no-first-run',
		'--disable-background-networking',
		'--disable-component-update',
		'--disable-sync',
	],
};

/** Matches an entry of a list or menu by its whole text. */
const exactly = (text: string) => new RegExp(`^\\s*${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}\\s*$`);

/** n8n's editor in a browser, with methods for what a user does. Every method waits for the elements it needs. */
export class Editor {
	private pictures = 0;

	private constructor(
		private readonly browser: Browser,
		readonly page: Page,
		private readonly url: string,
		private readonly folder: string,
	) {}

	/**
	 * Opens a browser and signs in as the owner.
	 *
	 * @param name The name of the folder for its pictures.
	 */
	static async open({ url }: N8n, name: string): Promise<Editor> {
		selectors.setTestIdAttribute('data-test-id');
		const folder = join(PICTURES, name);
		rmSync(folder, { recursive: true, force: true });
		mkdirSync(folder, { recursive: true });
		const browser = await chromium.launch(CHROMIUM);
		const page = await browser.newPage({ viewport: { width: 1400, height: 900 }, colorScheme: 'light' });
		page.setDefaultTimeout(20_000);
		const editor = new Editor(browser, page, url, folder);
		await editor.goto('/signin');
		await editor.fill('emailOrLdapLoginId', OWNER.email);
		await page.locator('input[type=password]').fill(OWNER.password);
		await editor.get('form-submit-button').click();
		await page.waitForURL(/\/(home|workflow)/);
		return editor;
	}

	async close(): Promise<void> {
		await this.browser.close();
	}

	async goto(path: string): Promise<void> {
		await this.page.goto(this.url + path);
	}

	/** The element with this ID, which n8n has for its own tests. */
	get(testId: string): Locator {
		return this.page.getByTestId(testId);
	}

	/** Fills in the input with this ID, or the one inside the element with this ID. */
	async fill(testId: string, text: string): Promise<void> {
		await this.get(testId).locator('xpath=descendant-or-self::input').fill(text);
	}

	/** Clicks until something is visible: while the editor redraws itself, a click may have no effect. */
	async clickUntil(target: Locator, shown: Locator, clickCount = 1): Promise<void> {
		for (let tries = 1; ; tries++) {
			try {
				await target.click({ clickCount, timeout: 8_000 });
				await shown.first().waitFor({ timeout: 3_000 });
				return;
			} catch (error) {
				if (tries === 5) throw error;
			}
		}
	}

	/** Takes a picture of the window, or of a part of it. */
	async picture(name: string, part?: Locator): Promise<void> {
		const number = String(++this.pictures).padStart(2, '0');
		// Fonts, lists and the hints in the corner take a moment.
		await this.page.waitForTimeout(600);
		await (part ?? this.page).screenshot({ path: join(this.folder, `${number}-${name}.png`) });
	}

	/** Takes a picture of some parts for the README, without the messages that n8n shows in the corner. */
	async illustration(name: string, parts: Locator, margin = 0): Promise<void> {
		const boxes = await Promise.all((await parts.all()).map(boxOf));
		const [x, y] = [Math.min(...boxes.map(({ x }) => x)), Math.min(...boxes.map(({ y }) => y))];
		const clip = {
			x: x - margin,
			y: y - margin,
			width: Math.max(...boxes.map(({ x, width }) => x + width)) - x + 2 * margin,
			height: Math.max(...boxes.map(({ y, height }) => y + height)) - y + 2 * margin,
		};
		await this.page.screenshot({
			path: join(PICTURES, 'readme', `${name}.png`),
			clip,
			style: '.el-notification { display: none }',
		});
	}

	/** Chooses from an open list or menu. */
	async choose(text: string | RegExp): Promise<void> {
		const name = typeof text === 'string' ? exactly(text) : text;
		await this.page
			.getByRole('option', { name })
			.or(this.page.getByRole('menuitem', { name }))
			.filter({ visible: true })
			.first()
			.click();
	}

	/** The entries of the open list. */
	get offered(): Locator {
		return this.page.getByRole('option').filter({ visible: true });
	}

	async openWorkflow(id: string): Promise<void> {
		await this.goto(`/workflow/${id}`);
		await this.get('canvas-node').first().waitFor();
	}

	/** Adds a node after the last one by searching for it, and opens it. */
	async addNode(search: string, node: string, action: string): Promise<void> {
		await this.get('canvas-handle-plus').last().click();
		await this.fill('node-creator-search-bar', search);
		const items = this.get('node-creator-item-name');
		await items
			.filter({ hasText: exactly(node) })
			.first()
			.waitFor();
		await this.picture(`search-${search}`);
		await items
			.filter({ hasText: exactly(node) })
			.first()
			.click();
		await items.filter({ hasText: exactly(action) }).waitFor();
		await this.picture('actions');
		await items.filter({ hasText: exactly(action) }).click();
		await this.get('ndv').waitFor();
	}

	async openNode(name: string): Promise<void> {
		const node = this.get('canvas-node').filter({ hasText: name }).first();
		await this.clickUntil(node, this.get('ndv'), 2);
	}

	async closeNode(): Promise<void> {
		await this.get('ndv-close-button').click();
		await this.get('ndv').waitFor({ state: 'hidden' });
	}

	parameter(name: string): Locator {
		return this.get(`parameter-input-${name}`);
	}

	/** Drags a field of the input to a parameter. */
	async drag(field: string, parameter: string): Promise<void> {
		const source = this.get('ndv-input-panel')
			.locator('[data-target="mappable"]')
			.filter({ hasText: exactly(field) })
			.first();
		const target = this.parameter(parameter);
		await target.scrollIntoViewIfNeeded();
		const [from, to] = [await centre(source), await centre(target)];
		const { mouse } = this.page;
		await mouse.move(from.x, from.y);
		await mouse.down();
		await mouse.move(from.x + 40, from.y + 40, { steps: 4 });
		await mouse.move(to.x, to.y, { steps: 12 });
		await mouse.up();
		// A tip that the pointer brings up lies over the next field.
		await mouse.move(1, 1);
		await target.getByText(`$json.${field}`).waitFor();
	}

	/** Opens the list of a parameter. */
	async openList(parameter: string): Promise<void> {
		await this.clickUntil(this.parameter(parameter), this.offered);
	}

	/** @returns The text of the output panel, as soon as it matches the pattern. */
	async output(pattern: RegExp): Promise<string> {
		const panel = this.get('output-panel');
		await panel.filter({ hasText: pattern }).waitFor();
		return await panel.innerText();
	}
}

async function boxOf(locator: Locator) {
	const box = await locator.boundingBox();
	if (box === null) throw new Error(`Not visible: ${String(locator)}`);
	return box;
}

async function centre(locator: Locator): Promise<{ x: number; y: number }> {
	const { x, y, width, height } = await boxOf(locator);
	return { x: x + width / 2, y: y + height / 2 };
}

import type { FrameLocator, Locator, Page } from 'playwright-core';

/** `<publisher>.<name>` of package.json. */
const extensionId = 'tiller.tiller';

/** Opens VS Code in the page and resolves when its workbench has been drawn and answers to keys. */
export async function openWorkbench(page: Page, address: string): Promise<void> {
	await page.goto(address, { waitUntil: 'domcontentloaded' });
	await workbenchReady(page);
}

/** Resolves when the workbench has been drawn, also after a reload of the window. */
export async function workbenchReady(page: Page): Promise<void> {
	await page.locator('.monaco-workbench .part.statusbar').waitFor({ timeout: 60_000 });
}

/**
 * Runs a command by its title, as a person does with the command palette.
 * An open palette does not learn of commands that come later (an extension is still being loaded), so it is opened anew until the title is there.
 */
export async function runCommand(page: Page, title: string): Promise<void> {
	const label = page.locator('.label-name').getByText(title, { exact: true });
	const row = page.locator('.quick-input-list .monaco-list-row').filter({ has: label }).first();
	const end = Date.now() + 30_000;
	for (;;) {
		const input = await quickInput(page, 'F1');
		await input.fill(`>${title}`);
		// What opens at the same time may close the palette: then it is opened anew too.
		const clicked = await row.click({ timeout: 3000 }).then(
			() => true,
			() => false,
		);
		if (clicked) return;
		if (Date.now() > end) {
			throw new Error(`The command palette does not offer "${title}".`);
		}
		await page.keyboard.press('Escape');
		await input.waitFor({ state: 'hidden', timeout: 5000 });
	}
}

/** Opens the box that a key opens. A workbench that is still being drawn takes no key yet, so the key is pressed until it is there. */
async function quickInput(page: Page, key: string): Promise<Locator> {
	const input = page.locator('.quick-input-widget:visible input[type=text]');
	const end = Date.now() + 30_000;
	for (;;) {
		await page.keyboard.press(key);
		const open = await input.waitFor({ timeout: 3000 }).then(
			() => true,
			() => false,
		);
		if (open) return input;
		if (Date.now() > end) throw new Error(`${key} opens no box.`);
	}
}

/** Opens a file of the folder by its name, as with Go to File. */
export async function openFile(page: Page, name: string): Promise<Locator> {
	const input = await quickInput(page, 'Control+P');
	await input.fill(name);
	await page.locator('.quick-input-list .monaco-list-row').first().filter({ hasText: name }).waitFor({ timeout: 15_000 });
	await page.keyboard.press('Enter');
	const editor = page.locator(`.editor-instance[aria-label*="${name}"] , .monaco-editor[data-uri$="/${name}"]`).first();
	await editor.waitFor({ timeout: 15_000 });
	return editor;
}

/** What stands inside Tiller's view: VS Code draws a webview as two frames, one in the other. */
export function tillerView(page: Page): FrameLocator {
	return page.frameLocator(`iframe.webview[src*="extensionId=${extensionId}"]`).frameLocator('#active-frame');
}

/** Trusts the folder that is open in Restricted Mode. (VS Code asks no question at start while its smoke-test driver is on.) */
export async function trustWorkspace(page: Page): Promise<void> {
	const restricted = page.locator('.part.statusbar').getByRole('button', { name: /^Restricted Mode/ });
	await restricted.click({ timeout: 30_000 });
	await page.locator('.workspace-trust-editor').getByRole('button', { name: 'Trust', exact: true }).click({ timeout: 15_000 });
	await restricted.waitFor({ state: 'hidden', timeout: 15_000 });
}

import { errors, type FrameLocator, type Locator, type Page } from 'playwright-core';
import { patient } from '../support/deadline.ts';

/** `<publisher>.<name>` of package.json. */
const extensionId = 'tiller.tiller';

/** Opens VS Code in the page and resolves when its workbench has been drawn and answers to keys. */
export async function openWorkbench(page: Page, address: string): Promise<void> {
	await page.goto(address, { waitUntil: 'domcontentloaded' });
	await workbenchReady(page);
}

/** Resolves when the workbench has been drawn, also after a reload of the window. */
export async function workbenchReady(page: Page): Promise<void> {
	await page.locator('.monaco-workbench .part.statusbar').waitFor({ timeout: patient(60_000) });
}

/** Runs a command by its title, as a person does with the command palette. */
export async function runCommand(page: Page, title: string): Promise<void> {
	const label = page.locator('.label-name').getByText(title, { exact: true });
	if (!(await chooseInBox(page, { key: 'F1', words: `>${title}`, row: rows(page).filter({ has: label }) }))) {
		throw new Error(`The command palette does not offer "${title}".`);
	}
}

/**
 * Reloads the window as a person does: VS Code writes down what is open, and what extensions asked it to keep, which it does not when the
 * page is simply loaded anew.
 */
export async function reloadWindow(page: Page): Promise<void> {
	const loaded = page.waitForEvent('domcontentloaded');
	await Promise.all([loaded, runCommand(page, 'Developer: Reload Window').catch(() => loaded)]);
	await workbenchReady(page);
}

/** Opens a file of the folder by its name, as with Go to File. */
export async function openFile(page: Page, name: string): Promise<Locator> {
	if (!(await chooseInBox(page, { key: 'Control+P', words: name, row: rows(page).filter({ hasText: name }) }))) {
		throw new Error(`Go to File does not offer "${name}".`);
	}
	const editor = page.locator(`.editor-instance[aria-label*="${name}"] , .monaco-editor[data-uri$="/${name}"]`).first();
	await editor.waitFor();
	return editor;
}

const rows = (page: Page) => page.locator('.quick-input-list .monaco-list-row');

interface BoxChoice {
	/** Opens the box. */
	readonly key: string;
	/** What a person types into it. */
	readonly words: string;
	/** What they look for then. */
	readonly row: Locator;
}

/**
 * Opens a box, types, and clicks the first fitting row. False when there is none after a minute.
 * A workbench that is still being drawn takes no key yet; what opens or takes the keyboard at the same time closes the box;
 * an open palette does not learn of commands that come later, as when an extension is still being loaded: so the box is opened until it works.
 */
async function chooseInBox(page: Page, { key, words, row }: BoxChoice): Promise<boolean> {
	const input = page.locator('.quick-input-widget:visible input[type=text]');
	for (const end = Date.now() + patient(60_000); Date.now() < end; ) {
		try {
			await page.keyboard.press(key);
			await input.fill(words, { timeout: patient(3000) });
			await row.first().click({ timeout: patient(3000) });
			return true;
		} catch (error) {
			if (!(error instanceof errors.TimeoutError)) throw error;
			// Only in the box: in the chat the key may stop the turn.
			if (await input.isVisible()) await input.press('Escape', { timeout: patient(3000) }).catch(() => undefined);
			await input.waitFor({ state: 'hidden', timeout: patient(5000) }).catch(() => undefined);
		}
	}
	return false;
}

/** What stands inside Tiller's view: VS Code draws a webview as two frames, one in the other. */
export function tillerView(page: Page): FrameLocator {
	// The view is drawn before any tab. (Only its first frame names its purpose: once it was hidden, VS Code leaves that out.)
	return page.frameLocator(`iframe.webview[src*="extensionId=${extensionId}"]`).first().frameLocator('#active-frame');
}

/** Trusts the folder that is open in Restricted Mode. (VS Code asks no question at start while its smoke-test driver is on.) */
export async function trustWorkspace(page: Page): Promise<void> {
	const restricted = page.locator('.part.statusbar').getByRole('button', { name: /^Restricted Mode/ });
	await restricted.click();
	await page.locator('.workspace-trust-editor').getByRole('button', { name: 'Trust', exact: true }).click();
	await restricted.waitFor({ state: 'hidden' });
}

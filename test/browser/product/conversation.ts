import type { Browser, FrameLocator, Locator } from 'playwright-core';
import { releaseBrowser, sharedBrowser, takeScreenshot } from '../../host/browser.ts';
import { runCommand } from '../../host/workbench.ts';
import { fakeModelConfig } from '../../support/model/fakeModelConfig.ts';
import { patienceMs } from '../../support/deadline.ts';
import { FakeModelServer, type ScriptEntry } from '../../support/model/fakeModelServer.ts';
import { openProduct, type Product, type ProductOptions } from '../openProduct.ts';

export interface ConversationOptions extends Omit<ProductOptions, 'configToml'> {
	/** Values of `config.toml` as TOML literals. */
	readonly config?: Readonly<Record<string, string>>;
}

/** The product with a scripted model; it asks before every command that is not known to be harmless. */
export function openWithModel(browser: Browser, model: FakeModelServer, options: ConversationOptions = {}): Promise<Product> {
	const { config, settings, ...rest } = options;
	return openProduct(browser, {
		...rest,
		configToml: fakeModelConfig(model.url, { approval_policy: '"untrusted"', ...config }),
		settings: { 'tiller.approvals.mode': 'config', ...settings },
	});
}

/** The agent changes files without asking; one editor at a time keeps the picture calm. */
export const changesFilesFreely: ConversationOptions = {
	config: { approval_policy: '"never"', sandbox_mode: '"workspace-write"' },
	settings: { 'workbench.editor.showTabs': 'single' },
};

export function composer(view: FrameLocator): Locator {
	return view.getByRole('textbox', { name: 'Message to Tiller' });
}

export function transcript(view: FrameLocator, name = 'Conversation'): Locator {
	return view.getByRole('log', { name });
}

export function commandQuestion(view: FrameLocator): Locator {
	return view.getByRole('region', { name: 'Run this command?' });
}

/** Says that a turn runs; gone when none does. */
export function workingSign(view: FrameLocator): Locator {
	return view.locator('.composer .stop');
}

/** Puts the cursor into the composer, as a person does with the command palette. */
export async function focusChat({ page, view }: Product): Promise<void> {
	await runCommand(page, 'Tiller: Focus Chat');
	await hasKeyboard(composer(view));
}

export async function newThread({ page, view }: Product): Promise<void> {
	await runCommand(page, 'Tiller: New Thread');
	await view.getByText('What should we work on?').waitFor();
	await hasKeyboard(composer(view));
}

/** Types a message where the cursor is, in the composer, and sends it. */
export async function sendMessage({ page, view }: Product, text: string): Promise<void> {
	await hasKeyboard(composer(view));
	await page.keyboard.type(text);
	// While the server starts, Enter sends nothing and the text stays.
	await view.locator('button.send:not([aria-disabled=true]):not([disabled])').waitFor();
	await page.keyboard.press('Enter');
}

/** Presses a key until what it answers is gone: a card that has just come up takes no key yet. */
export async function pressUntilGone({ page }: Product, key: string, card: Locator): Promise<void> {
	await card.waitFor();
	for (const end = Date.now() + patienceMs; ; ) {
		await page.keyboard.press(key);
		const gone = await card.waitFor({ state: 'hidden', timeout: 1500 }).then(
			() => true,
			() => false,
		);
		if (gone) {
			return;
		}
		if (Date.now() > end) {
			throw new Error(`${key} was pressed again and again, and the card is still there.`);
		}
	}
}

/** Resolves when what is typed goes there. */
export async function hasKeyboard(locator: Locator): Promise<void> {
	await locator.waitFor();
	await locator.evaluate(
		(element, patience) =>
			new Promise<void>((resolve, reject) => {
				const end = Date.now() + patience;
				const look = () => {
					if (element.ownerDocument.hasFocus() && element.ownerDocument.activeElement === element) {
						resolve();
					} else if (Date.now() > end) {
						reject(new Error(`The keyboard is at ${element.ownerDocument.activeElement?.outerHTML.slice(0, 200)}.`));
					} else {
						setTimeout(look, 20);
					}
				};
				look();
			}),
		patienceMs,
	);
}

/** For `afterEach`: what the person would have seen when a test failed. */
export async function pictureOfFailure(context: Mocha.Context, product: Product | undefined): Promise<void> {
	const test = context.currentTest;
	if (test?.state === 'failed' && product !== undefined) {
		await takeScreenshot(product.page, { name: `failed-${test.title.replaceAll(/\W+/g, '-').slice(0, 60)}` });
	}
}

/** Gives a suite the product with a scripted model: opened before its tests, closed after them, pictured when one fails. */
export function useProduct(
	opened: (stage: { readonly model: FakeModelServer; readonly product: Product }) => void,
	{ script = [], options }: { readonly script?: readonly ScriptEntry[]; readonly options?: ConversationOptions } = {},
): void {
	let model: FakeModelServer | undefined;
	let product: Product | undefined;

	before(async () => {
		model = await FakeModelServer.start(script);
		product = await openWithModel(await sharedBrowser(), model, options);
		opened({ model, product });
	});
	after(async () => {
		await product?.close();
		await model?.stop();
		await releaseBrowser();
	});
	afterEach(function () {
		return pictureOfFailure(this, product);
	});
}

import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { findChromium } from './chromium.ts';

/** Folder of the pictures that the tests take. */
const screenshotFolder = path.resolve(import.meta.dirname, '../../out/screenshots');

/** The machine's Chromium without a window and without traffic of its own. */
export async function launchChromium(say: (line: string) => void): Promise<Browser> {
	const executablePath = await findChromium(say);
	const quiet = [
		'--disable-gpu',
		'--disable-quic',
		'--no-first-run',
		'--disable-background-networking',
		'--disable-component-update',
		'--disable-sync',
	];
	// The owner of the run decides what a signal ends, and in which order.
	const signals = { handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false };
	return chromium.launch({ executablePath, headless: true, args: ['--no-sandbox', ...quiet], ...signals });
}

let shared: Promise<Browser> | null = null;
let isKept = false;

/** One Chromium for all that this process tests; every page has a context of its own. A new one takes the place of one that died. */
export async function sharedBrowser(): Promise<Browser> {
	const browser = await shared?.catch(() => null);
	if (browser?.isConnected() === true) return browser;
	shared = launchChromium((line) => console.log(line));
	return shared;
}

/** For `after` of a suite: closes the browser, unless more suites of this process need it. */
export async function releaseBrowser(): Promise<void> {
	if (!isKept) await closeBrowser();
}

/** From now on the browser stays until `closeBrowser`. */
export function keepBrowser(): void {
	isKept = true;
}

export async function closeBrowser(): Promise<void> {
	const browser = await shared?.catch(() => null);
	shared = null;
	await browser?.close();
}

export interface Screenshot {
	/** File name without its ending. */
	readonly name: string;
}

/** Takes a picture of the page and returns its file. */
export async function takeScreenshot(page: Page, shot: Screenshot): Promise<string> {
	await mkdir(screenshotFolder, { recursive: true });
	const file = path.join(screenshotFolder, `${shot.name}.png`);
	await page.screenshot({ path: file });
	return file;
}

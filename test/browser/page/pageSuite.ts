import assert from 'node:assert/strict';
import { releaseBrowser, sharedBrowser } from '../../host/browser.ts';
import { axeSource, openTillerPage, type PageServer, servePage, type TillerPage, type TillerPageOptions } from './harness.ts';
import { violations, type Violation } from './violations.ts';

/** What the suites of one process share, made when the first needs it. */
let axe: Promise<string> | null = null;
const servers = new Map<string, Promise<PageServer>>();

/** The page with a dictionary, bundled once. */
export function sharedServer(dictionary: Readonly<Record<string, string>> = {}): Promise<PageServer> {
	const key = JSON.stringify(dictionary);
	const served = servers.get(key) ?? servePage(dictionary);
	servers.set(key, served);
	return served;
}

export interface PageOptions extends TillerPageOptions {
	readonly dictionary?: Readonly<Record<string, string>>;
}

export interface PageSuite {
	/** A page with a state of its own. It is closed when its test has ended, or opens the next one. */
	open(options: PageOptions): Promise<TillerPage>;
	/** What axe-core finds wrong in the open page. */
	violations(): Promise<readonly Violation[]>;
}

/** For the tests of the `describe` that it is called in. Each fails when its page threw, or wrote an error to the console. */
export function pageSuite({ errors = 'none' }: { readonly errors?: 'none' | 'expected' } = {}): PageSuite {
	let opened: TillerPage | null = null;
	const close = async () => {
		const page = opened;
		opened = null;
		await page?.close();
		if (errors === 'none') assert.deepEqual(page?.errors ?? [], []);
	};
	afterEach(close);
	after(releaseBrowser);
	return {
		open: async ({ dictionary, ...options }) => {
			await close();
			opened = await openTillerPage(await sharedBrowser(), await sharedServer(dictionary), options);
			return opened;
		},
		violations: async () => {
			assert.ok(opened !== null, 'no page is open');
			axe ??= axeSource();
			return violations(opened.page, await axe);
		},
	};
}

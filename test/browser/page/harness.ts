/**
 * The page alone in a browser: our own bundle under its real policy, with a scripted host instead of VS Code. The host answers `ready`
 * with a snapshot, records every message of the page, and replies to requests as the test says.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import esbuild from 'esbuild';
import type { Browser, Page } from 'playwright-core';
import { pageHtml } from '../../../extension/chat/page/html.ts';
import type { PageEvent } from '../../../webview/channel/pageEvent.ts';
import type { PageMessage } from '../../../webview/channel/messages.ts';
import type { PageRequestName } from '../../../webview/channel/requests/pageRequests.ts';
import type { PageState } from '../../../webview/channel/pageState.ts';
import { newPage, type OpenPage, type PageOptions, type StaticServer, serveStatic } from '../support.ts';
import { type ThemeName, themes } from './themes.ts';

const checkout = path.resolve(import.meta.dirname, '../../..');

export interface PageServer {
	readonly server: StaticServer;
	readonly scriptBytes: number;
}

/** Bundles the page as the build does and serves it; with a dictionary, in that language. */
export async function servePage(dictionary: Readonly<Record<string, string>> = {}): Promise<PageServer> {
	const built = await esbuild.build({
		absWorkingDir: checkout,
		entryPoints: { webview: 'webview/main.tsx', math: 'webview/parts/math.ts', highlight: 'webview/parts/highlight.ts' },
		outdir: 'dist',
		bundle: true,
		minify: true,
		write: false,
		platform: 'browser',
		target: 'chrome140',
		legalComments: 'none',
		charset: 'utf8',
		format: 'iife',
		jsx: 'automatic',
		jsxImportSource: 'preact',
		alias: { entities: './webview/text/entities.ts' },
		loader: { '.ttf': 'file' },
		assetNames: '[name]',
		publicPath: '/codicons/',
	});
	const text = (name: string): string => built.outputFiles.find((file) => file.path.endsWith(`/${name}`))?.text ?? '';
	// The build has made it; bundling it again for each run takes longer than all tests of a file.
	const diagram = await readFile(path.join(checkout, 'dist/diagram.js'), 'utf8');
	const codicons = path.join(checkout, 'node_modules/@vscode/codicons/dist');
	const html = pageHtml({
		cspSource: "'self'",
		nonce: 'test-nonce',
		script: '/webview.js',
		styles: ['/webview.css'],
		title: 'Tiller',
		language: 'en',
		loading: 'Tiller',
		help: { text: 'This page does not load.', links: [{ command: 'tiller.openThreadText', label: 'Open Thread as Text' }] },
		dictionary,
	});
	const server = await serveStatic(
		{ '/codicons/': codicons },
		{
			'/page.html': html,
			'/webview.js': text('webview.js'),
			'/math.js': text('math.js'),
			'/highlight.js': text('highlight.js'),
			'/diagram.js': diagram,
			'/webview.css': text('webview.css'),
			'/favicon.ico': '',
		},
	);
	return { server, scriptBytes: Buffer.byteLength(text('webview.js')) };
}

export interface TillerPageOptions extends PageOptions {
	readonly state: PageState;
	readonly theme?: ThemeName;
	readonly bodyClasses?: string;
}

export interface PageRequest {
	readonly id: number;
	readonly name: PageRequestName;
	readonly params: unknown;
}

export interface TillerPage extends OpenPage {
	/** Sends one batch of events. */
	events(...events: readonly PageEvent[]): Promise<void>;
	/** Sends a batch of another number, as when one was lost. */
	eventsOutOfSequence(...events: readonly PageEvent[]): Promise<void>;
	/** What the host holds from now on; sent at the next `ready`, or at once. */
	setState(state: PageState, when?: 'now' | 'next'): Promise<void>;
	/** How requests of this name are answered: a result, an error, or not at all. Without it: `{}`. */
	answer(name: PageRequestName, reply: { readonly result: unknown } | { readonly failure: string } | 'never'): Promise<void>;
	requests(name?: PageRequestName): Promise<readonly PageRequest[]>;
	/** Resolves when that many requests of the name have come. */
	waitForRequests(name: PageRequestName, count?: number): Promise<readonly PageRequest[]>;
	readies(): Promise<number>;
	reload(): Promise<void>;
	screenshot(name: string): Promise<void>;
}

interface FakeHost {
	state: PageState;
	epoch: number;
	seq: number;
	posted: PageMessage[];
	replies: Record<string, { result?: unknown; failure?: string } | 'never'>;
	send(message: unknown): void;
	snapshot(): void;
	events(events: readonly PageEvent[], skip: number): void;
}

declare global {
	interface Window {
		tillerHost: FakeHost;
	}
}

export async function openTillerPage(browser: Browser, server: PageServer, options: TillerPageOptions): Promise<TillerPage> {
	const opened = await newPage(browser, options);
	const { page } = opened;
	await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
	const theme = themes[options.theme ?? 'dark'];
	await page.addInitScript(startFakeHost, { state: JSON.stringify(options.state), theme, bodyClasses: options.bodyClasses ?? '' });
	await page.goto(`${server.server.origin}/page.html`);
	await page.locator('main').waitFor();
	return tillerPage(opened, page);
}

function tillerPage(opened: OpenPage, page: Page): TillerPage {
	const requests = (name?: PageRequestName): Promise<readonly PageRequest[]> =>
		page.evaluate(
			(wanted) =>
				window.tillerHost.posted.filter((message) => message.type === 'request').filter((message) => wanted === undefined || message.name === wanted),
			name,
		);
	return {
		...opened,
		events: (...events) => page.evaluate((json) => window.tillerHost.events(JSON.parse(json), 0), JSON.stringify(events)),
		eventsOutOfSequence: (...events) => page.evaluate((json) => window.tillerHost.events(JSON.parse(json), 1), JSON.stringify(events)),
		setState: (state, when = 'next') =>
			page.evaluate(
				([json, now]) => {
					window.tillerHost.state = JSON.parse(json);
					sessionStorage.setItem('host-state', json);
					if (now) {
						window.tillerHost.snapshot();
					}
				},
				[JSON.stringify(state), when === 'now'] as const,
			),
		answer: (name, reply) =>
			page.evaluate(
				([of, how]) => {
					window.tillerHost.replies[of] = how;
				},
				[name, reply] as const,
			),
		requests,
		waitForRequests: async (name, count = 1) => {
			await page.waitForFunction(
				([wanted, many]) => window.tillerHost.posted.filter((message) => message.type === 'request' && message.name === wanted).length >= many,
				[name, count] as const,
			);
			return requests(name);
		},
		readies: () => page.evaluate(() => window.tillerHost.posted.filter(({ type }) => type === 'ready').length),
		reload: async () => {
			await page.reload();
			await page.locator('main').waitFor();
		},
		screenshot: async (name) => {
			await page.screenshot({ path: path.join(checkout, 'out/screenshots', `${name}.png`), animations: 'disabled' });
		},
	};
}

interface HostStart {
	/** A PageState as JSON. */
	readonly state: string;
	readonly theme: { readonly bodyClass: string; readonly variables: Readonly<Record<string, string>> };
	readonly bodyClasses: string;
}

/** Runs inside the page, before its own script. */
function startFakeHost({ state, theme, bodyClasses }: HostStart): void {
	const stored = sessionStorage.getItem('host-state');
	const host: FakeHost = {
		state: JSON.parse(stored ?? state),
		epoch: 0,
		seq: 0,
		posted: [],
		replies: {},
		send: (message) => window.postMessage(structuredClone(message), '*'),
		snapshot: () => {
			host.epoch++;
			host.seq = 0;
			host.send({ type: 'snapshot', epoch: host.epoch, state: host.state });
		},
		events: (events, skip) => {
			host.seq += 1 + skip;
			host.send({ type: 'events', epoch: host.epoch, seq: host.seq, events });
		},
	};
	window.tillerHost = host;
	const receive = (message: PageMessage): void => {
		host.posted.push(message);
		if (message.type === 'ready') {
			host.snapshot();
			return;
		}
		if (message.type !== 'request') return;
		const reply = host.replies[message.name] ??
			(message.name === 'sent' ? 'never' : null) ?? {
				result:
					message.name === 'send'
						? { delivery: 'started' }
						: message.name === 'answer'
							? { accepted: true }
							: message.name === 'listPrompts' || message.name === 'listServerPrompts'
								? { prompts: [] }
								: message.name === 'readStatus'
									? { context: null, limits: [] }
									: {},
			};
		if (reply !== 'never') {
			host.send(
				reply.failure === undefined
					? { type: 'reply', id: message.id, result: reply.result }
					: { type: 'failure', id: message.id, message: reply.failure },
			);
		}
	};
	Object.assign(window, {
		acquireVsCodeApi: () => ({
			postMessage: (message: PageMessage) => setTimeout(() => receive(structuredClone(message)), 0),
			getState: () => JSON.parse(sessionStorage.getItem('page-state') ?? 'null'),
			setState: (value: unknown) => sessionStorage.setItem('page-state', JSON.stringify(value)),
		}),
	});
	document.addEventListener('DOMContentLoaded', () => {
		document.body.className = `${theme.bodyClass} ${bodyClasses}`;
		for (const [name, value] of Object.entries(theme.variables)) {
			document.documentElement.style.setProperty(`--vscode-${name}`, value);
		}
	});
}

export async function axeSource(): Promise<string> {
	return readFile(path.join(checkout, 'node_modules/axe-core/axe.min.js'), 'utf8');
}

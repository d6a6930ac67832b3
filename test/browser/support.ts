import { createReadStream } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { patienceMs } from '../support/deadline.ts';

export interface PageOptions {
	readonly viewport?: { readonly width: number; readonly height: number };
	readonly reducedMotion?: 'reduce' | 'no-preference';
	readonly forcedColors?: 'active' | 'none';
}

export interface OpenPage {
	readonly page: Page;
	/** What the page threw and wrote as errors to its console, oldest first. */
	readonly errors: readonly string[];
	close(): Promise<void>;
}

/** A page with a state of its own. Waits in it have the usual limit. */
export async function newPage(browser: Browser, options: PageOptions = {}): Promise<OpenPage> {
	const context = await browser.newContext({
		viewport: options.viewport ?? { width: 1280, height: 860 },
		reducedMotion: options.reducedMotion ?? 'no-preference',
		forcedColors: options.forcedColors ?? 'none',
	});
	context.setDefaultTimeout(patienceMs);
	const page = await context.newPage();
	const errors: string[] = [];
	page.on('pageerror', (error) => errors.push(error.message));
	page.on('console', (message) => {
		if (message.type() === 'error') {
			errors.push(message.text());
		}
	});
	return { page, errors, close: () => context.close() };
}

export interface StaticServer {
	/** `http://127.0.0.1:port` */
	readonly origin: string;
	close(): Promise<void>;
}

const contentTypes: Readonly<Record<string, string>> = {
	'.html': 'text/html; charset=utf-8',
	'.js': 'text/javascript; charset=utf-8',
	'.css': 'text/css; charset=utf-8',
	'.json': 'application/json',
	'.map': 'application/json',
	'.svg': 'image/svg+xml',
	'.png': 'image/png',
	'.ttf': 'font/ttf',
	'.woff2': 'font/woff2',
};

/** Serves folders on the loopback, each under its prefix: `{ '/dist/': '/abs/dist' }`. Texts are served under their whole path. */
export async function serveStatic(folders: Readonly<Record<string, string>>, texts: Readonly<Record<string, string>> = {}): Promise<StaticServer> {
	const server = createServer((request, response) => {
		const pathname = decodeURIComponent(new URL(request.url ?? '/', 'http://loopback').pathname);
		const text = texts[pathname];
		if (text !== undefined) {
			response.writeHead(200, { 'content-type': contentTypes[path.extname(pathname)] ?? 'text/html; charset=utf-8' }).end(text);
			return;
		}
		const missing = () => response.writeHead(404).end(`There is no ${pathname}.`);
		fileFor(folders, pathname).then((file) => {
			if (file === undefined) {
				missing();
			} else {
				response.writeHead(200, { 'content-type': contentTypes[path.extname(file)] ?? 'application/octet-stream' });
				createReadStream(file)
					.on('error', () => response.destroy())
					.pipe(response);
			}
		}, missing);
	});
	await new Promise<void>((resolve, reject) => {
		server.once('error', reject);
		server.listen(0, '127.0.0.1', resolve);
	});
	const address = server.address();
	if (address === null || typeof address === 'string') {
		throw new Error('The static server has no port.');
	}
	return {
		origin: `http://127.0.0.1:${address.port}`,
		close: () =>
			new Promise((resolve) => {
				server.close(() => resolve());
				server.closeAllConnections();
			}),
	};
}

async function fileFor(folders: Readonly<Record<string, string>>, pathname: string): Promise<string | undefined> {
	const [prefix, folder] = Object.entries(folders).find(([prefix]) => pathname.startsWith(prefix)) ?? [];
	if (prefix === undefined || folder === undefined) {
		return undefined;
	}
	const root = await realpath(folder);
	const file = await realpath(path.join(root, pathname.slice(prefix.length)));
	return file.startsWith(root + path.sep) && (await stat(file)).isFile() ? file : undefined;
}

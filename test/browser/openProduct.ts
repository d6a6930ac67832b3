import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Browser, FrameLocator, Page } from 'playwright-core';
import { copySample } from '../host/sampleFolder.ts';
import { workbenchAddress } from '../host/vscode.ts';
import { startRun, type VscodeRun } from '../host/vscodeRun.ts';
import { openWorkbench, tillerView } from '../host/workbench.ts';
import { newPage } from './support.ts';

const checkout = path.resolve(import.meta.dirname, '../..');

/** VS Code's own themes, by what a person would call them. */
const colorThemes = {
	light: 'Default Light Modern',
	dark: 'Default Dark Modern',
	highContrast: 'Default High Contrast',
} as const;

export interface ProductOptions {
	readonly theme?: keyof typeof colorThemes;
	readonly workspaceTrust?: 'on' | 'off';
	/** Content of `config.toml`: the model provider, the approval policy. */
	readonly configToml: string;
	readonly settings?: Readonly<Record<string, unknown>>;
	readonly env?: Readonly<Record<string, string>>;
	/** Opens a workspace of two folders: the sample, and an empty one of this name beside it. */
	readonly secondFolder?: string;
	/** Of the window, as VS Code tells extensions; its own words stay English without a language pack. Absent: English. */
	readonly language?: string;
	/** A port at which the extension host can be looked into. */
	readonly inspectPort?: number;
}

export interface Product {
	readonly page: Page;
	/** What stands inside Tiller's view, once it is shown. */
	readonly view: FrameLocator;
	readonly run: VscodeRun;
	/** The folder that is open in VS Code: a copy of test/host/sample. */
	readonly workspace: string;
	/** Ends every process and removes every folder of it. */
	close(): Promise<void>;
}

/** The whole product as a person has it: real VS Code with this checkout's built extension, on a fresh home and a copy of the sample. */
export async function openProduct(browser: Browser, options: ProductOptions): Promise<Product> {
	const sample = await copySample();
	const undo: (() => Promise<unknown>)[] = [sample.remove];
	const close = async () => {
		for (const step of undo.splice(0).reverse()) {
			await step();
		}
	};
	try {
		const run = await startRun({
			home: 'isolated',
			codexHomeFiles: { 'config.toml': options.configToml },
			workspaceTrust: options.workspaceTrust ?? 'off',
			settings: {
				'workbench.colorTheme': colorThemes[options.theme ?? 'dark'],
				'files.autoSave': 'off',
				'tiller.threads.titles': false,
				...options.settings,
			},
			env: options.env ?? {},
			say: (line) => console.log(line),
		});
		undo.push(run.end);
		const opened = await newPage(browser);
		undo.push(opened.close);
		if (options.language !== undefined) {
			// Where the page that VS Code's server sends has it, too.
			await opened.page.addInitScript((language) => Object.assign(globalThis, { _VSCODE_NLS_LANGUAGE: language }), options.language);
		}
		const folder = options.secondFolder === undefined ? sample.path : await twoFolders(sample, options.secondFolder);
		const inspect = options.inspectPort === undefined ? {} : { inspectPort: options.inspectPort };
		await openWorkbench(opened.page, workbenchAddress({ authority: run.authority, folder, extension: checkout, ...inspect }));
		return { page: opened.page, view: tillerView(opened.page), run, workspace: sample.path, close };
	} catch (error) {
		await close();
		throw error;
	}
}

/** The file of a workspace of the sample and another folder. */
async function twoFolders(sample: { readonly path: string; readonly parent: string }, second: string): Promise<string> {
	const other = path.join(sample.parent, second);
	const file = path.join(sample.parent, 'both.code-workspace');
	await mkdir(other);
	await writeFile(file, JSON.stringify({ folders: [{ path: sample.path }, { path: other }] }));
	return file;
}

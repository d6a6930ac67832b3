import fs from 'node:fs/promises';
import path from 'node:path';
import type { PromptEntry } from '../../webview/channel/menuEntries.ts';
import { words } from '../words.ts';
import { expandPrompt, parsePrompt, type CustomPrompt } from './customPrompt.ts';

/** A prompt that is longer than this is no prompt. */
const MAX_BYTES = 256 * 1024;
const MAX_PROMPTS = 200;
/** What can be typed behind a slash. */
const NAME = /^[^\s/:]+$/;

type Read = { readonly type: 'prompt'; readonly prompt: CustomPrompt } | { readonly type: 'bad'; readonly reason: string };

/** The files in `prompts/` of the home. They are read whenever they are looked at, so what is on the disk counts. */
export class CustomPrompts {
	/** The folder of the home that the server works with. */
	readonly #home: () => Promise<string>;

	constructor(home: () => Promise<string>) {
		this.#home = home;
	}

	async list(): Promise<readonly PromptEntry[]> {
		const folder = await this.#folder();
		const names = (await namesIn(folder)).slice(0, MAX_PROMPTS);
		return await Promise.all(
			names.map(async (name): Promise<PromptEntry> => {
				const file = path.join(folder, `${name}.md`);
				const read: Read = NAME.test(name) ? await readPrompt(file) : { type: 'bad', reason: words.promptName() };
				if (read.type === 'bad') return { name, path: file, problem: read.reason, description: null, argumentHint: null, takesArguments: false };
				const { description, argumentHint, positional, named } = read.prompt;
				const hint = argumentHint ?? (named.length > 0 ? named.map((each) => `${each}=…`).join(' ') : null);
				return { name, path: file, problem: null, description, argumentHint: hint, takesArguments: positional || named.length > 0 };
			}),
		);
	}

	/** The text with its arguments in place. Rejects with words for a person. */
	async expand(name: string, argumentText: string): Promise<string> {
		const folder = await this.#folder();
		// Only what is listed there: a name is no path.
		if (!(await namesIn(folder)).includes(name)) throw new Error(words.promptGone(name));
		const read = await readPrompt(path.join(folder, `${name}.md`));
		if (read.type === 'bad') throw new Error(words.promptBad(name, read.reason));
		const expanded = expandPrompt(read.prompt, argumentText);
		switch (expanded.type) {
			case 'text':
				return expanded.text;
			case 'missing':
				throw new Error(words.promptMissing(expanded.names.map((each) => `${each}=…`).join(' ')));
			case 'nameless':
				throw new Error(words.promptNameless(expanded.words.join(' '), read.prompt.named.map((each) => `${each}=…`).join(' ')));
		}
	}

	async #folder(): Promise<string> {
		return path.join(await this.#home(), 'prompts');
	}
}

/** In the order of the alphabet; empty when there is no such folder. */
async function namesIn(folder: string): Promise<readonly string[]> {
	try {
		const names = await fs.readdir(folder);
		return names
			.filter((name) => /.\.md$/i.test(name) && name.endsWith('.md'))
			.map((name) => name.slice(0, -3))
			.sort((a, b) => a.localeCompare(b));
	} catch {
		// Most people have no prompts of their own.
		return [];
	}
}

async function readPrompt(file: string): Promise<Read> {
	try {
		const stat = await fs.stat(file);
		if (!stat.isFile()) return { type: 'bad', reason: words.promptNoFile() };
		if (stat.size > MAX_BYTES) return { type: 'bad', reason: words.promptTooLong() };
		const source = new TextDecoder('utf-8', { fatal: true }).decode(await fs.readFile(file));
		const parsed = parsePrompt(source);
		if (parsed.type === 'prompt') return parsed;
		return { type: 'bad', reason: parsed.reason === 'empty' ? words.promptEmpty() : words.promptFrontMatter() };
	} catch (error) {
		return { type: 'bad', reason: error instanceof TypeError ? words.promptNotText() : error instanceof Error ? error.message : String(error) };
	}
}

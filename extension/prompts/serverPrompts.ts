import * as vscode from 'vscode';
import type { McpServerPrompt } from '../../server/protocol/integrations/mcp.ts';
import type { PromptEntry } from '../../webview/channel/menuEntries.ts';
import type { PageRequests } from '../../webview/channel/requests/pageRequests.ts';
import type { Client } from '../server/client.ts';
import { words } from '../words.ts';
import { promptDraft, typedArguments } from './promptMessages.ts';

export interface ServerPromptsOptions {
	readonly ready: () => Promise<Client>;
	/** Null: the servers of the configuration, until there is a thread. */
	readonly activeThread: () => string | null;
}

/** Prompts of MCP servers. Nothing of them is sent before a person has seen it. */
export class ServerPrompts {
	readonly #options: ServerPromptsOptions;
	/** As they were listed last, by the words that call them. */
	#known: ReadonlyMap<string, McpServerPrompt> = new Map();

	constructor(options: ServerPromptsOptions) {
		this.#options = options;
	}

	async list(): Promise<readonly PromptEntry[]> {
		const client = await this.#options.ready();
		const { prompts } = await this.#inThread((threadId) => client.request('mcpServer/prompts/list', { threadId }));
		this.#known = named(prompts);
		return [...this.#known].map(([name, prompt]) => ({
			name,
			path: null,
			problem: null,
			description: prompt.title ?? prompt.description ?? null,
			argumentHint: prompt.arguments.map((each) => (each.required ? `${each.name}=…` : `[${each.name}=…]`)).join(' ') || null,
			takesArguments: false,
			server: prompt.server,
		}));
	}

	has(name: string): boolean {
		return this.#known.has(name);
	}

	/** Asks for the arguments that were not typed. Rejects with words for a person. */
	async expand(name: string, typed: string): Promise<PageRequests['expandPrompt']['result']> {
		const prompt = this.#known.get(name);
		if (prompt === undefined) throw new Error(words.promptGone(name));
		const values = await askArguments(prompt, typed);
		if (values === null) return { text: null };
		const client = await this.#options.ready();
		const { server, name: own } = prompt;
		const { messages } = await this.#inThread((threadId) =>
			client.request('mcpServer/prompts/get', { threadId, server, name: own, arguments: Object.fromEntries(values) }),
		);
		const draft = promptDraft(messages);
		if (draft === null) throw new Error(words.promptBad(name, words.promptTooLong()));
		if (draft.left.length > 0) void vscode.window.showWarningMessage(words.promptLeft(name, draft.left.join(', ')));
		return { text: draft.text, attachments: draft.attachments };
	}

	/** A thread that is only shown has no servers: then those of the configuration are asked. */
	async #inThread<T>(ask: (threadId: string | null) => Promise<T>): Promise<T> {
		const threadId = this.#options.activeThread();
		if (threadId === null) return ask(null);
		try {
			return await ask(threadId);
		} catch {
			return ask(null);
		}
	}
}

/** `server:prompt`, without what would end a word; of those that are then equal each has a number. */
function named(prompts: readonly McpServerPrompt[]): ReadonlyMap<string, McpServerPrompt> {
	const names = new Map<string, McpServerPrompt>();
	for (const prompt of prompts) {
		const word = `${prompt.server}:${prompt.name}`.replace(/[\s/]+/g, '_');
		let name = word;
		for (let more = 2; names.has(name); more++) name = `${word}-${more}`;
		names.set(name, prompt);
	}
	return names;
}

/** Null when the person left. Whoever typed arguments is only asked for those without which it does not work. */
async function askArguments(prompt: McpServerPrompt, typed: string): Promise<ReadonlyMap<string, string> | null> {
	const values = new Map(
		typedArguments(
			typed,
			prompt.arguments.map(({ name }) => name),
		),
	);
	const asked = prompt.arguments.filter(({ name, required }) => !values.has(name) && (required || typed.trim() === ''));
	for (const [index, { name, description, required }] of asked.entries()) {
		const value = await vscode.window.showInputBox({
			title: words.promptStep(`${prompt.server}: ${prompt.title ?? prompt.name}`, index + 1, asked.length),
			prompt: description ?? name,
			placeHolder: required ? name : words.promptOptional(name),
			ignoreFocusOut: true,
			validateInput: (text) => (required && text.trim() === '' ? words.promptNeeds(name) : null),
		});
		if (value === undefined) return null;
		if (value !== '') values.set(name, value);
	}
	return values;
}

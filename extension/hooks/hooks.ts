import * as vscode from 'vscode';
import type { ServerNotification } from '../../server/protocol/serverMessages.ts';
import type { Client } from '../server/client.ts';
import { hookWords as words } from './hookWords.ts';
import { hookText, waitsForTrust } from './hookRows.ts';
import { type HookListOptions, readHooks, showHooks } from './showHooks.ts';

export interface HooksOptions extends HookListOptions {
	/** What was asked about in this workspace. */
	readonly state: vscode.Memento;
	readonly log: { error(message: string): void };
}

const askedKey = 'tiller.askedHooks';
const MAX_ASKED = 500;

/** The hooks as people see and change them. Asks about those that are new or have changed, once for each text: until somebody trusts one it does not run. */
export class Hooks {
	readonly #options: HooksOptions;
	/** Asked now, in one notice. */
	#open: ReadonlySet<string> = new Set();

	constructor(options: HooksOptions) {
		this.#options = options;
	}

	/** Shows the list. */
	async show(client: Client): Promise<void> {
		try {
			await showHooks(client, this.#options);
		} catch (error) {
			void vscode.window.showErrorMessage(error instanceof Error ? error.message : String(error));
		}
	}

	connected(client: Client): void {
		this.#look(client).catch((error: unknown) => this.#options.log.error(`hooks/list: ${error instanceof Error ? error.message : String(error)}`));
	}

	/** Called with every notification of the server: a thread that begins may bring hooks of its folder. */
	notice(client: Client, { method }: ServerNotification): void {
		if (method === 'thread/started') this.connected(client);
	}

	async #look(client: Client): Promise<void> {
		const { state, folders } = this.#options;
		if (!vscode.workspace.isTrusted || !(await client.supports('hooks/list'))) return;
		const { hooks } = await readHooks(client, folders());
		const asked = new Set(state.get<readonly string[]>(askedKey, []));
		const fresh = hooks.filter((hook) => waitsForTrust(hook) && !asked.has(hookText(hook)) && !this.#open.has(hookText(hook)));
		if (fresh.length === 0) return;
		const texts = fresh.map(hookText);
		this.#open = new Set([...this.#open, ...texts]);
		const modified = fresh.filter(({ trustStatus }) => trustStatus === 'modified').length;
		const answer = await vscode.window.showInformationMessage(words.asks(fresh.length - modified, modified), words.review());
		await state.update(askedKey, [...state.get<readonly string[]>(askedKey, []), ...texts].slice(-MAX_ASKED));
		if (answer === words.review()) await this.show(client);
	}
}

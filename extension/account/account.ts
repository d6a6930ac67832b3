import * as vscode from 'vscode';
import type { AccountState } from '../../webview/channel/messages.ts';
import type { Client } from '../server/client.ts';
import { words } from '../words.ts';

const secretName = 'tiller.openai.apiKey';

export interface AccountOptions {
	readonly secrets: vscode.SecretStorage;
	readonly ready: () => Promise<Client>;
}

/** Who is signed in. Keys live in VS Code's secret storage and are handed to the server, never to a setting or a log. */
export class Account implements vscode.Disposable {
	readonly #options: AccountOptions;
	readonly #changed = new vscode.EventEmitter<AccountState>();
	readonly onDidChange = this.#changed.event;
	#state: AccountState = { type: 'unknown' };

	constructor(options: AccountOptions) {
		this.#options = options;
	}

	get state(): AccountState {
		return this.#state;
	}

	/** Asks the server; signs in with the kept key when the server has none. Called for each new connection. */
	async connect(client: Client): Promise<void> {
		await this.refresh(client);
		if (this.#state.type !== 'signedOut') return;
		const apiKey = await this.#options.secrets.get(secretName);
		if (apiKey === undefined || apiKey === '') return;
		await client.request('account/login/start', { type: 'apiKey', apiKey });
		await this.refresh(client);
	}

	async refresh(client: Client): Promise<void> {
		const { account, requiresOpenaiAuth } = await client.request('account/read', {});
		if (!requiresOpenaiAuth) this.#set({ type: 'notNeeded', label: words.accountNotNeeded() });
		else if (account === null) this.#set({ type: 'signedOut' });
		else this.#set({ type: 'signedIn', label: account.type === 'chatgpt' ? account.email : words.accountApiKey() });
	}

	/** Whether the person went through with it. */
	async signIn(): Promise<boolean> {
		const entered = await vscode.window.showInputBox({
			title: words.apiKeyTitle(),
			prompt: words.apiKeyPrompt(),
			password: true,
			ignoreFocusOut: true,
			validateInput: (value) => (value.trim() === '' ? words.apiKeyEmpty() : null),
		});
		if (entered === undefined) return false;
		const apiKey = entered.trim();
		const client = await this.#options.ready();
		await client.request('account/login/start', { type: 'apiKey', apiKey });
		await this.#options.secrets.store(secretName, apiKey);
		await this.refresh(client);
		vscode.window.setStatusBarMessage(words.signedIn(), 4_000);
		return true;
	}

	async signOut(): Promise<void> {
		await this.#options.secrets.delete(secretName);
		const client = await this.#options.ready();
		await client.request('account/logout', {});
		await this.refresh(client);
		vscode.window.setStatusBarMessage(words.signedOut(), 4_000);
	}

	dispose(): void {
		this.#changed.dispose();
	}

	#set(state: AccountState): void {
		this.#state = state;
		this.#changed.fire(state);
	}
}

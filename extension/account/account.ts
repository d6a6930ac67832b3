import * as vscode from 'vscode';
import type { AccountState } from '../../webview/channel/pageState.ts';
import type { Client } from '../server/client.ts';
import { accountWords as words } from './accountWords.ts';
import { type ChatgptWay, signInWithChatgpt } from './chatgptSignIn.ts';

const secretName = 'tiller.openai.apiKey';

export interface AccountOptions {
	readonly secrets: vscode.SecretStorage;
	readonly ready: () => Promise<Client>;
}

/**
 * Who is signed in. Keys live in VS Code's secret storage and are handed to the server, never to a setting or a log. The tokens of a
 * ChatGPT account never get here: the server keeps them.
 */
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
		if (!requiresOpenaiAuth) this.#set({ type: 'notNeeded', label: words.notNeeded() });
		else if (account === null) this.#set({ type: 'signedOut' });
		else this.#set({ type: 'signedIn', label: labelOf(account) });
	}

	/** Whether the person went through with it. */
	async signIn(client: Client): Promise<boolean> {
		const way = await pickWay();
		if (way === undefined) return false;
		return way === 'apiKey' ? this.#withKey(client) : this.#withChatgpt(client, way);
	}

	/** Where no server runs, the key is gone all the same. */
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

	async #withKey(client: Client): Promise<boolean> {
		const entered = await vscode.window.showInputBox({
			title: words.keyTitle(),
			prompt: words.keyPrompt(),
			password: true,
			ignoreFocusOut: true,
			validateInput: (value) => (value.trim() === '' ? words.keyEmpty() : null),
		});
		if (entered === undefined) return false;
		const apiKey = entered.trim();
		await client.request('account/login/start', { type: 'apiKey', apiKey });
		await this.#options.secrets.store(secretName, apiKey);
		await this.refresh(client);
		vscode.window.setStatusBarMessage(words.signedIn(), 4_000);
		return true;
	}

	/** A failure offers the other way, too: where the browser cannot come back, a code works. */
	async #withChatgpt(client: Client, way: ChatgptWay): Promise<boolean> {
		const outcome = await signInWithChatgpt(client, way).catch((error: unknown) => ({
			type: 'failed' as const,
			error: error instanceof Error ? error.message : String(error),
		}));
		if (outcome.type === 'cancelled') return false;
		if (outcome.type === 'failed') {
			const others = way === 'chatgpt' ? [words.useCode()] : [];
			const answer = await vscode.window.showErrorMessage(words.failed(outcome.error), words.tryAgain(), ...others);
			if (answer === undefined) return false;
			return this.#withChatgpt(client, answer === words.useCode() ? 'chatgptDeviceCode' : way);
		}
		// A key that was kept before would come back with the next window.
		await this.#options.secrets.delete(secretName);
		await this.refresh(client);
		const state = this.#state;
		vscode.window.setStatusBarMessage(state.type === 'signedIn' ? words.signedInAs(state.label) : words.signedIn(), 4_000);
		return true;
	}

	#set(state: AccountState): void {
		this.#state = state;
		this.#changed.fire(state);
	}
}

/** In a browser window nothing comes back to this machine: the code is first. */
function pickWay(): Promise<ChatgptWay | 'apiKey' | undefined> {
	const browser = { label: words.browser(), detail: words.browserWayDetail(), iconPath: new vscode.ThemeIcon('globe'), way: 'chatgpt' as const };
	const device = {
		label: words.device(),
		detail: words.deviceDetail(),
		iconPath: new vscode.ThemeIcon('device-mobile'),
		way: 'chatgptDeviceCode' as const,
	};
	const key = { label: words.key(), detail: words.keyDetail(), iconPath: new vscode.ThemeIcon('key'), way: 'apiKey' as const };
	const items = vscode.env.uiKind === vscode.UIKind.Web ? [device, browser, key] : [browser, device, key];
	const picked = vscode.window.showQuickPick(items, { title: words.title(), placeHolder: words.placeholder() });
	return Promise.resolve(picked).then((item) => item?.way);
}

type SignedIn =
	| { readonly type: 'apiKey' }
	| { readonly type: 'chatgpt'; readonly email: string; readonly planType: string }
	| { readonly type: 'amazonBedrock' };

function labelOf(account: SignedIn): string {
	if (account.type !== 'chatgpt') return words.apiKey();
	return account.planType === 'unknown' ? account.email : `${account.email} (${planName(account.planType)})`;
}

/** As the service writes it: `self_serve_business_usage_based` is a kind of Business. */
function planName(plan: string): string {
	const base = plan.includes('business') ? 'business' : plan.includes('enterprise') ? 'enterprise' : plan === 'prolite' ? 'pro' : plan;
	return base.charAt(0).toUpperCase() + base.slice(1);
}

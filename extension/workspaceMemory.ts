import type * as vscode from 'vscode';
import type { Model } from '../server/protocol/account/model.ts';
import type { ModeKind } from '../server/protocol/thread/turn.ts';
import type { PageSettings, ProviderName } from '../webview/channel/pageState.ts';
import type { ServerFeature } from '../webview/channel/requests/composerRequests.ts';
import { defaultApprovalMode, setting } from './settings.ts';

const threadKey = 'tiller.activeThread';
const tabsKey = 'tiller.tabThreads';
const settingsKey = 'tiller.lastSettings';
/** Ids of threads in Plan mode. */
const planKey = 'tiller.planThreads';
const MAX_PLAN_THREADS = 100;
const toldKey = 'tiller.told';
const usedKey = 'tiller.usedModels';
const MAX_USED_MODELS = 10;

/** What this workspace remembers from window to window, and what the server said about its models. */
export class WorkspaceMemory {
	readonly #state: vscode.Memento;
	/** What the page may choose from. */
	models: readonly Model[] = [];
	/** What the connected server can do beyond what each can. */
	features: readonly ServerFeature[] = [];
	/** Who serves models; undefined before the server has said it, and where it does not. */
	providers: readonly ProviderName[] | undefined = undefined;
	/** Whose models these are. */
	configuredProvider: string | null = null;
	/** The model that the server's configuration names. */
	configuredModel: string | null = null;

	constructor(state: vscode.Memento) {
		this.#state = state;
	}

	/** True for what this workspace was not told yet; from then on it was. */
	tellOnce(what: 'noSandbox'): boolean {
		const told = this.#state.get<readonly string[]>(toldKey, []);
		if (told.includes(what)) return false;
		void this.#state.update(toldKey, [...told, what]);
		return true;
	}

	thread(): string | null {
		return this.#state.get<string | null>(threadKey, null);
	}

	setThread(threadId: string | null): void {
		void this.#state.update(threadKey, threadId ?? undefined);
	}

	/** The threads of the chats among the editors. */
	readonly tabThreads = {
		read: (): readonly string[] => this.#state.get<readonly string[]>(tabsKey, []),
		write: (threads: readonly string[]): void => void this.#state.update(tabsKey, threads),
	};

	setSettings({ model, effort, provider }: PageSettings): void {
		// The approval mode is not kept: how much a new thread may do without asking is decided in the settings.
		void this.#state.update(settingsKey, { model, effort, ...(provider === undefined ? {} : { provider }) });
	}

	modeOf(threadId: string): { readonly mode?: ModeKind } {
		return this.#state.get<readonly string[]>(planKey, []).includes(threadId) ? { mode: 'plan' } : {};
	}

	rememberMode(threadId: string, mode: ModeKind): void {
		const others = this.#state.get<readonly string[]>(planKey, []).filter((id) => id !== threadId);
		void this.#state.update(planKey, mode === 'plan' ? [...others, threadId].slice(-MAX_PLAN_THREADS) : others);
	}

	/** The models that threads of this workspace worked with, by provider, the newest first. */
	/** Those that threads worked with, and the configured one: both are offered even where the provider does not name them. */
	offeredModels(provider: string): readonly string[] {
		const used = this.usedModels(provider);
		const configured = provider === this.configuredProvider ? this.configuredModel : '';
		return configured === '' || configured === null || used.includes(configured) ? used : [...used, configured];
	}

	usedModels(provider: string): readonly string[] {
		return this.#state.get<Readonly<Record<string, readonly string[]>>>(usedKey, {})[provider] ?? [];
	}

	rememberModel(provider: string, model: string): void {
		if (model === '' || this.usedModels(provider)[0] === model) return;
		const used = this.#state.get<Readonly<Record<string, readonly string[]>>>(usedKey, {});
		const others = (used[provider] ?? []).filter((each) => each !== model);
		void this.#state.update(usedKey, { ...used, [provider]: [model, ...others].slice(0, MAX_USED_MODELS) });
	}

	/** A provider has another id. */
	renameProvider(from: string, to: string): void {
		const { [from]: models, ...others } = this.#state.get<Readonly<Record<string, readonly string[]>>>(usedKey, {});
		if (models !== undefined) void this.#state.update(usedKey, { ...others, [to]: models });
		const last = this.#state.get<Omit<PageSettings, 'approvalMode'> | null>(settingsKey, null);
		if (last?.provider === from) void this.#state.update(settingsKey, { ...last, provider: to });
	}

	/** What a new thread begins with: the last choice here, else the settings, else the server's own default. */
	defaults(): PageSettings {
		const last = this.#state.get<Omit<PageSettings, 'approvalMode'> | null>(settingsKey, null);
		const used = this.configuredProvider === null ? [] : this.usedModels(this.configuredProvider);
		const offered = [...this.models.map(({ model }) => model), this.configuredModel, setting('tiller.model'), ...used];
		const known = (model: string) => model !== '' && (this.models.length === 0 || offered.includes(model));
		const chosen = setting('tiller.model');
		const fallback = this.configuredModel ?? this.models.find((model) => model.isDefault)?.model ?? '';
		const approvalMode = defaultApprovalMode();
		// What another provider offers is not in the list.
		if (last !== null && (last.provider !== undefined || known(last.model))) return { ...last, approvalMode };
		return { model: chosen !== '' ? chosen : fallback, effort: null, approvalMode };
	}
}

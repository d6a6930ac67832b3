import { Emitter } from 'vscode-jsonrpc/node.js';
import type { Event } from 'vscode-jsonrpc/node.js';
import type { ParamsOf, ResultOf } from '../../../server/protocol/methods.ts';
import type { SandboxPolicy } from '../../../server/protocol/approval/permission.ts';
import type { PageSettings } from '../../../webview/channel/pageState.ts';
import type { ActiveThreadHost } from '../activeThreadHost.ts';
import { effortOf, modeOf, modeParams, policiesOf, widenedBy } from './approvalMode.ts';

type TurnSettings = Pick<ParamsOf<'turn/start'>, 'model' | 'modelProvider' | 'effort' | 'approvalPolicy' | 'sandboxPolicy' | 'collaborationMode'>;

export interface ChosenSettingsOptions {
	readonly host: Pick<ActiveThreadHost, 'defaults' | 'rememberSettings' | 'configuredProvider'>;
	/** The folders of the workspace besides the one that the thread works in. */
	readonly otherRoots: () => readonly string[];
}

/** What the next turn is told, for the server to take. */
export interface Untold {
	readonly params: TurnSettings;
	/** The server has taken it: with a turn that begins, or with a message that waits and may yet be deleted. */
	told(by: 'turn' | 'queue'): void;
}

/** The settings of the shown thread, and what of them the server was not told yet. */
export class ChosenSettings {
	readonly #options: ChosenSettingsOptions;
	readonly #changed = new Emitter<PageSettings>();
	readonly onDidChange: Event<PageSettings> = this.#changed.event;
	#now: PageSettings;
	/** What the person picked since the last turn began; sent with the next one. */
	#picked: Partial<PageSettings> = {};
	/** What `auto` has to be told so that it covers the other folders of the workspace; sent with the next turn. */
	#wider: SandboxPolicy | null = null;

	constructor(options: ChosenSettingsOptions) {
		this.#options = options;
		this.#now = options.host.defaults();
	}

	get now(): PageSettings {
		return this.#now;
	}

	/** Another thread is shown, or none: what was picked was for the one before. */
	forget(): void {
		this.#picked = {};
		this.#wider = null;
	}

	/** Those that a new thread begins with. */
	useDefaults(): void {
		this.#set({ ...this.#options.host.defaults(), ...this.#picked });
	}

	/** A stored thread was opened; `kept` is what the server does not say. */
	resumed(answer: ResultOf<'thread/resume'>, kept: Partial<PageSettings>): void {
		this.#widen(answer);
		this.#set({
			model: answer.model,
			effort: answer.reasoningEffort,
			approvalMode: modeOf(answer.approvalPolicy, answer.sandbox),
			...kept,
			...this.#picked,
		});
	}

	/** What `thread/start` is told. */
	get ofNewThread(): Pick<ParamsOf<'thread/start'>, 'model' | 'modelProvider' | 'approvalPolicy' | 'sandbox'> {
		const { model, approvalMode, provider } = this.#now;
		const policies = policiesOf(approvalMode);
		return {
			...(model === '' ? {} : { model }),
			...(provider === undefined ? {} : { modelProvider: provider }),
			...(policies === null ? {} : { approvalPolicy: policies.approvalPolicy, sandbox: policies.sandbox }),
		};
	}

	/** A thread was begun with `settings`; its effort and mode go with its first turn. */
	started(answer: ResultOf<'thread/start'>, { effort, approvalMode, provider, mode }: PageSettings): void {
		this.#widen(answer);
		this.#picked = { ...(effort === null ? {} : { effort }), ...(mode === undefined ? {} : { mode }) };
		this.#set({
			model: answer.model,
			effort: effort ?? answer.reasoningEffort,
			approvalMode: approvalMode === 'custom' ? modeOf(answer.approvalPolicy, answer.sandbox) : approvalMode,
			...(provider === undefined ? {} : { provider }),
			...(mode === undefined ? {} : { mode }),
		});
	}

	pick(picked: Partial<PageSettings>): void {
		this.#picked = { ...this.#picked, ...picked };
		this.#set({ ...this.#now, ...picked });
		this.#remember();
	}

	/** A model of the provider that the thread has, or of another one, which it then has from its next turn on. */
	pickModel(model: string, effort: string | null, provider?: string): void {
		this.pick({ model, effort, ...(provider === undefined ? {} : { provider }) });
	}

	/** The provider that the thread has from its next turn on; null where it keeps its own. */
	get pickedProvider(): string | null {
		return this.#picked.provider ?? null;
	}

	/** A provider has another id. */
	renameProvider(from: string, to: string): void {
		if (this.#picked.provider === from) this.#picked = { ...this.#picked, provider: to };
		if (this.#now.provider === from) this.#set({ ...this.#now, provider: to });
	}

	/** Only for threads to come: each keeps the provider that it began with. */
	rememberProvider(choice: { readonly provider: string; readonly model: string } | null): void {
		const settings = this.#withoutProvider();
		this.#options.host.rememberSettings(choice === null ? { ...settings, model: '', effort: null } : { ...settings, ...choice, effort: null });
	}

	untold(): Untold {
		const picked = this.#picked;
		const policies = picked.approvalMode === undefined ? null : policiesOf(picked.approvalMode);
		const wider = policies === null ? this.#wider : widenedBy(policies.sandboxPolicy, this.#options.otherRoots());
		const sandboxPolicy = wider ?? policies?.sandboxPolicy;
		return {
			params: {
				...(picked.model === undefined ? {} : { model: picked.model }),
				...(picked.provider === undefined ? {} : { modelProvider: picked.provider }),
				...(picked.effort === undefined ? {} : { effort: effortOf(picked.effort) }),
				...(policies === null ? {} : { approvalPolicy: policies.approvalPolicy }),
				...(sandboxPolicy === undefined ? {} : { sandboxPolicy }),
				...modeParams(picked.mode, this.#now),
			},
			told: (by) => {
				if (this.#picked === picked) this.#picked = {};
				if (by === 'turn' && this.#wider === wider) this.#wider = null;
			},
		};
	}

	/** The configured provider is not named: another one may be configured tomorrow. */
	#remember(): void {
		const { host } = this.#options;
		host.rememberSettings(this.#now.provider === host.configuredProvider() ? this.#withoutProvider() : this.#now);
	}

	#withoutProvider(): PageSettings {
		const { provider: _, ...settings } = this.#now;
		return settings;
	}

	#widen({ approvalPolicy, sandbox }: ResultOf<'thread/start'>): void {
		this.#wider = modeOf(approvalPolicy, sandbox) === 'auto' ? widenedBy(sandbox, this.#options.otherRoots()) : null;
	}

	#set(settings: PageSettings): void {
		this.#now = settings;
		this.#changed.fire(settings);
	}
}

import type * as vscode from 'vscode';
import type { ServerNotification } from '../../server/protocol/serverMessages.ts';
import type { PageEvent } from '../../webview/channel/pageEvent.ts';
import type { PageState } from '../../webview/channel/pageState.ts';
import type { PendingQuestion } from '../../webview/channel/questions.ts';
import type { PendingRequests } from '../approvals/pendingRequests.ts';
import type { TerminalCommands } from '../context/terminalCommands.ts';
import { Mentions } from '../context/mentions.ts';
import type { Conflicts } from '../edits/conflicts.ts';
import type { TurnProblemWatch } from '../problems/turnProblems.ts';
import { ServerPrompts } from '../prompts/serverPrompts.ts';
import { ThreadChanges } from '../review/threadChanges.ts';
import type { Client } from '../server/client.ts';
import { sideWords } from './sideWords.ts';
import { ChatApps } from '../apps/chatApps.ts';
import { skillEntries } from '../skills/skillEntries.ts';
import { agentStates } from '../threads/agentStates.ts';
import type { StoredThread, ThreadList } from '../threads/threadList.ts';
import type { BegunThread } from '../threads/threadTitles.ts';
import { ThreadWork } from '../threads/threadWork.ts';
import type { ThreadActions } from '../threads/threadActions.ts';
import { ActiveThread } from './activeThread.ts';
import type { ActiveThreadHost } from './activeThreadHost.ts';
import { BackgroundCommands } from './backgroundCommands.ts';
import { ChatView, type ChatViewOptions } from './chatView.ts';
import type { KeptPage } from './page/keptPage.ts';
import { pageRequestHandlers, type SharedActionParts } from './page/pageActions.ts';
import { modesNotAllowed } from './settings/modesNotAllowed.ts';
import type { FavouriteModels } from './settings/favouriteModels.ts';
import { pickModel } from './settings/modelPicker.ts';
import { pickPermissions } from './settings/pickers.ts';
import { SideQuestions } from './sideQuestions.ts';
import { ThreadModels, type ThreadModelsOptions } from './settings/threadModels.ts';

/** What all chats of a window have in common. */
export interface ChatSurroundings {
	readonly ready: () => Promise<Client>;
	readonly extensionUri: vscode.Uri;
	readonly host: ActiveThreadHost;
	readonly pending: PendingRequests;
	readonly conflicts: Conflicts;
	readonly problems: TurnProblemWatch;
	readonly terminals: TerminalCommands;
	readonly list: ThreadList;
	readonly threads: ThreadActions;
	readonly actions: SharedActionParts;
	readonly models: Omit<ThreadModelsOptions, 'onChange'> & { readonly favourites: FavouriteModels };
	/** What is the same in every page. */
	readonly state: () => Pick<PageState, 'connection' | 'account' | 'review' | 'folder' | 'roots' | 'features' | 'providers'>;
	/** How a thread is called; `stored` counts where no list has it. */
	readonly title: (threadId: string | null, stored: StoredThread | null) => string;
	/** A thread was begun here, by its first message. */
	readonly began: (thread: BegunThread) => void;
	readonly log: ChatViewOptions['log'];
}

export interface ChatOptions {
	/** The thread that it begins with; null for a new one. */
	readonly threadId: string | null;
	/** Keeps the thread for the next window. */
	readonly rememberThread: (threadId: string | null) => void;
	readonly kept: KeptPage;
	readonly show: ChatViewOptions['show'];
	readonly onSilence: (silent: boolean) => void;
	readonly onDidChangeVisibility: () => void;
	readonly onFocus: ChatViewOptions['onFocus'];
}

/** One page and the thread in it, with all that belongs to that thread alone. */
export class OpenChat {
	readonly #around: ChatSurroundings;
	readonly active: ActiveThread;
	readonly view: ChatView;
	readonly work: ThreadWork;
	readonly #changes: ThreadChanges;
	readonly #background: BackgroundCommands;
	readonly beside: SideQuestions;
	readonly #models: ThreadModels;
	readonly #apps: ChatApps;
	readonly #owned: { dispose(): unknown }[] = [];

	constructor(around: ChatSurroundings, options: ChatOptions) {
		this.#around = around;
		const { ready, list, pending, conflicts, problems } = around;
		const own = <T extends { dispose(): unknown }>(part: T): T => {
			this.#owned.push(part);
			return part;
		};
		const active = new ActiveThread({ ...around.host, rememberThread: options.rememberThread }, options.threadId);
		const activeThread = () => active.id;
		this.active = active;
		const changes = own(new ThreadChanges(ready));
		const background = own(new BackgroundCommands({ ready, activeThread, visible: (): boolean => this.view.visible }));
		const beside = own(new SideQuestions({ ready, activeThread, assertMayRun: around.host.assertMayRun, words: sideWords }));
		const apps = new ChatApps({ ready, threadId: activeThread, onChange: () => this.view.push({ type: 'apps', apps: apps.list }) });
		this.#apps = apps;
		this.beside = beside;
		this.#changes = changes;
		this.#background = background;
		this.#models = new ThreadModels({ ...around.models, onChange: () => this.showModels() });
		const agents = () => agentStates(active.id === null ? [] : list.agentsOf(active.id));
		this.view = own(
			new ChatView({
				extensionUri: around.extensionUri,
				requests: pageRequestHandlers({
					...around.actions,
					ready,
					active,
					pending,
					conflicts,
					problems,
					background,
					beside,
					mentions: new Mentions({ ready, terminals: around.terminals, threads: list, activeThread }),
					serverPrompts: new ServerPrompts({ ready, activeThread }),
					apps,
					skills: async () => skillEntries(await ready(), active.cwd ?? around.state().roots?.[0]?.path ?? null),
					pickModel: () => this.pickModel(),
					pickPermissions: () => this.pickPermissions(),
					review: async (kind) => await this.work.review(await ready(), kind),
					fork: async (threadId) => await this.work.fork(await ready(), threadId),
				}),
				state: () => ({
					...around.state(),
					models: this.models,
					agents: agents(),
					background: background.list,
					sideQuestions: beside.list,
					apps: apps.list,
					lostTurns: active.lostTurns,
					settings: active.settings,
					pending: this.#pending(),
					conflicts: conflicts.of(active.id),
					turnChanges: changes.turns,
					turnProblems: problems.of(active.id),
					queue: active.queue.state,
				}),
				kept: options.kept,
				show: options.show,
				onSilence: options.onSilence,
				onFocus: options.onFocus,
				loadThread: (onGlance) => active.load(onGlance),
				onDidChangeVisibility: options.onDidChangeVisibility,
				log: around.log,
			}),
		);
		this.work = new ThreadWork({ active, threads: around.threads, focusChat: () => this.view.focus() });
		const push = (event: PageEvent) => this.view.push(event);
		own(pending.onDidChange(() => this.#showPending()));
		own(conflicts.onDidChange(() => push({ type: 'conflicts', conflicts: conflicts.of(active.id) })));
		own(problems.onDidChange(() => push({ type: 'turnProblems', turnProblems: problems.of(active.id) })));
		own(list.onDidChange(() => (this.#showTitle(), push({ type: 'agents', agents: agents() }))));
		own(changes.onDidChange(() => push({ type: 'turnChanges', turnChanges: changes.turns })));
		own(background.onDidChange(() => push({ type: 'background', background: background.list })));
		own(beside.onDidChange(() => push({ type: 'sideQuestions', sideQuestions: beside.list })));
		own(active.queue.onDidChange((queue) => push({ type: 'queue', queue })));
		own(active.onDidLearn(() => this.#showTitle()));
		own(active.onDidChangeSettings((settings) => push({ type: 'settings', settings })));
		own(
			active.onDidSwitch((thread) => {
				if (thread !== null) around.began({ id: thread.id, cwd: thread.cwd, provider: thread.modelProvider, model: active.settings.model });
				beside.closeAll();
				this.#models.forget();
				this.#showTitle();
				void this.view.show(thread);
				changes.show(active.id);
				background.look();
				this.#showPending();
			}),
		);
		this.#showTitle();
	}

	get models() {
		return this.#models.of(this.active.provider);
	}

	/** Whether a person can see this question here now. */
	shows(question: PendingQuestion): boolean {
		return this.view.visible && question.params.threadId === this.active.id;
	}

	showModels(): void {
		this.view.push({ type: 'models', models: this.models });
	}

	async pickModel(): Promise<void> {
		const { ready, models, actions, state } = this.#around;
		await pickModel({
			ready,
			thread: this.active,
			provider: this.active.provider ?? models.configured().provider,
			models: this.models,
			used: models.used,
			favourites: models.favourites,
			prices: actions.prices,
			isSignedIn: () => state().account.type !== 'signedOut',
		});
		// They may be those of another provider now.
		this.showModels();
	}

	async pickPermissions(): Promise<void> {
		const { requirements } = await (await this.#around.ready()).request('configRequirements/read', undefined);
		await pickPermissions(this.active, modesNotAllowed(requirements));
	}

	/** It came into sight: what happened meanwhile is asked for. */
	seen(): void {
		if (this.view.visible) this.#background.look();
	}

	notice(notification: ServerNotification): void {
		const isOwn = this.active.notice(notification);
		this.#changes.notice(notification);
		this.#background.notice(notification);
		this.beside.notice(notification);
		this.#apps.notice(notification);
		if (isOwn || (notification.method === 'warning' && notification.params.threadId == null)) this.view.notify(notification);
	}

	/** A server is there, or there again. Resolves when the thread is followed, with the questions that wait in it, whether or not a page shows it. */
	async connected(): Promise<void> {
		this.#changes.show(this.active.id);
		this.#background.look();
		if (this.view.listens) await this.view.refresh();
		else await this.active.load();
	}

	dispose(): void {
		for (const part of this.#owned.splice(0).toReversed()) part.dispose();
	}

	#pending(): readonly PendingQuestion[] {
		return this.#around.pending.list().filter(({ params }) => params.threadId === this.active.id);
	}

	#showPending(): void {
		this.view.setPending(this.#pending());
	}

	#showTitle(): void {
		this.view.setTitle(this.#around.title(this.active.id, this.active.stored));
	}
}

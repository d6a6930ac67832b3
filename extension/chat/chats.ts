import { Emitter } from 'vscode-jsonrpc/node.js';
import type { Event } from 'vscode-jsonrpc/node.js';
import type { PageEvent } from '../../webview/channel/pageEvent.ts';
import { workspaceRoots } from '../workspaceRoots.ts';
import type { ChatTabs } from './chatTabs.ts';
import type { OpenChat } from './openChat.ts';

/** What the key bindings of a tab hand to their command. */
const inTab = 'tab';

/** The chats of this window: the one in its view, and those among the editors. Every feature may ask for them; `chatFeature` opens them. */
export class Chats {
	#main: OpenChat | null = null;
	#tabs: ChatTabs | null = null;
	readonly #shown = new Emitter<void>();
	/** Another thread is shown in one of them, or one came into sight or went out of it. */
	readonly onDidChangeShown: Event<void> = this.#shown.event;

	/** Called once, before anything is asked of the chats. */
	open(main: OpenChat, tabs: ChatTabs): void {
		this.#main = main;
		this.#tabs = tabs;
	}

	/** The one in its view. */
	get main(): OpenChat {
		if (this.#main === null) throw new Error('The chats are not open yet.');
		return this.#main;
	}

	get all(): readonly OpenChat[] {
		return [this.main, ...(this.#tabs?.all ?? [])];
	}

	/** The one that the person is in, or was in last. */
	get active(): OpenChat {
		return this.#tabs?.active ?? this.main;
	}

	/** Where a key was pressed: its binding says when that was a tab. */
	of(argument: unknown): OpenChat {
		return argument === inTab ? this.active : this.main;
	}

	/** Where the thread in the view works, or a new one would. */
	folder(): string | null {
		return this.main.active.cwd ?? workspaceRoots()[0]?.path ?? null;
	}

	/** The same, with all folders of the window. */
	folders(): readonly string[] {
		const { cwd } = this.main.active;
		return [...new Set([...(cwd === null ? [] : [cwd]), ...workspaceRoots().map(({ path }) => path)])];
	}

	push(event: PageEvent): void {
		for (const { view } of this.all) view.push(event);
	}

	shownChanged(): void {
		this.#shown.fire();
	}

	/** Shows a thread in a tab; null for a new one. */
	async openTab(threadId: string | null): Promise<void> {
		await this.#tabs?.open(threadId);
	}

	/** Shows the tab that has a thread; false when none has. */
	async showTab(threadId: string): Promise<boolean> {
		const tab = this.#tabs?.all.find(({ active }) => active.id === threadId);
		await tab?.view.focus();
		return tab !== undefined;
	}

	/** Shows a thread in the view, with a place of it in sight. */
	async reveal(place: { readonly threadId: string; readonly turnId: string | null; readonly itemId: string | null }): Promise<void> {
		this.main.active.open(place.threadId);
		await this.main.view.revealPlace(place);
	}

	/** New threads use this model. */
	async choose(choice: { readonly provider: string; readonly model: string } | undefined): Promise<void> {
		if (choice === undefined) return;
		this.main.active.chooseProvider(choice);
		await this.main.view.focus();
	}
}

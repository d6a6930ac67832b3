import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import type { ServerNotification } from '../../server/protocol/serverMessages.ts';
import type { Thread } from '../../server/protocol/thread/thread.ts';
import type { HostMessage } from '../../webview/channel/messages.ts';
import type { PageEvent } from '../../webview/channel/pageEvent.ts';
import type { PageState } from '../../webview/channel/pageState.ts';
import type { PendingQuestion } from '../../webview/channel/questions.ts';
import { PageWatch } from './page/pageWatch.ts';
import { helpCommands, helpLinks, pageWords } from './page/silentPage.ts';
import { words } from '../words.ts';
import type { LoadedThread } from './activeThread.ts';
import type { ChatPlace } from './chatPlace.ts';
import { pageHtml } from './page/html.ts';
import type { KeptPage } from './page/keptPage.ts';
import { answerPageRequest, type FramedMessage, type PageRequestHandlers, parsePageMessage } from './page/pageRequests.ts';
import { eachFrame, Relay } from './page/relay.ts';

/** A slow machine needs some seconds for a page. */
const PAGE_PATIENCE_MS = 15_000;

export interface ChatViewOptions {
	readonly extensionUri: vscode.Uri;
	readonly requests: PageRequestHandlers;
	/** All of the page's state but the thread. */
	readonly state: () => Omit<PageState, 'thread' | 'olderTurns'>;
	/**
	 * The active thread as the server has it now. Must not await anything between the server's answer and its return.
	 * `onGlance` may get what is stored of it before that.
	 */
	readonly loadThread: (onGlance?: (stored: LoadedThread) => void) => Promise<LoadedThread>;
	readonly kept: KeptPage;
	/** Makes the place when there is none, and brings it into sight. */
	readonly show: (options: { readonly preserveFocus: boolean }) => Promise<void>;
	readonly onDidChangeVisibility: () => void;
	/** Whether keys go to the page. */
	readonly onFocus: (focused: boolean) => void;
	/** Whether the page in sight fails to say that it is there. */
	readonly onSilence: (silent: boolean) => void;
	readonly log: { error(message: string): void; warn(message: string): void };
}

/** A page with a thread. VS Code destroys it when it is hidden; each new one starts from the server's state. */
export class ChatView implements vscode.Disposable {
	readonly #options: ChatViewOptions;
	#place: ChatPlace | null = null;
	/** To the page, once it has said that it listens. */
	#relay: Relay | null = null;
	/** How often a page said that it listens. */
	#pages = 0;
	/** Said before a page was there to hear it. */
	#waiting: PageEvent[] = [];

	readonly #watch: PageWatch;
	#title: string | null = null;

	constructor(options: ChatViewOptions) {
		this.#options = options;
		this.#watch = new PageWatch({ patienceMs: PAGE_PATIENCE_MS, onSilence: options.onSilence });
	}

	get visible(): boolean {
		return this.#place?.visible === true;
	}

	/** Whether a page is there that hears of changes; one that is being loaded asks for everything itself. */
	get listens(): boolean {
		return this.#relay !== null;
	}

	/** From now on the page is drawn there. */
	attach(place: ChatPlace): void {
		const root = vscode.Uri.joinPath(this.#options.extensionUri, 'dist');
		const { webview } = place;
		this.#dropRelay();
		this.#place = place;
		if (this.#title !== null) place.setTitle(this.#title);
		webview.options = { enableScripts: true, enableCommandUris: [...helpCommands], localResourceRoots: [root] };
		webview.onDidReceiveMessage((data: unknown) => {
			const message = parsePageMessage(data, this.#options.log);
			if (message !== null) void this.#receive(webview, message);
		});
		place.onDidChangeVisibility(() => {
			// The page is gone with its view; what is said to it now waits for the next one.
			if (this.#place === place) {
				if (place.visible) this.#watch.expect();
				else this.#dropRelay();
			}
			this.#options.onDidChangeVisibility();
		});
		place.onDidDispose(() => {
			if (this.#place !== place) return;
			this.#dropRelay();
			this.#place = null;
			this.#options.onDidChangeVisibility();
		});
		const resource = (name: string) => webview.asWebviewUri(vscode.Uri.joinPath(root, name)).toString();
		webview.html = pageHtml({
			cspSource: webview.cspSource,
			nonce: randomBytes(18).toString('base64url'),
			script: resource('webview.js'),
			styles: [resource('webview.css')],
			title: 'Tiller',
			language: vscode.env.language,
			loading: words.loading(),
			help: { text: pageWords.help(), links: helpLinks() },
			dictionary: vscode.l10n.bundle ?? {},
			kept: this.#options.kept.read(),
			font: chatFont(),
		});
		if (place.visible) this.#watch.expect();
		this.#options.onDidChangeVisibility();
	}

	dispose(): void {
		this.#watch.dispose();
		this.#relay?.dispose();
	}

	/** A notification of the active thread. */
	notify(notification: ServerNotification): void {
		this.#relay?.push({ type: 'notification', notification });
	}

	push(event: PageEvent): void {
		this.#relay?.push(event);
	}

	/** Like `push`, but waits for the page when there is none that listens yet. */
	pushWhenReady(event: PageEvent): void {
		if (this.#relay?.open === true) this.#relay.push(event);
		else this.#waiting.push(event);
	}

	/** Shows the page and puts the cursor into its composer. */
	async focus(): Promise<void> {
		await this.#show({ preserveFocus: false });
		this.pushWhenReady({ type: 'focusComposer' });
	}

	/** Shows the page and leaves the cursor where it is. */
	async reveal(): Promise<void> {
		await this.#show({ preserveFocus: true });
	}

	/** Shows the page with its box to find words in the thread. */
	async openFind(): Promise<void> {
		await this.#show({ preserveFocus: false });
		this.pushWhenReady({ type: 'openFind' });
	}

	/** Shows the page with a place of its thread in view. */
	async revealPlace(place: { readonly threadId: string; readonly turnId: string | null; readonly itemId: string | null }): Promise<void> {
		await this.#show({ preserveFocus: false });
		this.pushWhenReady({ type: 'reveal', ...place });
	}

	/** The title of the view, or of the tab, is the thread's. */
	setTitle(title: string): void {
		this.#title = title;
		this.#place?.setTitle(title);
	}

	setPending(pending: readonly PendingQuestion[]): void {
		this.#relay?.push({ type: 'pending', pending });
	}

	/** Shows another thread, whose state is asked of the server unless it is given. What is stored of it comes first. */
	async show(known: Thread | null): Promise<void> {
		const page = this.#pages;
		const glance = (stored: LoadedThread) => {
			// A page that was loaded meanwhile asks what became of its messages by its first snapshot, so that has to be the whole.
			if (page === this.#pages) this.#relay?.snapshot({ ...this.#options.state(), ...stored });
		};
		if (known !== null) await this.refresh(known);
		else await this.refresh(undefined, glance);
	}

	/** Sends the page the whole state again: the thread is asked of the server, unless it is given. */
	async refresh(known?: Thread, onGlance?: (stored: LoadedThread) => void): Promise<void> {
		const relay = this.#relay;
		if (relay === null) return;
		let loaded: LoadedThread = { thread: known ?? null, olderTurns: null };
		try {
			if (known === undefined) loaded = await this.#options.loadThread(onGlance);
		} catch (error) {
			// The state of the connection says what is wrong; the rest is for the log.
			this.#options.log.error(error instanceof Error ? error.message : String(error));
		}
		relay.snapshot({ ...this.#options.state(), ...loaded });
		const waiting = this.#waiting;
		this.#waiting = [];
		for (const event of waiting) relay.push(event);
	}

	async #show(options: { readonly preserveFocus: boolean }): Promise<void> {
		await (this.#place ?? this.#options).show(options);
	}

	#dropRelay(): void {
		this.#watch.settle();
		this.#relay?.dispose();
		this.#relay = null;
		this.#options.onFocus(false);
	}

	async #receive(webview: vscode.Webview, message: FramedMessage): Promise<void> {
		if (message.type === 'ready') {
			if (this.#place?.webview !== webview) return;
			this.#watch.settle();
			this.#pages++;
			this.#relay ??= new Relay((toPage) => this.#post(webview, toPage), eachFrame);
			await this.refresh();
			return;
		}
		if (message.type === 'focus') {
			if (this.#place?.webview === webview) this.#options.onFocus(message.focused);
			return;
		}
		if (message.type === 'refused') {
			this.#options.log.error(`The page could not show everything: ${message.problems.slice(0, 20).join('; ')}`);
			return;
		}
		if (message.type === 'keep') {
			this.#options.kept.keep(message.saved);
			return;
		}
		const reply = await answerPageRequest(message, { handlers: this.#options.requests, log: this.#options.log });
		// The events that the answer is about go first.
		this.#relay?.flush();
		this.#post(webview, reply);
	}

	#post(webview: vscode.Webview, message: HostMessage): void {
		// False when the page is gone: the next one starts from a snapshot.
		webview.postMessage(message).then(undefined, () => {});
	}
}

/** VS Code's own settings for chats; null where they are left as they are. */
function chatFont(): { readonly family: string | null; readonly size: number | null } {
	const chat = vscode.workspace.getConfiguration('chat');
	const set = (name: string): unknown => {
		const found = chat.inspect(name);
		return found?.workspaceFolderValue ?? found?.workspaceValue ?? found?.globalValue;
	};
	const [family, size] = [set('fontFamily'), set('fontSize')];
	return { family: typeof family === 'string' && family !== 'default' ? family : null, size: typeof size === 'number' ? size : null };
}

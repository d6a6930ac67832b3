import * as vscode from 'vscode';
import type { ServerNotification } from '../../server/protocol/serverMessages.ts';
import type { Feature } from '../feature.ts';
import type { Ground } from '../ground.ts';
import type { Client } from '../server/client.ts';
import { connectionState } from '../server/connectionState.ts';
import { setContext } from '../setContext.ts';
import { onSettingChange } from '../settings.ts';
import { words } from '../words.ts';
import type { WorkspaceMemory } from '../workspaceMemory.ts';
import { chatViewId, showChatView, viewPlace } from './chatPlace.ts';
import type { Chats } from './chats.ts';
import { type ChatParts, chatSurroundings } from './chatSurroundings.ts';
import { ChatTabs, chatTabType } from './chatTabs.ts';
import { askBeside } from './askBeside.ts';
import { type ChatOptions, type ChatSurroundings, OpenChat } from './openChat.ts';
import { KeptPage } from './page/keptPage.ts';
import { tellOfSilentPage } from './page/silentPage.ts';

/** The chats themselves. The last of the features to be made: what they show comes from the others. */
export function chatFeature(ground: Ground, chats: Chats, parts: ChatParts) {
	const { memory, server, log, own } = ground;
	openChats(ground, chats, { around: chatSurroundings(ground, parts), pageSilent: parts.threads.pageSilent });
	const { main } = chats;
	const pushConnection = () => chats.push({ type: 'connection', connection: connectionState(server.state) });
	const refresh = () => {
		for (const { view } of chats.all) void view.refresh();
	};
	own(main.active.onDidChangeRunning(() => setContext('tiller.running', main.active.runningTurn !== null)));
	own(vscode.workspace.onDidChangeWorkspaceFolders(refresh));
	own(vscode.workspace.onDidGrantWorkspaceTrust(() => (pushConnection(), refresh())));
	for (const name of ['tiller.approvals.mode', 'tiller.model'] as const)
		own(onSettingChange(name, () => chats.all.forEach((each) => each.active.defaultsChanged())));

	const feature = {
		commands: chatCommands(chats),
		clientCommands: chatClientCommands(chats, parts),
		stateChanged: (state) => {
			if (state.type !== 'ready') {
				for (const { active, beside } of chats.all) {
					active.serverLost();
					beside.serverLost();
				}
			}
			pushConnection();
		},
		connected: async (client) => {
			tellOfMissingSandbox(client, chats, memory);
			const shown = chats.all.map((chat) => chat.connected().catch((error: unknown) => log.error(`thread/resume: ${String(error)}`)));
			const followed = Promise.all(shown).then(parts.review.catchUp);
			await Promise.all([followed, loadFeatures(client, chats, memory)]);
		},
		notice: (notification) => {
			for (const chat of chats.all) chat.notice(notification);
		},
	} satisfies Feature;
	return {
		...feature,
		/** Called once, when everything is registered. */
		begin: () => {
			if (isFirstRun(ground.context.globalState)) void main.view.reveal();
			// A thread that may be running, and wait for an answer, is looked after although no view is shown.
			if (memory.thread() !== null) server.start();
		},
	};
}

function chatCommands(chats: Chats) {
	const { main } = chats;
	return {
		'tiller.focusChat': () => main.view.focus(),
		'tiller.newThreadInEditor': () => chats.openTab(null),
		'tiller.pickModel': (place: unknown) => chats.of(place).pickModel(),
		'tiller.pickPermissions': (place: unknown) => chats.of(place).pickPermissions(),
		'tiller.findInThread': (place: unknown) => chats.of(place).view.openFind(),
		// What was typed is kept, also where no server comes.
		'tiller.sendMessage': () => main.work.message(),
	} satisfies Feature['commands'];
}

function chatClientCommands(chats: Chats, { threads }: ChatParts) {
	const { main } = chats;
	return {
		'tiller.stop': (client: Client, turn: unknown) => chats.of(turn).work.stop(client, turn),
		'tiller.openThreadInEditor': async (client: Client, node: unknown) => {
			// What a tab shows is there already.
			const thread = await threads.actions.target(client, node ?? main.active.id);
			if (thread !== null) await chats.openTab(thread.id);
		},
		'tiller.forkThread': (client: Client, node: unknown, turnId: unknown) => main.work.fork(client, node, turnId),
		'tiller.askBeside': (_client: Client, place: unknown) => askBeside(chats.of(place)),
		'tiller.compactThread': (client: Client, node: unknown) => main.work.compact(client, node),
		'tiller.reviewWithAgent': (client: Client, kind: unknown) => main.work.review(client, kind),
	} satisfies Feature['clientCommands'];
}

interface OpenChatsOptions {
	readonly around: ChatSurroundings;
	readonly pageSilent: (silent: boolean) => void;
}

/** Opens the chat of the view, and those among the editors when they come. */
function openChats({ context, memory, server, log, own }: Ground, chats: Chats, { around, pageSilent }: OpenChatsOptions): void {
	const open = (options: ChatOptions) => {
		const chat = new OpenChat(around, options);
		chat.active.onDidSwitch(() => chats.shownChanged());
		return chat;
	};
	const isReady = () => server.state.type === 'ready';
	const main = own(
		open({
			threadId: memory.thread(),
			rememberThread: (id) => memory.setThread(id),
			kept: new KeptPage(context.storageUri?.fsPath ?? null, (error) => log.error(`page.json: ${String(error)}`)),
			show: showChatView,
			onSilence: (silent) => {
				pageSilent(silent);
				if (silent) void tellOfSilentPage();
			},
			onFocus: (focused) => setContext('tiller.chatFocus', focused),
			onDidChangeVisibility: () => {
				server.start();
				if (isReady()) main.seen();
				chats.shownChanged();
			},
		}),
	);
	const media = (name: string) => vscode.Uri.joinPath(context.extensionUri, 'media', name);
	const tabs = own(
		new ChatTabs({
			open,
			memory: memory.tabThreads,
			icon: { light: media('tab/light.svg'), dark: media('tab/dark.svg') },
			opened: (tab) => {
				server.start();
				if (isReady()) tab.connected().catch((error: unknown) => log.error(`thread/resume: ${String(error)}`));
			},
			shownChanged: () => chats.shownChanged(),
		}),
	);
	chats.open(main, tabs);
	own(vscode.window.registerWebviewViewProvider(chatViewId, { resolveWebviewView: (view) => main.view.attach(viewPlace(view)) }));
	own(vscode.window.registerWebviewPanelSerializer(chatTabType, tabs));
}

/** Once in a workspace: on Windows no sandbox limits what a command does, so that the person is asked more often than elsewhere. */
function tellOfMissingSandbox(client: Client, { main }: Chats, memory: WorkspaceMemory): void {
	if (client.info.platformOs !== 'windows' || !memory.tellOnce('noSandbox')) return;
	const notification: ServerNotification = { method: 'warning', params: { threadId: null, message: words.noSandbox() } };
	main.view.pushWhenReady({ type: 'notification', notification });
}

const featureMethods = { mcp: 'mcpServerStatus/list', skills: 'skills/list' } as const;

async function loadFeatures(client: Client, chats: Chats, memory: WorkspaceMemory): Promise<void> {
	const names = ['mcp', 'skills'] as const;
	const there = await Promise.all(names.map((name) => client.supports(featureMethods[name])));
	memory.features = names.filter((_, index) => there[index]);
	chats.push({ type: 'features', features: memory.features });
}

/** True once in a profile: who has just installed Tiller sees where it is. Not for those who want nothing opened at the start. */
function isFirstRun(state: vscode.Memento): boolean {
	const key = 'tiller.started';
	if (state.get(key, false)) return false;
	void state.update(key, true);
	return vscode.workspace.getConfiguration('workbench').get('startupEditor') !== 'none';
}

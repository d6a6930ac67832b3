/** Composition root: the one place that puts the parts of the extension together. */
import * as path from 'node:path';
import * as vscode from 'vscode';
import type { PageEvent, PageSettings } from '../webview/channel/messages.ts';
import { Account } from './account/account.ts';
import { ApprovalPrompts } from './approvals/approvalPrompts.ts';
import { PendingRequests } from './approvals/pendingRequests.ts';
import { serverRequestHandler } from './approvals/serverRequests.ts';
import { chatViewId, showChatView, viewPlace } from './chat/chatPlace.ts';
import { ChatTabs, chatTabType } from './chat/chatTabs.ts';
import { KeptPage } from './chat/page/keptPage.ts';
import { type ChatSurroundings, OpenChat } from './chat/openChat.ts';
import { tellOfSilentPage } from './chat/page/silentPage.ts';
import { Hooks } from './hooks/hooks.ts';
import { McpServers } from './mcp/mcpServers.ts';
import { openAddress } from './mcp/openAddress.ts';
import { commandHandlers } from './commandHandlers.ts';
import { commandNames } from './commands.ts';
import { TerminalCommands } from './context/terminalCommands.ts';
import { ChangeDiff } from './diff/changeDiff.ts';
import { editorFeatures } from './editorFeatures.ts';
import { applyRequests, readUnsaved } from './edits/applyRequest.ts';
import { forgetPaths } from './edits/fileIdentity.ts';
import { Conflicts } from './edits/conflicts.ts';
import { Review } from './review/review.ts';
import { TurnUndo } from './review/turnUndo.ts';
import { ProviderKeys } from './providers/providerKeys.ts';
import { EditorModels } from './languageModels/editorModels.ts';
import { connectClient } from './session.ts';
import { TurnProblemWatch } from './problems/turnProblems.ts';
import { readPrices } from './resources/cost.ts';
import { extensionHostUse, ResourceMeter } from './resources/resourceMeter.ts';
import { PluginPages } from './plugins/pluginPages.ts';
import { previewedFeatures } from './previewedFeatures.ts';
import { CustomPrompts } from './prompts/customPrompts.ts';
import { chosenSkill } from './skills/skillEntries.ts';
import { showFeature } from './prompts/serverFeatures.ts';
import { AppServer } from './server/appServer.ts';
import type { Client } from './server/client.ts';
import { connectionState } from './server/connectionState.ts';
import { offerRestart } from './server/offerRestart.ts';
import { backoffPolicy } from './server/restartPolicy.ts';
import { VscodeLauncher } from './server/vscodeLauncher.ts';
import { onSettingChange, setting } from './settings.ts';
import { ThreadTexts } from './threadText/threadTexts.ts';
import { askToTakeOver } from './threads/askToTakeOver.ts';
import { ThreadActions } from './threads/threadActions.ts';
import { Pins } from './threads/pins.ts';
import { ThreadList, threadTitle } from './threads/threadList.ts';
import { threadListMessage } from './threads/threadListMessage.ts';
import { ThreadTitles } from './threads/threadTitles.ts';
import { ThreadsTree } from './threads/threadsTree.ts';
import { UnreadThreads } from './threads/unreadThreads.ts';
import { words } from './words.ts';
import { WorkspaceMemory } from './workspaceMemory.ts';
import { rootForNewThread, workspaceRoots } from './workspaceRoots.ts';

export function activate(context: vscode.ExtensionContext): void {
	const own = <T extends { dispose(): unknown }>(part: T): T => {
		context.subscriptions.push(part);
		return part;
	};
	const log = own(vscode.window.createOutputChannel('Tiller', { log: true }));
	const memory = new WorkspaceMemory(context.workspaceState);
	const pending = new PendingRequests();
	const conflicts = new Conflicts();
	const diffs = own(new ChangeDiff());
	const editorModels = own(
		new EditorModels({ ready: (): Promise<Client> => server.ready(), isConnected: (): boolean => server.state.type === 'ready' }),
	);
	const launcher = own(new VscodeLauncher(path.join(context.extensionPath, 'dist', 'server.js'), log));
	const server = own(
		new AppServer({
			launcher: () => launcher.create(),
			policy: backoffPolicy(),
			clientVersion: versionOf(context.extension.packageJSON),
			telemetry: () => vscode.env.isTelemetryEnabled,
			onRequest: serverRequestHandler({ pending, applyFileChanges: applyRequests(conflicts), openAddress, readUnsaved, editorModels }),
			log,
			gaveUp: words.serverGaveUp,
		}),
	);
	const ready = () => server.ready();
	const review = own(new Review({ folder: context.storageUri, ready, log }));
	const account = own(new Account({ secrets: context.secrets, ready }));
	const pins = own(new Pins(context.globalState));
	const unread = own(
		new UnreadThreads(() =>
			vscode.window.state.focused ? chats().flatMap(({ view, active: { id } }) => (view.visible && id !== null ? [id] : [])) : [],
		),
	);
	const list = new ThreadList(pins, unread);
	const terminals = own(new TerminalCommands());
	const waiting = (threadId: string) => pending.list().some(({ params }) => params.threadId === threadId);
	const texts = own(new ThreadTexts({ ready, trusted: () => vscode.workspace.isTrusted, waiting }));
	const problems = own(new TurnProblemWatch({ state: context.workspaceState, fix: (found) => editor.context.fixProblems(found) }));
	const prices = () => readPrices(setting('tiller.prices')).prices;
	const ownPrompts = new CustomPrompts(async () => (await ready()).info.codexHome);
	const featureLists = {
		ready,
		folder: () => active.cwd ?? workspaceRoots()[0]?.path ?? null,
		showMcpServers: () => mcpServers.show(),
		putSkill: (skill: Parameters<typeof chosenSkill>[0]) => {
			chat.pushWhenReady({ type: 'composerText', text: `$${skill.name} ` });
			chat.pushWhenReady({ type: 'attach', attachment: chosenSkill(skill) });
		},
	};
	const mcpServers = own(new McpServers({ ready, folder: featureLists.folder }));
	const folders = () => [...new Set([...(active.cwd === null ? [] : [active.cwd]), ...workspaceRoots().map(({ path: root }) => root)])];
	const providers = { ready, keys: new ProviderKeys(context.secrets, context.globalState) };
	const hooks = new Hooks({ ready, folders, state: context.workspaceState, log });
	const plugins = { ready, folders, pages: own(new PluginPages()), reviewHooks: () => hooks.show() };
	const titleOf = (threadId: string | null) =>
		(threadId === null ? null : threadTitle(list.find(threadId) ?? { name: null, preview: '' })) ?? words.unnamedThread();
	const titles = own(new ThreadTitles({ wanted: () => vscode.workspace.isTrusted && setting('tiller.threads.titles'), log }));
	let pageSilent = false;
	let listFailure: string | null = null;
	const around: ChatSurroundings = {
		ready,
		extensionUri: context.extensionUri,
		host: {
			ready,
			folder: rootForNewThread,
			roots: () => workspaceRoots().map(({ path }) => path),
			trusted: () => vscode.workspace.isTrusted,
			assertMayRun: () => {
				if (!vscode.workspace.isTrusted) throw new Error(words.restricted());
			},
			noQueue: () => words.noQueue(),
			mayTakeOver: askToTakeOver,
			defaults: () => memory.defaults(),
			modeOf: (id) => memory.modeOf(id),
			rememberMode: (id, mode) => memory.rememberMode(id, mode),
			rememberThread: () => {},
			rememberSettings: (settings: PageSettings) => memory.setSettings(settings),
			rememberModel: (provider, model) => memory.rememberModel(provider, model),
		},
		pending,
		conflicts,
		problems,
		terminals,
		list,
		threads: () => threads,
		actions: {
			diffs,
			texts,
			resources: new ResourceMeter({ ready, hostUse: extensionHostUse, now: Date.now }),
			prices,
			prompts: ownPrompts,
			showFeature: (feature) => void showFeature(feature, featureLists),
		},
		models: {
			configured: () => ({
				provider: memory.configuredProvider,
				models: memory.models,
				named: [memory.configuredModel, setting('tiller.model')],
			}),
			used: (provider) => memory.usedModels(provider),
			// One that the server cannot ask has none to offer.
			readListed: async (modelProvider) => (await (await ready()).request('model/list', { modelProvider }).catch(() => ({ data: [] }))).data,
		},
		state: () => ({
			connection: connectionState(server.state),
			account: account.state,
			review: { files: review.reviews.list().length },
			folder: workspaceRoots()[0]?.name ?? null,
			roots: workspaceRoots(),
			features: memory.features,
		}),
		title: titleOf,
		began: (thread) => titles.began(thread),
		log,
	};
	const main = own(
		new OpenChat(around, {
			threadId: memory.thread(),
			rememberThread: (id) => memory.setThread(id),
			kept: new KeptPage(context.storageUri?.fsPath ?? null, (error) => log.error(`page.json: ${String(error)}`)),
			show: showChatView,
			onSilence: (silent) => {
				pageSilent = silent;
				showListMessage();
				if (silent) void tellOfSilentPage();
			},
			onDidChangeVisibility: () => {
				server.start();
				if (server.state.type === 'ready') main.seen();
				prompts.update();
				unread.look();
			},
		}),
	);
	const { active, view: chat } = main;
	const media = (name: string) => vscode.Uri.joinPath(context.extensionUri, 'media', name);
	const tabs = own(
		new ChatTabs({
			open: (options) => new OpenChat(around, options),
			memory: memory.tabThreads,
			icon: { light: media('tab/light.svg'), dark: media('tab/dark.svg') },
			opened: (tab) => {
				server.start();
				if (server.state.type === 'ready') tab.connected().catch((error: unknown) => log.error(`thread/resume: ${String(error)}`));
			},
		}),
	);
	const chats = () => [main, ...tabs.all];
	const turnUndo = own(
		new TurnUndo({
			ready,
			activeThread: () => active.id,
			turnTitle: (turnId) => chats().flatMap((each) => each.active.seen.turnTitle(turnId) ?? [])[0] ?? null,
		}),
	);
	const pushAll = (event: PageEvent) => {
		for (const { view } of chats()) view.push(event);
	};
	const tree = own(
		new ThreadsTree({
			list,
			pins,
			activeThread: () => active.id,
			unread: (threadId) => unread.has(threadId),
			waiting,
			toReview: (threadId) => review.reviews.of(threadId).length,
		}),
	);
	const treeView = own(vscode.window.createTreeView('tiller.threads', { treeDataProvider: tree, showCollapseAll: false }));
	const showTab = async (threadId: string) => {
		const tab = tabs.all.find((each) => each.active.id === threadId);
		await tab?.view.focus();
		return tab !== undefined;
	};
	const threads = new ThreadActions({
		ready,
		list,
		pins,
		active,
		focusChat: () => chat.focus(),
		showTab,
		selected: () => treeView.selection[0],
	});
	const prompts = own(
		new ApprovalPrompts({
			pending,
			visibleInPage: (question) => chats().some((each) => each.shows(question)),
			reveal: async (threadId) => {
				if (await showTab(threadId)) return;
				active.open(threadId);
				await chat.focus();
			},
			filesOf: (itemId) => chats().flatMap((each) => (each.active.seen.fileChanges(itemId) ?? []).map((change) => change.path)),
			mayAnswer: () => vscode.workspace.isTrusted,
			threadTitle: titleOf,
		}),
	);

	own(vscode.window.registerWebviewViewProvider(chatViewId, { resolveWebviewView: (view) => chat.attach(viewPlace(view)) }));
	own(vscode.window.registerWebviewPanelSerializer(chatTabType, tabs));
	const search = {
		ready,
		reveal: async ({ threadId, turnId, itemId }: { readonly threadId: string; readonly turnId: string | null; readonly itemId: string | null }) => {
			active.open(threadId);
			await chat.revealPlace({ threadId, turnId, itemId });
		},
	};
	const editor = editorFeatures({ own, server, chat, terminals, log, settings: () => active.settings, showTurn: search.reveal });
	const saved = { ready, folder: () => active.cwd ?? workspaceRoots()[0]?.path ?? null, threadTitle: titleOf };
	const activeThread = () => (tabs.active ?? main).active.id;
	const handlers = commandHandlers({
		main,
		tabs,
		threads,
		search,
		texts,
		prompts,
		saved,
		account,
		review,
		turnUndo,
		context: editor.context,
		blame: editor.blame,
		commitMessage: editor.commitMessage,
		hooks,
		providers,
		plugins,
		previewed: previewedFeatures({ own, ready, folders, trusted: () => vscode.workspace.isTrusted, activeThread }),
		features: featureLists,
		resources: { meter: new ResourceMeter({ ready, hostUse: extensionHostUse, now: Date.now }), ready },
		server,
		log,
	});
	for (const name of commandNames) own(vscode.commands.registerCommand(name, handlers[name]));

	own(
		pending.onDidChange(() => {
			tree.refresh();
			texts.documents.refreshLenses();
		}),
	);
	own(pins.onDidChange(() => list.sort()));
	own(list.onDidChange(() => (tree.refresh(), showListMessage())));
	own(active.onDidSwitch(() => (tree.refresh(), unread.look())));
	own(unread.onDidChange(() => tree.refresh()));
	own(review.reviews.onDidChange(() => tree.refresh()));
	own(review.reviews.onDidChange(() => pushAll({ type: 'review', review: { files: review.reviews.list().length } })));
	own(account.onDidChange((state) => pushAll({ type: 'account', account: state })));

	own(active.onDidChangeRunning(() => setContext('tiller.running', active.runningTurn !== null)));
	own(pending.onDidChange(() => setContext('tiller.waiting', pending.list().length > 0)));

	/** What lives as long as one connection. */
	let connected: { dispose(): void } | null = null;
	own({ dispose: () => connected?.dispose() });
	own(
		server.onDidChangeState((state) => {
			connected?.dispose();
			connected = null;
			if (state.type !== 'ready') {
				pending.clear();
				for (const each of chats()) each.active.serverLost();
			}
			pushAll({ type: 'connection', connection: connectionState(state) });
			if (state.type !== 'ready') setContext('tiller.server', state.type);
			if (state.type === 'ready')
				connected = connectClient(state.client, {
					chats,
					list,
					unread,
					account,
					pending,
					memory,
					review,
					editor,
					texts: texts.documents,
					titles,
					problems,
					editorModels,
					hooks,
					providerKeys: providers.keys,
					log,
					onThreads: showThreads,
				});
			if (state.type === 'failed') void offerRestart(state.message);
		}),
	);

	function showListMessage(): void {
		treeView.message = threadListMessage(list, { failure: listFailure, pageSilent });
	}
	function showThreads(failure: string | null): void {
		listFailure = failure;
		showListMessage();
		if (failure === null) setContext('tiller.server', 'ready');
	}
	const foldersChanged = () => {
		forgetPaths();
		for (const { view } of chats()) void view.refresh();
		if (server.state.type === 'ready') void threads.reload(server.state.client).catch((error: unknown) => log.error(String(error)));
	};
	own(vscode.workspace.onDidChangeWorkspaceFolders(foldersChanged));
	own(
		vscode.workspace.onDidGrantWorkspaceTrust(() => {
			pushAll({ type: 'connection', connection: connectionState(server.state) });
			foldersChanged();
		}),
	);
	const telemetryChanged = async (enabled: boolean) => {
		const { state } = server;
		if (state.type === 'ready' && (await state.client.supports('telemetry/set'))) await state.client.request('telemetry/set', { enabled });
	};
	own(vscode.env.onDidChangeTelemetryEnabled((enabled) => void telemetryChanged(enabled).catch((error: unknown) => log.error(String(error)))));
	own(vscode.window.onDidChangeWindowState(() => (prompts.update(), unread.look())));
	own(treeView.onDidChangeVisibility(({ visible }) => visible && server.start()));
	own(onSettingChange('tiller.server.path', () => void server.restart()));
	own(onSettingChange('tiller.server.args', () => void server.restart()));
	for (const name of ['tiller.approvals.mode', 'tiller.model'] as const)
		own(onSettingChange(name, () => chats().forEach((each) => each.active.defaultsChanged())));
	if (isFirstRun(context.globalState)) void chat.reveal();
	// A thread that may be running, and wait for an answer, is looked after although no view is shown.
	if (memory.thread() !== null) server.start();
}

/** True once in a profile: who has just installed Tiller sees where it is. Not for those who want nothing opened at the start. */
function isFirstRun(state: vscode.Memento): boolean {
	const key = 'tiller.started';
	if (state.get(key, false)) return false;
	void state.update(key, true);
	return vscode.workspace.getConfiguration('workbench').get('startupEditor') !== 'none';
}

function versionOf(manifest: unknown): string {
	return typeof manifest === 'object' && manifest !== null && 'version' in manifest ? String(manifest.version) : '0';
}

function setContext(key: string, value: string | boolean): void {
	void vscode.commands.executeCommand('setContext', key, value);
}

/** Composition root: the one place that puts the parts of the extension together. */
import * as path from 'node:path';
import * as vscode from 'vscode';
import type { ConnectionState, PageSettings, PendingQuestion } from '../webview/channel/messages.ts';
import { Account } from './account/account.ts';
import { ApprovalPrompts } from './approvals/approvalPrompts.ts';
import { PendingRequests } from './approvals/pendingRequests.ts';
import { serverRequestHandler } from './approvals/serverRequests.ts';
import { ActiveThread } from './chat/activeThread.ts';
import { BackgroundCommands } from './chat/backgroundCommands.ts';
import { ChatView, chatViewId } from './chat/chatView.ts';
import { KeptPage } from './chat/page/keptPage.ts';
import { tellOfSilentPage } from './chat/page/silentPage.ts';
import { pageRequestHandlers } from './chat/page/pageActions.ts';
import { Hooks } from './hooks/hooks.ts';
import { McpServers } from './mcp/mcpServers.ts';
import { openAddress } from './mcp/openAddress.ts';
import { commandHandlers } from './commandHandlers.ts';
import { commandNames } from './commands.ts';
import { Mentions } from './context/mentions.ts';
import { TerminalCommands } from './context/terminalCommands.ts';
import { ChangeDiff } from './diff/changeDiff.ts';
import { editorFeatures } from './editorFeatures.ts';
import { applyRequests, readUnsaved } from './edits/applyRequest.ts';
import { forgetPaths } from './edits/fileIdentity.ts';
import { Conflicts } from './edits/conflicts.ts';
import { Review } from './review/review.ts';
import { ThreadChanges } from './review/threadChanges.ts';
import { TurnUndo } from './review/turnUndo.ts';
import { connectClient } from './session.ts';
import { TurnProblemWatch } from './problems/turnProblems.ts';
import { readPrices } from './resources/cost.ts';
import { extensionHostUse, ResourceMeter } from './resources/resourceMeter.ts';
import { ThreadModels } from './chat/settings/threadModels.ts';
import { agentStates } from './threads/agentStates.ts';
import { PluginPages } from './plugins/pluginPages.ts';
import { CustomPrompts } from './prompts/customPrompts.ts';
import { ServerPrompts } from './prompts/serverPrompts.ts';
import { chosenSkill, skillEntries } from './skills/skillEntries.ts';
import { showFeature } from './prompts/serverFeatures.ts';
import { AppServer } from './server/appServer.ts';
import type { ServerState } from './server/appServer.ts';
import { backoffPolicy } from './server/restartPolicy.ts';
import { VscodeLauncher } from './server/vscodeLauncher.ts';
import { onSettingChange, setting } from './settings.ts';
import { ThreadTexts } from './threadText/threadTexts.ts';
import { ThreadActions } from './threads/threadActions.ts';
import { Pins } from './threads/pins.ts';
import { ThreadList, threadTitle } from './threads/threadList.ts';
import { threadListMessage } from './threads/threadListMessage.ts';
import { ThreadsTree } from './threads/threadsTree.ts';
import { ThreadWork } from './threads/threadWork.ts';
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
	const launcher = own(new VscodeLauncher(path.join(context.extensionPath, 'dist', 'server.js'), log));
	const server = own(
		new AppServer({
			launcher: () => launcher.create(),
			policy: backoffPolicy(),
			clientVersion: versionOf(context.extension.packageJSON),
			onRequest: serverRequestHandler({ pending, applyFileChanges: applyRequests(conflicts), openAddress, readUnsaved }),
			log,
			gaveUp: words.serverGaveUp,
		}),
	);
	const ready = () => server.ready();
	const review = own(new Review({ folder: context.storageUri, ready, log }));
	const account = own(new Account({ secrets: context.secrets, ready }));
	const pins = own(new Pins(context.globalState));
	const list = new ThreadList(pins);
	const active = new ActiveThread(
		{
			ready,
			folder: rootForNewThread,
			roots: () => workspaceRoots().map(({ path }) => path),
			trusted: () => vscode.workspace.isTrusted,
			assertMayRun: () => {
				if (!vscode.workspace.isTrusted) throw new Error(words.restricted());
			},
			noQueue: () => words.noQueue(),
			defaults: () => memory.defaults(),
			modeOf: (id) => memory.modeOf(id),
			rememberMode: (id, mode) => memory.rememberMode(id, mode),
			rememberThread: (id) => memory.setThread(id),
			rememberSettings: (settings: PageSettings) => memory.setSettings(settings),
			rememberModel: (provider, model) => memory.rememberModel(provider, model),
		},
		memory.thread(),
	);

	const ofActive = (question: PendingQuestion) => question.params.threadId === active.id;
	const changes = own(new ThreadChanges(ready));
	const background = own(new BackgroundCommands({ ready, activeThread: () => active.id, visible: (): boolean => chat.visible }));
	const turnUndo = own(new TurnUndo({ ready, activeThread: () => active.id, turnTitle: (turnId) => active.seen.turnTitle(turnId) }));
	const terminals = own(new TerminalCommands());
	const mentions = new Mentions({ ready, terminals, threads: list, activeThread: () => active.id });
	const waiting = (threadId: string) => pending.list().some(({ params }) => params.threadId === threadId);
	const texts = own(new ThreadTexts({ ready, trusted: () => vscode.workspace.isTrusted, waiting }));
	const problems = own(new TurnProblemWatch({ state: context.workspaceState, fix: (found) => editor.context.fixProblems(found) }));
	const resources = new ResourceMeter({ ready, hostUse: extensionHostUse, now: Date.now });
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
	const hooks = new Hooks({ ready, folders, state: context.workspaceState, log });
	const plugins = { ready, folders, pages: own(new PluginPages()), reviewHooks: () => hooks.show() };
	const models = new ThreadModels({
		configured: () => ({
			provider: memory.configuredProvider,
			models: memory.models,
			named: [memory.configuredModel, setting('tiller.model')],
		}),
		used: (provider) => memory.usedModels(provider),
		onChange: () => showModels(),
	});
	const agentsShown = () => agentStates(active.id === null ? [] : list.agentsOf(active.id));
	let pageSilent = false;
	let listFailure: string | null = null;
	const chat = own(
		new ChatView({
			extensionUri: context.extensionUri,
			requests: pageRequestHandlers({
				ready,
				active,
				pending,
				conflicts,
				diffs,
				mentions,
				texts,
				problems,
				background,
				resources,
				prices,
				prompts: ownPrompts,
				serverPrompts: new ServerPrompts({ ready, activeThread: () => active.id }),
				skills: async () => skillEntries(await ready(), featureLists.folder()),
				showFeature: (feature) => void showFeature(feature, featureLists),
			}),
			state: () => ({
				connection: connectionState(server.state),
				account: account.state,
				models: models.of(active.provider),
				agents: agentsShown(),
				background: background.list,
				lostTurns: active.lostTurns,
				settings: active.settings,
				pending: pending.list().filter(ofActive),
				conflicts: conflicts.of(active.id),
				turnChanges: changes.turns,
				turnProblems: problems.of(active.id),
				review: { files: review.reviews.list().length },
				queue: active.queue.state,
				folder: workspaceRoots()[0]?.name ?? null,
				roots: workspaceRoots(),
				features: memory.features,
			}),
			kept: new KeptPage(context.storageUri?.fsPath ?? null, (error) => log.error(`page.json: ${String(error)}`)),
			onSilence: (silent) => {
				pageSilent = silent;
				showListMessage();
				if (silent) void tellOfSilentPage();
			},
			loadThread: (onGlance) => active.load(onGlance),
			onDidChangeVisibility: () => {
				server.start();
				if (chat.visible && server.state.type === 'ready') background.look();
				prompts.update();
			},
			log,
		}),
	);
	const tree = own(
		new ThreadsTree({
			list,
			pins,
			activeThread: () => active.id,
			waiting,
			toReview: (threadId) => review.reviews.of(threadId).length,
		}),
	);
	const treeView = own(vscode.window.createTreeView('tiller.threads', { treeDataProvider: tree, showCollapseAll: false }));
	const threads = new ThreadActions({ ready, list, pins, active, focusChat: () => chat.focus(), selected: () => treeView.selection[0] });
	const titleOf = (threadId: string) => threadTitle(list.find(threadId) ?? { name: null, preview: '' }) ?? words.unnamedThread();
	const work = new ThreadWork({ ready, active, threads, focusChat: () => chat.focus() });
	const prompts = own(
		new ApprovalPrompts({
			pending,
			visibleInPage: (question) => chat.visible && ofActive(question),
			reveal: async (threadId) => {
				active.open(threadId);
				await chat.focus();
			},
			filesOf: (itemId) => (active.seen.fileChanges(itemId) ?? []).map((change) => change.path),
			mayAnswer: () => vscode.workspace.isTrusted,
			threadTitle: titleOf,
		}),
	);

	own(vscode.window.registerWebviewViewProvider(chatViewId, chat));
	const search = {
		ready,
		reveal: async ({ threadId, turnId, itemId }: { readonly threadId: string; readonly turnId: string | null; readonly itemId: string | null }) => {
			active.open(threadId);
			await chat.revealPlace({ threadId, turnId, itemId });
		},
	};
	const editor = editorFeatures({ own, server, chat, terminals, log, settings: () => active.settings, showTurn: search.reveal });
	const saved = { ready, folder: () => active.cwd ?? workspaceRoots()[0]?.path ?? null, threadTitle: titleOf };
	const handlers = commandHandlers({
		active,
		chat,
		models: () => models.of(active.provider),
		threads,
		search,
		work,
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
		plugins,
		resources: { meter: new ResourceMeter({ ready, hostUse: extensionHostUse, now: Date.now }), ready },
		server,
		log,
	});
	for (const name of commandNames) own(vscode.commands.registerCommand(name, handlers[name]));

	function showModels(): void {
		chat.push({ type: 'models', models: models.of(active.provider) });
	}
	const showPending = () => {
		chat.setPending(pending.list().filter(ofActive), pending.list().length);
		tree.refresh();
		texts.documents.refreshLenses();
	};
	own(pending.onDidChange(showPending));
	own(conflicts.onDidChange(() => chat.push({ type: 'conflicts', conflicts: conflicts.of(active.id) })));
	own(pins.onDidChange(() => list.sort()));
	const showTitle = () => chat.setTitle(active.id === null ? words.unnamedThread() : titleOf(active.id));
	own(list.onDidChange(() => (tree.refresh(), showListMessage(), showTitle())));
	own(list.onDidChange(() => chat.push({ type: 'agents', agents: agentsShown() })));
	own(changes.onDidChange(() => chat.push({ type: 'turnChanges', turnChanges: changes.turns })));
	own(problems.onDidChange(() => chat.push({ type: 'turnProblems', turnProblems: problems.of(active.id) })));
	own(review.reviews.onDidChange(() => tree.refresh()));
	own(review.reviews.onDidChange(() => chat.push({ type: 'review', review: { files: review.reviews.list().length } })));
	own(background.onDidChange(() => chat.push({ type: 'background', background: background.list })));
	own(active.queue.onDidChange((queue) => chat.push({ type: 'queue', queue })));
	own(account.onDidChange((state) => chat.push({ type: 'account', account: state })));
	own(active.onDidChangeSettings((settings) => chat.push({ type: 'settings', settings })));
	own(
		active.onDidSwitch((thread) => {
			models.forget();
			showTitle();
			void chat.show(thread);
			changes.show(active.id);
			background.look();
			showPending();
		}),
	);

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
				active.serverLost();
			}
			chat.push({ type: 'connection', connection: connectionState(state) });
			if (state.type !== 'ready') setContext('tiller.server', state.type);
			if (state.type === 'ready')
				connected = connectClient(state.client, {
					active,
					list,
					account,
					chat,
					pending,
					memory,
					review,
					changes,
					background,
					editor,
					texts: texts.documents,
					problems,
					mcpServers,
					hooks,
					showModels,
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
		void chat.refresh();
		if (server.state.type === 'ready') void threads.reload(server.state.client).catch((error: unknown) => log.error(String(error)));
	};
	own(vscode.workspace.onDidChangeWorkspaceFolders(foldersChanged));
	own(
		vscode.workspace.onDidGrantWorkspaceTrust(() => {
			chat.push({ type: 'connection', connection: connectionState(server.state) });
			void chat.refresh();
			foldersChanged();
		}),
	);
	own(vscode.window.onDidChangeWindowState(() => prompts.update()));
	own(treeView.onDidChangeVisibility(({ visible }) => visible && server.start()));
	own(onSettingChange('tiller.server.path', () => void server.restart()));
	own(onSettingChange('tiller.server.args', () => void server.restart()));
	for (const name of ['tiller.approvals.mode', 'tiller.model'] as const) own(onSettingChange(name, () => active.defaultsChanged()));
	// A thread that may be running, and wait for an answer, is looked after although no view is shown.
	if (memory.thread() !== null) server.start();
}

function versionOf(manifest: unknown): string {
	return typeof manifest === 'object' && manifest !== null && 'version' in manifest ? String(manifest.version) : '0';
}

function setContext(key: string, value: string | boolean): void {
	void vscode.commands.executeCommand('setContext', key, value);
}

function connectionState(state: ServerState): ConnectionState {
	switch (state.type) {
		case 'stopped':
			return { type: 'starting' };
		case 'starting':
		case 'restarting':
		case 'failed':
			return state;
		case 'ready':
			return vscode.workspace.isTrusted ? { type: 'ready' } : { type: 'restricted' };
	}
}

async function offerRestart(message: string): Promise<void> {
	const clicked = await vscode.window.showErrorMessage(message, words.restart(), words.openSettings(), words.showLog());
	if (clicked === words.openSettings()) await vscode.commands.executeCommand('tiller.openSettings');
	if (clicked === words.restart()) await vscode.commands.executeCommand('tiller.restartServer');
	if (clicked === words.showLog()) await vscode.commands.executeCommand('tiller.showLog');
}

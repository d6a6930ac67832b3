import * as vscode from 'vscode';
import type { Account } from './account/account.ts';
import type { ApprovalPrompts } from './approvals/approvalPrompts.ts';
import { showEffectiveSettings } from './effectiveSettings/effectiveSettings.ts';
import { type SavedApprovalsOptions, showSavedApprovals } from './approvals/savedApprovals.ts';
import type { ChatTabs } from './chat/chatTabs.ts';
import type { OpenChat } from './chat/openChat.ts';
import type { CommandHandlers } from './commands.ts';
import type { BlameView } from './blame/blameView.ts';
import type { ContextActions } from './context/contextActions.ts';
import type { Review } from './review/review.ts';
import type { CommitMessage } from './scm/commitMessage.ts';
import type { TurnUndo } from './review/turnUndo.ts';
import { sendFeedback } from './feedback/sendFeedback.ts';
import { importFromAgent, undoImport } from './migration/importFromAgent.ts';
import type { PreviewedFeatures } from './previewedFeatures.ts';
import type { AppServer } from './server/appServer.ts';
import type { ThreadTexts } from './threadText/threadTexts.ts';
import type { ThreadActions } from './threads/threadActions.ts';
import type { Hooks } from './hooks/hooks.ts';
import { type PluginListOptions, showPlugins } from './plugins/showPlugins.ts';
import { type FeatureListOptions, showFeature } from './prompts/serverFeatures.ts';
import { type ResourceListOptions, showResources } from './resources/showResources.ts';
import { addProvider, type ProviderSetUp, removeProvider } from './providers/addProvider.ts';
import { chooseEditorModel } from './languageModels/chooseEditorModel.ts';
import { chooseLocalModel } from './account/chooseLocalModel.ts';
import { searchThreads, type ThreadSearchOptions } from './threads/threadSearch.ts';

export interface CommandParts {
	/** The one in its view. */
	readonly main: OpenChat;
	readonly tabs: ChatTabs;
	readonly threads: ThreadActions;
	readonly search: ThreadSearchOptions;
	readonly texts: ThreadTexts;
	readonly prompts: ApprovalPrompts;
	readonly saved: SavedApprovalsOptions;
	readonly account: Account;
	readonly review: Review;
	readonly turnUndo: TurnUndo;
	readonly context: ContextActions;
	readonly blame: BlameView;
	readonly commitMessage: CommitMessage;
	readonly resources: ResourceListOptions;
	readonly hooks: Hooks;
	readonly providers: Pick<ProviderSetUp, 'ready' | 'keys'>;
	readonly plugins: PluginListOptions;
	readonly previewed: PreviewedFeatures;
	readonly features: FeatureListOptions;
	readonly server: AppServer;
	readonly log: vscode.LogOutputChannel;
}

/** What the key bindings of a tab hand to their command. */
const inTab = 'tab';

export function commandHandlers({
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
	context,
	blame,
	commitMessage,
	resources,
	hooks,
	providers,
	plugins,
	previewed,
	features,
	server,
	log,
}: CommandParts): CommandHandlers {
	const { active, view: chat, work } = main;
	/** Where a key was pressed: its binding says when that was a tab. */
	const chatOf = (argument: unknown): OpenChat => (argument === inTab ? (tabs.active ?? main) : main);
	const handlers: CommandHandlers = {
		'tiller.newThread': () => threads.create(),
		'tiller.focusChat': () => chat.focus(),
		'tiller.stop': (turn) => chatOf(turn).work.stop(turn),
		'tiller.newThreadInEditor': () => tabs.open(null),
		'tiller.openThreadInEditor': async (node) => {
			const thread = await threads.target(node);
			if (thread !== null) await tabs.open(thread.id);
		},
		'tiller.pickModel': (place) => chatOf(place).pickModel(),
		'tiller.pickPermissions': (place) => chatOf(place).pickPermissions(),
		'tiller.openThread': (node) => threads.open(node),
		'tiller.pickThread': () => threads.pick(),
		'tiller.searchThreads': () => searchThreads(search),
		'tiller.renameThread': (node) => threads.rename(node),
		'tiller.archiveThread': (node) => threads.archive(node),
		'tiller.unarchiveThread': (node) => threads.unarchive(node),
		'tiller.deleteThread': (node) => threads.delete(node),
		'tiller.forkThread': (node, turnId) => work.fork(node, turnId),
		'tiller.openThreadText': async (node) => texts.show(await threads.target(node)),
		'tiller.exportThread': async (node) => texts.export(await threads.target(node)),
		'tiller.findInThread': (place) => chatOf(place).view.openFind(),
		'tiller.sendMessage': () => work.message(),
		'tiller.compactThread': (node) => work.compact(node),
		'tiller.reviewWithAgent': (kind) => work.review(kind),
		'tiller.pinThread': (node) => threads.pin(node, null),
		'tiller.unpinThread': (node) => threads.pin(node, false),
		'tiller.refreshThreads': () => threads.refresh(),
		'tiller.loadMoreThreads': (node) => threads.loadMore(node),
		'tiller.nextThread': () => threads.step(1),
		'tiller.previousThread': () => threads.step(-1),
		'tiller.showApprovals': () => prompts.pick(),
		'tiller.savedApprovals': () => showSavedApprovals(saved),
		'tiller.showEffectiveSettings': () => showEffectiveSettings(saved),
		'tiller.approve': () => prompts.answerOldest('allow'),
		'tiller.decline': () => prompts.answerOldest('refuse'),
		'tiller.reviewChanges': () => review.showChanges(),
		'tiller.nextChange': () => review.step(1),
		'tiller.previousChange': () => review.step(-1),
		'tiller.keepHunk': (target, id) => review.keepHunk(target, id),
		'tiller.undoHunk': (target, id) => review.undoHunk(target, id),
		'tiller.toggleReviewed': (target, id) => review.toggleReviewed(target, id),
		'tiller.compareFile': (target) => review.compareFile(target),
		'tiller.keepFile': (target) => review.keepFile(target),
		'tiller.undoFile': (target) => review.undoFile(target),
		'tiller.keepAll': () => review.keepAll(),
		'tiller.undoAll': () => review.undoAll(),
		'tiller.undoTurn': (turnId, threadId) =>
			turnUndo.undo(typeof turnId === 'string' ? turnId : null, typeof threadId === 'string' ? threadId : undefined),
		'tiller.ask': () => context.ask(),
		'tiller.addSelection': () => context.addSelection(),
		'tiller.addFile': (target, selected) => context.addFiles(target, selected),
		'tiller.addTerminal': (target) => context.addTerminal(target),
		'tiller.fixProblems': (target, given) => context.fix(target, given),
		'tiller.writeCommitMessage': (target) => commitMessage.write(target),
		'tiller.whoWroteLine': () => blame.whoWroteLine(),
		'tiller.fileTurns': (target) => blame.fileTurns(target),
		'tiller.openTurn': (threadId, turnId) => blame.openTurn(threadId, turnId),
		'tiller.showResources': () => showResources(resources),
		'tiller.showHooks': () => hooks.show(),
		'tiller.showPlugins': () => showPlugins(plugins),
		'tiller.importFromAgent': () => importFromAgent(previewed.imports),
		'tiller.undoImport': () => undoImport(previewed.imports),
		'tiller.sendFeedback': () => sendFeedback(previewed.feedback),
		'tiller.showMcpServers': () => showFeature('mcp', features),
		'tiller.showSkills': () => showFeature('skills', features),
		'tiller.signIn': async () => {
			if (await account.signIn()) active.chooseProvider(null);
		},
		'tiller.signOut': () => account.signOut(),
		'tiller.useLocalModel': async () => {
			const choice = await chooseLocalModel();
			if (choice === undefined) return;
			active.chooseProvider(choice);
			await chat.focus();
		},
		'tiller.addProvider': () => addProvider({ ...providers, choose: (choice) => active.chooseProvider(choice) }),
		'tiller.removeProvider': () => removeProvider(providers),
		'tiller.useEditorModel': async () => {
			const choice = await chooseEditorModel();
			if (choice === undefined) return;
			active.chooseProvider(choice);
			await chat.focus();
		},
		'tiller.tryDemo': async () => {
			active.chooseProvider({ provider: 'demo', model: 'demo' });
			chat.pushWhenReady({ type: 'composerText', text: 'help' });
			await chat.focus();
		},
		'tiller.getStarted': () => vscode.commands.executeCommand('workbench.action.openWalkthrough', 'tiller.tiller#tiller.start', false),
		'tiller.restartServer': () => server.restart(),
		'tiller.showLog': () => log.show(true),
		'tiller.openSettings': openSettings,
		'tiller.manageTrust': () => vscode.commands.executeCommand('workbench.trust.manage'),
	};
	return handlers;
}

/** Most of the settings belong to the machine that the server runs on; in a remote window only its own page of settings shows them. */
async function openSettings(): Promise<void> {
	const command = vscode.env.remoteName === undefined ? 'workbench.action.openSettings' : 'workbench.action.openRemoteSettings';
	await vscode.commands.executeCommand(command, { query: '@ext:tiller.tiller' });
}

import * as vscode from 'vscode';
import type { ServerNotification } from '../server/protocol/serverMessages.ts';
import type { Account } from './account/account.ts';
import type { PendingRequests } from './approvals/pendingRequests.ts';
import type { OpenChat } from './chat/openChat.ts';
import type { EditorFeatures } from './editorFeatures.ts';
import type { Review } from './review/review.ts';
import type { Client } from './server/client.ts';
import { folderPaths } from './threads/threadActions.ts';
import type { TurnProblemWatch } from './problems/turnProblems.ts';
import type { ThreadDocuments } from './threadText/threadDocuments.ts';
import type { ThreadList } from './threads/threadList.ts';
import type { UnreadThreads } from './threads/unreadThreads.ts';
import type { EditorModels } from './languageModels/editorModels.ts';
import type { ProviderKeys } from './providers/providerKeys.ts';
import type { Hooks } from './hooks/hooks.ts';
import type { ThreadTitles } from './threads/threadTitles.ts';
import { words } from './words.ts';
import type { WorkspaceMemory } from './workspaceMemory.ts';

export interface SessionParts {
	readonly chats: () => readonly OpenChat[];
	readonly list: ThreadList;
	readonly unread: UnreadThreads;
	readonly account: Account;
	readonly pending: PendingRequests;
	readonly memory: WorkspaceMemory;
	readonly review: Review;
	readonly editor: EditorFeatures;
	readonly texts: ThreadDocuments;
	readonly titles: ThreadTitles;
	readonly problems: TurnProblemWatch;
	readonly editorModels: EditorModels;
	readonly hooks: Hooks;
	readonly providerKeys: ProviderKeys;
	readonly log: { error(message: string): void };
	/** The list of threads is there, or why it is not. */
	readonly onThreads: (failure: string | null) => void;
}

/** Brings the parts in step with a newly connected server, and keeps them so until disposed. */
export function connectClient(client: Client, parts: SessionParts): { dispose(): void } {
	const review = parts.review.connect(client);
	const subscription = client.onNotification((notification) => {
		try {
			notice(client, notification, parts);
			review.notice(notification);
			parts.editor.notice(notification);
			parts.texts.notice(notification);
			parts.titles.notice(client, notification);
			parts.problems.notice(notification);
			parts.hooks.notice(client, notification);
			parts.unread.notice(notification);
		} catch (error) {
			// One notification of an unexpected shape must not end the following ones.
			parts.log.error(`${notification.method}: ${error instanceof Error ? error.message : String(error)}`);
		}
	});
	tellOfMissingSandbox(client, parts);
	parts.unread.connect(client);
	parts.editor.connected();
	parts.texts.connected();
	parts.problems.connected();
	parts.hooks.connected(client);
	const report = (what: string) => (error: unknown) => parts.log.error(`${what}: ${error instanceof Error ? error.message : String(error)}`);
	const shown = parts.chats().map((chat) => chat.connected().catch(report('thread/resume')));
	// From here on nothing is missed; what happened before is asked for.
	void Promise.all(shown).then(() => review.catchUp());
	parts.account.connect(client).catch(report('account/read'));
	// Without its key a provider lists nothing.
	parts.providerKeys
		.connected(client)
		.catch(report('modelProvider/key/set'))
		.then(() => loadModels(client, parts))
		.catch(report('model/list'));
	loadFeatures(client, parts).catch(report('features'));
	parts.list
		.load(client, folderPaths())
		.then(
			() => parts.onThreads(null),
			(error: unknown) => parts.onThreads(error instanceof Error ? error.message : String(error)),
		)
		.then(() => resumeRunning(client, parts))
		.catch(report('thread/resume'));
	return subscription;
}

/** Once in a workspace: on Windows no sandbox limits what a command does, so that the person is asked more often than elsewhere. */
function tellOfMissingSandbox(client: Client, { chats, memory }: SessionParts): void {
	const [chat] = chats();
	if (client.info.platformOs !== 'windows' || chat === undefined || !memory.tellOnce('noSandbox')) return;
	const notification: ServerNotification = { method: 'warning', params: { threadId: null, message: words.noSandbox() } };
	chat.view.pushWhenReady({ type: 'notification', notification });
}

function notice(client: Client, notification: ServerNotification, { chats, list, account, pending, editorModels, log }: SessionParts): void {
	for (const chat of chats()) chat.notice(notification);
	list.notice(notification, Math.floor(Date.now() / 1000));
	if (notification.method === 'serverRequest/resolved') pending.resolved(notification.params.requestId);
	if (notification.method === 'languageModel/cancelled') editorModels.cancel(notification.params.requestId);
	if (notification.method === 'externalAgentConfig/import/completed') {
		// Nothing else tells of the threads that came with it.
		list.load(client, folderPaths()).catch((error: unknown) => log.error(`thread/list: ${error instanceof Error ? error.message : String(error)}`));
	}
	if (notification.method === 'account/updated') {
		account.refresh(client).catch((error: unknown) => log.error(`account/read: ${error instanceof Error ? error.message : String(error)}`));
	}
}

async function loadModels(client: Client, parts: SessionParts): Promise<void> {
	const { memory } = parts;
	const [models, { config }] = await Promise.all([
		client.request('model/list', {}),
		client.request('config/read', { cwd: folderPaths()[0] ?? null }),
	]);
	// Only now it is known whether the provider has named them.
	const provider = await client.request('modelProvider/read', {}).catch(() => null);
	memory.models = provider?.listsModels === false ? [] : models.data;
	memory.configuredModel = config.model;
	memory.configuredProvider = provider?.modelProvider ?? config.model_provider ?? null;
	for (const chat of parts.chats()) {
		chat.showModels();
		chat.active.defaultsChanged();
	}
}

const featureMethods = { mcp: 'mcpServerStatus/list', skills: 'skills/list' } as const;

async function loadFeatures(client: Client, { chats, memory }: SessionParts): Promise<void> {
	const names = ['mcp', 'skills'] as const;
	const there = await Promise.all(names.map((name) => client.supports(featureMethods[name])));
	memory.features = names.filter((_, index) => there[index]);
	for (const { view } of chats()) view.push({ type: 'features', features: memory.features });
}

/** After a reload threads may still run, and wait for answers: this window listens to those of its folders again. */
async function resumeRunning(client: Client, { chats, list }: SessionParts): Promise<void> {
	if (!vscode.workspace.isTrusted) return;
	const shown = new Set(chats().map(({ active }) => active.id));
	const running = list.all().filter((thread) => thread.status.type === 'active' && !shown.has(thread.id));
	await Promise.all(running.map((thread) => client.request('thread/resume', { threadId: thread.id, excludeTurns: true })));
}

import * as vscode from 'vscode';
import type { ServerNotification } from '../server/protocol/methods.ts';
import type { Account } from './account/account.ts';
import type { PendingRequests } from './approvals/pendingRequests.ts';
import type { ActiveThread } from './chat/activeThread.ts';
import type { BackgroundCommands } from './chat/backgroundCommands.ts';
import type { ChatView } from './chat/chatView.ts';
import type { EditorFeatures } from './editorFeatures.ts';
import type { Review } from './review/review.ts';
import type { ThreadChanges } from './review/threadChanges.ts';
import type { Client } from './server/client.ts';
import { folderPaths } from './threads/threadActions.ts';
import type { TurnProblemWatch } from './problems/turnProblems.ts';
import type { ThreadDocuments } from './threadText/threadDocuments.ts';
import type { ThreadList } from './threads/threadList.ts';
import type { Hooks } from './hooks/hooks.ts';
import type { McpServers } from './mcp/mcpServers.ts';
import type { WorkspaceMemory } from './workspaceMemory.ts';

export interface SessionParts {
	readonly active: ActiveThread;
	readonly list: ThreadList;
	readonly account: Account;
	readonly chat: ChatView;
	readonly pending: PendingRequests;
	readonly memory: WorkspaceMemory;
	readonly review: Review;
	readonly changes: ThreadChanges;
	readonly background: BackgroundCommands;
	readonly editor: EditorFeatures;
	readonly texts: ThreadDocuments;
	readonly problems: TurnProblemWatch;
	readonly mcpServers: McpServers;
	readonly hooks: Hooks;
	/** Tells the page what can be chosen now. */
	readonly showModels: () => void;
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
			parts.changes.notice(notification);
			parts.background.notice(notification);
			parts.editor.notice(notification);
			parts.texts.notice(notification);
			parts.problems.notice(notification);
			parts.mcpServers.notice(notification);
			parts.hooks.notice(client, notification);
		} catch (error) {
			// One notification of an unexpected shape must not end the following ones.
			parts.log.error(`${notification.method}: ${error instanceof Error ? error.message : String(error)}`);
		}
	});
	parts.editor.connected();
	parts.changes.show(parts.active.id);
	parts.background.look();
	parts.texts.connected();
	parts.problems.connected();
	parts.hooks.connected(client);
	const report = (what: string) => (error: unknown) => parts.log.error(`${what}: ${error instanceof Error ? error.message : String(error)}`);
	// Its pending questions come with it, whether or not a page shows it.
	const shown = parts.chat.visible ? parts.chat.refresh() : parts.active.load().then(() => undefined);
	// From here on nothing is missed; what happened before is asked for.
	shown.catch(report('thread/resume')).finally(() => review.catchUp());
	parts.account.connect(client).catch(report('account/read'));
	loadModels(client, parts).catch(report('model/list'));
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

function notice(client: Client, notification: ServerNotification, { active, list, account, chat, pending, log }: SessionParts): void {
	const ofActive = active.notice(notification);
	list.notice(notification, Math.floor(Date.now() / 1000));
	if (notification.method === 'serverRequest/resolved') pending.resolved(notification.params.requestId);
	if (notification.method === 'account/updated') {
		account.refresh(client).catch((error: unknown) => log.error(`account/read: ${error instanceof Error ? error.message : String(error)}`));
	}
	if (ofActive || (notification.method === 'warning' && notification.params.threadId == null)) chat.notify(notification);
}

async function loadModels(client: Client, parts: SessionParts): Promise<void> {
	const { active, memory } = parts;
	const [models, { config }] = await Promise.all([
		client.request('model/list', {}),
		client.request('config/read', { cwd: folderPaths()[0] ?? null }),
	]);
	// Only now it is known whether the provider has named them.
	const provider = await client.request('modelProvider/read', {}).catch(() => null);
	memory.models = provider?.listsModels === false ? [] : models.data;
	memory.configuredModel = config.model;
	memory.configuredProvider = provider?.modelProvider ?? config.model_provider ?? null;
	parts.showModels();
	active.defaultsChanged();
}

const featureMethods = { mcp: 'mcpServerStatus/list', skills: 'skills/list' } as const;

async function loadFeatures(client: Client, { chat, memory }: SessionParts): Promise<void> {
	const names = ['mcp', 'skills'] as const;
	const there = await Promise.all(names.map((name) => client.supports(featureMethods[name])));
	memory.features = names.filter((_, index) => there[index]);
	chat.push({ type: 'features', features: memory.features });
}

/** After a reload threads may still run, and wait for answers: this window listens to those of its folders again. */
async function resumeRunning(client: Client, { active, list }: SessionParts): Promise<void> {
	if (!vscode.workspace.isTrusted) return;
	const running = list.all().filter((thread) => thread.status.type === 'active' && thread.id !== active.id);
	await Promise.all(running.map((thread) => client.request('thread/resume', { threadId: thread.id, excludeTurns: true })));
}

import * as path from 'node:path';
import * as vscode from 'vscode';
import type { PendingRequests } from '../approvals/pendingRequests.ts';
import type { Mentions } from '../context/mentions.ts';
import type { ChangeDiff } from '../diff/changeDiff.ts';
import type { Conflicts } from '../edits/conflicts.ts';
import type { TurnProblemWatch } from '../problems/turnProblems.ts';
import type { ServerFeature } from '../../webview/channel/messages.ts';
import type { CustomPrompts } from '../prompts/customPrompts.ts';
import type { Prices } from '../resources/cost.ts';
import type { ResourceMeter } from '../resources/resourceMeter.ts';
import type { ThreadTexts } from '../threadText/threadTexts.ts';
import { words } from '../words.ts';
import { workspaceRoots } from '../workspaceRoots.ts';
import type { Client } from '../server/client.ts';
import type { ActiveThread } from './activeThread.ts';
import { readThreadStatus } from './threadStatus.ts';
import { compactThread, forkThread, review } from './threadCommands.ts';
import type { PageRequestHandlers } from './pageRequests.ts';

export interface PageActionParts {
	readonly ready: () => Promise<Client>;
	readonly active: ActiveThread;
	readonly pending: PendingRequests;
	readonly conflicts: Conflicts;
	readonly diffs: ChangeDiff;
	readonly texts: ThreadTexts;
	readonly mentions: Mentions;
	readonly problems: TurnProblemWatch;
	readonly resources: ResourceMeter;
	readonly prompts: CustomPrompts;
	readonly showFeature: (feature: ServerFeature) => void;
	/** What models cost, as the person has entered it. */
	readonly prices: () => Prices;
}

const done = {};
/** Commands that the page may run. */
const pageCommands: ReadonlySet<string> = new Set([
	'tiller.reviewChanges',
	'tiller.showLog',
	'tiller.restartServer',
	'tiller.signIn',
	'tiller.useLocalModel',
	'tiller.tryDemo',
	'tiller.getStarted',
	'tiller.openSettings',
	'tiller.manageTrust',
]);
const pageSchemes: ReadonlySet<string> = new Set(['http', 'https', 'mailto']);

export function pageRequestHandlers({
	ready,
	active,
	pending,
	conflicts,
	diffs,
	mentions,
	texts,
	problems,
	resources,
	prices,
	prompts,
	showFeature,
}: PageActionParts): PageRequestHandlers {
	return {
		send: (message) => active.send(message),
		sent: async ({ id }) => {
			const sent = active.sent(id);
			if (sent === null) throw new Error(words.sendUnknown());
			return await sent;
		},
		changeQueued: async ({ messageId, input }) => {
			await active.queue.change(messageId, input);
			return done;
		},
		removeQueued: async ({ messageId }) => {
			await active.queue.remove(messageId);
			return done;
		},
		orderQueue: async ({ messageIds }) => {
			await active.queue.order(messageIds);
			return done;
		},
		sendQueued: async ({ messageId }) => {
			if (!vscode.workspace.isTrusted) throw new Error(words.restricted());
			await active.queue.send(messageId);
			return done;
		},
		interrupt: async () => {
			await active.interrupt();
			return done;
		},
		answer: async ({ key, answer }) => {
			const refusing = answer.kind !== 'userInput' && (answer.decision === 'decline' || answer.decision === 'cancel');
			if (!vscode.workspace.isTrusted && !refusing) throw new Error(words.restricted());
			return { accepted: pending.answer(key, answer) };
		},
		newThread: async () => {
			active.open(null);
			return done;
		},
		loadOlder: ({ cursor }) => active.loadOlder(cursor),
		setModel: async ({ model, effort }) => {
			active.setModel(model, effort);
			return done;
		},
		listPrompts: async () => ({ prompts: await prompts.list() }),
		expandPrompt: async ({ name, args }) => ({ text: await prompts.expand(name, args) }),
		showFeature: async ({ feature }) => {
			showFeature(feature);
			return done;
		},
		findMentions: async ({ query }) => ({ items: await mentions.find(query) }),
		attach: ({ id }) => mentions.attach(id),
		attachFiles: ({ uris }) => mentions.attachUris(uris),
		setMode: async ({ mode }) => {
			active.setMode(mode);
			return done;
		},
		compact: async () => {
			await compactThread({ active, ready });
			return done;
		},
		fork: async () => {
			await forkThread({ active, ready });
			return done;
		},
		review: async ({ target }) => {
			await review({ active, ready }, target);
			return done;
		},
		setApprovalMode: async ({ mode }) => {
			active.setApprovalMode(mode);
			return done;
		},
		overruleReview: async ({ event }) => {
			if (!vscode.workspace.isTrusted) throw new Error(words.restricted());
			await active.overruleReview(event);
			return done;
		},
		showWhole: async ({ name, ...place }) => {
			const threadId = active.id;
			if (threadId !== null) await texts.showWhole({ threadId, ...place }, name);
			return done;
		},
		find: async ({ query }) => ({ found: active.id === null ? [] : await texts.find(active.id, query) }),
		readStatus: async () => {
			if (active.id === null) throw new Error(words.noThread());
			return await readThreadStatus(await ready(), active.id, prices());
		},
		readResources: () => resources.read(),
		stopCommand: async ({ processId, threadId = active.id }) => {
			if (threadId === null) throw new Error(words.noThread());
			await (await ready()).request('thread/backgroundTerminals/terminate', { threadId, processId });
			return done;
		},
		openThread: async ({ threadId }) => {
			active.open(threadId);
			return done;
		},
		openFile: async ({ path: file, line }) => {
			await openFile(file, { line, cwd: active.cwd });
			return done;
		},
		openDiff: async ({ itemId, path: file }) => {
			const change = active.seen.fileChanges(itemId)?.find((candidate) => candidate.path === file);
			if (change === undefined) throw new Error(words.noSuchChange());
			await diffs.show(itemId, change);
			return done;
		},
		undoTurn: async ({ turnId }) => {
			void vscode.commands.executeCommand('tiller.undoTurn', turnId);
			return done;
		},
		openProblem: async ({ turnId, index }) => {
			await problems.open(turnId, index);
			return done;
		},
		fixProblems: async ({ turnId }) => {
			await problems.fix(turnId);
			return done;
		},
		dismissConflict: async ({ itemId, path: file }) => {
			conflicts.dismiss(itemId, file);
			return done;
		},
		runCommand: async ({ command }) => {
			if (!pageCommands.has(command)) throw new Error(`The page may not run ${command}.`);
			// Not awaited: a command that asks the person something would keep the page waiting.
			void vscode.commands.executeCommand(command);
			return done;
		},
		openExternal: async ({ url }) => {
			const uri = vscode.Uri.parse(url, true);
			if (!pageSchemes.has(uri.scheme)) throw new Error(words.notOpened(url));
			await vscode.env.openExternal(uri);
			return done;
		},
	};
}

async function firstThere(files: readonly string[]): Promise<{ readonly uri: vscode.Uri; readonly stat: vscode.FileStat } | null> {
	for (const file of files) {
		const uri = vscode.Uri.file(file);
		try {
			return { uri, stat: await vscode.workspace.fs.stat(uri) };
		} catch {
			// Not there: the next folder may have it.
		}
	}
	return null;
}

/** A relative path is one of the thread's folder, else of any folder of the workspace. */
async function openFile(file: string, { line, cwd }: { readonly line: number | undefined; readonly cwd: string | null }): Promise<void> {
	const folders = [...(cwd === null ? [] : [cwd]), ...workspaceRoots().map((root) => root.path)];
	const candidates = path.isAbsolute(file) ? [file] : folders.map((folder) => path.join(folder, file));
	const found = await firstThere(candidates);
	if (found === null) throw new Error(words.fileGone(file));
	const { uri, stat } = found;
	if ((stat.type & vscode.FileType.Directory) !== 0) {
		await vscode.commands.executeCommand('revealInExplorer', uri);
		return;
	}
	const at = new vscode.Position(Math.max(0, (line ?? 1) - 1), 0);
	await vscode.commands.executeCommand('vscode.open', uri, line === undefined ? {} : { selection: new vscode.Range(at, at) });
}

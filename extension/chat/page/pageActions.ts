import * as vscode from 'vscode';
import type { ChatApps } from '../../apps/chatApps.ts';
import type { PendingRequests } from '../../approvals/pendingRequests.ts';
import type { Mentions } from '../../context/mentions.ts';
import type { ChangeDiff } from '../../diff/changeDiff.ts';
import type { Conflicts } from '../../edits/conflicts.ts';
import type { TurnProblemWatch } from '../../problems/turnProblems.ts';
import type { SkillEntry } from '../../../webview/channel/menuEntries.ts';
import type { CustomPrompts } from '../../prompts/customPrompts.ts';
import type { ServerPrompts } from '../../prompts/serverPrompts.ts';
import type { Prices } from '../../resources/cost.ts';
import type { ResourceMeter } from '../../resources/resourceMeter.ts';
import type { ThreadTexts } from '../../threadText/threadTexts.ts';
import { words } from '../../words.ts';
import type { Client } from '../../server/client.ts';
import type { CommandName } from '../../commands.ts';
import type { ActiveThread } from '../activeThread.ts';
import type { SideQuestions } from '../sideQuestions.ts';
import type { BackgroundCommands } from '../backgroundCommands.ts';
import { applyCode, insertCode, runCode } from '../codeActions.ts';
import { openFile } from '../openFile.ts';
import { setApprovalMode } from '../settings/pickers.ts';
import { readThreadStatus } from '../threadStatus.ts';
import { compactThread, review } from '../threadCommands.ts';
import type { PageRequestHandlers } from './pageRequests.ts';
import { readPicture } from './pictures.ts';

/** The same for every page. */
export interface SharedActionParts {
	readonly diffs: ChangeDiff;
	readonly texts: ThreadTexts;
	readonly resources: ResourceMeter;
	readonly prompts: CustomPrompts;
	/** What models cost, as the person has entered it. */
	readonly prices: () => Prices;
}

export interface PageActionParts extends SharedActionParts {
	readonly serverPrompts: ServerPrompts;
	readonly apps: Pick<ChatApps, 'refresh'>;
	readonly skills: () => Promise<readonly SkillEntry[]>;
	readonly ready: () => Promise<Client>;
	readonly active: ActiveThread;
	readonly pending: PendingRequests;
	readonly conflicts: Conflicts;
	readonly mentions: Mentions;
	readonly problems: TurnProblemWatch;
	readonly background: BackgroundCommands;
	readonly beside: SideQuestions;
	readonly pickModel: () => Promise<void>;
	readonly pickPermissions: () => Promise<void>;
	/** Reviews changes of a kind that needs to be asked for. */
	readonly review: (kind: 'baseBranch' | 'commit') => Promise<void>;
	/** Asks from where to continue a thread, and shows the copy. */
	readonly fork: (threadId: string) => Promise<void>;
}

const done = {};
const pageSchemes: ReadonlySet<string> = new Set(['http', 'https', 'mailto']);

const tell = (error: unknown) => void vscode.window.showErrorMessage(error instanceof Error ? error.message : String(error));

/** Not awaited: it may ask the person. VS Code tells of a failure only where it has called the command itself. */
function run(command: CommandName, ...args: readonly unknown[]): void {
	vscode.commands.executeCommand(command, ...args).then(undefined, tell);
}

export function pageRequestHandlers({
	ready,
	active,
	pending,
	conflicts,
	diffs,
	mentions,
	texts,
	problems,
	background,
	beside,
	resources,
	prices,
	prompts,
	serverPrompts,
	skills,
	apps,
	pickModel,
	pickPermissions,
	review: askForReview,
	fork,
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
		askBeside: async ({ question, input }) => {
			beside.ask(question, input);
			return done;
		},
		stopSideQuestion: async ({ id }) => {
			await beside.stop(id);
			return done;
		},
		closeSideQuestion: async ({ id }) => {
			beside.close(id);
			return done;
		},
		repeatSideQuestion: async ({ id }) => {
			beside.again(id);
			return done;
		},
		answer: async ({ key, answer }) => {
			const decision = answer.kind === 'userInput' ? null : answer.kind === 'elicitation' ? answer.action : answer.decision;
			const refusing = decision === 'decline' || decision === 'cancel';
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
		listServerPrompts: async () => ({ prompts: await serverPrompts.list() }),
		listApps: async () => {
			void apps.refresh();
			return done;
		},
		listSkills: async () => ({ skills: await skills() }),
		expandPrompt: async ({ name, args }) => (serverPrompts.has(name) ? serverPrompts.expand(name, args) : { text: await prompts.expand(name, args) }),
		showFeature: async ({ feature }) => {
			run(feature === 'mcp' ? 'tiller.showMcpServers' : 'tiller.showSkills');
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
			const threadId = await active.ensure();
			// Not awaited: it asks the person.
			void fork(threadId).catch(tell);
			return done;
		},
		review: async ({ target }) => {
			await review({ active, ready, ask: askForReview }, target);
			return done;
		},
		setApprovalMode: async ({ mode }) => {
			await setApprovalMode(active, mode);
			return done;
		},
		pickModel: async () => {
			void pickModel();
			return done;
		},
		pickPermissions: async () => {
			void pickPermissions();
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
			background.look();
			return done;
		},
		openThread: async ({ threadId }) => {
			active.open(threadId);
			return done;
		},
		readPicture: async ({ path }) => ({ address: await readPicture(path, active.cwd) }),
		openFile: async (place) => {
			await openFile(place, active.cwd);
			return done;
		},
		insertCode: async ({ text }) => {
			await insertCode(text);
			return done;
		},
		applyCode: async ({ text }) => {
			// Not awaited: it asks the person.
			void applyCode(text).catch(tell);
			return done;
		},
		runCode: async ({ text }) => {
			if (!vscode.workspace.isTrusted) throw new Error(words.restricted());
			runCode(text);
			return done;
		},
		openDiff: async ({ itemId, path: file }) => {
			const change = active.seen.fileChanges(itemId)?.find((candidate) => candidate.path === file);
			if (change === undefined) throw new Error(words.noSuchChange());
			await diffs.show(itemId, change);
			return done;
		},
		undoTurn: async ({ turnId }) => {
			run('tiller.undoTurn', turnId, active.id);
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
			// Not awaited: a command that asks the person something would keep the page waiting.
			run(command);
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

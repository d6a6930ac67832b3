import * as vscode from 'vscode';
import type { Account } from '../account/account.ts';
import type { TerminalCommands } from '../context/terminalCommands.ts';
import { ChangeDiff } from '../diff/changeDiff.ts';
import type { Conflicts } from '../edits/conflicts.ts';
import type { Ground } from '../ground.ts';
import type { TurnProblemWatch } from '../problems/turnProblems.ts';
import { CustomPrompts } from '../prompts/customPrompts.ts';
import { readPrices } from '../resources/cost.ts';
import type { ResourceMeter } from '../resources/resourceMeter.ts';
import { connectionState } from '../server/connectionState.ts';
import { setting } from '../settings.ts';
import type { ThreadTexts } from '../threadText/threadTexts.ts';
import { askToTakeOver } from '../threads/askToTakeOver.ts';
import type { ThreadsFeature } from '../threads/threadsFeature.ts';
import { words } from '../words.ts';
import { rootForNewThread, workspaceRoots } from '../workspaceRoots.ts';
import type { WorktreeList } from '../worktrees/worktreeList.ts';
import type { ActiveThreadHost } from './activeThreadHost.ts';
import type { ChatSurroundings } from './openChat.ts';
import { FavouriteModels } from './settings/favouriteModels.ts';

/** What a chat shows of the other features. */
export interface ChatParts {
	readonly threads: ThreadsFeature;
	readonly worktrees: WorktreeList;
	readonly texts: ThreadTexts;
	readonly conflicts: Conflicts;
	readonly problems: TurnProblemWatch;
	readonly terminals: TerminalCommands;
	readonly account: Account;
	readonly review: { readonly state: () => { readonly files: number }; readonly catchUp: () => void };
	readonly resources: ResourceMeter;
}

/** The ground and the other features, as every chat sees them. */
export function chatSurroundings(ground: Ground, parts: ChatParts): ChatSurroundings {
	const { context, server, ready, memory, pending, log, own } = ground;
	const { threads, worktrees, texts, conflicts, problems, terminals, account, review, resources } = parts;
	return {
		ready,
		extensionUri: context.extensionUri,
		host: activeThreadHost(ground, worktrees),
		pending,
		conflicts,
		problems,
		terminals,
		list: threads.list,
		threads: threads.actions,
		actions: {
			diffs: own(new ChangeDiff()),
			texts,
			resources,
			prices: () => readPrices(setting('tiller.prices')).prices,
			prompts: new CustomPrompts(async () => (await ready()).info.codexHome),
		},
		models: {
			configured: () => ({
				provider: memory.configuredProvider,
				models: memory.models,
				named: [memory.configuredModel, setting('tiller.model')],
			}),
			used: (provider) => memory.offeredModels(provider),
			favourites: new FavouriteModels(context.globalState),
			// One that the server cannot ask has none to offer.
			readListed: async (modelProvider) => (await (await ready()).request('model/list', { modelProvider }).catch(() => ({ data: [] }))).data,
		},
		state: () => ({
			connection: connectionState(server.state),
			account: account.state,
			review: review.state(),
			folder: workspaceRoots()[0]?.name ?? null,
			roots: workspaceRoots(),
			features: memory.features,
			...(memory.providers === undefined ? {} : { providers: memory.providers }),
		}),
		title: threads.titleOf,
		began: threads.began,
		log,
	};
}

function activeThreadHost({ ready, memory }: Ground, worktrees: WorktreeList): ActiveThreadHost {
	return {
		ready,
		folder: rootForNewThread,
		// A thread in a worktree leaves the person's own folders alone.
		otherRoots: (cwd) => (worktrees.at(cwd) === undefined ? workspaceRoots().flatMap(({ path }) => (path === cwd ? [] : [path])) : []),
		trusted: () => vscode.workspace.isTrusted,
		assertMayRun: () => {
			if (!vscode.workspace.isTrusted) throw new Error(words.restricted());
		},
		noQueue: () => words.noQueue(),
		mayTakeOver: askToTakeOver,
		configuredProvider: () => memory.configuredProvider,
		defaults: () => memory.defaults(),
		modeOf: (id) => memory.modeOf(id),
		rememberMode: (id, mode) => memory.rememberMode(id, mode),
		rememberThread: () => {},
		rememberSettings: (settings) => memory.setSettings(settings),
		rememberModel: (provider, model) => memory.rememberModel(provider, model),
	};
}

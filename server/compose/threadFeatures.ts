import path from 'node:path';
import { Activities } from '../activity/activities.ts';
import { ActivityFiles } from '../activity/activityFiles.ts';
import { AgentThreads } from '../agents/agentThreads.ts';
import { agentTools } from '../agents/agentTools.ts';
import { notesFolder } from '../config/values/threadDefaults.ts';
import { agentLimits } from '../config/values/agentLimits.ts';
import { isEnabled } from '../config/values/features.ts';
import type { GeneratedImages } from '../files/generatedImages.ts';
import { goalTools } from '../goals/goalTools.ts';
import { activityHandlers, ActivityRows, isShown } from '../handlers/activity.ts';
import { takeOver } from '../handlers/thread/changingThread.ts';
import { collaborationModeHandlers } from '../handlers/thread/collaborationMode.ts';
import { guardianHandlers } from '../handlers/thread/guardian.ts';
import { reviewHandlers } from '../handlers/thread/review.ts';
import { threadHandlers, type ThreadServices } from '../handlers/thread/thread.ts';
import type { SettingsSource } from '../handlers/thread/resolveSettings.ts';
import { threadChangeHandlers } from '../handlers/thread/threadChange.ts';
import { threadContentHandlers } from '../handlers/thread/threadContent.ts';
import { threadForkHandlers } from '../handlers/thread/threadFork.ts';
import { threadGoalHandlers } from '../handlers/thread/threadGoal.ts';
import { threadHistoryHandlers } from '../handlers/thread/threadHistory.ts';
import { threadItemHandlers } from '../handlers/thread/threadItems.ts';
import { threadListHandlers } from '../handlers/thread/threadList.ts';
import { type OpenSearch, threadSearchHandlers } from '../handlers/thread/threadSearch.ts';
import { ActivityFeed } from '../session/activityFeed.ts';
import { SessionResources } from '../session/sessionResources.ts';
import { threadQueueHandlers } from '../handlers/thread/threadQueue.ts';
import { readStateHandlers } from '../handlers/readState.ts';
import { ReadMarks } from '../session/readMarks.ts';
import { ReadStates } from '../store/readStates.ts';
import { turnHandlers } from '../handlers/thread/turn.ts';
import { turnQueueHandlers } from '../handlers/thread/turnQueue.ts';
import { KeptTexts } from '../projection/keptTexts.ts';
import { usageHandlers } from '../handlers/account/usage.ts';
import type { ConfigScope } from '../items/settings.ts';
import { defaultModel } from '../model/catalogue/catalogue.ts';
import { spawnedAgent } from '../store/sessionSource.ts';
import { UsageHistory } from '../store/turns/usageHistory.ts';
import { instructionSources } from '../thread/work/contextItems.ts';
import { contextConfigOf } from '../config/values/contextConfig.ts';
import { environmentWithoutKeys } from '../config/values/environmentPolicy.ts';
import { earlierProviderIds } from '../config/values/renamedProviders.ts';
import { configScopeOf } from '../thread/freezeSettings.ts';
import { notifyCommand } from '../thread/work/notifyCommand.ts';
import type { Threads } from '../thread/threads.ts';
import { fixedTools } from '../tools/toolSource.ts';
import type { ApprovalServices } from './approvalServices.ts';
import type { ChangeServices } from './changeServices.ts';
import type { Feature } from './feature.ts';
import type { Ground } from './ground.ts';
import type { ModelServices } from './modelServices.ts';

/** Searches that one client may have at once. */
const MAX_SEARCHES = 64;

interface Given {
	readonly threads: Threads;
	readonly models: ModelServices;
	readonly approvals: Pick<ApprovalServices, 'audit'>;
	readonly changes: ChangeServices['changes'];
	readonly images: GeneratedImages;
	/** Rejects when something is missing without which a thread must not run. */
	readonly ready: (threadId: string) => Promise<void>;
	/** Whoever wanted the thread has their answer. */
	readonly answered: (threadId: string) => void;
	readonly activities: Activities;
	readonly readStates: ReadStates;
}

/** Which settings count in a thread; those of the home when it is not loaded. */
function scopeOf(threads: Threads, threadId: string): ConfigScope | undefined {
	const thread = threads.get(threadId);
	return thread === null ? undefined : configScopeOf(thread.settings);
}

/** What the settings of a new thread come from. */
export function settingsSource({ home, configs, requirements, threadConfig, cwd, store }: Ground, models: ModelServices): SettingsSource {
	const { defaultProvider, ownManner, checkProvider } = models;
	return {
		notes: notesFolder(home),
		configs,
		requirements,
		threadConfigLoader: threadConfig,
		cwd,
		store,
		defaultProvider,
		defaultModel,
		ownManner,
		checkProvider,
	};
}

/** Threads and their turns, as clients know them. */
export function threadFeature(
	ground: Ground,
	{ threads, models, approvals, changes, images, ready, answered, activities, readStates }: Given,
): Feature {
	const { home, env, configs, requirements, config, log, store, leases, clients, subscriptions } = ground;
	const services = { threads, store, clients, subscriptions };
	const texts = new KeptTexts();
	const life: ThreadServices = {
		...services,
		texts,
		...settingsSource(ground, models),
		ready,
		answered,
		takeOver: (id) => takeOver(leases, id),
		instructionSources: (settings) => instructionSources({ cwd: settings.cwd, home, config: contextConfigOf(config(configScopeOf(settings))) }),
	};
	const searches = new SessionResources<OpenSearch>(MAX_SEARCHES);
	const changed = () => activities.marksChanged();
	const marks = new ReadMarks({ states: readStates, store, threads, clients, log, changed });
	// It is for the end of work. Whoever asks beside a thread waits for the answer.
	const notify = (id: string) => (threads.get(id)?.settings.onlyReads ? undefined : config(scopeOf(threads, id)).notify);
	const notified = (id: string) => {
		const thread = threads.get(id);
		return thread && { cwd: thread.settings.cwd, client: thread.meta.originator };
	};
	return {
		name: 'threads',
		kept: [clients],
		dispose: () => texts.clear(),
		forget: (session) => searches.forget(session),
		handlers: {
			...threadHandlers(life),
			...threadForkHandlers(life),
			...threadContentHandlers(services),
			...threadHistoryHandlers({ ...services, marks, texts, refusesItemLists: () => config().tiller?.refuse_item_lists ?? false }),
			...threadItemHandlers(services),
			...threadListHandlers({ ...services, marks, earlierProviders: (id) => earlierProviderIds(config(), id) }),
			...threadSearchHandlers({ ...services, searches }),
			...threadChangeHandlers({
				...services,
				changed,
				forget: async (threadId) => {
					marks.forget(threadId);
					await Promise.all([changes.forget(threadId), images.forget(threadId)]);
				},
			}),
			...turnHandlers({ ...services, notes: notesFolder(home), configs, requirements, checkProvider: models.checkProvider }),
			...turnQueueHandlers({ threads, notes: notesFolder(home), configs, requirements, checkProvider: models.checkProvider }),
			...threadQueueHandlers({ threads }),
			...readStateHandlers({ marks }),
			...guardianHandlers({ threads, audit: approvals.audit }),
			...collaborationModeHandlers(),
			...usageHandlers({ threads, usage: new UsageHistory(store) }),
		},
		observers: [marks, subscriptions, notifyCommand({ command: notify, thread: notified, env: () => environmentWithoutKeys(env, config()), log })],
	};
}

/** What happens in the threads of this home. Made before the threads are there. */
export function createActivities(
	{ home, leases, log }: Ground,
	threads: () => Threads,
): { readonly activities: Activities; readonly readStates: ReadStates } {
	const runsHere = (id: string) => {
		const thread = threads().get(id);
		return thread !== null && thread.activeTurnId !== null && isShown(thread);
	};
	return {
		activities: new Activities({ files: new ActivityFiles(home), leases, runsHere, log }),
		readStates: new ReadStates(path.join(home, 'tiller', 'thread_read.jsonl')),
	};
}

/** All that runs, waits or is unread, for those who look. */
export function activityFeature(
	{ store, subscriptions, log }: Ground,
	{ threads, activities, readStates }: Pick<Given, 'threads' | 'activities' | 'readStates'>,
): Feature {
	const rows = new ActivityRows({ threads, store, subscriptions, activities, states: readStates });
	const feed = new ActivityFeed({ activities, rows: (options) => rows.all(options), log });
	return {
		name: 'activity',
		handlers: activityHandlers(feed),
		observers: [activities],
		forget: (session) => feed.forget(session),
		dispose: () => {
			feed.dispose();
			activities.dispose();
		},
	};
}

/** What a thread works towards over many turns. */
export function goalFeature({ config, store }: Ground, threads: Threads): Feature {
	const tools = fixedTools(goalTools((threadId) => threads.get(threadId)?.goal ?? null));
	return {
		name: 'goals',
		handlers: threadGoalHandlers({ threads, store, enabled: () => isEnabled(config(), 'goals') }),
		tools: () => tools,
	};
}

/** Threads that models start. */
export function agentFeature({ config, store, log, subscriptions }: Ground, threads: Threads): Feature {
	const agents = new AgentThreads({
		threads,
		store,
		clients: subscriptions,
		log,
		limits: (threadId) => agentLimits(config(scopeOf(threads, threadId))),
		pick: (count) => Math.floor(Math.random() * count),
	});
	const tools = agentTools(agents);
	return {
		name: 'agents',
		observers: [agents.observer],
		tools: ({ id, meta }) => ({ snapshot: () => (agents.mayStart(spawnedAgent(meta.source)?.depth ?? 0, id) ? tools : []) }),
	};
}

export function reviewFeature({ config, store, subscriptions }: Ground, threads: Threads): Feature {
	return { name: 'reviews', handlers: reviewHandlers({ threads, store, subscriptions, reviewModel: (scope) => config(scope).review_model ?? null }) };
}

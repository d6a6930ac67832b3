import path from 'node:path';
import { type Config, ConfigError, type ConfigTable, readConfigFile, resolveConfig } from '../config/config.ts';
import { recordTrust } from '../config/projectTrust.ts';
import { defaultApprovalPolicy, defaultSandboxMode, sandboxOf } from '../config/threadDefaults.ts';
import { toTurn } from '../projection/turnViews.ts';
import { storedToWireThread, toWireSettings, toWireStatus, toWireThread } from '../projection/wireThread.ts';
import type { ParsedParamsOf } from '../protocol/methods.ts';
import { invalidRequest } from '../protocol/rpcError.ts';
import type { Turn } from '../protocol/turn.ts';
import type { Clients } from '../session/clients.ts';
import { type Handlers, type RequestContext, RpcFailure } from '../session/handler.ts';
import type { ThreadSubscriptions } from '../session/threadSubscriptions.ts';
import { InvalidCursorError, type StoredThread, type ThreadStore } from '../store/threadStore.ts';
import type { Thread } from '../thread/thread.ts';
import type { Threads } from '../thread/threads.ts';
import type { ThreadSettings } from '../thread/threadSettings.ts';
import { lastTurnContext } from '../thread/turnContext.ts';
import { checkThreadId } from './threadLookup.ts';

/** A folder that threads work in, and the configuration files that count there. */
export interface ThreadHandlerServices {
	readonly home: string;
	readonly configPath: string;
	/** The server's own working directory. */
	readonly cwd: string;
	readonly threads: Threads;
	readonly store: ThreadStore;
	readonly clients: Clients;
	readonly subscriptions: ThreadSubscriptions;
	/** What holds when the configuration names none. */
	defaultProvider(config: Config): string;
	defaultModel(provider: string): string;
	/** Throws `ConfigError` when there is no such provider. */
	checkProvider(id: string, config: Config): void;
	instructionSources(cwd: string): Promise<readonly string[]>;
	readTurns(stored: StoredThread): Promise<readonly Turn[]>;
}

type SettingsParams = Pick<
	ParsedParamsOf<'thread/start'>,
	| 'model'
	| 'modelProvider'
	| 'serviceTier'
	| 'cwd'
	| 'approvalPolicy'
	| 'approvalsReviewer'
	| 'sandbox'
	| 'permissions'
	| 'config'
	| 'baseInstructions'
	| 'developerInstructions'
>;

const DEFAULT_PAGE = 25;
const MAX_PAGE = 100;

export function threadHandlers(services: ThreadHandlerServices): Handlers {
	const { threads, store, subscriptions } = services;

	const turnsOf = (thread: Thread): Turn[] => (subscriptions.turnsOf(thread.id)?.turns ?? []).map((turn) => toTurn(turn, 'full'));

	/** A stored thread, or the error that there is none. */
	const stored = async (id: string, what = 'no rollout found for thread id'): Promise<StoredThread> => {
		const found = await store.find(checkThreadId(id));
		if (!found) throw new RpcFailure(invalidRequest(`${what} ${checkThreadId(id)}`));
		return found;
	};

	const answer = async (thread: Thread, turns: readonly Turn[]) => ({
		thread: toWireThread(thread, turns),
		...toWireSettings(thread.settings, await services.instructionSources(thread.settings.cwd)),
	});

	return {
		'thread/start': async (params, context) => {
			const settings = settingsFor(services, params, params.cwd ? path.resolve(services.cwd, params.cwd) : services.cwd);
			if (params.cwd && settings.sandbox.type !== 'readOnly') trust(services, settings.cwd);
			const thread = threads.start({
				settings,
				ephemeral: params.ephemeral ?? false,
				threadSource: params.threadSource ?? null,
				originator: context.session.client?.name ?? 'tiller',
				source: 'vscode',
			});
			subscriptions.subscribe(thread, context.session);
			const result = await answer(thread, []);
			context.afterReply(() => {
				subscriptions.broadcast({ method: 'thread/started', params: { thread: result.thread } });
				if (settings.approvalPolicy === 'on-failure') {
					subscriptions.broadcast({
						method: 'warning',
						params: {
							threadId: thread.id,
							message: 'The approval policy on-failure is deprecated. Use on-request for work with a person, or never.',
						},
					});
				}
			});
			return result;
		},

		'thread/resume': async (params, context) => {
			const found = params.path ? await store.findByPath(params.path) : null;
			if (params.path && !found) throw new RpcFailure(invalidRequest(`no rollout found at ${params.path}`));
			const loaded = threads.get(found?.meta.id ?? checkThreadId(params.threadId));
			const thread = loaded?.materialized ? loaded : await resume(found ?? (await stored(params.threadId)), params, context);
			subscriptions.subscribe(thread, context.session);
			context.afterReply(() => {
				if (!loaded)
					subscriptions.broadcast({ method: 'thread/status/changed', params: { threadId: thread.id, status: toWireStatus(thread.status) } });
				subscriptions.catchUp(thread.id, context.session);
			});
			return answer(thread, params.excludeTurns ? [] : turnsOf(thread));
		},

		'thread/read': async (params) => {
			const id = checkThreadId(params.threadId);
			const loaded = threads.get(id);
			if (loaded) {
				if (params.includeTurns && loaded.ephemeral) throw new RpcFailure(invalidRequest('ephemeral threads do not support includeTurns'));
				if (params.includeTurns && !loaded.materialized) {
					throw new RpcFailure(invalidRequest(`thread ${id} is not materialized yet; includeTurns is unavailable before first user message`));
				}
				return { thread: toWireThread(loaded, params.includeTurns ? turnsOf(loaded) : []) };
			}
			const found = await store.find(id);
			if (!found) throw new RpcFailure(invalidRequest(`thread not loaded: ${id}`));
			return { thread: storedToWireThread(found, { loaded: null, turns: params.includeTurns ? await services.readTurns(found) : [] }) };
		},

		'thread/list': async (params) => {
			const page = await store.list(toQuery(params)).catch((error: unknown) => {
				throw error instanceof InvalidCursorError ? new RpcFailure(invalidRequest(error.message)) : error;
			});
			return {
				data: page.threads.map((thread) => storedToWireThread(thread, { loaded: threads.get(thread.meta.id) })),
				nextCursor: page.nextCursor,
				backwardsCursor: page.backwardsCursor,
			};
		},

		'thread/loaded/list': (params) => {
			const ids = threads.loaded.map((thread) => thread.id);
			const start = params.cursor ? ids.indexOf(params.cursor) + 1 : 0;
			const data = ids.slice(start, params.limit ? start + params.limit : undefined);
			return { data, nextCursor: start + data.length < ids.length ? (data.at(-1) ?? null) : null };
		},

		'thread/archive': async (params, context) => {
			const id = checkThreadId(params.threadId);
			const loaded = threads.get(id);
			const found = loaded && !loaded.materialized ? null : await store.find(id);
			if (!found || found.archived) throw new RpcFailure(invalidRequest(`no rollout found for thread id ${id}`));
			await threads.unload(id);
			await store.setArchived(found, { archived: true });
			context.afterReply(() => {
				if (loaded) subscriptions.broadcast({ method: 'thread/status/changed', params: { threadId: id, status: { type: 'notLoaded' } } });
				subscriptions.broadcast({ method: 'thread/archived', params: { threadId: id } });
			});
			return {};
		},

		'thread/unarchive': async (params, context) => {
			const id = checkThreadId(params.threadId);
			const found = await stored(params.threadId, 'no archived rollout found for thread id');
			if (!found.archived) throw new RpcFailure(invalidRequest(`no archived rollout found for thread id ${id}`));
			// A loaded thread writes to its file by path: it is closed while the file moves, and can be resumed after.
			const before = threads.get(id);
			await threads.unload(id);
			const moved = await store.setArchived(found, { archived: false });
			if (before) {
				const again = await threads.resume(moved, { settings: before.settings, originator: context.session.client?.name ?? 'tiller' });
				for (const session of services.clients.subscribersOf(id)) subscriptions.subscribe(again, session);
			}
			context.afterReply(() => subscriptions.broadcast({ method: 'thread/unarchived', params: { threadId: id } }));
			return { thread: storedToWireThread(moved, { loaded: threads.get(id) }) };
		},

		'thread/name/set': async (params, context) => {
			const id = checkThreadId(params.threadId);
			const name = params.name.trim();
			if (name === '') throw new RpcFailure(invalidRequest('thread name must not be empty'));
			const loaded = threads.get(id);
			if (!loaded && !(await store.find(id))) throw new RpcFailure(invalidRequest(`thread not found: ${id}`));
			if (!loaded?.ephemeral) await store.setName(id, name);
			if (loaded) loaded.name = name;
			context.afterReply(() => subscriptions.broadcast({ method: 'thread/name/updated', params: { threadId: id, threadName: name } }));
			return {};
		},

		'thread/unsubscribe': (params, context) => {
			const id = checkThreadId(params.threadId);
			if (!threads.get(id)) return { status: 'notLoaded' };
			return { status: services.clients.unsubscribe(id, context.session) === 'notSubscribed' ? 'notSubscribed' : 'unsubscribed' };
		},

		'thread/turns/list': async (params) => {
			const id = checkThreadId(params.threadId);
			const loaded = threads.get(id);
			if (loaded && !loaded.ephemeral && !loaded.materialized) {
				throw new RpcFailure(invalidRequest(`thread ${id} is not materialized yet; thread/turns/list is unavailable before first user message`));
			}
			const turns = loaded ? turnsOf(loaded) : await services.readTurns(await stored(params.threadId, 'thread not loaded:'));
			return pageOfTurns(turns, params);
		},
	};

	async function resume(found: StoredThread, params: Partial<SettingsParams>, context: RequestContext): Promise<Thread> {
		const recorded = lastTurnContext((await store.read(found)).lines);
		const cwd = params.cwd ? path.resolve(services.cwd, params.cwd) : (recorded?.cwd ?? found.meta.cwd);
		const base = settingsFor(services, params, cwd);
		const settings: ThreadSettings = {
			...base,
			provider: params.modelProvider ?? found.meta.modelProvider,
			model: params.model ?? recorded?.model ?? base.model,
			baseInstructions: params.baseInstructions ?? base.baseInstructions,
		};
		return threads.resume(found, { settings, originator: context.session.client?.name ?? 'tiller' });
	}
}

function trust(services: ThreadHandlerServices, cwd: string): void {
	try {
		recordTrust(services.configPath, cwd);
	} catch {
		// The home may be read-only: then the project is not remembered, and all else works.
	}
}

/** The settings of a thread: the configuration of its folder with the request's own over it. */
function settingsFor(services: ThreadHandlerServices, params: Partial<SettingsParams>, cwd: string): ThreadSettings {
	if (params.permissions && params.sandbox) throw new RpcFailure(invalidRequest('`permissions` cannot be combined with `sandbox`'));
	if (params.permissions) throw new RpcFailure(invalidRequest('named permission profiles are not supported yet; use `sandbox`'));
	if (typeof params.approvalPolicy === 'object' && params.approvalPolicy !== null)
		throw new RpcFailure(invalidRequest('granular approval policies are not supported yet'));
	const config = configOf(services, params.config ?? {});
	const provider = params.modelProvider ?? services.defaultProvider(config);
	try {
		services.checkProvider(provider, config);
	} catch (error) {
		throw refused(error);
	}
	const mode = params.sandbox ?? config.sandbox_mode ?? null;
	const fallback = defaultSandboxMode(config, cwd);
	const reviewer = params.approvalsReviewer ?? config.approvals_reviewer ?? 'user';
	return {
		model: params.model ?? config.model ?? services.defaultModel(provider),
		provider,
		effort: config.model_reasoning_effort ?? null,
		summary: config.model_reasoning_summary ?? null,
		verbosity: config.model_verbosity ?? null,
		serviceTier: params.serviceTier ?? config.service_tier ?? null,
		cwd,
		approvalPolicy: params.approvalPolicy ?? defaultApprovalPolicy(config, cwd),
		approvalsReviewer: reviewer === 'user' ? 'user' : 'auto_review',
		sandbox: sandboxOf(mode ?? fallback, config, services.home),
		defaultProfile: mode === null ? (fallback === 'workspace-write' ? ':workspace' : ':read-only') : null,
		webSearch: config.web_search ?? 'cached',
		baseInstructions: params.baseInstructions ?? null,
		developerInstructions: params.developerInstructions ?? config.developer_instructions ?? null,
	};
}

function configOf(services: ThreadHandlerServices, overrides: ConfigTable): Config {
	try {
		return resolveConfig(readConfigFile(services.configPath), overrides);
	} catch (error) {
		throw refused(error);
	}
}

function refused(error: unknown): unknown {
	return error instanceof ConfigError ? new RpcFailure(invalidRequest(`failed to load configuration: ${error.message}`)) : error;
}

function toQuery(params: ParsedParamsOf<'thread/list'>) {
	const sources = params.sourceKinds?.length ? params.sourceKinds : ['cli', 'vscode'];
	return {
		archived: params.archived ?? false,
		cwds: params.cwd === undefined || params.cwd === null ? null : [params.cwd].flat(),
		providers: params.modelProviders ?? null,
		sources: sources.map(String),
		searchTerm: params.searchTerm ? params.searchTerm : null,
		sortKey: params.sortKey ?? 'created_at',
		sortDirection: params.sortDirection ?? 'desc',
		cursor: params.cursor ?? null,
		limit: Math.min(Math.max(params.limit ?? DEFAULT_PAGE, 1), MAX_PAGE),
	} as const;
}

/** A cursor names a turn; one that goes backwards begins with that turn itself, so it is marked. */
const BACKWARDS = '=';

function pageOfTurns(turns: readonly Turn[], params: ParsedParamsOf<'thread/turns/list'>) {
	const ordered = params.sortDirection === 'asc' ? turns : turns.toReversed();
	const start = params.cursor ? startOf(params.cursor, ordered) : 0;
	const data = ordered.slice(start, start + Math.min(Math.max(params.limit ?? DEFAULT_PAGE, 1), MAX_PAGE));
	const [first, last] = [data.at(0), data.at(-1)];
	return {
		data: data.map((turn) => narrowed(turn, params.itemsView ?? 'summary')),
		nextCursor: last && start + data.length < ordered.length ? last.id : null,
		backwardsCursor: first ? BACKWARDS + first.id : null,
	};
}

function startOf(cursor: string, turns: readonly Turn[]): number {
	const inclusive = cursor.startsWith(BACKWARDS);
	const id = inclusive ? cursor.slice(BACKWARDS.length) : cursor;
	const index = turns.findIndex((turn) => turn.id === id);
	if (index < 0) throw new RpcFailure(invalidRequest(`invalid cursor: ${cursor}`));
	return inclusive ? index : index + 1;
}

function narrowed(turn: Turn, itemsView: Turn['itemsView']): Turn {
	if (itemsView === 'full') return turn;
	if (itemsView === 'notLoaded') return { ...turn, items: [], itemsView };
	const first = turn.items.find((item) => item.type === 'userMessage');
	const last = turn.items.findLast((item) => item.type === 'agentMessage');
	return { ...turn, items: [first, last].filter((item) => item !== undefined), itemsView };
}

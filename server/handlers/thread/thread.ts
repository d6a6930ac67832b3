import path from 'node:path';
import type { ResponseItem } from '../../items/responseItem.ts';
import { fromWire } from '../../model/responses/responseItemWire.ts';
import { allTurns } from '../../projection/threadTurns.ts';
import { toTurn } from '../../projection/turnViews.ts';
import { toCollaborationMode, toWireSettings, toWireStatus, toWireThread } from '../../projection/wireThread.ts';
import type { ParsedParamsOf } from '../../protocol/methods.ts';
import { invalidRequest } from '../../protocol/wire/rpcError.ts';
import type { DynamicToolSpec as WireToolSpec } from '../../protocol/integrations/dynamicTool.ts';
import type { Clients } from '../../session/clients.ts';
import { profileWarnings } from '../../config/values/permissionProfiles.ts';
import { legacyPolicyOf } from '../../sandbox/policy/permissionProfile.ts';
import { type Handlers, refusal, type RequestContext, RpcFailure } from '../../session/handler.ts';
import type { ThreadSubscriptions } from '../../session/threadSubscriptions.ts';
import { type DynamicToolSpec, namespaced } from '../../store/dynamicToolSpec.ts';
import type { StoredThread } from '../../store/threadStore.ts';
import type { Thread } from '../../thread/thread.ts';
import type { ThreadSettings } from '../../items/threadSettings.ts';
import { NotUnderstoodError, type Threads } from '../../thread/threads.ts';
import { refusedDynamicTools } from '../../tools/checkDynamicTools.ts';
import { checkThreadId, storedThread } from './threadLookup.ts';
import {
	checkSandboxChoice,
	allowedSettings,
	askedSettings,
	environmentOf,
	forClient,
	joinedSettings,
	recordedSettings,
	sourceFor,
	type SettingsParams,
	type SettingsSource,
	settingsFor,
	trust,
} from './resolveSettings.ts';
import type { KeptTexts } from '../../projection/keptTexts.ts';
import type { Session } from '../../session/session.ts';
import { WithTurns } from '../../session/withTurns.ts';
import { firstTurnsPage, newestCursors, turnsPage } from './turnsPage.ts';
import { turnSource, turnTexts } from './turnSource.ts';
import { whenReady } from '../whenReady.ts';
import { warning } from '../../projection/warnings.ts';
import { l10n, textOf } from '../../words/l10n.ts';

export interface ThreadServices extends SettingsSource {
	readonly threads: Threads;
	readonly clients: Clients;
	readonly subscriptions: ThreadSubscriptions;
	readonly texts: KeptTexts;
	instructionSources(settings: ThreadSettings): Promise<readonly string[]>;
	/** Resolves when everything is there without which the thread must not run; rejects with an `Error` that names what is missing. */
	ready(threadId: string): Promise<void>;
	/** Whoever wanted the thread has their answer: now begins what nobody waits for. */
	answered(threadId: string): void;
	/** Frees a thread of a server on another computer. Throws when that one is known to live. */
	takeOver(threadId: string): void;
}

interface Resumed {
	readonly found: StoredThread;
	readonly params: Partial<SettingsParams>;
	readonly context: RequestContext;
}

/** Threads come to life and are followed. */
export function threadHandlers(services: ThreadServices): Handlers {
	const { threads, store, subscriptions } = services;

	const answer = async (thread: Thread) => {
		const instructionSources = await services.instructionSources(thread.settings);
		return { thread: toWireThread(thread), ...toWireSettings(thread.settings, instructionSources) };
	};

	const answerResumed = async (thread: Thread, session: Session, { excludeTurns, initialTurnsPage: asked }: ParsedParamsOf<'thread/resume'>) => {
		const turnsOf = turnSource(services, thread);
		const instructionSources = await services.instructionSources(thread.settings);
		const cursors = await newestCursors(turnsOf, thread.meta);
		// Nothing may be awaited between the turns and the answer: what happens then is told after it, and has to be all that is not in it.
		const both = asked && !excludeTurns ? await allTurns(turnsOf) : null;
		const turns = both?.map((turn) => toTurn(turn, 'full')) ?? [];
		const texts = both || excludeTurns ? null : await turnTexts(turnsOf, session, services.texts);
		const initialTurnsPage = asked && (both ? firstTurnsPage(both, asked) : await turnsPage(turnsOf, asked));
		const result = {
			thread: toWireThread(thread, turns),
			...toWireSettings(thread.settings, instructionSources),
			collaborationMode: toCollaborationMode(thread.settings),
			...cursors,
			initialTurnsPage: initialTurnsPage ?? null,
		};
		return texts ? new WithTurns(result, texts) : result;
	};

	const resume = (source: SettingsSource, { found, params, context }: Resumed): Promise<Thread> =>
		threads
			.resume(found, {
				settingsOf: (lines) => recordedSettings(source, { found, lines }, params),
				originator: context.session.client?.name ?? 'tiller',
			})
			.catch((error: unknown) => {
				throw error instanceof NotUnderstoodError ? refusal(textOf(error)) : error;
			})
			.then((thread) => whenReady(services, thread, context));

	/** A thread that another program kept: only what its model saw is known, and it becomes a new thread here. */
	const resumeHistory = async (source: SettingsSource, { params, context }: { params: ParsedParamsOf<'thread/resume'>; context: RequestContext }) => {
		const history: readonly unknown[] = params.history ?? [];
		if (threads.get(params.threadId))
			throw new RpcFailure(invalidRequest(`cannot resume thread ${params.threadId} with history while it is already running`));
		if (history.length === 0) throw new RpcFailure(invalidRequest('history must not be empty'));
		const items = history.map(fromWire).filter((item) => item !== null);
		const thread = threads.start({
			settings: settingsFor(source, params, params.cwd ? path.resolve(services.cwd, params.cwd) : services.cwd),
			ephemeral: false,
			threadSource: null,
			originator: context.session.client?.name ?? 'tiller',
			source: 'vscode',
			dynamicTools: [],
			preview: firstUserText(items),
		});
		await whenReady(services, thread, context);
		thread.inject(items);
		subscriptions.subscribe(thread, context.session);
		context.afterReply(() => thread.warm());
		return answer(thread);
	};

	return {
		'thread/start': async (params, context) => {
			if (params.experimentalRawEvents) throw new RpcFailure(invalidRequest('experimentalRawEvents is not supported: raw items are not sent'));
			const source = await sourceFor(forClient(services, context.session), params.cwd);
			const environment = environmentOf(params.environments);
			const asked = askedSettings(source, params, params.cwd ? path.resolve(services.cwd, params.cwd) : services.cwd);
			const { settings: own, fallbacks } = allowedSettings(source, asked);
			const settings = environment === null ? own : { ...own, environment };
			// What the person wants of the folder counts, also where an administrator allows less.
			if (params.cwd && legacyPolicyOf(asked.sandbox).type !== 'readOnly') trust(services, settings.cwd);
			const thread = threads.start({
				settings,
				ephemeral: params.ephemeral ?? false,
				start: params.sessionStartSource ?? 'startup',
				threadSource: params.threadSource ?? null,
				paged: params.historyMode === 'paginated',
				originator: context.session.client?.name ?? 'tiller',
				source: context.session.connection.transport === 'inProcess' ? 'exec' : 'vscode',
				dynamicTools: dynamicToolsOf(params.dynamicTools ?? []),
			});
			await whenReady(services, thread, context);
			subscriptions.subscribe(thread, context.session);
			const result = await answer(thread);
			context.afterReply(() => {
				thread.warm();
				subscriptions.broadcast({ method: 'thread/started', params: { thread: result.thread } });
				for (const message of [...fallbacks, ...profileWarnings(settings.sandbox)]) subscriptions.broadcast(warning(thread.id, message));
				if (settings.approvalPolicy === 'on-failure') {
					subscriptions.broadcast(
						warning(thread.id, l10n`The approval policy on-failure is deprecated. Use on-request for work with a person, or never.`),
					);
				}
			});
			return result;
		},

		'thread/resume': async (params, context) => {
			const source = await sourceFor(forClient(services, context.session), params.cwd);
			checkSandboxChoice(params);
			if (params.history) return resumeHistory(source, { params, context });
			const found = params.path ? await store.findByPath(params.path) : null;
			if (params.path && !found) throw new RpcFailure(invalidRequest(`no rollout found at ${params.path}`));
			if (params.takeOver) services.takeOver(found?.meta.id ?? params.threadId);
			const loaded = threads.get(found?.meta.id ?? checkThreadId(params.threadId));
			const thread = loaded?.materialized
				? loaded
				: await resume(source, { found: found ?? (await storedThread(store, params.threadId)), params, context });
			if (thread === loaded) thread.changeSettings(joinedSettings(forClient(services, context.session), params, thread.settings));
			subscriptions.subscribe(thread, context.session);
			context.afterReply(() => {
				if (!loaded)
					subscriptions.broadcast({ method: 'thread/status/changed', params: { threadId: thread.id, status: toWireStatus(thread.status) } });
				subscriptions.catchUp(thread.id, context.session);
				thread.warm();
			});
			return answerResumed(thread, context.session, params);
		},

		'thread/unsubscribe': (params, context) => {
			const id = checkThreadId(params.threadId);
			if (!threads.get(id)) return { status: 'notLoaded' };
			return { status: services.clients.unsubscribe(id, context.session) ? 'unsubscribed' : 'notSubscribed' };
		},
	};
}

type NamedTool = Omit<WireToolSpec, 'type' | 'tools' | 'inputSchema'> & { readonly inputSchema: DynamicToolSpec['inputSchema'] };

function toolSpec({ namespace, name, description, inputSchema, deferLoading }: NamedTool, namespaceDescription?: string): DynamicToolSpec {
	const place = typeof namespace === 'string' ? namespaced(namespace, namespaceDescription) : {};
	return { ...place, name, description, inputSchema, deferLoading: deferLoading ?? false };
}

function dynamicToolsOf(given: readonly WireToolSpec[]): readonly DynamicToolSpec[] {
	const namespaces = new Set<string>();
	const tools = given.flatMap(({ type, namespace, tools: members = [], name, inputSchema, ...tool }, index) => {
		if (type === 'namespace') {
			if (members === null || members.length === 0) throw new RpcFailure(invalidRequest(`the dynamic tool namespace has no tool: ${name}`));
			if (namespaces.has(name)) throw new RpcFailure(invalidRequest(`there are two dynamic tool namespaces of one name: ${name}`));
			namespaces.add(name);
			return members.map((each) => toolSpec({ ...each, namespace: name }, tool.description));
		}
		if (inputSchema === undefined)
			throw new RpcFailure(invalidRequest(`Invalid request: missing field \`inputSchema\` in \`dynamicTools[${index}]\``));
		return [toolSpec({ ...tool, namespace, name, inputSchema })];
	});
	const problem = refusedDynamicTools(tools);
	if (problem !== null) throw new RpcFailure(invalidRequest(problem));
	return tools;
}

function firstUserText(items: readonly ResponseItem[]): string {
	const first = items.find((item) => item.type === 'message' && item.role === 'user');
	return first?.type === 'message' ? first.content.map((part) => ('text' in part ? part.text : '')).join('') : '';
}

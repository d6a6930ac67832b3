import { agentNote } from '../instructions/agentNote.ts';
import { recordedInstructions, type RolloutLine } from '../store/rollout/rolloutLine.ts';
import { spawnedAgent, type SubAgent } from '../store/sessionSource.ts';
import type { ThreadStore } from '../store/threadStore.ts';
import { AgentError, type Agents, isOver, type SpawnRequest, type SpawnedThread } from './agents.ts';
import { agentInstructions, agentRoles } from './agentRoles.ts';
import type { TurnEvent } from '../items/events.ts';
import { InputError, type TurnInput } from '../items/input.ts';
import type { AgentState } from '../items/item.ts';
import { inBackground } from '../telemetry/inBackground.ts';
import type { Logger } from '../telemetry/logger.ts';
import { agentName } from './agentNames.ts';
import { NotSteerableError } from '../thread/messages.ts';
import type { Thread } from '../thread/thread.ts';
import type { Observer } from '../thread/threadObserver.ts';
import type { Threads } from '../thread/threads.ts';
import type { ThreadSettings } from '../items/threadSettings.ts';
import { inEnglish } from '../words/l10n.ts';

type Spawn = Extract<SubAgent, { kind: 'thread_spawn' }>;

export interface AgentLimits {
	/** Agents of one person's thread that may be open at once, those of its agents counted. */
	readonly maxThreads: number;
	/** How many generations there may be. */
	readonly maxDepth: number;
}

/** Hears what becomes of agents, for the clients. */
export interface AgentClients {
	/** Whoever follows the parent follows the agent too, and answers its questions. */
	agentOpened(agent: Thread, parentId: string): void;
	agentClosed(agentId: string): void;
}

export interface AgentThreadsOptions {
	readonly threads: Threads;
	readonly store: ThreadStore;
	readonly clients: AgentClients;
	readonly log: Logger;
	limits(threadId: string): AgentLimits;
	/** From 0 up to, but not including, the argument. */
	pick(count: number): number;
}

interface OpenAgent {
	readonly parentId: string;
	state: AgentState;
	/** Waits that want to hear when it has nothing more to do. */
	readonly waiting: Set<() => void>;
}

const PENDING: AgentState = { status: 'pendingInit', message: null };
const NOT_FOUND: AgentState = { status: 'notFound', message: null };

/** The agents that are loaded: threads that other threads started. */
export class AgentThreads implements Agents {
	readonly #options: AgentThreadsOptions;
	readonly #open = new Map<string, OpenAgent>();
	/** What a running turn's model is told between two of its steps: threads and notes. */
	readonly #notes = new Map<string, string[]>();
	#spawning = 0;

	constructor(options: AgentThreadsOptions) {
		this.#options = options;
	}

	/** Sees what happens in all threads. */
	get observer(): Observer {
		return {
			phase: 'afterwards',
			attach: (threadId) => ({ event: (event) => this.#saw(threadId, event) }),
			detach: (threadId) => this.#forget(threadId),
		};
	}

	mayStart(depth: number, threadId: string): boolean {
		return depth < this.#options.limits(threadId).maxDepth;
	}

	async spawn(request: SpawnRequest): Promise<SpawnedThread> {
		const parent = this.#thread(request.parentId);
		const role = agentRoles.find(({ name }) => name === (request.role ?? 'default'));
		if (!role) throw new AgentError(`unknown agent_type '${request.role}'; there are ${agentRoles.map(({ name }) => name).join(', ')}`);
		const depth = (spawnedAgent(parent.meta.source)?.depth ?? 0) + 1;
		if (!this.mayStart(depth - 1, parent.id)) throw new AgentError('agents at this depth cannot start others: do this part yourself');
		const { maxThreads } = this.#options.limits(parent.id);
		const family = this.#familyOf(request.parentId);
		if (family.length + this.#spawning >= maxThreads) {
			throw new AgentError(`${maxThreads} agents are open, which is the limit: close one with close_agent first`);
		}
		this.#spawning++;
		try {
			const nickname = agentName(new Set(family.map((id) => spawnedAgent(this.#thread(id).meta.source)?.nickname ?? '')), this.#options.pick);
			const subAgent: Spawn = {
				kind: 'thread_spawn',
				parentThreadId: parent.id,
				depth,
				path: null,
				nickname,
				role: role.name === 'default' ? null : role.name,
			};
			const settings = childSettings(parent.settings, { ...request, roleInstructions: role.instructions });
			const thread = await this.#create(parent, { subAgent, settings, forkContext: request.forkContext });
			this.#add(thread, parent.id);
			await this.#say(thread, request.input);
			return { id: thread.id, nickname, model: settings.model, effort: settings.effort };
		} finally {
			this.#spawning--;
		}
	}

	async send(senderId: string, agentId: string, { input, interrupt }: { input: readonly TurnInput[]; interrupt: boolean }): Promise<string> {
		const thread = this.#agent(senderId, agentId);
		if (interrupt) await thread.interrupt();
		return this.#say(thread, input);
	}

	async resume(senderId: string, agentId: string): Promise<AgentState> {
		if (this.#isBelow(agentId, senderId)) return this.state(senderId, agentId);
		const stored = isId(agentId) ? await this.#options.store.find(agentId) : null;
		const spawn = stored && spawnedAgent(stored.meta.source);
		// A model opens only what it started: other threads are their people's.
		if (!stored || spawn?.parentThreadId !== senderId) throw notFound(agentId);
		const parent = this.#thread(senderId);
		const role = agentRoles.find(({ name }) => name === spawn.role) ?? null;
		const settings = childSettings(parent.settings, { model: null, effort: null, roleInstructions: role?.instructions ?? null });
		const settingsOf = (lines: readonly RolloutLine[]) => ({ ...settings, baseInstructions: recordedInstructions(lines) });
		const thread = await this.#options.threads.resume(stored, { settingsOf, originator: parent.meta.originator });
		this.#add(thread, senderId);
		return PENDING;
	}

	async close(senderId: string, agentId: string): Promise<AgentState> {
		this.#agent(senderId, agentId);
		const before = this.state(senderId, agentId);
		await this.#unload(agentId);
		return before;
	}

	state(senderId: string, agentId: string): AgentState {
		return this.#isBelow(agentId, senderId) ? (this.#open.get(agentId)?.state ?? NOT_FOUND) : NOT_FOUND;
	}

	async wait(senderId: string, agentIds: readonly string[], { ms, signal }: { ms: number; signal: AbortSignal }): Promise<void> {
		if (signal.aborted || agentIds.some((id) => isOver(this.state(senderId, id)))) return;
		const agents = agentIds.flatMap((id) => this.#open.get(id) ?? []);
		const { promise, resolve } = Promise.withResolvers<void>();
		const timer = setTimeout(resolve, ms);
		signal.addEventListener('abort', () => resolve(), { once: true });
		for (const agent of agents) agent.waiting.add(resolve);
		await promise;
		clearTimeout(timer);
		for (const agent of agents) agent.waiting.delete(resolve);
	}

	async #create(parent: Thread, child: { subAgent: Spawn; settings: ThreadSettings; forkContext: boolean }): Promise<Thread> {
		const { settings } = child;
		const threads = this.#options.threads;
		const request = {
			settings,
			ephemeral: parent.ephemeral,
			threadSource: 'subagent',
			originator: parent.meta.originator,
			source: { subAgent: child.subAgent },
			dynamicTools: [],
		};
		if (!child.forkContext) return threads.start(request);
		const stored = await this.#options.store.find(parent.id);
		if (!stored) throw new AgentError('fork_context does not work in a thread that is not kept: describe the task instead');
		const fork = await threads.fork(stored, { ...request, end: { through: null } });
		// What the parent's model was told at its beginning is told already; only this is new.
		const text = settings.developerInstructions ?? agentInstructions;
		fork.inject([{ type: 'message', role: 'developer', content: [{ type: 'input_text', text }] }]);
		return fork;
	}

	#add(thread: Thread, parentId: string): void {
		this.#open.set(thread.id, { parentId, state: PENDING, waiting: new Set() });
		this.#options.clients.agentOpened(thread, parentId);
	}

	async #say(thread: Thread, input: readonly TurnInput[]): Promise<string> {
		try {
			const { turnId, begin } = await thread.messages.start(input, {
				overrides: {},
				outputSchema: null,
				environment: null,
				clientId: null,
			});
			begin();
			return turnId;
		} catch (error) {
			if (error instanceof InputError || error instanceof NotSteerableError) throw new AgentError(error.message);
			throw error;
		}
	}

	#saw(threadId: string, event: TurnEvent): void {
		if (event.type === 'turnStarted') this.#changed(threadId, { status: 'running', message: null });
		if (event.type === 'turnEnded') {
			this.#changed(threadId, stateOf(event));
			if (event.end.status === 'interrupted') this.#stopChildren(threadId);
		}
		// Behind the outputs of a step, never between a call and its output.
		const isOutput = event.type === 'history' && event.item.type.endsWith('_output');
		if ((isOutput || event.type === 'turnEnded') && this.#notes.has(threadId)) queueMicrotask(() => this.#tell(threadId));
	}

	#changed(agentId: string, state: AgentState): void {
		const agent = this.#open.get(agentId);
		if (!agent) return;
		agent.state = state;
		if (!isOver(state)) return;
		const isAwaited = agent.waiting.size > 0;
		for (const wake of agent.waiting) wake();
		if (isAwaited) return;
		const parent = this.#options.threads.get(agent.parentId);
		if (!parent) return;
		this.#notes.set(parent.id, [...(this.#notes.get(parent.id) ?? []), agentNote(agentId, state)]);
		if (parent.activeTurnId === null) this.#tell(parent.id);
	}

	#tell(threadId: string): void {
		const notes = this.#notes.get(threadId) ?? [];
		this.#notes.delete(threadId);
		const thread = this.#options.threads.get(threadId);
		thread?.inject(notes.map((text) => ({ type: 'message', role: 'user', content: [{ type: 'input_text', text }] })));
	}

	#stopChildren(threadId: string): void {
		const stopped = this.#childrenOf(threadId).map(async (id) => this.#options.threads.get(id)?.interrupt());
		inBackground(this.#options.log, 'the interrupt of agents', Promise.all(stopped));
	}

	/** Unloads an agent and those below it. */
	async #unload(agentId: string): Promise<void> {
		await Promise.all(this.#childrenOf(agentId).map((id) => this.#unload(id)));
		await this.#options.threads.unload(agentId);
		this.#options.clients.agentClosed(agentId);
	}

	/** A thread is no longer loaded: nobody can work with its agents. */
	#forget(threadId: string): void {
		const agent = this.#open.get(threadId);
		this.#open.delete(threadId);
		this.#notes.delete(threadId);
		for (const wake of agent?.waiting ?? []) wake();
		const unloaded = this.#childrenOf(threadId).map((id) => this.#unload(id));
		inBackground(this.#options.log, 'the end of agents', Promise.all(unloaded));
	}

	#childrenOf(threadId: string): readonly string[] {
		return [...this.#open].flatMap(([id, agent]) => (agent.parentId === threadId ? [id] : []));
	}

	#isBelow(agentId: string, threadId: string): boolean {
		for (let agent = this.#open.get(agentId); agent; agent = this.#open.get(agent.parentId)) if (agent.parentId === threadId) return true;
		return false;
	}

	/** All open agents below the person's thread that this one belongs to. */
	#familyOf(threadId: string): readonly string[] {
		let root = threadId;
		for (let agent = this.#open.get(root); agent; agent = this.#open.get(root)) root = agent.parentId;
		return [...this.#open.keys()].filter((id) => this.#isBelow(id, root));
	}

	#agent(senderId: string, agentId: string): Thread {
		if (!this.#isBelow(agentId, senderId)) throw notFound(agentId);
		return this.#thread(agentId);
	}

	#thread(id: string): Thread {
		const thread = this.#options.threads.get(id);
		if (!thread) throw notFound(id);
		return thread;
	}
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const isId = (id: string) => UUID.test(id);

function notFound(id: string): AgentError {
	return new AgentError(isId(id) ? `agent with id ${id} not found: it was closed, or is not one of yours` : `\`${id}\` is no agent id`);
}

function stateOf({ end, lastMessage }: Extract<TurnEvent, { type: 'turnEnded' }>): AgentState {
	switch (end.status) {
		case 'completed':
			return { status: 'completed', message: lastMessage };
		case 'interrupted':
			return { status: 'interrupted', message: null };
		case 'failed':
			return { status: 'errored', message: inEnglish(end.error.message) };
		default:
			return end satisfies never;
	}
}

/** An agent works where and as its parent does, on its own task. */
function childSettings(
	parent: ThreadSettings,
	{ model, effort, roleInstructions }: Pick<SpawnRequest, 'model' | 'effort'> & { roleInstructions: string | null },
): ThreadSettings {
	const developerInstructions = [parent.developerInstructions, agentInstructions, roleInstructions].filter((text) => text !== null).join('\n\n');
	return {
		...parent,
		...(model === null ? {} : { model, effort: null }),
		...(effort === null ? {} : { effort }),
		developerInstructions,
		mode: null,
	};
}

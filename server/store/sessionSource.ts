/** Why an agent started another thread. `thread_spawn`: as an agent of its own that works on a task. */
export type SubAgent =
	| { readonly kind: 'review' | 'compact' | 'memory_consolidation' }
	| { readonly kind: 'other'; readonly name: string }
	| {
			readonly kind: 'thread_spawn';
			readonly parentThreadId: string;
			/** 1 for an agent that a person's thread started. */
			readonly depth: number;
			readonly path: string | null;
			readonly nickname: string | null;
			readonly role: string | null;
	  };

/** What a thread was started by: the name of a program (`vscode`, `cli`, ...), or another thread. */
export type SessionSource = string | { readonly subAgent: SubAgent };

type Payload = Readonly<Record<string, unknown>>;
const isPayload = (value: unknown): value is Payload => typeof value === 'object' && value !== null && !Array.isArray(value);
const text = (value: unknown) => (typeof value === 'string' ? value : null);

/** The agent that was spawned as this thread; null for every other thread. */
export function spawnedAgent(source: SessionSource): Extract<SubAgent, { kind: 'thread_spawn' }> | null {
	return typeof source !== 'string' && source.subAgent.kind === 'thread_spawn' ? source.subAgent : null;
}

const SUB_AGENT_KINDS = {
	review: 'subAgentReview',
	compact: 'subAgentCompact',
	thread_spawn: 'subAgentThreadSpawn',
	memory_consolidation: 'subAgentOther',
	other: 'subAgentOther',
} as const;

/** The names by which a listing can ask for threads of this source, the most exact one first. */
export function sourceKinds(source: SessionSource): readonly string[] {
	if (typeof source === 'string') return [source === 'app-server' ? 'appServer' : source];
	return [SUB_AGENT_KINDS[source.subAgent.kind], 'subAgent'];
}

/** As a rollout spells it. */
export function sourceRecord(source: SessionSource): unknown {
	if (typeof source === 'string') return source;
	const { subAgent } = source;
	switch (subAgent.kind) {
		case 'thread_spawn': {
			const { parentThreadId, depth, path, nickname, role } = subAgent;
			return {
				subagent: { thread_spawn: { parent_thread_id: parentThreadId, depth, agent_path: path, agent_nickname: nickname, agent_role: role } },
			};
		}
		case 'other':
			return { subagent: { other: subAgent.name } };
		default:
			return { subagent: subAgent.kind };
	}
}

/** `unknown` for what cannot be read. */
export function sourceFromRecord(value: unknown): SessionSource {
	if (typeof value === 'string') return value;
	if (!isPayload(value)) return 'unknown';
	if (typeof value.custom === 'string') return value.custom;
	const { subagent } = value;
	if (subagent === 'review' || subagent === 'compact' || subagent === 'memory_consolidation') return { subAgent: { kind: subagent } };
	if (!isPayload(subagent)) return 'unknown';
	const spawn = subagent.thread_spawn;
	if (isPayload(spawn) && typeof spawn.parent_thread_id === 'string') {
		return {
			subAgent: {
				kind: 'thread_spawn',
				parentThreadId: spawn.parent_thread_id,
				depth: typeof spawn.depth === 'number' ? spawn.depth : 1,
				path: text(spawn.agent_path),
				nickname: text(spawn.agent_nickname),
				role: text(spawn.agent_role),
			},
		};
	}
	return { subAgent: { kind: 'other', name: text(subagent.other) ?? 'unknown' } };
}

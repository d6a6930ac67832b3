import type { SandboxPolicy as WireSandboxPolicy } from '../protocol/approval/permission.ts';
import type { Thread as WireThread, ThreadEnvironment, ThreadStartResponse } from '../protocol/thread/thread.ts';
import type { ThreadStatus as WireStatus } from '../protocol/thread/threadStatus.ts';
import type { SessionSource, SubAgentSource } from '../protocol/threadSource.ts';
import type { ThreadSettings as WireThreadSettings } from '../protocol/thread/settingsUpdate.ts';
import type { CollaborationMode, Turn } from '../protocol/thread/turn.ts';
import { legacyPolicyOf, profileOfPolicy } from '../sandbox/policy/permissionProfile.ts';
import type { SandboxPolicy } from '../sandbox/policy/policy.ts';
import type { SessionMeta } from '../store/rollout/rolloutLine.ts';
import { spawnedAgent, type SessionSource as StoredSource, type SubAgent } from '../store/sessionSource.ts';
import type { StoredThread } from '../store/threadStore.ts';
import type { Thread } from '../thread/thread.ts';
import type { ThreadStatus } from '../thread/threadPorts.ts';
import type { ThreadSettings } from '../items/threadSettings.ts';
import { absolutePath } from './wireItem.ts';
import { toWireProfile } from './wireProfile.ts';

export function toWireStatus(status: ThreadStatus): WireStatus {
	if (status.type !== 'active') return status;
	return {
		type: 'active',
		activeFlags: [
			...(status.waitingOnApproval ? ['waitingOnApproval' as const] : []),
			...(status.waitingOnUserInput ? ['waitingOnUserInput' as const] : []),
		],
	};
}

const seconds = (ms: number) => Math.floor(ms / 1000);

/** What differs between a loaded and a stored thread. Times are Unix milliseconds. */
interface ThreadFacts {
	readonly meta: SessionMeta;
	readonly preview: string;
	readonly ephemeral: boolean;
	readonly createdAt: number;
	readonly updatedAt: number;
	readonly path: string | null;
	readonly name: string | null;
	/** Why it cannot be read whole; null or left out when it can. */
	readonly missing?: string | null;
}

function toThread(facts: ThreadFacts, { loaded, turns }: { readonly loaded: Thread | null; readonly turns: readonly Turn[] }): WireThread {
	const { meta } = facts;
	const agent = spawnedAgent(meta.source);
	return {
		id: meta.id,
		sessionId: meta.id,
		forkedFromId: meta.forkedFromId,
		preview: facts.preview,
		ephemeral: facts.ephemeral,
		// A loaded thread may have another one by now than it began with.
		modelProvider: loaded?.settings.provider ?? meta.modelProvider,
		createdAt: seconds(facts.createdAt),
		updatedAt: seconds(facts.updatedAt),
		recencyAt: seconds(facts.updatedAt),
		status: loaded ? toWireStatus(loaded.status) : { type: 'notLoaded' },
		path: facts.path,
		cwd: absolutePath(meta.cwd),
		cliVersion: meta.cliVersion,
		source: toSource(meta.source),
		threadSource: meta.threadSource,
		agentNickname: agent?.nickname ?? null,
		agentRole: agent?.role ?? null,
		gitInfo: meta.git,
		name: facts.name,
		environments: loaded && environmentsOf(loaded.settings),
		parentThreadId: agent?.parentThreadId ?? null,
		model: loaded?.settings.model ?? null,
		reasoningEffort: loaded?.settings.effort ?? null,
		originator: meta.originator === '' ? null : meta.originator,
		canAcceptDirectInput: loaded && true,
		historyMode: meta.historyMode === 'paginated' ? 'paginated' : 'legacy',
		...{ attachedToThreadId: null, section: null, sectionEnteredAt: null, projectId: null, daybreakEnabled: null, extra: null },
		...(facts.missing == null ? {} : { incomplete: facts.missing }),
		turns: [...turns],
	};
}

/** A loaded thread; `turns` only where the answer carries them. */
export function toWireThread(thread: Thread, turns: readonly Turn[] = []): WireThread {
	return toThread(thread, { loaded: thread, turns });
}

/** A stored thread, with the status of its loaded twin where there is one. */
export function storedToWireThread(stored: StoredThread, { loaded, turns = [] }: { loaded: Thread | null; turns?: readonly Turn[] }): WireThread {
	return toThread({ ...stored, ephemeral: false }, { loaded, turns });
}

function environmentsOf(settings: ThreadSettings): ThreadEnvironment[] {
	const { cwd, environment } = settings;
	if (environment.type === 'none') return [];
	const folder = environment.type === 'folder' ? environment.cwd : cwd;
	return [{ environmentId: 'local', cwd: folder, runtimeWorkspaceRoots: rootsOf(settings) }];
}

function rootsOf({ workspaceRoots, cwd }: ThreadSettings): string[] {
	return [...(workspaceRoots ?? [cwd])];
}

function toSource(source: StoredSource): SessionSource {
	if (typeof source !== 'string') return { subAgent: toSubAgent(source.subAgent) };
	switch (source) {
		case 'cli':
		case 'vscode':
		case 'exec':
		case 'unknown':
			return source;
		case 'appServer':
		case 'app-server':
			return 'appServer';
		default:
			return { custom: source };
	}
}

function toSubAgent(agent: SubAgent): SubAgentSource {
	switch (agent.kind) {
		case 'thread_spawn':
			return {
				thread_spawn: {
					parent_thread_id: agent.parentThreadId,
					depth: agent.depth,
					agent_path: agent.path,
					agent_nickname: agent.nickname,
					agent_role: agent.role,
				},
			};
		case 'other':
			return { other: agent.name };
		default:
			return agent.kind;
	}
}

/** What `thread/start` and its kin answer besides the thread. */
export function toWireSettings(settings: ThreadSettings, instructionSources: readonly string[]): Omit<ThreadStartResponse, 'thread'> {
	return {
		multiAgentMode: 'explicitRequestOnly',
		runtimeWorkspaceRoots: rootsOf(settings),
		disabledPluginIds: [],
		model: settings.model,
		modelProvider: settings.provider,
		serviceTier: settings.serviceTier,
		cwd: settings.cwd,
		instructionSources: [...instructionSources],
		approvalPolicy: settings.approvalPolicy,
		approvalsReviewer: settings.approvalsReviewer,
		sandbox: toWireSandbox(settings.sandbox),
		permissionProfile: toWireProfile(profileOfPolicy(settings.sandbox), settings.cwd),
		activePermissionProfile: toActiveProfile(settings.activeProfile),
		reasoningEffort: settings.effort,
	};
}

/** The mode of the next turn. */
export function toCollaborationMode({ model, effort, mode }: ThreadSettings): CollaborationMode {
	return {
		mode: mode?.kind ?? 'default',
		settings: { model, reasoning_effort: effort, developer_instructions: mode?.instructions ?? null },
	};
}

/** The settings of the turns from the next one on. */
export function toThreadSettings(settings: ThreadSettings): WireThreadSettings {
	const { model, provider, effort } = settings;
	return {
		cwd: settings.cwd,
		approvalPolicy: settings.approvalPolicy,
		approvalsReviewer: settings.approvalsReviewer,
		sandboxPolicy: toWireSandbox(settings.sandbox),
		activePermissionProfile: toActiveProfile(settings.activeProfile),
		model,
		modelProvider: provider,
		serviceTier: settings.serviceTier,
		effort,
		summary: settings.summary,
		disabledPluginIds: [],
		environments: environmentsOf(settings),
		collaborationMode: toCollaborationMode(settings),
		multiAgentMode: 'explicitRequestOnly',
		personality: settings.personality,
	};
}

function toActiveProfile(active: ThreadSettings['activeProfile']): ThreadStartResponse['activePermissionProfile'] {
	if (active === null) return null;
	const modifications = active.additionalWritableRoots.map((root) => ({ type: 'additionalWritableRoot' as const, path: root }));
	return { id: active.id, extends: null, modifications };
}

function toWireSandbox(policy: SandboxPolicy): WireSandboxPolicy {
	const legacy = legacyPolicyOf(policy);
	return legacy.type === 'workspaceWrite' ? { ...legacy, writableRoots: [...legacy.writableRoots] } : legacy;
}

export function fromWireSandbox(policy: WireSandboxPolicy): SandboxPolicy {
	return policy;
}

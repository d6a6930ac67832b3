import type { PermissionProfile as WireProfile, SandboxPolicy as WireSandboxPolicy } from '../protocol/permission.ts';
import type { SessionSource, Thread as WireThread, ThreadSource, ThreadStartResponse, ThreadStatus as WireStatus } from '../protocol/thread.ts';
import type { Turn } from '../protocol/turn.ts';
import { ThreadSource as ThreadSourceSchema } from '../protocol/thread.ts';
import { type PermissionProfile, profileOfPolicy } from '../sandbox/permissionProfile.ts';
import type { SandboxPolicy } from '../sandbox/policy.ts';
import type { SessionMeta } from '../store/rolloutLine.ts';
import type { StoredThread } from '../store/threadStore.ts';
import type { Thread, ThreadStatus } from '../thread/thread.ts';
import type { ThreadSettings } from '../thread/threadSettings.ts';

export function toWireStatus(status: ThreadStatus): WireStatus {
	if (status.type !== 'active') return status;
	return { type: 'active', activeFlags: status.waitingOnApproval ? ['waitingOnApproval'] : [] };
}

const seconds = (ms: number) => Math.floor(ms / 1000);

function fromMeta(meta: SessionMeta) {
	return {
		id: meta.id,
		sessionId: meta.id,
		forkedFromId: meta.forkedFromId,
		modelProvider: meta.modelProvider,
		cwd: meta.cwd,
		cliVersion: meta.cliVersion,
		source: toSource(meta.source),
		threadSource: toThreadSource(meta.threadSource),
		agentNickname: null,
		agentRole: null,
		gitInfo: meta.git,
	};
}

/** A loaded thread; `turns` only where the answer carries them. */
export function toWireThread(thread: Thread, turns: readonly Turn[] = []): WireThread {
	return {
		...fromMeta(thread.meta),
		preview: thread.preview,
		ephemeral: thread.ephemeral,
		createdAt: seconds(thread.createdAt),
		updatedAt: seconds(thread.updatedAt),
		status: toWireStatus(thread.status),
		path: thread.path,
		name: thread.name,
		turns: [...turns],
	};
}

/** A stored thread, with the status of its loaded twin where there is one. */
export function storedToWireThread(stored: StoredThread, options: { loaded: Thread | null; turns?: readonly Turn[] }): WireThread {
	return {
		...fromMeta(stored.meta),
		preview: stored.preview,
		ephemeral: false,
		createdAt: seconds(stored.createdAt),
		updatedAt: seconds(stored.updatedAt),
		status: options.loaded ? toWireStatus(options.loaded.status) : { type: 'notLoaded' },
		path: stored.path,
		name: stored.name,
		turns: [...(options.turns ?? [])],
	};
}

function toSource(source: string): SessionSource {
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

function toThreadSource(source: string | null): ThreadSource | null {
	const parsed = ThreadSourceSchema.safeParse(source);
	return parsed.success ? parsed.data : null;
}

/** What `thread/start` and its kin answer besides the thread. */
export function toWireSettings(settings: ThreadSettings, instructionSources: readonly string[]): Omit<ThreadStartResponse, 'thread'> {
	return {
		model: settings.model,
		modelProvider: settings.provider,
		serviceTier: settings.serviceTier,
		cwd: settings.cwd,
		instructionSources: [...instructionSources],
		approvalPolicy: settings.approvalPolicy,
		approvalsReviewer: settings.approvalsReviewer,
		sandbox: toWireSandbox(settings.sandbox),
		permissionProfile: toWireProfile(profileOfPolicy(settings.sandbox)),
		activePermissionProfile: null,
		reasoningEffort: settings.effort,
	};
}

export function toWireSandbox(policy: SandboxPolicy): WireSandboxPolicy {
	return policy.type === 'workspaceWrite' ? { ...policy, writableRoots: [...policy.writableRoots] } : policy;
}

export function fromWireSandbox(policy: WireSandboxPolicy): SandboxPolicy {
	return policy;
}

function toWireProfile(profile: PermissionProfile): WireProfile {
	return profile as unknown as WireProfile;
}

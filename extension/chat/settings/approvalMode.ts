import type { ParamsOf } from '../../../server/protocol/methods.ts';
import type { ReasoningEffort } from '../../../server/protocol/account/model.ts';
import type { AskForApproval, SandboxMode, SandboxPolicy } from '../../../server/protocol/approval/permission.ts';
import type { ModeKind } from '../../../server/protocol/thread/turn.ts';
import type { ApprovalMode } from '../../../webview/channel/requests/settingsRequests.ts';
import type { PageSettings } from '../../../webview/channel/pageState.ts';

export interface ModePolicies {
	readonly approvalPolicy: AskForApproval;
	/** For a new thread; the server adds what the configuration says about the mode. */
	readonly sandbox: SandboxMode;
	/** For a thread that runs already. */
	readonly sandboxPolicy: SandboxPolicy;
}

/** What a mode means. Null for `custom`: as the server's configuration says. */
export function policiesOf(mode: ApprovalMode): ModePolicies | null {
	switch (mode) {
		case 'readOnly':
			return { approvalPolicy: 'on-request', sandbox: 'read-only', sandboxPolicy: { type: 'readOnly', networkAccess: false } };
		case 'auto':
			return {
				approvalPolicy: 'on-request',
				sandbox: 'workspace-write',
				sandboxPolicy: { type: 'workspaceWrite', writableRoots: [], networkAccess: false, excludeTmpdirEnvVar: false, excludeSlashTmp: false },
			};
		case 'fullAccess':
			return { approvalPolicy: 'never', sandbox: 'danger-full-access', sandboxPolicy: { type: 'dangerFullAccess' } };
		case 'custom':
			return null;
	}
}

/** A policy under which these folders may be written too. Null when it says so already, or is not one of folders. */
export function widenedBy(sandbox: SandboxPolicy, roots: readonly string[]): SandboxPolicy | null {
	if (sandbox.type !== 'workspaceWrite') return null;
	const known = sandbox.writableRoots ?? [];
	const missing = roots.filter((root) => !known.includes(root));
	return missing.length === 0 ? null : { ...sandbox, writableRoots: [...known, ...missing] };
}

/** The mode that a thread's policies amount to. */
export function modeOf(approvalPolicy: AskForApproval, sandbox: SandboxPolicy): ApprovalMode {
	if (approvalPolicy === 'on-request' && sandbox.type === 'readOnly') return 'readOnly';
	if (approvalPolicy === 'on-request' && sandbox.type === 'workspaceWrite') return 'auto';
	if (approvalPolicy === 'never' && sandbox.type === 'dangerFullAccess') return 'fullAccess';
	return 'custom';
}

const efforts: readonly ReasoningEffort[] = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh'];

/** An effort that the protocol knows; null lets the server decide. */
export function effortOf(name: string | null): ReasoningEffort | null {
	return efforts.find((effort) => effort === name) ?? null;
}

/** A mode carries the model and its effort along. Plan mode is said with each turn: a server that was started anew may have forgotten it. */
export function modeParams(picked: ModeKind | undefined, { mode, model, effort }: PageSettings): Pick<ParamsOf<'turn/start'>, 'collaborationMode'> {
	if (picked === undefined && mode !== 'plan') return {};
	const settings = { model, reasoning_effort: effortOf(effort), developer_instructions: null };
	return { collaborationMode: { mode: picked ?? 'plan', settings } };
}

import { readApprovalPolicy } from '../approval/mayAsk.ts';
import { readMode } from '../items/modes.ts';
import { PERMISSIONS_TAG } from '../instructions/permissionsInstructions.ts';
import type { Personality, ApprovalPolicy, TurnSettings } from '../items/settings.ts';
import type { ReasoningEffort } from '../items/modelInfo.ts';
import type { RolloutEntry, RolloutLine } from '../store/rollout/rolloutLine.ts';
import { legacyPolicyOf } from '../sandbox/policy/permissionProfile.ts';
import type { LegacyPolicy, SandboxPolicy } from '../sandbox/policy/policy.ts';
import type { ChosenMode } from '../items/threadSettings.ts';
import { effortOf } from './toolItemRecords.ts';

/** The settings of a turn that the model has been told of. A resume goes on with its model and folder; what may run is the configuration's. */
export interface TurnContext {
	readonly model: string;
	/** Null: not recorded; then it is the one that the thread began with. */
	readonly provider: string | null;
	/** Null: not recorded. */
	readonly effort: ReasoningEffort | null;
	readonly cwd: string;
	readonly approvalPolicy: ApprovalPolicy;
	readonly sandbox: SandboxPolicy;
	readonly mode: ChosenMode | null;
	/** The words about the mode that the model has; null when there were none. */
	readonly modeInstructions: string | null;
	readonly personality: Personality | null;
}

export function turnContextOf(settings: TurnSettings): TurnContext {
	const { cwd, effort, provider, approvalPolicy, sandbox, modeInstructions, personality } = settings;
	const mode = modeInstructions === null ? null : { kind: settings.mode, instructions: modeInstructions };
	return { model: settings.model.slug, provider, effort, cwd, approvalPolicy, sandbox, mode, modeInstructions, personality };
}

export function turnContextEntry(turnId: string, settings: TurnSettings): RolloutEntry {
	return {
		type: 'turn_context',
		payload: {
			turn_id: turnId,
			cwd: settings.cwd,
			approval_policy: settings.approvalPolicy,
			sandbox_policy: sandboxRecord(legacyPolicyOf(settings.sandbox)),
			model: settings.model.slug,
			// Other programs know the one of the thread only, and pass over this.
			model_provider: settings.provider,
			...(settings.personality === null ? {} : { personality: settings.personality }),
			collaboration_mode: {
				mode: settings.mode,
				settings: { model: settings.model.slug, reasoning_effort: settings.effort, developer_instructions: settings.modeInstructions ?? '' },
			},
			...(settings.effort === null ? {} : { effort: settings.effort }),
			summary: settings.summary ?? 'none',
		},
	};
}

/** The context of the last turn of a rollout; null when there is none that can be read. */
export function lastTurnContext(lines: readonly RolloutLine[]): TurnContext | null {
	const payload = lines.findLast((line) => line.type === 'turn_context')?.payload;
	if (typeof payload?.model !== 'string' || typeof payload.cwd !== 'string') return null;
	const mode = modeFromRecord(payload.collaboration_mode);
	return {
		model: payload.model,
		provider: typeof payload.model_provider === 'string' ? payload.model_provider : null,
		// Newer programs write it with the mode only.
		effort: effortOf(payload.effort) ?? effortOf(recordOf(recordOf(payload.collaboration_mode).settings).reasoning_effort),
		cwd: payload.cwd,
		approvalPolicy: readApprovalPolicy(payload.approval_policy) ?? 'untrusted',
		sandbox: sandboxFromRecord(payload.sandbox_policy),
		mode,
		modeInstructions: mode?.instructions ?? null,
		personality: personalityFromRecord(payload.personality),
	};
}

/** Without instructions nobody chose a mode. */
function modeFromRecord(value: unknown): ChosenMode | null {
	const record = recordOf(value);
	const { developer_instructions: text } = recordOf(record.settings);
	return typeof text === 'string' && text !== '' ? { kind: readMode(record.mode), instructions: text } : null;
}

function personalityFromRecord(value: unknown): Personality | null {
	return value === 'friendly' || value === 'pragmatic' || value === 'none' ? value : null;
}

const recordOf = (value: unknown): Readonly<Record<string, unknown>> => (typeof value === 'object' && value !== null ? { ...value } : {});

/** Of what the model still knows: after a compaction it has to be told everything again. */
export function toldContext(lines: readonly RolloutLine[]): TurnContext | null {
	const compacted = lines.findLastIndex((line) => line.type === 'compacted');
	const wasTold = compacted < 0 || lines.slice(compacted).some((line) => line.type === 'response_item' && tellsPermissions(line.payload));
	return wasTold ? lastTurnContext(lines) : null;
}

function tellsPermissions({ role, content }: RolloutLine['payload']): boolean {
	if (role !== 'developer' || !Array.isArray(content)) return false;
	return content.some((part: unknown) => String(recordOf(part).text).startsWith(PERMISSIONS_TAG));
}

function sandboxRecord(sandbox: LegacyPolicy): Readonly<Record<string, unknown>> {
	switch (sandbox.type) {
		case 'dangerFullAccess':
			return { type: 'danger-full-access' };
		case 'readOnly':
			return { type: 'read-only', network_access: sandbox.networkAccess };
		case 'externalSandbox':
			return { type: 'external-sandbox', network_access: sandbox.networkAccess };
		case 'workspaceWrite':
			return {
				type: 'workspace-write',
				writable_roots: sandbox.writableRoots,
				network_access: sandbox.networkAccess,
				exclude_tmpdir_env_var: sandbox.excludeTmpdirEnvVar,
				exclude_slash_tmp: sandbox.excludeSlashTmp,
			};
		default:
			return sandbox satisfies never;
	}
}

/** What cannot be understood is read as read-only: less than was meant, never more. */
function sandboxFromRecord(value: unknown): SandboxPolicy {
	const record = recordOf(value);
	const networkAccess = record.network_access === true;
	switch (record.type) {
		case 'danger-full-access':
			return { type: 'dangerFullAccess' };
		case 'external-sandbox':
			return { type: 'externalSandbox', networkAccess: record.network_access === 'enabled' ? 'enabled' : 'restricted' };
		case 'workspace-write': {
			const roots = Array.isArray(record.writable_roots) ? record.writable_roots.filter((root) => typeof root === 'string') : [];
			return {
				type: 'workspaceWrite',
				writableRoots: roots,
				networkAccess,
				excludeTmpdirEnvVar: record.exclude_tmpdir_env_var === true,
				excludeSlashTmp: record.exclude_slash_tmp === true,
			};
		}
		default:
			return { type: 'readOnly', networkAccess };
	}
}

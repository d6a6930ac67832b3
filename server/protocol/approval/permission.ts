import * as z from 'zod/mini';
import { experimental } from '../wire/define.ts';
import { lazy } from '../wire/lazy.ts';
import { AbsolutePathBuf, flag, flagOrNull, maybeFlag, maybeText, maybeUint32, paths, text, textOrNull, uint64 } from '../wire/scalar.ts';

/** When a person is asked before something runs. */
export const AskForApproval = lazy(() =>
	z.union([
		z.literal('untrusted'),
		z.literal('on-failure'),
		z.literal('on-request'),
		experimental(
			z.object({
				granular: z.object({
					sandbox_approval: flag,
					rules: flag,
					skill_approval: z._default(flag, false),
					request_permissions: z._default(flag, false),
					mcp_elicitations: flag,
				}),
			}),
			'askForApproval.granular',
		),
		z.literal('never'),
	]),
);
export type AskForApproval = z.infer<typeof AskForApproval>;

/** Who answers approvals: a person, or a reviewing model. `guardian_subagent` is an older name of `auto_review`. */
export const ApprovalsReviewer = lazy(() => z.enum(['user', 'auto_review', 'guardian_subagent']));
export type ApprovalsReviewer = z.infer<typeof ApprovalsReviewer>;

export const SandboxMode = lazy(() => z.enum(['read-only', 'workspace-write', 'danger-full-access']));
export type SandboxMode = z.infer<typeof SandboxMode>;

export const NetworkAccess = lazy(() => z.enum(['restricted', 'enabled']));
export type NetworkAccess = z.infer<typeof NetworkAccess>;

/** Members of older clients that said what may be read. Full access is what these policies mean anyway; less than that must not get lost. */
const formerReadAccess = { readOnly: 'access', workspaceWrite: 'readOnlyAccess' } as const;

function checkReadAccess<T>(value: T, context: z.core.ParsePayload): T {
	if (typeof value !== 'object' || value === null || !('type' in value)) return value;
	const member = value.type === 'readOnly' || value.type === 'workspaceWrite' ? formerReadAccess[value.type] : null;
	if (member === null || !(member in value)) return value;
	const access: unknown = Reflect.get(value, member);
	const isFull = typeof access === 'object' && access !== null && 'type' in access && access.type === 'fullAccess';
	if (!isFull) {
		const message = `${String(value.type)}.${member} is no longer supported; use permissionProfile for restricted reads`;
		context.issues.push({ code: 'custom', message, input: value });
	}
	return value;
}

export const SandboxPolicy = lazy(() =>
	z.pipe(
		z.transform((value: z.input<typeof CurrentSandboxPolicy>, context) => checkReadAccess(value, context)),
		CurrentSandboxPolicy,
	),
);
export type SandboxPolicy = z.infer<typeof SandboxPolicy>;

const CurrentSandboxPolicy = lazy(() =>
	z.discriminatedUnion('type', [
		z.object({ type: z.literal('dangerFullAccess') }),
		z.object({
			type: z.literal('readOnly'),
			networkAccess: z._default(flag, false),
		}),
		z.object({
			type: z.literal('externalSandbox'),
			networkAccess: z._default(NetworkAccess, 'restricted'),
		}),
		z.object({
			type: z.literal('workspaceWrite'),
			writableRoots: z._default(paths, []),
			networkAccess: z._default(flag, false),
			excludeTmpdirEnvVar: z._default(flag, false),
			excludeSlashTmp: z._default(flag, false),
		}),
	]),
);

/** The later word for `none` is read, and never written. */
const withoutLaterWord = (value: unknown): unknown => (value === 'deny' ? 'none' : value);

export const FileSystemAccessMode = lazy(() => z.pipe(z.transform(withoutLaterWord), CurrentAccessMode));
export type FileSystemAccessMode = z.infer<typeof FileSystemAccessMode>;

const CurrentAccessMode = lazy(() => z.enum(['read', 'write', 'none']));

/** The older name of the project's folder is read, and never written. */
const withoutFormerKind = (value: z.input<typeof CurrentSpecialPath>): z.input<typeof CurrentSpecialPath> => {
	const kind: unknown = typeof value === 'object' && value !== null ? value.kind : null;
	return kind === 'current_working_directory' ? { kind: 'project_roots', subpath: null } : value;
};

export const FileSystemSpecialPath = lazy(() => z.pipe(z.transform(withoutFormerKind), CurrentSpecialPath));
export type FileSystemSpecialPath = z.infer<typeof FileSystemSpecialPath>;

const CurrentSpecialPath = lazy(() =>
	z.discriminatedUnion('kind', [
		z.object({ kind: z.literal('root') }),
		z.object({ kind: z.literal('minimal') }),
		z.object({ kind: z.literal('project_roots'), subpath: z.nullish(text) }),
		z.object({ kind: z.literal('tmpdir') }),
		z.object({ kind: z.literal('slash_tmp') }),
		z.object({
			kind: z.literal('unknown'),
			path: text,
			subpath: z.nullish(text),
		}),
	]),
);

export const FileSystemPath = lazy(() =>
	z.discriminatedUnion('type', [
		z.object({ type: z.literal('path'), path: AbsolutePathBuf }),
		z.object({ type: z.literal('glob_pattern'), pattern: text }),
		z.object({ type: z.literal('special'), value: FileSystemSpecialPath }),
	]),
);
export type FileSystemPath = z.infer<typeof FileSystemPath>;

export const FileSystemSandboxEntry = lazy(() =>
	z.object({
		path: FileSystemPath,
		access: FileSystemAccessMode,
	}),
);
export type FileSystemSandboxEntry = z.infer<typeof FileSystemSandboxEntry>;

export const PermissionProfileNetworkPermissions = lazy(() => z.object({ enabled: flag }));
export type PermissionProfileNetworkPermissions = z.infer<typeof PermissionProfileNetworkPermissions>;

export const PermissionProfileFileSystemPermissions = lazy(() =>
	z.discriminatedUnion('type', [
		z.object({
			type: z.literal('restricted'),
			entries: z.array(FileSystemSandboxEntry),
			globScanMaxDepth: z.nullish(uint64),
		}),
		z.object({ type: z.literal('unrestricted') }),
	]),
);
export type PermissionProfileFileSystemPermissions = z.infer<typeof PermissionProfileFileSystemPermissions>;

/** What a process may do: who enforces it and what is open. */
export const PermissionProfile = lazy(() =>
	z.discriminatedUnion('type', [
		z.object({
			type: z.literal('managed'),
			network: PermissionProfileNetworkPermissions,
			fileSystem: PermissionProfileFileSystemPermissions,
		}),
		z.object({ type: z.literal('disabled') }),
		z.object({
			type: z.literal('external'),
			network: PermissionProfileNetworkPermissions,
		}),
	]),
);
export type PermissionProfile = z.infer<typeof PermissionProfile>;

export const PermissionProfileModificationParams = lazy(() =>
	z.discriminatedUnion('type', [
		z.object({
			type: z.literal('additionalWritableRoot'),
			path: AbsolutePathBuf,
		}),
	]),
);
export type PermissionProfileModificationParams = z.infer<typeof PermissionProfileModificationParams>;

/** Later clients send the name alone. */
const withoutShortForm = (value: unknown): unknown => (typeof value === 'string' ? { type: 'profile', id: value } : value);

/** Selects a named profile of the configuration. */
export const PermissionProfileSelectionParams = lazy(() => z.pipe(z.transform(withoutShortForm), CurrentSelection));
export type PermissionProfileSelectionParams = z.infer<typeof PermissionProfileSelectionParams>;

const CurrentSelection = lazy(() =>
	z.discriminatedUnion('type', [
		z.object({
			type: z.literal('profile'),
			id: text,
			modifications: z.nullish(z.array(PermissionProfileModificationParams)),
		}),
	]),
);

/** A profile by its id alone, or with modifications. */
export const PermissionProfileChoice = lazy(() => z.union([text, PermissionProfileSelectionParams]));
export type PermissionProfileChoice = z.infer<typeof PermissionProfileChoice>;

export const ActivePermissionProfileModification = lazy(() =>
	z.discriminatedUnion('type', [
		z.object({
			type: z.literal('additionalWritableRoot'),
			path: AbsolutePathBuf,
		}),
	]),
);
export type ActivePermissionProfileModification = z.infer<typeof ActivePermissionProfileModification>;

/** The named profile a thread runs under, and what was added to it. */
export const ActivePermissionProfile = lazy(() =>
	z.object({
		id: text,
		extends: textOrNull,
		modifications: z.array(ActivePermissionProfileModification),
	}),
);
export type ActivePermissionProfile = z.infer<typeof ActivePermissionProfile>;

export const AdditionalNetworkPermissions = lazy(() => z.object({ enabled: flagOrNull }));
export type AdditionalNetworkPermissions = z.infer<typeof AdditionalNetworkPermissions>;

const rootsOrNull = lazy(() => z.nullable(paths));

export const AdditionalFileSystemPermissions = lazy(() =>
	z.object({
		read: rootsOrNull,
		write: rootsOrNull,
		globScanMaxDepth: z.optional(uint64),
		entries: z.optional(z.array(FileSystemSandboxEntry)),
	}),
);
export type AdditionalFileSystemPermissions = z.infer<typeof AdditionalFileSystemPermissions>;

/** What a command asks for beyond its thread's permissions. */
export const AdditionalPermissionProfile = lazy(() =>
	z.object({
		network: z.nullable(AdditionalNetworkPermissions),
		fileSystem: z.nullable(AdditionalFileSystemPermissions),
	}),
);
export type AdditionalPermissionProfile = z.infer<typeof AdditionalPermissionProfile>;

export const RequestPermissionProfile = lazy(() =>
	z.object({
		network: z.nullable(AdditionalNetworkPermissions),
		fileSystem: z.nullable(AdditionalFileSystemPermissions),
	}),
);
export type RequestPermissionProfile = z.infer<typeof RequestPermissionProfile>;

export const GrantedPermissionProfile = lazy(() =>
	z.object({
		network: z.nullish(z.object({ enabled: maybeFlag })),
		fileSystem: z.nullish(
			z.object({
				read: z.nullish(paths),
				write: z.nullish(paths),
				globScanMaxDepth: z.nullish(uint64),
				entries: z.nullish(z.array(FileSystemSandboxEntry)),
			}),
		),
	}),
);
export type GrantedPermissionProfile = z.infer<typeof GrantedPermissionProfile>;

/** Where the commands of a turn run, when the server has more than one place for them. */
export const TurnEnvironmentParams = lazy(() =>
	z.object({
		environmentId: text,
		cwd: AbsolutePathBuf,
	}),
);
export type TurnEnvironmentParams = z.infer<typeof TurnEnvironmentParams>;

/** The profiles that a client may choose: the built-in ones, then those of `[permissions]`. */
export const PermissionProfileListParams = lazy(() =>
	z.object({
		cursor: maybeText,
		/** Absent: all of them. */
		limit: maybeUint32,
		/** The folder whose configuration counts. */
		cwd: maybeText,
	}),
);
export type PermissionProfileListParams = z.infer<typeof PermissionProfileListParams>;

export const PermissionProfileSummary = lazy(() =>
	z.object({
		id: text,
		description: textOrNull,
		/** Whether it can be used here, and an administrator lets it be chosen. */
		allowed: flag,
	}),
);
export type PermissionProfileSummary = z.infer<typeof PermissionProfileSummary>;

export const PermissionProfileListResponse = lazy(() => z.object({ data: z.array(PermissionProfileSummary), nextCursor: textOrNull }));
export type PermissionProfileListResponse = z.infer<typeof PermissionProfileListResponse>;

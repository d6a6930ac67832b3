import * as z from 'zod/mini';
import { WebSearchMode } from './config.ts';
import { experimental } from '../wire/define.ts';
import { lazy } from '../wire/lazy.ts';
import { ApprovalsReviewer, AskForApproval, SandboxMode } from '../approval/permission.ts';
import { flag, flagOrNull, text, textOrNull, textsOrNull, uint16, uint64 } from '../wire/scalar.ts';

export const ConfiguredHookHandler = lazy(() =>
	z.discriminatedUnion('type', [
		z.object({
			type: z.literal('command'),
			command: text,
			timeoutSec: z.nullable(uint64),
			async: flag,
			statusMessage: textOrNull,
		}),
		z.object({ type: z.literal('prompt') }),
		z.object({ type: z.literal('agent') }),
	]),
);
export type ConfiguredHookHandler = z.infer<typeof ConfiguredHookHandler>;

export const ConfiguredHookMatcherGroup = lazy(() => z.object({ matcher: textOrNull, hooks: z.array(ConfiguredHookHandler) }));
export type ConfiguredHookMatcherGroup = z.infer<typeof ConfiguredHookMatcherGroup>;

const groups = lazy(() => z.array(ConfiguredHookMatcherGroup));

export const ManagedHooksRequirements = lazy(() =>
	z.object({
		managedDir: textOrNull,
		windowsManagedDir: textOrNull,
		PreToolUse: groups,
		PermissionRequest: groups,
		PostToolUse: groups,
		PreCompact: groups,
		PostCompact: groups,
		SessionStart: groups,
		UserPromptSubmit: groups,
		Stop: groups,
	}),
);
export type ManagedHooksRequirements = z.infer<typeof ManagedHooksRequirements>;

export const ResidencyRequirement = lazy(() => z.enum(['us']));
export type ResidencyRequirement = z.infer<typeof ResidencyRequirement>;

export const NetworkDomainPermission = lazy(() => z.enum(['allow', 'deny']));
export type NetworkDomainPermission = z.infer<typeof NetworkDomainPermission>;

/** `none` for clients of the base, which newer ones call `deny`. */
export const NetworkUnixSocketPermission = lazy(() => z.enum(['allow', 'none', 'deny']));
export type NetworkUnixSocketPermission = z.infer<typeof NetworkUnixSocketPermission>;

export const NetworkRequirements = lazy(() =>
	z.object({
		enabled: flagOrNull,
		httpPort: z.nullable(uint16),
		socksPort: z.nullable(uint16),
		allowUpstreamProxy: flagOrNull,
		dangerouslyAllowNonLoopbackProxy: flagOrNull,
		dangerouslyAllowAllUnixSockets: flagOrNull,
		domains: z.nullable(z.record(text, NetworkDomainPermission)),
		managedAllowedDomainsOnly: flagOrNull,
		/** These two are older forms of `domains`. */
		allowedDomains: textsOrNull,
		deniedDomains: textsOrNull,
		unixSockets: z.nullable(z.record(text, NetworkUnixSocketPermission)),
		/** An older form of `unixSockets`. */
		allowUnixSockets: textsOrNull,
		allowLocalBinding: flagOrNull,
	}),
);
export type NetworkRequirements = z.infer<typeof NetworkRequirements>;

/** What an administrator allows; null means no limit. */
export const ConfigRequirements = lazy(() =>
	z.object({
		allowedApprovalPolicies: z.nullable(z.array(AskForApproval)),
		allowedApprovalsReviewers: experimental(z.nullable(z.array(ApprovalsReviewer)), 'configRequirements/read.allowedApprovalsReviewers'),
		allowedSandboxModes: z.nullable(z.array(SandboxMode)),
		allowedWebSearchModes: z.nullable(z.array(WebSearchMode)),
		featureRequirements: z.nullable(z.record(text, flag)),
		hooks: experimental(z.nullable(ManagedHooksRequirements), 'configRequirements/read.hooks'),
		enforceResidency: z.nullable(ResidencyRequirement),
		network: experimental(z.nullable(NetworkRequirements), 'configRequirements/read.network'),
	}),
);
export type ConfigRequirements = z.infer<typeof ConfigRequirements>;

export const ConfigRequirementsReadResponse = lazy(() => z.object({ requirements: z.nullable(ConfigRequirements) }));
export type ConfigRequirementsReadResponse = z.infer<typeof ConfigRequirementsReadResponse>;

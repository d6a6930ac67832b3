import { hiddenPlace } from '../config/values/permissionProfiles.ts';
import type { ApprovalPolicy } from '../items/settings.ts';
import { isFullAccess, legacyPolicyOf, readingOf, withDenials } from '../sandbox/policy/permissionProfile.ts';
import type { SandboxPolicy } from '../sandbox/policy/policy.ts';
import type { ApprovalPolicyName, RequiredSandboxMode, Requirements, WebSearchMode } from './requirements.ts';
import { l10n, type Text } from '../words/l10n.ts';

interface Limited {
	readonly approvalPolicy: ApprovalPolicy;
	readonly approvalsReviewer: 'user' | 'auto_review';
	readonly sandbox: SandboxPolicy;
	readonly activeProfile: object | null;
}

/** A wish that an administrator does not allow, and what holds instead. */
export interface Fallback {
	/** For people: what was wanted, what holds, and who says so. */
	readonly message: Text;
	/** The key of config.toml. */
	readonly key: 'approval_policy' | 'approvals_reviewer' | 'sandbox_mode';
	readonly source: string;
}

function policyName(policy: ApprovalPolicy): ApprovalPolicyName {
	return typeof policy === 'string' ? policy : 'granular';
}

/** The mode that a policy amounts to, however it was put. */
function sandboxModeOf(policy: SandboxPolicy): RequiredSandboxMode {
	if (policy.type === 'externalSandbox') return 'external-sandbox';
	if (isFullAccess(policy)) return 'danger-full-access';
	switch (legacyPolicyOf(policy).type) {
		case 'readOnly':
			return 'read-only';
		case 'workspaceWrite':
			return 'workspace-write';
		// The whole disk can be written, whatever the network is.
		default:
			return 'danger-full-access';
	}
}

/** Settings as an administrator allows them: what is forbidden falls back to the first that is allowed, and to read-only. */
export function constrain<Settings extends Limited>(
	settings: Settings,
	requirements: Requirements,
): { readonly settings: Settings; readonly fallbacks: readonly Fallback[] } {
	const fallbacks: Fallback[] = [];
	let result = settings;
	const { approvalPolicies, reviewers, sandboxModes } = requirements;
	const policy = policyName(settings.approvalPolicy);
	const [firstPolicy] = approvalPolicies?.value ?? [];
	if (approvalPolicies && firstPolicy !== undefined && !approvalPolicies.value.includes(policy)) {
		// The granular policy needs flags that a list does not have.
		const instead = firstPolicy === 'granular' ? 'untrusted' : firstPolicy;
		result = { ...result, approvalPolicy: instead };
		fallbacks.push(fallback('approval_policy', { wanted: policy, instead, source: approvalPolicies.source }));
	}
	const [firstReviewer] = reviewers?.value ?? [];
	if (reviewers && firstReviewer !== undefined && !reviewers.value.includes(settings.approvalsReviewer)) {
		result = { ...result, approvalsReviewer: firstReviewer };
		fallbacks.push(fallback('approvals_reviewer', { wanted: settings.approvalsReviewer, instead: firstReviewer, source: reviewers.source }));
	}
	const mode = sandboxModeOf(settings.sandbox);
	if (sandboxModes && !sandboxModes.value.includes(mode)) {
		result = { ...result, sandbox: readingOf(settings.sandbox), activeProfile: null };
		fallbacks.push(fallback('sandbox_mode', { wanted: mode, instead: 'read-only', source: sandboxModes.source }));
	}
	return { settings: { ...result, sandbox: withRequiredDenials(result.sandbox, requirements) }, fallbacks };
}

/** The same policy, under which nothing can be read that an administrator hides. */
export function withRequiredDenials(policy: SandboxPolicy, { deniedReads }: Requirements): SandboxPolicy {
	return deniedReads === undefined ? policy : withDenials(policy, { entries: deniedReads.value.map(hiddenPlace) });
}

function fallback(key: Fallback['key'], { wanted, instead, source }: { wanted: string; instead: string; source: string }): Fallback {
	return { key, source, message: l10n`${key} = "${wanted}" is not allowed by ${source}: "${instead}" is used instead` };
}

/** What of a change is forbidden; null when it may be made. */
export function forbidden(change: Partial<Limited>, { approvalPolicies, reviewers, sandboxModes }: Requirements): string | null {
	const refuse = (key: string, value: string, { allowed, source }: { allowed: readonly string[]; source: string }) =>
		`invalid value for \`${key}\`: \`${value}\` is not in the allowed set [${allowed.join(', ')}] (set by ${source})`;
	if (change.approvalPolicy && approvalPolicies && !approvalPolicies.value.includes(policyName(change.approvalPolicy))) {
		return refuse('approval_policy', policyName(change.approvalPolicy), { allowed: approvalPolicies.value, source: approvalPolicies.source });
	}
	if (change.approvalsReviewer && reviewers && !reviewers.value.includes(change.approvalsReviewer)) {
		return refuse('approvals_reviewer', change.approvalsReviewer, { allowed: reviewers.value, source: reviewers.source });
	}
	if (change.sandbox && sandboxModes && !sandboxModes.value.includes(sandboxModeOf(change.sandbox))) {
		return refuse('sandbox_mode', sandboxModeOf(change.sandbox), { allowed: sandboxModes.value, source: sandboxModes.source });
	}
	return null;
}

const FULL_ACCESS_ORDER: readonly WebSearchMode[] = ['live', 'indexed', 'cached', 'disabled'];

/**
 * How a turn may search. With full access live unless the person said disabled or indexed; otherwise as the person said, or from the cache; and always
 * within what is allowed. Never throws: a search that is forbidden is none.
 */
export function webSearchMode({
	chosen,
	sandbox,
	allowed,
}: {
	readonly chosen: WebSearchMode | null;
	readonly sandbox: SandboxPolicy;
	/** Null: all. */
	readonly allowed: readonly WebSearchMode[] | null;
}): WebSearchMode {
	const mayBe = (mode: WebSearchMode) => allowed === null || allowed.includes(mode);
	if (chosen === 'disabled') return 'disabled';
	if (isFullAccess(sandbox) && chosen !== 'indexed') return FULL_ACCESS_ORDER.find(mayBe) ?? 'disabled';
	return ([chosen ?? 'cached', 'cached', 'live'] as const).find((mode) => mayBe(mode) && (mode !== 'live' || chosen === 'live')) ?? 'disabled';
}

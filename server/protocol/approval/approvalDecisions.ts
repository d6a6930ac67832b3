import type { CommandExecutionApprovalDecision, CommandExecutionRequestApprovalParams } from './approval.ts';

/**
 * The answers to offer to a person: those the server lists, or the usual ones where it lists none. Refusing without ending the
 * turn is always among them: every server of this protocol takes `decline`, though not every one lists it.
 */
export function decisionsToOffer(params: CommandExecutionRequestApprovalParams): readonly CommandExecutionApprovalDecision[] {
	const listed = withLifetimes(params.availableDecisions ?? usualDecisions(params), params);
	if (listed.includes('decline')) return listed;
	const end = listed.indexOf('cancel');
	return end < 0 ? [...listed, 'decline'] : [...listed.slice(0, end), 'decline', ...listed.slice(end)];
}

/** A question that names a workspace may be answered for the thread and for the workspace, right after once. */
function withLifetimes(
	listed: readonly CommandExecutionApprovalDecision[],
	{ workspaceFolder }: CommandExecutionRequestApprovalParams,
): readonly CommandExecutionApprovalDecision[] {
	if (workspaceFolder === undefined) return listed;
	const lifetimes = ['acceptForSession', 'acceptForWorkspace'] as const;
	const others = listed.filter((decision) => decision !== 'acceptForSession' && decision !== 'acceptForWorkspace');
	const after = others.indexOf('accept') + 1;
	return [...others.slice(0, after), ...lifetimes, ...others.slice(after)];
}

function usualDecisions(params: CommandExecutionRequestApprovalParams): readonly CommandExecutionApprovalDecision[] {
	const rule = params.proposedExecpolicyAmendment;
	const hosts = params.proposedNetworkPolicyAmendments ?? [];
	return [
		'accept',
		'acceptForSession',
		...(rule ? [{ acceptWithExecpolicyAmendment: { execpolicy_amendment: rule } }] : []),
		...hosts.map((host) => ({ applyNetworkPolicyAmendment: { network_policy_amendment: host } })),
		'decline',
		'cancel',
	];
}

import type { CommandExecutionApprovalDecision, CommandExecutionRequestApprovalParams } from './approval.ts';

/**
 * The answers to offer to a person: those the server lists, or the usual ones where it lists none. Refusing without ending the
 * turn is always among them: every server of this protocol takes `decline`, though not every one lists it.
 */
export function decisionsToOffer(params: CommandExecutionRequestApprovalParams): readonly CommandExecutionApprovalDecision[] {
	const listed = params.availableDecisions ?? usualDecisions(params);
	if (listed.includes('decline')) return listed;
	const end = listed.indexOf('cancel');
	return end < 0 ? [...listed, 'decline'] : [...listed.slice(0, end), 'decline', ...listed.slice(end)];
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

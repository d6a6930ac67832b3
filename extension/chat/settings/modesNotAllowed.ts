import type { ConfigRequirements } from '../../../server/protocol/host/configRequirements.ts';
import type { ApprovalMode } from '../../../webview/channel/requests/settingsRequests.ts';
import { policiesOf } from './approvalMode.ts';

type Limits = Pick<ConfigRequirements, 'allowedApprovalPolicies' | 'allowedSandboxModes'>;

const modes: readonly ApprovalMode[] = ['readOnly', 'auto', 'fullAccess'];

/** The modes that an administrator does not allow. Null: nothing is required. */
export function modesNotAllowed(limits: Limits | null): ReadonlySet<ApprovalMode> {
	return new Set(
		modes.filter((mode) => {
			const policies = policiesOf(mode);
			if (policies === null || limits === null) return false;
			const asks = limits.allowedApprovalPolicies?.includes(policies.approvalPolicy) ?? true;
			return !asks || limits.allowedSandboxModes?.includes(policies.sandbox) === false;
		}),
	);
}

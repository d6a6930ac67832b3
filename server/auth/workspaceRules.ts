import { AuthError } from './authError.ts';
import { l10n } from '../words/l10n.ts';

/** What the configuration says of signing in. */
export interface SignInRules {
	readonly method: 'chatgpt' | 'api' | null;
	/** Null when any will do. */
	readonly workspaces: readonly string[] | null;
}

/** Throws `AuthError` for a workspace that the rules do not allow (S189). */
export function checkWorkspace(accountId: string, { workspaces }: SignInRules): void {
	if (workspaces === null || workspaces.includes(accountId)) return;
	throw new AuthError(
		workspaces.length === 1
			? l10n`This sign-in belongs to another ChatGPT workspace. Only ${workspaces[0] ?? ''} is allowed here (forced_chatgpt_workspace_id).`
			: l10n`This sign-in belongs to another ChatGPT workspace. Only ${workspaces.join(', ')} are allowed here (forced_chatgpt_workspace_id).`,
		{ kind: 'forbidden' },
	);
}

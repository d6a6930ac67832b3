import { AuthError } from './authError.ts';

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
		`This sign-in belongs to another ChatGPT workspace. Only ${workspaces.join(', ')} ${workspaces.length === 1 ? 'is' : 'are'} allowed here (forced_chatgpt_workspace_id).`,
		{ kind: 'forbidden' },
	);
}

import type { ConfigScope } from '../items/settings.ts';
import { mayAsk, refusedUnasked } from '../approval/mayAsk.ts';
import type { WorkspaceGrants } from '../approval/grants/workspaceGrants.ts';
import type { PermissionGrants } from '../approval/grants/permissionGrants.ts';
import { isRestricted } from '../sandbox/policy/permissionProfile.ts';
import { isCovered, isNothing, joined, NO_PERMISSIONS, type RequestedPermissions, withinRequest } from '../sandbox/policy/requestedPermissions.ts';
import { object, optional, parseArguments, required, string } from './callArguments.ts';
import { PERMISSIONS_SCHEMA, readPermissions, wantedPermissions } from './permissionArguments.ts';
import type { Tool, ToolOutcome } from './tool.ts';

const readArguments = object({ reason: optional(string), permissions: required(readPermissions) });

/** Asks for more than the sandbox allows. What is granted counts for the later commands and patches by itself. */
export function requestPermissionsTool(
	{ permissions: grants, workspaces }: { readonly permissions: PermissionGrants; readonly workspaces: WorkspaceGrants },
	isOffered: (scope: ConfigScope) => boolean,
): Tool {
	return {
		name: 'request_permissions',
		parallel: false,
		spec: ({ approvalPolicy, sandbox, configScope }) =>
			!mayAsk(approvalPolicy, 'request_permissions') || !isRestricted(sandbox) || !isOffered(configScope)
				? null
				: {
						type: 'function',
						name: 'request_permissions',
						description:
							'Asks the user to open the sandbox a little: the network, or folders for writing. Use it when several commands will need the same; for a single command ask for escalation with that command. The user may grant a part; the answer says what. What is granted counts from then on for commands and patches by itself, in this turn or as long as the user says.',
						strict: false,
						parameters: {
							type: 'object',
							properties: {
								reason: { type: 'string', description: 'Why, in a sentence for the user.' },
								permissions: PERMISSIONS_SCHEMA,
							},
							required: ['permissions'],
							additionalProperties: false,
						},
					},
		async run(call, context): Promise<ToolOutcome> {
			const parsed = parseArguments(call.input, readArguments);
			if (!parsed.ok) return { output: parsed.message, success: false };
			const { cwd, approvalPolicy } = context.settings;
			if (!mayAsk(approvalPolicy, 'request_permissions')) return { output: refusedUnasked(approvalPolicy, 'request_permissions'), success: false };
			const asked = wantedPermissions(parsed.value.permissions, cwd);
			if (isNothing(asked)) return { output: 'request_permissions needs at least one permission to ask for', success: false };
			// What was granted for the whole thread or workspace need not be asked for again.
			const known = joined(grants.ofThread(context.threadId), workspaces.permissions(cwd));
			if (isCovered(asked, known)) return { output: told(asked, 'session'), success: true };
			const workspace = workspaces.folderOf(cwd);
			const question = { itemId: call.callId, cwd, reason: parsed.value.reason, permissions: asked, workspace };
			const decision = await context.approver.permissions(question);
			if (decision.type === 'cancel') return { output: 'aborted', success: false };
			if (decision.type === 'decline') {
				return {
					output: decision.reason === undefined ? told(NO_PERMISSIONS, 'turn') : `request_permissions was refused: ${decision.reason}`,
					success: false,
				};
			}
			const granted = withinRequest(decision.permissions, asked);
			const { threadId, turnId } = context;
			const isForWorkspace = decision.scope === 'workspace' && workspaces.folderOf(cwd) !== null;
			if (isForWorkspace) workspaces.allowPermissions(cwd, granted, { threadId, itemId: call.callId });
			// Models know of two scopes.
			const scope = decision.scope === 'turn' ? 'turn' : 'session';
			if (!isForWorkspace) grants.allow({ threadId, turnId, itemId: call.callId }, granted, scope);
			return { output: told(granted, scope), success: !isNothing(granted) };
		},
		endTurn: (context) => {
			grants.endTurn(context.threadId, context.turnId);
			return Promise.resolve();
		},
	};
}

function told({ network, read, write }: RequestedPermissions, scope: 'turn' | 'session'): string {
	const files = { ...(read.length === 0 ? {} : { read }), ...(write.length === 0 ? {} : { write }) };
	const hasFiles = read.length > 0 || write.length > 0;
	return JSON.stringify({ permissions: { network: network ? { enabled: true } : null, file_system: hasFiles ? files : null }, scope });
}

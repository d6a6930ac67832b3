import { joined, NO_PERMISSIONS, type RequestedPermissions } from '../sandbox/requestedPermissions.ts';

interface Granted {
	session: RequestedPermissions;
	readonly turns: Map<string, RequestedPermissions>;
}

/** What was allowed beyond a thread's sandbox: for one turn, or as long as the thread is loaded. */
export class PermissionGrants {
	readonly #threads = new Map<string, Granted>();

	allow(where: { readonly threadId: string; readonly turnId: string }, permissions: RequestedPermissions, scope: 'turn' | 'session'): void {
		const granted: Granted = this.#threads.get(where.threadId) ?? { session: NO_PERMISSIONS, turns: new Map() };
		this.#threads.set(where.threadId, granted);
		if (scope === 'session') granted.session = joined(granted.session, permissions);
		else granted.turns.set(where.turnId, joined(granted.turns.get(where.turnId) ?? NO_PERMISSIONS, permissions));
	}

	of(threadId: string, turnId: string): RequestedPermissions {
		const granted = this.#threads.get(threadId);
		return granted ? joined(granted.session, granted.turns.get(turnId) ?? NO_PERMISSIONS) : NO_PERMISSIONS;
	}

	endTurn(threadId: string, turnId: string): void {
		this.#threads.get(threadId)?.turns.delete(turnId);
	}

	forget(threadId: string): void {
		this.#threads.delete(threadId);
	}
}

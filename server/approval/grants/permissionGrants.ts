import { createHash } from 'node:crypto';
import { joined, NO_PERMISSIONS, permissionParts, realPlace, type RequestedPermissions } from '../../sandbox/policy/requestedPermissions.ts';
import type { ApprovalStore, SavedApproval } from './savedApproval.ts';

interface Grant {
	readonly itemId: string;
	/** Null: for every turn of the thread. */
	readonly turnId: string | null;
	readonly permissions: RequestedPermissions;
	/** Where each of its paths led when it was allowed. */
	readonly places: ReadonlyMap<string, string>;
}

/** What was allowed beyond a thread's sandbox: for one turn, or as long as the thread is loaded. */
export class PermissionGrants implements ApprovalStore {
	readonly #threads = new Map<string, readonly Grant[]>();

	allow(
		where: { readonly threadId: string; readonly turnId: string; readonly itemId: string },
		permissions: RequestedPermissions,
		scope: 'turn' | 'session',
	): void {
		const grant = { itemId: where.itemId, turnId: scope === 'turn' ? where.turnId : null, permissions, places: placesOf(permissions) };
		this.#threads.set(where.threadId, [...this.#granted(where.threadId), grant]);
	}

	of(threadId: string, turnId: string): RequestedPermissions {
		return this.#granted(threadId)
			.filter((grant) => grant.turnId === null || grant.turnId === turnId)
			.reduce((sum, grant) => joined(sum, stillMeant(grant)), NO_PERMISSIONS);
	}

	/** Those that hold for every turn of the thread. */
	ofThread(threadId: string): RequestedPermissions {
		return this.#granted(threadId)
			.filter((grant) => grant.turnId === null)
			.reduce((sum, grant) => joined(sum, stillMeant(grant)), NO_PERMISSIONS);
	}

	endTurn(threadId: string, turnId: string): void {
		this.#keep(threadId, (grant) => grant.turnId !== turnId);
	}

	get threads(): readonly string[] {
		return [...this.#threads.keys()];
	}

	endThread(threadId: string): void {
		this.#threads.delete(threadId);
	}

	list(): Promise<readonly SavedApproval[]> {
		const saved = [...this.#threads].flatMap(([threadId, grants]) =>
			grants.flatMap((grant) => partsOf(grant).map((what): SavedApproval => savedOf(threadId, grant, what))),
		);
		return Promise.resolve(saved);
	}

	revoke({ id, threadId }: SavedApproval): Promise<void> {
		if (threadId === null) return Promise.resolve();
		const left = this.#granted(threadId).map((grant) => {
			const gone = new Set(partsOf(grant).filter((what) => idOf(threadId, grant, what) === id));
			const { network, read, write } = grant.permissions;
			const permissions = {
				network: network && !gone.has('network'),
				read: read.filter((path) => !gone.has(`read ${path}`)),
				write: write.filter((path) => !gone.has(`write ${path}`)),
			};
			return { ...grant, permissions };
		});
		this.#threads.set(threadId, left);
		this.#keep(threadId, (grant) => partsOf(grant).length > 0);
		return Promise.resolve();
	}

	#granted(threadId: string): readonly Grant[] {
		return this.#threads.get(threadId) ?? [];
	}

	#keep(threadId: string, isKept: (grant: Grant) => boolean): void {
		const kept = this.#granted(threadId).filter(isKept);
		if (kept.length === 0) this.#threads.delete(threadId);
		else this.#threads.set(threadId, kept);
	}
}

function placesOf({ read, write }: RequestedPermissions): ReadonlyMap<string, string> {
	return new Map([...read, ...write].map((file) => [file, realPlace(file)]));
}

/** Without paths in whose place there is a link to something else by now. */
function stillMeant({ permissions: { network, read, write }, places }: Grant): RequestedPermissions {
	const isMeant = (file: string) => realPlace(file) === places.get(file);
	return { network, read: read.filter(isMeant), write: write.filter(isMeant) };
}

const partsOf = ({ permissions }: Grant) => permissionParts(permissions);

function idOf(threadId: string, grant: Grant, what: string): string {
	return `permissions-${createHash('sha256').update([threadId, grant.turnId, grant.itemId, what].join('\n')).digest('hex').slice(0, 16)}`;
}

function savedOf(threadId: string, grant: Grant, what: string): SavedApproval {
	return {
		id: idOf(threadId, grant, what),
		kind: 'permissions',
		what,
		decision: 'allow',
		reason: null,
		threadId,
		folder: null,
		outsideSandbox: false,
		lifetime: grant.turnId === null ? 'thread' : 'turn',
		file: null,
		line: null,
		itemId: grant.itemId,
	};
}

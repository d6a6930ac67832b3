import type { ApprovalStore, SavedApproval } from '../approval/grants/savedApproval.ts';
import { joinShellWords } from '../exec/shellQuote.ts';
import type * as wire from '../protocol/approval/savedApproval.ts';
import { invalidRequest } from '../protocol/wire/rpcError.ts';
import { type Handlers, RpcFailure } from '../session/handler.ts';
import type { Clients } from '../session/clients.ts';
import { encodeNotification, type Session } from '../session/session.ts';
import type { ApprovalAudit, AuditEntry } from '../store/approvalAudit.ts';
import type { Threads } from '../thread/threads.ts';

export interface ApprovalServices {
	readonly stores: readonly ApprovalStore[];
	readonly audit: ApprovalAudit;
	readonly threads: Threads;
	readonly watchers: ApprovalWatchers;
}

/** The clients that show a list of approvals: only they are told that it may have changed. */
export class ApprovalWatchers {
	readonly #clients: Clients;
	readonly #sessions = new WeakSet<Session>();

	constructor(clients: Clients) {
		this.#clients = clients;
	}

	add(session: Session): void {
		this.#sessions.add(session);
	}

	changed(): void {
		const encoded = encodeNotification({ method: 'approval/changed', params: {} });
		for (const session of this.#clients.initialized()) if (this.#sessions.has(session)) session.notify(encoded);
	}
}

/** What was allowed for more than one time, and taking it back. */
export function approvalHandlers({ stores, audit, threads, watchers }: ApprovalServices): Handlers {
	const listed = async (cwd: string | null | undefined) => {
		const folders = [...(cwd ? [cwd] : []), ...threads.loaded.map((thread) => thread.settings.cwd)];
		const all = await Promise.all(stores.map(async (store) => (await store.list([...new Set(folders)])).map((approval) => ({ store, approval }))));
		return all.flat();
	};
	return {
		'approval/list': async (params, context) => {
			watchers.add(context.session);
			const entries = await audit.recent();
			const data = (await listed(params.cwd))
				.filter(({ approval }) => !params.threadId || approval.threadId === null || approval.threadId === params.threadId)
				.map(({ approval }) => toWire(approval, entries));
			return { data, auditFile: audit.path };
		},

		'approval/revoke': async (params, context) => {
			const found = (await listed(params.cwd)).find(({ approval }) => approval.id === params.id);
			if (!found) throw new RpcFailure(invalidRequest(`there is no approval ${params.id} (any more): list them again with approval/list`));
			const { approval, store } = found;
			const revoked = toWire(approval, await audit.recent());
			try {
				await store.revoke(approval);
			} catch (error) {
				throw new RpcFailure(invalidRequest(`it could not be taken back: ${error instanceof Error ? error.message : String(error)}`));
			}
			audit.record({
				at: Date.now(),
				threadId: approval.threadId,
				turnId: null,
				itemId: approval.itemId,
				kind: 'revoked',
				what: `${approval.kind} ${approval.what}`,
				folder: approval.folder,
				decision: 'revoke',
				lifetime: null,
				rule: null,
				by: context.session.client?.name ?? null,
			});
			context.afterReply(() => watchers.changed());
			return { revoked };
		},
	};
}

function toWire(approval: SavedApproval, entries: readonly AuditEntry[]): wire.SavedApproval {
	const { itemId, askedIn = approval.threadId, ...shown } = approval;
	const allowed = entries.findLast((entry) => {
		if (itemId !== null) return entry.itemId === itemId && entry.threadId === askedIn && entry.lifetime !== null;
		if (approval.kind === 'host') return entry.kind === 'host' && entry.rule?.[1] === approval.what;
		return approval.kind === 'rule' && entry.kind !== 'host' && entry.rule !== null && joinShellWords(entry.rule) === approval.what;
	});
	return { ...shown, allowedBy: allowed?.by ?? null, allowedAtMs: allowed?.at ?? null };
}

import { createHash } from 'node:crypto';
import path from 'node:path';
import { GitError } from '../../git/git.ts';
import { isFolder } from '../../platform/fileKinds.ts';
import { hostPaths } from '../../platform/host.ts';
import type { Worktree, WorktreeSetup } from '../../protocol/host/worktree.ts';
import { invalidRequest } from '../../protocol/wire/rpcError.ts';
import { type Handlers, refusal, RpcFailure } from '../../session/handler.ts';
import type { Threads } from '../../thread/threads.ts';
import type { WorktreeStart } from '../../worktrees/makeWorktree.ts';
import type { WorktreeRecord } from '../../worktrees/worktreeRecord.ts';
import type { Worktrees } from '../../worktrees/worktrees.ts';
import { textOf } from '../../words/l10n.ts';

export interface WorktreeServices {
	readonly worktrees: Worktrees;
	readonly threads: Pick<Threads, 'loaded'>;
	/** `[worktree]` for a folder: the commands, and the hashes of those that the person allowed, by checkout. */
	readonly setup: (cwd: string) => { readonly commands: readonly string[]; readonly trusted: Readonly<Record<string, unknown>> };
}

export function worktreeHandlers({ worktrees, threads, setup }: WorktreeServices): Handlers {
	const known = (id: string): WorktreeRecord => {
		const record = worktrees.find(id);
		if (record === null) throw new RpcFailure(invalidRequest(`there is no worktree ${JSON.stringify(id)}`));
		return record;
	};
	return {
		'worktree/create': async ({ cwd, name, start, ref, folder, copy }) => {
			const { record, warnings } = await told(() =>
				worktrees.make({ cwd, name: name ?? null, start: startOf(start, ref ?? null), folder: folder ?? null, copy: copy ?? [] }),
			);
			return { worktree: toWorktree(record), setup: toSetup(record.source, setup(cwd)), warnings: [...warnings] };
		},
		'worktree/list': async () => ({ data: (await worktrees.list()).map(toWorktree) }),
		'worktree/changes': async ({ id }) => {
			const record = known(id);
			const { tree, changes } = await told(() => worktrees.changes(record));
			return {
				tree,
				changes: changes.map((change) => ({
					...change,
					file: path.join(record.folder, change.path),
					target: path.join(record.source, change.path),
				})),
			};
		},
		'worktree/applied': async ({ id, tree, files }) => {
			if (!/^[0-9a-f]{40,64}$/.test(tree)) throw new RpcFailure(invalidRequest(`${JSON.stringify(tree)} is no tree`));
			const before = Object.fromEntries(files.map((file) => [file.path, file.before]));
			await told(() => worktrees.applied(known(id), { tree, before }));
			return {};
		},
		'worktree/remove': async ({ id, confirmed, keepBranch }) => {
			const record = known(id);
			const busy = threads.loaded.find(({ activeTurnId, settings }) => activeTurnId !== null && hostPaths.isInside(record.folder, settings.cwd));
			if (busy !== undefined) throw new RpcFailure(invalidRequest('a turn runs in this worktree: stop it first', { reason: 'turnRuns' }));
			const risk = await told(() => worktrees.remove(record, { confirmed: confirmed ?? null, keepBranch }));
			if (risk === null) return { risk };
			const { isDetached, files, commits, copies, submodules, token } = risk;
			return { risk: { files: [...files], commits: [...commits], copies: [...copies], submodules: [...submodules], detached: isDetached, token } };
		},
	};
}

function startOf(type: 'commit' | 'folder' | 'ref', ref: string | null): WorktreeStart {
	if (type !== 'ref') return { type };
	if (ref === null) throw new RpcFailure(invalidRequest('`ref` is missing: where does the worktree begin?'));
	return { type, ref };
}

function toWorktree({ id, folder, inside, branch, source, createdAt }: WorktreeRecord): Worktree {
	const cwd = inside === '' ? folder : path.join(folder, inside);
	return { id, folder, cwd, branch, source, createdAt: Math.floor(createdAt / 1000), missing: !isFolder(folder) };
}

function toSetup(key: string, { commands, trusted }: ReturnType<WorktreeServices['setup']>): WorktreeSetup | null {
	if (commands.length === 0) return null;
	const hash = `sha256:${createHash('sha256').update(JSON.stringify(commands)).digest('hex')}`;
	return { commands: [...commands], hash, key, trusted: Object.hasOwn(trusted, key) && trusted[key] === hash };
}

/** What git and the disk say is told to people. */
async function told<T>(work: () => Promise<T>): Promise<T> {
	try {
		return await work();
	} catch (error) {
		if (error instanceof GitError || (error instanceof Error && 'code' in error)) throw refusal(textOf(error));
		throw error;
	}
}

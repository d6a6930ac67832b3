import fs from 'node:fs/promises';
import path from 'node:path';
import { filesRestored } from '../../instructions/filesRestored.ts';
import { decodeText } from '../../patch/textFile.ts';
import { type Checkpoint, type FileState, netChanges, undoneIds } from '../../checkpoint/checkpoint.ts';
import { type CheckpointStore, contentsOf } from '../../checkpoint/checkpointStore.ts';
import { previewRestore, restore, type RestoreServices } from '../../checkpoint/restore.ts';
import { toCheckpointUpdated, toWireCheckpointFile } from '../../projection/wireCheckpoint.ts';
import type { CheckpointChange, CheckpointContent } from '../../protocol/thread/checkpoint.ts';
import { invalidRequest } from '../../protocol/wire/rpcError.ts';
import { type Handlers, RpcFailure } from '../../session/handler.ts';
import type { ThreadSubscriptions } from '../../session/threadSubscriptions.ts';
import type { Threads } from '../../thread/threads.ts';
import { checkThreadId } from './threadLookup.ts';

export interface CheckpointServices extends RestoreServices {
	readonly threads: Threads;
	readonly subscriptions: ThreadSubscriptions;
	/** Is told what a person saves in an editor. */
	readonly saves: { saving(file: string): Promise<void>; saved(file: string): Promise<void> };
}

/** An answer takes no more changes once it holds this much. */
const MAX_ANSWER_BYTES = 4 * 1024 * 1024;

/** What turns changed, and taking it back. */
export function checkpointHandlers(services: CheckpointServices): Handlers {
	const { checkpoints, threads, subscriptions, saves } = services;

	const read = async (threadId: string, checkpointId: string): Promise<{ readonly all: readonly Checkpoint[]; readonly index: number }> => {
		const all = await checkpoints.log(threadId).read();
		const index = all.findIndex(({ id }) => id === checkpointId);
		if (index < 0) throw new RpcFailure(invalidRequest(`no checkpoint ${checkpointId} in thread ${threadId}: nothing was changed there`));
		return { all, index };
	};

	return {
		'thread/checkpoint/list': async (params) => {
			const all = await checkpoints.log(checkThreadId(params.threadId)).read();
			const undone = undoneIds(all);
			const data = all.map((checkpoint) => ({
				id: checkpoint.id,
				kind: checkpoint.kind,
				of: [...checkpoint.of],
				createdAt: Math.floor(checkpoint.at / 1000),
				files: netChanges(checkpoint.changes).map(toWireCheckpointFile),
				undone: undone.has(checkpoint.id),
				uncovered: [...checkpoint.uncovered],
			}));
			return { data, bytes: [...contentsOf(all).values()].reduce((sum, bytes) => sum + bytes, 0) };
		},

		'thread/checkpoint/read': async (params) => {
			const { all, index } = await read(checkThreadId(params.threadId), params.checkpointId);
			const change = netChanges(all[index]?.changes ?? []).find(({ path }) => path === params.path);
			if (!change) throw new RpcFailure(invalidRequest(`checkpoint ${params.checkpointId} did not change ${params.path}`));
			return { before: await contentOf(change.before, checkpoints), after: await contentOf(change.after, checkpoints) };
		},

		'thread/checkpoint/changes': async (params) => {
			const all = await checkpoints.log(checkThreadId(params.threadId)).readChanges();
			const data: CheckpointChange[] = [];
			let bytes = 0;
			for (const change of all.slice(params.from)) {
				if (bytes > MAX_ANSWER_BYTES) break;
				const { checkpoint, item, path, by } = change;
				const [before, after] = [await contentOf(change.before, checkpoints), await contentOf(change.after, checkpoints)];
				data.push({ checkpointId: checkpoint, itemId: item, path, by, before, after });
				bytes += sizeOf(change.before) + sizeOf(change.after);
			}
			return { data, next: Math.min(params.from, all.length) + data.length, total: all.length };
		},

		'thread/checkpoint/restore': async (params, context) => {
			const threadId = checkThreadId(params.threadId);
			const { all, index } = await read(threadId, params.checkpointId);
			const thread = threads.get(threadId);
			const steps = params.scope === 'andLater' ? all.slice(index) : all.slice(index, index + 1);
			const wanted = params.paths ? new Set(params.paths) : null;
			const request = {
				threadId,
				steps: steps.map(({ id, changes }) => ({ id, changes: netChanges(changes).filter(({ path }) => wanted?.has(path) ?? true) })),
			};
			if (params.dryRun) return { checkpointId: null, files: [...(await previewRestore(services, request))] };
			if (thread?.activeTurnId) throw new RpcFailure(invalidRequest('a turn is running in this thread: stop it before you take changes back'));
			const done = await restore(services, request);
			const { checkpointId } = done;
			const touched = done.files.filter(({ outcome }) => outcome === 'restored' || outcome === 'merged').map(({ path }) => path);
			if (touched.length > 0) thread?.inject([filesRestored(touched)]);
			if (checkpointId !== null) context.afterReply(() => subscriptions.tellEditors(threadId, toCheckpointUpdated({ threadId, checkpointId }, done)));
			return { checkpointId, files: [...done.files] };
		},

		'thread/checkpoint/saving': async (params) => {
			for (const file of await namesOf(params.path)) await saves.saving(file);
			return {};
		},

		'thread/checkpoint/saved': async (params) => {
			for (const file of await namesOf(params.path)) await saves.saved(file);
			return {};
		},
	};
}

/** Commands may know the folder of a file by its real name. */
async function namesOf(file: string): Promise<ReadonlySet<string>> {
	const normal = path.normalize(file);
	const folder = await fs.realpath(path.dirname(normal)).catch(() => path.dirname(normal));
	return new Set([normal, path.join(folder, path.basename(normal))]);
}

function sizeOf(state: FileState): number {
	return state.type === 'file' ? state.bytes : 0;
}

async function contentOf(state: FileState, checkpoints: CheckpointStore): Promise<CheckpointContent> {
	if (state.type === 'absent') return { type: 'absent' };
	const bytes = state.type === 'file' ? await checkpoints.contents.get(state.hash) : null;
	if (bytes === null) return { type: 'notKept', message: 'The content of this file is not kept.' };
	const text = decodeText(bytes)?.text;
	return text === undefined || text.includes('\0') ? { type: 'binary', bytes: bytes.length } : { type: 'text', text };
}

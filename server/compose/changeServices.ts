import type { ApprovalServices } from './approvalServices.ts';
import { CheckpointStore } from '../checkpoint/checkpointStore.ts';
import { listProjectFiles } from '../checkpoint/projectFiles.ts';
import { CheckpointRecorder } from '../checkpoint/checkpointRecorder.ts';
import { checkpointHandlers } from '../handlers/thread/checkpoint.ts';
import { fileBlameHandlers } from '../handlers/host/fileBlame.ts';
import { localApplier } from '../patch/applyChanges.ts';
import { diskReader } from '../patch/fileReader.ts';
import { encodeText } from '../patch/textFile.ts';
import { toCheckpointUpdated } from '../projection/wireCheckpoint.ts';
import { diskLookup } from '../sandbox/policy/fileLookup.ts';
import { copiesFolder } from '../sandbox/policy/fileView.ts';
import { ClientFileChanges } from '../session/clientFileChanges.ts';
import type { Threads } from '../thread/threads.ts';
import { PatchRunner } from '../tools/patch/patchRunner.ts';
import type { Feature } from './feature.ts';
import type { Ground } from './ground.ts';

/** What undo may keep of all threads together. */
const CHECKPOINT_BYTES = 1024 ** 3;

/** An undo waits no longer for what an editor has not saved, in milliseconds. */
const EDITOR_MS = 5_000;

export type ChangeServices = ReturnType<typeof createChangeServices>;

/** Changes of files: patches, what is kept to take changes back, and who made them. */
export function createChangeServices(ground: Ground, approvals: Pick<ApprovalServices, 'permissions' | 'files' | 'workspaces'>) {
	const { home, env, log, clients, requests, subscriptions } = ground;
	const applier = new ClientFileChanges({ clients, requests, otherwise: localApplier });
	const checkpoints = new CheckpointStore(copiesFolder(home));
	const changes = new CheckpointRecorder({
		checkpoints,
		list: listProjectFiles,
		maxWaitMs: 2000,
		maxBytes: CHECKPOINT_BYTES,
		onProblem: (message, error) => log.warn(message, { error }),
		onChanged: ({ threadId, turnId }, added) => subscriptions.tellEditors(threadId, toCheckpointUpdated({ threadId, checkpointId: turnId }, added)),
	});
	const patches = new PatchRunner({
		reader: (context) => applier.reader(context, diskReader),
		applier: () => applier,
		lookup: diskLookup,
		env,
		codexHome: home,
		keys: ground.keys,
		changes,
		permissions: approvals.permissions,
		files: approvals.files,
		workspaces: approvals.workspaces,
	});
	return { applier, checkpoints, changes, patches };
}

export function changeFeature({ store, subscriptions }: Ground, services: ChangeServices, threads: Threads): Feature {
	const { applier, checkpoints, changes } = services;
	return {
		name: 'changes',
		handlers: {
			...checkpointHandlers({
				checkpoints,
				applier,
				hasEditor: (threadId) => applier.hasEditor(threadId),
				unsaved: async (threadId, file) => {
					const read = await applier.reader({ threadId, signal: AbortSignal.timeout(EDITOR_MS) }, diskReader).read(file);
					return read.type === 'text' && read.unsaved === true ? encodeText(read.text, read.format) : null;
				},
				written: (written) => changes.written(written),
				threads,
				subscriptions,
				saves: changes,
			}),
			...fileBlameHandlers({ checkpoints, store, subscriptions }),
		},
	};
}

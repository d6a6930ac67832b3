import type { ApprovalServices } from './approvalServices.ts';
import { CheckpointStore } from './checkpoint/checkpointStore.ts';
import { listProjectFiles } from './checkpoint/projectFiles.ts';
import { Recorder } from './checkpoint/recorder.ts';
import { checkpointHandlers } from './handlers/checkpoint.ts';
import { fileBlameHandlers } from './handlers/fileBlame.ts';
import { localApplier } from './patch/applyChanges.ts';
import { diskReader } from './patch/fileReader.ts';
import { encodeText } from './patch/textFile.ts';
import { toCheckpointUpdated } from './projection/wireCheckpoint.ts';
import { diskLookup } from './sandbox/fileLookup.ts';
import { copiesFolder } from './sandbox/fileView.ts';
import { ClientFileChanges } from './session/clientFileChanges.ts';
import type { Clients } from './session/clients.ts';
import type { ServerRequests } from './session/serverRequests.ts';
import type { ThreadSubscriptions } from './session/threadSubscriptions.ts';
import type { ThreadStore } from './store/threadStore.ts';
import type { Logger } from './telemetry/logger.ts';
import type { Threads } from './thread/threads.ts';
import { PatchRunner } from './tools/patchRunner.ts';

/** What undo may keep of all threads together. */
const CHECKPOINT_BYTES = 1024 ** 3;

/** An undo waits no longer for what an editor has not saved, in milliseconds. */
const EDITOR_MS = 5_000;

export interface ChangeServicesOptions {
	readonly home: string;
	readonly env: Readonly<Record<string, string | undefined>>;
	readonly log: Logger;
	readonly clients: Clients;
	readonly requests: ServerRequests;
	readonly subscriptions: ThreadSubscriptions;
	readonly approvals: Pick<ApprovalServices, 'permissions' | 'files'>;
	readonly store: ThreadStore;
	/** Asked for late: threads are made of what this makes. */
	readonly threads: () => Threads;
}

/** Changes of files: patches, what is kept to take changes back, and who made them. */
export function createChangeServices({ home, env, log, clients, requests, subscriptions, approvals, store, threads }: ChangeServicesOptions) {
	const applier = new ClientFileChanges({ clients, requests, otherwise: localApplier });
	const checkpoints = new CheckpointStore(copiesFolder(home));
	const changes = new Recorder({
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
		changes,
		permissions: approvals.permissions,
		files: approvals.files,
	});
	return {
		changes,
		patches,
		handlers: () => ({
			...checkpointHandlers({
				checkpoints,
				applier,
				hasEditor: (threadId) => applier.hasEditor(threadId),
				unsaved: async (threadId, file) => {
					const read = await applier.reader({ threadId, signal: AbortSignal.timeout(EDITOR_MS) }, diskReader).read(file);
					return read.type === 'text' && read.unsaved === true ? encodeText(read.text, read.format) : null;
				},
				written: (written) => changes.written(written),
				threads: threads(),
				subscriptions,
				saves: changes,
			}),
			...fileBlameHandlers({ checkpoints, store, subscriptions }),
		}),
	};
}

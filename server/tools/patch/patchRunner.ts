import { mayAsk, refusedUnasked } from '../../approval/mayAsk.ts';
import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import type { ChangeRecorder } from '../../patch/changeRecorder.ts';
import { computeChanges, type PlannedChange } from '../../patch/computeChanges.ts';
import type { ApplyResult, FileChangeApplier } from '../../patch/fileChangeApplier.ts';
import type { FileReader } from '../../patch/fileReader.ts';
import { parsePatch } from '../../patch/parsePatch.ts';
import { failureText, summary } from '../../patch/patchTexts.ts';
import type { PatchSection } from '../../patch/patch.ts';
import { resolveEntry, resolveReal } from '../../patch/realPath.ts';
import { unifiedDiff } from '../../patch/unifiedDiff.ts';
import { patchAccess } from '../../patch/patchAccess.ts';
import { previewedChanges } from '../../patch/previewPatch.ts';
import type { ThreadGrants } from '../../approval/grants/threadGrants.ts';
import type { WorkspaceGrants } from '../../approval/grants/workspaceGrants.ts';
import type { PermissionGrants } from '../../approval/grants/permissionGrants.ts';
import { joined } from '../../sandbox/policy/requestedPermissions.ts';
import { withPermissions } from '../../sandbox/policy/withPermissions.ts';
import { type FileLookup, protectedReason } from '../../sandbox/policy/writableRoots.ts';
import type { FileChange, PatchStatus } from '../../items/item.ts';
import { UnsavedTexts } from '../../patch/unsavedTexts.ts';
import { TurnDiff } from '../../patch/turnDiff.ts';
import type { ToolContext } from '../tool.ts';

export interface PatchRunnerOptions {
	/** Where the files of a thread are read: in its editor, where that has unsaved text. */
	reader(context: Pick<ToolContext, 'threadId' | 'signal'>): FileReader;
	/** Chosen per patch, so that a client which comes or goes is taken into account. */
	applier(context: ToolContext): FileChangeApplier;
	readonly lookup: FileLookup;
	readonly env: Readonly<Record<string, string | undefined>>;
	readonly codexHome: string | null;
	/** Whether tools may read the files with our keys; hidden when left out. */
	readonly keys?: () => 'hidden' | 'shown';
	/** Keeps what is about to be changed. */
	readonly changes: ChangeRecorder;
	readonly permissions: PermissionGrants;
	readonly files: ThreadGrants;
	/** What was allowed in all threads of a folder. */
	readonly workspaces: WorkspaceGrants;
}

export interface PatchRequest {
	/** The item's id too. */
	readonly callId: string;
	readonly patch: string;
	/** Absolute; where the patch's relative paths begin. */
	readonly cwd: string;
}

/** What became of a patch. `message` and `output` are for the model. */
export type PatchOutcome =
	/** Nothing was tried: it is no patch, does not fit the files, or was not allowed. */
	| { readonly type: 'refused'; readonly message: string }
	| { readonly type: 'ran'; readonly exitCode: 0 | 1; readonly output: string; readonly durationMs: number };

interface ThreadState {
	readonly turnId: string;
	readonly diff: TurnDiff;
}

/** `places`: what the patch writes, as it is now; a link put there later leads out of them. */
type Permission =
	| { readonly type: 'run'; readonly places: WrittenPlaces }
	| { readonly type: 'ask'; readonly places: WrittenPlaces; readonly reason: string | null }
	| { readonly type: 'refuse'; readonly reason: string };

/** A patch with all that it does, and what the person says to it already. */
interface Plan {
	readonly type: 'plan';
	readonly sections: readonly PatchSection[];
	readonly changes: readonly PlannedChange[];
	readonly permission: Exclude<Permission, { readonly type: 'refuse' }>;
	readonly unsaved: UnsavedTexts;
}

/** Why a patch is not tried: for the model, and for people where that says it in other words. */
export interface Refusal {
	readonly type: 'refusal';
	readonly told: string;
	readonly reason?: string;
	/** Failed when left out. */
	readonly status?: 'failed' | 'declined';
}

/** Context lines of the diff that an item shows. */
const ITEM_CONTEXT_LINES = 1;

/**
 * Runs patches from the first check to the turn's diff, for the tool and for commands that turn out to be patches.
 * Keeps per thread what was granted and what the running turn has changed.
 */
export class PatchRunner {
	readonly #options: PatchRunnerOptions;
	readonly #threads = new Map<string, ThreadState>();

	/** The end of the newest patch of each thread. */
	readonly #last = new Map<string, Promise<undefined>>();

	constructor(options: PatchRunnerOptions) {
		this.#options = options;
	}

	get threads(): readonly string[] {
		return [...this.#threads.keys(), ...this.#last.keys()];
	}

	/** Forgets a thread that is no longer loaded. */
	endThread(threadId: string): void {
		this.#threads.delete(threadId);
		this.#last.delete(threadId);
	}

	/** Patches of one thread run one after the other: each is worked out from what the one before has left. */
	run(request: PatchRequest, context: ToolContext): Promise<PatchOutcome> {
		const outcome = (this.#last.get(context.threadId) ?? Promise.resolve()).then(() => this.#run(request, context));
		const settled = outcome.then(
			() => undefined,
			() => undefined,
		);
		this.#last.set(context.threadId, settled);
		return outcome;
	}

	/** Shows a patch that was not even tried, with what it says of itself, and says why. */
	refuse({ callId, patch, cwd }: PatchRequest, context: ToolContext, { told, ...refusal }: Refusal): PatchOutcome {
		const { status = 'failed', reason = told } = refusal;
		const base = { type: 'fileChange', id: callId, changes: previewedChanges(patch, cwd) } as const;
		const { turnId } = context;
		context.emit({ type: 'itemStarted', turnId, at: Date.now(), item: { ...base, status: 'inProgress' } });
		context.emit({ type: 'itemCompleted', turnId, at: Date.now(), item: { ...base, status, stdout: '', stderr: reason } });
		return { type: 'refused', message: told };
	}

	/** Works a patch out without touching or showing anything. */
	async #plan(request: PatchRequest, context: ToolContext): Promise<Plan | Refusal> {
		const unfit = (reason: string, note = '') => ({ type: 'refusal', told: `apply_patch verification failed: ${reason}${note}`, reason }) as const;
		const rejected = (reason: string) => ({ type: 'refusal', told: `patch rejected: ${reason}`, reason }) as const;
		const isFolder = await stat(request.cwd).then(
			(stats) => stats.isDirectory(),
			() => false,
		);
		if (!isFolder) return unfit(`the working directory ${request.cwd} does not exist`);
		const parsed = parsePatch(request.patch);
		if (!parsed.ok) return unfit(parsed.message);
		const sections = parsed.value;
		if (sections.length === 0) return rejected('empty patch');
		const { cwd, hasEnvironment } = context.settings;
		if (hasEnvironment && !existsSync(cwd)) return rejected(`the folder ${cwd} is gone`);
		const hidden = await this.#hiddenPath(sections, request.cwd, context);
		if (hidden !== null) return { ...rejected(`the permissions of this thread deny access to ${hidden}`), status: 'declined' };
		const unsaved = new UnsavedTexts(this.#options.reader(context));
		const planned = await computeChanges(sections, { cwd: request.cwd, reader: unsaved });
		if (!planned.ok) return unfit(planned.message, await unsaved.note());
		const permission = await this.#permission(planned.value, context);
		if (permission.type === 'refuse') return { ...rejected(permission.reason), status: 'declined' };
		return { type: 'plan', sections, changes: planned.value, permission, unsaved };
	}

	async #run(request: PatchRequest, context: ToolContext): Promise<PatchOutcome> {
		const startedAt = performance.now();
		const plan = await this.#plan(request, context);
		if (plan.type === 'refusal') return this.refuse(request, context, plan);
		const { changes, permission, unsaved } = plan;
		const shown = changes.map(toFileChange);
		const complete = (status: PatchStatus, texts: { stdout?: string; stderr?: string } = {}) =>
			context.emit({
				type: 'itemCompleted',
				turnId: context.turnId,
				at: Date.now(),
				item: { type: 'fileChange', id: request.callId, changes: shown, status, ...texts },
			});
		context.emit({
			type: 'itemStarted',
			turnId: context.turnId,
			at: Date.now(),
			item: { type: 'fileChange', id: request.callId, changes: shown, status: 'inProgress' },
		});
		if (permission.type === 'ask') {
			const { workspaces } = this.#options;
			const workspace = workspaces.folderOf(context.settings.cwd);
			const asked = { itemId: request.callId, changes: shown, reason: permission.reason, grantRoot: null, workspace };
			const decision = await context.approver.fileChange(asked);
			switch (decision.type) {
				case 'decline':
					complete('declined');
					return { type: 'refused', message: decision.reason === undefined ? 'patch rejected by user' : `patch rejected: ${decision.reason}` };
				case 'cancel':
					complete('declined');
					return { type: 'refused', message: `aborted by user after ${seconds(performance.now() - startedAt)}s` };
				case 'acceptForSession':
					this.#options.files.allow(context.threadId, [...permission.places.all], request.callId);
					break;
				case 'acceptForWorkspace': {
					if (workspaces.folderOf(context.settings.cwd) === null) {
						complete('declined');
						return { type: 'refused', message: 'patch rejected by user' };
					}
					const origin = { threadId: context.threadId, itemId: request.callId };
					workspaces.allowNames(context.settings.cwd, { kind: 'files', names: [...permission.places.all] }, origin);
					break;
				}
				case 'accept':
					break;
			}
		}
		if (context.signal.aborted) {
			complete('declined');
			return { type: 'refused', message: `aborted by user after ${seconds(performance.now() - startedAt)}s` };
		}

		const { places } = permission;
		const source = { threadId: context.threadId, turnId: context.turnId, itemId: request.callId };
		await this.#options.changes.beforePatch(source, changes, (path) => places.byPath.get(path) ?? path);
		const mayWrite = (realPath: string) => places.all.has(realPath);
		const results = await this.#options.applier(context).apply({ ...source, changes, mayWrite }, context.signal);
		await this.#options.changes.afterPatch(source, changes, results);
		const applied = changes.filter((change, index) => results[index]?.status === 'applied' && results[index].path === change.path);
		const durationMs = performance.now() - startedAt;
		const success = applied.length === changes.length;
		const output = success ? summary(plan.sections) + mergeNotes(results) + unsaved.appliedNote(changes) : failureText(changes, results);
		complete(success ? 'completed' : 'failed', success ? { stdout: output, stderr: '' } : { stdout: '', stderr: output });
		if (applied.length > 0) await this.#tellTurnDiff(applied, context);
		return { type: 'ran', exitCode: success ? 0 : 1, output, durationMs };
	}

	#state(context: ToolContext): ThreadState {
		const known = this.#threads.get(context.threadId);
		if (known?.turnId === context.turnId) return known;
		const diff = new TurnDiff(context.settings.cwd, this.#options.reader(context));
		const state = { turnId: context.turnId, diff };
		this.#threads.set(context.threadId, state);
		return state;
	}

	async #tellTurnDiff(applied: readonly PlannedChange[], context: ToolContext): Promise<void> {
		const { diff } = this.#state(context);
		for (const change of applied) diff.add(change);
		context.emit({ type: 'turnDiff', turnId: context.turnId, diff: await diff.render() });
	}

	#access(context: ToolContext) {
		const { env, codexHome, lookup, permissions, workspaces, keys } = this.#options;
		const allowed = joined(permissions.of(context.threadId, context.turnId), workspaces.permissions(context.settings.cwd));
		const policy = withPermissions(context.settings.sandbox, allowed);
		return patchAccess({ policy, policyCwd: context.settings.cwd, env, codexHome, keys: keys?.() ?? 'hidden' }, lookup);
	}

	/** Why a tool may not read a file that the thread's permissions hide; null when it may. */
	async readRefusal(file: string, context: ToolContext): Promise<string | null> {
		return this.#access(context)((await resolveReal(file)) ?? file) === 'none' ? 'the permissions of this thread deny access to it' : null;
	}

	/** The first path of a patch that may not even be read: neither its content nor whether it is there is told. */
	async #hiddenPath(sections: readonly PatchSection[], cwd: string, context: ToolContext): Promise<string | null> {
		const access = this.#access(context);
		for (const section of sections) {
			for (const named of section.type === 'update' && section.movePath !== null ? [section.path, section.movePath] : [section.path]) {
				const file = path.resolve(cwd, named);
				if (access((await resolveReal(file)) ?? file) === 'none') return named;
			}
		}
		return null;
	}

	async #permission(changes: readonly PlannedChange[], context: ToolContext): Promise<Permission> {
		const { approvalPolicy, cwd, onlyReads } = context.settings;
		// Also a file that was allowed before, here or in all threads of the folder.
		if (onlyReads) return { type: 'refuse', reason: 'a question beside a thread only reads' };
		const places = await writtenPlaces(changes);
		if (typeof places === 'string') return { type: 'refuse', reason: `${places} is a symbolic link that leads nowhere` };
		const access = this.#access(context);
		const realPaths = [...places.all];
		const isInside = realPaths.every((file) => access(file) === 'write');
		if (isInside && approvalPolicy !== 'untrusted') return { type: 'run', places };
		// A link that was put in the place of a granted file since leads to another one, which was not granted.
		const { files, workspaces } = this.#options;
		if (realPaths.every((file) => files.has(context.threadId, file) || workspaces.hasFile(cwd, file))) return { type: 'run', places };
		const project = (await resolveReal(cwd)) ?? cwd;
		const reason = realPaths.map((file) => (access(file) === 'write' ? null : protectedReason(project, file))).find((each) => each !== null) ?? null;
		if (mayAsk(approvalPolicy, 'sandbox_approval')) return { type: 'ask', places, reason };
		if (typeof approvalPolicy === 'object') return { type: 'refuse', reason: refusedUnasked(approvalPolicy, 'sandbox_approval') };
		const where = context.settings.sandbox.type === 'readOnly' ? 'writing is blocked by read-only sandbox' : 'writing outside of the project';
		return { type: 'refuse', reason: `${where}; rejected by user approval settings` };
	}
}

function seconds(milliseconds: number): string {
	return (milliseconds / 1000).toFixed(1);
}

/** Where a patch writes: by its own paths, and all places together, links that it removes included. */
interface WrittenPlaces {
	readonly byPath: ReadonlyMap<string, string>;
	readonly all: ReadonlySet<string>;
}

/** The path that leads nowhere, where one does. */
async function writtenPlaces(changes: readonly PlannedChange[]): Promise<WrittenPlaces | string> {
	const byPath = new Map<string, string>();
	const all = new Set<string>();
	for (const { path: from, movePath, after } of changes) {
		for (const name of movePath === null ? [from] : [from, movePath]) {
			const real = await resolveReal(name);
			if (real === null) return name;
			const isRemoved = name === from && (after === null || movePath !== null);
			// A link is removed itself, and not what it leads to.
			const own = isRemoved ? ((await resolveEntry(name)) ?? real) : real;
			byPath.set(name, own);
			all.add(real).add(own);
		}
	}
	return { byPath, all };
}

function toFileChange({ path, kind, movePath, before, after }: PlannedChange): FileChange {
	switch (kind) {
		case 'add':
			return { path, kind: { type: 'add' }, diff: after ?? '' };
		case 'delete':
			return { path, kind: { type: 'delete' }, diff: before ?? '' };
		case 'update':
			return { path, kind: { type: 'update', movePath }, diff: unifiedDiff(before ?? '', after ?? '', ITEM_CONTEXT_LINES) };
	}
}

/** The files are not as the model wrote them when a client merged a change with unsaved text, or saving changed it. */
function mergeNotes(results: readonly ApplyResult[]): string {
	const changed = results.filter((result) => result.content !== null);
	const names = (bySave: boolean) => changed.filter(({ changedBySave = false }) => changedBySave === bySave).map(({ path: file }) => file);
	const [merged, saved] = [names(false), names(true)];
	return [
		merged.length === 0 ? '' : `Merged with edits that the user had not saved, read again before you change: ${merged.join(', ')}\n`,
		saved.length === 0 ? '' : `The editor changed these when it saved them, such as by its formatter: ${saved.join(', ')}\n`,
	].join('');
}

import { randomBytes } from 'node:crypto';
import { access, constants, mkdir, open, readFile, realpath, rename, rm, rmdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { PlannedChange } from './computeChanges.ts';
import type { ApplyRequest, ApplyResult, FileChangeApplier } from './fileChangeApplier.ts';
import { errorCode, osMessage } from './fileReader.ts';
import { resolveReal } from './realPath.ts';
import { decodeText, encodeText, type TextFormat } from './textFile.ts';

/** Why one change cannot be made. */
class Refusal extends Error {
	readonly status: 'conflict' | 'failed';
	constructor(status: 'conflict' | 'failed', message: string) {
		super(message);
		this.status = status;
	}
}

/** A file as it is before anything is written. */
interface Snapshot {
	/** Links resolved. */
	readonly real: string;
	readonly bytes: Buffer | null;
	readonly mode: number | null;
	readonly format: TextFormat | null;
}

/** One write or removal, checked and ready. */
interface Step {
	readonly change: PlannedChange;
	/** What is replaced, removed or created. */
	readonly target: Snapshot;
	/** The entry to remove: a link itself, not what it points to. */
	readonly remove: string | null;
	/** The finished new file, beside its target. */
	readonly staged: string | null;
}

/**
 * Writes files on this machine: every change or none. All is checked and written beside the targets first, then renamed
 * into place; when one of those last steps fails, the ones before are taken back.
 */
export const localApplier: FileChangeApplier = {
	async apply(request, signal) {
		const madeFolders: string[] = [];
		const steps: Step[] = [];
		const done: Step[] = [];
		let current: PlannedChange | undefined;
		try {
			for (current of request.changes) {
				signal.throwIfAborted();
				await prepare(current, { request, madeFolders, steps });
			}
			for (const step of steps) {
				current = step.change;
				await carryOut(step);
				done.push(step);
			}
			return request.changes.map(({ path }) => ({ path, status: 'applied', message: null, content: null }));
		} catch (error) {
			const leftOver = await takeBack(done);
			for (const { staged } of steps) if (staged !== null) await rm(staged, { force: true }).catch(() => undefined);
			for (const folder of madeFolders.toReversed()) await rmdir(folder).catch(() => undefined);
			return failures(request.changes, { failed: current, error, leftOver });
		}
	},
};

function failures(
	changes: readonly PlannedChange[],
	{ failed, error, leftOver }: { failed: PlannedChange | undefined; error: unknown; leftOver: readonly string[] },
): readonly ApplyResult[] {
	const note = leftOver.length === 0 ? '' : ` These could not be put back as they were: ${leftOver.join(', ')}.`;
	return changes.map((change) => {
		if (change !== failed)
			return { path: change.path, status: 'failed', message: 'Not changed: another file of the patch could not be changed.', content: null };
		const isAbort = error instanceof Error && error.name === 'AbortError';
		const message =
			error instanceof Refusal ? error.message : isAbort ? 'The turn was interrupted' : `Failed to write file ${change.path}: ${osMessage(error)}`;
		return { path: change.path, status: error instanceof Refusal ? error.status : 'failed', message: message + note, content: null };
	});
}

interface Preparation {
	readonly request: ApplyRequest;
	readonly madeFolders: string[];
	readonly steps: Step[];
}

async function prepare(change: PlannedChange, { request, madeFolders, steps }: Preparation): Promise<void> {
	const source = await snapshot(change.path, request);
	checkUnchanged(change.path, source, change.before);
	const format = source.format ?? change.format;
	if (change.after === null) {
		steps.push({ change, target: source, remove: change.path, staged: null });
		return;
	}
	const destinationPath = change.movePath ?? change.path;
	const destination = change.movePath === null ? source : await snapshot(destinationPath, request);
	if (change.movePath !== null) checkUnchanged(destinationPath, destination, change.replaced);
	await makeFolders(dirname(destination.real), madeFolders);
	const staged = await stage(encodeText(change.after, format), { target: destination.real, mode: source.mode });
	steps.push({ change, target: destination, remove: null, staged });
	if (change.movePath !== null) steps.push({ change, target: source, remove: change.path, staged: null });
}

async function snapshot(path: string, request: ApplyRequest): Promise<Snapshot> {
	const real = await resolveReal(path);
	if (real === null) throw new Refusal('failed', `${path} is a symbolic link that leads nowhere. Nothing was changed.`);
	if (!request.mayWrite(real)) throw new Refusal('failed', `${path} is outside of what may be written. Nothing was changed.`);
	try {
		const info = await stat(real);
		if (!info.isFile()) throw new Refusal('failed', `${path} is not a file. Nothing was changed.`);
		await access(real, constants.W_OK);
		const bytes = await readFile(real);
		return { real, bytes, mode: info.mode & 0o7777, format: decodeText(bytes)?.format ?? null };
	} catch (error) {
		if (errorCode(error) === 'ENOENT') return { real, bytes: null, mode: null, format: null };
		throw error;
	}
}

/** A patch is worked out from a text; it is not put over another one. */
function checkUnchanged(path: string, { bytes }: Snapshot, expected: string | null): void {
	const text = bytes === null ? null : (decodeText(bytes)?.text ?? undefined);
	if (text === expected) return;
	const what = text === null ? 'was removed' : expected === null ? 'was created by somebody else' : 'was changed by somebody else';
	throw new Refusal('conflict', `${path} ${what} while the patch was being applied. Nothing was changed. Read the file again and make a new patch.`);
}

async function makeFolders(folder: string, made: string[]): Promise<void> {
	const missing: string[] = [];
	for (let at = folder; at !== dirname(at) && (await realpath(at).catch(() => null)) === null; at = dirname(at)) missing.push(at);
	for (const each of missing.toReversed()) {
		try {
			await mkdir(each);
			made.push(each);
		} catch (error) {
			if (errorCode(error) !== 'EEXIST') throw error;
		}
	}
}

/** Writes the new file next to its place, so that the rename stays within one file system. */
async function stage(bytes: Buffer, { target, mode }: { target: string; mode: number | null }): Promise<string> {
	const staged = join(dirname(target), `.${basename(target).slice(0, 80)}.${randomBytes(6).toString('hex')}.tmp`);
	const file = await open(staged, 'wx');
	try {
		await file.writeFile(bytes);
		if (mode !== null) await file.chmod(mode);
	} catch (error) {
		await file.close();
		await rm(staged, { force: true });
		throw error;
	}
	await file.close();
	return staged;
}

async function carryOut(step: Step): Promise<void> {
	if (step.staged !== null) await rename(step.staged, step.target.real);
	else if (step.remove !== null) await rm(step.remove);
}

/** Returns the files that could not be restored. */
async function takeBack(done: readonly Step[]): Promise<readonly string[]> {
	const failed: string[] = [];
	for (const { target } of done.toReversed()) {
		try {
			if (target.bytes === null) await rm(target.real, { force: true });
			else await rename(await stage(target.bytes, { target: target.real, mode: target.mode }), target.real);
		} catch {
			failed.push(target.real);
		}
	}
	return failed;
}

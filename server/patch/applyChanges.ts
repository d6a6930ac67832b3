import type { Stats } from 'node:fs';
import { MovedFolderError } from '../files/heldFolder.ts';
import type { PlannedChange } from './computeChanges.ts';
import type { ApplyRequest, ApplyResult, FileChangeApplier } from './fileChangeApplier.ts';
import { errorCode, osMessage } from './fileReader.ts';
import { resolveEntry, resolveReal } from './realPath.ts';
import { ChangedError, create, findFile, type FoundFile, isSame, NoFileError, overwrite, type Place, Places, remove } from './targetFile.ts';
import { decodePatchable, encodeText } from './textFile.ts';

/** Why one change cannot be made. */
class Refusal extends Error {
	readonly status: 'conflict' | 'failed';
	constructor(status: 'conflict' | 'failed', message: string) {
		super(message);
		this.status = status;
	}
}

/** Takes a step back. */
type Undo = () => Promise<void>;

/** One thing to do, checked and ready. Steps are independent of each other. */
interface Step {
	readonly change: PlannedChange;
	/** Those that need room on the disk come first, and what cannot be had back as it was comes last. */
	readonly order: 'create' | 'overwrite' | 'move' | 'remove';
	/** The file that a failed `undo` leaves changed. */
	readonly real: string;
	run(): Promise<Undo>;
}

const ORDER: readonly Step['order'][] = ['create', 'overwrite', 'move', 'remove'];

/**
 * Writes files on this machine: every change or none. All is checked first; when a step fails, the ones before are taken back. Every file is
 * reached from a folder that is held open, so that no link that a command puts on its way meanwhile leads elsewhere.
 */
export const localApplier: FileChangeApplier = {
	async apply(request, signal) {
		const places = new Places();
		const done: { readonly real: string; readonly undo: Undo }[] = [];
		let current: PlannedChange | undefined;
		try {
			const steps: Step[] = [];
			for (current of request.changes) {
				signal.throwIfAborted();
				steps.push(...(await prepare(current, request, places)));
			}
			for (const step of steps.toSorted((a, b) => ORDER.indexOf(a.order) - ORDER.indexOf(b.order))) {
				current = step.change;
				done.push({ real: step.real, undo: await step.run() });
			}
			return request.changes.map(({ path }) => ({ path, status: 'applied', message: null, content: null }));
		} catch (error) {
			const leftOver: string[] = [];
			for (const { real, undo } of done.toReversed()) await undo().catch(() => leftOver.push(real));
			await places.removeMade();
			return failures(request.changes, { failed: current, error, leftOver });
		} finally {
			await places.close();
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
		const { status, message } = reasonOf(error, change.path);
		return { path: change.path, status, message: message + note, content: null };
	});
}

function reasonOf(error: unknown, path: string): { readonly status: 'conflict' | 'failed'; readonly message: string } {
	if (error instanceof Refusal) return error;
	if (error instanceof Error && error.name === 'AbortError') return { status: 'failed', message: 'The turn was interrupted' };
	if (error instanceof ChangedError) return changed(path, 'was changed by somebody else');
	if (error instanceof NoFileError) return { status: 'failed', message: `${path} is not a file. Nothing was changed.` };
	if (error instanceof MovedFolderError) return { status: 'failed', message: `${path} was not written: ${error.message}.` };
	return { status: 'failed', message: `Failed to write file ${path}: ${osMessage(error)}` };
}

function changed(path: string, what: string): Refusal {
	const message = `${path} ${what} while the patch was being applied. Nothing was changed. Read the file again and make a new patch.`;
	return new Refusal('conflict', message);
}

/** A path of a patch as it is before anything is written. */
interface Target {
	readonly path: string;
	/** Of the file itself, links resolved. */
	readonly place: Place;
	readonly found: FoundFile | null;
}

async function prepare(change: PlannedChange, request: ApplyRequest, places: Places): Promise<readonly Step[]> {
	const { path, movePath, after } = change;
	if (after === null) {
		const target = await find(path, { request, places });
		checkUnchanged(target, change.before);
		return [await removal(change, target, { request, places })];
	}
	const source = await find(path, { request, places });
	checkUnchanged(source, change.before);
	const bytes = encodeText(after, source.found === null ? change.format : (decodePatchable(source.found.bytes)?.format ?? change.format));
	if (movePath === null) return [source.found === null ? creation(change, source.place, { bytes, mode: null }) : overwriting(change, source, bytes)];
	const destination = await find(movePath, { request, places });
	checkUnchanged(destination, change.replaced);
	const entry = await ownPlace(path, source, { request, places });
	if (destination.found === null && entry.real === source.place.real && source.found !== null)
		return [moving(change, { source: { ...source, found: source.found }, to: destination.place, bytes })];
	const mode = source.found === null ? null : source.found.stats.mode & 0o7777;
	const writing = destination.found === null ? creation(change, destination.place, { bytes, mode }) : overwriting(change, destination, bytes);
	return [writing, await removal(change, source, { request, places })];
}

interface Surroundings {
	readonly request: ApplyRequest;
	readonly places: Places;
}

async function find(path: string, { request, places }: Surroundings): Promise<Target> {
	const real = await resolveReal(path);
	if (real === null) throw new Refusal('failed', `${path} is a symbolic link that leads nowhere. Nothing was changed.`);
	checkAllowed(path, real, request);
	const place = await places.at(real, 'make');
	return { path, place, found: await findFile(place) };
}

function checkAllowed(path: string, real: string, request: ApplyRequest): void {
	if (!request.mayWrite(real)) throw new Refusal('failed', `${path} is outside of what may be written. Nothing was changed.`);
}

/** A patch is worked out from a text; it is not put over another one. */
function checkUnchanged({ path, found }: Target, expected: string | null): void {
	const text = found === null ? null : (decodePatchable(found.bytes)?.text ?? undefined);
	if (text === expected) return;
	throw changed(path, text === null ? 'was removed' : expected === null ? 'was created by somebody else' : 'was changed by somebody else');
}

/** Where the name itself stands: of a link, not where it leads. */
async function ownPlace(path: string, { place }: Target, { request, places }: Surroundings): Promise<Place> {
	const real = (await resolveEntry(path)) ?? path;
	if (real === place.real) return place;
	checkAllowed(path, real, request);
	return places.at(real, 'fail');
}

function creation(change: PlannedChange, place: Place, content: { readonly bytes: Buffer; readonly mode: number | null }): Step {
	return {
		change,
		order: 'create',
		real: place.real,
		run: async () => {
			const made = await create(place, content);
			return () => removeIfSame(place, made);
		},
	};
}

function overwriting(change: PlannedChange, { place, found }: Target, bytes: Buffer): Step {
	return {
		change,
		order: 'overwrite',
		real: place.real,
		run: async () => {
			if (found === null) throw new ChangedError();
			await overwrite(place, found, bytes);
			return () => overwrite(place, { bytes, stats: found.stats }, found.bytes);
		},
	};
}

/** The file itself goes to its new place, as it is, and then gets its new content there. */
function moving(
	change: PlannedChange,
	{ source, to, bytes }: { readonly source: Target & { readonly found: FoundFile }; readonly to: Place; readonly bytes: Buffer },
): Step {
	const { place, found } = source;
	return {
		change,
		order: 'move',
		real: place.real,
		run: async () => {
			const entry = await place.folder.lstat(place.name);
			if (entry === null || !isSame(entry, found.stats)) throw new ChangedError();
			if ((await to.folder.lstat(to.name)) !== null) throw changed(change.movePath ?? '', 'was created by somebody else');
			try {
				await place.folder.rename(place.name, to);
			} catch (error) {
				if (errorCode(error) !== 'EXDEV' && errorCode(error) !== 'EBUSY') throw error;
				// Another disk, or a mount point of its own.
				const made = await create(to, { bytes, mode: found.stats.mode & 0o7777 });
				await remove(place, found.stats).catch(async (failure: unknown) => {
					await removeIfSame(to, made);
					throw failure;
				});
				return async () => {
					await create(place, { bytes: found.bytes, mode: found.stats.mode & 0o7777 });
					await removeIfSame(to, made);
				};
			}
			const back = () => to.folder.rename(to.name, place);
			if (bytes.equals(found.bytes)) return back;
			await overwrite(to, found, bytes).catch(async (failure: unknown) => {
				await back();
				throw failure;
			});
			return async () => {
				await overwrite(to, { bytes, stats: found.stats }, found.bytes);
				await back();
			};
		},
	};
}

async function removal(change: PlannedChange, target: Target, surroundings: Surroundings): Promise<Step> {
	const { found } = target;
	const place = await ownPlace(change.path, target, surroundings);
	return {
		change,
		order: 'remove',
		real: place.real,
		run: async () => {
			const entry = await place.folder.lstat(place.name);
			if (entry?.isSymbolicLink() === true) {
				const leadsTo = await place.folder.readlink(place.name);
				await place.folder.unlink(place.name);
				return () => place.folder.symlink(leadsTo, place.name);
			}
			if (found === null) throw new ChangedError();
			await remove(place, found.stats);
			return async () => {
				await create(place, { bytes: found.bytes, mode: found.stats.mode & 0o7777 });
			};
		},
	};
}

async function removeIfSame(place: Place, stats: Stats): Promise<void> {
	const entry = await place.folder.lstat(place.name);
	if (entry !== null && isSame(entry, stats)) await place.folder.unlink(place.name);
}

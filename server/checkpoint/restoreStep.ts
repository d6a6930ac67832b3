import { constants } from 'node:fs';
import { readGuarded } from '../files/guardedFile.ts';
import type { PlannedChange } from '../patch/computeChanges.ts';
import { create, findFile, overwrite, type Place, Places, remove } from '../patch/targetFile.ts';
import { decodeText } from '../patch/textFile.ts';
import { hashOf } from './contentStore.ts';
import { because, type RestoreReason } from './restoreReason.ts';

/**
 * `restored`: as it was before. `merged`: the change was taken out and what came later is still there. `unchanged`: nothing had to be done.
 * `conflict`: changed later in the same place, and left alone. `notKept`: the old content is not in the store. `failed`: could not be written.
 */
export type RestoreOutcome = 'restored' | 'merged' | 'unchanged' | 'conflict' | 'notKept' | 'failed';

export interface RestoredFile {
	readonly path: string;
	readonly outcome: RestoreOutcome;
	/** What was or would be done to it: the file goes, comes back or is changed. */
	readonly action: 'delete' | 'create' | 'change' | 'none';
	/** For a person: why not, or that it is not saved yet. */
	readonly message: string | null;
	/** The same by code, where the message is ours. */
	readonly reason?: RestoreReason;
	/** Unified diff from what is there to what will be; null where it is no text. */
	readonly diff: string | null;
}

/** One file of a restore, worked out and not yet done. */
export type RestoreStep =
	| { readonly type: 'done'; readonly file: RestoredFile }
	| {
			readonly type: 'text';
			readonly file: RestoredFile;
			/** Where it lies, without links. */
			readonly real: string;
			/** From what the newest step left to what was before the oldest. */
			readonly planned: PlannedChange;
			/** From what is on the disk or in an editor now to what will be. */
			readonly onDisk: PlannedChange;
			readonly mode: number | null;
	  }
	| {
			readonly type: 'bytes';
			readonly file: RestoredFile;
			readonly real: string;
			readonly live: Buffer | null;
			readonly content: Buffer | null;
			readonly mode: number | null;
	  };

export function sameBytes(a: Buffer | null, b: Buffer | null): boolean {
	return a === null || b === null ? a === b : hashOf(a) === hashOf(b);
}

type Applied = { readonly status: 'applied' | 'conflict' | 'failed'; readonly message: string | null; readonly content: string | null };

const MAX_BYTES = 64 * 1024 * 1024;

/** What became of a text: asked of the disk, not of who wrote it. */
export async function verified(
	step: Extract<RestoreStep, { type: 'text' }>,
	result: Applied | undefined,
	unsaved: (file: string) => Promise<Buffer | null>,
): Promise<RestoredFile> {
	const { file, real, onDisk, planned, mode } = step;
	if (result === undefined) return { ...file, outcome: 'failed', action: 'none', ...because('noAnswer') };
	if (result.status !== 'applied') return { ...file, outcome: result.status, action: 'none', message: result.message, diff: null };
	const wanted = result.content ?? (planned.after === null ? null : onDisk.after);
	const read = await readGuarded(real, { maxBytes: MAX_BYTES });
	const bytes = (await unsaved(file.path)) ?? (read.type === 'content' ? read.bytes : null);
	const text = bytes === null ? null : (decodeText(bytes)?.text ?? null);
	if (sameText(text, wanted)) {
		if (mode !== null) await inPlace(real, (place) => setMode(place, mode)).catch(() => undefined);
		return file;
	}
	// An editor keeps a text unsaved that had unsaved changes before.
	if (result.message !== null) return { ...file, message: result.message };
	return { ...file, outcome: 'failed', ...because('changedAfterwards') };
}

/** Editors may write other line ends than they were given. */
function sameText(a: string | null, b: string | null): boolean {
	return a === b || (a !== null && b !== null && a.replaceAll('\r\n', '\n') === b.replaceAll('\r\n', '\n'));
}

/** Brings a file back that is no text. Never rejects. */
export async function writeBytes({ file, real, live, content, mode }: Extract<RestoreStep, { type: 'bytes' }>): Promise<RestoredFile> {
	try {
		return await inPlace(real, async (place) => {
			const found = await findFile(place);
			if (!sameBytes(found?.bytes ?? null, live)) return { ...file, outcome: 'failed', action: 'none', ...because('changedMeanwhile') };
			if (content === null) {
				if (found !== null) await remove(place, found.stats);
			} else if (found === null) await create(place, { bytes: content, mode });
			else {
				await overwrite(place, found, content);
				if (mode !== null) await setMode(place, mode);
			}
			const now = await findFile(place);
			return sameBytes(now?.bytes ?? null, content) ? file : { ...file, outcome: 'failed', ...because('changedAfterwards') };
		});
	} catch (error) {
		return { ...file, outcome: 'failed', action: 'none', message: error instanceof Error ? error.message : String(error) };
	}
}

async function setMode({ folder, name }: Place, mode: number): Promise<void> {
	const handle = await folder.openFile(name, constants.O_RDONLY);
	try {
		if ((await handle.stat()).isFile()) await handle.chmod(mode);
	} finally {
		await handle.close();
	}
}

async function inPlace<T>(real: string, work: (place: Place) => Promise<T>): Promise<T> {
	const places = new Places();
	try {
		return await work(await places.at(real, 'make'));
	} finally {
		await places.close();
	}
}

import { resolve } from 'node:path';
import type { FileRead, FileReader } from './fileReader.ts';
import { applyChunks } from './matchHunks.ts';
import type { Outcome, PatchSection } from './patch.ts';
import { plainUtf8, type TextFormat } from './textFile.ts';

/** What happens to one file, with all of its text before and after. Paths are absolute. */
export interface PlannedChange {
	readonly path: string;
	readonly kind: 'add' | 'delete' | 'update';
	/** Updates only: where the file goes. */
	readonly movePath: string | null;
	/** Null for an added file. */
	readonly before: string | null;
	/** Null for a deleted file. */
	readonly after: string | null;
	/** The text of a file that stands at `movePath` and is replaced; null when there is none. */
	readonly replaced: string | null;
	/** How the text after the change is stored; the old one's format for updates and deletions. */
	readonly format: TextFormat;
	readonly executable: boolean;
}

/** A file while the sections of a patch are worked through in order. */
interface Slot {
	readonly path: string;
	readonly original: Extract<FileRead, { type: 'text' }> | null;
	readonly missingMessage: string;
	current: string | null;
	format: TextFormat;
	/** Which file's text came here by a move. */
	origin: string | null;
}

/**
 * Works a patch out without touching anything: all of it, or the reason why not. Later sections see what earlier ones
 * did. One change per file comes out, sorted by path.
 */
export async function computeChanges(
	sections: readonly PatchSection[],
	{ cwd, reader }: { cwd: string; reader: FileReader },
): Promise<Outcome<readonly PlannedChange[]>> {
	const slots = new Map<string, Slot>();
	const load = async (path: string): Promise<Outcome<Slot>> => {
		const known = slots.get(path);
		if (known !== undefined) return { ok: true, value: known };
		const read = await reader.read(path);
		if (read.type === 'unreadable') return { ok: false, message: read.message };
		const original = read.type === 'text' ? read : null;
		const slot: Slot = {
			path,
			original,
			missingMessage: read.type === 'missing' ? read.message : 'No such file or directory (os error 2)',
			current: original?.text ?? null,
			format: original?.format ?? plainUtf8,
			origin: null,
		};
		slots.set(path, slot);
		return { ok: true, value: slot };
	};
	for (const section of sections) {
		const failure = await workSection(section, { cwd, load });
		if (failure !== null) return { ok: false, message: failure };
	}
	return { ok: true, value: netChanges(slots) };
}

/** Null, or why the section cannot be done. */
async function workSection(
	section: PatchSection,
	{ cwd, load }: { cwd: string; load: (path: string) => Promise<Outcome<Slot>> },
): Promise<string | null> {
	const path = resolve(cwd, section.path);
	const loaded = await load(path);
	switch (section.type) {
		case 'add': {
			if (!loaded.ok) return `Failed to write file ${path}: ${loaded.message}`;
			loaded.value.current = section.content;
			if (loaded.value.format.encoding === 'bytes') loaded.value.format = plainUtf8;
			loaded.value.origin = null;
			return null;
		}
		case 'delete': {
			if (!loaded.ok) return `Failed to read ${path}: ${loaded.message}`;
			if (loaded.value.current === null) return `Failed to read ${path}: ${loaded.value.missingMessage}`;
			loaded.value.current = null;
			loaded.value.origin = null;
			return null;
		}
		case 'update': {
			if (!loaded.ok) return `Failed to read file to update ${path}: ${loaded.message}`;
			const slot = loaded.value;
			if (slot.current === null) return `Failed to read file to update ${path}: ${slot.missingMessage}`;
			if (slot.format.encoding === 'bytes' && !touchesAsciiOnly(section, slot.current))
				return `Failed to update ${path}: it is not stored as UTF-8, so that a patch may add and match only ASCII in it. Change it with a command that knows its encoding`;
			const updated = applyChunks(slot.current, section.chunks, path);
			if (!updated.ok) return updated.message;
			const target = section.movePath === null ? path : resolve(cwd, section.movePath);
			if (target === path) {
				slot.current = updated.value;
				return null;
			}
			const destination = await load(target);
			if (!destination.ok) return `Failed to write file ${target}: ${destination.message}`;
			destination.value.current = updated.value;
			destination.value.format = slot.format;
			destination.value.origin = slot.origin ?? path;
			slot.current = null;
			slot.origin = null;
			return null;
		}
	}
}

/** Whether all that a section adds or expects can be said in ASCII, besides lines that stand in the text just so. */
function touchesAsciiOnly({ chunks }: Extract<PatchSection, { type: 'update' }>, text: string): boolean {
	const there = new Set(text.split('\n'));
	// oxlint-disable-next-line no-control-regex -- all of ASCII
	const isAscii = (line: string) => /^[\u0000-\u007f]*$/.test(line);
	return chunks.every(({ lines }) => lines.every((line) => isAscii(line.text) || (line.kind !== 'add' && there.has(line.text))));
}

function netChanges(slots: ReadonlyMap<string, Slot>): readonly PlannedChange[] {
	const changes: PlannedChange[] = [];
	const moved = new Set<string>();
	for (const slot of slots.values()) {
		const source = slot.origin === null || moved.has(slot.origin) ? undefined : slots.get(slot.origin);
		if (source === undefined || source.original === null || source.current !== null || slot.current === null) continue;
		moved.add(source.path);
		moved.add(slot.path);
		changes.push({
			path: source.path,
			kind: 'update',
			movePath: slot.path,
			before: source.original.text,
			after: slot.current,
			replaced: slot.original?.text ?? null,
			format: slot.format,
			executable: source.original.executable,
		});
	}
	for (const slot of slots.values()) {
		if (moved.has(slot.path)) continue;
		const { path, original, current, format } = slot;
		if (original === null && current === null) continue;
		const kind = original === null ? 'add' : current === null ? 'delete' : 'update';
		const before = original?.text ?? null;
		changes.push({ path, kind, movePath: null, before, after: current, replaced: null, format, executable: original?.executable ?? false });
	}
	return changes.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}

import { resolve } from 'node:path';
import type { FileChange } from '../items/item.ts';
import { addPrefix, chunkHeader, chunkLine, deletePrefix, endOfFileMarker, movePrefix, trimBoth, updatePrefix } from './parsePatch.ts';

/** What a patch that is still being written says so far. Paths are as the model wrote them. */
export interface PreviewedFile {
	readonly path: string;
	readonly kind: 'add' | 'delete' | 'update';
	readonly movePath: string | null;
	/** Added: the text so far. Updated: the chunks so far, without line numbers. */
	readonly diff: string;
}

/** Reads complete lines only and skips what it does not understand: a preview never fails. */
export function previewPatch(textSoFar: string): readonly PreviewedFile[] {
	const files: { path: string; kind: PreviewedFile['kind']; movePath: string | null; diff: string }[] = [];
	for (const line of textSoFar.split(/\r?\n/).slice(0, -1)) {
		const file = files.at(-1);
		if (file?.kind === 'add' && line.startsWith('+')) {
			file.diff += `${line.slice(1)}\n`;
			continue;
		}
		if (file?.kind === 'update') {
			if (line.startsWith(movePrefix)) {
				file.movePath = line.slice(movePrefix.length);
				continue;
			}
			if (line === endOfFileMarker) continue;
			if (chunkHeader(line) !== null || (chunkLine(line) !== null && file.diff !== '') || /^[-+]/.test(line)) {
				file.diff += `${line}\n`;
				continue;
			}
		}
		const header = trimBoth(line);
		if (header.startsWith(addPrefix)) files.push({ path: header.slice(addPrefix.length), kind: 'add', movePath: null, diff: '' });
		else if (header.startsWith(deletePrefix)) files.push({ path: header.slice(deletePrefix.length), kind: 'delete', movePath: null, diff: '' });
		else if (header.startsWith(updatePrefix)) files.push({ path: header.slice(updatePrefix.length), kind: 'update', movePath: null, diff: '' });
	}
	return files;
}

/** The same as an item shows it, for a patch that is not written on: one change per file. */
export function previewedChanges(text: string, cwd: string): readonly FileChange[] {
	const changes = new Map<string, FileChange>();
	for (const file of previewPatch(`${text}\n`)) {
		const change = previewedChange(file, cwd);
		const before = changes.get(change.path);
		const goesOn = before?.kind.type === 'update' && change.kind.type === 'update';
		changes.set(change.path, goesOn ? { ...change, diff: before.diff + change.diff } : change);
	}
	return [...changes.values()];
}

export function previewedChange({ path, kind, movePath, diff }: PreviewedFile, cwd: string): FileChange {
	const absolute = resolve(cwd, path);
	if (kind !== 'update') return { path: absolute, kind: { type: kind }, diff };
	return { path: absolute, kind: { type: 'update', movePath: movePath === null ? null : resolve(cwd, movePath) }, diff };
}

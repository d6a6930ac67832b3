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

import { createHash } from 'node:crypto';
import { isAbsolute, relative, sep } from 'node:path';
import type { PlannedChange } from './computeChanges.ts';
import type { FileReader } from './fileReader.ts';
import { encodeText, type TextFormat } from './textFile.ts';
import { unifiedDiff } from './unifiedDiff.ts';

interface FileState {
	readonly text: string;
	readonly format: TextFormat;
	readonly executable: boolean;
}

const noBlob = '0'.repeat(40);
const CONTEXT_LINES = 3;

/**
 * Everything that patches changed since a turn began, as git would show it. Files are compared with what they were before
 * their first patch of the turn; what they are now comes from the reader. Moved files show as one entry.
 */
export class TurnDiff {
	readonly #root: string;
	readonly #reader: FileReader;
	/** Before the first patch; null for files that did not exist. */
	readonly #before = new Map<string, FileState | null>();
	/** New path -> the path it had when the turn began. */
	readonly #origins = new Map<string, string>();

	constructor(root: string, reader: FileReader) {
		this.#root = root;
		this.#reader = reader;
	}

	/** Called with every change that was applied, in order. */
	add({ path, before, movePath, replaced, format, executable }: PlannedChange): void {
		if (!this.#before.has(path)) this.#before.set(path, before === null ? null : { text: before, format, executable });
		if (movePath === null) return;
		if (!this.#before.has(movePath)) this.#before.set(movePath, replaced === null ? null : { text: replaced, format, executable });
		this.#origins.set(movePath, this.#origins.get(path) ?? path);
		this.#origins.delete(path);
	}

	async render(): Promise<string> {
		const now = new Map<string, FileState | null | 'binary'>();
		for (const path of this.#before.keys()) {
			const read = await this.#reader.read(path);
			now.set(path, read.type === 'text' ? read : read.type === 'missing' ? null : 'binary');
		}
		const entries: { readonly path: string; readonly text: string }[] = [];
		const shown = new Set<string>();
		for (const [to, from] of this.#origins) {
			const before = this.#before.get(from) ?? null;
			const after = now.get(to) ?? null;
			// Only a move to a free place is one; over another file it is a removal and a change.
			if (before === null || after === null || after === 'binary' || this.#before.get(to) !== null || now.get(from) !== null) continue;
			shown.add(to).add(from);
			entries.push({ path: from, text: this.#entry({ from, to, before, after }) });
		}
		for (const [path, before] of this.#before) {
			if (shown.has(path)) continue;
			const after = now.get(path) ?? null;
			const text = after === 'binary' ? this.#binary(path) : this.#entry({ from: path, to: path, before, after });
			entries.push({ path, text });
		}
		entries.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
		return entries.map((entry) => entry.text).join('');
	}

	/** Relative to the root with forward slashes; absolute outside of it. */
	#name(path: string): string {
		const inside = relative(this.#root, path);
		const isOutside = inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside);
		return (isOutside ? path : inside).split(sep).join('/');
	}

	#binary(path: string): string {
		const name = this.#name(path);
		return `diff --git a/${name} b/${name}\nBinary files a/${name} and b/${name} differ\n`;
	}

	#entry({ from, to, before, after }: { from: string; to: string; before: FileState | null; after: FileState | null }): string {
		const oldBlob = before === null ? noBlob : blobId(before);
		const newBlob = after === null ? noBlob : blobId(after);
		if (from === to && oldBlob === newBlob) return '';
		const [oldName, newName] = [this.#name(from), this.#name(to)];
		const lines = [`diff --git a/${oldName} b/${newName}`];
		if (before === null) lines.push(`new file mode ${mode(after)}`);
		if (after === null) lines.push(`deleted file mode ${mode(before)}`);
		if (from !== to && oldBlob === newBlob) lines.push('similarity index 100%', `rename from ${oldName}`, `rename to ${newName}`);
		else
			lines.push(
				`index ${oldBlob}..${newBlob}`,
				`--- ${before === null ? '/dev/null' : `a/${oldName}`}`,
				`+++ ${after === null ? '/dev/null' : `b/${newName}`}`,
			);
		return `${lines.join('\n')}\n${unifiedDiff(before?.text ?? '', after?.text ?? '', CONTEXT_LINES)}`;
	}
}

function mode(state: FileState | null): string {
	return state?.executable ? '100755' : '100644';
}

/** The name that git gives to this content. */
function blobId({ text, format }: FileState): string {
	const bytes = encodeText(text, format);
	return createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
}

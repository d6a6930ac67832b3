import type { PlannedChange } from './computeChanges.ts';
import { diskReader, type FileRead, type FileReader } from './fileReader.ts';
import { unifiedDiff } from './unifiedDiff.ts';

/** No note is longer, in characters. */
const MAX_NOTE = 8_000;

/** Reads the files of one patch and remembers which of them have unsaved edits, of which the model cannot know from the disk. */
export class UnsavedTexts implements FileReader {
	readonly #reader: FileReader;
	readonly #unsaved = new Map<string, string>();

	constructor(reader: FileReader) {
		this.#reader = reader;
	}

	async read(path: string): Promise<FileRead> {
		const read = await this.#reader.read(path);
		if (read.type === 'text' && read.unsaved === true) this.#unsaved.set(path, read.text);
		return read;
	}

	/** For a patch that does not fit: what the editor has that the disk does not. Empty without unsaved edits. */
	async note(): Promise<string> {
		const parts: string[] = [];
		for (const [path, text] of this.#unsaved) {
			const disk = await diskReader.read(path);
			const diff = unifiedDiff(disk.type === 'text' ? disk.text : '', text, 3);
			parts.push(
				`\nThe user has unsaved edits of ${path}. A patch has to fit the text in the editor, which differs from the disk like this:\n${diff}`,
			);
		}
		const note = parts.join('');
		return note.length <= MAX_NOTE ? note : `${note.slice(0, MAX_NOTE)}\n[cut]`;
	}

	/** For a patch that was applied. */
	appliedNote(changes: readonly PlannedChange[]): string {
		const names = changes.map(({ path }) => path).filter((path) => this.#unsaved.has(path));
		if (names.length === 0) return '';
		return `These have edits that the user has not saved. The patch is in the editor with them; until the user saves, commands read the old text: ${names.join(', ')}\n`;
	}
}

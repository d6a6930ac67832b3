import { existsSync, realpathSync } from 'node:fs';
import fs from 'node:fs/promises';
import path from 'node:path';
import { readGuarded } from '../files/guardedFile.ts';
import { hostPaths } from '../platform/host.ts';
import type { PathRules } from '../platform/pathRules.ts';
import { ABSENT, type FileState, type RecordedChange, sameState } from './checkpoint.ts';
import type { ContentStore } from './contentStore.ts';

/** The files below a folder that undo covers, as paths relative to it; null when there are too many to look at before a command. */
export type ListFiles = (root: string) => Promise<readonly string[] | null>;

/** Larger files are not kept: a command that rewrites a data file would fill the disk. */
const MAX_KEPT_BYTES = 1024 * 1024;
/** Of all files of one folder together. */
const MAX_FOLDER_BYTES = 256 * 1024 * 1024;
/** Files are read this many at a time. */
const CONCURRENCY = 16;
/** A save that did not come to its end in this time has failed, in milliseconds. */
const MAX_SAVE_MS = 5000;

interface KnownFile {
	/** As the disk or a client last wrote it. */
	readonly name: string;
	/** Says without reading whether a file may have changed. */
	readonly signature: string;
	readonly state: FileState;
}

/** A content that is not kept cannot be compared; without a new size and new times it is the same. */
function isUnchanged(known: KnownFile, found: KnownFile): boolean {
	return known.signature === found.signature || sameState(known.state, found.state);
}

/** What a folder holds, kept up to date by looking again. Looks run one after the other. */
export class FolderScan {
	readonly #root: string;
	/** Where it was when it was looked at first. */
	readonly #real: string;
	readonly #store: ContentStore;
	readonly #list: ListFiles;
	readonly #paths: PathRules;
	/** By the key of the name: a disk may know a file by many names. */
	readonly #known = new Map<string, KnownFile>();
	/** Files that an editor is about to write, by their keys, with the moment after which that no longer counts. Looks pass them over. */
	readonly #saving = new Map<string, number>();
	#looked = false;
	#last: Promise<unknown> = Promise.resolve();

	constructor(root: string, options: { store: ContentStore; list: ListFiles; paths?: PathRules }) {
		this.#paths = options.paths ?? hostPaths;
		this.#root = root;
		this.#real = realOf(root);
		this.#store = options.store;
		this.#list = options.list;
	}

	/**
	 * Looks at every file and returns what differs from the look before; nothing for the first one. Null when the folder is too large.
	 * Rejects with the file system's error.
	 */
	look(by: RecordedChange['by']): Promise<readonly RecordedChange[] | null> {
		return this.#inTurn(() => this.#look(by));
	}

	/** The contents that the next look may need. */
	get hashes(): readonly string[] {
		return [...this.#known.values()].flatMap(({ state }) => (state.type === 'file' ? [state.hash] : []));
	}

	/** Takes these files as they are now, so that the next look does not find them changed. */
	absorb(files: readonly string[]): Promise<void> {
		return this.#inTurn(async () => {
			if (!this.#looked) return;
			for (const file of files) {
				const name = this.#nameOf(file);
				this.#take(name, await this.#read(name));
			}
		});
	}

	/** Before an editor writes a file: what changed in it up to now, as `look` says it. Then it is passed over until `saved`. */
	saving(file: string, by: RecordedChange['by']): Promise<readonly RecordedChange[] | null> {
		const name = this.#nameOf(file);
		const key = this.#paths.relativeKey(name);
		const until = Date.now() + MAX_SAVE_MS;
		const isSaved = () => this.#saving.get(key) !== until;
		const looked = this.#inTurn(async () => {
			if (!this.#looked || isSaved()) return [];
			const known = this.#known.get(key);
			const found = await this.#read(name, { known });
			// Whether undo covers a file that was not there before, only the list knows.
			if (known === undefined) return found === null ? [] : await this.#look(by, key);
			if (found === null || isSaved()) return [];
			this.#known.set(key, found);
			return isUnchanged(known, found) ? [] : [{ path: file, real: path.join(this.#real, name), by, before: known.state, after: found.state }];
		});
		this.#saving.set(key, until);
		return looked;
	}

	/** After an editor has written a file: it is taken as it is now. */
	async saved(file: string): Promise<void> {
		const name = this.#nameOf(file);
		const key = this.#paths.relativeKey(name);
		const began = this.#saving.get(key);
		const found = await this.#read(name);
		await this.#inTurn(async () => {
			if (this.#looked) this.#take(name, found);
			if (this.#saving.get(key) === began) this.#saving.delete(key);
		});
	}

	/** The name in the folder, with `/` between its parts as in the list. */
	#nameOf(file: string): string {
		return this.#paths.relative(this.#root, file) ?? file;
	}

	#take(name: string, found: KnownFile | null): void {
		const key = this.#paths.relativeKey(name);
		if (found === null) this.#known.delete(key);
		else this.#known.set(key, found);
	}

	#isSaving(key: string): boolean {
		return Date.now() < (this.#saving.get(key) ?? 0);
	}

	#inTurn<T>(work: () => Promise<T>): Promise<T> {
		const result = this.#last.then(work);
		this.#last = result.catch(() => undefined);
		return result;
	}

	/** `saving`: the key of a file that is looked at although an editor is about to write it. */
	async #look(by: RecordedChange['by'], saving: string | null = null): Promise<readonly RecordedChange[] | null> {
		// A folder that was renamed or removed as a whole took its files along: none of them was changed.
		if (!existsSync(this.#root)) return [];
		const names = await this.#list(this.#root);
		if (names === null) return null;
		const changes: RecordedChange[] = [];
		const first = !this.#looked;
		const note = (name: string, before: FileState, after: FileState) => {
			if (!first) changes.push({ path: path.join(this.#root, name), real: path.join(this.#real, name), by, before, after });
		};
		const waiting = [...names];
		let room = MAX_FOLDER_BYTES - [...this.#known.values()].reduce((sum, { state }) => sum + (state.type === 'file' ? state.bytes : 0), 0);
		const worker = async () => {
			for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
				const key = this.#paths.relativeKey(name);
				if (this.#isSaving(key) && key !== saving) continue;
				const known = this.#known.get(key);
				const found = await this.#read(name, { known, room });
				// Written by an editor in the meantime: `saved` is about to say what it is.
				if (found === null || (this.#isSaving(key) && key !== saving)) continue;
				if (found.state.type === 'file' && known?.state.type !== 'file') room -= found.state.bytes;
				this.#known.set(key, found);
				if (known === undefined || !isUnchanged(known, found)) note(name, known?.state ?? ABSENT, found.state);
			}
		};
		await Promise.all(Array.from({ length: CONCURRENCY }, worker));
		const present = new Set(names.map((name) => this.#paths.relativeKey(name)));
		for (const [key, known] of this.#known) {
			if (present.has(key) || this.#isSaving(key)) continue;
			this.#known.delete(key);
			const { name } = known;
			// Not in the list may also mean that it is ignored from now on.
			const gone = await fs.lstat(path.join(this.#root, name)).then(
				() => false,
				() => true,
			);
			if (gone) note(name, known.state, ABSENT);
		}
		this.#looked = true;
		return changes;
	}

	/** Null when it is no file (any more). What has not changed since `known` is not read again. */
	async #read(name: string, { known, room = MAX_FOLDER_BYTES }: { known?: KnownFile | undefined; room?: number } = {}): Promise<KnownFile | null> {
		const file = path.join(this.#root, name);
		const stat = await fs.lstat(file, { bigint: true }).catch(() => null);
		if (stat === null || !stat.isFile()) return null;
		const signature = `${stat.size}:${stat.mtimeNs}:${stat.ctimeNs}:${stat.ino}`;
		if (known?.signature === signature) return known;
		const bytes = Number(stat.size);
		if (bytes > Math.min(MAX_KEPT_BYTES, room)) return { name, signature, state: { type: 'notKept', reason: 'tooLarge' } };
		const read = await readGuarded(file, { maxBytes: MAX_KEPT_BYTES, inside: [this.#real] });
		if (read.type !== 'content') return { name, signature, state: { type: 'notKept', reason: 'unreadable' } };
		const { bytes: content } = read;
		return { name, signature, state: { type: 'file', hash: await this.#store.put(content), bytes: content.length, mode: Number(stat.mode) & 0o777 } };
	}
}

function realOf(folder: string): string {
	try {
		return realpathSync(folder);
	} catch {
		return folder;
	}
}

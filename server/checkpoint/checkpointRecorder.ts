import { hostPaths } from '../platform/host.ts';
import type { ChangeRecorder, ChangeSource, CommandWatch } from '../patch/changeRecorder.ts';
import type { PlannedChange } from '../patch/computeChanges.ts';
import type { ApplyResult } from '../patch/fileChangeApplier.ts';
import { encodeText, type TextFormat } from '../patch/textFile.ts';
import { ABSENT, type FileState, type RecordedChange } from './checkpoint.ts';
import type { CheckpointStore } from './checkpointStore.ts';
import { FolderScan, type ListFiles } from './folderScan.ts';

export interface RecorderOptions {
	readonly checkpoints: CheckpointStore;
	readonly list: ListFiles;
	/** How long a command or the end of a turn may wait for a look at its folders, in milliseconds. */
	readonly maxWaitMs: number;
	/** What all threads together may keep. The ones that were changed longest ago make room. */
	readonly maxBytes: number;
	readonly onProblem: (message: string, error: unknown) => void;
	/** A checkpoint has got more changes; `from` is how many the thread had before. */
	readonly onChanged: (
		source: Pick<ChangeSource, 'threadId' | 'turnId'>,
		added: { readonly changes: readonly RecordedChange[]; readonly from: number },
	) => void;
}

/** A path without its links. */
type RealOf = (path: string) => string;

interface Watch {
	readonly source: ChangeSource;
	readonly roots: readonly string[];
	/** The last look, once the command has ended. */
	ending?: Promise<unknown>;
}

/** The records are looked through for what may go each time this much was added, in bytes. */
const PRUNE_EVERY_BYTES = 64 * 1024 * 1024;

/** Records what patches and commands change, before it is lost. */
export class CheckpointRecorder implements ChangeRecorder {
	readonly #options: RecorderOptions;
	readonly #scans = new Map<string, FolderScan>();
	readonly #watches = new Set<Watch>();
	/** Patches that are recorded and on their way into the files. */
	readonly #unconfirmed = new Map<string, { readonly changes: readonly RecordedChange[]; readonly from: number; readonly realOf: RealOf }>();
	#added = 0;

	constructor(options: RecorderOptions) {
		this.#options = options;
	}

	async beforePatch(source: ChangeSource, changes: readonly PlannedChange[], realOf: RealOf): Promise<void> {
		try {
			const recorded = (await Promise.all(changes.map((change) => this.#planned(change, realOf)))).flat();
			this.#unconfirmed.set(keyOf(source), { changes: recorded, from: await this.#log(source, recorded), realOf });
		} catch (error) {
			this.#options.onProblem('a patch cannot be undone, because the old content could not be kept', error);
		}
	}

	async afterPatch(source: ChangeSource, changes: readonly PlannedChange[], results: readonly ApplyResult[]): Promise<void> {
		const planned = this.#unconfirmed.get(keyOf(source));
		this.#unconfirmed.delete(keyOf(source));
		try {
			const recorded = (
				await Promise.all(changes.map((change, index) => this.#corrected(change, results[index], planned?.realOf ?? ((file) => file))))
			).flat();
			const from = await this.#log(source, recorded);
			const all = [...(planned?.changes ?? []), ...recorded];
			// Told of only now: before, the files were not yet as the record says.
			if (all.length > 0) this.#options.onChanged(source, { changes: all, from: planned?.from ?? from });
		} catch (error) {
			this.#options.onProblem('the record of a patch that was not applied could not be corrected', error);
		}
		await this.written(changes);
	}

	/** These files were written by us and not by a command. */
	async written(changes: readonly PlannedChange[]): Promise<void> {
		const files = changes.flatMap(({ path: from, movePath }) => (movePath === null ? [from] : [from, movePath]));
		for (const [root, scan] of this.#scans) {
			const inside = files.filter((file) => hostPaths.isInside(root, file));
			if (inside.length > 0) await scan.absorb(inside).catch((error: unknown) => this.#options.onProblem('a folder could not be looked at', error));
		}
	}

	async beforeCommand(source: ChangeSource, roots: readonly string[]): Promise<CommandWatch> {
		const watch: Watch = { source, roots };
		// What changed before this command belongs to those that run already, or to nobody.
		const looked = Promise.all(roots.map((root) => this.#look(root))).then((results) => {
			this.#watches.add(watch);
			return results;
		});
		const result = await this.#inTime(looked);
		if (result === 'late') await this.#uncovered(source, roots, 'slow');
		else
			await this.#uncovered(
				source,
				roots.filter((_, index) => result[index] === 'tooLarge'),
				'too large',
			);
		return {
			ended: async () => {
				watch.ending ??= looked.then(() => Promise.all(roots.map((root) => this.#look(root))));
				await watch.ending;
				this.#watches.delete(watch);
			},
		};
	}

	async endTurn({ threadId, turnId }: Pick<ChangeSource, 'threadId' | 'turnId'>): Promise<void> {
		const open = [...this.#watches].filter(({ source }) => source.threadId === threadId && source.turnId === turnId);
		const running = new Set(open.filter(({ ending }) => ending === undefined).flatMap(({ roots }) => roots));
		await this.#inTime(Promise.all([...open.map(({ ending }) => ending), ...[...running].map((root) => this.#look(root))]));
	}

	/** An editor is about to write a file: what a command that runs did to it before is recorded first. Never rejects. */
	async saving(file: string): Promise<void> {
		const watched = new Set([...this.#watches].flatMap(({ roots }) => roots));
		const work = (root: string, scan: FolderScan) => (watched.has(root) ? this.#take(root, scan.saving(file, 'command')) : null);
		await this.#inTime(this.#around(file, work));
	}

	/** An editor has written a file: that is no change of a command. Never rejects. */
	async saved(file: string): Promise<void> {
		await this.#around(file, (_, scan) => scan.saved(file));
	}

	async #around(file: string, work: (root: string, scan: FolderScan) => unknown): Promise<void> {
		try {
			const scans = [...this.#scans].filter(([root]) => hostPaths.isInside(root, file));
			await Promise.all(scans.map(([root, scan]) => work(root, scan)));
		} catch (error) {
			this.#options.onProblem(`what was saved in an editor counts as a command's change: ${file}`, error);
		}
	}

	/** Removes all that a deleted thread kept. */
	async forget(threadId: string): Promise<void> {
		await this.#options.checkpoints.remove(threadId, this.#inUse());
	}

	async #inTime<T>(work: Promise<T>): Promise<T | 'late'> {
		let timer: NodeJS.Timeout | undefined;
		const limit = new Promise<'late'>((resolve) => {
			timer = setTimeout(() => resolve('late'), this.#options.maxWaitMs);
		});
		return Promise.race([work, limit]).finally(() => clearTimeout(timer));
	}

	/** Brings what is known of a folder up to date; what has changed goes to the commands that run in it. Never rejects. */
	async #look(root: string): Promise<'done' | 'tooLarge'> {
		try {
			const { list, checkpoints } = this.#options;
			const scan = this.#scans.get(root) ?? new FolderScan(root, { store: checkpoints.contents, list });
			this.#scans.set(root, scan);
			return await this.#take(root, scan.look('command'));
		} catch (error) {
			this.#options.onProblem(`what commands change in ${root} cannot be undone`, error);
		}
		return 'done';
	}

	/** What was seen in a folder goes to the commands that run there. */
	async #take(root: string, seen: Promise<readonly RecordedChange[] | null>): Promise<'done' | 'tooLarge'> {
		const changes = await seen;
		if (changes === null) return 'tooLarge';
		const watching = [...this.#watches].filter(({ roots }) => roots.includes(root));
		for (const { source } of watching) await this.#record(source, changes);
		return 'done';
	}

	async #record(source: ChangeSource, changes: readonly RecordedChange[]): Promise<void> {
		if (changes.length > 0) this.#options.onChanged(source, { changes, from: await this.#log(source, changes) });
	}

	/** Returns how many changes the thread had before. */
	async #log(source: ChangeSource, changes: readonly RecordedChange[]): Promise<number> {
		const from = await this.#options.checkpoints.log(source.threadId).changes(source.turnId, source.itemId, changes);
		this.#added += changes.flatMap(({ before, after }) => [before, after]).reduce((sum, state) => sum + (state.type === 'file' ? state.bytes : 0), 0);
		if (this.#added >= PRUNE_EVERY_BYTES) {
			this.#added = 0;
			const { checkpoints, maxBytes, onProblem } = this.#options;
			void checkpoints.prune(maxBytes, this.#inUse()).catch((error: unknown) => onProblem('old file contents could not be removed', error));
		}
		return from;
	}

	#inUse(): ReadonlySet<string> {
		return new Set([...this.#scans.values()].flatMap(({ hashes }) => hashes));
	}

	async #uncovered(source: ChangeSource, roots: readonly string[], reason: string): Promise<void> {
		try {
			for (const root of roots) await this.#options.checkpoints.log(source.threadId).uncovered(source.turnId, { root, reason });
		} catch (error) {
			this.#options.onProblem('the record of file changes could not be written', error);
		}
	}

	/** A patch changes one file, or two when it moves one. */
	async #planned(change: PlannedChange, realOf: RealOf): Promise<readonly RecordedChange[]> {
		const before = await this.#keep(change.before, change);
		const after = await this.#keep(change.after, change);
		const { path: from, movePath } = change;
		if (movePath === null) return [{ path: from, real: realOf(from), by: 'patch', before, after }];
		return [
			{ path: from, real: realOf(from), by: 'patch', before, after: ABSENT },
			{ path: movePath, real: realOf(movePath), by: 'patch', before: await this.#keep(change.replaced, change), after },
		];
	}

	/** What differs between a change that was planned, and recorded, and what became of it. */
	async #corrected(change: PlannedChange, result: ApplyResult | undefined, realOf: RealOf): Promise<readonly RecordedChange[]> {
		if (result?.status !== 'applied') {
			return (await this.#planned(change, realOf)).map((planned) => ({ ...planned, by: 'restore', before: planned.after, after: planned.before }));
		}
		if (result.changedBySave !== true || result.content === null) return [];
		const before = await this.#keep(change.after, change);
		const file = change.movePath ?? change.path;
		return [{ path: file, real: realOf(file), by: 'patch', before, after: await this.#keep(result.content, change) }];
	}

	async #keep(text: string | null, { format, executable }: { format: TextFormat; executable: boolean }): Promise<FileState> {
		if (text === null) return ABSENT;
		const bytes = encodeText(text, format);
		return { type: 'file', hash: await this.#options.checkpoints.contents.put(bytes), bytes: bytes.length, mode: executable ? 0o755 : null };
	}
}

function keyOf({ threadId, itemId }: ChangeSource): string {
	return `${threadId}/${itemId}`;
}

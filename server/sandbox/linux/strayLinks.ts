import { type FSWatcher, lstatSync, readlinkSync, realpathSync, renameSync, symlinkSync, watch } from 'node:fs';
import path from 'node:path';
import { randomBytes } from 'node:crypto';

/** A link to nothing, or in a circle, in the place of a settings folder. */
interface StrayLink {
	readonly file: string;
	readonly target: string;
}

/** What a command must leave as it is: such a link, or that nothing is there. */
type Kept = StrayLink | { readonly file: string; readonly target: null };

/** The link at a path when it leads nowhere; null for all else. */
export function strayLink(file: string): StrayLink | null {
	try {
		if (!lstatSync(file).isSymbolicLink()) return null;
		const target = readlinkSync(file);
		return leadsSomewhere(file) ? null : { file, target };
	} catch {
		return null;
	}
}

/**
 * Keeps links that lead nowhere, and empty places, as they are while a command runs. Nothing can be mounted over them, so that a command can
 * put something in their place; that is moved aside as soon as it is seen, and at the latest when the command has ended. Returns the end of it.
 */
export function keepAsTheyAre(links: readonly Kept[], onProblem: (message: string) => void): () => void {
	const look = () => {
		for (const link of links) keep(link, onProblem);
	};
	const watchers: FSWatcher[] = [];
	for (const folder of new Set(links.map(({ file }) => path.dirname(file)))) {
		try {
			watchers.push(watch(folder, { persistent: false }, look).on('error', () => {}));
		} catch {
			// Then it is looked at in the end only.
		}
	}
	return () => {
		for (const watcher of watchers) watcher.close();
		look();
	};
}

function keep({ file, target }: Kept, onProblem: (message: string) => void): void {
	try {
		if (target !== null && targetOf(file) === target && !leadsSomewhere(file)) return;
		if (lstatSync(file, { throwIfNoEntry: false }) !== undefined) {
			const aside = `${file}.not-allowed-${randomBytes(4).toString('hex')}`;
			renameSync(file, aside);
			onProblem(`a command changed what ${file} holds, which are settings: that is now ${aside}`);
		}
		// A link that would lead somewhere by now stays aside: what is there was made by the command.
		if (target !== null && !leadsSomewhere(path.resolve(path.dirname(file), target))) symlinkSync(target, file);
	} catch (error) {
		onProblem(`${file} could not be put back as it was: ${error instanceof Error ? error.message : String(error)}`);
	}
}

function targetOf(file: string): string | null {
	try {
		return readlinkSync(file);
	} catch {
		return null;
	}
}

function leadsSomewhere(file: string): boolean {
	try {
		realpathSync(file);
		return true;
	} catch {
		return false;
	}
}

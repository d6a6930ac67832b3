import { posix } from 'node:path';
import { Minimatch } from 'minimatch';

/** A value of `files.exclude` or `search.exclude`: patterns that are on, off, or on beside another file. */
export type ExcludeSetting = Readonly<Record<string, unknown>>;

interface Rule {
	readonly pattern: Minimatch;
	/** The name of a file beside it, of which `$(basename)` is the name without its extension; null: hidden anyway. */
	readonly when: string | null;
}

/** Which files the person hides from the Explorer and from searches. A file of a hidden folder is hidden, too. */
export class HiddenFiles {
	readonly #rules: readonly Rule[];
	readonly #exists: (path: string) => Promise<boolean>;

	/** `exists`: whether there is a file of this path. Paths are relative to their folder of the workspace, with slashes. */
	constructor(settings: readonly ExcludeSetting[], exists: (path: string) => Promise<boolean>) {
		this.#rules = settings.flatMap((setting) => Object.entries(setting).flatMap(([glob, value]) => ruleOf(glob, value)));
		this.#exists = exists;
	}

	async hides(path: string): Promise<boolean> {
		const places: string[] = [];
		for (let place = path; place !== '.'; place = posix.dirname(place)) places.push(place);
		for (const { pattern, when } of this.#rules) {
			const place = places.find((each) => pattern.match(each));
			if (place !== undefined && (when === null || (await this.#exists(besideOf(place, when))))) return true;
		}
		return false;
	}
}

function ruleOf(glob: string, value: unknown): readonly Rule[] {
	const when = typeof value === 'object' && value !== null && 'when' in value && typeof value.when === 'string' ? value.when : null;
	if (value !== true && when === null) return [];
	// `#` and `!` at the beginning mean nothing to VS Code.
	return [{ pattern: new Minimatch(glob.replace(/\/$/, ''), { dot: true, nocomment: true, nonegate: true, noext: true }), when }];
}

function besideOf(path: string, when: string): string {
	const { dir, name } = posix.parse(path);
	return posix.join(
		dir,
		when.replaceAll('$(basename)', () => name),
	);
}

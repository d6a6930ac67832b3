import fs from 'node:fs';
import { appendLine, removeLines } from './appendLine.ts';
import type { GitInfo } from './rolloutLine.ts';

/** What is changed of a thread's git state: a member left out stays as it is, null takes the value away. */
export type GitPatch = Partial<GitInfo>;

/**
 * Git state that was changed after the thread began (`thread/metadata/update`): an append-only file of `{id, git}` lines, each with
 * the members that changed, so that two writers of different members keep both. It stands over what the rollout says.
 */
export class GitPatches {
	readonly #file: string;
	#read: { readonly size: number; readonly mtimeMs: number; readonly patches: ReadonlyMap<string, GitPatch> } | null = null;

	constructor(file: string) {
		this.#file = file;
	}

	/** Throws the file system's error. */
	add(id: string, patch: GitPatch): void {
		appendLine(this.#file, JSON.stringify({ id, git: patch, updated_at: new Date().toISOString() }));
	}

	/** Removes every line of a thread. Throws the file system's error. */
	remove(id: string): void {
		removeLines(this.#file, (line) => line.includes(id) && parsePatch(line)?.id === id);
	}

	/** The state of a thread, given what its rollout says. */
	apply(id: string, recorded: GitInfo | null): GitInfo | null {
		const patch = this.#all().get(id);
		if (!patch) return recorded;
		const git = { sha: null, branch: null, originUrl: null, ...recorded, ...patch };
		return git.sha === null && git.branch === null && git.originUrl === null ? null : git;
	}

	#all(): ReadonlyMap<string, GitPatch> {
		try {
			const state = fs.statSync(this.#file, { throwIfNoEntry: false });
			if (!state) return new Map();
			if (this.#read?.size === state.size && this.#read.mtimeMs === state.mtimeMs) return this.#read.patches;
			const patches = new Map<string, GitPatch>();
			for (const raw of fs.readFileSync(this.#file, 'utf8').split('\n')) {
				const entry = parsePatch(raw);
				if (entry) patches.set(entry.id, { ...patches.get(entry.id), ...entry.git });
			}
			this.#read = { size: state.size, mtimeMs: state.mtimeMs, patches };
			return patches;
		} catch {
			// Unreadable: what the rollouts say holds.
			return new Map();
		}
	}
}

function parsePatch(raw: string): { id: string; git: GitPatch } | null {
	try {
		const value: unknown = JSON.parse(raw);
		if (typeof value !== 'object' || value === null || !('id' in value) || !('git' in value)) return null;
		if (typeof value.id !== 'string' || typeof value.git !== 'object' || value.git === null) return null;
		const given = new Map<string, unknown>(Object.entries(value.git));
		const members = (['sha', 'branch', 'originUrl'] as const).flatMap((name) => {
			const member = given.get(name);
			return typeof member === 'string' || member === null ? [[name, member] as const] : [];
		});
		return { id: value.id, git: Object.fromEntries(members) };
	} catch {
		// A damaged line changes nothing.
		return null;
	}
}

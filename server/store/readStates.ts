import fs from 'node:fs';
import { v4 as uuid } from 'uuid';
import { appendLine, removeLines } from './rollout/appendLine.ts';

/** Where what nobody has read yet begins: at a turn, or with the whole thread. */
export type FirstUnread = { readonly type: 'threadStart' } | { readonly type: 'turn'; readonly turnId: string };

export interface ReadState {
	/** Null: all of it is read. */
	readonly firstUnread: FirstUnread | null;
	/** Changes with every change, so that nobody marks what he has not seen. */
	readonly revision: string;
}

/** Threads of which nothing was ever noted are read. */
const UNTOUCHED: ReadState = { firstUnread: null, revision: 'untouched' };

/** With more lines than this, most of them of no more use, the file is written anew. */
const MAX_OUTDATED = 2000;

/** What of which thread is read: an append-only file of `{id, first_unread, revision}` lines, shared by all servers of a home. The last line of a thread wins. */
export class ReadStates {
	readonly #file: string;
	#read: { readonly size: number; readonly mtimeMs: number; readonly states: ReadonlyMap<string, ReadState>; readonly lines: number } | null = null;

	constructor(file: string) {
		this.#file = file;
	}

	of(id: string): ReadState {
		return this.#all().states.get(id) ?? UNTOUCHED;
	}

	/** What is not read whole, the last that was marked first. */
	unread(): readonly { readonly id: string; readonly state: ReadState }[] {
		return [...this.#all().states].flatMap(([id, state]) => (state.firstUnread === null ? [] : [{ id, state }])).reverse();
	}

	/** Throws the file system's error. */
	set(id: string, firstUnread: FirstUnread | null): ReadState {
		const state: ReadState = { firstUnread, revision: uuid() };
		const line = JSON.stringify({ id, first_unread: firstUnread, revision: state.revision });
		const before = this.#read;
		appendLine(this.#file, line);
		const now = fs.statSync(this.#file);
		// Nobody else wrote meanwhile: the whole file need not be read again.
		if (before !== null && now.size === before.size + Buffer.byteLength(line) + 1) {
			this.#read = {
				size: now.size,
				mtimeMs: now.mtimeMs,
				states: new Map([...[...before.states].filter(([each]) => each !== id), [id, state]]),
				lines: before.lines + 1,
			};
		}
		const { states, lines } = this.#all();
		if (lines - states.size > MAX_OUTDATED) this.#tidy(states);
		return state;
	}

	/** Removes every line of a thread. Throws the file system's error. */
	remove(id: string): void {
		removeLines(this.#file, (line) => line.includes(id) && parseState(line)?.id === id);
	}

	#tidy(states: ReadonlyMap<string, ReadState>): void {
		removeLines(this.#file, (line) => {
			const parsed = parseState(line);
			return parsed === null ? line !== '' : states.get(parsed.id)?.revision !== parsed.state.revision;
		});
	}

	#all() {
		try {
			const state = fs.statSync(this.#file, { throwIfNoEntry: false });
			if (!state) return { states: new Map<string, ReadState>(), lines: 0 };
			if (this.#read?.size === state.size && this.#read.mtimeMs === state.mtimeMs) return this.#read;
			const states = new Map<string, ReadState>();
			const lines = fs.readFileSync(this.#file, 'utf8').split('\n');
			for (const line of lines) {
				const parsed = parseState(line);
				if (!parsed) continue;
				// In the order of the last changes.
				states.delete(parsed.id);
				states.set(parsed.id, parsed.state);
			}
			this.#read = { size: state.size, mtimeMs: state.mtimeMs, states, lines: lines.length };
			return this.#read;
		} catch {
			// Unreadable: then nothing is marked.
			return { states: new Map<string, ReadState>(), lines: 0 };
		}
	}
}

function parseState(line: string): { readonly id: string; readonly state: ReadState } | null {
	try {
		const value: unknown = JSON.parse(line);
		if (typeof value !== 'object' || value === null || !('id' in value) || !('revision' in value)) return null;
		if (typeof value.id !== 'string' || typeof value.revision !== 'string') return null;
		const firstUnread = 'first_unread' in value ? parsePosition(value.first_unread) : null;
		return { id: value.id, state: { firstUnread, revision: value.revision } };
	} catch {
		// A damaged line marks nothing.
		return null;
	}
}

function parsePosition(value: unknown): FirstUnread | null {
	if (typeof value !== 'object' || value === null || !('type' in value)) return null;
	if (value.type === 'turn' && 'turnId' in value && typeof value.turnId === 'string') return { type: 'turn', turnId: value.turnId };
	return value.type === 'threadStart' ? { type: 'threadStart' } : null;
}

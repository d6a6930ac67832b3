import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { isFolder, statOrNull } from '../platform/fileKinds.ts';
import { readGuarded } from '../files/guardedFile.ts';
import { ForeignSessionReader, type ForeignSession } from './foreignSession.ts';
import type { ImportRecord } from './importJournal.ts';
import { details, type Plan, type Skipped } from './plan.ts';
import type { SessionLedger } from './sessionLedger.ts';
import { Reason } from './reason.ts';

/** Makes a thread of a conversation; answers its id. Rejects when it cannot be written, and then there is none. */
export type SaveThread = (
	record: ImportRecord,
	session: { readonly cwd: string; readonly title: string; readonly turns: ForeignSession['turns'] },
) => Promise<string>;

export interface SessionsOptions {
	readonly userHome: string;
	readonly ledger: SessionLedger;
	readonly saveThread: SaveThread;
	/** Milliseconds since 1970. */
	readonly now: () => number;
}

interface Candidate {
	readonly file: string;
	readonly cwd: string;
	readonly title: string;
	readonly hash: string;
}

/** How long ago a conversation may have ended to be offered, in milliseconds: 30 days. */
const RECENT_MS = 30 * 24 * 60 * 60 * 1000;
/** The newest ones are offered. */
const MAX_SESSIONS = 200;
const MAX_BYTES = 256 * 1024 * 1024;

/** Recent conversations with the other agent, below its `projects`, that were not taken over as they are now. Null when there are none. */
export async function planSessions(options: SessionsOptions): Promise<Plan | null> {
	const folder = path.join(options.userHome, '.claude', 'projects');
	const known = new Set((await options.ledger.entries()).map(({ source_path, content_sha256 }) => `${source_path}\0${content_sha256}`));
	const skipped: Skipped[] = [];
	const candidates: Candidate[] = [];
	for (const file of await sessionFiles(options)) {
		const read = await readSession(file);
		if (read instanceof Reason) {
			skipped.push({ name: file, reason: read });
			continue;
		}
		const { session, hash } = read;
		if (known.has(`${file}\0${hash}`)) continue;
		if (session.title === null) skipped.push({ name: file, reason: new Reason('noMessage') });
		else if (session.cwd === null || !isFolder(session.cwd)) skipped.push({ name: file, reason: new Reason('folderGone') });
		else candidates.push({ file, cwd: session.cwd, title: session.title, hash });
	}
	if (candidates.length === 0) return null;
	return {
		type: 'SESSIONS',
		project: null,
		description: `Take over ${candidates.length} recent ${candidates.length === 1 ? 'conversation' : 'conversations'} from ${folder}`,
		facts: { names: [], source: folder, target: null },
		details: details({ sessions: candidates.map(({ file, cwd, title }) => ({ path: file, cwd, title })) }),
		skipped,
		apply: (record) =>
			importSessions(
				record,
				candidates.map(({ file }) => file),
				options,
			),
	};
}

/** The files of recent conversations, the newest first. */
export function sessionFiles({ userHome, now }: SessionsOptions): Promise<readonly string[]> {
	return recentFiles(path.join(userHome, '.claude', 'projects'), now() - RECENT_MS);
}

/** Takes over the conversations in these files, one after the other; one that was taken over as it is now adds nothing. */
export async function importSessions(record: ImportRecord, files: readonly string[], { ledger, saveThread, now }: SessionsOptions): Promise<void> {
	for (const file of files) {
		const read = await readSession(file);
		if (read instanceof Reason) continue;
		const { session, hash } = read;
		const isKnown = (await ledger.entries()).some((entry) => entry.source_path === file && entry.content_sha256 === hash);
		if (isKnown || session.title === null || session.cwd === null || !isFolder(session.cwd)) continue;
		const threadId = await saveThread(record, { cwd: session.cwd, title: session.title, turns: session.turns });
		await ledger.add({ source_path: file, content_sha256: hash, imported_thread_id: threadId, imported_at: Math.floor(now() / 1000) });
	}
}

/** `*.jsonl` one folder down that changed since `since`, the newest first. */
async function recentFiles(folder: string, since: number): Promise<readonly string[]> {
	const found: { readonly file: string; readonly changed: number }[] = [];
	for (const project of await fs.promises.readdir(folder, { withFileTypes: true }).catch(() => [])) {
		if (!project.isDirectory()) continue;
		for (const entry of await fs.promises.readdir(path.join(folder, project.name), { withFileTypes: true }).catch(() => [])) {
			if (!entry.isFile() || !entry.name.endsWith('.jsonl')) continue;
			const file = path.join(folder, project.name, entry.name);
			const changed = statOrNull(file)?.mtimeMs ?? 0;
			if (changed >= since) found.push({ file, changed });
		}
	}
	return found
		.sort((a, b) => b.changed - a.changed)
		.slice(0, MAX_SESSIONS)
		.map(({ file }) => file);
}

async function readSession(file: string): Promise<{ readonly session: ForeignSession; readonly hash: string } | Reason> {
	const read = await readGuarded(file, { maxBytes: MAX_BYTES });
	if (read.type === 'missing') return new Reason('gone');
	if (read.type === 'refused') return new Reason('unreadable', read.reason);
	const reader = new ForeignSessionReader();
	let start = 0;
	for (let end = read.bytes.indexOf(0x0a); end >= 0; end = read.bytes.indexOf(0x0a, start)) {
		reader.line(read.bytes.toString('utf8', start, end));
		start = end + 1;
	}
	reader.line(read.bytes.toString('utf8', start));
	return { session: reader.end(), hash: createHash('sha256').update(read.bytes).digest('hex') };
}

import fs from 'node:fs';
import path from 'node:path';
import { readGuarded, textOf } from '../files/guardedFile.ts';
import { type ImportRecord, sha256 } from './importJournal.ts';
import type { Skipped } from './plan.ts';
import { Reason } from './reason.ts';

/** Largest file that is taken over, in bytes. */
const MAX_BYTES = 4 * 1024 * 1024;
const MAX_FILES = 2_000;

export type JsonObject = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);
export const isTexts = (value: unknown): value is readonly string[] => Array.isArray(value) && value.every((each) => typeof each === 'string');

/** Null when there is no such file; a problem when it cannot be used. */
export async function readText(file: string): Promise<string | { readonly problem: string } | null> {
	const read = await readGuarded(file, { maxBytes: MAX_BYTES });
	if (read.type === 'missing') return null;
	if (read.type === 'refused') return { problem: read.reason };
	return textOf(read) ?? '';
}

/** A JSON file of the other agent: what is missing is empty, what is broken is named in `skipped` and empty too. */
export async function readJson(file: string, skipped: Skipped[]): Promise<JsonObject> {
	const text = await readText(file);
	if (text === null) return {};
	if (typeof text !== 'string') {
		skipped.push({ name: file, reason: new Reason('unreadable', text.problem) });
		return {};
	}
	try {
		const value: unknown = JSON.parse(text);
		if (isObject(value)) return value;
		skipped.push({ name: file, reason: new Reason('notObject') });
	} catch (error) {
		skipped.push({ name: file, reason: new Reason('invalidJson', error instanceof Error ? error.message : String(error)) });
	}
	return {};
}

/** The Markdown files below a folder, relative with `/`, sorted. Links are not followed. */
export async function markdownBelow(folder: string): Promise<readonly string[]> {
	const found: string[] = [];
	const walk = async (below: string, depth: number): Promise<void> => {
		if (depth > 8) return;
		const entries = await fs.promises.readdir(path.join(folder, below), { withFileTypes: true }).catch(() => []);
		for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
			if (found.length >= MAX_FILES) return;
			const name = below === '' ? entry.name : `${below}/${entry.name}`;
			if (entry.isDirectory()) await walk(name, depth + 1);
			else if (entry.isFile() && entry.name.endsWith('.md')) found.push(name);
		}
	};
	await walk('', 0);
	return found;
}

/** Writes a file that is not there yet, with its folders. False when there is one already. */
export async function writeNew(record: ImportRecord, file: string, content: string | Uint8Array, mode = 0o644): Promise<boolean> {
	const folder = (await fs.promises.mkdir(path.dirname(file), { recursive: true })) ?? null;
	try {
		await fs.promises.writeFile(file, content, { flag: 'wx', mode });
		record.wrote({ type: 'file', path: file, sha256: sha256(content), folder });
		return true;
	} catch (error) {
		if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
		throw error;
	}
}

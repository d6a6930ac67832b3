import fs from 'node:fs';
import { parse, TomlError } from 'smol-toml';
import { readGuardedSync, textOf } from '../../files/guardedFile.ts';
import { oncePerRound } from '../../platform/eventRound.ts';
import { RecentMap } from '../../platform/recentMap.ts';
import { ConfigError } from '../configError.ts';
import { type ConfigTable, isTable } from '../../toml/table.ts';
import { l10n } from '../../words/l10n.ts';

/** A configuration file, read. */
export interface ConfigFile {
	readonly path: string;
	/** Empty when there is no file. */
	readonly table: ConfigTable;
	readonly source: string;
	readonly exists: boolean;
}

/** Nobody writes more by hand, and every start reads it. */
const MAX_BYTES = 8 * 1024 * 1024;
/** Within this time of a change the system's clock may show the next change with the same time, in milliseconds. */
const CLOCK_STEP_MS = 50;

interface LastRead {
	readonly stamp: string;
	readonly isSettled: boolean;
	readonly result: ConfigFile | ConfigError;
}

/** Files that are missing count too: every folder above a thread's is looked into. */
const MAX_READS = 1000;

/** What was read last, by path: a turn asks for its configuration several times. */
const lastReads = new RecentMap<string, LastRead>(MAX_READS);

/**
 * Reads a TOML file; the same object again until the file changes, and for the rest of a round of the event loop. A missing one is empty.
 * Throws `ConfigError` with file, line and column for one that is no TOML, and for anything that is not a regular file.
 */
export const readConfigFile: (file: string) => ConfigFile = oncePerRound((file) => {
	const stamp = stampOf(file);
	const known = lastReads.get(file);
	if (known?.stamp === stamp.text && known.isSettled) return unwrap(known.result);
	const result = load(file, known?.result);
	lastReads.set(file, { stamp: stamp.text, isSettled: stamp.isSettled, result });
	return unwrap(result);
});

function unwrap(result: ConfigFile | ConfigError): ConfigFile {
	if (result instanceof ConfigError) throw result;
	return result;
}

function stampOf(file: string): { readonly text: string; readonly isSettled: boolean } {
	try {
		// Most of the files are missing, and each is looked at many times a turn: an exception costs ten looks.
		const stats = fs.statSync(file, { bigint: true, throwIfNoEntry: false });
		if (stats === undefined) return { text: 'missing', isSettled: true };
		const { mtimeNs, ctimeNs, size, ino } = stats;
		return { text: [mtimeNs, ctimeNs, size, ino].join(), isSettled: Math.abs(Date.now() - Number(ctimeNs / 1_000_000n)) > CLOCK_STEP_MS };
	} catch (error) {
		return { text: error instanceof Error && 'code' in error ? String(error.code) : 'unreadable', isSettled: true };
	}
}

function load(file: string, before: ConfigFile | ConfigError | undefined): ConfigFile | ConfigError {
	const read = readGuardedSync(file, { maxBytes: MAX_BYTES });
	if (read.type === 'missing') return { path: file, table: {}, source: '', exists: false };
	const source = textOf(read);
	if (read.type === 'refused' || source === null) {
		return new ConfigError(l10n`cannot read ${file}: ${read.type === 'refused' ? read.reason : 'it is no text'}`, { place: { file, range: null } });
	}
	if (before !== undefined && !(before instanceof ConfigError) && before.exists && before.source === source) return before;
	try {
		const table = parse(source);
		ownTexts(table);
		return { path: file, table, source, exists: true };
	} catch (error) {
		if (!(error instanceof TomlError)) throw error;
		const at = { line: error.line, column: error.column };
		const message = `${file}:${at.line}:${at.column}: ${error.message.split('\n')[0]}`;
		return new ConfigError(message, { cause: error, place: { file, range: { start: at, end: at } } });
	}
}

/** The parser's texts are windows into the whole file, which each would keep in memory: copies take their place. */
function ownTexts(table: Record<string, unknown> | unknown[]): void {
	for (const [key, value] of Object.entries(table)) {
		if (typeof value === 'string') Reflect.set(table, key, Buffer.from(value).toString());
		else if (Array.isArray(value) || isTable(value)) ownTexts(value);
	}
}

import path from 'node:path';
import { ConfigError } from '../configError.ts';
import { readConfigFile } from './configFile.ts';
import { type ConfigLayer, describeSource, versionOf } from './configLayer.ts';
import type { ConfigSnapshot } from './configSnapshot.ts';
import { replaceFile } from './projectTrust.ts';
import { validate } from '../validate.ts';
import { type ConfigTable, dotted, type KeyPath, valueAt, withoutValue, withValue } from '../../toml/table.ts';
import { type ConfigEdit, editToml, isSameTable, parsedToml, withEdit } from '../../toml/editToml.ts';
import { renameKey } from '../../toml/renameKey.ts';
import { TomlEditError } from '../../toml/tomlValue.ts';

/** Why a write was refused; the protocol's own words. */
export type WriteRefusal = 'configLayerReadonly' | 'configVersionConflict' | 'configValidationError';

export class ConfigWriteError extends Error {
	readonly code: WriteRefusal;

	constructor(code: WriteRefusal, message: string, options?: ErrorOptions) {
		super(message, options);
		this.code = code;
	}
}

export interface ConfigWrite {
	/** Gives a key another name, before the edits. */
	readonly rename?: KeyRename;
	readonly edits: readonly ConfigEdit[];
	/** Null: the user's. No other file is written. */
	readonly filePath: string | null;
	/** Refuse when the file has another version by now. */
	readonly expectedVersion: string | null;
}

export interface KeyRename {
	readonly path: KeyPath;
	/** In place of the last key of the path. */
	readonly name: string;
}

export interface ConfigWritten {
	readonly file: string;
	readonly version: string;
	/** A layer that wins over what was written; null when none does. */
	readonly overridden: { readonly layer: ConfigLayer; readonly effective: unknown; readonly message: string } | null;
}

export interface WriterOptions {
	readonly file: string;
	/** Throws `ConfigWriteError` for what an administrator forbids. */
	check(edit: ConfigEdit): void;
	/** What counts after the write. */
	snapshot(): ConfigSnapshot;
}

/** How often a file is edited again because somebody else wrote it meanwhile. */
const ATTEMPTS = 5;

/** Writes the user's configuration: one write after the other, each as a whole or not at all. */
export class ConfigWriter {
	readonly #options: WriterOptions;
	#last: Promise<unknown> = Promise.resolve();

	constructor(options: WriterOptions) {
		this.#options = options;
	}

	/** Rejects with `ConfigWriteError`, and with the system's error when the file cannot be written. */
	write(request: ConfigWrite): Promise<ConfigWritten> {
		const written = this.#last.then(() => this.#write(request));
		this.#last = written.catch(() => {});
		return written;
	}

	async #write({ rename, edits, filePath, expectedVersion }: ConfigWrite): Promise<ConfigWritten> {
		const { file, check } = this.#options;
		if (filePath !== null && (!path.isAbsolute(filePath) || path.resolve(filePath) !== path.resolve(file))) {
			throw new ConfigWriteError('configLayerReadonly', 'Only writes to the user config are allowed');
		}
		for (const edit of edits) {
			if (edit.path.length === 0) throw invalid('keyPath must not be empty');
			check(edit);
		}
		for (let attempt = 1; ; attempt++) {
			const { source, table } = readable(file);
			if (expectedVersion !== null && expectedVersion !== versionOf(table)) {
				throw new ConfigWriteError('configVersionConflict', 'Configuration was modified since last read. Fetch latest version and retry.');
			}
			const renames = rename === undefined ? null : renamed(table, rename, check);
			const next = await edited(rename === undefined ? source : await withRenamed(source, rename), edits);
			checkValues(renames ?? table, edits);
			const isChanged = readable(file).source !== source;
			if (isChanged && attempt < ATTEMPTS) continue;
			if (next !== source) replaceFile(file, next);
			break;
		}
		return { file, version: versionOf(readable(file).table), overridden: this.#overridden(edits) };
	}

	#overridden(edits: readonly ConfigEdit[]): ConfigWritten['overridden'] {
		const snapshot = this.#options.snapshot();
		for (const { path: keys, value } of edits) {
			const layer = snapshot.origin(keys);
			const own = layer?.source.type === 'user' && layer.source.profile === null;
			if (layer === null || own || value === null || layer.source.type === 'system' || layer.source.type === 'runtime') continue;
			const effective = valueAt(snapshot.table, keys);
			if (JSON.stringify(effective) === JSON.stringify(value)) continue;
			return { layer, effective, message: `${dotted(keys)} is also set by ${describeSource(layer.source)}, which wins` };
		}
		return null;
	}
}

function invalid(message: string, cause?: unknown): ConfigWriteError {
	return new ConfigWriteError('configValidationError', message, { cause });
}

function readable(file: string) {
	try {
		return readConfigFile(file);
	} catch (error) {
		if (error instanceof ConfigError) throw invalid(error.message, error);
		throw error;
	}
}

/** The table with the key under its other name. Throws `ConfigWriteError` where there is none, and where the name is taken. */
function renamed(table: ConfigTable, { path: keys, name }: KeyRename, check: WriterOptions['check']): ConfigTable {
	const to = [...keys.slice(0, -1), name];
	const value = valueAt(table, keys);
	if (value === undefined) throw invalid(`${dotted(keys)} is not in this file`);
	if (valueAt(table, to) !== undefined) throw invalid(`${dotted(to)} is there already`);
	check({ path: keys, value: null, merge: 'replace' });
	check({ path: to, value, merge: 'replace' });
	return withValue(withoutValue(table, keys), to, value);
}

async function withRenamed(source: string, { path: keys, name }: KeyRename): Promise<string> {
	const text = await renameKey(source, keys, name);
	const expected = renamed(parsedToml(source), { path: keys, name }, () => {});
	// As with edits: never a file that says something else than was asked.
	if (isSameTable(parsedToml(text), expected)) return text;
	throw invalid(`${dotted(keys)} is written in a way that cannot be changed here: change it by hand`);
}

async function edited(source: string, edits: readonly ConfigEdit[]): Promise<string> {
	try {
		return await editToml(source, edits);
	} catch (error) {
		if (error instanceof TomlEditError) throw invalid(error.message, error);
		throw error;
	}
}

/** Of what was wrong before, only what is written now counts: else nobody could mend a file with two mistakes. */
function checkValues(before: Parameters<typeof validate>[0], edits: readonly ConfigEdit[]): void {
	const result = validate(edits.reduce(withEdit, before));
	if ('config' in result) return;
	const { path: keys, message } = result.problem;
	const known = validate(before);
	const isOld = 'problem' in known && dotted(known.problem.path) === dotted(keys);
	const isWritten = edits.some((edit) => edit.path.every((key, index) => index >= keys.length || keys[index] === key));
	if (isOld && !isWritten) return;
	throw invalid(`Invalid configuration: ${message}\nin \`${dotted(keys)}\`\n`);
}

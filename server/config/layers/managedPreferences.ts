import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { parse, TomlError } from 'smol-toml';
import { ConfigError } from '../configError.ts';
import type { ConfigTable } from '../../toml/table.ts';
import { l10n } from '../../words/l10n.ts';

/** The domain under which administrators of macOS install a configuration profile. */
export const PREFERENCES_DOMAIN = 'com.openai.codex';

/** TOML in base64, by what it holds. */
export type PreferenceKey = 'config_toml_base64' | 'requirements_toml_base64';

export interface ManagedPreferencesOptions {
	/** Folders that only an administrator writes, highest first; none on other systems than macOS. */
	readonly folders: readonly string[];
	/** A property list as XML. Throws when the file is none. */
	readonly toXml?: (file: string) => string;
}

interface KnownFile {
	readonly stamp: string;
	readonly tables: ReadonlyMap<PreferenceKey, ConfigTable>;
}

/** The folders of macOS for managed preferences: those of the user first. */
export function preferenceFolders(platform: NodeJS.Platform, user: () => string): readonly string[] {
	const shared = '/Library/Managed Preferences';
	return platform === 'darwin' ? [path.posix.join(shared, user()), shared] : [];
}

/**
 * Managed preferences of macOS. Only files of an administrator count: what a person sets with `defaults` is not among them. They are looked at
 * again whenever somebody asks, and read when they changed. Reference: Apple, "Property lists" and plutil(1).
 */
export class ManagedPreferences {
	readonly #files: readonly string[];
	readonly #toXml: (file: string) => string;
	readonly #known = new Map<string, KnownFile>();

	constructor({ folders, toXml = plutilXml }: ManagedPreferencesOptions) {
		this.#files = folders.map((folder) => path.join(folder, `${PREFERENCES_DOMAIN}.plist`));
		this.#toXml = toXml;
	}

	/** Null when nothing is managed. Throws `ConfigError` for preferences that cannot be read: what an administrator wants is not guessed. */
	table(key: PreferenceKey): ConfigTable | null {
		for (const file of this.#files) {
			const table = this.#read(file)?.tables.get(key);
			if (table !== undefined) return table;
		}
		return null;
	}

	#read(file: string): KnownFile | null {
		const stats = this.#stats(file);
		if (stats === undefined) return null;
		const stamp = `${stats.mtimeMs},${stats.size},${stats.ino}`;
		const known = this.#known.get(file);
		if (known?.stamp === stamp) return known;
		const tables = new Map<PreferenceKey, ConfigTable>();
		const xml = this.#xml(file);
		for (const key of ['config_toml_base64', 'requirements_toml_base64'] as const) {
			const encoded = new RegExp(`<key>${key}</key>\\s*<(?:string|data)>([^<]*)</`).exec(xml)?.[1];
			if (encoded !== undefined) tables.set(key, tableOf(encoded, { file, key }));
		}
		const read = { stamp, tables };
		this.#known.set(file, read);
		return read;
	}

	#stats(file: string): fs.Stats | undefined {
		try {
			return fs.statSync(file, { throwIfNoEntry: false });
		} catch (error) {
			throw unreadable(file, error);
		}
	}

	#xml(file: string): string {
		try {
			return this.#toXml(file);
		} catch (error) {
			throw unreadable(file, error);
		}
	}
}

function unreadable(file: string, error: unknown): ConfigError {
	const reason = error instanceof Error ? error.message : String(error);
	return new ConfigError(l10n`cannot read the managed preferences ${file}: ${reason}`, { cause: error, place: { file, range: null } });
}

function tableOf(encoded: string, { file, key }: { readonly file: string; readonly key: PreferenceKey }): ConfigTable {
	const bare = encoded.replaceAll(/\s/g, '');
	const problem = (reason: string, cause?: unknown) =>
		new ConfigError(l10n`cannot use ${key} of the managed preferences ${file}: ${reason}`, { cause, place: { file, range: null } });
	if (!/^[A-Za-z0-9+/]*={0,2}$/.test(bare)) throw problem('it is not base64');
	try {
		return parse(Buffer.from(bare, 'base64').toString('utf8'));
	} catch (error) {
		if (!(error instanceof TomlError)) throw error;
		throw problem(`line ${error.line}, column ${error.column}: ${error.message.split('\n')[0]}`, error);
	}
}

function plutilXml(file: string): string {
	return execFileSync('/usr/bin/plutil', ['-convert', 'xml1', '-o', '-', file], {
		encoding: 'utf8',
		timeout: 10_000,
		stdio: ['ignore', 'pipe', 'pipe'],
	});
}

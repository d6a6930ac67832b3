import fs from 'node:fs';
import path from 'node:path';
import { ConfigError } from '../config/configError.ts';
import { readConfigFile } from '../config/layers/configFile.ts';
import { replaceFile } from '../config/layers/projectTrust.ts';
import { editToml } from '../toml/editToml.ts';
import { TomlEditError } from '../toml/tomlValue.ts';
import { type ConfigTarget, has } from './configTarget.ts';
import { sha256 } from './importJournal.ts';
import { MigrationError } from './plan.ts';

/** Any `config.toml`: every byte that is not about the new values stays. */
export const tomlTarget: ConfigTarget = {
	read: (file) => Promise.resolve(readable(file).table),
	addMissing: async (record, file, values) => {
		const { source, table } = readable(file);
		const isThere = fs.existsSync(file);
		const missing = values.filter(({ keys }) => !has(table, keys));
		const edits = missing.map(({ keys, value }) => ({ path: keys, value, merge: 'replace' as const }));
		if (edits.length === 0) return;
		try {
			const text = await editToml(source, edits);
			const folder = fs.mkdirSync(path.dirname(file), { recursive: true }) ?? null;
			replaceFile(file, text);
			const added = missing.map(({ keys, value }) => ({ keys: [...keys], value }));
			record.wrote({ type: 'config', path: file, before: isThere ? source : null, sha256: sha256(text), values: added, folder });
		} catch (error) {
			throw error instanceof TomlEditError ? new MigrationError(`${file}: ${error.message}`, { cause: error }) : error;
		}
	},
	remove: async (file, values) => {
		const edits = values.map(({ keys }) => ({ path: keys, value: null, merge: 'replace' as const }));
		replaceFile(file, await editToml(readable(file).source, edits));
	},
	write: (file, text) => replaceFile(file, text),
};

function readable(file: string) {
	try {
		return readConfigFile(file);
	} catch (error) {
		throw error instanceof ConfigError ? new MigrationError(error.message, { cause: error }) : error;
	}
}

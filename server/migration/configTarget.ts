import type { ImportRecord } from './importJournal.ts';

/** The configuration file that something is taken over into. Made by the owner of configuration, so that comments and order stay. */
export interface ConfigTarget {
	/** Empty when there is no file. Rejects when it is broken. */
	read(file: string): Promise<Readonly<Record<string, unknown>>>;
	/** Adds the values whose keys are not there yet; everything else in the file stays as it is. */
	addMissing(record: ImportRecord, file: string, values: readonly ConfigValue[]): Promise<void>;
	/** Takes values away; everything else in the file stays as it is. */
	remove(file: string, values: readonly ConfigValue[]): Promise<void>;
	/** Gives the file a text that it had before. */
	write(file: string, text: string): void;
}

export interface ConfigValue {
	readonly keys: readonly string[];
	readonly value: unknown;
}

/** Whether a key path has a value. */
export function has(table: unknown, keys: readonly string[]): boolean {
	let value = table;
	for (const key of keys) {
		if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return false;
		value = Reflect.get(value, key);
	}
	return true;
}

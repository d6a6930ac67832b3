import { createHash } from 'node:crypto';
import path from 'node:path';
import type { ConfigTable, KeyPath } from '../../toml/table.ts';

/**
 * Where the values of a layer come from. All but the last are the protocol's own; `requirements` is what an administrator
 * fixes, `runtime` what a client switched while the server runs, `request` the config of a thread/start, `threadConfig` what a loader of the session's owner gave (S107).
 */
export type LayerSource =
	| { readonly type: 'mdm'; readonly domain: string; readonly key: string }
	| { readonly type: 'system'; readonly file: string }
	/** With `profile`: the named profile, as a table of that file or as a file of its own. */
	| { readonly type: 'user'; readonly file: string; readonly profile: string | null }
	| { readonly type: 'project'; readonly dotCodexFolder: string }
	| { readonly type: 'sessionFlags' }
	| { readonly type: 'legacyManagedConfigTomlFromFile'; readonly file: string }
	| { readonly type: 'legacyManagedConfigTomlFromMdm' }
	| { readonly type: 'runtime' | 'request' | 'threadConfig' | 'requirements' };

export interface ConfigLayer {
	readonly source: LayerSource;
	/** The file with these values; null where there is none. */
	readonly file: string | null;
	/** What relative paths in it start from; null: they stay as they are. */
	readonly folder: string | null;
	readonly table: ConfigTable;
	/** Changes with the content. */
	readonly version: string;
	/** Why nothing of it counts; null when it counts. */
	readonly disabledReason: string | null;
}

/** A value with the layer that it comes from. */
export interface LayerValue {
	readonly layer: ConfigLayer;
	readonly value: unknown;
}

const versions = new WeakMap<ConfigTable, string>();

/** A name for a content: equal for equal tables, whatever the order of their keys. */
export function versionOf(table: ConfigTable): string {
	const known = versions.get(table);
	if (known !== undefined) return known;
	const version = `sha256:${createHash('sha256').update(canonical(table)).digest('hex')}`;
	versions.set(table, version);
	return version;
}

function canonical(value: unknown): string {
	if (value instanceof Date) return JSON.stringify(value);
	if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
	if (typeof value !== 'object' || value === null) return JSON.stringify(typeof value === 'bigint' ? String(value) : value) ?? 'null';
	const members = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
	return `{${members.map(([key, each]) => `${JSON.stringify(key)}:${canonical(each)}`).join(',')}}`;
}

/** The sources by which a person may change a layer by hand, named for messages. */
export function describeSource(source: LayerSource): string {
	switch (source.type) {
		case 'mdm':
			return `managed preferences ${source.domain}`;
		case 'system':
		case 'legacyManagedConfigTomlFromFile':
			return source.file;
		case 'user':
			return source.profile === null || path.basename(source.file) === `${source.profile}.config.toml`
				? source.file
				: `profile ${source.profile} of ${source.file}`;
		case 'project':
			return `${source.dotCodexFolder}/config.toml`;
		case 'sessionFlags':
			return 'the command line';
		case 'legacyManagedConfigTomlFromMdm':
			return 'managed preferences';
		case 'runtime':
			return 'a switch of this session';
		case 'request':
			return 'the request';
		case 'threadConfig':
			return 'the owner of the session';
		case 'requirements':
			return 'the requirements of the administrator';
		default:
			return source satisfies never;
	}
}

/** The first of the layers, highest first, that says something of a path. */
export function layerOf(layers: readonly ConfigLayer[], path: KeyPath, has: (table: ConfigTable, path: KeyPath) => boolean): ConfigLayer | null {
	return layers.find((layer) => layer.disabledReason === null && has(layer.table, path)) ?? null;
}

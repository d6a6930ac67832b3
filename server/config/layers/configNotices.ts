import type { ConfigFile } from './configFile.ts';
import { CLOSED_TABLES, CONFIG_KEYS, DEPRECATED_FEATURES, FEATURE_NAMES } from './configKeys.ts';
import { findFeature } from '../values/features.ts';
import { locateValue, type TextRange } from '../../toml/locateValue.ts';
import { type ConfigTable, dotted, isTable, type KeyPath } from '../../toml/table.ts';
import { l10n, type Text } from '../../words/l10n.ts';

/** What a client is told of a file that counts, but not as its writer thinks. */
export type ConfigNotice =
	| { readonly type: 'unknown'; readonly summary: Text; readonly details: string; readonly file: string; readonly range: TextRange | null }
	| { readonly type: 'deprecated'; readonly summary: Text; readonly details: Text }
	/** Switched on, and not to be had here. */
	| { readonly type: 'unavailable'; readonly message: Text };

/** Of a user's file. Unknown keys come in one notice: there may be many. */
export function configNotices({ path: file, table, source }: ConfigFile): readonly ConfigNotice[] {
	return [...unknownNotice(file, unknownKeys(table), source), ...featureNotices(table)];
}

function unknownNotice(file: string, unknown: readonly KeyPath[], source: string): readonly ConfigNotice[] {
	const [first] = unknown;
	if (first === undefined) return [];
	const summary =
		unknown.length === 1
			? l10n`The setting ${dotted(first)} is not known and has no effect.`
			: l10n`${unknown.length} settings are not known and have no effect.`;
	return [{ type: 'unknown', summary, details: unknown.map(dotted).join(', '), file, range: locateValue(source, first) }];
}

/** The paths of keys that no version knows. */
export function unknownKeys(table: ConfigTable): readonly KeyPath[] {
	return Object.entries(table).flatMap(([key, value]): readonly KeyPath[] => {
		if (!Object.hasOwn(CONFIG_KEYS, key)) return [[key]];
		if (!isTable(value)) return [];
		if (key === 'features') return Object.keys(value).flatMap((name) => (FEATURE_NAMES.has(name) || findFeature(name) ? [] : [[key, name]]));
		const members = Object.hasOwn(CLOSED_TABLES, key) ? CLOSED_TABLES[key] : undefined;
		return members === undefined ? [] : Object.keys(value).flatMap((name) => (members.includes(name) ? [] : [[key, name]]));
	});
}

function featureNotices(table: ConfigTable): readonly ConfigNotice[] {
	const { features } = table;
	if (!isTable(features)) return [];
	const names = Object.keys(features);
	const deprecated = names.flatMap((name): readonly ConfigNotice[] => {
		const instead = Object.hasOwn(DEPRECATED_FEATURES, name) ? DEPRECATED_FEATURES[name] : undefined;
		return instead === undefined
			? []
			: [{ type: 'deprecated', summary: l10n`\`[features].${name}\` is deprecated.`, details: l10n`Instead, ${instead}.` }];
	});
	const missing = names.filter((name) => {
		const value = features[name];
		const isOn = value === true || (isTable(value) && value['enabled'] === true);
		const feature = findFeature(name);
		return isOn && FEATURE_NAMES.has(name) && !Object.hasOwn(DEPRECATED_FEATURES, name) && (feature === undefined || feature.missing !== null);
	});
	if (missing.length === 0 || table['suppress_unstable_features_warning'] === true) return deprecated;
	return [...deprecated, { type: 'unavailable', message: l10n`Switched on in the configuration, and not to be had here: ${missing.join(', ')}.` }];
}

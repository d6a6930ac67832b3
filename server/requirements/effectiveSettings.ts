import { ConfigError } from '../config/configError.ts';
import { readConfigFile } from '../config/layers/configFile.ts';
import { CONFIG_KEYS } from '../config/layers/configKeys.ts';
import type { ConfigLayer } from '../config/layers/configLayer.ts';
import { unknownKeys } from '../config/layers/configNotices.ts';
import type { ConfigSnapshot } from '../config/layers/configSnapshot.ts';
import { redactSecrets } from '../config/redact.ts';
import { locateValue } from '../toml/locateValue.ts';
import { dotted, type KeyPath, leafPaths, valueAt } from '../toml/table.ts';
import type { Requirements } from './requirements.ts';

/** A key that somebody set, as a person may see it. */
export interface EffectiveSetting {
	readonly keyPath: KeyPath;
	/** JSON, without secrets; null: a secret altogether. */
	readonly value: string | null;
	/** Null where no layer says it. */
	readonly layer: ConfigLayer | null;
	/** Why it does nothing here; null when it has an effect. */
	readonly withoutEffect: string | null;
}

/** What an administrator requires. */
export interface FixedSetting {
	readonly name: string;
	/** JSON. */
	readonly value: string;
	/** The file or service that says so. */
	readonly source: string;
}

/** Members whose values nobody should read over a shoulder. */
const SECRET = /token|secret|password|api_key|headers|(^|\.)env\./i;
const hasEffect = (use: string): boolean => use === 'used';

/** Every value that counts, in the order of the merged table. */
export function effectiveSettings(snapshot: ConfigSnapshot): readonly EffectiveSetting[] {
	const unknown = new Set(unknownKeys(snapshot.table).map(dotted));
	return leafPaths(snapshot.table).map((keyPath) => {
		const set = valueAt(snapshot.table, keyPath);
		const use = CONFIG_KEYS[keyPath[0] ?? ''] ?? 'not known';
		// A number is no secret: `turn_token_cap` only sounds like one.
		const secret = SECRET.test(dotted(keyPath)) && typeof set !== 'number' && typeof set !== 'boolean';
		return {
			keyPath,
			value: secret ? null : redactSecrets(JSON.stringify(set)),
			layer: snapshot.origin(keyPath),
			withoutEffect: keyPath.some((_, index) => unknown.has(dotted(keyPath.slice(0, index + 1)))) ? 'not known' : hasEffect(use) ? null : use,
		};
	});
}

/** The line of config.toml that sets it, counting from 1; null where no file does, or the file changed into one that cannot be read. */
export function lineOf({ keyPath, layer }: EffectiveSetting): number | null {
	if (layer === null || layer.file === null) return null;
	const profile = layer.source.type === 'user' ? layer.source.profile : null;
	try {
		const { source } = readConfigFile(layer.file);
		// A profile is a table of the user's file, or a file of its own.
		const inTable = profile === null ? null : locateValue(source, ['profiles', profile, ...keyPath]);
		return (inTable ?? locateValue(source, keyPath))?.start.line ?? null;
	} catch (error) {
		if (error instanceof ConfigError) return null;
		throw error;
	}
}

export function fixedSettings(requirements: Requirements): readonly FixedSetting[] {
	return Object.entries(requirements).map(([name, { value, source }]: [string, { value: unknown; source: string }]) => ({
		name,
		value: redactSecrets(JSON.stringify(value)),
		source,
	}));
}

/** Keys that other programs know and that do nothing here, each with the reason. */
export function keysWithoutEffect(): readonly (readonly [key: string, reason: string])[] {
	return Object.entries(CONFIG_KEYS).filter(([, use]) => !hasEffect(use));
}

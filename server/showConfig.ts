import os from 'node:os';
import path from 'node:path';
import { codexHome } from './config/config.ts';
import type { ConfigFlags } from './config/layers/configFlags.ts';
import { describeSource } from './config/layers/configLayer.ts';
import { unknownKeys } from './config/layers/configNotices.ts';
import { configPlaces } from './config/layers/configPlaces.ts';
import { ManagedPreferences, preferenceFolders } from './config/layers/managedPreferences.ts';
import { ConfigService } from './config/layers/configService.ts';
import { FeatureSwitches } from './config/values/features.ts';
import { effectiveSettings, fixedSettings, keysWithoutEffect } from './requirements/effectiveSettings.ts';
import { requiredByPreferences, RequirementsService } from './requirements/requirementsService.ts';
import { dotted } from './toml/table.ts';
import { hostPlatform } from './platform/host.ts';

export interface ShowConfigOptions {
	readonly env: Readonly<Record<string, string | undefined>>;
	readonly flags: ConfigFlags;
	/** Absolute; the folder whose project counts. */
	readonly cwd: string;
}

/** `config`: every value that counts in a folder with the place it comes from, then what of config.toml has no effect here. Throws `ConfigError`. */
export function showConfig({ env, flags, cwd }: ShowConfigOptions): string {
	const places = configPlaces(codexHome(env, os.homedir()), { platform: hostPlatform, env });
	const managed = new ManagedPreferences({ folders: preferenceFolders(hostPlatform, () => os.userInfo().username) });
	const requirements = new RequirementsService({ places, preferences: () => requiredByPreferences(managed) });
	const configs = new ConfigService({
		places,
		flags,
		switches: new FeatureSwitches(),
		preferences: () => managed.table('config_toml_base64'),
		pins: requirements,
		onProblem: () => {},
	});
	const snapshot = configs.snapshot({ cwd: path.resolve(cwd) });
	const values = effectiveSettings(snapshot).map(
		({ keyPath, value, layer, withoutEffect }) =>
			`${dotted(keyPath)} = ${value ?? '[hidden]'}  # ${layer === null ? 'nobody' : describeSource(layer.source)}${withoutEffect === null ? '' : `; no effect: ${withoutEffect}`}`,
	);
	const fixed = fixedSettings(requirements.current()).map(({ name, value, source }) => `${name}: ${value}  # ${source}`);
	const without = keysWithoutEffect().map(([key, reason]) => `${key}: ${reason}`);
	const section = (title: string, lines: readonly string[]) => (lines.length === 0 ? [] : ['', title, ...lines.map((line) => `  ${line}`)]);
	return [
		...(values.length === 0 ? ['Nothing is set: every setting has its default.'] : values),
		...section('Required by an administrator:', fixed),
		...section('Not known, without effect:', unknownKeys(snapshot.table).map(dotted)),
		...section('Known to other programs, without effect here:', without),
		'',
	].join('\n');
}

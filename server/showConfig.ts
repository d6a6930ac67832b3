import os from 'node:os';
import path from 'node:path';
import { redactSecrets } from './config/redact.ts';
import { codexHome } from './config/config.ts';
import type { ConfigFlags } from './config/layers/configFlags.ts';
import { CONFIG_KEYS } from './config/layers/configKeys.ts';
import { describeSource } from './config/layers/configLayer.ts';
import { unknownKeys } from './config/layers/configNotices.ts';
import { configPlaces } from './config/layers/configPlaces.ts';
import { ConfigService } from './config/layers/configService.ts';
import { FeatureSwitches } from './config/values/features.ts';
import { RequirementsService } from './requirements/requirementsService.ts';
import { dotted, leafPaths, valueAt } from './toml/table.ts';

export interface ShowConfigOptions {
	readonly env: Readonly<Record<string, string | undefined>>;
	readonly flags: ConfigFlags;
	/** Absolute; the folder whose project counts. */
	readonly cwd: string;
}

/** Members whose values nobody should read over a shoulder. */
const SECRET = /token|secret|password|api_key|headers|(^|\.)env\./i;

/** `config`: every value that counts in a folder with the place it comes from, then what of config.toml has no effect here. Throws `ConfigError`. */
export function showConfig({ env, flags, cwd }: ShowConfigOptions): string {
	const places = configPlaces(codexHome(env, os.homedir()), { platform: process.platform, env });
	const requirements = new RequirementsService({ places });
	const configs = new ConfigService({ places, flags, switches: new FeatureSwitches(), pins: requirements, onProblem: () => {} });
	const snapshot = configs.snapshot({ cwd: path.resolve(cwd) });
	const values = leafPaths(snapshot.table).map((keys) => {
		const origin = snapshot.origin(keys);
		const key = dotted(keys);
		const set = valueAt(snapshot.table, keys);
		// A number is no secret: `turn_token_cap` only sounds like one.
		const value = SECRET.test(key) && typeof set !== 'number' && typeof set !== 'boolean' ? '[hidden]' : redactSecrets(JSON.stringify(set));
		const use = CONFIG_KEYS[keys[0] ?? ''] ?? 'not known';
		return `${key} = ${value}  # ${origin === null ? 'nobody' : describeSource(origin.source)}${use === 'used' || use === 'belongs to an area of its own' ? '' : `; no effect: ${use}`}`;
	});
	const fixed = Object.entries(requirements.current()).map(
		([name, { value, source }]: [string, { value: unknown; source: string }]) => `${name}: ${JSON.stringify(value)}  # ${source}`,
	);
	const without = Object.entries(CONFIG_KEYS).flatMap(([key, use]) =>
		use === 'used' || use === 'belongs to an area of its own' ? [] : [`${key}: ${use}`],
	);
	const section = (title: string, lines: readonly string[]) => (lines.length === 0 ? [] : ['', title, ...lines.map((line) => `  ${line}`)]);
	return [
		...(values.length === 0 ? ['Nothing is set: every setting has its default.'] : values),
		...section('Required by an administrator:', fixed),
		...section('Not known, without effect:', unknownKeys(snapshot.table).map(dotted)),
		...section('Known to other programs, without effect here:', without),
		'',
	].join('\n');
}

import path from 'node:path';

/** The files of a machine and a person that hold configuration. All absolute. */
export interface ConfigPlaces {
	/** `CODEX_HOME`. */
	readonly home: string;
	readonly user: string;
	readonly system: string;
	/** An older form of what an administrator fixes. */
	readonly managed: string;
	readonly requirements: string;
}

/** Where they lie. `systemFolder`: another folder of the administrator than this system's. */
export function configPlaces(
	home: string,
	{
		platform,
		env,
		systemFolder,
	}: { platform: NodeJS.Platform; env: Readonly<Record<string, string | undefined>>; systemFolder?: string | undefined },
): ConfigPlaces {
	const join = platform === 'win32' ? path.win32.join : path.posix.join;
	const system = systemFolder ?? (platform === 'win32' ? path.win32.join(env['ProgramData'] ?? 'C:\\ProgramData', 'OpenAI', 'Codex') : '/etc/codex');
	return {
		home,
		user: path.join(home, 'config.toml'),
		system: join(system, 'config.toml'),
		// Where no administrator has a folder of his own, it lies beside the user's.
		managed: platform === 'win32' ? path.join(home, 'managed_config.toml') : join(system, 'managed_config.toml'),
		requirements: join(system, 'requirements.toml'),
	};
}

import path from 'node:path';
import { readConfigFile } from './configFile.ts';
import { type ConfigLayer, versionOf } from './configLayer.ts';
import { oncePerRound } from '../../platform/eventRound.ts';
import { isFolder } from '../../platform/fileKinds.ts';
import { type ConfigTable, isTable } from '../../toml/table.ts';
import { foldersBetween, markedRoot, trustRoots } from './projectRoot.ts';

/**
 * What a project may not say for the person, however trusted it is: who is asked for answers and with which account, what runs after
 * every turn, where records of the work are sent. Taken out without a word, as other programs do with the same files.
 */
const NOT_FOR_PROJECTS: readonly string[] = [
	'model_provider',
	'model_providers',
	'openai_base_url',
	'chatgpt_base_url',
	'notify',
	'profile',
	'profiles',
	'otel',
	'experimental_realtime_ws_base_url',
	'experimental_realtime_webrtc_call_base_url',
	'experimental_thread_config_endpoint',
	'experimental_thread_store',
	'forced_login_method',
	'forced_chatgpt_workspace_id',
	'cli_auth_credentials_store',
	'mcp_oauth_credentials_store',
	'mcp_oauth_callback_url',
	'mcp_oauth_callback_port',
	'sqlite_home',
	'log_dir',
	'tiller',
];

const hasFolder = oncePerRound(isFolder);

export interface ProjectOptions {
	/** Absolute. */
	readonly cwd: string;
	readonly home: string;
	/** `[projects]` of the person and the administrator. */
	readonly projects: ConfigTable;
	readonly markers: readonly string[];
	/** Reads a file, or what was last good of it. */
	readonly read: typeof readConfigFile;
}

/** The `.codex` folders between the root of a project and a working directory in it, the nearest first. */
export function projectLayers({ cwd, home, projects, markers, read }: ProjectOptions): readonly ConfigLayer[] {
	const roots = trustRoots(cwd).slice(1);
	return foldersBetween(markedRoot(cwd, markers), cwd)
		.toReversed()
		.flatMap((folder) => {
			const dotCodexFolder = path.join(folder, '.codex');
			if (path.resolve(dotCodexFolder) === home || !hasFolder(dotCodexFolder)) return [];
			const isTrusted = [folder, ...roots].map((root) => trustIn(projects, root)).find((level) => level !== null) === 'trusted';
			const file = path.join(dotCodexFolder, 'config.toml');
			const table = isTrusted ? allowed(read(file).table) : readUntrusted(file);
			return [
				{
					source: { type: 'project', dotCodexFolder },
					file,
					folder: dotCodexFolder,
					table,
					version: versionOf(table),
					disabledReason: isTrusted ? null : `${roots[0] ?? folder} is not trusted`,
				} satisfies ConfigLayer,
			];
		});
}

/** Shown to who asks, and never used: what is wrong with it is nobody's problem. */
function readUntrusted(file: string): ConfigTable {
	try {
		return allowed(readConfigFile(file).table);
	} catch {
		return {};
	}
}

const cleaned = new WeakMap<ConfigTable, ConfigTable>();

function allowed(table: ConfigTable): ConfigTable {
	const known = cleaned.get(table);
	if (known !== undefined) return known;
	const left = Object.fromEntries(Object.entries(table).filter(([key]) => !NOT_FOR_PROJECTS.includes(key)));
	cleaned.set(table, left);
	return left;
}

function trustIn(projects: ConfigTable, folder: string): 'trusted' | 'untrusted' | null {
	const entry = Object.hasOwn(projects, folder) ? projects[folder] : undefined;
	const level = isTable(entry) ? entry['trust_level'] : undefined;
	return level === 'trusted' || level === 'untrusted' ? level : null;
}

import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { isFolder } from '../platform/fileKinds.ts';
import { ConfigError } from '../config/configError.ts';
import { readConfigFile } from '../config/layers/configFile.ts';
import { projectRoot } from '../config/layers/projectRoot.ts';
import { replaceFile } from '../config/layers/projectTrust.ts';
import { externalAgentConfigHandlers } from '../handlers/integrations/externalAgentConfig.ts';
import { settingsFor, type SettingsSource } from '../handlers/thread/resolveSettings.ts';
import { type ConfigTarget, has } from '../migration/configTarget.ts';
import { importedRecords } from '../migration/importedRecords.ts';
import { Migration } from '../migration/migration.ts';
import { importSessions, planSessions, sessionFiles, type SessionsOptions } from '../migration/migrateSessions.ts';
import { MigrationError } from '../migration/plan.ts';
import { SessionLedger } from '../migration/sessionLedger.ts';
import type { Threads } from '../thread/threads.ts';
import { editToml } from '../toml/editToml.ts';
import { TomlEditError } from '../toml/tomlValue.ts';
import type { Feature } from './feature.ts';
import type { Ground } from './ground.ts';
import type { PluginServices } from './pluginFeature.ts';

/** Taking over what another agent keeps: configuration, servers, hooks, skills, commands, sub-agents, guidance, plugins, conversations. */
export function migrationFeature(
	{ home, log, store, subscriptions }: Ground,
	{ threads, settings, plugins }: { readonly threads: Threads; readonly settings: SettingsSource; readonly plugins: PluginServices },
): Feature {
	const userHome = os.homedir();
	const sessions: SessionsOptions = {
		userHome,
		ledger: new SessionLedger(home),
		now: Date.now,
		saveThread: async ({ cwd, title, turns }) => {
			const request = {
				settings: settingsFor(settings, {}, cwd),
				ephemeral: false,
				threadSource: null,
				originator: 'tiller',
				source: 'vscode',
				dynamicTools: [],
			} as const;
			const id = await threads.adopt(request, importedRecords(turns, { newId: randomUUID, now: Date.now }));
			await store.setName(id, title);
			return id;
		},
	};
	const migration = new Migration({
		home,
		userHome,
		config: configTarget,
		plugins: {
			isInstalled: (plugin, marketplace) => plugins.plugins.isInstalled({ plugin, marketplace }),
			install: async (source, marketplace, names) => {
				const { name, root } = await plugins.marketplaces.add({ source, refName: null, sparsePaths: [] });
				if (name !== marketplace) throw new MigrationError(`${source} is the marketplace ${name}, not ${marketplace}`);
				for (const plugin of names) await plugins.plugins.installFrom(root, plugin);
			},
		},
		rootOf: (folder) => Promise.resolve(isFolder(folder) ? projectRoot(folder) : null),
		planSessions: () => planSessions(sessions),
		sessionFiles: () => sessionFiles(sessions),
	});
	return {
		name: 'migration',
		handlers: externalAgentConfigHandlers({ migration, importSessions: (files) => importSessions(files, sessions), subscriptions, log }),
	};
}

/** Any `config.toml`: every byte that is not about the new values stays. */
const configTarget: ConfigTarget = {
	read: (file) => Promise.resolve(readable(file).table),
	addMissing: async (file, values) => {
		const { source, table } = readable(file);
		const edits = values.filter(({ keys }) => !has(table, keys)).map(({ keys, value }) => ({ path: keys, value, merge: 'replace' as const }));
		if (edits.length === 0) return;
		try {
			fs.mkdirSync(path.dirname(file), { recursive: true });
			replaceFile(file, await editToml(source, edits));
		} catch (error) {
			throw error instanceof TomlEditError ? new MigrationError(`${file}: ${error.message}`, { cause: error }) : error;
		}
	},
};

function readable(file: string) {
	try {
		return readConfigFile(file);
	} catch (error) {
		throw error instanceof ConfigError ? new MigrationError(error.message, { cause: error }) : error;
	}
}

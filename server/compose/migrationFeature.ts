import { randomUUID } from 'node:crypto';
import os from 'node:os';
import { isFolder } from '../platform/fileKinds.ts';
import { projectRoot } from '../config/layers/projectRoot.ts';
import { externalAgentConfigHandlers } from '../handlers/integrations/externalAgentConfig.ts';
import { settingsFor, type SettingsSource } from '../handlers/thread/resolveSettings.ts';
import { tomlTarget } from '../migration/tomlTarget.ts';
import { ImportJournals, sha256Of } from '../migration/importJournal.ts';
import { importedRecords } from '../migration/importedRecords.ts';
import { Migration } from '../migration/migration.ts';
import { importSessions, planSessions, sessionFiles, type SessionsOptions } from '../migration/migrateSessions.ts';
import { MigrationError } from '../migration/plan.ts';
import type { UndoPorts } from '../migration/undoImport.ts';
import { SessionLedger } from '../migration/sessionLedger.ts';
import type { Threads } from '../thread/threads.ts';
import type { Feature } from './feature.ts';
import type { Ground } from './ground.ts';
import type { PluginServices } from './pluginFeature.ts';

/** Taking over what another agent keeps: configuration, servers, hooks, skills, commands, sub-agents, guidance, plugins, conversations. */
export function migrationFeature(
	{ home, log, store, subscriptions }: Ground,
	{
		threads,
		settings,
		plugins,
		forget,
	}: {
		readonly threads: Threads;
		readonly settings: SettingsSource;
		readonly plugins: PluginServices;
		/** Removes what other services keep of a deleted thread. */
		readonly forget: (threadId: string) => Promise<void>;
	},
): Feature {
	const userHome = os.homedir();
	const sessions: SessionsOptions = {
		userHome,
		ledger: new SessionLedger(home),
		now: Date.now,
		saveThread: async (record, { cwd, title, turns }) => {
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
			const stored = await store.find(id);
			const hash = stored === null ? null : await sha256Of(stored.path);
			if (stored !== null && hash !== null) record.wrote({ type: 'thread', id, title, path: stored.path, sha256: hash });
			return id;
		},
	};
	const migration = new Migration({
		home,
		userHome,
		config: tomlTarget,
		plugins: {
			isInstalled: (plugin, marketplace) => plugins.plugins.isInstalled({ plugin, marketplace }),
			install: async (record, { source, marketplace, plugins: names }) => {
				const { name, root, alreadyAdded } = await plugins.marketplaces.add({ source, refName: null, sparsePaths: [] });
				if (name !== marketplace) throw new MigrationError(`${source} is the marketplace ${name}, not ${marketplace}`);
				if (!alreadyAdded) record.wrote({ type: 'marketplace', name });
				for (const plugin of names) {
					await plugins.plugins.installFrom(root, plugin);
					record.wrote({ type: 'plugin', id: `${plugin}@${marketplace}` });
				}
			},
		},
		rootOf: (folder) => Promise.resolve(isFolder(folder) ? projectRoot(folder) : null),
		planSessions: () => planSessions(sessions),
		sessionFiles: () => sessionFiles(sessions),
	});
	const undo: UndoPorts = {
		config: tomlTarget,
		plugins: {
			isInstalled: (id) => {
				const [plugin = '', marketplace = ''] = id.split('@');
				return plugins.plugins.isInstalled({ plugin, marketplace });
			},
			uninstall: (id) => plugins.plugins.uninstall(id),
			useOf: async (name, besides) => {
				if (!plugins.marketplaces.added().some((each) => each.name === name)) return 'gone';
				const others = (await plugins.plugins.active()).filter(({ id }) => id.endsWith(`@${name}`) && !besides.includes(id));
				return others.length === 0 ? 'unused' : 'used';
			},
			remove: async (name) => void (await plugins.marketplaces.remove(name)),
		},
		threads: {
			find: async (id) => {
				const stored = await store.find(id);
				return stored && { path: stored.path, isRunning: (threads.get(id)?.activeTurnId ?? null) !== null };
			},
			remove: async (id) => {
				const stored = await store.find(id);
				await threads.unload(id);
				if (stored) await store.delete(stored);
				await sessions.ledger.remove(id);
				await forget(id);
				subscriptions.broadcast({ method: 'thread/deleted', params: { threadId: id } });
			},
		},
	};
	return {
		name: 'migration',
		handlers: externalAgentConfigHandlers({
			migration,
			journals: new ImportJournals({ home, now: Date.now }),
			importSessions: (record, files) => importSessions(record, files, sessions),
			undo,
			subscriptions,
			log,
		}),
	};
}

import type { Config } from '../config.ts';
import type { ConfigLayer } from './configLayer.ts';
import { ConfigSnapshot } from './configSnapshot.ts';
import { trustRoots } from './projectRoot.ts';
import { type ConfigTable, isTable, mergeTables } from '../../toml/table.ts';
import { validate, type Validated } from '../validate.ts';
import { hostPaths } from '../../platform/host.ts';

/**
 * What all layers together say of projects. Every start in a new folder adds an entry, and every snapshot has them all, so that the
 * snapshots share one copy for as long as nothing is said anew.
 */
export class ProjectEntries {
	#said: readonly ConfigTable[] = [];
	#merged: ConfigTable | undefined;

	/** Layers come highest first. No project says which projects are trusted. */
	of(layers: readonly ConfigLayer[]): ConfigTable | undefined {
		const said = layers.toReversed().flatMap(({ source, table, disabledReason }) => {
			const own = source.type === 'project' || source.type === 'request' || disabledReason !== null ? undefined : table['projects'];
			return isTable(own) ? [own] : [];
		});
		if (said.length !== this.#said.length || said.some((table, index) => table !== this.#said[index])) {
			this.#merged = said.length === 0 ? undefined : said.reduce(mergeTables, {});
			this.#said = said;
		}
		return this.#merged;
	}
}

const tables = new WeakMap<ConfigTable, ConfigTable>();

/** The configuration of a table, which shares its projects with the others that have the same. */
export function validateSharing(table: ConfigTable): Validated {
	const { projects, ...others } = table;
	if (!isTable(projects)) return validate(table);
	const own = tables.get(projects) ?? { projects };
	tables.set(projects, own);
	const [result, entries] = [validate(others), validate(own)];
	if ('problem' in result) return result;
	return 'problem' in entries ? entries : { config: { ...result.config, projects: entries.config.projects } };
}

/** A snapshot that only stays for the case that its folder's configuration breaks: without what is said of other folders. */
export function keptFor(cwd: string, { config, table, layers }: ConfigSnapshot): ConfigSnapshot {
	const roots = trustRoots(cwd);
	const isOwn = (folder: string) => hostPaths.isInside(folder, cwd) || roots.includes(folder);
	const ownOf = <Entry>(entries: Readonly<Record<string, Entry>>) => Object.fromEntries(Object.entries(entries).filter(([folder]) => isOwn(folder)));
	const cut = (all: ConfigTable): ConfigTable => (isTable(all['projects']) ? { ...all, projects: ownOf(all['projects']) } : all);
	const projects: Config['projects'] = config.projects === undefined ? undefined : ownOf(config.projects);
	return new ConfigSnapshot({
		config: projects === undefined ? config : { ...config, projects },
		table: cut(table),
		layers: layers.map((layer) => ({ ...layer, table: cut(layer.table) })),
	});
}

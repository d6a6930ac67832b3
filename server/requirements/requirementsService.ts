import { ConfigError } from '../config/configError.ts';
import { readConfigFile } from '../config/layers/configFile.ts';
import type { ConfigPlaces } from '../config/layers/configPlaces.ts';
import { type ManagedPreferences, PREFERENCES_DOMAIN } from '../config/layers/managedPreferences.ts';
import { ConfigWriteError } from '../config/layers/writeConfig.ts';
import type { ConfigEdit } from '../toml/editToml.ts';
import { type ConfigTable, dotted, isTable, type KeyPath, leafPaths, valueAt } from '../toml/table.ts';
import type { NetworkRequirements } from './networkRequirements.ts';
import { legacyRequirements, mergeRequirements, parseRequirements, type Requirements, type RequirementsTable } from './requirements.ts';
import { l10n, textOf } from '../words/l10n.ts';

export interface RequirementsOptions {
	readonly places: Pick<ConfigPlaces, 'requirements' | 'managed'>;
	/** Managed preferences of the system; null where there are none. */
	readonly preferences?: () => RequirementsTable | null;
	/** Those of a workspace that the person is signed in to. */
	readonly cloud?: {
		/** Resolves when they are known; rejects with a `ConfigError`. */
		ready(): Promise<void>;
		/** Throws `ConfigError` while they are not known. */
		current(): RequirementsTable | null;
	};
}

/**
 * What administrators require, from all places. Files are looked at again whenever somebody asks. One that cannot be used stops what it
 * is about: nothing may run as if it were not there.
 */
export class RequirementsService {
	readonly #options: RequirementsOptions;
	#last: { readonly tables: readonly (ConfigTable | undefined)[]; readonly requirements: Requirements } | null = null;
	readonly #parsed = new WeakMap<ConfigTable, Requirements>();

	constructor(options: RequirementsOptions) {
		this.#options = options;
	}

	/** The same object until something changes. Throws `ConfigError` for a source that cannot be used. */
	current(): Requirements {
		const { places, preferences, cloud } = this.#options;
		try {
			const file = readConfigFile(places.requirements);
			const managed = readConfigFile(places.managed);
			const given = [cloud?.current() ?? null, preferences?.() ?? null, file.exists ? { table: file.table, source: file.path } : null] as const;
			const tables = [...given.map((each) => each?.table), managed.table];
			if (this.#last?.tables.every((table, index) => table === tables[index])) return this.#last.requirements;
			const sources = given.filter((each) => each !== null).map((each) => this.#parse(each));
			const requirements = mergeRequirements([...sources, legacyRequirements(managed.table, managed.path)]);
			this.#last = { tables, requirements };
			return requirements;
		} catch (error) {
			if (!(error instanceof ConfigError) || error.constructor !== ConfigError) throw error;
			throw new ConfigError(l10n`the requirements of the administrator cannot be used: ${textOf(error)}`, { cause: error, place: error.place });
		}
	}

	#parse({ table, source }: RequirementsTable): Requirements {
		const known = this.#parsed.get(table) ?? parseRequirements(table, source);
		this.#parsed.set(table, known);
		return known;
	}

	/** Resolves when those of a workspace are known. Rejects with `CloudRequirementsError`. */
	async ready(): Promise<void> {
		await this.#options.cloud?.ready();
	}

	/** Null when no network is required. Throws `ConfigError`. */
	network(): NetworkRequirements | null {
		return this.current().network?.value ?? null;
	}

	/** What wins over every configuration: features that are fixed, and the servers that may not run. Throws `ConfigError`. */
	pinned(config: ConfigTable): ConfigTable {
		const { features, mcpServers } = this.current();
		const servers = config['mcp_servers'];
		const off = mcpServers && isTable(servers) ? Object.entries(servers).filter(([name, server]) => !isAllowed(server, mcpServers.value[name])) : [];
		return {
			...(features === undefined ? {} : { features: features.value }),
			...(off.length === 0 ? {} : { mcp_servers: Object.fromEntries(off.map(([name]) => [name, { enabled: false }])) }),
		};
	}

	/** Throws `ConfigWriteError` for a value that would not be allowed. */
	checkWrite({ path, value }: ConfigEdit): void {
		if (value === null) return;
		const leaves: readonly KeyPath[] = isTable(value) ? leafPaths(value) : [[]];
		for (const leaf of leaves) this.#checkValue([...path, ...leaf], valueAt(value, leaf));
	}

	#checkValue(path: KeyPath, value: unknown): void {
		const requirements = this.current();
		const keys = path[0] === 'profiles' ? path.slice(2) : path;
		const [key = '', name = ''] = keys;
		const lists: Readonly<Record<string, { readonly value: readonly string[]; readonly source: string } | undefined>> = {
			approval_policy: requirements.approvalPolicies,
			approvals_reviewer: requirements.reviewers,
			sandbox_mode: requirements.sandboxModes,
			web_search: requirements.webSearchModes,
		};
		const list = keys.length === 1 && Object.hasOwn(lists, key) ? lists[key] : undefined;
		const spoken = value === 'guardian_subagent' ? 'auto_review' : value;
		if (list !== undefined && typeof spoken === 'string' && !list.value.includes(spoken)) {
			throw refused(`\`${dotted(path)}\` may be ${list.value.join(', ')}, and not ${spoken}`, list.source);
		}
		const pinned = keys.length === 2 && key === 'features' && requirements.features && Object.hasOwn(requirements.features.value, name);
		if (pinned && requirements.features.value[name] !== value) {
			throw refused(`the feature \`${name}\` is fixed as ${String(requirements.features.value[name])}`, requirements.features.source);
		}
	}
}

function refused(what: string, source: string): ConfigWriteError {
	return new ConfigWriteError('configValidationError', `${what} (set by ${source})`);
}

function isAllowed(server: unknown, identity: { readonly command: string } | { readonly url: string } | undefined): boolean {
	if (identity === undefined || !isTable(server)) return false;
	return 'command' in identity
		? server['command'] === identity.command && server['url'] === undefined
		: server['url'] === identity.url && server['command'] === undefined;
}

/** What the managed preferences of macOS require. */
export function requiredByPreferences(managed: ManagedPreferences): RequirementsTable | null {
	const table = managed.table('requirements_toml_base64');
	return table === null ? null : { table, source: `managed preferences ${PREFERENCES_DOMAIN}` };
}

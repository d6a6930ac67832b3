import path from 'node:path';
import { type ConfigFlags, flagTable, parseKeyPath } from './configFlags.ts';
import { ConfigError } from '../configError.ts';
import { type ConfigFile, readConfigFile } from './configFile.ts';
import { type ConfigLayer, describeSource, type LayerSource, versionOf } from './configLayer.ts';
import { withAbsolutePaths } from './configPaths.ts';
import type { ConfigPlaces } from './configPlaces.ts';
import { ConfigSnapshot } from './configSnapshot.ts';
import { type ConfigTable, dotted, isTable, type KeyPath, mergeTables, valueAt, withValue } from '../../toml/table.ts';
import { RecentMap } from '../../platform/recentMap.ts';
import type { FeatureSwitches } from '../values/features.ts';
import { locateValue } from '../../toml/locateValue.ts';
import { keptFor, ProjectEntries, validateSharing } from './projectEntries.ts';
import { projectLayers } from './projectLayers.ts';
import type { ConfigEdit } from '../../toml/editToml.ts';
import { validate, type Validated } from '../validate.ts';
import { type ConfigWrite, ConfigWriter, type ConfigWritten } from './writeConfig.ts';
import { l10n } from '../../words/l10n.ts';

/** For whom a configuration is asked. */
export interface ConfigQuery {
	/** Absolute; the folders of its project count. Left out: no project. */
	readonly cwd?: string | undefined;
	/** The `config` of a request: nested tables and dotted keys. */
	readonly request?: ConfigTable | undefined;
	/** What the owner of the session fixes; above the request. */
	readonly threadConfig?: ConfigTable | undefined;
}

/** What managed preferences of the system hold, as TOML read already; null where there are none. Throws `ConfigError`. */
export type PreferenceTable = () => ConfigTable | null;

export interface Pins {
	/** Another object whenever something else is fixed. */
	current(): object;
	/** What is fixed in a merged configuration. */
	pinned(config: ConfigTable): ConfigTable;
}

const NO_PINS: Pins = { current: () => NO_PINS, pinned: () => ({}) };

export interface ConfigServiceOptions {
	readonly places: ConfigPlaces;
	readonly flags: ConfigFlags;
	readonly switches: FeatureSwitches;
	readonly preferences?: PreferenceTable;
	/** What an administrator fixes; wins over all layers. Throws `ConfigError`. */
	readonly pins?: Pins;
	/** Throws `ConfigWriteError` for a change that an administrator forbids. */
	checkWrite?(edit: ConfigEdit): void;
	/** A file that was good has become bad, or a bad one was found; told once per content. */
	onProblem(problem: ConfigError): void;
}

const DEFAULT_MARKERS = ['.git'];
const MAX_SNAPSHOTS = 64;
/** The ones of the person are read by every thread, so that they never go. */
const MAX_FILES = 1000;
const NOTHING = new ConfigSnapshot({ config: {}, table: {}, layers: [] });

interface KnownSnapshot {
	readonly pins: object;
	readonly layers: readonly ConfigLayer[];
	readonly snapshot: ConfigSnapshot;
	/** Null where it is of no folder, or holds nothing of other folders any more. */
	readonly cwd: string | null;
	readonly projects: ConfigTable | undefined;
}

/**
 * The one owner of the configuration. Files are looked at again whenever somebody asks, and read when they have changed. A file that
 * breaks while the server runs counts as it was before; one that is broken from the start stops what would need it.
 */
export class ConfigService {
	readonly places: ConfigPlaces;
	readonly switches: FeatureSwitches;
	readonly #flags: ConfigTable;
	readonly #preferences: PreferenceTable;
	readonly #onProblem: (problem: ConfigError) => void;
	readonly #good = new RecentMap<string, ConfigFile>(MAX_FILES);
	readonly #told = new RecentMap<string, string>(MAX_FILES);
	readonly #pins: Pins;
	readonly #writer: ConfigWriter;
	readonly #reloads = new Set<() => void>();
	readonly #snapshots = new Map<string, KnownSnapshot>();
	readonly #projects = new ProjectEntries();

	constructor({ places, flags, switches, preferences = () => null, checkWrite = () => {}, pins = NO_PINS, onProblem }: ConfigServiceOptions) {
		this.places = places;
		this.switches = switches;
		this.#flags = flagTable(flags);
		this.#preferences = preferences;
		this.#onProblem = onProblem;
		this.#pins = pins;
		this.#writer = new ConfigWriter({ file: places.user, check: checkWrite, snapshot: () => this.lenient() });
	}

	/** What counts now. Throws `ConfigError` where a file cannot be used and never could since the server runs, or a request is wrong. */
	snapshot(query: ConfigQuery = {}): ConfigSnapshot {
		const key = JSON.stringify([query.cwd, query.request, query.threadConfig]);
		const known = this.#snapshots.get(key);
		try {
			return this.#current(query, key, known);
		} catch (error) {
			// It breaks while somebody works with it: they go on as before, and are told.
			if (!(error instanceof ConfigError) || known === undefined) throw error;
			this.#tell('snapshot', error);
			return known.snapshot;
		}
	}

	#current(query: ConfigQuery, key: string, known: KnownSnapshot | undefined): ConfigSnapshot {
		const pins = this.#pins.current();
		const layers = this.#layers(query);
		if (known && known.pins === pins && known.layers.length === layers.length && known.layers.every((layer, index) => isSame(layer, layers[index])))
			return known.snapshot;
		const snapshot = this.#merge(layers);
		const projects = this.#projects.of(layers);
		this.#forgetOthers(projects);
		this.#snapshots.delete(key);
		this.#snapshots.set(key, { pins, layers, snapshot, cwd: query.cwd ?? null, projects });
		for (const oldest of this.#snapshots.keys()) {
			if (this.#snapshots.size <= MAX_SNAPSHOTS) break;
			this.#snapshots.delete(oldest);
		}
		return snapshot;
	}

	/** Of snapshots of earlier lists of projects, nobody needs more than what is said of their own folder. */
	#forgetOthers(projects: ConfigTable | undefined): void {
		for (const [key, known] of this.#snapshots) {
			if (known.cwd === null || known.projects === projects) continue;
			const snapshot = keptFor(known.cwd, known.snapshot);
			this.#snapshots.set(key, { ...known, layers: snapshot.layers, snapshot, cwd: null, projects: undefined });
		}
	}

	/** The same for what has to answer even so, and opens nothing: where nothing can be used, nothing is configured. */
	lenient(query: ConfigQuery = {}): ConfigSnapshot {
		try {
			return this.snapshot(query);
		} catch (error) {
			if (error instanceof ConfigError) return NOTHING;
			throw error;
		}
	}

	/** What the files and the command line say of a key, for what has to be known before the requirements are. Throws `ConfigError`. */
	unpinned(path: KeyPath): unknown {
		const layers = this.#layers({});
		return valueAt(layers.find(({ table }) => valueAt(table, path) !== undefined)?.table, path);
	}

	/** Changes the user's file. Rejects with `ConfigWriteError`, and with the system's error. */
	write(request: ConfigWrite): Promise<ConfigWritten> {
		return this.#writer.write(request);
	}

	/** What loaded threads keep from their start, they take anew. */
	reload(): void {
		for (const listener of this.#reloads) listener();
	}

	/** For what a thread keeps from its start; all else looks at the snapshot again by itself. */
	onReload(listener: () => void): void {
		this.#reloads.add(listener);
	}

	/** What is wrong with the files that count everywhere, for a client that has just come. */
	problems(): readonly ConfigError[] {
		const problems: ConfigError[] = [];
		for (const file of [this.places.user, this.places.system, this.places.managed]) {
			try {
				checked(readConfigFile(file));
			} catch (error) {
				if (!(error instanceof ConfigError)) throw error;
				problems.push(error);
				// Whoever asked tells it.
				this.#told.set(file, error.message);
			}
		}
		return problems;
	}

	#merge(layers: readonly ConfigLayer[]): ConfigSnapshot {
		const counting = layers.filter(({ disabledReason }) => disabledReason === null).toReversed();
		let table: ConfigTable = {};
		for (const { table: said, folder } of counting) {
			const { projects: _, ...others } = said;
			table = mergeTables(table, folder === null ? others : withAbsolutePaths(others, folder));
		}
		const projects = this.#projects.of(layers);
		const own = projects === undefined ? table : { ...table, projects };
		const pinned = virtual('requirements', this.#pins.pinned(own));
		const all = [...pinned, ...layers];
		const merged = pinned.reduce((below, above) => mergeTables(below, above.table), own);
		const result = withoutUnreachable(validateSharing(merged));
		if ('config' in result) return new ConfigSnapshot({ config: result.config, table: merged, layers: all });
		const { path, message } = result.problem;
		const from = new ConfigSnapshot({ config: {}, table: merged, layers: all }).origin(path);
		const where = from === null || from.source.type === 'request' ? '' : ` (${describeSource(from.source)})`;
		throw new ConfigError(l10n`${message}\nin \`${dotted(path)}\`${where}\n`);
	}

	/** Highest first. */
	#layers({ cwd, request, threadConfig }: ConfigQuery): readonly ConfigLayer[] {
		const { places } = this;
		const preferences = this.#preferences();
		const managed = this.#read(places.managed);
		const system = layer({ type: 'system', file: places.system }, this.#read(places.system));
		const user = layer({ type: 'user', file: places.user, profile: null }, this.#read(places.user));
		const flags = virtual('sessionFlags', this.#flags);
		const asked = request === undefined ? [] : virtual('request', requestTable(request), cwd);
		const owned = threadConfig === undefined ? [] : virtual('threadConfig', threadConfig);
		const above = [
			...(preferences === null ? [] : [preferenceLayer(preferences)]),
			...(managed.exists ? [layer({ type: 'legacyManagedConfigTomlFromFile', file: places.managed }, managed)] : []),
			...owned,
			...asked,
			...flags,
		];
		const below = [user, system, ...virtual('runtime', this.switches.table())];
		const profile = this.#profile([...above, ...below]);
		const shared = [...above, ...profile, ...below];
		const projects = cwd === undefined ? [] : this.#projectLayers(cwd, shared);
		return [...above, ...projects, ...profile, ...below];
	}

	#projectLayers(cwd: string, shared: readonly ConfigLayer[]): readonly ConfigLayer[] {
		const markers = shared.map(({ table }) => table['project_root_markers']).find((value) => Array.isArray(value));
		return projectLayers({
			cwd,
			home: this.places.home,
			projects: this.#projects.of(shared) ?? {},
			markers: markers?.filter((marker) => typeof marker === 'string') ?? DEFAULT_MARKERS,
			read: (file) => this.#read(file),
		});
	}

	/**
	 * The profile that the layers choose, highest first: `NAME.config.toml` beside the user's file, as newer releases of the CLI keep one, then
	 * `[profiles.NAME]`. Throws `ConfigError` when it does not exist.
	 */
	#profile(layers: readonly ConfigLayer[]): readonly ConfigLayer[] {
		const chosen = layers.find(({ table }) => table['profile'] !== undefined);
		const name = chosen?.table['profile'];
		if (name === undefined) return [];
		if (typeof name !== 'string')
			throw new ConfigError(
				l10n`invalid type: profile must be the name of a profile ${chosen === undefined ? '' : ` (${describeSource(chosen.source)})`}`,
			);
		let table: ConfigTable | null = null;
		for (const each of layers.toReversed()) {
			const own = valueAt(each.table, ['profiles', name]);
			if (isTable(own)) table = mergeTables(table ?? {}, withAbsolutePaths(own, each.folder ?? this.places.home));
		}
		const own = this.#profileFile(name);
		if (table === null && own === null)
			throw new ConfigError(l10n`config profile \`${name}\` not found: define it as [profiles.${dotted([name])}] in ${this.places.user}`);
		const source = { type: 'user', file: this.places.user, profile: name } as const;
		return [
			...(own === null ? [] : [own]),
			...(table === null ? [] : [{ source, file: this.places.user, folder: null, table, version: versionOf(table), disabledReason: null }]),
		];
	}

	#profileFile(name: string): ConfigLayer | null {
		// The name becomes part of a path.
		if (!/^\w[\w.-]*$/.test(name)) return null;
		const file = path.join(this.places.home, `${name}.config.toml`);
		const read = this.#read(file);
		return read.exists ? layer({ type: 'user', file, profile: name }, read) : null;
	}

	#tell(about: string, problem: ConfigError): void {
		if (this.#told.get(about) === problem.message) return;
		this.#told.set(about, problem.message);
		this.#onProblem(problem);
	}

	/** The file, or as it was when it was last good. Throws `ConfigError` where it never was. */
	#read(file: string): ConfigFile {
		try {
			const read = checked(readConfigFile(file));
			this.#good.set(file, read);
			this.#told.delete(file);
			return read;
		} catch (error) {
			if (!(error instanceof ConfigError)) throw error;
			this.#tell(file, error);
			const good = this.#good.get(file);
			if (good === undefined) throw error;
			return good;
		}
	}
}

/** A server that nothing is said of how to reach can never run: that is a mistake, and is named. */
function withoutUnreachable(result: Validated): Validated {
	if ('problem' in result) return result;
	const found = Object.entries(result.config.mcp_servers ?? {}).find(
		([, server]) => server['enabled'] !== false && server['command'] === undefined && server['url'] === undefined,
	);
	return found === undefined ? result : { problem: { path: ['mcp_servers', found[0]], message: 'it needs a `command` or a `url`' } };
}

/** A file whose values have the right forms; throws `ConfigError` with the place of the first that has not. */
function checked(file: ConfigFile): ConfigFile {
	const result = validate(file.table);
	if ('config' in result) return file;
	const { path, message } = result.problem;
	const range = locateValue(file.source, path);
	const where = range === null ? file.path : `${file.path}:${range.start.line}:${range.start.column}`;
	throw new ConfigError(l10n`${message}\nin ${where}, key \`${dotted(path)}\`\n`, { place: { file: file.path, range } });
}

function layer(source: LayerSource, { path, table }: ConfigFile): ConfigLayer {
	return { source, file: path, folder: folderOf(path), table, version: versionOf(table), disabledReason: null };
}

const folderOf = (file: string) => file.replace(/[\\/][^\\/]*$/, '');

/** A layer without a file; none where it says nothing. */
function virtual(
	type: 'sessionFlags' | 'request' | 'threadConfig' | 'runtime' | 'requirements',
	table: ConfigTable,
	folder?: string,
): readonly ConfigLayer[] {
	if (Object.keys(table).length === 0) return [];
	return [{ source: { type }, file: null, folder: folder ?? null, table, version: versionOf(table), disabledReason: null }];
}

function preferenceLayer(table: ConfigTable): ConfigLayer {
	return { source: { type: 'legacyManagedConfigTomlFromMdm' }, file: null, folder: null, table, version: versionOf(table), disabledReason: null };
}

const requests = new WeakMap<ConfigTable, ConfigTable>();

/** A request's keys as tables: each may be a dotted path. Throws `ConfigError` for a null, which TOML does not have. */
function requestTable(request: ConfigTable): ConfigTable {
	const known = requests.get(request);
	if (known !== undefined) return known;
	let table: ConfigTable = {};
	for (const [key, value] of Object.entries(request)) {
		const path = parseKeyPath(key);
		refuseNull(path, value);
		const below = valueAt(table, path);
		table = withValue(table, path, isTable(value) && isTable(below) ? mergeTables(below, value) : value);
	}
	requests.set(request, table);
	return table;
}

function refuseNull(path: readonly string[], value: unknown): void {
	if (value === null) throw new ConfigError(l10n`config.${dotted(path)} is null: leave the key out where nothing is meant`);
	if (Array.isArray(value)) value.forEach((each) => refuseNull(path, each));
	else if (isTable(value)) for (const [key, each] of Object.entries(value)) refuseNull([...path, key], each);
}

function isSame(layer: ConfigLayer, other: ConfigLayer | undefined): boolean {
	return (
		layer.table === other?.table && layer.disabledReason === other.disabledReason && describeSource(layer.source) === describeSource(other.source)
	);
}

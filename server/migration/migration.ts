import path from 'node:path';
import type { ConfigTarget } from './configTarget.ts';
import { type JsonObject, readJson } from './foreignFiles.ts';
import { planAgents } from './migrateAgents.ts';
import { planCommands } from './migrateCommands.ts';
import { planConfig } from './migrateConfig.ts';
import { planGuidance } from './migrateGuidance.ts';
import { planHooks } from './migrateHooks.ts';
import { planMcp } from './migrateMcp.ts';
import { planPlugins, type PluginTarget } from './migratePlugins.ts';
import { planSkills } from './migrateSkills.ts';
import { homePlace, type Homes, type Place, projectPlace } from './place.ts';
import type { ItemType, LeftOut, Plan, Skipped } from './plan.ts';

export interface MigrationOptions extends Homes {
	readonly config: ConfigTarget;
	readonly plugins: PluginTarget;
	/** The root of the project that a folder belongs to; null when there is no such folder. */
	rootOf(folder: string): Promise<string | null>;
	/** Conversations of the other agent that are not here yet; of the home only. */
	planSessions(): Promise<Plan | null>;
	/** All recent conversations, also those that are here already. */
	sessionFiles(): Promise<readonly string[]>;
}

export interface Found {
	readonly plans: readonly Plan[];
	/** Kinds of which nothing can be taken over although something is there. */
	readonly leftOut: readonly LeftOut[];
	/** Files that could not be read. */
	readonly skipped: readonly Skipped[];
}

/** A thing that a client asks to take over: only where and what kind, since everything else is read from the files again (S213). */
export interface Wanted {
	readonly type: ItemType;
	readonly cwd: string | null;
}

/** What another agent left in a home and in projects, and how it comes over. */
export class Migration {
	readonly #options: MigrationOptions;

	constructor(options: MigrationOptions) {
		this.#options = options;
	}

	/** What can be taken over: the home's first, then each project's, every project once. Changes nothing. */
	async detect({ includeHome, folders }: { readonly includeHome: boolean; readonly folders: readonly string[] }): Promise<Found> {
		const found: (Plan | LeftOut)[] = [];
		const skipped: Skipped[] = [];
		for (const place of await this.#places(includeHome, folders)) found.push(...(await this.#plansOf(place, skipped)));
		return { plans: found.filter(isPlan), leftOut: found.filter((each) => !isPlan(each) && each.skipped.length > 0) as LeftOut[], skipped };
	}

	/** The plans for what is wanted, as the files are now. What is not there any more, or is done, has none. */
	async plansFor(wanted: readonly Wanted[]): Promise<readonly Plan[]> {
		const places = new Map<string, { readonly place: Place; readonly types: Set<ItemType> }>();
		for (const { type, cwd } of wanted) {
			for (const place of await this.#places(cwd === null, cwd === null ? [] : [cwd])) {
				const key = place.project ?? '';
				const entry = places.get(key) ?? { place, types: new Set() };
				entry.types.add(type);
				places.set(key, entry);
			}
		}
		const plans: Plan[] = [];
		for (const { place, types } of places.values())
			plans.push(...(await this.#plansOf(place, [])).filter(isPlan).filter(({ type }) => types.has(type)));
		return plans;
	}

	/** The files of conversations that may be asked for. */
	async knownSessions(): Promise<ReadonlySet<string>> {
		return new Set(await this.#options.sessionFiles());
	}

	async #places(includeHome: boolean, folders: readonly string[]): Promise<readonly Place[]> {
		const roots = new Set<string>();
		for (const folder of folders) {
			const root = path.isAbsolute(folder) ? await this.#options.rootOf(folder) : null;
			if (root !== null && root !== this.#options.userHome) roots.add(root);
		}
		return [...(includeHome ? [homePlace(this.#options)] : []), ...[...roots].map((root) => projectPlace(root, this.#options))];
	}

	async #plansOf(place: Place, skipped: Skipped[]): Promise<readonly (Plan | LeftOut)[]> {
		const { config, plugins } = this.#options;
		const shared = await readJson(path.join(place.from.folder, 'settings.json'), skipped);
		const local = await readJson(path.join(place.from.folder, 'settings.local.json'), skipped);
		const settings = mergedSettings(shared, local);
		const plans = [
			await planConfig(place, settings, config),
			await planMcp(place, settings, config),
			planHooks(place, [shared, local]),
			await planSkills(place),
			await planCommands(place),
			await planAgents(place),
			await planGuidance(place),
			await planPlugins(place, settings, plugins),
			place.project === null ? await this.#options.planSessions() : null,
		];
		return plans.filter((plan) => plan !== null);
	}
}

const isPlan = (found: Plan | LeftOut): found is Plan => found.apply !== undefined;

/** Local settings count more, table by table. */
function mergedSettings(shared: JsonObject, local: JsonObject): JsonObject {
	const isTable = (value: unknown): value is object => typeof value === 'object' && value !== null && !Array.isArray(value);
	const merged: Record<string, unknown> = { ...shared };
	for (const [key, value] of Object.entries(local)) {
		const below = merged[key];
		merged[key] = isTable(value) && isTable(below) ? { ...below, ...value } : value;
	}
	return merged;
}

import { type FoundSkills, scanSkills } from './scanSkills.ts';
import type { Skill, SkillError } from './skill.ts';
import type { SkillRoot } from './skillRoots.ts';
import { isSkillEnabled, type SkillsConfig } from './skillsConfig.ts';
import { SkillWatch } from './skillWatch.ts';

export interface ListedSkill {
	readonly skill: Skill;
	readonly enabled: boolean;
}

export interface SkillList {
	readonly skills: readonly ListedSkill[];
	readonly errors: readonly SkillError[];
}

/** For whom skills are asked: the configuration of a thread may be another one than that of its folder. */
export interface SkillScopeQuery {
	readonly cwd: string;
}

export interface SkillCatalogueOptions {
	/** Where skills are looked for from a folder. Must not reject. */
	roots(cwd: string): Promise<readonly SkillRoot[]>;
	/** What the configuration says. */
	config(scope: SkillScopeQuery): SkillsConfig;
	/** Called before the first look, once. */
	prepare(): void;
	/** Some list may be another one now. */
	changed(): void;
}

/** Folders whose skills are known and watched, the ones asked for last; a window has few, and others are read when they are asked for. */
const MAX_FOLDERS = 64;

/** The skills of all folders, read once and again when something changed. */
export class SkillCatalogue {
	readonly #options: SkillCatalogueOptions;
	readonly #found = new Map<string, { readonly roots: string; readonly found: Promise<FoundSkills> }>();
	readonly #watch: SkillWatch;
	#isWatching = false;
	#isPrepared = false;

	constructor(options: SkillCatalogueOptions) {
		this.#options = options;
		this.#watch = new SkillWatch({ changed: () => this.#found.clear(), tell: () => options.changed() });
	}

	/** Never rejects. `again`: looks at the disk whatever is known. */
	async list(scope: SkillScopeQuery, { again = false }: { readonly again?: boolean } = {}): Promise<SkillList> {
		const config = this.#options.config(scope);
		const { skills, errors } = await this.#scan(scope.cwd, again);
		const counted = config.bundled ? skills : skills.filter(({ scope }) => scope !== 'system');
		const listed = counted.map((skill) => ({ skill, enabled: isSkillEnabled(config, skill) }));
		const { kept, displaced } = withoutDisplaced(listed);
		return { skills: kept, errors: [...errors, ...displaced] };
	}

	/** Those that may be used in a folder. */
	async enabled(scope: SkillScopeQuery): Promise<readonly Skill[]> {
		return (await this.list(scope)).skills.filter(({ enabled }) => enabled).map(({ skill }) => skill);
	}

	/** From now on somebody wants to hear of changes. */
	follow({ cwd }: SkillScopeQuery): void {
		// What was read before has not been watched.
		if (!this.#isWatching) this.#found.clear();
		this.#isWatching = true;
		void this.#scan(cwd, false);
	}

	/** The roots of some folder are other ones now, such as those of a plugin. */
	rootsChanged(): void {
		this.#watch.saw();
	}

	close(): void {
		this.#watch.close();
	}

	async #scan(cwd: string, again: boolean): Promise<FoundSkills> {
		if (!this.#isPrepared) {
			this.#isPrepared = true;
			this.#options.prepare();
		}
		// Plugins come and go: the roots of a list that is known may be others now.
		const where = await this.#options.roots(cwd);
		const roots = JSON.stringify(where);
		const known = this.#found.get(cwd);
		if (known !== undefined && known.roots === roots && !again && this.#isWatching) {
			this.#remember(cwd, known);
			return known.found;
		}
		const found = scanSkills(where);
		this.#remember(cwd, { roots, found });
		if (this.#isWatching) void found.then(() => this.#rewatch());
		return found;
	}

	#remember(cwd: string, known: { readonly roots: string; readonly found: Promise<FoundSkills> }): void {
		this.#found.delete(cwd);
		this.#found.set(cwd, known);
		const oldest = this.#found.size > MAX_FOLDERS ? this.#found.keys().next().value : undefined;
		if (oldest !== undefined) this.#found.delete(oldest);
	}

	async #rewatch(): Promise<void> {
		const all = await Promise.all([...this.#found.values()].map(({ found }) => found));
		if (all.length > 0) this.#watch.watch(new Set(all.flatMap(({ folders }) => folders)));
	}
}

/**
 * A plugin's skill gives way to one of its name that the person, an administrator or the program has, and is listed with that reason.
 * Repositories displace nothing: anybody can have written them.
 */
function withoutDisplaced(listed: readonly ListedSkill[]): { readonly kept: readonly ListedSkill[]; readonly displaced: readonly SkillError[] } {
	const own = new Map(
		listed.flatMap(({ skill, enabled }) => (enabled && skill.plugin === null && skill.scope !== 'repo' ? [[skill.name, skill.path] as const] : [])),
	);
	const kept = listed.filter(({ skill: { plugin, name } }) => plugin === null || !own.has(name));
	const displaced = listed.flatMap(({ skill: { plugin, name, path } }) => {
		const instead = own.get(name);
		if (plugin === null || instead === undefined) return [];
		return [{ path, message: `the skill ${name} of the plugin ${plugin} is not used: ${instead} has the same name` }];
	});
	return { kept, displaced };
}

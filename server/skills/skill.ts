export type SkillScope = 'repo' | 'user' | 'system' | 'admin';

/** How a skill is shown to people. Icons are absolute paths. */
export interface SkillInterface {
	readonly displayName?: string;
	readonly shortDescription?: string;
	readonly iconSmall?: string;
	readonly iconLarge?: string;
	readonly brandColor?: string;
	readonly defaultPrompt?: string;
}

/** What a skill needs to work. */
export interface SkillTool {
	readonly type: string;
	readonly value: string;
	readonly description?: string;
	readonly transport?: string;
	readonly command?: string;
	readonly url?: string;
}

/** Instructions for one kind of work, in a folder with a `SKILL.md`. */
export interface Skill {
	readonly name: string;
	readonly description: string;
	readonly shortDescription: string | null;
	/** Of its `SKILL.md`, without links. */
	readonly path: string;
	readonly scope: SkillScope;
	/** Null: nothing of that is said. */
	readonly interface: SkillInterface | null;
	readonly tools: readonly SkillTool[];
	/** Id of the plugin that brings it; null: none. */
	readonly plugin: string | null;
	/** False: models are not told of it; people may name it all the same. */
	readonly implicit: boolean;
}

/** A `SKILL.md` that is no skill. */
export interface SkillError {
	readonly path: string;
	readonly message: string;
}

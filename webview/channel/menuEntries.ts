/** What the menus of the composer offer behind `/` and `$`. Types only. */

/** A prompt of the person's own, as a file, or one that an MCP server offers. */
export interface PromptEntry {
	readonly name: string;
	/** Null for one of a server. */
	readonly path: string | null;
	/** Why it cannot be used, in words for a person. */
	readonly problem: string | null;
	readonly description: string | null;
	readonly argumentHint: string | null;
	readonly takesArguments: boolean;
	/** The MCP server that offers it, whose name begins the prompt's: the host asks for its arguments. */
	readonly server?: string;
}

/** A skill that `$` can name. */
export interface SkillEntry {
	readonly name: string;
	/** Tells it from others of its name. */
	readonly path: string;
	readonly scope: 'repo' | 'user' | 'system' | 'admin' | 'plugin';
	readonly description: string;
}

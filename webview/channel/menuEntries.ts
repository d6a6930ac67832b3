/** What the menus of the composer offer behind `/` and `$`. */
import { flag, type Is, object, oneOf, text, textOrNull } from './shape.ts';

/** A prompt of the person's own, as a file, or one that an MCP server offers. */
export type PromptEntry = Is<typeof promptEntry>;
export const promptEntry = object(
	{
		name: text,
		/** Null for one of a server. */
		path: textOrNull,
		/** Why it cannot be used, in words for a person. */
		problem: textOrNull,
		description: textOrNull,
		argumentHint: textOrNull,
		takesArguments: flag,
	},
	{
		/** The MCP server that offers it, whose name begins the prompt's: the host asks for its arguments. */
		server: text,
	},
);

/** A skill that `$` can name. */
export type SkillEntry = Is<typeof skillEntry>;
export const skillEntry = object({
	name: text,
	/** Tells it from others of its name. */
	path: text,
	scope: oneOf('repo', 'user', 'system', 'admin', 'plugin'),
	description: text,
});

/** An app of the account that `$` can name. */
export type AppEntry = Is<typeof appEntry>;
export const appEntry = object({ id: text, name: text, description: textOrNull });

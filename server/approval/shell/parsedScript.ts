/** A command of words only: nothing in it runs, reads or writes anything but the program itself. */
export interface PlainCommand {
	/** As the program gets them, quotes removed. */
	readonly words: readonly string[];
	/** A word may become several, or options, through `*`, `?` or `[`. */
	readonly hasGlob: boolean;
	/** What stands between the command before and this one. */
	readonly after: '&&' | '||' | '|' | ';' | null;
	/** The text of a here-document that it reads: the same words with another one are another command. */
	readonly input?: string;
	/** Of a shell of Windows; `path`: as the program was named with its folder, null when it was not. */
	readonly windows?: { readonly language: 'cmd' | 'powershell'; readonly path: string | null };
}

/**
 * `opaque`: anything but plain commands in a row; nothing may be allowed because of it. `seen`: what can be read of the commands
 * anywhere in it, each up to its first word that cannot; enough to be stricter.
 */
export type ParsedScript =
	| { readonly kind: 'plain'; readonly commands: readonly PlainCommand[] }
	/** `windows`: the language, for a shell of Windows. */
	| { readonly kind: 'opaque'; readonly seen?: readonly (readonly string[])[]; readonly windows?: 'cmd' | 'powershell' };

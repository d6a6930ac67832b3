/** Where in a file something stands. Lines and columns count from one, the end belongs to it. */
export interface TextRange {
	readonly start: TextPosition;
	readonly end: TextPosition;
}

export interface TextPosition {
	readonly line: number;
	readonly column: number;
}

/** What a problem is about. */
export interface ConfigPlace {
	/** Absolute. */
	readonly file: string;
	readonly range: TextRange | null;
}

/** A configuration that cannot be used. The message names the file and line, or the key, and what is wrong. */
export class ConfigError extends Error {
	/** Null where no file is to blame. */
	readonly place: ConfigPlace | null;

	constructor(message: string, options: { readonly cause?: unknown; readonly place?: ConfigPlace | null } = {}) {
		super(message, options);
		this.place = options.place ?? null;
	}
}

import type { TextRange } from '../toml/locateValue.ts';
import { type Text, TextError } from '../words/l10n.ts';

/** What a problem is about. */
export interface ConfigPlace {
	/** Absolute. */
	readonly file: string;
	readonly range: TextRange | null;
}

/** A configuration that cannot be used. The message names the file and line, or the key, and what is wrong. */
export class ConfigError extends TextError {
	/** Null where no file is to blame. */
	readonly place: ConfigPlace | null;

	constructor(text: Text, options: { readonly cause?: unknown; readonly place?: ConfigPlace | null } = {}) {
		super(text, options);
		this.place = options.place ?? null;
	}
}

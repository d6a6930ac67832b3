/** One line of an update: kept, removed or added. */
export interface ChunkLine {
	readonly kind: 'context' | 'remove' | 'add';
	readonly text: string;
}

/** One place of a file that changes. */
export interface UpdateChunk {
	/** The `@@` headers: lines to look for first, outermost first. Empty when the chunk has none. */
	readonly headers: readonly string[];
	readonly lines: readonly ChunkLine[];
	/** The lines must be the last ones of the file. */
	readonly endOfFile: boolean;
}

/** One file section of a patch. Paths are as the model wrote them. */
export type PatchSection =
	| { readonly type: 'add'; readonly path: string; readonly content: string }
	| { readonly type: 'delete'; readonly path: string }
	| { readonly type: 'update'; readonly path: string; readonly movePath: string | null; readonly chunks: readonly UpdateChunk[] };

/** A success, or a message for the model. */
export type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly message: string };

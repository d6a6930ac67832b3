import * as z from 'zod/mini';
import { lazy } from '../wire/lazy.ts';
import { AbsolutePathBuf, flag, int64, maybeText, text, textOrNull, uint32 } from '../wire/scalar.ts';

// `file/blame` is our own addition to the protocol: which turns changed a file, and which of its lines each of them wrote.

export const FileBlameParams = lazy(() =>
	z.object({
		path: AbsolutePathBuf,
		/** What the file holds in an editor; what is on the disk when left out. */
		text: maybeText,
	}),
);
export type FileBlameParams = z.infer<typeof FileBlameParams>;

/** A turn that changed the file. */
export const FileBlameTurn = lazy(() =>
	z.object({
		threadId: text,
		/** The thread's name, or the beginning of its first message; null when the thread is not there any more. */
		threadTitle: textOrNull,
		turnId: text,
		/** The last item of the turn that changed the file. */
		itemId: textOrNull,
		/** Unix seconds of its last change of the file. */
		changedAt: int64,
		/** The beginning of what the person asked for in the turn; null when it cannot be read. */
		message: textOrNull,
		/** The turn was taken back. */
		undone: flag,
	}),
);
export type FileBlameTurn = z.infer<typeof FileBlameTurn>;

/** Lines that one turn wrote, counted from 1, both ends included. */
export const FileBlameRange = lazy(() => z.object({ from: uint32, to: uint32, turn: uint32 }));
export type FileBlameRange = z.infer<typeof FileBlameRange>;

export const FileBlameResponse = lazy(() =>
	z.object({
		/** The newest first. A turn of which nothing is left in the file is there too. */
		turns: z.array(FileBlameTurn),
		/** In the order of the lines; `turn` is a place in `turns`. Lines that no turn wrote are in none. */
		ranges: z.array(FileBlameRange),
	}),
);
export type FileBlameResponse = z.infer<typeof FileBlameResponse>;

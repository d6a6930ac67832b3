import * as z from 'zod/mini';
import { lazy } from '../wire/lazy.ts';
import { AbsolutePathBuf, text, textOrNull } from '../wire/scalar.ts';

/** What one part of a shell command does, for people. */
export const CommandAction = lazy(() =>
	z.discriminatedUnion('type', [
		z.object({
			type: z.literal('read'),
			command: text,
			name: text,
			path: AbsolutePathBuf,
		}),
		z.object({ type: z.literal('listFiles'), command: text, path: textOrNull }),
		z.object({
			type: z.literal('search'),
			command: text,
			query: textOrNull,
			path: textOrNull,
		}),
		z.object({ type: z.literal('unknown'), command: text }),
	]),
);
export type CommandAction = z.infer<typeof CommandAction>;

import * as z from 'zod/mini';
import { lazy } from './wire/lazy.ts';
import { int32, text, textOrNull } from './wire/scalar.ts';

export const SubAgentSource = lazy(() =>
	z.union([
		z.enum(['review', 'compact']),
		z.object({
			thread_spawn: z.object({
				parent_thread_id: text,
				depth: int32,
				agent_path: textOrNull,
				agent_nickname: textOrNull,
				agent_role: textOrNull,
			}),
		}),
		z.literal('memory_consolidation'),
		z.object({ other: text }),
	]),
);
export type SubAgentSource = z.infer<typeof SubAgentSource>;

/** The program a thread was started from. */
export const SessionSource = lazy(() =>
	z.union([z.enum(['cli', 'vscode', 'exec', 'appServer']), z.object({ custom: text }), z.object({ subAgent: SubAgentSource }), z.literal('unknown')]),
);
export type SessionSource = z.infer<typeof SessionSource>;

/** Who started a thread: `user`, `subagent`, `memory_consolidation`, or a client's own word. */
export const ThreadSource = lazy(() => text);
export type ThreadSource = z.infer<typeof ThreadSource>;

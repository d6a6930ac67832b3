import * as z from 'zod/mini';
import type { HookRun } from '../items/hookRun.ts';

const number = z.number();
const numberOrNull = z._default(z.nullable(number), null);
const Record = z.object({
	id: z.string(),
	event: z.enum(['preToolUse', 'permissionRequest', 'postToolUse', 'preCompact', 'postCompact', 'sessionStart', 'userPromptSubmit', 'stop']),
	scope: z.enum(['thread', 'turn']),
	sourcePath: z.string(),
	source: z.enum(['system', 'user', 'project', 'mdm', 'sessionFlags', 'plugin', 'cloudRequirements', 'legacyManagedConfigFile']),
	displayOrder: number,
	status: z.enum(['completed', 'failed', 'blocked', 'stopped']),
	statusMessage: z._default(z.nullable(z.string()), null),
	startedAt: number,
	completedAt: numberOrNull,
	durationMs: numberOrNull,
	entries: z.array(z.object({ kind: z.enum(['warning', 'stop', 'feedback', 'context', 'error']), text: z.string() })),
});

/** A run as `tiller_hook_run` keeps it; null for what is none. */
export function hookRunFromRecord(record: unknown): HookRun | null {
	return Record.safeParse(record).data ?? null;
}

import type { HookRun } from '../items/hookRun.ts';
import type { HookRunSummary } from '../protocol/integrations/hook.ts';

const seconds = (at: number): number => Math.floor(at / 1000);

export function toHookRun({ event, startedAt, completedAt, ...run }: HookRun): HookRunSummary {
	return {
		...run,
		eventName: event,
		handlerType: 'command',
		executionMode: 'sync',
		startedAt: seconds(startedAt),
		completedAt: completedAt === null ? null : seconds(completedAt),
		entries: run.entries.map((entry) => ({ ...entry })),
	};
}

import { strings } from '../strings.ts';
import type { HookRun } from './turnHookRuns.ts';

/** The event as it is written in files. */
export const eventTitle = ({ eventName }: Pick<HookRun, 'eventName'>): string => `${eventName.charAt(0).toUpperCase()}${eventName.slice(1)}`;

/** What a hook did besides running, in a word; empty for nothing. */
export function hookOutcome({ status, entries }: Pick<HookRun, 'status' | 'entries'>): string {
	switch (status) {
		case 'running':
			return '';
		case 'blocked':
			return strings.hookBlocked;
		case 'stopped':
			return strings.hookStopped;
		case 'failed':
			return strings.hookFailed;
		case 'completed':
			if (entries.some(({ kind }) => kind === 'warning')) return strings.hookWarned;
			return entries.some(({ kind }) => kind === 'context') ? strings.hookAddedContext : '';
	}
}

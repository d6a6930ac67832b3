import type { HookRunSummary } from '../../server/protocol/integrations/hook.ts';
import { t } from '../l10n.ts';

/** How events of hooks are called where people write them: these are not translated. */
const events: Readonly<Record<HookRunSummary['eventName'], string>> = {
	preToolUse: 'PreToolUse',
	permissionRequest: 'PermissionRequest',
	postToolUse: 'PostToolUse',
	preCompact: 'PreCompact',
	postCompact: 'PostCompact',
	sessionStart: 'SessionStart',
	userPromptSubmit: 'UserPromptSubmit',
	stop: 'Stop',
};

export const hookStrings = {
	hookPrompt: t('A hook added instructions'),
	hookEvents: events,
	hookRunning: (event: string) => t('{0} hook is running…', event),
	hookRan: (event: string) => t('{0} hook', event),
	/** What a hook did besides running; empty for nothing. */
	hookOutcome: (status: HookRunSummary['status'], entries: HookRunSummary['entries']): string => {
		switch (status) {
			case 'running':
				return '';
			case 'blocked':
				return t('blocked');
			case 'stopped':
				return t('stopped');
			case 'failed':
				return t('failed');
			case 'completed':
				if (entries.some(({ kind }) => kind === 'warning')) return t('warning');
				return entries.some(({ kind }) => kind === 'context') ? t('added context') : '';
		}
	},
	hookEntries: {
		warning: t('Warning'),
		stop: t('Reason for stopping'),
		feedback: t('Reason'),
		context: t('Added for the model'),
		error: t('Error'),
	} satisfies Readonly<Record<HookRunSummary['entries'][number]['kind'], string>>,
};

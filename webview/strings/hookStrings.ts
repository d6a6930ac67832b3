import { t } from '../l10n.ts';

/** Runs of hooks. Their events are called as where people write them. */
export const hookStrings = {
	hookPrompt: t('A hook added instructions'),
	hookRunning: (event: string) => t('{0} hook is running…', event),
	hookRan: (event: string) => t('{0} hook', event),
	hookBlocked: t('blocked'),
	hookStopped: t('stopped'),
	hookFailed: t('failed'),
	hookWarned: t('warning'),
	hookAddedContext: t('added context'),
	hookEntries: {
		warning: t('Warning'),
		stop: t('Reason for stopping'),
		feedback: t('Reason'),
		context: t('Added for the model'),
		error: t('Error'),
	},
};

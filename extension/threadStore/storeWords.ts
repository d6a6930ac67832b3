/** Where the history lies, in words for people. */
import * as vscode from 'vscode';

const t = vscode.l10n.t;

export const storeWords = {
	at: (place: string) => t('on {0}', place),
	connecting: (place: string) => t('connecting to {0}…', place),
	away: (place: string) => t('offline ({0})', place),
	handingOver: (place: string) => t('syncing with {0}…', place),
	awayNotice: (place: string, problem: string) =>
		t('The thread history on {0} cannot be reached: {1}. Threads continue in local files and are synced when it is back.', place, problem),
	backNotice: (place: string) => t('The thread history on {0} is back, and everything is synced.', place),
	showLog: () => t('Show Log'),
} as const;

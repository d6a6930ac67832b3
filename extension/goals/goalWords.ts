import * as vscode from 'vscode';

const t = vscode.l10n.t;

export const goalWords = {
	paused: (thread: string, objective: string) => t('The goal of "{0}" is paused: {1}', thread, objective),
	resume: () => t('Resume'),
	noneToResume: () => t('This thread has no paused goal.'),
	notResumed: (reason: string) => t('The goal could not be resumed: {0}', reason),
} as const;

import * as vscode from 'vscode';
import type { AwakeRefusal } from './keepAwake.ts';

const t = vscode.l10n.t;

export const turnWords = {
	done: (thread: string, duration: string) => t('"{0}" finished after {1}.', thread, duration),
	failed: (thread: string, duration: string, message: string) => t('"{0}" failed after {1}. {2}', thread, duration, message),
	openThread: () => t('Open Thread'),
	notAwake: (refusal: AwakeRefusal): string => {
		switch (refusal.type) {
			case 'remote':
				return t('"tiller.turns.keepAwake" has no effect here: Tiller runs on another computer in this window.');
			case 'platform':
				return t('"tiller.turns.keepAwake" has no effect here: Tiller does not know how to keep {0} awake.', refusal.platform);
			case 'failed':
				return t('"tiller.turns.keepAwake" has no effect here: {0} failed: {1}', refusal.program, refusal.reason);
		}
	},
} as const;

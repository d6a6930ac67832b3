import { t } from '../l10n.ts';

/** Questions beside the thread (`/btw`). */
export const sideStrings = {
	sideQuestions: t('Side questions'),
	sideQuestion: (question: string) => t('Side question: {0}', question),
	sideAnswer: t('Answer to the side question'),
	sideAsk: (question: string) => t('Ask: {0}', question),
	sideAskDetail: t('Answered outside the thread. Read-only, and not added to the thread.'),
	sideHint: t('Type your question after /btw, then press Enter.'),
	sideThinking: t('Answering…'),
	sideStop: t('Stop Answering'),
	sideAgain: t('Ask Again'),
	sideClose: t('Close Side Question (Esc)'),
	sideStopped: t('Stopped'),
	sideFailed: (message: string) => t('Not answered: {0}', message),
	sideAnswered: t('Side question answered.'),
};

/** Words of "Tiller: Send Feedback…". */
import * as vscode from 'vscode';

const t = vscode.l10n.t;

export const feedbackWords = {
	title: () => t('Send Feedback'),
	kindPlaceholder: () => t('Select the kind of feedback'),
	bug: () => t('Something does not work as expected'),
	badResult: () => t('A bad result'),
	goodResult: () => t('A good result'),
	other: () => t('Something else'),
	reasonPrompt: () => t('Describe it briefly. You can read everything before it is sent.'),
	attachPlaceholder: () => t('Select what to include'),
	log: () => t('Server log'),
	logDetail: () => t('Recent lines, without keys or messages'),
	thread: () => t('This thread'),
	threadDetail: () => t('All messages, commands, and changes'),
	document: () => t('Feedback'),
	ask: (host: string) => t('Send this feedback to {0}? Nothing else is sent.', host),
	send: () => t('Send'),
	discard: () => t("Don't Send"),
	noAddress: () => t('Nothing was sent, because no address for feedback is configured. Set feedback_url under [tiller] in config.toml.'),
	copy: () => t('Copy'),
	sent: (host: string) => t('The feedback was sent to {0}.', host),
	notSent: (message: string) => t('The feedback was not sent: {0}', message),
	unsupported: () => t('This server does not accept feedback.'),
};

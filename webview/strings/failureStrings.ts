import { t } from '../l10n.ts';

/** What went wrong with a turn, and what can be done about it. */
export const failureStrings = {
	/** By `codexErrorInfo`. */
	failureTitles: {
		contextWindowExceeded: t('The conversation is too long'),
		usageLimitExceeded: t('The usage limit is reached'),
		serverOverloaded: t('The model is overloaded'),
		cyberPolicy: t('The provider refused this'),
		badRequest: t('The provider refused this'),
		unauthorized: t('The key was refused'),
		sandboxError: t('The sandbox could not be set up'),
		httpConnectionFailed: t('No connection to the model'),
		responseStreamConnectionFailed: t('No connection to the model'),
		responseStreamDisconnected: t('The connection broke off'),
	} as Readonly<Record<string, string>>,

	/** What a person can do about an error of the model or the server; by `codexErrorInfo`. */
	errorHints: {
		contextWindowExceeded: t('The conversation no longer fits the model. Start a new thread, or choose a model with a larger context window.'),
		usageLimitExceeded: t('Wait until it resets, choose another model, or use one on this computer.'),
		cyberPolicy: t('Say it in other words, or choose another model.'),
		badRequest: t('The request does not suit the model. Choose another one, or look into the log.'),
		serverOverloaded: t('Send it again in a moment.'),
		unauthorized: t('Sign in again.'),
		sandboxError: t('Nothing ran unprotected. The log says why.'),
		httpConnectionFailed: t('Check the network. A model on this computer has to run. Your message is kept.'),
		responseStreamConnectionFailed: t('Check the network. A model on this computer has to run. Your message is kept.'),
		responseStreamDisconnected: t('Send the message again to go on.'),
		responseTooManyFailedAttempts: t('The provider kept failing. Try again later.'),
	} as Readonly<Record<string, string>>,
};

import { t } from '../l10n.ts';

/** What went wrong with a turn, and what can be done about it. */
export const failureStrings = {
	/** By `codexErrorInfo`; `provider` is the name of the one that was asked. */
	failureTitles: {
		contextWindowExceeded: () => t('The conversation is too long for this model'),
		usageLimitExceeded: (provider: string) => t('{0}: usage limit reached', provider),
		serverOverloaded: (provider: string) => t('{0} is overloaded', provider),
		cyberPolicy: (provider: string) => t('{0} declined this request', provider),
		badRequest: (provider: string) => t('{0} rejected the request', provider),
		unauthorized: (provider: string) => t('{0} rejected the API key', provider),
		sandboxError: () => t('Could not set up the sandbox'),
		httpConnectionFailed: (provider: string) => t('Could not reach {0}', provider),
		responseStreamConnectionFailed: (provider: string) => t('Could not reach {0}', provider),
		responseStreamDisconnected: (provider: string) => t('The connection to {0} was lost', provider),
		responseTooManyFailedAttempts: (provider: string) => t('{0} keeps failing', provider),
		internalServerError: (provider: string) => t('{0} had an internal error', provider),
	} as Readonly<Record<string, (provider: string) => string>>,
	/** By HTTP status, where that says more. */
	failureByStatus: {
		429: (provider: string) => t('{0} is limiting requests', provider),
		500: (provider: string) => t('{0} had an internal error', provider),
		502: (provider: string) => t('{0} is not available right now', provider),
		503: (provider: string) => t('{0} is not available right now', provider),
		504: (provider: string) => t('{0} did not answer in time', provider),
	} as Readonly<Record<number, (provider: string) => string>>,
	serverEndedTitle: t('The Tiller server ended in the middle of this turn'),
	serverEndedHint: t('Everything up to that point is kept. Running commands were stopped.'),

	/** What a person can do about an error of the model or the server; by `codexErrorInfo`. */
	errorHints: {
		contextWindowExceeded: t('Start a new thread, or choose a model with a larger context window.'),
		usageLimitExceeded: t('Wait until the limit resets, or choose another model.'),
		cyberPolicy: t('Rephrase the request, or choose another model.'),
		badRequest: t('Choose another model. See the log for details.'),
		serverOverloaded: t('Your message is kept. Try again in a moment.'),
		unauthorized: t('Check the API key of this provider, then try again.'),
		sandboxError: t('Nothing ran outside the sandbox. See the log for details.'),
		httpConnectionFailed: t("Your message is kept. Check your network and the provider's address, then try again."),
		responseStreamConnectionFailed: t("Your message is kept. Check your network and the provider's address, then try again."),
		responseStreamDisconnected: t('Your message is kept. Try again to continue.'),
		responseTooManyFailedAttempts: t('Your message is kept. Try again later, or choose another model.'),
		internalServerError: t('Your message is kept. Try again in a moment.'),
	} as Readonly<Record<string, string>>,
	/** The fault is the provider's: the network is fine. */
	serverFaultHint: t('Your message is kept. The provider has a problem. Try again in a moment.'),
	rateLimitHint: t('Your message is kept. Wait a moment, then try again, or choose another model.'),
	signInRefused: t('OpenAI did not accept your sign-in'),
	signInHint: t('Your message is kept. Sign in again, then try again.'),
	startProvider: (provider: string) => t('Start {0} on this computer, then try again. Your message is kept.', provider),
};

import type { ViewState } from './viewState.ts';

/** Whether the thread, or the next one, is played by the demo. */
export function isDemo({ thread, settings }: ViewState): boolean {
	return thread === null ? (settings.provider ?? settings.model) === 'demo' : thread.modelProvider === 'demo';
}

/** Whether nothing can be sent before somebody signs in. A provider that was chosen instead needs no sign-in. */
export function needsSignIn({ account, thread, settings }: ViewState): boolean {
	if (account.type !== 'signedOut') return false;
	const provider = thread === null ? settings.provider : thread.modelProvider;
	return provider === undefined || !['demo', 'ollama', 'lmstudio'].includes(provider);
}

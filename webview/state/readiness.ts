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

/** The id of the thread's provider where the server no longer has it; null when all is well, or nobody knows. */
export function missingProvider({ thread, providers }: Pick<ViewState, 'thread' | 'providers'>): string | null {
	if (thread === null || providers === undefined || thread.modelProvider === '') return null;
	return providers.some(({ id }) => id === thread.modelProvider) ? null : thread.modelProvider;
}

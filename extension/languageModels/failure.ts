import type { LanguageModelFailure } from '../../server/protocol/account/languageModel.ts';

/** Why a model of VS Code did not answer: by the code of a `LanguageModelError`, else by the words of its cause. Pure. */
export function failureReason(error: unknown): LanguageModelFailure {
	const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : null;
	if (code === 'NoPermissions') return 'consent';
	if (code === 'NotFound') return 'notFound';
	const words = messagesOf(error).join('\n');
	if (/context (length|window)|too (long|large|many tokens)|token limit|prompt is too/i.test(words)) return 'tooLong';
	if (/quota|rate.?limit|too many requests|exceeded/i.test(words)) return 'quota';
	return code === 'Blocked' ? 'blocked' : 'other';
}

/** What it says, with the words of its causes. */
export function messagesOf(error: unknown): readonly string[] {
	if (!(error instanceof Error)) return [String(error)];
	const cause = error.cause === undefined ? [] : messagesOf(error.cause);
	return [error.message, ...cause.filter((text) => !error.message.includes(text))].filter((text) => text !== '');
}

import * as z from 'zod/mini';
import { L10nMessage } from './l10nMessage.ts';
import { lazy } from './lazy.ts';
import { text, textOrNull, uint64 } from './scalar.ts';

/** A thread is named when the warning is about one. */
export const WarningNotification = lazy(() =>
	z.object({
		threadId: textOrNull,
		message: text,
		l10n: z.optional(L10nMessage),
	}),
);
export type WarningNotification = z.infer<typeof WarningNotification>;

export const GuardianWarningNotification = lazy(() =>
	z.object({
		threadId: text,
		message: text,
	}),
);
export type GuardianWarningNotification = z.infer<typeof GuardianWarningNotification>;

export const DeprecationNoticeNotification = lazy(() =>
	z.object({
		summary: text,
		details: textOrNull,
		l10n: z.optional(L10nMessage),
		detailsL10n: z.optional(L10nMessage),
	}),
);
export type DeprecationNoticeNotification = z.infer<typeof DeprecationNoticeNotification>;

/** Both count from 1. */
export const TextPosition = lazy(() => z.object({ line: uint64, column: uint64 }));
export type TextPosition = z.infer<typeof TextPosition>;

export const TextRange = lazy(() => z.object({ start: TextPosition, end: TextPosition }));
export type TextRange = z.infer<typeof TextRange>;

/** `path` and `range` say where, when the trouble is in a file. */
export const ConfigWarningNotification = lazy(() =>
	z.object({
		summary: text,
		details: textOrNull,
		l10n: z.optional(L10nMessage),
		path: z.optional(text),
		range: z.optional(TextRange),
	}),
);
export type ConfigWarningNotification = z.infer<typeof ConfigWarningNotification>;

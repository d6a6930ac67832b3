import * as z from 'zod/mini';
import { lazy } from './lazy.ts';
import { flag, text, textOrNull, uint16, uint64 } from './scalar.ts';
import { L10nMessage } from './l10nMessage.ts';
import { own } from './define.ts';

export const NonSteerableTurnKind = lazy(() => z.enum(['review', 'compact']));
export type NonSteerableTurnKind = z.infer<typeof NonSteerableTurnKind>;

const httpStatus = lazy(() => z.object({ httpStatusCode: z.nullable(uint16) }));

/** Why a turn failed, for programs. */
export const CodexErrorInfo = lazy(() =>
	z.union([
		z.enum(['contextWindowExceeded', 'usageLimitExceeded', 'serverOverloaded', 'cyberPolicy']),
		z.object({ httpConnectionFailed: httpStatus }),
		z.object({ responseStreamConnectionFailed: httpStatus }),
		z.enum(['internalServerError', 'unauthorized', 'badRequest', 'threadRollbackFailed', 'sandboxError']),
		z.object({ responseStreamDisconnected: httpStatus }),
		z.object({ responseTooManyFailedAttempts: httpStatus }),
		z.object({
			activeTurnNotSteerable: z.object({ turnKind: NonSteerableTurnKind }),
		}),
		z.literal('other'),
	]),
);
export type CodexErrorInfo = z.infer<typeof CodexErrorInfo>;

export const TurnError = lazy(() =>
	z.object({
		message: text,
		codexErrorInfo: z.nullable(CodexErrorInfo),
		additionalDetails: textOrNull,
		/** Our own addition, for clients that are made for it: how the texts were made. */
		l10n: own(z.optional(L10nMessage)),
		detailsL10n: own(z.optional(L10nMessage)),
	}),
);
export type TurnError = z.infer<typeof TurnError>;

/** `willRetry`: the turn goes on by itself. */
export const ErrorNotification = lazy(() =>
	z.object({
		error: TurnError,
		willRetry: flag,
		/** How long until the next attempt, in milliseconds. Our own addition. */
		retryInMs: z.optional(uint64),
		threadId: text,
		turnId: text,
	}),
);
export type ErrorNotification = z.infer<typeof ErrorNotification>;

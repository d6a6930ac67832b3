import * as z from 'zod/mini';
import { flag, text, textOrNull, uint16 } from './scalar.ts';

export const NonSteerableTurnKind = z.enum(['review', 'compact']);
export type NonSteerableTurnKind = z.infer<typeof NonSteerableTurnKind>;

const httpStatus = z.object({ httpStatusCode: z.nullable(uint16) });

/** Why a turn failed, for programs. */
export const CodexErrorInfo = z.union([
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
]);
export type CodexErrorInfo = z.infer<typeof CodexErrorInfo>;

export const TurnError = z.object({
	message: text,
	codexErrorInfo: z.nullable(CodexErrorInfo),
	additionalDetails: textOrNull,
});
export type TurnError = z.infer<typeof TurnError>;

/** `willRetry`: the turn goes on by itself. */
export const ErrorNotification = z.object({
	error: TurnError,
	willRetry: flag,
	threadId: text,
	turnId: text,
});
export type ErrorNotification = z.infer<typeof ErrorNotification>;

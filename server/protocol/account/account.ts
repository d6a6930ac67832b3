import * as z from 'zod/mini';
import { experimental, own } from '../wire/define.ts';
import { lazy } from '../wire/lazy.ts';
import { flag, flagOrNull, int32, int64OrNull, maybeFlag, maybeText, text, textOrNull } from '../wire/scalar.ts';
import { L10nMessage } from '../wire/l10nMessage.ts';

export const AuthMode = lazy(() => z.enum(['apikey', 'chatgpt', 'chatgptAuthTokens', 'agentIdentity']));
export type AuthMode = z.infer<typeof AuthMode>;

export const PlanType = lazy(() =>
	z.enum([
		'free',
		'go',
		'plus',
		'pro',
		'prolite',
		'team',
		'self_serve_business_usage_based',
		'business',
		'enterprise_cbp_usage_based',
		'enterprise',
		'edu',
		'unknown',
		// Since 0.131.
		'promax',
		'self_serve_business_prolite',
		'ent26',
		'enterprise_cbp_automation',
		'edu_plus',
		'edu_pro',
		'sci',
		'sci_plus',
	]),
);
export type PlanType = z.infer<typeof PlanType>;

export const Account = lazy(() =>
	z.discriminatedUnion('type', [
		z.object({ type: z.literal('apiKey') }),
		z.object({ type: z.literal('chatgpt'), email: text, planType: PlanType }),
		z.object({ type: z.literal('amazonBedrock') }),
	]),
);
export type Account = z.infer<typeof Account>;

/** `refreshToken`: renew it before answering. */
export const GetAccountParams = lazy(() => z.object({ refreshToken: maybeFlag }));
export type GetAccountParams = z.infer<typeof GetAccountParams>;

/** `requiresOpenaiAuth`: the configured provider needs a login. */
export const GetAccountResponse = lazy(() =>
	z.object({
		account: z.nullable(Account),
		requiresOpenaiAuth: flag,
	}),
);
export type GetAccountResponse = z.infer<typeof GetAccountResponse>;

export const LoginAccountParams = lazy(() =>
	z.discriminatedUnion('type', [
		z.object({ type: z.literal('apiKey'), apiKey: text }),
		z.object({ type: z.literal('chatgpt'), codexStreamlinedLogin: maybeFlag }),
		z.object({ type: z.literal('chatgptDeviceCode') }),
		/** The client holds the tokens and renews them when asked. */
		experimental(
			z.object({
				type: z.literal('chatgptAuthTokens'),
				accessToken: text,
				chatgptAccountId: text,
				chatgptPlanType: maybeText,
			}),
			'account/login/start.chatgptAuthTokens',
		),
	]),
);
export type LoginAccountParams = z.infer<typeof LoginAccountParams>;

export const LoginAccountResponse = lazy(() =>
	z.discriminatedUnion('type', [
		z.object({ type: z.literal('apiKey') }),
		z.object({ type: z.literal('chatgpt'), loginId: text, authUrl: text }),
		z.object({
			type: z.literal('chatgptDeviceCode'),
			loginId: text,
			verificationUrl: text,
			userCode: text,
		}),
		z.object({ type: z.literal('chatgptAuthTokens') }),
	]),
);
export type LoginAccountResponse = z.infer<typeof LoginAccountResponse>;

export const CancelLoginAccountParams = lazy(() => z.object({ loginId: text }));
export type CancelLoginAccountParams = z.infer<typeof CancelLoginAccountParams>;

export const CancelLoginAccountStatus = lazy(() => z.enum(['canceled', 'notFound']));
export type CancelLoginAccountStatus = z.infer<typeof CancelLoginAccountStatus>;

export const CancelLoginAccountResponse = lazy(() =>
	z.object({
		status: CancelLoginAccountStatus,
	}),
);
export type CancelLoginAccountResponse = z.infer<typeof CancelLoginAccountResponse>;

export const LogoutAccountResponse = lazy(() => z.object({}));
export type LogoutAccountResponse = z.infer<typeof LogoutAccountResponse>;

/** `resetsAt`: Unix seconds. */
export const RateLimitWindow = lazy(() =>
	z.object({
		usedPercent: int32,
		windowDurationMins: int64OrNull,
		resetsAt: int64OrNull,
	}),
);
export type RateLimitWindow = z.infer<typeof RateLimitWindow>;

export const CreditsSnapshot = lazy(() =>
	z.object({
		hasCredits: flag,
		unlimited: flag,
		balance: textOrNull,
	}),
);
export type CreditsSnapshot = z.infer<typeof CreditsSnapshot>;

export const RateLimitReachedType = lazy(() =>
	z.enum([
		'rate_limit_reached',
		'workspace_owner_credits_depleted',
		'workspace_member_credits_depleted',
		'workspace_owner_usage_limit_reached',
		'workspace_member_usage_limit_reached',
	]),
);
export type RateLimitReachedType = z.infer<typeof RateLimitReachedType>;

export const RateLimitSnapshot = lazy(() =>
	z.object({
		limitId: textOrNull,
		limitName: textOrNull,
		primary: z.nullable(RateLimitWindow),
		secondary: z.nullable(RateLimitWindow),
		credits: z.nullable(CreditsSnapshot),
		planType: z.nullable(PlanType),
		rateLimitReachedType: z.nullable(RateLimitReachedType),
	}),
);
export type RateLimitSnapshot = z.infer<typeof RateLimitSnapshot>;

export const GetAccountRateLimitsResponse = lazy(() =>
	z.object({
		rateLimits: RateLimitSnapshot,
		rateLimitsByLimitId: z.nullable(z.record(text, RateLimitSnapshot)),
	}),
);
export type GetAccountRateLimitsResponse = z.infer<typeof GetAccountRateLimitsResponse>;

export const AddCreditsNudgeCreditType = lazy(() => z.enum(['credits', 'usage_limit']));
export type AddCreditsNudgeCreditType = z.infer<typeof AddCreditsNudgeCreditType>;

export const SendAddCreditsNudgeEmailParams = lazy(() =>
	z.object({
		creditType: AddCreditsNudgeCreditType,
	}),
);
export type SendAddCreditsNudgeEmailParams = z.infer<typeof SendAddCreditsNudgeEmailParams>;

export const AddCreditsNudgeEmailStatus = lazy(() => z.enum(['sent', 'cooldown_active']));
export type AddCreditsNudgeEmailStatus = z.infer<typeof AddCreditsNudgeEmailStatus>;

export const SendAddCreditsNudgeEmailResponse = lazy(() =>
	z.object({
		status: AddCreditsNudgeEmailStatus,
	}),
);
export type SendAddCreditsNudgeEmailResponse = z.infer<typeof SendAddCreditsNudgeEmailResponse>;

export const ChatgptAuthTokensRefreshReason = lazy(() => z.enum(['unauthorized']));
export type ChatgptAuthTokensRefreshReason = z.infer<typeof ChatgptAuthTokensRefreshReason>;

export const ChatgptAuthTokensRefreshParams = lazy(() =>
	z.object({
		reason: ChatgptAuthTokensRefreshReason,
		previousAccountId: maybeText,
	}),
);
export type ChatgptAuthTokensRefreshParams = z.infer<typeof ChatgptAuthTokensRefreshParams>;

export const ChatgptAuthTokensRefreshResponse = lazy(() =>
	z.object({
		accessToken: text,
		chatgptAccountId: text,
		chatgptPlanType: maybeText,
	}),
);
export type ChatgptAuthTokensRefreshResponse = z.infer<typeof ChatgptAuthTokensRefreshResponse>;

export const AccountUpdatedNotification = lazy(() =>
	z.object({
		authMode: z.nullable(AuthMode),
		planType: z.nullable(PlanType),
	}),
);
export type AccountUpdatedNotification = z.infer<typeof AccountUpdatedNotification>;

export const AccountRateLimitsUpdatedNotification = lazy(() =>
	z.object({
		rateLimits: RateLimitSnapshot,
	}),
);
export type AccountRateLimitsUpdatedNotification = z.infer<typeof AccountRateLimitsUpdatedNotification>;

export const AccountLoginCompletedNotification = lazy(() =>
	z.object({
		loginId: textOrNull,
		success: flag,
		error: textOrNull,
		l10n: own(z.optional(L10nMessage)),
	}),
);
export type AccountLoginCompletedNotification = z.infer<typeof AccountLoginCompletedNotification>;

/** An older form of `account/read`. */
export const GetAuthStatusParams = lazy(() =>
	z.object({
		includeToken: maybeFlag,
		refreshToken: maybeFlag,
	}),
);
export type GetAuthStatusParams = z.infer<typeof GetAuthStatusParams>;

export const GetAuthStatusResponse = lazy(() =>
	z.object({
		authMethod: z.nullable(AuthMode),
		authToken: textOrNull,
		requiresOpenaiAuth: flagOrNull,
	}),
);
export type GetAuthStatusResponse = z.infer<typeof GetAuthStatusResponse>;

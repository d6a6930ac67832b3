import * as z from 'zod/mini';
import { lazy } from '../wire/lazy.ts';
import { flag, maybePath, textOrNull, texts, uint64 } from '../wire/scalar.ts';

export const WindowsSandboxSetupMode = lazy(() => z.enum(['elevated', 'unelevated']));
export type WindowsSandboxSetupMode = z.infer<typeof WindowsSandboxSetupMode>;

export const WindowsSandboxSetupStartParams = lazy(() => z.object({ mode: WindowsSandboxSetupMode, cwd: maybePath }));
export type WindowsSandboxSetupStartParams = z.infer<typeof WindowsSandboxSetupStartParams>;

export const WindowsSandboxSetupStartResponse = lazy(() => z.object({ started: flag }));
export type WindowsSandboxSetupStartResponse = z.infer<typeof WindowsSandboxSetupStartResponse>;

export const WindowsSandboxReadiness = lazy(() => z.enum(['ready', 'notConfigured', 'updateRequired']));
export type WindowsSandboxReadiness = z.infer<typeof WindowsSandboxReadiness>;

export const WindowsSandboxReadinessResponse = lazy(() => z.object({ status: WindowsSandboxReadiness }));
export type WindowsSandboxReadinessResponse = z.infer<typeof WindowsSandboxReadinessResponse>;

export const WindowsSandboxSetupCompletedNotification = lazy(() => z.object({ mode: WindowsSandboxSetupMode, success: flag, error: textOrNull }));
export type WindowsSandboxSetupCompletedNotification = z.infer<typeof WindowsSandboxSetupCompletedNotification>;

/** Folders that everybody may write to, which the sandbox cannot protect. `extraCount`: how many more. */
export const WindowsWorldWritableWarningNotification = lazy(() => z.object({ samplePaths: texts, extraCount: uint64, failedScan: flag }));
export type WindowsWorldWritableWarningNotification = z.infer<typeof WindowsWorldWritableWarningNotification>;

import * as z from 'zod/mini';
import { lazy } from '../wire/lazy.ts';
import { textOrNull } from '../wire/scalar.ts';

export const RemoteControlConnectionStatus = lazy(() => z.enum(['disabled', 'connecting', 'connected', 'errored']));
export type RemoteControlConnectionStatus = z.infer<typeof RemoteControlConnectionStatus>;

export const RemoteControlStatusChangedNotification = lazy(() => z.object({ status: RemoteControlConnectionStatus, environmentId: textOrNull }));
export type RemoteControlStatusChangedNotification = z.infer<typeof RemoteControlStatusChangedNotification>;

import * as z from 'zod/mini';
import { textOrNull } from './scalar.ts';

export const RemoteControlConnectionStatus = z.enum(['disabled', 'connecting', 'connected', 'errored']);
export type RemoteControlConnectionStatus = z.infer<typeof RemoteControlConnectionStatus>;

export const RemoteControlStatusChangedNotification = z.object({ status: RemoteControlConnectionStatus, environmentId: textOrNull });
export type RemoteControlStatusChangedNotification = z.infer<typeof RemoteControlStatusChangedNotification>;

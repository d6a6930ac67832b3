import type { ServerNotification } from '../../server/protocol/serverMessages.ts';

/** The thread that a notification is about; null when it is about none. */
export function threadIdOf(notification: ServerNotification): string | null {
	if (notification.method === 'thread/started') return notification.params.thread.id;
	const params: object = notification.params ?? {};
	return 'threadId' in params && typeof params.threadId === 'string' ? params.threadId : null;
}

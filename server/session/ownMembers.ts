import type { ServerNotification } from '../protocol/methods.ts';
import type { Session } from './session.ts';

/** Members that this server adds to messages of the protocol, for clients that say that they are made for it. Others check what they get. */
const OWN_MEMBERS: Readonly<Record<string, readonly string[]>> = {
	error: ['retryInMs'],
	'item/commandExecution/requestApproval': ['outsideSandbox'],
};

/** A client that applies our file changes knows our additions. */
export const knowsOwnMembers = (session: Session): boolean => session.client?.applyFileChanges === true;

/** The params without our own members; the same object where there are none. */
export function withoutOwnMembers<T extends object>(method: string, params: T): T {
	const own = OWN_MEMBERS[method]?.filter((member) => member in params) ?? [];
	if (own.length === 0) return params;
	const plain = { ...params };
	for (const member of own) Reflect.deleteProperty(plain, member);
	return plain;
}

/** The same for a notification. */
export function plainNotification<T extends ServerNotification>(notification: T): T {
	const params = withoutOwnMembers(notification.method, notification.params);
	return params === notification.params ? notification : { ...notification, params };
}

import type { ServerNotification } from '../protocol/serverMessages.ts';
import { encodeNotification, type OutboundNotification, type Session } from './session.ts';

/**
 * Members of messages that not every client knows; some check what they get. `own`: additions of this server, for clients that are made
 * for it. `newer`: what came with the newest releases of the protocol's first program.
 */
const OWN_MEMBERS: Readonly<Record<string, readonly string[]>> = {
	error: ['retryInMs'],
	'item/commandExecution/requestApproval': ['outsideSandbox', 'workspaceFolder'],
	'item/fileChange/requestApproval': ['workspaceFolder'],
	'item/permissions/requestApproval': ['workspaceFolder'],
};
const NEWER_MEMBERS: Readonly<Record<string, readonly string[]>> = {
	'item/commandExecution/requestApproval': ['kind'],
	'mcpServer/startupStatus/updated': ['threadId', 'environmentId', 'failureReason'],
	'item/tool/requestUserInput': ['isBlocking', 'autoResolutionMs'],
	'thread/tokenUsage/updated': ['tokenUsage.total.cacheWriteInputTokens', 'tokenUsage.last.cacheWriteInputTokens'],
};

/** What a client knows: all of it, what came with newer releases, or the base of the protocol. */
type Form = 'own' | 'newer' | 'base';

/** A client that applies our file changes knows our additions. */
export const knowsOwnMembers = (session: Session): boolean => session.client?.applyFileChanges === true;

const formFor = (session: Session): Form => (knowsOwnMembers(session) ? 'own' : session.client?.newer ? 'newer' : 'base');

/** The params as a client knows them; the same object where nothing has to go. */
export function paramsFor<T extends object>(session: Session, method: string, params: T): T {
	return inForm(formFor(session), method, params);
}

function inForm<T extends object>(form: Form, method: string, params: T): T {
	if (form === 'own') return params;
	const unknown = [...(OWN_MEMBERS[method] ?? []), ...(form === 'base' ? (NEWER_MEMBERS[method] ?? []) : [])];
	return unknown.reduce((known, member) => without(known, member.split('.')), params);
}

/** A copy without the member; the same object where there is none. */
function without<T extends object>(value: T, [name = '', ...rest]: readonly string[]): T {
	const inner: unknown = Reflect.get(value, name);
	if (inner === undefined) return value;
	const copy = { ...value };
	if (rest.length === 0) Reflect.deleteProperty(copy, name);
	else if (typeof inner === 'object' && inner !== null) Reflect.set(copy, name, without(inner, rest));
	return copy;
}

/** Tells these clients, each in what it knows. The text is made once for all who get the same. */
export function notifyAll(sessions: readonly Session[], notification: ServerNotification): void {
	const encoded = new Map<Form, OutboundNotification>();
	for (const session of sessions) {
		const form = formFor(session);
		const text =
			encoded.get(form) ??
			encodeNotification({ ...notification, params: inForm(form, notification.method, notification.params) } as ServerNotification);
		encoded.set(form, text);
		session.notify(text);
	}
}

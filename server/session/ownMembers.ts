import { type ServerNotification, serverNotifications, serverRequests } from '../protocol/serverMessages.ts';
import type { Schema } from '../protocol/wire/define.ts';
import type { JsonValue } from '../protocol/wire/jsonValue.ts';
import type { RpcError } from '../protocol/wire/rpcError.ts';
import { withoutNewer, withoutOwn } from '../protocol/wire/withoutNewer.ts';
import { forOlderClient, isOlderClient } from '../projection/olderClient.ts';
import { RpcFailure } from './handler.ts';
import { encodeNotification, type OutboundNotification, type Session } from './session.ts';

/**
 * Members of messages that only clients know which are made for this server; some check what they get. What came with the newest releases
 * of the protocol's first program is marked as `newer` in the schemas.
 */
const OWN_MEMBERS: Readonly<Record<string, readonly string[]>> = {
	configWarning: ['l10n'],
	deprecationNotice: ['l10n', 'detailsL10n'],
	error: ['retryInMs'],
	warning: ['l10n'],
	'item/commandExecution/requestApproval': ['outsideSandbox', 'workspaceFolder'],
	'item/fileChange/requestApproval': ['workspaceFolder'],
	'item/permissions/requestApproval': ['workspaceFolder'],
};

const notifications: Readonly<Record<string, { readonly params: Schema }>> = serverNotifications;
const requests: Readonly<Record<string, { readonly params: Schema }>> = serverRequests;

/** What a client knows: all of it, what came with newer releases, or the base of the protocol, of which some refuse each new word. */
type Form = 'own' | 'newer' | 'base' | 'older';

/** A client that applies our file changes knows our additions. */
export const knowsOwnMembers = (session: Session): boolean => session.client?.applyFileChanges === true;

function formFor(session: Session): Form {
	if (knowsOwnMembers(session)) return 'own';
	if (session.client?.newer) return 'newer';
	return session.client && isOlderClient(session.client) ? 'older' : 'base';
}

/** The params as a client knows them; the same object where nothing has to go. */
export function paramsFor<T extends object>(session: Session, method: string, params: T): T {
	return inForm(formFor(session), method, params);
}

/** The error as a client knows it: one that is made for this server also gets how its message was made. */
export function errorFor(session: Session, error: RpcError, cause: unknown): RpcError {
	if (!(cause instanceof RpcFailure) || typeof cause.text === 'string' || !knowsOwnMembers(session)) return error;
	const { data } = error;
	if (data !== undefined && (typeof data !== 'object' || data === null || Array.isArray(data))) return error;
	return { ...error, data: { ...data, l10n: cause.text as unknown as JsonValue } };
}

function inForm<T extends object>(form: Form, method: string, params: T): T {
	if (form === 'own') return params;
	const known = (OWN_MEMBERS[method] ?? []).reduce((rest, member) => without(rest, member), params);
	const definition = notifications[method] ?? requests[method];
	const stripped = definition ? (form === 'newer' ? withoutOwn : withoutNewer)(definition.params, known) : known;
	// The params of requests are for what the client does with them, and are left as they are.
	return form === 'older' && method in notifications ? (forOlderClient(stripped) as T) : stripped;
}

/** A copy without the member; the same object where there is none. */
function without<T extends object>(value: T, name: string): T {
	if (Reflect.get(value, name) === undefined) return value;
	const copy = { ...value };
	Reflect.deleteProperty(copy, name);
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

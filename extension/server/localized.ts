/** Texts of the server in the person's language. The server says how each was made; the words are in l10n/. */
import * as vscode from 'vscode';
import type { L10nMessage } from '../../server/protocol/wire/l10nMessage.ts';
import type { ServerNotification } from '../../server/protocol/serverMessages.ts';
import type { ServerTexts } from './connection.ts';

/** The text in the person's language; in English where there is no translation. */
export function localize({ message, args }: L10nMessage): string {
	return vscode.l10n.t(message, ...args.map((value) => (typeof value === 'string' ? value : localize(value))));
}

export const serverTexts: ServerTexts = {
	message: localizedMessage,
	// What came is the server's word; a text that is not of the form is left as it is.
	notification: (notification) => localized(notification as ServerNotification) as typeof notification,
};

/** The same notification, in the person's language where the server says how its text was made. */
function localized(notification: ServerNotification): ServerNotification {
	switch (notification.method) {
		case 'warning': {
			const { params } = notification;
			return params.l10n === undefined ? notification : { ...notification, params: { ...params, message: localize(params.l10n) } };
		}
		case 'configWarning': {
			const { params } = notification;
			return params.l10n === undefined ? notification : { ...notification, params: { ...params, summary: localize(params.l10n) } };
		}
		case 'account/login/completed': {
			const { params } = notification;
			return params.l10n === undefined ? notification : { ...notification, params: { ...params, error: localize(params.l10n) } };
		}
		case 'deprecationNotice': {
			const { params } = notification;
			const summary = params.l10n === undefined ? params.summary : localize(params.l10n);
			const details = params.detailsL10n === undefined ? params.details : localize(params.detailsL10n);
			return { ...notification, params: { ...params, summary, details } };
		}
		default:
			return notification;
	}
}

/** The message of an error in the person's language; null where the server does not say how it was made. */
function localizedMessage(data: unknown): string | null {
	if (typeof data !== 'object' || data === null || !('l10n' in data)) return null;
	return isL10nMessage(data.l10n) ? localize(data.l10n) : null;
}

function isL10nMessage(value: unknown): value is L10nMessage {
	if (typeof value !== 'object' || value === null || !('message' in value) || !('args' in value)) return false;
	return (
		typeof value.message === 'string' && Array.isArray(value.args) && value.args.every((each) => typeof each === 'string' || isL10nMessage(each))
	);
}

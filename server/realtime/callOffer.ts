import { randomUUID } from 'node:crypto';
import type { ServiceItem } from './realtimeEvent.ts';

/** An offer of a WebRTC client, as the service takes it: the description and the set-up of the session in one form. */
export function callOffer(sdp: string, session: unknown): { readonly contentType: string; readonly body: string } {
	const boundary = `tiller-${randomUUID()}`;
	const part = (name: string, type: string, content: string) =>
		`--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\nContent-Type: ${type}\r\n\r\n${content}\r\n`;
	const body = `${part('sdp', 'application/sdp', sdp)}${part('session', 'application/json', JSON.stringify(session))}--${boundary}--\r\n`;
	return { contentType: `multipart/form-data; boundary=${boundary}`, body };
}

/** The call that an answer's `Location` names; null when it names none. */
export function callIdOf(location: string | undefined): string | null {
	const last = location
		?.split('?')[0]
		?.split('/')
		.findLast((part) => part !== '');
	return last === undefined || last === 'calls' ? null : last;
}

/** What of a set-up the form of a call holds. */
export const sessionOf = (update: ServiceItem): unknown => update.session;

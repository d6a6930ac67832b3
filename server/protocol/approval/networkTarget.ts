import type { NetworkApprovalContext } from './approval.ts';

/** What a command wants to reach, for people: with the port, where the server tells it. */
export function networkTarget({ host, port }: NetworkApprovalContext): string {
	if (port === undefined) return host;
	return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

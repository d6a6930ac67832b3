import { authority, type Destination, type Refusal, type RefusalCause } from './connection.ts';

/** The value of the header `x-proxy-error`, by which programs tell refusals apart. */
const HEADER: Readonly<Record<RefusalCause, string>> = {
	allowlist: 'blocked-by-allowlist',
	denylist: 'blocked-by-denylist',
	local: 'blocked-by-allowlist',
	method: 'blocked-by-method-policy',
	opaque: 'blocked-by-mitm-required',
	declined: 'blocked-by-policy',
	unresolved: 'host-not-found',
	invalid: 'blocked-by-policy',
};

const REASON: Readonly<Record<RefusalCause, string>> = {
	allowlist: 'not_allowed',
	denylist: 'denied',
	local: 'not_allowed_local',
	method: 'method_not_allowed',
	opaque: 'mitm_required',
	declined: 'declined',
	unresolved: 'not_found',
	invalid: 'invalid',
};

export interface RefusalAnswer {
	readonly headers: Readonly<Record<string, string>>;
	readonly body: string;
}

/** What a program is told: the cause in a header, all of it as JSON. */
export function refusalAnswer({ host, port, protocol }: Destination, { cause, why }: Refusal): RefusalAnswer {
	const told = { status: 'blocked', host: host.name, port, protocol, reason: REASON[cause], decision: 'deny', message: why };
	const body = `${JSON.stringify(told)}\n`;
	const headers = { 'Content-Type': 'application/json', 'Content-Length': String(Buffer.byteLength(body)), 'X-Proxy-Error': HEADER[cause] };
	return { headers: { ...headers, Connection: 'close' }, body };
}

/** One line for the model, beside the output of its command. */
export function refusalLine(destination: Destination, { why }: Refusal): string {
	return `The sandbox refused a connection to ${authority(destination)}: ${why}.`;
}

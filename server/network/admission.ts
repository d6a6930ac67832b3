import type { Destination, Refusal } from './connection.ts';
import type { EffectiveRules } from './hostRules.ts';
import { judgeHost } from './hostRules.ts';

/** What decides about the connections of one command. */
export interface Gate {
	/** As they are now: an answer, a file or an administrator may have changed them. Rejects when they cannot be read. */
	rules(): Promise<EffectiveRules>;
	/** A person, or whoever answers in their place. Null lets it pass. Never rejects. */
	ask(destination: Destination, gone: AbortSignal): Promise<Refusal | null>;
}

export type Admission =
	| { readonly type: 'pass'; readonly local: boolean; readonly upstream: boolean }
	| { readonly type: 'refused'; readonly refusal: Refusal };

/** The methods that only read. */
const READS = new Set(['GET', 'HEAD', 'OPTIONS']);

export interface Wanted {
	readonly destination: Destination;
	/** Of a request that can be read; null for a tunnel. */
	readonly method: string | null;
	/** Addresses of this machine. */
	readonly own: ReadonlySet<string>;
	/** Aborts when the command that wants it is gone. */
	readonly gone: AbortSignal;
}

/**
 * Whether a connection may be made. Of a name nothing is looked up before it is allowed: the lookup itself would carry the name out. Where it
 * leads to is checked when it is connected. Never rejects.
 */
export async function admit(gate: Gate, { destination, method, own, gone }: Wanted): Promise<Admission> {
	const refused = (cause: Refusal['cause'], why: string): Admission => ({ type: 'refused', refusal: { cause, why } });
	let rules: EffectiveRules;
	try {
		rules = await gate.rules();
	} catch (error) {
		return refused('invalid', error instanceof Error ? error.message : String(error));
	}
	const { host } = destination;
	const verdict = judgeHost(host, rules, own);
	if (verdict.type === 'refuse') {
		if (verdict.cause === 'denied') return refused('denylist', `${host.name} is in the list of denied hosts`);
		return refused('local', `${host.name} belongs to this machine or its private network, which commands may not reach`);
	}
	if (rules.mode === 'limited') {
		if (method === null) return refused('opaque', 'in limited mode only requests that the sandbox can read are allowed, not tunnels');
		if (!READS.has(method)) return refused('method', `in limited mode only ${[...READS].join(', ')} are allowed, not ${method}`);
	}
	const pass = { type: 'pass', upstream: rules.upstream } as const;
	if (verdict.type === 'allow') return { ...pass, local: verdict.local };
	if (rules.unasked !== null) return refused('allowlist', `${host.name} is not in the list of allowed hosts, and ${rules.unasked}`);
	const refusal = await gate.ask(destination, gone);
	return refusal === null ? { ...pass, local: rules.localBinding } : { type: 'refused', refusal };
}

import type { NetworkRequirements } from '../requirements/networkRequirements.ts';
import { EMPTY_FILTER, type NetworkFilter } from '../sandbox/networkFilter.ts';
import { domainPattern } from '../config/values/domainPattern.ts';
import { type Host, isLocalHost } from '../config/values/hostName.ts';

/** Hosts of rule files: those that answers of people added, mostly. Exact names. */
export interface HostRules {
	readonly allowed: readonly string[];
	readonly denied: readonly string[];
}

/** What holds for one connection. */
export interface EffectiveRules {
	readonly allowed: readonly string[];
	readonly denied: readonly string[];
	/** Null: a person may be asked about hosts that are in no list. Else why nobody is. */
	readonly unasked: string | null;
	readonly mode: 'full' | 'limited';
	readonly localBinding: boolean;
	readonly upstream: boolean;
}

export interface RuleSources {
	/** Of the policy; null when it says nothing of hosts. */
	readonly filter: NetworkFilter | null;
	/** What an administrator requires; null when nothing. */
	readonly required: NetworkRequirements | null;
	readonly rules: HostRules;
	/** Whether the command's policy restricts nothing by itself. */
	readonly fullAccess: boolean;
}

const join = (...lists: readonly (readonly string[])[]) => [...new Set(lists.flat())];

/** The lists in force: what an administrator requires is the baseline, or all there is. Pure. */
export function effectiveRules({ filter, required, rules, fullAccess }: RuleSources): EffectiveRules {
	const own = filter ?? EMPTY_FILTER;
	const base = {
		mode: own.mode,
		localBinding: required?.localBinding ?? own.localBinding,
		upstream: required?.upstream ?? own.upstream ?? true,
	};
	const allowed = join(required?.allowed ?? [], own.allowed, rules.allowed);
	const denied = join(required?.denied ?? [], own.denied, rules.denied);
	if (required === null) return { ...base, allowed, denied, unasked: null };
	if (required.managedOnly)
		return { ...base, allowed: required.allowed, denied, unasked: 'only hosts that the administrator has listed are allowed' };
	if (fullAccess) {
		const unasked = 'commands with full access reach only the hosts that the administrator has listed';
		return { ...base, allowed: required.allowed, denied: required.denied, unasked };
	}
	return { ...base, allowed, denied, unasked: null };
}

export type Verdict =
	| { readonly type: 'allow' /** Whether the list names this very local host, so that local addresses are what is meant. */; readonly local: boolean }
	/** In no list. */
	| { readonly type: 'miss' }
	| { readonly type: 'refuse'; readonly cause: 'denied' | 'local' };

/** What the lists say of a host. What is denied is refused first, then what is local; nobody is asked about either. Pure. */
export function judgeHost(host: Host, rules: EffectiveRules, own: ReadonlySet<string>): Verdict {
	const isIn = (patterns: readonly string[]) => patterns.some((pattern) => domainPattern(pattern)(host.name));
	if (isIn(rules.denied)) return { type: 'refuse', cause: 'denied' };
	const isNamed = isIn(rules.allowed.filter((pattern) => !pattern.includes('*')));
	if (isLocalHost(host, own) && !rules.localBinding) return isNamed ? { type: 'allow', local: true } : { type: 'refuse', cause: 'local' };
	return isIn(rules.allowed) ? { type: 'allow', local: rules.localBinding } : { type: 'miss' };
}

import { ConfigError } from '../config/configError.ts';
import type { NetworkRequirements } from '../requirements/networkRequirements.ts';
import { EMPTY_FILTER, type NetworkFilter } from '../sandbox/networkFilter.ts';
import { isFullAccess } from '../sandbox/policy/permissionProfile.ts';
import type { SandboxPolicy } from '../sandbox/policy/policy.ts';
import type { ProxyPorts } from '../sandbox/proxyAccess.ts';
import type { CommandOwner, PreparedCommand, Sandbox, SandboxRequest } from '../sandbox/sandbox.ts';
import type { Gate } from './admission.ts';
import type { Destination, Refusal } from './connection.ts';
import { effectiveRules, type HostRules } from './hostRules.ts';
import type { ThreadProxies } from './threadProxies.ts';

/** What people have said of hosts, and the way to ask them. */
export interface HostDecisions {
	/** What holds for a command besides its policy: rules that were saved, and what was allowed in its thread or for itself. */
	rules(owner: CommandOwner | null): Promise<HostRules>;
	ask(owner: CommandOwner, destination: Destination, gone: AbortSignal): Promise<Refusal | null>;
}

export interface FilteredSandboxOptions {
	readonly inner: Sandbox;
	readonly proxies: ThreadProxies;
	/** `network` throws `ConfigError` for requirements that cannot be used. */
	readonly requirements: { network(): NetworkRequirements | null };
	readonly decisions: HostDecisions;
}

const USUAL_PORTS = { http: 3128, socks: 1080 };

/**
 * Gives commands whose network is filtered a proxy as their only way out. That is so where their policy says it, and for all commands where
 * an administrator requires it.
 */
export class FilteredSandbox implements Sandbox {
	readonly #options: FilteredSandboxOptions;

	constructor(options: FilteredSandboxOptions) {
		this.#options = options;
	}

	async prepare(request: SandboxRequest): Promise<PreparedCommand> {
		const { inner, proxies } = this.#options;
		let required: NetworkRequirements | null;
		try {
			required = this.#options.requirements.network();
		} catch (error) {
			if (error instanceof ConfigError) return { kind: 'refused', reason: error.message };
			throw error;
		}
		const filter = filterOf(request.policy, required);
		if (filter === null) return inner.prepare(request);
		const proxy = proxies.open(request.owner?.threadId ?? null, {
			gate: this.#gate(request),
			ports: portsOf(filter, required),
			localBinding: required?.localBinding ?? filter.localBinding,
		});
		const prepared = await inner.prepare({ ...request, policy: enforceable(request.policy), proxy }).catch((error: unknown): PreparedCommand => {
			const why = error instanceof Error ? error.message : String(error);
			return { kind: 'refused', reason: `its filtered network could not be set up: ${why}` };
		});
		if (prepared.kind === 'refused') {
			proxy.close();
			return prepared;
		}
		const release = () => {
			prepared.release();
			proxy.close();
		};
		return { ...prepared, release, takeRefusals: () => proxy.takeRefusals() };
	}

	/** Everything is asked for anew with each connection: it may have changed since the command began. */
	#gate({ policy, owner: known }: SandboxRequest): Gate {
		const owner = known ?? null;
		const { requirements, decisions } = this.#options;
		return {
			rules: async () => {
				const required = requirements.network();
				const rules = await decisions.rules(owner);
				const effective = effectiveRules({ filter: filterOf(policy, null), required, rules, fullAccess: isFullAccess(policy) });
				return owner === null && effective.unasked === null ? { ...effective, unasked: 'nobody can be asked about this command' } : effective;
			},
			ask: (destination, gone) =>
				owner === null
					? Promise.resolve({ cause: 'declined', why: 'nobody can be asked about this command' })
					: decisions.ask(owner, destination, gone),
		};
	}
}

/** Null: the network is closed or open as the policy says. A sandbox of somebody else is theirs to filter. */
function filterOf(policy: SandboxPolicy, required: NetworkRequirements | null): NetworkFilter | null {
	const own = policy.type === 'managed' && policy.network === 'enabled' ? (policy.filter ?? null) : null;
	return required === null || policy.type === 'externalSandbox' ? own : (own ?? EMPTY_FILTER);
}

/** Without a filter around it nothing enforces full access; with one there has to be a sandbox. */
function enforceable(policy: SandboxPolicy): SandboxPolicy {
	return policy.type === 'dangerFullAccess' ? { type: 'managed', fileSystem: { type: 'unrestricted' }, network: 'enabled' } : policy;
}

function portsOf({ httpPort, socksPort, socks }: NetworkFilter, required: NetworkRequirements | null): ProxyPorts {
	const http = required?.httpPort ?? httpPort ?? USUAL_PORTS.http;
	const wanted = required?.socksPort ?? socksPort ?? USUAL_PORTS.socks;
	// One port serves both, where somebody chose the same.
	return { http, socks: socks ? wanted : null };
}

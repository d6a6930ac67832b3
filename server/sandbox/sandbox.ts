import type { NewRepository } from './newRepository.ts';
import { readsAll } from './policy/permissionProfile.ts';
import type { SandboxPolicy } from './policy/policy.ts';
import type { ProxyAccess } from './proxyAccess.ts';

/** Whose command it is: the item of a thread in which people see it. */
export interface CommandOwner {
	readonly threadId: string;
	readonly itemId: string;
	readonly argv: readonly string[];
	/** Absolute. */
	readonly cwd: string;
	/** Where the thread works, as far as that counts. */
	readonly threadFolder?: string;
}

export interface SandboxRequest {
	readonly argv: readonly string[];
	/** Where the command runs. Absolute. */
	readonly cwd: string;
	/** The folder that the policy is about. Absolute. */
	readonly policyCwd: string;
	readonly env: Readonly<Record<string, string>>;
	readonly policy: SandboxPolicy;
	/** It is known to read only. */
	readonly changesNothing?: boolean;
	/** What it is known to make, and that it does nothing else. */
	readonly newRepository?: NewRepository | null;
	/** It is also known to tell nobody else what it reads, and to run nothing that the folder brings along. */
	readonly needsNoSandbox?: boolean;
	/** Left out for a command of a client, about which nobody is asked. */
	readonly owner?: CommandOwner;
	/** The only way out of the network, whatever the policy says of it. */
	readonly proxy?: ProxyAccess;
}

export type PreparedCommand =
	| {
			readonly kind: 'run';
			readonly argv: readonly string[];
			readonly env: Readonly<Record<string, string>>;
			/** False when the policy asks for no sandbox, or somebody else has made one. */
			readonly sandboxed: boolean;
			/** Called once, after the command has ended or could not be started. */
			readonly release: () => void;
			/** The connections that were refused since the last call, a line each, where the network is filtered. */
			readonly takeRefusals?: () => readonly string[];
	  }
	/** The policy cannot be enforced here. The command must not run as if it were. `reason` is for people and models. */
	| { readonly kind: 'refused'; readonly reason: string };

/** Turns a command into one that can do no more than its policy says. Never rejects. */
export interface Sandbox {
	prepare(request: SandboxRequest): Promise<PreparedCommand>;
}

function unsandboxed({ argv, env }: SandboxRequest): PreparedCommand {
	return { kind: 'run', argv, env, sandboxed: false, release: () => {} };
}

/** Policies that no platform has to enforce. */
export function withoutEnforcement(request: SandboxRequest): PreparedCommand | null {
	if (request.proxy !== undefined && request.policy.type !== 'externalSandbox') return null;
	switch (request.policy.type) {
		case 'dangerFullAccess':
		case 'externalSandbox':
			return unsandboxed(request);
		case 'readOnly':
		case 'workspaceWrite':
			return null;
		case 'managed':
			// Nothing is restricted, so that there is nothing to enforce.
			return request.policy.fileSystem.type === 'unrestricted' && request.policy.network === 'enabled' && request.policy.filter === undefined
				? unsandboxed(request)
				: null;
	}
}

/** For Windows and other systems where nothing can enforce a restricted policy. What only reads still runs, as long as all may be read. */
export class RefusingSandbox implements Sandbox {
	readonly #system: string;

	constructor(system: string) {
		this.#system = system;
	}

	prepare(request: SandboxRequest): Promise<PreparedCommand> {
		const reason = `there is no sandbox for commands on ${this.#system} yet`;
		const mayRead = request.needsNoSandbox === true && request.proxy === undefined && readsAll(request.policy);
		return Promise.resolve(withoutEnforcement(request) ?? (mayRead ? unsandboxed(request) : { kind: 'refused', reason }));
	}
}

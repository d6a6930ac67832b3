import type { ParsedScript } from './shellParser.ts';

export type Reach = 'policy' | 'none';

/** What a person allowed for as long as a thread is loaded. */
export class SessionGrants {
	readonly #threads = new Map<string, Set<string>>();

	allow(threadId: string, grant: GrantedCommand): void {
		const grants = this.#threads.get(threadId) ?? new Set();
		grants.add(keyOf(grant));
		this.#threads.set(threadId, grants);
	}

	/** What was allowed without the sandbox is allowed in it too. */
	has(threadId: string, grant: GrantedCommand): boolean {
		const grants = this.#threads.get(threadId);
		if (grants === undefined) return false;
		return grants.has(keyOf({ ...grant, reach: 'none' })) || (grant.reach === 'policy' && grants.has(keyOf(grant)));
	}

	forget(threadId: string): void {
		this.#threads.delete(threadId);
	}
}

export interface GrantedCommand {
	readonly argv: readonly string[];
	readonly script: ParsedScript;
	/** The same command elsewhere is another command. */
	readonly cwd: string;
	/** Under the policy's sandbox, or without one. */
	readonly reach: Reach;
}

/** Spelling does not matter where the script is understood: blanks and quotes may differ. */
function keyOf({ argv, script, cwd, reach }: GrantedCommand): string {
	const what = script.kind === 'plain' ? script.commands : argv;
	return JSON.stringify([reach, cwd, script.kind, what]);
}

import { createHash } from 'node:crypto';
import path from 'node:path';
import { joinShellWords } from '../../exec/shellQuote.ts';
import type { ApprovalStore, SavedApproval } from './savedApproval.ts';
import type { ParsedScript, PlainCommand } from '../shell/parsedScript.ts';
import { permissionParts, realPermissions, type RequestedPermissions } from '../../sandbox/policy/requestedPermissions.ts';

export type Reach = 'policy' | 'none';

interface Grant {
	readonly id: string;
	readonly command: GrantedCommand;
	readonly itemId: string;
}

/** What a person allowed for as long as a thread is loaded. */
export class SessionGrants implements ApprovalStore {
	readonly #threads = new Map<string, Map<string, Grant>>();

	allow(threadId: string, command: GrantedCommand, itemId: string): void {
		const grants = this.#threads.get(threadId) ?? new Map<string, Grant>();
		const key = commandKey(command);
		const id = `command-${createHash('sha256').update(`${threadId}\n${key}`).digest('hex').slice(0, 16)}`;
		grants.set(key, { id, command, itemId });
		this.#threads.set(threadId, grants);
	}

	/** What was allowed without the sandbox is allowed in it too. */
	has(threadId: string, command: GrantedCommand): boolean {
		const grants = this.#threads.get(threadId);
		if (grants === undefined) return false;
		return grants.has(commandKey(unsandboxed(command))) || (command.reach === 'policy' && grants.has(commandKey(command)));
	}

	get threads(): readonly string[] {
		return [...this.#threads.keys()];
	}

	endThread(threadId: string): void {
		this.#threads.delete(threadId);
	}

	list(): Promise<readonly SavedApproval[]> {
		const saved = [...this.#threads].flatMap(([threadId, grants]) =>
			[...grants.values()].map(
				({ id, command, itemId }): SavedApproval => ({
					id,
					kind: 'command',
					what: whatOf(command),
					decision: 'allow',
					reason: null,
					threadId,
					folder: command.cwd,
					outsideSandbox: command.reach === 'none',
					lifetime: 'thread',
					file: null,
					line: null,
					itemId,
				}),
			),
		);
		return Promise.resolve(saved);
	}

	revoke({ id }: SavedApproval): Promise<void> {
		for (const grants of this.#threads.values()) for (const [key, grant] of grants) if (grant.id === id) grants.delete(key);
		return Promise.resolve();
	}
}

export interface GrantedCommand {
	readonly argv: readonly string[];
	/** The text that the shell runs, for people. */
	readonly text?: string;
	readonly script: ParsedScript;
	/** The same command elsewhere is another command. */
	readonly cwd: string;
	/** Under the policy's sandbox, or without one. */
	readonly reach: Reach;
	/** What it may do beyond that sandbox, for itself alone. */
	readonly permissions?: RequestedPermissions | null;
}

/** The same command without a sandbox, which allows all that it could do in one. */
export function unsandboxed(command: GrantedCommand): GrantedCommand {
	return { ...command, reach: 'none', permissions: null };
}

/** A command for people, with what it may do beyond the sandbox. */
export function whatOf({ text, argv, permissions }: GrantedCommand): string {
	return [text ?? joinShellWords(argv), ...(permissions ? permissionParts(permissions) : [])].join(' + ');
}

/** Spelling does not matter where the script is understood: blanks, quotes and the shell around it may differ. */
export function commandKey({ argv, script, cwd, reach, permissions }: GrantedCommand): string {
	// Where the paths lead now: what becomes a link to something else was not allowed.
	const beyond = permissions ? [permissionParts(realPermissions(permissions)).toSorted()] : [];
	if (script.kind === 'opaque') return JSON.stringify([reach, cwd, script.kind, argv, ...beyond]);
	const { folder, commands } = fromFolder(cwd, script.commands);
	return JSON.stringify([
		reach,
		folder,
		script.kind,
		commands.map(({ words, after, hasGlob, input }) => [after, words, hasGlob, ...(input === undefined ? [] : [input])]),
		...beyond,
	]);
}

/** `cd DIR && x` is `x` in DIR, where nothing but the text says which folder DIR is. */
function fromFolder(cwd: string, commands: readonly PlainCommand[]): { readonly folder: string; readonly commands: readonly PlainCommand[] } {
	const [first, second, ...rest] = commands;
	const [program, target = '', ...others] = first?.words ?? [];
	const isPlain = program === 'cd' && others.length === 0 && !first?.hasGlob && /^(?:\/|\.\.?(?:\/|$))/.test(target);
	if (!isPlain || second?.after !== '&&') return { folder: cwd, commands };
	return fromFolder(path.resolve(cwd, target), [{ ...second, after: null }, ...rest]);
}

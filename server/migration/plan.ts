import type { ImportRecord } from './importJournal.ts';
import type { Reason } from './reason.ts';

/** What of the other agent can be taken over at one place, and what it would bring. Made from the files alone, so that a client can change nothing in it. */
export interface Plan {
	readonly type: ItemType;
	/** Null for the person's own. */
	readonly project: string | null;
	/** For people: what would be done, from where to where. */
	readonly description: string;
	/** The same as facts, for clients with words of their own. */
	readonly facts: { readonly names: readonly string[]; readonly source: string | null; readonly target: string | null };
	readonly details: Details | null;
	/** What is left out and why, for people. */
	readonly skipped: readonly Skipped[];
	/** Does it. Overwrites nothing; doing it again adds nothing. Rejects when a file cannot be written; `record` has what was written until then. */
	apply(record: ImportRecord): Promise<void>;
}

/** Nothing of a kind can be taken over at a place, and why. */
export interface LeftOut {
	readonly type: ItemType;
	readonly project: string | null;
	readonly skipped: readonly Skipped[];
	readonly apply?: undefined;
}

export const leftOut = (type: ItemType, project: string | null, skipped: readonly Skipped[]): LeftOut => ({ type, project, skipped });

export type ItemType = 'CONFIG' | 'MCP_SERVER_CONFIG' | 'HOOKS' | 'SKILLS' | 'COMMANDS' | 'SUBAGENTS' | 'AGENTS_MD' | 'PLUGINS' | 'SESSIONS';

export interface Skipped {
	readonly name: string;
	readonly reason: Reason;
}

export interface Details {
	readonly plugins: readonly { readonly marketplaceName: string; readonly pluginNames: readonly string[] }[];
	readonly sessions: readonly { readonly path: string; readonly cwd: string; readonly title: string | null }[];
	readonly mcpServers: readonly { readonly name: string }[];
	readonly hooks: readonly { readonly name: string }[];
	readonly subagents: readonly { readonly name: string }[];
	readonly commands: readonly { readonly name: string }[];
}

const NONE: Details = { plugins: [], sessions: [], mcpServers: [], hooks: [], subagents: [], commands: [] };

export const details = (given: Partial<Details>): Details => ({ ...NONE, ...given });

export const named = (names: readonly string[]): readonly { readonly name: string }[] => names.map((name) => ({ name }));

/** A file of the other agent that cannot be used; the message names it. */
export class MigrationError extends Error {}

/** Something that was allowed, or ruled out, for more than one time. */
export interface SavedApproval {
	/** The same as long as it is there. */
	readonly id: string;
	readonly kind: 'rule' | 'command' | 'files' | 'permissions' | 'trust' | 'host' | 'mcpTool' | 'mcpServer';
	/** As a person would write it: the words of a command, paths, a host, a server and its tool, a server and how it is started. */
	readonly what: string;
	readonly decision: 'allow' | 'prompt' | 'forbidden';
	/** Why, as its file says. */
	readonly reason: string | null;
	/** Null: it holds in every thread. */
	readonly threadId: string | null;
	/** The folder in which it holds; null: everywhere. */
	readonly folder: string | null;
	/** Whether commands run outside the sandbox because of it. */
	readonly outsideSandbox: boolean;
	readonly lifetime: 'turn' | 'thread' | 'workspace' | 'always';
	/** Where it is kept; null: in memory only. */
	readonly file: string | null;
	/** From 1 on. */
	readonly line: number | null;
	/** The item whose question was answered; null when it came about in another way. */
	readonly itemId: string | null;
	/** The thread of that question, where the approval holds in others too. */
	readonly askedIn?: string;
}

/** A place that keeps approvals. */
export interface ApprovalStore {
	/** `folders`: the working directories whose own approvals are wanted too. */
	list(folders: readonly string[]): Promise<readonly SavedApproval[]>;
	/** Takes one back that `list` gave. Throws an `Error` for people when its file cannot be changed. */
	revoke(approval: SavedApproval): Promise<void>;
}

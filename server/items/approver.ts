import type { RequestedPermissions } from '../sandbox/policy/requestedPermissions.ts';
import type { CommandAction, FileChange } from './item.ts';

/** What a person may answer to a command. */
export type CommandDecision =
	| { readonly type: 'accept' }
	| { readonly type: 'acceptForSession' }
	/** For all threads of the question's workspace, also later ones. */
	| { readonly type: 'acceptForWorkspace' }
	/** Allow, and from now on everything that begins with these words. */
	| { readonly type: 'acceptWithExecpolicyAmendment'; readonly prefix: readonly string[] }
	/** Allow or deny connections to a host from now on. */
	| { readonly type: 'applyNetworkPolicyAmendment'; readonly host: string; readonly action: 'allow' | 'deny' }
	/** `reason`: what an automatic reviewer says, for the model. */
	| { readonly type: 'decline'; readonly reason?: string }
	/** Decline and end the turn. The approver has aborted the turn's signal when this is returned. */
	| { readonly type: 'cancel' };

export type FileChangeDecision =
	| { readonly type: 'accept' }
	| { readonly type: 'acceptForSession' }
	| { readonly type: 'acceptForWorkspace' }
	| { readonly type: 'decline'; readonly reason?: string }
	| { readonly type: 'cancel' };

/** What a command wants to reach. */
export interface NetworkTarget {
	readonly host: string;
	readonly port: number;
	readonly protocol: 'http' | 'https' | 'socks5Tcp';
}

export interface CommandQuestion {
	readonly itemId: string;
	readonly argv: readonly string[];
	readonly cwd: string;
	/** The model's justification, or why the sandbox stopped the command. */
	readonly reason: string | null;
	readonly actions: readonly CommandAction[];
	/** Allowed, it runs without the sandbox. */
	readonly outsideSandbox?: boolean;
	/** What it asks for beyond the sandbox, for itself alone. */
	readonly permissions?: RequestedPermissions;
	/** The prefix rule that would be saved, when one makes sense. */
	readonly proposedPrefix: readonly string[] | null;
	/** Set when the question is whether the command, which runs already, may reach a host. */
	readonly network?: NetworkTarget;
	/** The folder for whose threads it may be allowed as well; null or left out: that cannot be answered. */
	readonly workspace?: string | null;
	/** In the order in which they are shown. */
	readonly decisions: readonly CommandDecision[];
}

export interface FileChangeQuestion {
	readonly itemId: string;
	readonly changes: readonly FileChange[];
	readonly reason: string | null;
	/** A folder that the answer `acceptForSession` opens for writing. */
	readonly grantRoot: string | null;
	/** As for commands. */
	readonly workspace?: string | null;
}

/** A question that is no approval: the person picks an option, or says something else. */
export interface UserQuestion {
	readonly id: string;
	/** A few words. */
	readonly header: string;
	readonly question: string;
	/** Whether own words are an answer too. */
	readonly isOther: boolean;
	/** Not shown while it is typed. */
	readonly isSecret: boolean;
	/** Null: own words only. */
	readonly options: readonly { readonly label: string; readonly description: string }[] | null;
}

export interface UserInputQuestion {
	readonly itemId: string;
	readonly questions: readonly UserQuestion[];
}

/** Answers by question id: the labels that were picked, and what else was said. A question that nobody answered is missing. */
export type UserInputAnswer =
	| { readonly type: 'answered'; readonly answers: Readonly<Record<string, readonly string[]>> }
	/** The turn was stopped meanwhile. */
	| { readonly type: 'cancel' };

/** The model asks for more than the sandbox of the thread allows. */
export interface PermissionsQuestion {
	readonly itemId: string;
	/** Absolute. */
	readonly cwd: string;
	readonly reason: string | null;
	readonly permissions: RequestedPermissions;
	/** As for commands. */
	readonly workspace?: string | null;
}

export type PermissionsDecision =
	/** `permissions` is what was allowed of what was asked; may be nothing. */
	| { readonly type: 'grant'; readonly permissions: RequestedPermissions; readonly scope: 'turn' | 'session' | 'workspace' }
	/** Not allowed, with the reason when an automatic reviewer has one. */
	| { readonly type: 'decline'; readonly reason?: string }
	| { readonly type: 'cancel' };

/** What the question of an MCP server, or about one, is for. */
export type ElicitationPurpose = 'serverAsks' | 'toolApproval' | 'serverStart';

/** A call of a tool of a server. What the server says of the tool may be wrong. */
export interface AskedCall {
	readonly tool: string;
	readonly title: string | null;
	readonly description: string;
	readonly annotations: unknown;
	readonly arguments: unknown;
}

/** An MCP server wants to know something, or a person has to allow what it would do: a form, or an address to visit. */
export interface ElicitationQuestion {
	/** Of the call that it came from; empty when it came from none. */
	readonly itemId: string;
	readonly serverName: string;
	readonly purpose: ElicitationPurpose;
	readonly message: string;
	/** For the client's program, as it was given; null: nothing. */
	readonly meta: unknown;
	/** The call that waits to be allowed; only for `toolApproval`. */
	readonly call?: AskedCall;
	readonly form:
		| { readonly mode: 'form'; readonly schema: Readonly<Record<string, unknown>> }
		| { readonly mode: 'url'; readonly url: string; readonly elicitationId: string };
}

export type ElicitationAnswer =
	| { readonly type: 'elicited'; readonly action: 'accept' | 'decline' | 'cancel'; readonly content: unknown; readonly meta: unknown }
	/** Nobody could answer, or nobody needs the answer any more; or not allowed, with the reason of an automatic reviewer. */
	| { readonly type: 'decline'; readonly reason?: string }
	/** The turn was stopped meanwhile. */
	| { readonly type: 'cancel' };

/** Asks whoever may decide. Resolves with `cancel` when the turn is interrupted meanwhile; never rejects. */
export interface Approver {
	/**
	 * `withdrawn`: nobody needs the answer any more, which then is to decline. `asking` is called when it comes to a question: not when a
	 * guard has decided.
	 */
	command(question: CommandQuestion, withdrawn?: AbortSignal, asking?: () => void): Promise<CommandDecision>;
	fileChange(question: FileChangeQuestion): Promise<FileChangeDecision>;
	userInput(question: UserInputQuestion): Promise<UserInputAnswer>;
	permissions(question: PermissionsQuestion): Promise<PermissionsDecision>;
	/** `withdrawn`: as for commands. What a person answers here never stops the turn. */
	elicitation(question: ElicitationQuestion, withdrawn?: AbortSignal): Promise<ElicitationAnswer>;
}

import type {
	CommandExecutionRequestApprovalParams,
	FileChangeRequestApprovalParams,
	PermissionsRequestApprovalParams,
} from '../../server/protocol/approval/approval.ts';
import type { McpServerElicitationRequestParams } from '../../server/protocol/approval/elicitation.ts';
import type { ToolRequestUserInputParams } from '../../server/protocol/approval/userInputRequest.ts';

/** A question that only wants a person's leave. */
export interface McpApproval {
	readonly threadId: string;
	readonly serverName: string;
	readonly what:
		| {
				readonly type: 'call';
				readonly tool: string;
				readonly description: string;
				readonly arguments: readonly { readonly name: string; readonly value: string }[];
		  }
		/** `plugin`: its id, where a plugin brings the server; else the configuration of the folder does. */
		| { readonly type: 'start'; readonly command: string; readonly folder: string; readonly plugin: string | null };
	/** For how long it may be allowed, beyond once. */
	readonly persist: readonly ('session' | 'always')[];
}

export type McpQuestion =
	/** Leave for a call of a tool of an MCP server, or for the first start of one. */
	| { readonly key: string; readonly kind: 'mcpApproval'; readonly params: McpApproval }
	/** What an MCP server wants to know: a form, or an address to visit. */
	| { readonly key: string; readonly kind: 'elicitation'; readonly params: McpServerElicitationRequestParams };

/** A question of the server that waits for a person. `key` is unique in this window. */
export type PendingQuestion =
	| { readonly key: string; readonly kind: 'command'; readonly params: CommandExecutionRequestApprovalParams }
	| { readonly key: string; readonly kind: 'fileChange'; readonly params: FileChangeRequestApprovalParams }
	| { readonly key: string; readonly kind: 'permissions'; readonly params: PermissionsRequestApprovalParams }
	| McpQuestion
	/** Questions of the model or about the turn, with options or for own words. */
	| { readonly key: string; readonly kind: 'userInput'; readonly params: ToolRequestUserInputParams };

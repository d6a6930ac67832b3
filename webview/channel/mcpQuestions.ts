import type { McpServerElicitationAction, McpServerElicitationRequestParams } from '../../server/protocol/approval/elicitation.ts';

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

export interface ElicitationAnswer {
	readonly action: McpServerElicitationAction;
	/** What was filled in. */
	readonly content: Readonly<Record<string, string | number | boolean | string[]>> | null;
}

export type McpQuestion =
	/** Leave for a call of a tool of an MCP server, or for the first start of one. */
	| { readonly key: string; readonly kind: 'mcpApproval'; readonly params: McpApproval }
	/** What an MCP server wants to know: a form, or an address to visit. */
	| { readonly key: string; readonly kind: 'elicitation'; readonly params: McpServerElicitationRequestParams };

export type McpAnswer =
	| { readonly kind: 'mcpApproval'; readonly decision: 'accept' | 'acceptForSession' | 'acceptAlways' | 'decline' }
	| ({ readonly kind: 'elicitation' } & ElicitationAnswer);

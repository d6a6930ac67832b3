import type { McpServerElicitationAction } from '../../server/protocol/elicitation.ts';

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
		| { readonly type: 'start'; readonly command: string; readonly folder: string };
	/** For how long it may be allowed, beyond once. */
	readonly persist: readonly ('session' | 'always')[];
}

export interface ElicitationAnswer {
	readonly action: McpServerElicitationAction;
	/** What was filled in. */
	readonly content: Readonly<Record<string, string | number | boolean | string[]>> | null;
}

import type {
	CommandExecutionRequestApprovalParams,
	FileChangeRequestApprovalParams,
	PermissionsRequestApprovalParams,
} from '../../server/protocol/approval/approval.ts';
import type { McpServerElicitationRequestParams } from '../../server/protocol/approval/elicitation.ts';
import type { ToolRequestUserInputParams } from '../../server/protocol/approval/userInputRequest.ts';
import { type Is, kinds, list, nullable, object, oneOf, record, text, textOrNull, wire, wireKinds } from './shape.ts';

/** A question that only wants a person's leave. */
export type McpApproval = Is<typeof mcpApproval>;
const mcpApproval = object({
	threadId: text,
	serverName: text,
	what: kinds('type', {
		call: object({ tool: text, description: text, arguments: list(object({ name: text, value: text })) }),
		/** `plugin`: its id, where a plugin brings the server; else the configuration of the folder does. */
		start: object({ command: text, folder: text, plugin: textOrNull }),
	}),
	/** For how long it may be allowed, beyond once. */
	persist: list(oneOf('session', 'always')),
});

const ofItem = { threadId: text, turnId: text, itemId: text };
const asked = { threadId: text, serverName: text, message: text };
/** `key` is unique in this window. */
const key = text;

/** A question of the server that waits for a person. */
export type PendingQuestion = Is<typeof pendingQuestion>;
export const pendingQuestion = kinds('kind', {
	command: object({ key, params: wire<CommandExecutionRequestApprovalParams>()(object(ofItem)) }),
	fileChange: object({ key, params: wire<FileChangeRequestApprovalParams>()(object(ofItem)) }),
	permissions: object({
		key,
		params: wire<PermissionsRequestApprovalParams>()(
			object({ ...ofItem, cwd: text, permissions: object({ network: nullable(object({})), fileSystem: nullable(object({})) }) }),
		),
	}),
	/** Leave for a call of a tool of an MCP server, or for the first start of one. */
	mcpApproval: object({ key, params: mcpApproval }),
	/** What an MCP server wants to know: a form, or an address to visit. */
	elicitation: object({
		key,
		params: wireKinds<McpServerElicitationRequestParams, 'mode'>('mode')(
			{
				form: object({ ...asked, requestedSchema: object({ properties: record(object({ type: text })) }) }),
				url: object({ ...asked, url: text }),
			},
			object(asked),
		),
	}),
	/** Questions of the model or about the turn, with options or for own words. */
	userInput: object({
		key,
		params: wire<ToolRequestUserInputParams>()(
			object({
				...ofItem,
				questions: list(object({ id: text, header: text, question: text, options: nullable(list(object({ label: text, description: text }))) })),
			}),
		),
	}),
});

import * as z from 'zod/mini';
import { JsonValue } from './jsonValue.ts';
import { flag, int64, maybeInt64, maybeText, maybeTexts, maybeUint32, text, textOrNull } from './scalar.ts';

const json = z.optional(JsonValue);
const optionalText = z.optional(text);

export const Tool = z.object({
	name: text,
	title: optionalText,
	description: optionalText,
	inputSchema: JsonValue,
	outputSchema: json,
	annotations: json,
	icons: z.optional(z.array(JsonValue)),
	_meta: json,
});
export type Tool = z.infer<typeof Tool>;

export const Resource = z.object({
	annotations: json,
	description: optionalText,
	mimeType: optionalText,
	name: text,
	size: z.optional(int64),
	title: optionalText,
	uri: text,
	icons: z.optional(z.array(JsonValue)),
	_meta: json,
});
export type Resource = z.infer<typeof Resource>;

export const ResourceTemplate = z.object({
	annotations: json,
	uriTemplate: text,
	name: text,
	title: optionalText,
	description: optionalText,
	mimeType: optionalText,
});
export type ResourceTemplate = z.infer<typeof ResourceTemplate>;

export const ResourceContent = z.union([
	z.object({ uri: text, mimeType: optionalText, text, _meta: json }),
	z.object({ uri: text, mimeType: optionalText, blob: text, _meta: json }),
]);
export type ResourceContent = z.infer<typeof ResourceContent>;

export const McpAuthStatus = z.enum(['unsupported', 'notLoggedIn', 'bearerToken', 'oAuth']);
export type McpAuthStatus = z.infer<typeof McpAuthStatus>;

/** `tools` by their name on the server. */
export const McpServerStatus = z.object({
	name: text,
	tools: z.record(text, Tool),
	resources: z.array(Resource),
	resourceTemplates: z.array(ResourceTemplate),
	authStatus: McpAuthStatus,
});
export type McpServerStatus = z.infer<typeof McpServerStatus>;

export const McpServerStatusDetail = z.enum(['full', 'toolsAndAuthOnly']);
export type McpServerStatusDetail = z.infer<typeof McpServerStatusDetail>;

export const ListMcpServerStatusParams = z.object({ cursor: maybeText, limit: maybeUint32, detail: z.nullish(McpServerStatusDetail) });
export type ListMcpServerStatusParams = z.infer<typeof ListMcpServerStatusParams>;

export const ListMcpServerStatusResponse = z.object({ data: z.array(McpServerStatus), nextCursor: textOrNull });
export type ListMcpServerStatusResponse = z.infer<typeof ListMcpServerStatusResponse>;

/** With a thread: as that thread is configured. */
export const McpResourceReadParams = z.object({ threadId: maybeText, server: text, uri: text });
export type McpResourceReadParams = z.infer<typeof McpResourceReadParams>;

export const McpResourceReadResponse = z.object({ contents: z.array(ResourceContent) });
export type McpResourceReadResponse = z.infer<typeof McpResourceReadResponse>;

export const McpServerToolCallParams = z.object({ threadId: text, server: text, tool: text, arguments: json, _meta: json });
export type McpServerToolCallParams = z.infer<typeof McpServerToolCallParams>;

export const McpServerToolCallResponse = z.object({
	content: z.array(JsonValue),
	structuredContent: json,
	isError: z.optional(flag),
	_meta: json,
});
export type McpServerToolCallResponse = z.infer<typeof McpServerToolCallResponse>;

export const McpServerOauthLoginParams = z.object({ name: text, scopes: maybeTexts, timeoutSecs: maybeInt64 });
export type McpServerOauthLoginParams = z.infer<typeof McpServerOauthLoginParams>;

/** The login goes on in a browser and ends with `mcpServer/oauthLogin/completed`. */
export const McpServerOauthLoginResponse = z.object({ authorizationUrl: text });
export type McpServerOauthLoginResponse = z.infer<typeof McpServerOauthLoginResponse>;

export const McpServerRefreshResponse = z.object({});
export type McpServerRefreshResponse = z.infer<typeof McpServerRefreshResponse>;

export const McpServerOauthLoginCompletedNotification = z.object({ name: text, success: flag, error: optionalText });
export type McpServerOauthLoginCompletedNotification = z.infer<typeof McpServerOauthLoginCompletedNotification>;

export const McpServerStartupState = z.enum(['starting', 'ready', 'failed', 'cancelled']);
export type McpServerStartupState = z.infer<typeof McpServerStartupState>;

export const McpServerStatusUpdatedNotification = z.object({ name: text, status: McpServerStartupState, error: textOrNull });
export type McpServerStatusUpdatedNotification = z.infer<typeof McpServerStatusUpdatedNotification>;

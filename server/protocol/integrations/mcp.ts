import * as z from 'zod/mini';
import { newer } from '../wire/define.ts';
import { JsonValue } from '../wire/jsonValue.ts';
import { lazy } from '../wire/lazy.ts';
import { flag, int64, maybeFlag, maybeInt64, maybeText, maybeTexts, maybeUint32, text, textOrNull } from '../wire/scalar.ts';

const json = lazy(() => z.optional(JsonValue));
const optionalText = lazy(() => z.optional(text));

export const Tool = lazy(() =>
	z.object({
		name: text,
		title: optionalText,
		description: optionalText,
		inputSchema: JsonValue,
		outputSchema: json,
		annotations: json,
		icons: z.optional(z.array(JsonValue)),
		_meta: json,
	}),
);
export type Tool = z.infer<typeof Tool>;

export const Resource = lazy(() =>
	z.object({
		annotations: json,
		description: optionalText,
		mimeType: optionalText,
		name: text,
		size: z.optional(int64),
		title: optionalText,
		uri: text,
		icons: z.optional(z.array(JsonValue)),
		_meta: json,
	}),
);
export type Resource = z.infer<typeof Resource>;

export const ResourceTemplate = lazy(() =>
	z.object({
		annotations: json,
		uriTemplate: text,
		name: text,
		title: optionalText,
		description: optionalText,
		mimeType: optionalText,
	}),
);
export type ResourceTemplate = z.infer<typeof ResourceTemplate>;

export const ResourceContent = lazy(() =>
	z.union([
		z.object({ uri: text, mimeType: optionalText, text, _meta: json }),
		z.object({ uri: text, mimeType: optionalText, blob: text, _meta: json }),
	]),
);
export type ResourceContent = z.infer<typeof ResourceContent>;

export const McpAuthStatus = lazy(() => z.enum(['unsupported', 'notLoggedIn', 'bearerToken', 'oAuth']));
export type McpAuthStatus = z.infer<typeof McpAuthStatus>;

export const McpServerConnectionStatus = lazy(() =>
	z.enum(['notStarted', 'starting', 'connected', 'authenticationRequired', 'failed', 'cancelled', 'disabled']),
);
export type McpServerConnectionStatus = z.infer<typeof McpServerConnectionStatus>;

export const McpServerInfo = lazy(() =>
	z.object({
		name: text,
		title: textOrNull,
		version: text,
		description: textOrNull,
		icons: z.nullable(z.array(JsonValue)),
		websiteUrl: textOrNull,
	}),
);
export type McpServerInfo = z.infer<typeof McpServerInfo>;

/** `tools` by their name on the server. */
export const McpServerStatus = lazy(() =>
	z.object({
		name: text,
		tools: z.record(text, Tool),
		resources: z.array(Resource),
		resourceTemplates: z.array(ResourceTemplate),
		authStatus: McpAuthStatus,
		/** For clients that know of it; null: it belongs to the whole thread. */
		environmentId: newer(z.optional(textOrNull)),
		/** For clients that know of it; null where the request names no thread. */
		runtimeStatus: newer(z.optional(z.nullable(McpServerConnectionStatus))),
		/** For clients that know of it: where an HTTP server is, without anything secret. */
		httpOrigin: newer(z.optional(textOrNull)),
		/** For clients that know of it, as the server says it; null when it is not connected. */
		serverInfo: newer(z.optional(z.nullable(McpServerInfo))),
		serverCapabilities: newer(json),
		/** For clients that know of it: what the server says of its list of tools. */
		toolListMeta: newer(json),
		/** For clients that know of it: why there is no list of tools. */
		toolsError: newer(z.optional(textOrNull)),
		/** The plugin that brings it; null, for clients that know of that, or absent: the configuration has it. */
		pluginId: newer(z.optional(textOrNull)),
		/** Our own addition: the plugins that bring another server of this name, which is not used. */
		replacesPluginIds: z.optional(z.array(text)),
		/** Our own addition, when `includeErrors` asks for it: why it cannot be used, for people. */
		error: optionalText,
		/** Our own addition, where `onlyKnown` asks for it: it has not been asked yet, so what is said of it may be incomplete. */
		isPending: z.optional(flag),
	}),
);
export type McpServerStatus = z.infer<typeof McpServerStatus>;

export const McpServerStatusDetail = lazy(() => z.enum(['full', 'toolsAndAuthOnly']));
export type McpServerStatusDetail = z.infer<typeof McpServerStatusDetail>;

export const ListMcpServerStatusParams = lazy(() =>
	z.object({
		cursor: maybeText,
		limit: maybeUint32,
		detail: z.nullish(McpServerStatusDetail),
		/** Our own addition. */
		includeErrors: maybeFlag,
		/** Our own addition: starts and asks no server, so that the answer comes at once. */
		onlyKnown: maybeFlag,
		/** As that thread is configured and connected. */
		threadId: maybeText,
		/** Only the server of this name. */
		serverName: maybeText,
		/** Our own older word for `serverName`. */
		name: maybeText,
		/** Only with `serverName` and `threadId`: the server as this environment brings it. */
		environmentId: maybeText,
	}),
);
export type ListMcpServerStatusParams = z.infer<typeof ListMcpServerStatusParams>;

export const ListMcpServerStatusResponse = lazy(() => z.object({ data: z.array(McpServerStatus), nextCursor: textOrNull }));
export type ListMcpServerStatusResponse = z.infer<typeof ListMcpServerStatusResponse>;

/** With a thread: as that thread is configured. */
export const McpResourceReadParams = lazy(() => z.object({ threadId: maybeText, server: text, uri: text }));
export type McpResourceReadParams = z.infer<typeof McpResourceReadParams>;

export const McpResourceReadResponse = lazy(() => z.object({ contents: z.array(ResourceContent) }));
export type McpResourceReadResponse = z.infer<typeof McpResourceReadResponse>;

export const McpServerToolCallParams = lazy(() => z.object({ threadId: text, server: text, tool: text, arguments: json, _meta: json }));
export type McpServerToolCallParams = z.infer<typeof McpServerToolCallParams>;

export const McpServerToolCallResponse = lazy(() =>
	z.object({
		content: z.array(JsonValue),
		structuredContent: json,
		isError: z.optional(flag),
		_meta: json,
	}),
);
export type McpServerToolCallResponse = z.infer<typeof McpServerToolCallResponse>;

export const McpServerOauthLoginParams = lazy(() => z.object({ name: text, scopes: maybeTexts, timeoutSecs: maybeInt64 }));
export type McpServerOauthLoginParams = z.infer<typeof McpServerOauthLoginParams>;

/** The login goes on in a browser and ends with `mcpServer/oauthLogin/completed`. */
export const McpServerOauthLoginResponse = lazy(() => z.object({ authorizationUrl: text }));
export type McpServerOauthLoginResponse = z.infer<typeof McpServerOauthLoginResponse>;

export const McpServerRefreshResponse = lazy(() => z.object({}));
export type McpServerRefreshResponse = z.infer<typeof McpServerRefreshResponse>;

export const McpServerOauthLoginCompletedNotification = lazy(() => z.object({ name: text, success: flag, error: optionalText }));
export type McpServerOauthLoginCompletedNotification = z.infer<typeof McpServerOauthLoginCompletedNotification>;

// Our own additions: what people need to look after servers.

export const McpServerNameParams = lazy(() => z.object({ name: text }));
export type McpServerNameParams = z.infer<typeof McpServerNameParams>;

/** Connects it anew in every thread that has it. */
export const McpServerRestartResponse = lazy(() => z.object({}));
export type McpServerRestartResponse = z.infer<typeof McpServerRestartResponse>;

export const McpServerOauthLogoutResponse = lazy(() => z.object({ wasSignedIn: flag }));
export type McpServerOauthLogoutResponse = z.infer<typeof McpServerOauthLogoutResponse>;

/** The newest lines that the server wrote to standard error or told as log messages, and what became of it. */
export const McpServerLogReadResponse = lazy(() => z.object({ lines: z.array(z.object({ atMs: int64, line: text })) }));
export type McpServerLogReadResponse = z.infer<typeof McpServerLogReadResponse>;

/** All tools of a server, also those that the configuration leaves out. */
export const McpServerToolsListResponse = lazy(() =>
	z.object({ tools: z.array(z.object({ name: text, title: optionalText, description: optionalText, enabled: flag, annotations: json })) }),
);
export type McpServerToolsListResponse = z.infer<typeof McpServerToolsListResponse>;

/** A prompt of a server. `name` is its own, and unique within the server only. */
export const McpServerPrompt = lazy(() =>
	z.object({
		server: text,
		name: text,
		title: optionalText,
		description: optionalText,
		arguments: z.array(z.object({ name: text, description: optionalText, required: flag })),
	}),
);
export type McpServerPrompt = z.infer<typeof McpServerPrompt>;

/** With a thread: of its servers. Servers that do not answer soon are left out. */
export const McpServerPromptsListParams = lazy(() => z.object({ threadId: maybeText }));
export type McpServerPromptsListParams = z.infer<typeof McpServerPromptsListParams>;

export const McpServerPromptsListResponse = lazy(() => z.object({ prompts: z.array(McpServerPrompt) }));
export type McpServerPromptsListResponse = z.infer<typeof McpServerPromptsListResponse>;

export const McpServerPromptsGetParams = lazy(() =>
	z.object({ threadId: maybeText, server: text, name: text, arguments: z.nullish(z.record(text, text)) }),
);
export type McpServerPromptsGetParams = z.infer<typeof McpServerPromptsGetParams>;

/** `messages` as the server sent them. */
export const McpServerPromptsGetResponse = lazy(() => z.object({ description: optionalText, messages: z.array(JsonValue) }));
export type McpServerPromptsGetResponse = z.infer<typeof McpServerPromptsGetResponse>;

export const McpServerStartupState = lazy(() => z.enum(['starting', 'ready', 'failed', 'cancelled']));
export type McpServerStartupState = z.infer<typeof McpServerStartupState>;

export const McpServerStartupFailureReason = lazy(() => z.enum(['reauthenticationRequired']));
export type McpServerStartupFailureReason = z.infer<typeof McpServerStartupFailureReason>;

export const McpServerStatusUpdatedNotification = lazy(() =>
	z.object({
		/** This and the next two are for clients that know of them. */
		threadId: newer(z.optional(textOrNull)),
		environmentId: newer(z.optional(textOrNull)),
		failureReason: newer(z.optional(z.nullable(McpServerStartupFailureReason))),
		name: text,
		status: McpServerStartupState,
		error: textOrNull,
	}),
);
export type McpServerStatusUpdatedNotification = z.infer<typeof McpServerStatusUpdatedNotification>;

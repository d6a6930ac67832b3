import type { ElicitationAnswer, ElicitationQuestion } from '../../items/approver.ts';
import type { McpToolCallItem } from '../../items/item.ts';
import type { FunctionToolSpec } from '../../items/modelInfo.ts';
import type { ContentPart, ToolOutputBody } from '../../items/responseItem.ts';
import type { TurnSettings } from '../../items/settings.ts';
import { hintsOf, needsApproval } from './approvalNeed.ts';
import { type McpCallResult, type ModelPart, resultForModel } from './callResult.ts';
import type { ListedTool, RawRecord } from '../sdk/mcpClient.ts';
import { writeOutRefs } from './schemaRefs.ts';
import { approvalModeOf } from '../serverConfig.ts';
import type { OfferedApp, OfferedTool } from '../threadServers.ts';
import { fitImage } from '../../model/history/fitImage.ts';
import { truncateForModel } from '../../tools/commands/commandOutput.ts';
import { checkInputSchema } from '../../tools/inputSchema.ts';
import { ProgressTold } from './progressTold.ts';
import type { Tool, ToolCall, ToolContext, ToolOutcome } from '../../tools/tool.ts';
import { l10n } from '../../words/l10n.ts';

/** What calls of tools of servers share. */
export interface McpToolsOptions {
	/** Calls that are allowed from now on. */
	readonly grants: McpGrants;
	/** The context of a call that runs: questions of its server go there. */
	readonly running: Set<ToolContext & { readonly callId: string }>;
}

export interface McpGrants {
	isAllowed(threadId: string, server: string, tool: string): boolean;
	/** Rejects when it cannot be kept. */
	allow(given: {
		readonly threadId: string;
		readonly server: string;
		readonly tool: string;
		readonly itemId: string;
		readonly lifetime: 'session' | 'always';
	}): Promise<void>;
}

/** A tool of a server as models see it. `deferred`: only for those that search for it. */
export function mcpTool(offered: OfferedTool, options: McpToolsOptions, { deferred }: { readonly deferred: boolean }): Tool {
	const { connection, namespace, name } = offered;
	const instructions = instructionsOf(offered);
	let spec: FunctionToolSpec | null = null;
	return {
		name,
		namespace,
		...(instructions === null ? {} : { namespaceDescription: instructions }),
		parallel: connection.config.parallelCalls,
		guarded: (call) => ({ name: `mcp__${connection.config.name}__${offered.tool.name}`, input: guardedInput(call.input) }),
		spec: () => (deferred ? null : (spec ??= mcpToolSpec(offered))),
		run: (call, context) => run(offered, options, { call, context }),
	};
}

const MAX_INSTRUCTIONS = 16_000;

/** What a server, or an app, says of all its tools. */
export function instructionsOf({ connection, app }: Pick<OfferedTool, 'connection' | 'app'>): string | null {
	return (app === null ? connection.instructions : app.description)?.slice(0, MAX_INSTRUCTIONS) ?? null;
}

export function mcpToolSpec({ name, tool }: OfferedTool): FunctionToolSpec {
	const checked = checkInputSchema(writeOutRefs(tool.inputSchema));
	return {
		type: 'function',
		name,
		description: tool.description,
		strict: false,
		parameters: checked.ok ? checked.schema : { type: 'object', properties: {} },
	};
}

interface Running {
	readonly call: ToolCall;
	readonly context: ToolContext;
}

async function run(offered: OfferedTool, options: McpToolsOptions, { call, context }: Running): Promise<ToolOutcome> {
	const { connection, tool } = offered;
	const begun = performance.now();
	const args = parse(call.input);
	if (typeof args === 'string') return told(begun, args);
	const { readOnly } = hintsOf(tool.annotations);
	const item: McpToolCallItem = {
		type: 'mcpToolCall',
		id: call.callId,
		server: connection.config.name,
		tool: tool.name,
		...(readOnly === null ? {} : { readOnly }),
		arguments: args,
		status: 'inProgress',
		result: null,
		error: null,
		durationMs: null,
	};
	context.emit({ type: 'itemStarted', turnId: context.turnId, at: Date.now(), item });
	const complete = (end: Pick<McpToolCallItem, 'status'> & Partial<McpToolCallItem>) =>
		context.emit({
			type: 'itemCompleted',
			turnId: context.turnId,
			at: Date.now(),
			item: { ...item, durationMs: Math.round(performance.now() - begun), ...end },
		});
	const fail = (message: string): ToolOutcome => {
		complete({ status: 'failed', error: message });
		return context.signal.aborted ? stopped(begun) : told(begun, message);
	};
	const refusal = await refusalOf(offered, options, { item, args, context });
	if (refusal !== null) return fail(refusal);
	const here = { ...context, callId: call.callId };
	options.running.add(here);
	const progress = new ProgressTold((message) => context.emit({ type: 'toolProgress', turnId: context.turnId, itemId: call.callId, message }));
	try {
		const result = await connection.call({
			tool: tool.name,
			arguments: args,
			meta: { threadId: context.threadId, 'x-codex-turn-metadata': { thread_id: context.threadId, turn_id: context.turnId } },
			signal: context.signal,
			onProgress: (news) => progress.heard(news),
		});
		progress.end();
		// What the call changed about the tools is there for the next request.
		await connection.listed();
		const { content, structuredContent = null, _meta: meta = null, isError = false } = result;
		complete({ status: isError ? 'failed' : 'completed', result: { content, structuredContent, meta, isError } });
		return { output: await outputOf(result, { begun, settings: context.settings }), success: !isError, ...(isError ? {} : { response: result }) };
	} catch (error) {
		progress.end();
		if (context.signal.aborted) return fail('aborted by user');
		return fail(`tool call error: ${error instanceof Error ? error.message : String(error)}`);
	} finally {
		options.running.delete(here);
	}
}

/** What is no JSON is refused afterwards. */
function guardedInput(input: string): unknown {
	const args = parse(input);
	return typeof args === 'string' ? input : args;
}

/** A text says what is wrong. */
function parse(input: string): RawRecord | string {
	if (input.trim() === '') return {};
	try {
		const value: unknown = JSON.parse(input);
		if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
		return 'the arguments are not a JSON object';
	} catch (error) {
		return `the arguments are not JSON: ${error instanceof Error ? error.message : String(error)}`;
	}
}

interface Asked {
	readonly item: McpToolCallItem;
	readonly args: RawRecord;
	readonly context: ToolContext;
}

/** Null when the call may be made. */
async function refusalOf(
	{ connection, tool, app }: OfferedTool,
	{ grants }: McpToolsOptions,
	{ item, args, context }: Asked,
): Promise<string | null> {
	const mode = app?.approval ?? approvalModeOf(connection.config, tool.name);
	const { threadId, settings } = context;
	if (!needsApproval({ mode, hints: hintsOf(tool.annotations), fullAccess: isFullAccess(settings) })) return null;
	const { server } = item;
	if (mode === 'auto' && grants.isAllowed(threadId, server, tool.name)) return null;
	const answer = await context.approver.elicitation(approvalQuestion({ item, app, args, tool, mayPersist: mode === 'auto' }));
	if (answer.type === 'cancel') return 'aborted by user';
	if (answer.type === 'decline') return answer.reason ?? 'user rejected MCP tool call';
	if (answer.action === 'decline') return 'user rejected MCP tool call';
	if (answer.action === 'cancel') return 'user cancelled MCP tool call';
	const lifetime = mode === 'auto' ? lifetimeOf(answer) : null;
	if (lifetime === null) return null;
	try {
		await grants.allow({ threadId, server, tool: tool.name, itemId: item.id, lifetime });
	} catch (error) {
		context.emit({ type: 'warning', message: l10n`The answer counts for this call only: ${error instanceof Error ? error.message : String(error)}` });
	}
	return null;
}

function isFullAccess({ approvalPolicy, sandbox }: TurnSettings): boolean {
	return approvalPolicy === 'never' && (sandbox.type === 'dangerFullAccess' || sandbox.type === 'externalSandbox');
}

function approvalQuestion({
	item,
	app,
	args,
	tool,
	mayPersist,
}: {
	item: McpToolCallItem;
	app: OfferedApp | null;
	args: RawRecord;
	tool: ListedTool;
	mayPersist: boolean;
}): ElicitationQuestion {
	const shown = Object.entries(args).sort(([a], [b]) => (a < b ? -1 : 1));
	return {
		itemId: item.id,
		serverName: item.server,
		purpose: 'toolApproval',
		message: app === null ? `Allow the ${item.server} MCP server to run tool "${item.tool}"?` : `Allow ${app.name} to run tool "${item.tool}"?`,
		meta: {
			codex_approval_kind: 'mcp_tool_call',
			...(mayPersist ? { persist: ['session', 'always'] } : {}),
			tool_description: tool.description,
			...(app === null ? {} : { source: 'connector', connector_id: app.id, connector_name: app.name, connector_description: app.description }),
			tool_params: args,
			tool_params_display: shown.map(([name, value]) => ({ name, value, display_name: name })),
		},
		call: {
			tool: item.tool,
			title: typeof tool.raw.title === 'string' ? tool.raw.title : null,
			description: tool.description,
			annotations: tool.annotations,
			arguments: args,
		},
		form: { mode: 'form', schema: { type: 'object', properties: {} } },
	};
}

function lifetimeOf({ meta }: Extract<ElicitationAnswer, { type: 'elicited' }>): 'session' | 'always' | null {
	const persist = typeof meta === 'object' && meta !== null && 'persist' in meta ? meta.persist : null;
	return persist === 'session' || persist === 'always' ? persist : null;
}

const wallTime = (begun: number) => `Wall time: ${((performance.now() - begun) / 1000).toFixed(4)} seconds\nOutput:`;
const asText = (text: string) => JSON.stringify([{ type: 'text', text }]);

function told(begun: number, message: string): ToolOutcome {
	return { output: `${wallTime(begun)}\n${asText(message)}`, success: false };
}

function stopped(begun: number): ToolOutcome {
	return { output: asText(`aborted by user after ${((performance.now() - begun) / 1000).toFixed(1)}s`), success: false };
}

async function outputOf(result: McpCallResult, { begun, settings }: { begun: number; settings: TurnSettings }): Promise<ToolOutputBody> {
	const shown = resultForModel(result);
	const most = settings.model.toolOutputTokens;
	if (typeof shown === 'string') return `${wallTime(begun)}\n${truncateForModel(shown, most)}`;
	const parts = await Promise.all(shown.map((part) => contentPart(part, most)));
	return [{ type: 'input_text', text: wallTime(begun) }, ...parts];
}

async function contentPart(part: ModelPart, mostTokens: number): Promise<ContentPart> {
	if (part.type === 'text') return { type: 'input_text', text: truncateForModel(part.text, mostTokens) };
	if (part.type === 'audio') return recording(part);
	const fitted = await fitImage(Buffer.from(part.data, 'base64'));
	if ('problem' in fitted) return { type: 'input_text', text: `An image (${part.mimeType}) could not be shown: ${fitted.problem}.` };
	return { type: 'input_image', image_url: fitted.url, detail: 'high' };
}

/** The largest recording that goes to a model, in bytes of base64: providers take requests of some 20 MB. */
const MAX_RECORDING = 10_000_000;

function recording({ data, mimeType }: Extract<ModelPart, { type: 'image' | 'audio' }>): ContentPart {
	const problem = !/^audio\/[\w.+-]+$/i.test(mimeType)
		? 'its type is none of audio'
		: data.length > MAX_RECORDING
			? 'it is too large'
			: !/^[A-Za-z0-9+/]+={0,2}$/.test(data)
				? 'it is not base64'
				: null;
	if (problem === null) return { type: 'input_audio', audio_url: `data:${mimeType.toLowerCase()};base64,${data}` };
	return { type: 'input_text', text: `A recording (${mimeType.slice(0, 100)}) was left out: ${problem}.` };
}

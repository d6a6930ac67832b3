import type { McpToolCallItem, McpToolResult } from '../items/item.ts';
import { count, millisecondsOf } from './wholeNumber.ts';

type Payload = Readonly<Record<string, unknown>>;
const isPayload = (value: unknown): value is Payload => typeof value === 'object' && value !== null && !Array.isArray(value);
const text = (value: unknown) => (typeof value === 'string' ? value : null);

/** The end of a call, as other programs know it. */
export function mcpCallRecord({ id, server, tool, readOnly, arguments: args, result, error, durationMs, status }: McpToolCallItem, turnId: string) {
	const duration = durationMs ?? 0;
	return {
		call_id: id,
		turn_id: turnId,
		invocation: { server, tool, arguments: args },
		duration: { secs: Math.floor(duration / 1000), nanos: (duration % 1000) * 1_000_000 },
		result: result === null ? { Err: error ?? '' } : { Ok: resultRecord(result) },
		tiller: {
			status,
			duration_ms: durationMs,
			...(readOnly === undefined ? {} : { read_only: readOnly }),
			...(result === null || error === null ? {} : { error }),
		},
	};
}

function resultRecord({ content, structuredContent, isError, meta }: McpToolResult): Payload {
	return {
		content,
		...(structuredContent === null ? {} : { structuredContent }),
		...(isError ? { isError } : {}),
		...(meta === null ? {} : { _meta: meta }),
	};
}

export function mcpCallItem(payload: Payload, nextId: () => string): McpToolCallItem {
	const invocation = isPayload(payload.invocation) ? payload.invocation : {};
	const outcome = isPayload(payload.result) ? payload.result : {};
	const result = isPayload(outcome.Ok) ? resultOf(outcome.Ok) : null;
	const ours = isPayload(payload.tiller) ? payload.tiller : {};
	const isBegin = payload.type === 'mcp_tool_call_begin';
	const ended = result === null || result.isError ? ('failed' as const) : ('completed' as const);
	const { secs, nanos } = isPayload(payload.duration) ? payload.duration : { secs: 0, nanos: 0 };
	const duration = ours.duration_ms === undefined ? millisecondsOf(secs ?? 0, nanos ?? 0) : count(ours.duration_ms);
	return {
		type: 'mcpToolCall',
		id: text(payload.call_id) ?? nextId(),
		server: text(invocation.server) ?? '',
		tool: text(invocation.tool) ?? '',
		...(typeof ours.read_only === 'boolean' ? { readOnly: ours.read_only } : {}),
		arguments: invocation.arguments ?? null,
		status: isBegin ? 'inProgress' : ended,
		result,
		error: isBegin ? null : (text(ours.error) ?? (result === null ? (text(outcome.Err) ?? '') : null)),
		durationMs: isBegin ? null : duration,
	};
}

function resultOf(record: Payload): McpToolResult {
	return {
		content: Array.isArray(record.content) ? (record.content as readonly unknown[]) : [],
		structuredContent: record.structuredContent ?? record.structured_content ?? null,
		isError: (record.isError ?? record.is_error) === true,
		meta: record._meta ?? null,
	};
}

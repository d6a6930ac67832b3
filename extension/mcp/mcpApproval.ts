import type { McpServerElicitationRequestParams, McpServerElicitationRequestResponse } from '../../server/protocol/approval/elicitation.ts';
import type { McpApproval } from '../../webview/channel/questions.ts';
import type { QuestionAnswer } from '../../webview/channel/requests/answers.ts';

/** A question that only wants a person's leave: for a call, or for the first start of a program. Null for a form or an address. */
export function mcpApprovalOf({ _meta: meta, threadId, serverName, message }: McpServerElicitationRequestParams): McpApproval | null {
	const fields: Readonly<Record<string, unknown>> = typeof meta === 'object' && meta !== null && !Array.isArray(meta) ? meta : {};
	const text = (value: unknown) => (typeof value === 'string' ? value : (JSON.stringify(value, null, 1) ?? ''));
	if (fields.tiller_approval_kind === 'mcp_server_start') {
		const plugin = typeof fields.plugin === 'string' ? fields.plugin : null;
		return { threadId, serverName, persist: [], what: { type: 'start', command: text(fields.command), folder: text(fields.folder), plugin } };
	}
	if (fields.codex_approval_kind !== 'mcp_tool_call') return null;
	const shown: readonly unknown[] = Array.isArray(fields.tool_params_display) ? fields.tool_params_display : [];
	const persist: readonly unknown[] = Array.isArray(fields.persist) ? fields.persist : [];
	return {
		threadId,
		serverName,
		persist: (['session', 'always'] as const).filter((each) => persist.includes(each)),
		what: {
			type: 'call',
			tool: /"(.*)"\?$/s.exec(message)?.[1] ?? message,
			description: typeof fields.tool_description === 'string' ? fields.tool_description : '',
			arguments: shown.map((each) => {
				const { display_name: name, value }: { readonly display_name?: unknown; readonly value?: unknown } =
					typeof each === 'object' && each !== null ? each : {};
				return { name: text(name), value: text(value) };
			}),
		},
	};
}

export function mcpApprovalAnswer({ decision }: Extract<QuestionAnswer, { kind: 'mcpApproval' }>): McpServerElicitationRequestResponse {
	const persist = decision === 'acceptForSession' ? 'session' : decision === 'acceptAlways' ? 'always' : null;
	if (decision === 'decline') return { action: 'decline', content: null, _meta: null };
	return { action: 'accept', content: {}, _meta: persist === null ? null : { persist } };
}

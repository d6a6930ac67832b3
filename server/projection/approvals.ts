import type {
	CommandDecision,
	ElicitationAnswer,
	FileChangeDecision,
	NetworkTarget,
	PermissionsDecision,
	UserInputAnswer,
} from '../items/approver.ts';
import type {
	CommandExecutionApprovalDecision,
	CommandExecutionRequestApprovalParams,
	CommandExecutionRequestApprovalResponse,
	FileChangeRequestApprovalParams,
	FileChangeRequestApprovalResponse,
	PermissionsRequestApprovalParams,
	PermissionsRequestApprovalResponse,
} from '../protocol/approval/approval.ts';
import type { ToolRequestUserInputParams, ToolRequestUserInputResponse } from '../protocol/approval/userInputRequest.ts';
import type { DynamicToolCallParams, DynamicToolCallResponse } from '../protocol/integrations/dynamicTool.ts';
import type {
	McpElicitationSchema,
	McpServerElicitationRequestParams,
	McpServerElicitationRequestResponse,
} from '../protocol/approval/elicitation.ts';
import { JsonValue } from '../protocol/wire/jsonValue.ts';
import type { GrantedPermissionProfile, RequestPermissionProfile } from '../protocol/approval/permission.ts';
import type { RequestedPermissions } from '../sandbox/policy/requestedPermissions.ts';
import { visibleParts, visibleText } from '../protocol/approval/visibleText.ts';
import type { Question } from '../items/question.ts';
import type { ClientToolResult } from '../items/clientTools.ts';
import { toCommandText } from './wireItem.ts';

export function toCommandApproval(
	threadId: string,
	{ turnId, askedAt, question }: Extract<Question, { kind: 'command' }>,
): CommandExecutionRequestApprovalParams {
	return {
		threadId,
		turnId,
		itemId: question.itemId,
		startedAtMs: askedAt,
		kind: 'command',
		...(question.network === undefined ? {} : networkMembers(question.network)),
		...reasonMember(withHiddenNote(question.reason, [question.argv, question.cwd, question.reason])),
		command: toCommandText(question.argv),
		cwd: question.cwd,
		commandActions: [...question.actions],
		...(question.permissions === undefined ? {} : { additionalPermissions: toWirePermissions(question.permissions) }),
		...(question.outsideSandbox === true ? { outsideSandbox: true } : {}),
		...workspaceMember(question),
		...(question.proposedPrefix === null ? {} : { proposedExecpolicyAmendment: [...question.proposedPrefix] }),
		availableDecisions: question.decisions.map(toWireDecision),
	};
}

export function toFileChangeApproval(
	threadId: string,
	{ turnId, askedAt, question }: Extract<Question, { kind: 'fileChange' }>,
): FileChangeRequestApprovalParams {
	const reason = withHiddenNote(question.reason, [question.changes, question.reason]);
	return { threadId, turnId, itemId: question.itemId, startedAtMs: askedAt, reason, grantRoot: question.grantRoot, ...workspaceMember(question) };
}

const workspaceMember = ({ workspace }: { readonly workspace?: string | null }) => (workspace == null ? {} : { workspaceFolder: workspace });
const reasonMember = (reason: string | null) => (reason === null ? {} : { reason });

/** The reason with its hidden characters as escapes, and with a warning when what is asked about holds any: a client may draw them as they are. */
function withHiddenNote(reason: string | null, asked: unknown): string | null {
	const hidden = hiddenCharacters(asked);
	if (hidden.length === 0) return reason;
	const note = `Look closely: this holds characters that cannot be seen or change how the text reads (${hidden.join(', ')}).`;
	return reason === null ? note : `${visibleText(reason)} ${note}`;
}

/** The names of the hidden characters in all texts of a value, each once, in their order. */
function hiddenCharacters(value: unknown): readonly string[] {
	const texts: string[] = [];
	JSON.stringify(value, (_key, each: unknown) => {
		if (typeof each === 'string') texts.push(each);
		return each;
	});
	return [...new Set(texts.flatMap((text) => visibleParts(text)).flatMap(({ hidden }) => hidden ?? []))].sort();
}

/** The item may ask about several hosts, so each question has an id of its own. */
function networkMembers({ host, port, protocol }: NetworkTarget) {
	return {
		approvalId: `network#${protocol}#${host}#${port}`,
		networkApprovalContext: { host, protocol, port },
		proposedNetworkPolicyAmendments: (['allow', 'deny'] as const).map((action) => ({ host, action })),
	};
}

function toWireDecision(decision: CommandDecision): CommandExecutionApprovalDecision {
	if (decision.type === 'applyNetworkPolicyAmendment') {
		return { applyNetworkPolicyAmendment: { network_policy_amendment: { host: decision.host, action: decision.action } } };
	}
	if (decision.type !== 'acceptWithExecpolicyAmendment') return decision.type;
	return { acceptWithExecpolicyAmendment: { execpolicy_amendment: [...decision.prefix] } };
}

export function fromCommandAnswer({ decision }: CommandExecutionRequestApprovalResponse): CommandDecision {
	if (typeof decision === 'string') return { type: decision };
	if ('acceptWithExecpolicyAmendment' in decision) {
		return { type: 'acceptWithExecpolicyAmendment', prefix: decision.acceptWithExecpolicyAmendment.execpolicy_amendment };
	}
	const { host, action } = decision.applyNetworkPolicyAmendment.network_policy_amendment;
	return { type: 'applyNetworkPolicyAmendment', host, action };
}

export function fromFileChangeAnswer({ decision }: FileChangeRequestApprovalResponse): FileChangeDecision {
	return { type: decision };
}

export function toUserInputRequest(threadId: string, { turnId, question }: Extract<Question, { kind: 'userInput' }>): ToolRequestUserInputParams {
	const questions = question.questions.map(({ id, header, question: text, isOther, isSecret, options }) => ({
		id,
		header,
		question: text,
		isOther,
		isSecret,
		options: options && options.map((option) => ({ ...option })),
	}));
	return { threadId, turnId, itemId: question.itemId, questions, isBlocking: true, autoResolutionMs: null };
}

export function fromUserInputAnswer({ answers }: ToolRequestUserInputResponse): UserInputAnswer {
	return { type: 'answered', answers: Object.fromEntries(Object.entries(answers).map(([id, each]) => [id, each.answers])) };
}

export function toPermissionsApproval(
	threadId: string,
	{ turnId, askedAt, question }: Extract<Question, { kind: 'permissions' }>,
): PermissionsRequestApprovalParams {
	return {
		threadId,
		turnId,
		itemId: question.itemId,
		startedAtMs: askedAt,
		cwd: question.cwd,
		reason: withHiddenNote(question.reason, [question.permissions, question.reason]),
		permissions: toWirePermissions(question.permissions),
		...workspaceMember(question),
	};
}

export function toElicitation(threadId: string, { turnId, question }: Extract<Question, { kind: 'elicitation' }>): McpServerElicitationRequestParams {
	const { form, serverName, message } = question;
	const asked = { threadId, turnId: turnId === '' ? null : turnId, serverName, _meta: asJson(question.meta), message };
	if (form.mode === 'url') return { mode: 'url', ...asked, url: form.url, elicitationId: form.elicitationId };
	// Checked when it came; what this version does not know goes to the client all the same.
	return { mode: 'form', ...asked, requestedSchema: form.schema as McpElicitationSchema };
}

const asJson = (value: unknown): JsonValue => (value ?? null) as JsonValue;

export function fromElicitationAnswer({ action, content, _meta }: McpServerElicitationRequestResponse): ElicitationAnswer {
	return { type: 'elicited', action, content: content ?? null, meta: _meta ?? null };
}

export function toWirePermissions({ network, read, write }: RequestedPermissions): RequestPermissionProfile {
	const entry = (access: 'read' | 'write') => (path: string) => ({ path: { type: 'path' as const, path }, access });
	const noFiles = read.length === 0 && write.length === 0;
	return {
		network: network ? { enabled: true } : null,
		fileSystem: noFiles
			? null
			: {
					read: read.length === 0 ? null : [...read],
					write: write.length === 0 ? null : [...write],
					entries: [...read.map(entry('read')), ...write.map(entry('write'))],
				},
	};
}

/** Paths may be told in either of the two forms that the question has. Patterns and special places were not asked for. */
export function fromPermissionsAnswer({ permissions, scope }: PermissionsRequestApprovalResponse): PermissionsDecision {
	const { network, fileSystem } = permissions;
	return {
		type: 'grant',
		scope,
		permissions: {
			network: network?.enabled === true,
			read: [...new Set([...(fileSystem?.read ?? []), ...entryPaths(fileSystem, 'read')])],
			write: [...new Set([...(fileSystem?.write ?? []), ...entryPaths(fileSystem, 'write')])],
		},
	};
}

function entryPaths(fileSystem: GrantedPermissionProfile['fileSystem'], access: 'read' | 'write'): readonly string[] {
	return (fileSystem?.entries ?? []).flatMap((entry) => (entry.access === access && entry.path.type === 'path' ? [entry.path.path] : []));
}

export function toToolCall(threadId: string, { turnId, question }: Extract<Question, { kind: 'toolCall' }>): DynamicToolCallParams {
	const { itemId, namespace, tool } = question;
	return { threadId, turnId, callId: itemId, namespace, tool, arguments: JsonValue.parse(question.arguments) };
}

export function fromToolCallAnswer({ contentItems, success }: DynamicToolCallResponse): ClientToolResult {
	return { type: 'result', contentItems, success };
}

import type { ServerRequestMethod, ServerRequestResult } from '../../server/protocol/serverMessages.ts';
import type {
	FileChangeApplyParams,
	FileChangeApplyResponse,
	FileChangeReadUnsavedParams,
	FileChangeReadUnsavedResponse,
} from '../../server/protocol/approval/fileChangeApply.ts';
import type { LanguageModelInfo, LanguageModelRequestParams, LanguageModelRequestResponse } from '../../server/protocol/account/languageModel.ts';
import { RpcError } from '../server/connection.ts';
import type { IncomingRequest, RequestHandler } from '../server/connection.ts';
import { mcpApprovalAnswer, mcpApprovalOf } from '../mcp/mcpApproval.ts';
import type { PendingRequests } from './pendingRequests.ts';

/** The others are for clients that announce more than this one does. */
type Answered = Extract<
	ServerRequestMethod,
	| 'item/commandExecution/requestApproval'
	| 'item/fileChange/requestApproval'
	| 'item/permissions/requestApproval'
	| 'item/tool/requestUserInput'
	| 'mcpServer/elicitation/request'
	| 'item/fileChange/apply'
	| 'item/fileChange/readUnsaved'
	| 'languageModel/list'
	| 'languageModel/request'
>;
type Handlers = { readonly [M in Answered]: (request: IncomingRequest) => Promise<ServerRequestResult<M>> };

export interface ServerRequestsOptions {
	readonly pending: PendingRequests;
	readonly applyFileChanges: (params: FileChangeApplyParams) => Promise<FileChangeApplyResponse>;
	/** False when it could not be opened. */
	readonly openAddress: (url: string) => Promise<boolean>;
	readonly readUnsaved: (params: FileChangeReadUnsavedParams) => FileChangeReadUnsavedResponse;
	readonly editorModels: {
		list(): Promise<readonly LanguageModelInfo[]>;
		request(params: LanguageModelRequestParams): Promise<LanguageModelRequestResponse>;
	};
}

/** Answers what the server asks of this client. What it sends is checked by its schema: it leads to files being written. */
export function serverRequestHandler({ pending, applyFileChanges, openAddress, readUnsaved, editorModels }: ServerRequestsOptions): RequestHandler {
	const handlers: Handlers = {
		'item/commandExecution/requestApproval': async (request) => {
			const { params } = request;
			const { CommandExecutionRequestApprovalParams } = await import('../../server/protocol/approval/approval.ts');
			const answer = await pending.ask(request, { kind: 'command', params: parse(CommandExecutionRequestApprovalParams, params) });
			if (answer.kind !== 'command') throw new RpcError(-32603, 'answer of another kind', null);
			return { decision: answer.decision };
		},
		'item/fileChange/requestApproval': async (request) => {
			const { params } = request;
			const { FileChangeRequestApprovalParams } = await import('../../server/protocol/approval/approval.ts');
			const answer = await pending.ask(request, { kind: 'fileChange', params: parse(FileChangeRequestApprovalParams, params) });
			if (answer.kind !== 'fileChange') throw new RpcError(-32603, 'answer of another kind', null);
			return { decision: answer.decision };
		},
		'item/permissions/requestApproval': async (request) => {
			const { params } = request;
			const { PermissionsRequestApprovalParams } = await import('../../server/protocol/approval/approval.ts');
			const asked = parse(PermissionsRequestApprovalParams, params);
			const answer = await pending.ask(request, { kind: 'permissions', params: asked });
			if (answer.kind !== 'permissions') throw new RpcError(-32603, 'answer of another kind', null);
			if (answer.decision === 'decline') return { permissions: {}, scope: 'turn' };
			const { network, fileSystem } = asked.permissions;
			return { permissions: { network, fileSystem }, scope: answer.decision === 'acceptForSession' ? 'session' : 'turn' };
		},
		'item/tool/requestUserInput': async (request) => {
			const { params } = request;
			const { ToolRequestUserInputParams } = await import('../../server/protocol/approval/userInputRequest.ts');
			const answer = await pending.ask(request, { kind: 'userInput', params: parse(ToolRequestUserInputParams, params) });
			if (answer.kind !== 'userInput') throw new RpcError(-32603, 'answer of another kind', null);
			return { answers: answer.answers };
		},
		'mcpServer/elicitation/request': async (request) => {
			const { params } = request;
			const { McpServerElicitationRequestParams } = await import('../../server/protocol/approval/elicitation.ts');
			const asked = parse(McpServerElicitationRequestParams, params);
			const approval = mcpApprovalOf(asked);
			if (approval !== null) {
				const leave = await pending.ask(request, { kind: 'mcpApproval', params: approval });
				if (leave.kind !== 'mcpApproval') throw new RpcError(-32603, 'answer of another kind', null);
				return mcpApprovalAnswer(leave);
			}
			const answer = await pending.ask(request, { kind: 'elicitation', params: asked });
			if (answer.kind !== 'elicitation') throw new RpcError(-32603, 'answer of another kind', null);
			if (answer.action === 'accept' && asked.mode === 'url' && !(await openAddress(asked.url)))
				return { action: 'cancel', content: null, _meta: null };
			return { action: answer.action, content: answer.content, _meta: null };
		},
		'item/fileChange/apply': async ({ params }) => {
			const schemas = await import('../../server/protocol/approval/fileChangeApply.ts');
			return await applyFileChanges(parse(schemas.FileChangeApplyParams, params));
		},
		'item/fileChange/readUnsaved': async ({ params }) => {
			const schemas = await import('../../server/protocol/approval/fileChangeApply.ts');
			return readUnsaved(parse(schemas.FileChangeReadUnsavedParams, params));
		},
		'languageModel/list': async () => ({ models: [...(await editorModels.list())] }),
		'languageModel/request': async ({ params }) => {
			const { LanguageModelRequestParams: schema } = await import('../../server/protocol/account/languageModel.ts');
			return await editorModels.request(parse(schema, params));
		},
	};
	return async (request) => {
		if (!isHandled(request.method, handlers)) throw new RpcError(-32601, `Tiller for VS Code does not answer ${request.method}.`, null);
		const ends = pending.arrives(request);
		try {
			return await handlers[request.method](request);
		} finally {
			ends();
		}
	};
}

function isHandled(method: string, handlers: Handlers): method is Answered {
	return Object.hasOwn(handlers, method);
}

function parse<T>(
	schema: { safeParse(value: unknown): { success: true; data: T } | { success: false; error: { message: string } } },
	value: unknown,
): T {
	const parsed = schema.safeParse(value);
	if (!parsed.success) throw new RpcError(-32602, `Invalid params: ${parsed.error.message}`, null);
	return parsed.data;
}

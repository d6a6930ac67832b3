import type { ServerRequestMethod, ServerRequestResult } from '../../server/protocol/serverMessages.ts';
import { RpcError } from '../server/connection.ts';
import type { IncomingRequest, RequestHandler } from '../server/connection.ts';
import { mcpApprovalAnswer, mcpApprovalOf } from '../mcp/mcpApproval.ts';
import { openAddress } from '../mcp/openAddress.ts';
import { parseParams as parse } from '../server/parseParams.ts';
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
export type Answers = { readonly [M in Answered]: (request: IncomingRequest) => Promise<ServerRequestResult<M>> };

const scopes = { acceptForTurn: 'turn', acceptForSession: 'session', acceptForWorkspace: 'workspace' } as const;

/** What a person is asked. What the server sends is checked by its schema: it leads to files being written. */
export function approvalAnswers(pending: PendingRequests): Partial<Answers> {
	return {
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
			return { permissions: { network, fileSystem }, scope: scopes[answer.decision] };
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
	};
}

/** Answers what the server asks of this client, by what the features bring. */
export function serverRequestHandler(pending: PendingRequests, answers: Partial<Answers>): RequestHandler {
	return async (request) => {
		const answer = isAnswered(request.method, answers) ? answers[request.method] : undefined;
		if (answer === undefined) throw new RpcError(-32601, `Tiller for VS Code does not answer ${request.method}.`, null);
		const ends = pending.arrives(request);
		try {
			return await answer(request);
		} finally {
			ends();
		}
	};
}

function isAnswered(method: string, answers: Partial<Answers>): method is Answered {
	return Object.hasOwn(answers, method);
}

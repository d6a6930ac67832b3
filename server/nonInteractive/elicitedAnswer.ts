import type { CommandExecutionRequestApprovalParams, FileChangeRequestApprovalParams } from '../protocol/approval/approval.ts';
import type { McpServerElicitationRequestParams } from '../protocol/approval/elicitation.ts';
import type { AskClient, ClientAnswer } from '../mcp/sdk/sdkServer.ts';
import { deniedAnswer } from './deniedAnswer.ts';

/** A change of a file that a person is asked about. */
export interface AskedChange {
	readonly path: string;
	readonly diff: string;
}

export interface Asking {
	readonly ask: AskClient;
	readonly signal: AbortSignal;
	/** What a file change is about, by its item. */
	changesOf(itemId: string): readonly AskedChange[];
}

const LEAVE = { type: 'object', properties: {} } as const;
/** So much of a diff is shown. */
const MAX_DIFF = 8_000;

/** What questions of the server are answered with where a client of MCP can ask its person. What it cannot ask is denied. */
export async function elicitedAnswer(method: string, params: unknown, asking: Asking): Promise<unknown> {
	// Of one build, and so as typed.
	switch (method) {
		case 'item/commandExecution/requestApproval':
			return decision(await leave(commandText(params as CommandExecutionRequestApprovalParams), asking));
		case 'item/fileChange/requestApproval':
			return decision(await leave(fileText(params as FileChangeRequestApprovalParams, asking), asking));
		case 'mcpServer/elicitation/request': {
			const question = params as McpServerElicitationRequestParams;
			if (question.mode !== 'form') return deniedAnswer(method);
			const { message, serverName, requestedSchema } = question;
			const { action, content } = await answered({ message: `${serverName}: ${message}`, schema: { ...requestedSchema } }, asking);
			return { action, content: action === 'accept' ? (content ?? {}) : null, _meta: null };
		}
		default:
			return deniedAnswer(method);
	}
}

const decision = (isAllowed: boolean) => ({ decision: isAllowed ? 'accept' : 'decline' });

async function leave(message: string, asking: Asking): Promise<boolean> {
	return (await answered({ message, schema: LEAVE }, asking)).action === 'accept';
}

/** A client that fails to ask has not allowed anything. */
async function answered(question: Parameters<AskClient>[0], { ask, signal }: Asking): Promise<ClientAnswer> {
	return ask(question, signal).catch((): ClientAnswer => ({ action: 'decline', content: null }));
}

function commandText({ command, cwd, reason, networkApprovalContext: network, outsideSandbox }: CommandExecutionRequestApprovalParams): string {
	const what = network
		? `Allow Tiller to reach ${network.host}?`
		: `Allow Tiller to run this command in ${cwd ?? 'its folder'}${outsideSandbox === true ? ', outside the sandbox' : ''}?`;
	return [what, ...(command ? [command] : []), ...(reason ? [`Reason: ${reason}`] : [])].join('\n\n');
}

function fileText({ itemId, reason, grantRoot }: FileChangeRequestApprovalParams, { changesOf }: Asking): string {
	const diff = changesOf(itemId)
		.map((change) => `${change.path}\n${change.diff}`)
		.join('\n');
	const shown = diff.length > MAX_DIFF ? `${diff.slice(0, MAX_DIFF)}\n(${diff.length - MAX_DIFF} more characters)` : diff;
	const what = grantRoot ? `Allow Tiller to change files in ${grantRoot}?` : 'Allow Tiller to change these files?';
	return [what, ...(shown === '' ? [] : [shown]), ...(reason ? [`Reason: ${reason}`] : [])].join('\n\n');
}

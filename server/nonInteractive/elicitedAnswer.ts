import type { CommandExecutionRequestApprovalParams, FileChangeRequestApprovalParams } from '../protocol/approval/approval.ts';
import type { McpServerElicitationRequestParams } from '../protocol/approval/elicitation.ts';
import { visibleText } from '../protocol/approval/visibleText.ts';
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

/** A question without fields: to accept is to allow. */
const NO_FIELDS = { type: 'object', properties: {} } as const;
/** In UTF-16 units. Nobody decides about what they cannot see whole: a longer question is denied. */
const MAX_QUESTION = 200_000;

/** What questions of the server are answered with where a client of MCP can ask its person. What it cannot ask is denied. */
export async function elicitedAnswer(method: string, params: unknown, asking: Asking): Promise<unknown> {
	// Of one build, and so as typed.
	switch (method) {
		case 'item/commandExecution/requestApproval':
			return decision(await allows(commandText(params as CommandExecutionRequestApprovalParams), asking));
		case 'item/fileChange/requestApproval':
			return decision(await allows(fileText(params as FileChangeRequestApprovalParams, asking), asking));
		case 'mcpServer/elicitation/request': {
			const question = params as McpServerElicitationRequestParams;
			if (question.mode !== 'form') return deniedAnswer(method);
			const { message, serverName, requestedSchema } = question;
			const { action, content } = await answered({ message: visibleText(`${serverName}: ${message}`), schema: { ...requestedSchema } }, asking);
			return { action, content: action === 'accept' ? (content ?? {}) : null, _meta: null };
		}
		default:
			return deniedAnswer(method);
	}
}

const decision = (isAllowed: boolean) => ({ decision: isAllowed ? 'accept' : 'decline' });

/** `null`: there is nothing to show that a person could decide about. */
async function allows(message: string | null, asking: Asking): Promise<boolean> {
	if (message === null || message.length > MAX_QUESTION) return false;
	return (await answered({ message: visibleText(message), schema: NO_FIELDS }, asking)).action === 'accept';
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

function fileText({ itemId, reason, grantRoot }: FileChangeRequestApprovalParams, { changesOf }: Asking): string | null {
	const changes = changesOf(itemId).map(({ path, diff }) => `${path}\n${diff}`);
	if (changes.length === 0) return null;
	const what = grantRoot ? `Allow Tiller to change files in ${grantRoot}?` : 'Allow Tiller to change these files?';
	return [what, changes.join('\n'), ...(reason ? [`Reason: ${reason}`] : [])].join('\n\n');
}

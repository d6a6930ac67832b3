import {
	fromCommandAnswer,
	fromElicitationAnswer,
	fromFileChangeAnswer,
	fromPermissionsAnswer,
	fromToolCallAnswer,
	fromUserInputAnswer,
	toCommandApproval,
	toElicitation,
	toFileChangeApproval,
	toPermissionsApproval,
	toToolCall,
	toUserInputRequest,
} from '../projection/approvals.ts';
import type { ServerRequestMethod, ServerRequestParams, ParsedServerRequestResult } from '../protocol/serverMessages.ts';
import type { RpcError } from '../protocol/wire/rpcError.ts';
import type { Answer, Question } from '../items/question.ts';
import type { ServerRequests } from './serverRequests.ts';
import type { Session } from './session.ts';

/** `by`: the client that answered; null when none could. */
export interface Answered {
	readonly answer: Answer;
	readonly by: string | null;
}

/** A question that was sent to clients. */
export interface SentQuestion {
	/** Of the server request. */
	readonly id: number;
	/** Null when it was withdrawn by us. */
	readonly answered: Promise<Answered | null>;
	ask(session: Session): void;
	withdraw(): void;
}

/** So long a tool of a client may be called while no client is connected, in milliseconds: a window that is loaded again comes back. */
const ABSENCE_MS = 60_000;
/** So long a client may work on one call, in milliseconds. */
const CALL_MS = 30 * 60_000;

/** Asks the clients of a thread, in the form of the wire. */
export function sendQuestion(requests: ServerRequests, threadId: string, asked: { question: Question; sessions: readonly Session[] }): SentQuestion {
	const { question, sessions } = asked;
	const send = <M extends ServerRequestMethod>(
		method: M,
		params: ServerRequestParams<M>,
		read: (result: ParsedServerRequestResult<M>) => Answer,
		failed: (error: RpcError) => Answer = () => ({ type: 'decline' }),
	): SentQuestion => {
		const handle = requests.send(method, params, sessions);
		const answered = handle.answered.then((answer) => {
			if (answer.type === 'withdrawn') return null;
			return answer.type === 'result' ? { answer: read(answer.result), by: answer.client } : { answer: failed(answer.error), by: null };
		});
		return { id: handle.id, answered, ask: handle.ask, withdraw: handle.withdraw };
	};
	switch (question.kind) {
		case 'command':
			return send('item/commandExecution/requestApproval', toCommandApproval(threadId, question), fromCommandAnswer);
		case 'fileChange':
			return send('item/fileChange/requestApproval', toFileChangeApproval(threadId, question), fromFileChangeAnswer);
		case 'permissions':
			return send('item/permissions/requestApproval', toPermissionsApproval(threadId, question), fromPermissionsAnswer);
		case 'userInput':
			return send('item/tool/requestUserInput', toUserInputRequest(threadId, question), fromUserInputAnswer, () => ({
				type: 'answered',
				answers: {},
			}));
		case 'elicitation':
			return send('mcpServer/elicitation/request', toElicitation(threadId, question), fromElicitationAnswer);
		case 'toolCall':
			return limited(requests, send('item/tool/call', toToolCall(threadId, question), fromToolCallAnswer, toolFailed));
		default:
			return question satisfies never;
	}
}

const toolFailed = (): Answer => ({ type: 'failed', message: 'dynamic tool request failed' });

/** A call that nobody answers fails: after a while without any client, and after a long while with one. */
function limited(requests: ServerRequests, sent: SentQuestion): SentQuestion {
	const { promise: gaveUp, resolve } = Promise.withResolvers<Answered>();
	const fail = (message: string) => () => resolve({ answer: { type: 'failed', message }, by: null });
	const longest = setTimeout(fail(`the client did not answer within ${CALL_MS / 60_000} minutes`), CALL_MS);
	let absence: NodeJS.Timeout | undefined;
	const stopWatching = requests.watch(sent.id, (askedSessions) => {
		clearTimeout(absence);
		if (askedSessions > 0) return;
		absence = setTimeout(fail('no client that offers this tool is connected'), ABSENCE_MS);
	});
	const answered = Promise.race([sent.answered, gaveUp]).finally(() => {
		clearTimeout(longest);
		clearTimeout(absence);
		stopWatching();
	});
	return { ...sent, answered };
}

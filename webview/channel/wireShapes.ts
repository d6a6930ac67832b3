/** What the page walks through in types of the protocol. */
import type { Model } from '../../server/protocol/account/model.ts';
import type { HookRunSummary } from '../../server/protocol/integrations/hook.ts';
import type { ServerNotification } from '../../server/protocol/serverMessages.ts';
import type { FileUpdateChange, ThreadItem } from '../../server/protocol/thread/item.ts';
import type { Thread } from '../../server/protocol/thread/thread.ts';
import type { BackgroundTerminal } from '../../server/protocol/thread/threadStatus.ts';
import type { Turn } from '../../server/protocol/thread/turn.ts';
import type { UserInput } from '../../server/protocol/thread/turnInput.ts';
import type { SentMessage } from '../../server/protocol/thread/turnQueue.ts';
import type { TurnError } from '../../server/protocol/wire/error.ts';
import type { L10nMessage } from '../../server/protocol/wire/l10nMessage.ts';
import { flag, list, maybe, nullable, number, numberOrNull, object, record, type Shape, text, textOrNull, wire, wireKinds } from './shape.ts';

const texts = list(text);
const path = object({ path: text });
const written = object({ id: text, text });
const review = object({ id: text, review: text });

const userInput = wireKinds<UserInput, 'type'>('type')(
	{
		text: object({ text }),
		image: object({ url: text }),
		localImage: path,
		skill: object({ name: text, path: text }),
		mention: object({ name: text, path: text }),
	},
	object({}),
);

const change = wire<FileUpdateChange>()(object({ path: text, kind: object({ type: text }), diff: text }));

const item = wireKinds<ThreadItem, 'type'>('type')(
	{
		userMessage: object({ id: text, content: list(userInput) }),
		hookPrompt: object({ id: text, fragments: list(object({ text })) }),
		agentMessage: written,
		plan: written,
		reasoning: object({ id: text, summary: texts, content: texts }),
		commandExecution: object({
			id: text,
			command: text,
			cwd: text,
			status: text,
			commandActions: list(object({ type: text, command: text })),
			aggregatedOutput: textOrNull,
			exitCode: numberOrNull,
			durationMs: numberOrNull,
		}),
		fileChange: object({ id: text, changes: list(change), status: text }),
		mcpToolCall: object({
			id: text,
			server: text,
			tool: text,
			status: text,
			result: nullable(object({ content: list((value) => value) })),
			error: nullable(object({ message: text })),
		}),
		dynamicToolCall: object({ id: text, tool: text, status: text, contentItems: nullable(list(object({ type: text }))) }),
		collabAgentToolCall: object({
			id: text,
			tool: text,
			status: text,
			receiverThreadIds: texts,
			prompt: textOrNull,
			agentsStates: record(object({ status: text, message: textOrNull })),
		}),
		webSearch: object({ id: text, query: text, action: nullable(object({ type: text })) }),
		imageView: object({ id: text, path: text }),
		sleep: object({ id: text, durationMs: number }),
		subAgentActivity: object({ id: text, kind: text, agentThreadId: text, agentPath: text }),
		functionCallOutput: object({ id: text, name: text }),
		imageGeneration: object({ id: text, status: text, result: text }),
		enteredReviewMode: review,
		exitedReviewMode: review,
	},
	object({ id: text }),
);

const l10nArg: Shape<string | L10nMessage> = (value, reading) => (typeof value === 'string' ? value : l10nMessage(value, reading));
const l10nMessage: Shape<L10nMessage> = object({ message: text, args: list(l10nArg) });
const turnError = wire<TurnError>()(
	object({ message: text, additionalDetails: textOrNull }, { l10n: maybe(l10nMessage), detailsL10n: maybe(l10nMessage) }),
);
const hookRun = wire<HookRunSummary>()(
	object({ id: text, eventName: text, status: text, statusMessage: textOrNull, sourcePath: text, entries: list(object({ kind: text, text })) }),
);

export const turn = wire<Turn>()(
	object(
		{ id: text, items: list(item), status: text, error: nullable(turnError), startedAt: numberOrNull, durationMs: numberOrNull },
		{ hookRuns: maybe(list(object({ afterItemId: textOrNull, run: hookRun }))) },
	),
);

export const thread = wire<Thread>()(object({ id: text, name: textOrNull, preview: text, cwd: text, modelProvider: text, turns: list(turn) }));

export const model = wire<Model>()(object({ id: text, model: text, displayName: text }));

export const sentMessage = wire<SentMessage>()(
	object({ id: text, clientMessageId: textOrNull, input: list(userInput), state: text, turnId: textOrNull }),
);

export const backgroundTerminal = wire<BackgroundTerminal>()(object({ processId: text, itemId: text, command: text, startedAtMs: number }));

const ofTurn = { threadId: text, turnId: text };
const ofItem = { ...ofTurn, itemId: text };
const delta = object({ params: object({ ...ofItem, delta: text }) });
const turnNote = object({ params: object({ threadId: text, turn }) });
const hookNote = object({ params: object({ threadId: text, turnId: textOrNull, run: hookRun }) });
const warning = object({ params: object({ message: text }) });
const notice = object({ params: object({ summary: text, details: textOrNull }) });
const tokens = object({ totalTokens: number });

/** Of the others the page takes no notice, so that any object will do. */
export const serverNotification = wireKinds<ServerNotification, 'method'>('method')(
	{
		'turn/started': turnNote,
		'turn/completed': turnNote,
		'turn/plan/updated': object({ params: object({ ...ofTurn, explanation: textOrNull, plan: list(object({ step: text, status: text })) }) }),
		'item/started': object({ params: object({ ...ofTurn, item, startedAtMs: number }) }),
		'item/completed': object({ params: object({ ...ofTurn, item }) }),
		'item/agentMessage/delta': delta,
		'item/plan/delta': delta,
		'item/reasoning/summaryPartAdded': object({ params: object({ ...ofItem, summaryIndex: number }) }),
		'item/reasoning/summaryTextDelta': object({ params: object({ ...ofItem, delta: text, summaryIndex: number }) }),
		'item/reasoning/textDelta': object({ params: object({ ...ofItem, delta: text, contentIndex: number }) }),
		'item/commandExecution/outputDelta': delta,
		'item/fileChange/patchUpdated': object({ params: object({ ...ofItem, changes: list(change) }) }),
		'item/autoApprovalReview/completed': object({
			params: object({ ...ofTurn, targetItemId: textOrNull, review: object({ status: text }) }),
		}),
		'item/mcpToolCall/progress': object({ params: object({ ...ofItem, message: text }) }),
		'hook/started': hookNote,
		'hook/completed': hookNote,
		error: object({ params: object({ ...ofTurn, error: turnError, willRetry: flag }, { retryInMs: maybe(number) }) }),
		'model/rerouted': object({ params: object({ ...ofTurn, fromModel: text, toModel: text }) }),
		'thread/tokenUsage/updated': object({
			params: object({ ...ofTurn, tokenUsage: object({ last: tokens, total: tokens, modelContextWindow: numberOrNull }) }),
		}),
		'thread/name/updated': object({ params: object({ threadId: text }, { threadName: maybe(textOrNull) }) }),
		warning,
		guardianWarning: warning,
		deprecationNotice: notice,
		configWarning: notice,
	},
	object({ params: object({}) }),
);

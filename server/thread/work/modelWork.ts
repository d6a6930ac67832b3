import type { ModelRequest } from '../../model/model.ts';
import { effortToSend } from '../../model/catalogue/catalogue.ts';
import { takenBy } from '../../model/history/refusedMedia.ts';
import type { ResponseItem } from '../../items/responseItem.ts';
import type { Tool, ToolContext } from '../../tools/tool.ts';
import { toolSpecs, usableTools } from '../../tools/toolSet.ts';
import type { Approver } from '../../items/approver.ts';
import type { CompactionTrigger } from '../../items/guard.ts';
import type { TurnEnd, TurnEvent } from '../../items/events.ts';
import type { TurnSettings } from '../../items/settings.ts';
import { ToolCalls } from '../../turn/toolCalls.ts';
import { runTurn } from '../../turn/turnLoop.ts';
import { autoReviewer } from './autoReviewer.ts';
import { inboxEntry } from '../../records/inboxRecords.ts';
import { turnContextEntry, turnContextOf } from '../../records/turnContext.ts';
import {
	type ActiveTurn,
	commandsOrInput,
	currentTurn,
	delay,
	orAborted,
	type FrozenTurn,
	type TurnHost,
	type TurnOutcome,
	type TurnWork,
} from './turnRun.ts';
import { TurnLimits } from './turnLimits.ts';
import { cannotShrink, compactBetween, folderGone, isFull } from './turnSteps.ts';
import type { Text } from '../../words/l10n.ts';

/** The model works on; before the input, if there is any, it is told of `opening`. */
export const modelWorkAfter =
	(opening: readonly ResponseItem[]): TurnWork =>
	async (host, turn, frozen) => {
		const { settings } = frozen;
		if (isFull(host, frozen)) {
			const end = cannotShrink(host, turn, frozen) ?? (await compactFirst(host, turn, { frozen, trigger: 'auto' }));
			if (end) return { end, lastMessage: null };
		}
		const start = host.takeStart();
		let startWords: readonly string[] = [];
		if (frozen.guards) {
			// They may take their time: whoever sent the first message is answered before.
			acceptEarly(host, turn);
			const words = start ? await frozen.guards.threadStarted(start) : [];
			if (words === null) {
				return { end: { status: turn.abort.signal.aborted ? 'interrupted' : 'completed' }, lastMessage: null };
			}
			startWords = words;
		}
		const warn = (message: Text) => host.emit({ type: 'warning', message });
		const told = (opening: string) => host.history.lastText(opening);
		const context = await host.ports.contextItems(settings, { settings: host.settings, previous: host.previous, told, warn });
		for (const item of context) host.emit({ type: 'history', turnId: turn.id, item });
		frozen.guards?.tell(startWords);
		for (const item of opening) host.emit({ type: 'history', turnId: turn.id, item });
		host.previous = turnContextOf(settings);
		host.records.append([turnContextEntry(turn.id, settings)]);
		return runModelLoop(host, turn, frozen);
	};

/** The usual work: the model answers what the person sent. */
export const modelWork: TurnWork = modelWorkAfter([]);

/** Compacts, and goes on with what the person said meanwhile. */
export const compactionWork: TurnWork = async (host, turn, frozen) => {
	const end = await compactFirst(host, turn, { frozen, trigger: 'manual' });
	if (end) return { end, lastMessage: null };
	await commandsOrInput(turn);
	if (turn.inbox.some(({ content }) => content !== null)) return modelWork(host, turn, frozen);
	turn.closed = true;
	return { end: { status: 'completed' }, lastMessage: null };
};

/** Answers whoever sent the first message before it is an item; so it is recorded now. */
function acceptEarly(host: TurnHost, turn: ActiveTurn): void {
	for (const { itemId, clientId, content } of turn.inbox) {
		if (content === null) continue;
		const message = { id: itemId, clientId, content, sentAt: Date.now() };
		host.records.append([inboxEntry({ op: 'accepted', message, turnId: turn.id })]);
	}
	turn.accept();
}

async function compactFirst(
	host: TurnHost,
	turn: ActiveTurn,
	{ frozen, trigger }: { readonly frozen: FrozenTurn; readonly trigger: CompactionTrigger },
): Promise<TurnEnd | null> {
	acceptEarly(host, turn);
	const offered = await toolsOf(host, turn, frozen.settings);
	const request = buildRequest(host, { turn, settings: frozen.settings, tools: offered });
	return compactBetween('beforeTurn', { host, turn, frozen, request, trigger });
}

/** The model's steps on the host's history, until it has nothing more to do. */
export async function runModelLoop(host: TurnHost, turn: ActiveTurn, frozen: FrozenTurn): Promise<TurnOutcome> {
	const { settings } = frozen;
	const now = () => currentTurn(host, turn, frozen);
	const { signal } = turn.abort;
	const asker = host.questions.asker({ turnId: turn.id, signal, interrupt: () => turn.abort.abort() });
	const emit = (event: TurnEvent) => host.emit(event);
	const begunWith = host.settings.approvalsReviewer;
	const reviewer = autoReviewer(asker, host, { turnId: turn.id, signal, settings });
	const approver = approverOf(() => ((turn.changes.approvalsReviewer ?? begunWith) === 'auto_review' ? reviewer : asker));
	const context: ToolContext = { threadId: host.id, turnId: turn.id, settings, approver, clientTools: asker, signal, emit };
	const limits = new TurnLimits({
		turnId: turn.id,
		tokenCap: host.settings.tokenCap,
		ask: (question) => asker.userInput(question),
		emit,
		stop: () => turn.abort.abort(),
	});
	const tools = new ToolCalls(context, frozen.guards, host.ports.toolWatch ?? null);
	const makeRoomNow = async (trigger: CompactionTrigger) => {
		const current = now();
		const request = buildRequest(host, { turn, settings: current.settings, tools: await toolsOf(host, turn, current.settings) });
		return compactBetween('midTurn', { host, turn, frozen: current, request, trigger });
	};
	try {
		return await runTurn({
			turnId: turn.id,
			mode: settings.mode,
			model: host.client.of(settings),
			tools,
			guards: frozen.guards,
			signal,
			emit,
			together: (work) => host.records.together(work),
			takeInput: () => {
				queueMicrotask(turn.accept);
				return turn.inbox.splice(0);
			},
			returnInput: (inputs) => turn.inbox.unshift(...inputs),
			hasInput: () => turn.inbox.length > 0,
			betweenSteps: async ({ goesOn, results }) => {
				if (goesOn) await limits.check(results);
				else await commandsOrInput(turn);
				if (signal.aborted) return null;
				const gone = goesOn ? folderGone(host, turn, settings) : null;
				if (gone) return gone;
				if (!turn.compactionWanted && !(goesOn && isFull(host, now()))) return null;
				const hopeless = turn.compactionWanted ? null : cannotShrink(host, turn, now());
				if (hopeless) return hopeless;
				const trigger = turn.compactionWanted ? 'manual' : 'auto';
				turn.compactionWanted = false;
				return makeRoomNow(trigger);
			},
			makeRoom: async (answers) => {
				// A first request that is too long has been counted as such: the next turn begins with a compaction. Without a known window none would.
				if (answers === 0 && (now().contextWindow !== null || !host.history.hasAnswers)) return 'not possible';
				return makeRoomNow('auto');
			},
			closeInput: () => {
				turn.closed = true;
			},
			buildRequest: async () => {
				const { settings: current } = now();
				const offered = await toolsOf(host, turn, current);
				const notice = host.notice();
				if (notice) emit({ type: 'history', turnId: turn.id, item: notice });
				tools.offer(offered);
				return buildRequest(host, { turn, settings: current, tools: offered });
			},
			isFull: (counted) => host.history.counted(counted),
			addUsage: (usage) => {
				if (usage.totalTokens > 0) host.history.counted(usage);
				limits.spent(usage.totalTokens);
				return host.addUsage(usage);
			},
			get contextWindow() {
				return now().contextWindow;
			},
			room: () => {
				const room = host.ports.room(host.id);
				return room && orAborted(room, signal);
			},
			saveImage: (image) => host.ports.saveImage(host.id, image),
			delay: (ms) => delay(ms, signal),
			now: Date.now,
			random: Math.random,
		});
	} finally {
		await tools.end();
	}
}

/** Asks whoever answers at that moment. */
function approverOf(chosen: () => Approver): Approver {
	return {
		command: (...question) => chosen().command(...question),
		fileChange: (question) => chosen().fileChange(question),
		userInput: (question) => chosen().userInput(question),
		permissions: (question) => chosen().permissions(question),
		elicitation: (...question) => chosen().elicitation(...question),
	};
}

/** What there is at this moment: tools may come and go in the middle of a turn. */
async function toolsOf(host: TurnHost, turn: ActiveTurn, settings: TurnSettings): Promise<ReadonlyMap<string, Tool>> {
	return usableTools(await host.ports.tools(settings, turn.abort.signal), settings);
}

/** The next request: all history so far with the turn's frozen settings. */
function buildRequest(
	host: TurnHost,
	{ turn, settings, tools }: { readonly turn: ActiveTurn; readonly settings: TurnSettings; readonly tools: ReadonlyMap<string, Tool> },
): ModelRequest {
	const input = host.history.forRequest();
	return {
		...host.client.identity(settings.model),
		model: settings.model.slug,
		// The thread may already have another model for its next turn.
		instructions: host.ports.baseInstructions({ ...host.settings, model: settings.model.slug, provider: settings.provider }),
		input: takenBy(settings.model, input),
		tools: toolSpecs(tools, settings),
		parallelToolCalls: settings.model.supportsParallelToolCalls,
		reasoning: {
			...(settings.effort === null ? {} : { effort: effortToSend(settings.model, settings.effort) }),
			...(settings.summary === null || settings.summary === 'none' ? {} : { summary: settings.summary }),
		},
		verbosity: settings.verbosity,
		outputSchema: settings.outputSchema,
		serviceTier: settings.serviceTier,
		turnId: turn.id,
		clientMetadata: turn.metadata,
	};
}

import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { TurnEvent } from '../items/events.ts';
import type { Guard } from '../items/guard.ts';
import type { ResponseItem } from '../items/responseItem.ts';
import type { ModelEvent } from '../model/model.ts';
import type { Tool, ToolContext } from '../tools/tool.ts';
import type { PendingInput } from './acceptInput.ts';
import { Guards } from './guards.ts';
import { ToolCalls } from './toolCalls.ts';
import { runTurn, type TurnPorts } from './turnLoop.ts';

const user = (text: string): ResponseItem => ({ type: 'message', role: 'user', content: [{ type: 'input_text', text }] });
const said = (text: string): PendingInput => ({
	itemId: text,
	clientId: null,
	content: [{ type: 'text', text, textElements: [] }],
	item: user(text),
});
const answer = (text: string): ResponseItem => ({ type: 'message', id: `m-${text}`, role: 'assistant', content: [{ type: 'output_text', text }] });
const call: ResponseItem = { type: 'function_call', call_id: 'c1', name: 'work', arguments: '{"what":1}' };

interface Run {
	readonly events: TurnEvent[];
	/** What the model saw, by request. */
	readonly requests: (readonly ResponseItem[])[];
	readonly asked: string[];
	readonly ran: string[];
	readonly end: string;
}

/** One turn with a model that answers with these items, request by request. */
async function run(guard: Guard | null, { inbox = [said('hi')], script }: { inbox?: PendingInput[]; script: ResponseItem[] }): Promise<Run> {
	const events: TurnEvent[] = [];
	const history: ResponseItem[] = [];
	const requests: (readonly ResponseItem[])[] = [];
	const [asked, ran]: [string[], string[]] = [[], []];
	const emit = (event: TurnEvent) => {
		events.push(event);
		if (event.type === 'history') history.push(event.item);
	};
	const { signal } = new AbortController();
	const guarded = { threadId: 't', turnId: 'u', transcriptPath: null, signal, emit } as unknown as ConstructorParameters<typeof Guards>[1];
	const failed = (error: unknown) => assert.fail(String(error));
	const guards = guard && new Guards([guard], guarded, failed);
	const tool: Tool = {
		name: 'work',
		parallel: false,
		spec: () => null,
		guarded: ({ input }) => ({ name: 'Work', input: JSON.parse(input) }),
		run: async ({ callId }, context) => {
			const decision = await context.approver.command({ itemId: callId, reason: 'why' } as Parameters<typeof context.approver.command>[0]);
			ran.push(decision.type);
			return { output: 'done', success: true, response: { printed: 'done' } };
		},
	};
	const approver = {
		command: ({ itemId }: { itemId: string }) => {
			asked.push(itemId);
			return Promise.resolve({ type: 'accept' });
		},
	};
	const tools = new ToolCalls({ turnId: 'u', signal, emit, approver } as unknown as ToolContext, guards);
	tools.offer(new Map([['work', tool]]));
	const ports = {
		turnId: 'u',
		mode: 'default',
		model: {
			streamMaxRetries: 0,
			// biome-ignore lint/suspicious/useAwait: a stream
			async *stream(): AsyncIterable<ModelEvent> {
				requests.push([...history]);
				const item = script.shift();
				if (item) yield { type: 'itemDone', item };
				yield { type: 'completed', responseId: 'r', usage: null };
			},
			dispose: () => {},
		},
		tools,
		guards,
		signal,
		emit,
		together: (work: () => void) => work(),
		takeInput: () => inbox.splice(0),
		returnInput: (inputs: readonly PendingInput[]) => inbox.unshift(...inputs),
		hasInput: () => inbox.length > 0,
		betweenSteps: () => Promise.resolve(null),
		closeInput: () => {},
		buildRequest: () => Promise.resolve({}),
		room: () => null,
		contextWindow: null,
		now: Date.now,
	} as unknown as TurnPorts;
	const { end } = await runTurn(ports);
	return { events, requests, asked, ran, end: end.status };
}

const textOf = (item: ResponseItem) => JSON.stringify(item);
const developerTexts = (items: readonly ResponseItem[]) =>
	items.flatMap((item) => (item.type === 'message' && item.role === 'developer' ? [textOf(item)] : []));

describe('a guard', () => {
	it('that blocks the only message ends the turn: it is shown, and no model sees it', async () => {
		const { events, requests, end } = await run(
			{ inputAccepted: () => Promise.resolve({ type: 'block', context: [] }) },
			{ script: [answer('never')] },
		);
		assert.equal(end, 'completed');
		assert.deepEqual(requests, []);
		assert.deepEqual(
			events.map(({ type }) => type),
			['itemStarted', 'itemCompleted'],
		);
	});

	it('adds what the model should know behind the message that it accepts, and lets through the others of several', async () => {
		const guard: Guard = {
			inputAccepted: ({ itemId }) => Promise.resolve(itemId === 'bad' ? { type: 'block', context: [] } : { type: 'accept', context: ['know this'] }),
		};
		const { requests, end } = await run(guard, { inbox: [said('good'), said('bad')], script: [answer('ok')] });
		assert.equal(end, 'completed');
		assert.equal(requests.length, 1);
		const seen = (requests[0] ?? []).map(textOf);
		assert.match(seen[0] ?? '', /good/);
		assert.match(seen[1] ?? '', /developer.*know this/);
		assert.doesNotMatch(seen.join(), /bad/);
	});

	it('stops a call before it runs, with its text for the model, and sees it as people write about it', async () => {
		const seen: unknown[] = [];
		const guard: Guard = {
			beforeTool: (guarded) => {
				seen.push(guarded);
				return Promise.resolve({ block: 'not this one', context: ['because'] });
			},
			afterTool: () => assert.fail('it did not run'),
		};
		const { requests, ran } = await run(guard, { script: [call, answer('ok')] });
		assert.deepEqual(seen, [{ callId: 'c1', name: 'Work', input: { what: 1 } }]);
		assert.deepEqual(ran, []);
		assert.match(textOf(requests[1]?.at(-1) ?? call), /not this one/);
		assert.equal(developerTexts(requests[1] ?? []).length, 1);
	});

	it('decides before the person is asked', async () => {
		const verdicts = [{ type: 'deny', message: 'no' }, { type: 'allow' }, { type: 'ask' }] as const;
		const runs = [];
		for (const verdict of verdicts) runs.push(await run({ permissionWanted: () => Promise.resolve(verdict) }, { script: [call, answer('ok')] }));
		assert.deepEqual(
			runs.map(({ asked, ran }) => [asked.length, ran]),
			[
				[0, ['decline']],
				[0, ['accept']],
				[1, ['accept']],
			],
		);
	});

	it('replaces what the model gets of a call that ran, and is given what the tool gave', async () => {
		let response: unknown;
		const guard: Guard = {
			afterTool: (guarded) => {
				response = guarded.response;
				return Promise.resolve({ output: 'something else', context: [] });
			},
		};
		const { requests } = await run(guard, { script: [call, answer('ok')] });
		assert.deepEqual(response, { printed: 'done' });
		const output = requests[1]?.at(-1);
		assert.equal(output?.type === 'function_call_output' && output.output, 'something else');
	});

	it('has one more request for the model that has nothing more to do, and is told so the next time', async () => {
		const asked: boolean[] = [];
		const guard: Guard = {
			turnStopping: ({ again, lastMessage }) => {
				asked.push(again);
				assert.equal(lastMessage, again ? 'second' : 'first');
				return Promise.resolve({ item: null, messages: again ? [] : [user('go on')] });
			},
		};
		const { requests, end } = await run(guard, { script: [answer('first'), answer('second')] });
		assert.equal(end, 'completed');
		assert.deepEqual(asked, [false, true]);
		assert.match(textOf(requests[1]?.at(-1) ?? call), /go on/);
	});

	it('that fails counts as if it were not there', async () => {
		const { signal } = new AbortController();
		const errors: unknown[] = [];
		const turn = { signal, emit: () => {} } as unknown as ConstructorParameters<typeof Guards>[1];
		const broken: Guard = { beforeTool: () => Promise.reject(new Error('broken')) };
		const guards = new Guards([broken], turn, (error) => errors.push(error));
		assert.equal(await guards.beforeTool({ callId: 'c', name: 'Bash', input: {} }), null);
		assert.equal(errors.length, 1);
	});
});

import assert from 'node:assert/strict';
import type { ClientMethod } from '../../server/protocol/methods.ts';
import type { Thread } from '../../server/protocol/thread/thread.ts';
import type { Turn } from '../../server/protocol/thread/turn.ts';
import type { SentMessage } from '../../server/protocol/thread/turnQueue.ts';
import type { PageSettings } from '../../webview/channel/pageState.ts';
import type { Client } from '../server/client.ts';
import { RpcError } from '../server/connection.ts';
import { ActiveThread } from './activeThread.ts';

function turn(id: string, status: Turn['status'] = 'completed'): Turn {
	return { id, items: [], itemsView: 'full', status, error: null, startedAt: 0, completedAt: 0, durationMs: 0 };
}

function thread(id: string, turns: Turn[] = []): Thread {
	return { id, turns, preview: '', name: null, cwd: '/w', status: { type: 'idle' } } as unknown as Thread;
}

const settings: PageSettings = { model: 'm', effort: null, approvalMode: 'auto' };

/** A client that answers from a script and remembers what it was asked. */
function fixture(
	answers: Partial<Record<ClientMethod, (params: never) => unknown>>,
	options: { threadId?: string; trusted?: boolean; takesOver?: boolean; turns?: readonly Turn[]; roots?: readonly string[] } = {},
) {
	const asked: { method: string; params: unknown }[] = [];
	const remembered: (string | null)[] = [];
	const defaults: Partial<Record<ClientMethod, (params: never) => unknown>> = {
		'thread/start': () => ({
			thread: thread('new'),
			model: 'm',
			reasoningEffort: null,
			approvalPolicy: 'on-request',
			sandbox: { type: 'workspaceWrite' },
		}),
		'thread/resume': () => ({
			thread: thread('t'),
			model: 'm2',
			reasoningEffort: 'low',
			approvalPolicy: 'never',
			sandbox: { type: 'dangerFullAccess' },
		}),
		'thread/turns/list': ({ cursor, limit }: { cursor: string | null; limit: number }) => {
			const newestFirst = (options.turns ?? []).toReversed();
			const start = cursor === null ? 0 : Number(cursor);
			const end = start + limit;
			return { data: newestFirst.slice(start, end), nextCursor: end < newestFirst.length ? String(end) : null, backwardsCursor: null };
		},
		'turn/start': () => ({ turn: turn('u1', 'inProgress') }),
		'turn/steer': () => ({ turnId: 'u1' }),
		'turn/queue/list': () => ({ messages: [], paused: false }),
		'turn/queue/add': () => ({ message: queued }),
	};
	const request = async (method: ClientMethod, params: unknown) => {
		asked.push({ method, params });
		const answer = answers[method] ?? defaults[method];
		assert.ok(answer !== undefined, `unexpected ${method}`);
		return answer(params as never);
	};
	const client = { request } as unknown as Client;
	const active = new ActiveThread(
		{
			ready: async () => client,
			folder: () => '/w',
			otherRoots: (cwd) => (options.roots ?? ['/w']).filter((root) => root !== cwd),
			trusted: () => options.trusted ?? true,
			assertMayRun: () => {
				if (options.trusted === false) throw new Error('restricted');
			},
			noQueue: () => 'no queue',
			mayTakeOver: async ({ host }) => {
				assert.equal(host, 'old-container');
				return options.takesOver ?? false;
			},
			configuredProvider: () => 'configured',
			defaults: () => settings,
			modeOf: () => ({}),
			rememberMode: () => {},
			rememberThread: (id) => remembered.push(id),
			rememberSettings: () => {},
			rememberModel: () => {},
		},
		options.threadId ?? null,
	);
	const methods = () => asked.map(({ method }) => method).filter((method) => method !== 'turn/queue/list');
	const params = (method: string) => asked.findLast((entry) => entry.method === method)?.params as Record<string, unknown>;
	return { active, methods, params, remembered };
}

const queued: SentMessage = { id: 's1', clientMessageId: 'm', input: [], state: 'queued', turnId: null, sentAtMs: 0 };
let lastMessage = 0;
function say(text: string, delivery: 'now' | 'queue' = 'now') {
	return { id: `m${++lastMessage}`, input: [{ type: 'text' as const, text, text_elements: [] }], delivery };
}

describe('active thread', () => {
	it('is begun by the first message, in the mode that is set', async () => {
		const { active, methods, params, remembered } = fixture({});
		assert.deepEqual(await active.send(say('hello')), { delivery: 'started' });
		assert.deepEqual(methods(), ['thread/start', 'turn/start']);
		assert.deepEqual(params('thread/start'), { cwd: '/w', model: 'm', approvalPolicy: 'on-request', sandbox: 'workspace-write' });
		assert.deepEqual([active.id, active.runningTurn, remembered.at(-1)], ['new', 'u1', 'new']);
	});

	it('may write in every folder of the workspace, and keeps what the configuration says besides', async () => {
		const sandbox = { type: 'workspaceWrite', writableRoots: ['/cache'], networkAccess: true };
		const start = () => ({ thread: thread('new'), model: 'm', reasoningEffort: null, approvalPolicy: 'on-request', sandbox });
		const { active, params } = fixture({ 'thread/start': start }, { roots: ['/w', '/other'] });
		await active.send(say('hello'));
		assert.deepEqual(params('turn/start')['sandboxPolicy'], { ...sandbox, writableRoots: ['/cache', '/other'] });
		active.notice({ method: 'turn/completed', params: { threadId: 'new', turn: turn('u1') } });
		await active.send(say('more'));
		assert.equal(params('turn/start')['sandboxPolicy'], undefined, 'said once');
		active.notice({ method: 'turn/completed', params: { threadId: 'new', turn: turn('u1') } });
		active.setApprovalMode('readOnly');
		await active.send(say('look'));
		assert.deepEqual(params('turn/start')['sandboxPolicy'], { type: 'readOnly', networkAccess: false });
	});

	it('makes one thread of two quick messages; the second steers', async () => {
		const { active, methods } = fixture({});
		const sent = await Promise.all([active.send(say('one')), active.send(say('two'))]);
		assert.deepEqual(sent, [{ delivery: 'started' }, { delivery: 'steered' }]);
		assert.deepEqual(methods(), ['thread/start', 'turn/start', 'turn/steer']);
	});

	it('begins a new turn when the running one ended before the message came', async () => {
		const { active, methods } = fixture({
			'turn/steer': () => {
				throw new RpcError(-32600, 'no active turn to steer', null);
			},
		});
		await active.send(say('one'));
		assert.deepEqual(await active.send(say('two')), { delivery: 'started' });
		assert.deepEqual(methods().slice(-2), ['turn/steer', 'turn/start']);
	});

	it('says so when a turn cannot be steered, and starts nothing', async () => {
		const { active, methods } = fixture({
			'turn/steer': () => {
				throw new RpcError(-32600, 'cannot steer a review turn', { codexErrorInfo: { activeTurnNotSteerable: { turnKind: 'review' } } });
			},
		});
		await active.send(say('one'));
		await assert.rejects(active.send(say('two')), /cannot steer/);
		assert.equal(methods().at(-1), 'turn/steer');
	});

	describe('that a server elsewhere has', () => {
		const held = (canBeTakenOver: boolean) => () => {
			throw new RpcError(-32600, 'worked on by another server', { reason: 'threadHeld', host: 'old-container', since: 1, canBeTakenOver });
		};

		it('is taken over when the person says so, and the message sent again', async () => {
			let refuse = true;
			const start = () => (refuse ? held(true)() : { turn: turn('u1', 'inProgress') });
			const resume = () => {
				refuse = false;
				return {};
			};
			const { active, methods, params } = fixture({ 'turn/start': start, 'thread/resume': resume }, { takesOver: true });
			assert.deepEqual(await active.send(say('hello')), { delivery: 'started' });
			assert.deepEqual(methods(), ['thread/start', 'turn/start', 'thread/resume', 'turn/start']);
			assert.deepEqual(params('thread/resume'), { threadId: 'new', excludeTurns: true, takeOver: true });
		});

		it('is left alone when the person does not, or when that server lives', async () => {
			const left = fixture({ 'turn/start': held(true) });
			await assert.rejects(left.active.send(say('hello')), /another server/);
			const alive = fixture({ 'turn/start': held(false) }, { takesOver: true });
			await assert.rejects(alive.active.send(say('hello')), /another server/);
			for (const { methods } of [left, alive]) assert.ok(!methods().includes('thread/resume'));
		});
	});

	it('sends after a send that failed', async () => {
		let fails = true;
		const { active } = fixture({
			'turn/start': () => {
				if (fails) throw new RpcError(-32603, 'broken', null);
				return { turn: turn('u2', 'inProgress') };
			},
		});
		await assert.rejects(active.send(say('one')), /broken/);
		fails = false;
		assert.deepEqual(await active.send(say('one')), { delivery: 'started' });
	});

	it('sends a message once, however often the page asks', async () => {
		const { active, params, methods } = fixture({});
		const message = say('one');
		await Promise.all([active.send(message), active.send(message)]);
		assert.deepEqual(await active.sent(message.id), { delivery: 'started' });
		assert.equal(params('turn/start').clientMessageId, message.id);
		assert.equal(methods().filter((method) => method === 'turn/start').length, 1);
		assert.equal(active.sent('other'), null);
	});

	it('queues behind the running turn, and shows what waits also before the server says so', async () => {
		const { active, methods } = fixture({});
		await active.send(say('one'));
		assert.deepEqual(await active.send(say('two', 'queue')), { delivery: 'queued' });
		assert.equal(methods().at(-1), 'turn/queue/add');
		assert.deepEqual(active.queue.state.messages, [queued]);
		active.notice({ method: 'turn/queue/updated', params: { threadId: 'new', messages: [], paused: false } });
		assert.deepEqual(active.queue.state.messages, []);
	});

	it('begins a turn with a message for the queue when none runs, with or without a queue', async () => {
		const one = fixture({ 'turn/queue/add': () => ({ message: { ...queued, state: 'accepted', turnId: 'u9' } }) });
		assert.deepEqual(await one.active.send(say('one', 'queue')), { delivery: 'started' });
		assert.deepEqual(await one.active.send(say('two')), { delivery: 'steered' });
		assert.deepEqual(one.methods(), ['thread/start', 'turn/queue/add', 'turn/steer']);
		const without = fixture({
			'turn/queue/list': () => {
				throw new RpcError(-32600, 'unknown variant', null);
			},
		});
		assert.deepEqual(await without.active.send(say('one', 'queue')), { delivery: 'started' });
		assert.deepEqual(without.methods(), ['thread/start', 'turn/start']);
	});

	it('says that a server has no queue, and sends nothing', async () => {
		const { active, methods } = fixture(
			{
				'turn/queue/list': () => {
					throw new RpcError(-32600, 'unknown variant', null);
				},
			},
			{ threadId: 't', turns: [turn('u1', 'inProgress')] },
		);
		await active.load();
		assert.equal(active.queue.state.available, false);
		await assert.rejects(active.send(say('later', 'queue')), /no queue/);
		assert.deepEqual(methods(), ['thread/resume', 'thread/turns/list']);
	});

	it('is found running after a reload, with the settings that it has', async () => {
		const { active } = fixture(
			{
				'thread/resume': () => ({
					thread: thread('t'),
					model: 'm2',
					reasoningEffort: 'low',
					approvalPolicy: 'never',
					sandbox: { type: 'dangerFullAccess' },
				}),
			},
			{ threadId: 't', turns: [turn('a'), turn('b', 'inProgress')] },
		);
		const loaded = await active.load();
		assert.equal(loaded.thread?.turns.length, 2);
		assert.equal(active.runningTurn, 'b');
		assert.deepEqual(active.settings, { model: 'm2', effort: 'low', approvalMode: 'fullAccess' });
		active.notice({ method: 'turn/completed', params: { threadId: 't', turn: turn('b') } });
		assert.equal(active.runningTurn, null);
	});

	it('can be read as it is stored while it takes a while to be live, and never falls back to that', async () => {
		const resumed = Promise.withResolvers<void>();
		const { active } = fixture(
			{
				'thread/read': () => ({ thread: thread('t') }),
				'thread/resume': async () => {
					await resumed.promise;
					return { thread: thread('t'), model: 'm2', reasoningEffort: null, approvalPolicy: 'never', sandbox: { type: 'dangerFullAccess' } };
				},
			},
			{ threadId: 't', turns: [turn('a')] },
		);
		const seen = Promise.withResolvers<readonly string[] | undefined>();
		const loaded = active.load((stored) => seen.resolve(stored.thread?.turns.map(({ id }) => id)));
		assert.deepEqual(await seen.promise, ['a']);
		resumed.resolve();
		assert.equal((await loaded).thread?.turns.length, 1);
		let late = 0;
		const failing = fixture({ 'thread/read': () => assert.fail('gone') }, { threadId: 't', turns: [] });
		assert.equal((await failing.active.load(() => late++)).thread?.id, 't');
		assert.equal(late, 0);
	});

	it('gives long threads page by page', async () => {
		const turns = Array.from({ length: 70 }, (_, i) => turn(`u${i}`));
		const { active, methods, params } = fixture({}, { threadId: 't', turns });
		const ids: string[] = [];
		const first = await active.load();
		ids.unshift(...(first.thread?.turns.map(({ id }) => id) ?? []));
		for (let cursor = first.olderTurns; cursor !== null; ) {
			const page = await active.loadOlder(cursor);
			ids.unshift(...page.turns.map(({ id }) => id));
			cursor = page.cursor;
		}
		assert.deepEqual(
			ids,
			turns.map(({ id }) => id),
		);
		assert.deepEqual(methods(), ['thread/resume', 'thread/turns/list', 'thread/turns/list', 'thread/turns/list']);
		assert.deepEqual(params('thread/resume'), { threadId: 't', excludeTurns: true });
	});

	it('sends what was picked with the next turn, once', async () => {
		const { active, params } = fixture({}, { threadId: 't' });
		await active.load();
		active.setModel('better', 'high');
		active.setApprovalMode('readOnly');
		await active.send(say('one'));
		const { input: _, clientMessageId: __, ...sent } = params('turn/start');
		assert.deepEqual(sent, {
			threadId: 't',
			model: 'better',
			effort: 'high',
			approvalPolicy: 'on-request',
			sandboxPolicy: { type: 'readOnly', networkAccess: false },
		});
		active.notice({ method: 'turn/completed', params: { threadId: 't', turn: turn('u1') } });
		await active.send(say('two'));
		assert.deepEqual(Object.keys(params('turn/start')).sort(), ['clientMessageId', 'input', 'threadId']);
	});

	it('changes its provider with the next turn, and names it once', async () => {
		const { active, params } = fixture({}, { threadId: 't' });
		await active.load();
		active.setModel('far', null, 'other');
		assert.equal(active.provider, 'other');
		await active.send(say('one'));
		assert.deepEqual([params('turn/start')['model'], params('turn/start')['modelProvider']], ['far', 'other']);
		active.notice({ method: 'turn/completed', params: { threadId: 't', turn: turn('u1') } });
		await active.send(say('two'));
		assert.equal(params('turn/start')['modelProvider'], undefined);
		assert.equal(active.provider, 'other');
	});

	it('plans until the person chooses otherwise', async () => {
		const { active, params } = fixture({});
		active.setMode('plan');
		await active.send(say('one'));
		assert.equal((params('turn/start').collaborationMode as { mode: string }).mode, 'plan');
		for (const mode of ['plan', 'default'] as const) {
			active.notice({ method: 'turn/completed', params: { threadId: 'new', turn: turn('u1') } });
			active.setMode(mode);
			await active.send(say('two'));
			assert.equal((params('turn/start').collaborationMode as { mode: string }).mode, mode);
		}
		active.notice({ method: 'turn/completed', params: { threadId: 'new', turn: turn('u1') } });
		await active.send(say('three'));
		assert.equal(params('turn/start').collaborationMode, undefined);
	});

	it('is only read in Restricted Mode', async () => {
		const { active, methods } = fixture({ 'thread/read': () => ({ thread: thread('t') }) }, { threadId: 't', trusted: false });
		await active.load();
		await assert.rejects(active.send(say('run')), /restricted/);
		assert.deepEqual(methods(), ['thread/read', 'thread/turns/list']);
	});

	it('is given up when the server does not know it any more', async () => {
		const { active, remembered } = fixture(
			{
				'thread/resume': () => {
					throw new RpcError(-32600, 'thread not found', null);
				},
			},
			{ threadId: 't' },
		);
		await assert.rejects(active.load(), /not found/);
		assert.deepEqual(remembered, [null]);
		assert.deepEqual(await active.load(), { thread: null, olderTurns: null });
	});

	it('takes no notice of other threads', async () => {
		const { active } = fixture({}, { threadId: 't' });
		assert.equal(active.notice({ method: 'turn/started', params: { threadId: 'x', turn: turn('q', 'inProgress') } }), false);
		assert.equal(active.runningTurn, null);
	});
});

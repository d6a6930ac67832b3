import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, describe, it } from 'mocha';
import type { AppServerProcess, Message } from '../../support/appServerProcess.ts';
import { type ServerFixture, serverFixture } from '../../support/serverFixture.ts';

const copilot = {
	id: 'gpt-x',
	name: 'GPT X',
	vendor: 'copilot',
	family: 'gpt',
	version: '1',
	maxInputTokens: 64_000,
	supportsTools: true,
	supportsImages: false,
};
const input = [{ type: 'text', text: 'go', text_elements: [] }];

type Part = Readonly<Record<string, unknown>>;

describe('models that a client serves', () => {
	let fixture: ServerFixture;
	afterEach(() => fixture.dispose());

	/** A window whose model says these parts, one list of them for each request. */
	const started = async (answers: ((server: AppServerProcess, request: Message['params']) => Promise<object> | object)[]) => {
		fixture = await serverFixture([], { model_provider: '"vscode"', model: '"gpt-x"' });
		const server = fixture.start();
		await server.initialize({ experimentalApi: true, languageModels: true });
		server.answer('languageModel/list', () => ({ models: [copilot, { ...copilot, id: 'no-tools', supportsTools: false }] }));
		server.answer(
			'languageModel/request',
			(params) => answers.shift()?.(server, params) ?? { status: 'failed', reason: 'other', message: 'no more' },
		);
		return server;
	};
	const say =
		(...parts: readonly Part[]) =>
		async (server: AppServerProcess, { requestId }: Message['params']) => {
			for (const part of parts)
				server.send({ id: `part-${requestId}-${parts.indexOf(part)}`, method: 'languageModel/part', params: { requestId, parts: [part] } });
			return { status: 'completed', parts: parts.length, usage: { inputTokens: 50, outputTokens: 5 } };
		};
	const requests = (server: AppServerProcess) =>
		server.received.filter(({ method }) => method === 'languageModel/request').map(({ params }) => params);

	it('are listed, work with tools, and count', async () => {
		const server = await started([
			say(
				{ type: 'thinking', text: 'Hm.' },
				{ type: 'text', text: 'I make ' },
				{ type: 'text', text: 'it.' },
				{ type: 'toolCall', callId: 'c', name: 'exec_command', input: { cmd: 'printf made > a.txt' } },
			),
			say({ type: 'text', text: 'Done.' }),
		]);
		const { data } = await server.request('model/list');
		assert.deepEqual(
			data.map((model: { id: string; displayName: string }) => [model.id, model.displayName]),
			[
				['gpt-x', 'GPT X'],
				['no-tools', 'GPT X'],
			],
		);
		assert.equal((await server.request('model/list', { modelProvider: 'vscode' })).data.length, 2);
		const threadId = await server.startThread(fixture.home);
		const turn = await server.runTurn(threadId, 'Make it.');
		assert.equal(turn.status, 'completed', JSON.stringify(turn.error));
		assert.equal(await readFile(path.join(fixture.home.workspace, 'a.txt'), 'utf8'), 'made');
		const [first, second] = requests(server);
		assert.equal(first.model, 'gpt-x');
		assert.equal(first.messages[0].role, 'user');
		assert.ok(first.tools.some(({ name }: { name: string }) => name === 'exec_command'));
		assert.deepEqual(
			second.messages.slice(-2).map(({ role, content }: { role: string; content: { type: string }[] }) => [role, ...content.map(({ type }) => type)]),
			[
				['assistant', 'text', 'toolCall'],
				['user', 'toolResult'],
			],
		);
		const usage = server.received.filter(({ method }) => method === 'thread/tokenUsage/updated').at(-1)?.params.tokenUsage;
		assert.deepEqual([usage.total.inputTokens, usage.total.outputTokens, usage.modelContextWindow], [100, 10, 60_800]);
		const { thread } = await server.request('thread/read', { threadId, includeTurns: true });
		assert.deepEqual(
			thread.turns[0].items.map(({ type }: { type: string }) => type),
			['userMessage', 'reasoning', 'agentMessage', 'commandExecution', 'agentMessage'],
		);
	});

	it('are stopped with their turn, and what they still say is dropped', async () => {
		const asked = Promise.withResolvers<string>();
		const server = await started([
			(_, { requestId }) => {
				asked.resolve(requestId);
				return new Promise(() => {});
			},
			say({ type: 'text', text: 'Later.' }),
		]);
		const threadId = await server.startThread(fixture.home);
		const { turn } = await server.request('turn/start', { threadId, input });
		const requestId = await asked.promise;
		await server.request('turn/interrupt', { threadId, turnId: turn.id });
		await server.waitForNotification('languageModel/cancelled', (params) => params.requestId === requestId);
		assert.deepEqual(await server.request('languageModel/part', { requestId, parts: [{ type: 'text', text: 'Too late.' }] }), {});
		assert.equal((await server.runTurn(threadId, 'again')).status, 'completed');
		assert.ok(!server.received.some(({ params }) => JSON.stringify(params ?? {}).includes('Too late.')));
	});

	it('fail in words that say what to do, and of the right kind', async () => {
		const failures = [
			['consent', 'unauthorized'],
			['quota', 'usageLimitExceeded'],
			['notFound', 'badRequest'],
			['tooLong', 'contextWindowExceeded'],
			['blocked', 'other'],
		] as const;
		const server = await started(
			failures.map(([reason]) => () => ({ status: 'failed', reason, message: `because of ${reason}` })),
		);
		for (const [reason, kind] of failures) {
			const threadId = await server.startThread(fixture.home);
			const { status, error } = await server.runTurn(threadId, 'go');
			assert.deepEqual([status, error.codexErrorInfo, error.message], ['failed', kind, `because of ${reason}`]);
		}
	});

	it('are not there without a client that serves them', async () => {
		fixture = await serverFixture([], { model_provider: '"vscode"', model: '"gpt-x"' });
		const server = fixture.start();
		await server.initialize();
		assert.deepEqual((await server.request('model/list')).data, []);
		const { status, error } = await server.runTurn(await server.startThread(fixture.home), 'go');
		assert.equal(status, 'failed');
		assert.match(error.message, /only while a VS Code window is connected/);
	});
});

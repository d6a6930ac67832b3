import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'mocha';
import { Gate, type ReceivedRequest, type Reply, respond, say } from '../../support/model/fakeModelServer.ts';
import { execCommand, functionCall, message } from '../../support/model/modelEvents.ts';
import { type ServerFixture, serverFixture } from '../../support/serverFixture.ts';

const ofAgent = (request: ReceivedRequest) => JSON.stringify(request.body.input).includes('started by another agent');
const outputs = (request: ReceivedRequest | undefined) =>
	((request?.body.input ?? []) as { type: string; output?: string }[]).flatMap((item) =>
		item.type === 'function_call_output' ? [String(item.output)] : [],
	);
const agentIds = (request: ReceivedRequest) => outputs(request).flatMap((output) => /"agent_id":"([^"]+)"/.exec(output)?.[1] ?? []);

/** Two scripts: that of the person's thread, and that of its agents. */
function scripts(main: ((request: ReceivedRequest) => Reply)[], agent: Reply[]): ((request: ReceivedRequest) => Reply)[] {
	const next = (request: ReceivedRequest): Reply => {
		const reply = ofAgent(request) ? agent.shift() : main.shift()?.(request);
		return reply ?? say('Nothing more.');
	};
	return Array.from({ length: main.length + agent.length + 4 }, () => next);
}

describe('agents', () => {
	let fixture: ServerFixture;
	afterEach(() => fixture.dispose());

	async function start(main: ((request: ReceivedRequest) => Reply)[], agent: Reply[], config: Record<string, string> = {}) {
		fixture = await serverFixture(scripts(main, agent), config);
		const server = fixture.start();
		await server.initialize();
		return { server, threadId: await server.startThread(fixture.home) };
	}
	const lastOutputs = () => outputs(fixture.model.requests.findLast((request) => !ofAgent(request)));

	it('work in threads of their own, and their result comes back', async () => {
		const { server, threadId } = await start(
			[
				() => respond(functionCall('spawn_agent', { message: 'Count the files.', agent_type: 'explorer', reasoning_effort: 'low' })),
				(request) => respond(functionCall('wait_agent', { targets: agentIds(request) }, 'call_2')),
				() => say('There are seven.'),
			],
			[say('Seven files.')],
		);
		await server.runTurn(threadId, 'how many files?');
		assert.match(lastOutputs()[1] ?? '', /^\{"status":\{"[^"]+":\{"completed":"Seven files\."\}\},"timed_out":false\}$/);
		const request = fixture.model.requests.find(ofAgent);
		const tools = (request?.body.tools ?? []) as { name: string }[];
		assert.ok(!tools.some((tool) => tool.name === 'spawn_agent'), 'an agent of an agent is one too many');
		assert.deepEqual((request?.body.reasoning as { effort: string }).effort, 'low');
		const { data } = await server.request('thread/list', { sourceKinds: ['subAgentThreadSpawn'] });
		assert.equal(data.length, 1);
		assert.equal(data[0].source.subAgent.thread_spawn.parent_thread_id, threadId);
		assert.equal(data[0].agentRole, 'explorer');
		assert.ok(data[0].agentNickname.length > 0);
		assert.deepEqual(
			(await server.request('thread/list', {})).data.map((thread: { id: string }) => thread.id),
			[threadId],
		);
		const { thread } = await server.request('thread/read', { threadId, includeTurns: true });
		const spawn = thread.turns[0].items.find((item: { tool?: string }) => item.tool === 'spawnAgent');
		assert.deepEqual([spawn.status, spawn.model, spawn.reasoningEffort, spawn.receiverThreadIds], ['completed', 'gpt-5.4', 'low', [data[0].id]]);
	});

	it('ask the person through the client of the thread that started them', async () => {
		const { server, threadId } = await start(
			[
				() => respond(functionCall('spawn_agent', { message: 'Make a file.' })),
				(request) => respond(functionCall('wait_agent', { targets: agentIds(request) }, 'call_2')),
				() => say('Done.'),
			],
			[respond(execCommand('touch made.txt')), say('Made.')],
			{ approval_policy: '"untrusted"' },
		);
		server.answer('item/commandExecution/requestApproval', () => ({ decision: 'decline' }));
		await server.runTurn(threadId, 'go');
		const asked = await server.waitForServerRequest('item/commandExecution/requestApproval');
		const started = server.received.find((each) => each.method === 'thread/started' && each.params.thread.id === asked.params.threadId);
		assert.notEqual(asked.params.threadId, threadId);
		assert.equal(asked.params.reason, `Asked by the agent ${started?.params.thread.agentNickname}.`);
		assert.ok(outputs(fixture.model.requests.findLast(ofAgent))[0]?.includes('rejected by user'));
	});

	it('stop when the turn that started them is stopped', async () => {
		const [gate, waiting] = [new Gate(), new Gate()];
		const { server, threadId } = await start(
			[() => respond(functionCall('spawn_agent', { message: 'Work long.' })), () => respond(waiting)],
			[respond(gate)],
		);
		const { turn } = await server.request('turn/start', { threadId, input: [{ type: 'text', text: 'go', text_elements: [] }] });
		await Promise.all([gate.reached(), waiting.reached()]);
		await server.request('turn/interrupt', { threadId, turnId: turn.id });
		const ended = await server.waitForNotification('turn/completed', (params) => params.threadId !== threadId);
		assert.equal(ended.params.turn.status, 'interrupted');
	});

	it('are opened again after a restart, with what they did', async () => {
		const { server, threadId } = await start(
			[
				() => respond(functionCall('spawn_agent', { message: 'Remember 42.' })),
				(request) => respond(functionCall('wait_agent', { targets: agentIds(request) }, 'call_2')),
				() => say('It does.'),
				(request) => respond(functionCall('send_input', { target: agentIds(request)[0], message: 'What was it?' }, 'call_3')),
				(request) => respond(functionCall('resume_agent', { id: agentIds(request)[0] }, 'call_4')),
				(request) => respond(functionCall('send_input', { target: agentIds(request)[0], message: 'What was it?' }, 'call_5')),
				(request) => respond(functionCall('wait_agent', { targets: agentIds(request) }, 'call_6')),
				() => say('42.'),
			],
			[say('I remember 42.'), say('It was 42.')],
		);
		await server.runTurn(threadId, 'go');
		await server.close();
		const next = fixture.start();
		await next.initialize();
		await next.request('thread/resume', { threadId });
		await next.runTurn(threadId, 'ask it');
		const told = lastOutputs();
		assert.match(told[2] ?? '', /not found/);
		assert.equal(told[3], '{"status":"pending_init"}');
		assert.match(told[5] ?? '', /It was 42\./);
		const requests = fixture.model.requests.filter(ofAgent);
		assert.ok(JSON.stringify(requests[1]?.body.input).includes('Remember 42.'));
		assert.equal(requests[1]?.body.instructions, requests[0]?.body.instructions);
	});

	it('are limited in number, and a model reaches only its own', async () => {
		const { server, threadId } = await start(
			[
				() => respond(functionCall('spawn_agent', { message: 'One.' }), functionCall('spawn_agent', { message: 'Two.' }, 'call_2')),
				(request) =>
					respond(functionCall('close_agent', { target: agentIds(request)[0] }, 'call_3'), functionCall('resume_agent', { id: threadId }, 'call_4')),
				() =>
					respond(
						functionCall('spawn_agent', { message: ' ' }, 'call_5'),
						functionCall('spawn_agent', { message: 'x', agent_type: 'king' }, 'call_6'),
					),
				() => say('Done.'),
			],
			[say('One is done.')],
			{ agents: '{ max_threads = 1 }' },
		);
		await server.runTurn(threadId, 'go');
		const [, second, closed, foreign, empty, role] = lastOutputs();
		assert.match(second ?? '', /1 agents are open, which is the limit/);
		assert.match(closed ?? '', /previous_status/);
		assert.match(foreign ?? '', /not found/);
		assert.match(empty ?? '', /empty message/);
		assert.match(role ?? '', /unknown agent_type 'king'; there are default, explorer, worker/);
	});

	it('that finish unwatched tell their thread, and can begin with what it knows', async () => {
		const { server, threadId } = await start(
			[
				() => say('Hello.'),
				() => respond(functionCall('spawn_agent', { message: 'Go on.', fork_context: true })),
				() => say('Started.'),
				() => say('I know.'),
			],
			[respond(message('Went on.'))],
		);
		await server.runTurn(threadId, 'the secret word is banana');
		await server.runTurn(threadId, 'start one');
		await server.waitForNotification('turn/completed', (params) => params.threadId !== threadId);
		await server.runTurn(threadId, 'and?');
		assert.ok(JSON.stringify(fixture.model.requests.find(ofAgent)?.body.input).includes('banana'));
		const told = JSON.stringify(fixture.model.requests.findLast((request) => !ofAgent(request))?.body.input);
		assert.ok(told.includes('subagent_notification') && told.includes('Went on.'));
	});
});

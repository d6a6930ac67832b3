import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'mocha';
import type { AppServerProcess } from '../../support/appServerProcess.ts';
import { fakeModelConfig } from '../../support/model/fakeModelConfig.ts';
import { Gate, httpError, respond, say, type ScriptEntry } from '../../support/model/fakeModelServer.ts';
import { applyPatch, created, execCommand, itemAdded, message, reasoning } from '../../support/model/modelEvents.ts';
import { type ServerFixture, serverFixture } from '../../support/serverFixture.ts';

const input = [{ type: 'text', text: 'go', text_elements: [] }];
const patch = '*** Begin Patch\n*** Add File: new.txt\n+hello\n*** End Patch\n';
const half = () => [created(), ...reasoning(['Hm.']), ...message('Half', 'm').slice(0, 2), new Gate()];
const callUnderWay = { type: 'custom_tool_call', id: 'ctc', call_id: 'call_1', name: 'apply_patch', input: '' };

interface Case {
	readonly name: string;
	readonly script: readonly ScriptEntry[];
	readonly params?: Readonly<Record<string, unknown>>;
	readonly capabilities?: Readonly<Record<string, unknown>>;
	readonly config?: (text: string) => string;
	/** Resolves when the turn is where it is to be stopped. */
	reached(server: AppServerProcess): Promise<unknown>;
	/** Whether somebody is being asked. */
	readonly asks?: true;
}

const cases: readonly Case[] = [
	{
		name: 'before the model has said anything',
		script: [{ steps: [created(), new Gate()] }],
		reached: (server) => server.waitForNotification('turn/started'),
	},
	{ name: 'in the middle of a message', script: [{ steps: half() }], reached: (server) => server.waitForNotification('item/agentMessage/delta') },
	{
		name: 'in the middle of a call that the model still writes',
		script: [{ steps: [created(), itemAdded(callUnderWay), ...applyPatch(patch).slice(1, 2), new Gate()] }],
		reached: (server) => server.waitForNotification('item/started', ({ item }) => item.type === 'fileChange' || item.type === 'userMessage'),
	},
	{
		name: 'in the middle of two commands',
		script: [respond(...execCommand('sleep 60', { callId: 'a' }), ...execCommand('sleep 61', { callId: 'b' }))],
		reached: (server) => server.waitForNotification('item/started', ({ item }) => item.type === 'commandExecution'),
	},
	{
		name: 'while a person is asked',
		script: [respond(...execCommand('touch made'))],
		params: { approvalPolicy: 'untrusted' },
		reached: (server) => server.waitForServerRequest('item/commandExecution/requestApproval'),
		asks: true,
	},
	{
		name: 'while an editor writes a patch',
		script: [respond(...applyPatch(patch))],
		capabilities: { experimentalApi: true, applyFileChanges: true },
		reached: (server) => server.waitForServerRequest('item/fileChange/apply'),
	},
	{
		name: 'while it waits to try again',
		script: [httpError(429, { error: { message: 'busy' } }, { 'retry-after': '200' })],
		config: (text) => text.replace('stream_max_retries = 0', 'stream_max_retries = 3').replace('request_max_retries = 0', 'request_max_retries = 3'),
		reached: (server) => server.waitForNotification('error', ({ willRetry }) => willRetry),
	},
];

describe('a turn that is stopped', () => {
	let fixture: ServerFixture;
	afterEach(() => fixture.dispose());

	for (const { name, script, params, capabilities, config, reached, asks } of cases)
		it(`${name} leaves nothing open, asks the model nothing more, and the thread goes on`, async () => {
			fixture = await serverFixture([...script, say('Back.')]);
			if (config) await fixture.home.config(config(fakeModelConfig(fixture.model.url)));
			const server = fixture.start();
			await server.initialize(capabilities);
			const threadId = await server.startThread(fixture.home, params);
			const { turn } = await server.request('turn/start', { threadId, input });
			await fixture.model.request(1);
			await reached(server);
			await server.request('turn/interrupt', { threadId, turnId: turn.id });
			const { params: done } = await server.waitForNotification('turn/completed');
			assert.equal(done.turn.status, 'interrupted');

			const end = server.received.findIndex(({ method }) => method === 'turn/completed');
			const ids = (method: string) =>
				server.received
					.slice(0, end)
					.flatMap((each) => (each.method === method ? [each.params.item.id as string] : []))
					.sort();
			assert.deepEqual(ids('item/completed'), ids('item/started'));
			if (asks) assert.ok(server.received.slice(0, end).some(({ method }) => method === 'serverRequest/resolved'));
			assert.deepEqual(
				server.received.slice(end + 1).filter(({ method }) => method?.startsWith('item/')),
				[],
			);
			const { thread } = await server.request('thread/read', { threadId, includeTurns: true });
			for (const item of thread.turns[0].items) assert.notEqual(item.status, 'inProgress');

			// One request more, and it holds an output for every call.
			assert.equal((await server.runTurn(threadId, 'again')).status, 'completed');
			assert.equal(fixture.model.requests.length, 2);
			const sent = (fixture.model.requests[1]?.body.input ?? []) as readonly { readonly type: string; readonly call_id?: string }[];
			const calls = (kind: RegExp) => sent.flatMap(({ type, call_id: id }) => (kind.test(type) ? [id] : []));
			assert.deepEqual(calls(/_output$/), calls(/_call$/));
		});
});

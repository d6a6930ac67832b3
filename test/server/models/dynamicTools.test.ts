import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'mocha';
import { respond, say } from '../../support/model/fakeModelServer.ts';
import { itemDone, message } from '../../support/model/modelEvents.ts';
import { type ServerFixture, serverFixture } from '../../support/serverFixture.ts';

const inputSchema = { type: 'object', properties: { q: { type: 'string' } }, required: ['q'] };
const tool = (rest: object) => ({ name: 'lookup', description: 'Looks something up.', inputSchema, ...rest });
const call = (namespace: string | null, name: string, callId: string) =>
	itemDone({ type: 'function_call', call_id: callId, name, arguments: '{"q":"x"}', ...(namespace === null ? {} : { namespace }) });
const text = (value: string) => ({ contentItems: [{ type: 'inputText', text: value }], success: true });
const outputs = (input: readonly unknown[] | undefined) =>
	(input ?? []).filter((item) => (item as { type: string }).type === 'function_call_output') as { call_id: string; output: unknown }[];

describe('tools of the client', () => {
	let fixture: ServerFixture;
	afterEach(() => fixture.dispose());

	async function startThread(server: ReturnType<ServerFixture['start']>, dynamicTools: object[]): Promise<string> {
		const { thread } = await server.request('thread/start', { cwd: fixture.home.workspace, dynamicTools });
		return thread.id;
	}

	it('with one name in two namespaces are told apart, at the client and by the model', async () => {
		fixture = await serverFixture([respond(call('alpha', 'lookup', 'c1'), call('beta', 'lookup', 'c2'), call(null, 'lookup', 'c3')), say('Done.')]);
		const server = fixture.start();
		await server.initialize();
		server.answer('item/tool/call', (params) => text(`${params.namespace}/${params.tool}`));
		const threadId = await startThread(server, [tool({ namespace: 'alpha' }), tool({ namespace: 'beta' }), tool({})]);
		await server.runTurn(threadId, 'go');
		assert.deepEqual(
			outputs(fixture.model.requests[1]?.body.input).map((item) => item.output),
			['alpha/lookup', 'beta/lookup', 'null/lookup'],
		);
	});

	it('stay with the thread, also those that have to be searched for, when it is resumed by another server', async () => {
		const deferred = tool({ namespace: 'gamma', name: 'weather', description: 'Weather of a city.', deferLoading: true });
		fixture = await serverFixture([
			say('Hello.'),
			respond(itemDone({ type: 'tool_search_call', call_id: 's1', execution: 'client', status: 'completed', arguments: { query: 'weather' } })),
			respond(call('gamma', 'weather', 'c1')),
			say('Sunny.'),
		]);
		const first = fixture.start();
		await first.initialize();
		const threadId = await startThread(first, [deferred]);
		await first.runTurn(threadId, 'hello');
		await first.close();
		const second = fixture.start();
		await second.initialize();
		second.answer('item/tool/call', () => text('sunny'));
		await second.request('thread/resume', { threadId });
		await second.runTurn(threadId, 'how is the weather?');
		const offered = JSON.stringify(fixture.model.requests[1]?.body.tools);
		assert.ok(offered.includes('"tool_search"') && !offered.includes('"weather"'));
		const found = (fixture.model.requests[2]?.body.input ?? []).find((item) => (item as { type: string }).type === 'tool_search_output');
		assert.ok(JSON.stringify(found).includes('"name":"weather"'));
		assert.deepEqual(
			outputs(fixture.model.requests[3]?.body.input).map((item) => item.output),
			['sunny'],
		);
	});

	it('keep what their namespace says of them, offered, found and in the records of both forms', async () => {
		for (const historyMode of ['legacy', 'paginated']) {
			fixture = await serverFixture([
				respond(itemDone({ type: 'tool_search_call', call_id: 's1', execution: 'client', status: 'completed', arguments: { query: 'weather' } })),
				say('Found.'),
				say('Still here.'),
			]);
			const namespace = {
				type: 'namespace',
				name: 'gamma',
				description: 'All about a place.',
				tools: [
					{ type: 'function', name: 'lookup', description: 'Looks it up.', inputSchema },
					{ type: 'function', name: 'weather', description: 'Weather of a city.', inputSchema, deferLoading: true },
				],
			};
			const first = fixture.start();
			await first.initialize();
			const { thread } = await first.request('thread/start', { cwd: fixture.home.workspace, historyMode, dynamicTools: [namespace] });
			await first.runTurn(thread.id, 'go');
			await first.close();
			const second = fixture.start();
			await second.initialize();
			await second.request('thread/resume', { threadId: thread.id });
			await second.runTurn(thread.id, 'again');
			const said = (value: unknown) => JSON.stringify(value).includes('"name":"gamma","description":"All about a place."');
			for (const [index, { body }] of fixture.model.requests.entries()) assert.ok(said(body.tools), `${historyMode}: request ${index}`);
			const found = (fixture.model.requests[1]?.body.input ?? []).find((item) => (item as { type: string }).type === 'tool_search_output');
			assert.ok(said(found), historyMode);
			if (historyMode === 'legacy') await fixture.dispose();
		}
	});

	it('in a namespace without any, or in two of one name, are refused', async () => {
		fixture = await serverFixture();
		const server = fixture.start();
		await server.initialize();
		const namespace = (tools: object[]) => ({ type: 'namespace', name: 'ns', description: 'Some.', tools });
		const refusal = async (dynamicTools: object[]) =>
			(await server.requestError('thread/start', { cwd: fixture.home.workspace, dynamicTools })).message;
		assert.match(await refusal([namespace([])]), /namespace has no tool: ns/);
		assert.match(
			await refusal([namespace([tool({ type: 'function' })]), namespace([tool({ type: 'function', name: 'other' })])]),
			/two dynamic tool namespaces of one name: ns/,
		);
	});

	it('fail with the turn that is stopped, and stay in the thread', async () => {
		fixture = await serverFixture([respond(call(null, 'lookup', 'c1')), respond(message('Done.'))]);
		const server = fixture.start();
		await server.initialize();
		const threadId = await startThread(server, [tool({})]);
		server.answer('item/tool/call', () => new Promise(() => {}));
		const { turn } = await server.request('turn/start', { threadId, input: [{ type: 'text', text: 'go' }] });
		await server.waitForServerRequest('item/tool/call');
		await server.request('turn/interrupt', { threadId, turnId: turn.id });
		const { thread } = await server.request('thread/read', { threadId, includeTurns: true });
		const item = thread.turns[0].items.find((each: { type: string }) => each.type === 'dynamicToolCall');
		assert.equal(item.status, 'failed');
		assert.equal(thread.turns[0].status, 'interrupted');
	});

	it('cannot take the place of ours', async () => {
		fixture = await serverFixture([say('Done.')]);
		const server = fixture.start();
		await server.initialize();
		const threadId = await startThread(server, [tool({ name: 'exec_command' })]);
		await server.runTurn(threadId, 'go');
		const offered = (fixture.model.requests[0]?.body.tools ?? []) as { name?: string; description?: string }[];
		assert.equal(offered.filter((each) => each.name === 'exec_command').length, 1);
		assert.notEqual(offered.find((each) => each.name === 'exec_command')?.description, 'Looks something up.');
	});
});

import assert from 'node:assert/strict';
import { after, describe, it } from 'mocha';
import { NodeProcessHost } from '../exec/processHost.ts';
import { McpConnection, type ServerState } from './connection.ts';
import { DECLINED, type ElicitationReply, type ElicitationRequest } from './calls/elicitation.ts';
import { connect } from './sdk/sdkClient.ts';
import { readServers } from './serverConfig.ts';

// A server in a few lines: what it does is the text of its program.
const PRELUDE = `
const send = (m) => process.stdout.write(JSON.stringify({ jsonrpc: '2.0', ...m }) + '\\n');
const handlers = { initialize: (p) => ({ protocolVersion: p.protocolVersion, capabilities: { tools: { listChanged: true } }, serverInfo: { name: 'test', version: '1' } }), 'tools/list': () => ({ tools }), ping: () => ({}) };
let tools = [{ name: 'one', inputSchema: { type: 'object' } }];
require('node:readline').createInterface({ input: process.stdin }).on('line', async (line) => {
	const m = JSON.parse(line);
	if (m.method === 'notifications/cancelled') process.stderr.write('cancelled ' + m.params.requestId + '\\n');
	if (m.method === undefined) return answered(m);
	if (m.id === undefined) return;
	try { const r = await handlers[m.method](m.params, m.id); if (r !== undefined) send({ id: m.id, result: r }); } catch (e) { send({ id: m.id, error: { code: -32000, message: e.message } }); }
}).on('close', () => process.exit(0));
let answered = () => {};
`;

const host = new NodeProcessHost();
after(() => host.dispose());

interface Opened {
	readonly connection: McpConnection;
	readonly states: ServerState[];
	readonly log: string[];
	lists: number;
}

function open(
	program: string,
	{ entry = {}, elicit }: { entry?: object; elicit?: (request: ElicitationRequest) => Promise<ElicitationReply> } = {},
): Opened {
	const { servers } = readServers({ test: { command: process.execPath, args: ['-e', `${PRELUDE}${program}`], ...entry } });
	const opened: { connection?: McpConnection; states: ServerState[]; log: string[]; lists: number } = { states: [], log: [], lists: 0 };
	opened.connection = new McpConnection(servers[0]!, {
		cwd: process.cwd(),
		ports: {
			connect: () => Promise.resolve(connect),
			host,
			fetch,
			env: process.env,
			version: '1',
			tokens: null,
			elicit: (request) => elicit?.(request) ?? Promise.resolve(DECLINED),
			mayStart: () => Promise.resolve(null),
			stateChanged: (state) => opened.states.push(state),
			listsChanged: () => opened.lists++,
			learned: () => {},
			log: (line) => opened.log.push(line),
			redact: (text) => text,
			now: () => performance.now(),
		},
	});
	return opened as Opened;
}

const never = new AbortController().signal;
const request = (tool = 'one', signal = never) => ({ tool, arguments: {}, meta: {}, signal, onProgress: () => {} });
const states = ({ states: all }: Opened) => all.map(({ type }) => type);

describe('a connection to an MCP server', () => {
	it('gives the facts of an error along with its words', async () => {
		const opened = open(
			`handlers['tools/call'] = (p, id) => { send({ id, error: { code: -32602, message: 'refused', data: { missing: ['city'] } } }); };`,
		);
		await assert.rejects(opened.connection.call(request()), { message: 'refused ({"missing":["city"]})', code: -32602 });
		await opened.connection.close();
	});

	it('tells a server that a call took too long, and goes on', async () => {
		const opened = open(`handlers['tools/call'] = (p) => (p.name === 'slow' ? undefined : { content: [] });`, { entry: { tool_timeout_sec: 0.2 } });
		await opened.connection.start();
		await assert.rejects(opened.connection.call(request('slow')), /timed out awaiting tools\/call after 0.2 s/);
		assert.deepEqual(await opened.connection.call(request('quick')), { content: [] });
		await opened.connection.close();
		assert.ok(
			opened.log.some((line) => /^cancelled \d+$/.test(line)),
			opened.log.join('\n'),
		);
	});

	it('tells a server that a call was stopped', async () => {
		const opened = open(`handlers['tools/call'] = () => { process.stderr.write('called\\n'); };`);
		await opened.connection.start();
		const stop = new AbortController();
		const call = opened.connection.call(request('one', stop.signal));
		stop.abort(new Error('stopped'));
		await assert.rejects(call);
		await opened.connection.close();
		assert.ok(
			opened.log.some((line) => /^cancelled \d+$/.test(line)),
			opened.log.join('\n'),
		);
	});

	it('fails the calls of a server that dies, and starts it again for the next one', async () => {
		const opened = open(`handlers['tools/call'] = (p) => (p.name === 'die' ? process.exit(3) : { content: [process.pid] });`);
		await opened.connection.start();
		await assert.rejects(opened.connection.call(request('die')), /ended during the call: the program ended with exit code 3/);
		assert.equal((await opened.connection.call(request())).content.length, 1);
		assert.deepEqual(states(opened), ['starting', 'ready', 'failed', 'starting', 'ready']);
		await opened.connection.close();
	});

	it('says what a server that does not start did, and does not try again at once', async () => {
		const opened = open('process.exit(4)');
		await opened.connection.start();
		await opened.connection.start();
		await opened.connection.start();
		await assert.rejects(opened.connection.call(request()), /could not be started.*the next attempt is in \d+ s/);
		await opened.connection.close();
	});

	it('gives up a server that does not answer the greeting', async () => {
		const opened = open('handlers.initialize = () => undefined;', { entry: { startup_timeout_sec: 0.3 } });
		await opened.connection.start();
		assert.match(opened.states.at(-1)?.type === 'failed' ? JSON.stringify(opened.states.at(-1)) : '', /not ready within 0.3 s/);
		await opened.connection.close();
	});

	it('takes no answer that is too large, and goes on', async function () {
		this.timeout(60_000);
		const opened = open(`handlers['tools/call'] = (p) => ({ content: [{ type: 'text', text: 'x'.repeat(p.name === 'flood' ? 100_000_000 : 3) }] });`);
		await opened.connection.start();
		await assert.rejects(opened.connection.call(request('flood')), /the answer has 1\d+ bytes; at most 33554432 are taken/);
		assert.deepEqual(await opened.connection.call(request()), { content: [{ type: 'text', text: 'xxx' }] });
		await opened.connection.close();
	});

	it('answers a thousand calls at once', async function () {
		this.timeout(60_000);
		const opened = open(`handlers['tools/call'] = (p) => ({ content: [p.arguments.n] });`);
		await opened.connection.start();
		const results = await Promise.all(Array.from({ length: 1000 }, (_, n) => opened.connection.call({ ...request(), arguments: { n } })));
		assert.deepEqual(
			results.map(({ content }) => content[0]),
			Array.from({ length: 1000 }, (_, n) => n),
		);
		await opened.connection.close();
	});

	it('lists the tools of all pages, and again when the server says that they changed', async () => {
		const opened = open(`
			let all = ['c', 'a', 'b'];
			handlers['tools/list'] = (p) => { const at = Number(p?.cursor ?? 0); return { tools: [{ name: all[at], inputSchema: {} }], ...(at + 1 < all.length ? { nextCursor: String(at + 1) } : {}) }; };
			handlers['tools/call'] = () => { all = [...all, 'd']; for (let i = 0; i < 1000; i++) send({ method: 'notifications/tools/list_changed' }); return { content: [] }; };`);
		await opened.connection.start();
		const names = () => opened.connection.tools?.map(({ name }) => name);
		assert.deepEqual(names(), ['a', 'b', 'c']);
		await opened.connection.call(request());
		await opened.connection.listed();
		assert.deepEqual(names(), ['a', 'b', 'c', 'd']);
		assert.ok(opened.lists <= 3, `${opened.lists} lists`);
		await opened.connection.close();
	});

	it('hears all progress, also what comes with the answer', async () => {
		const opened = open(
			`handlers['tools/call'] = (p) => { for (const n of [1, 2, 3]) send({ method: 'notifications/progress', params: { progressToken: p._meta.progressToken, progress: n, total: 3, message: 'step ' + n } }); return { content: [] }; };`,
		);
		await opened.connection.start();
		const heard: unknown[] = [];
		await opened.connection.call({ ...request(), onProgress: (progress) => heard.push(progress) });
		assert.deepEqual(
			heard,
			[1, 2, 3].map((n) => ({ progress: n, total: 3, message: `step ${n}` })),
		);
		await opened.connection.close();
	});

	it('does not count the time in which a person is asked', async () => {
		const program = `
			handlers['tools/call'] = () => new Promise((done) => { send({ id: 900, method: 'elicitation/create', params: { message: 'Sure?', requestedSchema: { type: 'object', properties: {} } } }); answered = (m) => done({ content: [m.result] }); });`;
		const asked = Promise.withResolvers<void>();
		const answer = Promise.withResolvers<ElicitationReply>();
		const opened = open(program, {
			entry: { tool_timeout_sec: 0.5 },
			elicit: () => {
				asked.resolve();
				return answer.promise;
			},
		});
		await opened.connection.start();
		const call = opened.connection.call(request());
		await asked.promise;
		setTimeout(() => answer.resolve({ action: 'accept', content: null, meta: null }), 900);
		assert.deepEqual(await call, { content: [{ action: 'accept', content: {} }] });
		await opened.connection.close();
	});

	it('keeps every member of a result', async () => {
		const result = { content: [{ type: 'hologram', data: 'x', _meta: { a: 1 } }], structuredContent: { n: 1 }, isError: true, _meta: { b: [2] } };
		const opened = open(`handlers['tools/call'] = () => (${JSON.stringify(result)});`);
		await opened.connection.start();
		assert.deepEqual(await opened.connection.call(request()), result);
		await opened.connection.close();
	});

	it('refuses a form that nobody can fill in, and answers that are nested without end', async () => {
		const opened = open(`
			handlers['tools/call'] = (p, id) => p.name === 'deep' ? void process.stdout.write('{"jsonrpc":"2.0","id":' + id + ',"result":{"content":' + '['.repeat(5000) + ']'.repeat(5000) + '}}\\n') : new Promise((done) => {
				send({ id: 901, method: 'elicitation/create', params: { message: 'x', requestedSchema: { type: 'object', properties: { a: { type: 'object' } } } } }); answered = (m) => done({ content: [m.error.message] }); });`);
		await opened.connection.start();
		assert.match(String((await opened.connection.call(request())).content[0]), /the field "a" is none of/);
		await assert.rejects(opened.connection.call(request('deep')), /nested too deeply/);
		await opened.connection.close();
	});
});

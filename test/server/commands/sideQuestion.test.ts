import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:net';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, it } from 'mocha';
import type { AppServerProcess } from '../../support/appServerProcess.ts';
import { Gate, type ReceivedRequest, respond, say } from '../../support/model/fakeModelServer.ts';
import { applyPatch, customCall, execCommand, functionCall, itemAdded, message, textDelta } from '../../support/model/modelEvents.ts';
import { needsBubblewrap } from '../../support/needsBubblewrap.ts';
import { type ServerFixture, serverFixture } from '../../support/serverFixture.ts';

const ask = (threadId: string, text: string) => ({ threadId, input: [{ type: 'text', text, text_elements: [] }] });
const inputOf = (request: ReceivedRequest | undefined) => JSON.stringify(request?.body.input);
const toolsOf = (request: ReceivedRequest | undefined) =>
	(request?.body.tools ?? []).map((tool) => (tool as { name?: string }).name ?? (tool as { type: string }).type);

/** What the model was told about its calls, by call id. */
function outputs(request: ReceivedRequest | undefined): Readonly<Record<string, string>> {
	const items = (request?.body.input ?? []) as { type: string; call_id?: string; output?: unknown }[];
	return Object.fromEntries(items.flatMap(({ type, call_id: id, output }) => (type.endsWith('_output') && id ? [[id, JSON.stringify(output)]] : [])));
}

/** All files below a folder, with their text. */
function filesIn(folder: string): Readonly<Record<string, string>> {
	const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => statSync(path.join(folder, name)).isFile());
	return Object.fromEntries(names.toSorted().map((name) => [name, readFileSync(path.join(folder, name), 'utf8')]));
}

const side = async (server: AppServerProcess, threadId: string) =>
	(await server.request('thread/fork', { threadId, sideQuestion: true, excludeTurns: true })).thread.id as string;
const gone = (server: AppServerProcess, threadId: string) =>
	server.waitFor('the side question to be gone', ({ method, params }) => method === 'thread/closed' && params.threadId === threadId);

describe('a side question', () => {
	let fixture: ServerFixture;
	let listener: Server | null = null;
	afterEach(async () => {
		listener?.close();
		await fixture.dispose();
	});

	it('is answered beside the running turn, with its history, and leaves nothing behind', async () => {
		const gate = new Gate();
		const half = [itemAdded({ type: 'message', role: 'assistant', id: 'msg_1', content: [] }), textDelta('Renaming')];
		fixture = await serverFixture([
			say('It is blue.'),
			respond(...half, gate, ...message('Renaming', 'msg_1').slice(2)),
			say('Because of the sky.'),
			say('Thanks.'),
		]);
		const server = fixture.start();
		await server.initialize();
		const { thread } = await server.request('thread/start', { cwd: fixture.home.workspace });
		await server.runTurn(thread.id, 'What colour is it?');
		const before = server.mark();
		await server.request('turn/start', ask(thread.id, 'Rename everything'));
		await gate.reached();

		const id = await side(server, thread.id);
		await server.runTurn(id, 'zebra: why blue?');
		const answers = server.received.flatMap(({ method, params }) =>
			method === 'item/completed' && params.threadId === id && params.item.type === 'agentMessage' ? [params.item.text] : [],
		);
		assert.deepEqual(answers, ['Because of the sky.']);
		const request = fixture.model.requests.at(-1);
		assert.match(inputOf(request), /It is blue\..*Rename everything.*<side_question>.*zebra: why blue\?/);
		const asking = fixture.model.requests.at(-2);
		assert.deepEqual(
			{ model: request?.body.model, instructions: request?.body.instructions },
			{ model: asking?.body.model, instructions: asking?.body.instructions },
		);
		await server.request('thread/unsubscribe', { threadId: id });
		await gone(server, id);

		gate.open();
		await server.waitFor('the end of the turn', ({ method, params }) => method === 'turn/completed' && params.threadId === thread.id, before);
		await server.runTurn(thread.id, 'Thanks');
		assert.doesNotMatch(inputOf(fixture.model.requests.at(-1)), /zebra|side_question/);
		assert.ok(!server.received.slice(before).some(({ method, params }) => method === 'thread/readState/changed' && params.threadId === id));
		const { data } = await server.request('thread/list', {});
		assert.deepEqual(
			data.map((listed: { id: string }) => listed.id),
			[thread.id],
		);
		const { data: loaded } = await server.request('thread/loaded/list', {});
		assert.deepEqual(loaded, [thread.id]);
		for (const [name, text] of Object.entries(filesIn(fixture.home.codexHome))) {
			assert.ok(!text.includes('zebra'), name);
			// The log for diagnosis may say that something of it took long.
			if (!name.includes('logs.sqlite')) assert.ok(!text.includes(id) && !name.includes(id), name);
		}
	});

	it('ends with the client that asked, also while it is answered', async () => {
		const gate = new Gate();
		fixture = await serverFixture([say('Hello.'), respond(gate, ...message('Late.'))]);
		const server = fixture.start();
		await server.initialize();
		const threadId = await server.startThread(fixture.home);
		await server.runTurn(threadId, 'hi');
		const id = await side(server, threadId);
		await server.request('turn/start', ask(id, 'why?'));
		await gate.reached();
		const request = fixture.model.requests.at(-1);
		await server.request('thread/unsubscribe', { threadId: id });
		await gone(server, id);
		assert.equal(await request?.closed, 'cut');
		assert.match((await server.requestError('turn/start', ask(id, 'again'))).message, /thread not found|not loaded|no thread/i);
		gate.open();
	});

	it('is refused with more than reading, whoever asks', async () => {
		fixture = await serverFixture([say('Hello.')]);
		const server = fixture.start();
		await server.initialize();
		const threadId = await server.startThread(fixture.home);
		assert.match((await server.requestError('thread/fork', { threadId, sideQuestion: true })).message, /no rollout found/);
		await server.runTurn(threadId, 'hi');
		const more = {
			sandbox: 'danger-full-access',
			permissions: ':workspace',
			approvalPolicy: 'on-request',
			approvalsReviewer: 'auto_review',
			ephemeral: false,
		};
		for (const [name, value] of Object.entries(more)) {
			const { message } = await server.requestError('thread/fork', { threadId, sideQuestion: true, [name]: value });
			assert.match(message, new RegExp(name));
		}
		const { thread, sandbox, approvalPolicy } = await server.request('thread/fork', { threadId, sideQuestion: true });
		assert.deepEqual([sandbox, approvalPolicy, thread.ephemeral, thread.path], [{ type: 'readOnly', networkAccess: false }, 'never', true, null]);
		const overrides = {
			sandboxPolicy: { type: 'dangerFullAccess' },
			permissions: ':workspace',
			approvalPolicy: 'on-request',
			runtimeWorkspaceRoots: ['/'],
		};
		for (const [name, value] of Object.entries(overrides)) {
			const methods = { 'turn/start': ask(thread.id, 'x'), 'thread/settings/update': { threadId: thread.id } };
			for (const [method, params] of Object.entries(methods)) {
				if (method === 'thread/settings/update' && name === 'runtimeWorkspaceRoots') continue;
				assert.match((await server.requestError(method, { ...params, [name]: value })).message, /a side question only reads/, `${method} ${name}`);
			}
		}
		assert.match((await server.requestError('thread/shellCommand', { threadId: thread.id, command: 'touch made' })).message, /only reads/);
		assert.match((await server.requestError('thread/fork', { threadId: thread.id })).message, /no rollout found/);
	});

	it('reads and never writes, whatever the model calls and whatever was allowed before', async function () {
		needsBubblewrap(this);
		let connections = 0;
		listener = createServer((socket) => {
			connections++;
			socket.destroy();
		}).listen(0, '127.0.0.1');
		await once(listener, 'listening');
		const { port } = listener.address() as { port: number };
		const patch = (name: string, text = 'written') => `*** Begin Patch\n*** Add File: ${name}\n+${text}\n*** End Patch`;
		const program = `const say=(o)=>process.stdout.write(JSON.stringify(o)+'\\n');
require('node:fs').appendFileSync(process.env.HOME+'/mcp.log','started');
require('node:readline').createInterface({input:process.stdin}).on('line',(line)=>{const {id,method}=JSON.parse(line);
if(method==='initialize')say({jsonrpc:'2.0',id,result:{protocolVersion:'2025-06-18',capabilities:{tools:{}},serverInfo:{name:'s',version:'1'}}});
if(method==='tools/list')say({jsonrpc:'2.0',id,result:{tools:[{name:'write',inputSchema:{type:'object'}}]}});
if(method==='tools/call'){require('node:fs').appendFileSync(process.env.HOME+'/mcp.log','called');say({jsonrpc:'2.0',id,result:{content:[{type:'text',text:'ok'}]}})}});`;
		/** One call after the other; the last answers know the session that the terminal has. */
		const session = (request: ReceivedRequest) => Number(/session ID (\d+)/i.exec(outputs(request)['terminal'] ?? '')?.[1] ?? -1);
		const hostile = [
			respond(execCommand('cat secret.txt', { callId: 'read' })),
			respond(execCommand('sh -c "echo x > plain"', { callId: 'plain' })),
			respond(execCommand('touch ruled', { callId: 'ruled' })),
			respond(execCommand('touch escalated', { callId: 'escalated', sandbox_permissions: 'require_escalated', justification: 'Please.' })),
			respond(execCommand('touch granted', { callId: 'granted' })),
			respond(execCommand('touch outside', { callId: 'granted-outside', sandbox_permissions: 'require_escalated' })),
			respond(
				execCommand('touch more', {
					callId: 'more',
					sandbox_permissions: 'with_additional_permissions',
					additional_permissions: { file_system: { write: ['.'] } },
				}),
			),
			respond(execCommand(`apply_patch <<'EOF'\n${patch('heredoc')}\nEOF`, { callId: 'heredoc' })),
			respond(execCommand(`cd . && apply_patch <<'EOF'\n${patch('granted.txt')}\nEOF`, { callId: 'heredoc-granted' })),
			respond(applyPatch(patch('patched'), 'patch')),
			respond(customCall('apply_patch', patch('granted.txt'), 'patch-granted')),
			respond(functionCall('shell', { command: ['touch', 'older'] }, 'older')),
			respond(functionCall('shell_command', { command: `apply_patch <<'EOF'\n${patch('older.txt')}\nEOF` }, 'older-patch')),
			respond(execCommand(`exec 3<>/dev/tcp/127.0.0.1/${port}`, { callId: 'network', shell: 'bash', login: false })),
			respond(execCommand('sh', { callId: 'terminal', tty: true, yield_time_ms: 250 })),
			(request: ReceivedRequest) =>
				respond(functionCall('write_stdin', { session_id: session(request), chars: 'touch typed; exit\n', yield_time_ms: 2000 }, 'typed')),
			respond(functionCall('request_permissions', { permissions: { file_system: { write: ['.'] } } }, 'permissions')),
			respond(functionCall('spawn_agent', { message: 'touch agent' }, 'agent')),
			respond(functionCall('write', {}, 'mcp')),
			respond(functionCall('mcp__local__write', {}, 'mcp-flat')),
			respond(functionCall('client_write', {}, 'dynamic')),
			respond(functionCall('update_plan', { plan: [{ step: 'x', status: 'pending' }] }, 'plan')),
			respond(functionCall('request_user_input', { questions: [] }, 'question')),
			say('Nothing worked.'),
		];
		fixture = await serverFixture(
			[
				respond(execCommand('touch granted', { callId: 'a' })),
				respond(execCommand('touch outside', { callId: 'b', sandbox_permissions: 'require_escalated', justification: 'Please.' })),
				respond(applyPatch(patch('granted.txt', 'allowed'), 'c')),
				say('Ready.'),
				...hostile,
			],
			{
				'features.request_permissions_tool': 'true',
				'features.exec_permission_approvals': 'true',
				'mcp_servers.local.command': JSON.stringify(process.execPath),
				'mcp_servers.local.args': JSON.stringify(['-e', program]),
			},
		);
		const mcpLog = path.join(fixture.home.env['HOME'] ?? '', 'mcp.log');
		mkdirSync(path.join(fixture.home.codexHome, 'rules'), { recursive: true });
		writeFileSync(path.join(fixture.home.codexHome, 'rules', 'default.rules'), 'prefix_rule(pattern=["touch", "ruled"], decision="allow")\n');
		writeFileSync(path.join(fixture.home.workspace, 'secret.txt'), 'forty-two');
		const server = fixture.start();
		await server.initialize();
		for (const kind of ['commandExecution', 'fileChange']) server.answer(`item/${kind}/requestApproval`, () => ({ decision: 'acceptForWorkspace' }));
		const threadId = await server.startThread(fixture.home, {
			sandbox: 'workspace-write',
			approvalPolicy: 'untrusted',
			dynamicTools: [{ name: 'client_write', description: 'Writes.', inputSchema: { type: 'object' } }],
		});
		await server.runTurn(threadId, 'go');
		assert.equal(server.received.filter(({ method }) => method?.endsWith('requestApproval')).length, 3);
		const starts = readFileSync(mcpLog, 'utf8');
		for (const name of ['granted', 'outside', 'granted.txt']) {
			assert.ok(existsSync(path.join(fixture.home.workspace, name)), name);
		}
		const before = filesIn(fixture.home.workspace);
		const mark = server.mark();

		const id = await side(server, threadId);
		const turn = await server.runTurn(id, 'Write everywhere');
		assert.equal(turn.status, 'completed');
		const last = fixture.model.requests.at(-1);
		assert.deepEqual(toolsOf(last).toSorted(), ['exec_command', 'view_image', 'web_search', 'write_stdin']);
		const told = outputs(last);
		assert.match(told['read'] ?? '', /forty-two/);
		assert.ok(session(last as ReceivedRequest) >= 0, told['terminal']);
		assert.match(told['escalated'] ?? '', /you cannot ask for escalated permissions/);
		assert.deepEqual(filesIn(fixture.home.workspace), before);
		assert.equal(connections, 0);
		assert.equal(readFileSync(mcpLog, 'utf8'), starts, 'no MCP server was started, and none called');
		assert.deepEqual(
			server.received.slice(mark).filter((received) => received.id !== undefined && received.method !== undefined),
			[],
			'nobody was asked',
		);
	});

	it('hides what its thread hides', async function () {
		needsBubblewrap(this);
		fixture = await serverFixture([say('Hello.'), respond(execCommand('cat hidden.txt open.txt', { callId: 'read' })), say('Done.')]);
		const config = readFileSync(path.join(fixture.home.codexHome, 'config.toml'), 'utf8');
		const { workspace } = fixture.home;
		writeFileSync(
			path.join(fixture.home.codexHome, 'config.toml'),
			`default_permissions = "mine"\n${config}\n[permissions.mine.filesystem]\n":root" = "read"\n${JSON.stringify(workspace)} = "write"\n${JSON.stringify(path.join(workspace, 'hidden.txt'))} = "none"\n`,
		);
		writeFileSync(path.join(workspace, 'hidden.txt'), 'treasure');
		writeFileSync(path.join(workspace, 'open.txt'), 'daylight');
		const server = fixture.start();
		await server.initialize();
		const threadId = await server.startThread(fixture.home);
		await server.runTurn(threadId, 'hi');
		await server.runTurn(await side(server, threadId), 'What is in there?');
		const told = outputs(fixture.model.requests.at(-1))['read'] ?? '';
		assert.ok(told.includes('daylight') && !told.includes('treasure'), told);
	});
});

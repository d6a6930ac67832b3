import assert from 'node:assert/strict';
import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, it } from 'mocha';
import { Gate, httpError, type ReceivedRequest, type Reply, respond, say } from '../../support/model/fakeModelServer.ts';
import { execCommand, functionCall, itemDone } from '../../support/model/modelEvents.ts';
import { type ServerFixture, serverFixture } from '../../support/serverFixture.ts';
import { needsBubblewrap } from '../../support/needsBubblewrap.ts';

const ofReviewer = (request: ReceivedRequest) => String(request.body.instructions).startsWith('You decide whether one action');
const verdict = (outcome: string, risk = 'low', authorization = 'high') =>
	say(JSON.stringify({ outcome, risk_level: risk, user_authorization: authorization, rationale: `It is ${risk}.` }));
const escalated = { sandbox_permissions: 'require_escalated', justification: 'It writes outside.' };
const output = (request: ReceivedRequest | undefined) =>
	((request?.body.input ?? []) as { type: string; output?: string }[]).findLast((item) => item.type === 'function_call_output')?.output ?? '';

describe('the automatic reviewer', () => {
	let fixture: ServerFixture;
	afterEach(() => fixture.dispose());

	async function start(main: Reply[], reviewer: Reply[], config: Record<string, string> = {}) {
		const next = (request: ReceivedRequest): Reply => (ofReviewer(request) ? reviewer.shift() : main.shift()) ?? say('Nothing more.');
		const script = Array.from({ length: main.length + reviewer.length + 3 }, () => next);
		fixture = await serverFixture(script, {
			approval_policy: '"on-request"',
			sandbox_mode: '"workspace-write"',
			approvals_reviewer: '"guardian_subagent"',
			...config,
		});
		const server = fixture.start();
		await server.initialize();
		return { server, threadId: await server.startThread(fixture.home), file: path.join(fixture.home.root, 'outside.txt') };
	}
	const reviews = (server: ReturnType<ServerFixture['start']>) =>
		server.received.flatMap(({ method, params }) => (method === 'item/autoApprovalReview/completed' ? [params] : []));

	it('lets through what is harmless and wanted, and nobody is asked', async () => {
		const { server, threadId, file } = await start([respond(execCommand('touch ../outside.txt', escalated)), say('Done.')], [verdict('allow')]);
		await server.runTurn(threadId, 'make outside.txt with password=hunter2hunter2');
		assert.ok(existsSync(file));
		const [review] = reviews(server);
		assert.deepEqual(
			[review.review.status, review.review.riskLevel, review.targetItemId, review.action.type, review.decisionSource],
			['approved', 'low', 'call_1', 'command', 'agent'],
		);
		assert.ok(!server.received.some((message) => message.method === 'item/commandExecution/requestApproval'));
		const asked = JSON.stringify(fixture.model.requests.find(ofReviewer)?.body);
		assert.ok(asked.includes('outside.txt') && !asked.includes('hunter2'), 'the reviewer sees the action, and no secret');
	});

	it('judges the calls of MCP servers, which then nobody is asked about', async () => {
		const program = `const send = (m) => process.stdout.write(JSON.stringify({ jsonrpc: '2.0', ...m }) + '\\n');
const results = { initialize: (p) => ({ protocolVersion: p.protocolVersion, capabilities: { tools: {} }, serverInfo: { name: 's', version: '1' } }), 'tools/list': () => ({ tools: [{ name: 'act', title: 'Act', description: 'Acts.', inputSchema: { type: 'object' } }] }), 'tools/call': () => ({ content: [{ type: 'text', text: 'acted' }] }) };
require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => { const m = JSON.parse(line); if (m.id !== undefined && results[m.method]) send({ id: m.id, result: results[m.method](m.params) }); }).on('close', () => process.exit(0));`;
		const act = (callId: string, to: string) =>
			itemDone({ type: 'function_call', call_id: callId, name: 'act', namespace: 'mcp__local__', arguments: JSON.stringify({ to }) });
		const { server, threadId } = await start(
			[respond(act('c1', 'good')), respond(act('c2', 'evil')), say('Done.')],
			[verdict('allow'), verdict('deny', 'critical')],
			{
				'mcp_servers.local.command': JSON.stringify(process.execPath),
				'mcp_servers.local.args': JSON.stringify(['-e', program]),
			},
		);
		await server.waitForNotification('mcpServer/startupStatus/updated', ({ status }) => status === 'ready');
		await server.runTurn(threadId, 'act');
		const outputs = ((fixture.model.requests.at(-1)?.body.input ?? []) as { type: string; output?: unknown }[])
			.filter((item) => item.type === 'function_call_output')
			.map((item) => JSON.stringify(item.output));
		assert.match(outputs[0] ?? '', /acted/);
		assert.match(outputs[1] ?? '', /denied it: It is critical\./);
		assert.deepEqual(
			reviews(server).map(({ targetItemId, action, review }) => [
				targetItemId,
				action.type,
				action.server,
				action.toolName,
				action.toolTitle,
				review.status,
			]),
			[
				['c1', 'mcpToolCall', 'local', 'act', 'Act', 'approved'],
				['c2', 'mcpToolCall', 'local', 'act', 'Act', 'denied'],
			],
		);
		assert.ok(JSON.stringify(fixture.model.requests.filter(ofReviewer).at(-1)?.body).includes('evil'), 'the reviewer sees the arguments');
		assert.ok(!server.received.some((message) => message.method === 'mcpServer/elicitation/request'));
	});

	it('denies, with its reason for the model, and the denial can be overruled', async () => {
		const { server, threadId, file } = await start(
			[respond(execCommand('touch ../outside.txt', escalated)), say('Denied.'), say('Ok.')],
			[verdict('deny', 'critical')],
		);
		await server.runTurn(threadId, 'go');
		assert.ok(!existsSync(file));
		assert.match(output(fixture.model.requests.at(-1)), /denied it: It is critical\./);
		const [event] = reviews(server);
		for (const bad of [null, 'x', {}, { ...event, review: { ...event.review, status: 'approved' } }]) {
			assert.match(
				(await server.requestError('thread/approveGuardianDeniedAction', { threadId, event: bad })).message,
				/^.*invalid Guardian denial event/,
			);
		}
		assert.deepEqual(await server.request('thread/approveGuardianDeniedAction', { threadId, event }), {});
		await server.runTurn(threadId, 'again');
		const items = (fixture.model.requests.at(-1)?.body.input ?? []) as { role?: string }[];
		assert.ok(items.some((item) => item.role === 'developer' && JSON.stringify(item).includes(event.reviewId)));
	});

	for (const [what, reply] of [
		['nonsense', say('Looks fine!')],
		['a permission without a risk', say('{"outcome":"allow"}')],
		['a permission against its own rules', verdict('allow', 'high', 'low')],
		['an error', httpError(500, {})],
	] as const) {
		it(`denies when the answer is ${what}`, async () => {
			const { server, threadId, file } = await start([respond(execCommand('touch ../outside.txt', escalated)), say('Denied.')], [reply, reply]);
			await server.runTurn(threadId, 'go');
			assert.ok(!existsSync(file));
			assert.equal(reviews(server)[0]?.review.status, 'denied');
		});
	}

	it('ends with the turn', async () => {
		const gate = new Gate();
		const { server, threadId } = await start([respond(execCommand('touch ../outside.txt', escalated))], [respond(gate)]);
		const { turn } = await server.request('turn/start', { threadId, input: [{ type: 'text', text: 'go', text_elements: [] }] });
		await gate.reached();
		await server.request('turn/interrupt', { threadId, turnId: turn.id });
		assert.equal(reviews(server)[0]?.review.status, 'aborted');
	});
});

describe('permissions that a model asks for', () => {
	let fixture: ServerFixture;
	afterEach(() => fixture.dispose());

	it('are granted in part, never beyond what was asked, and count for the commands that follow', async function () {
		const ask = (call: string) =>
			functionCall(
				'request_permissions',
				{ reason: 'Builds there.', permissions: { file_system: { write: ['../shared'] }, network: { enabled: true } } },
				call,
			);
		const write = (call: string) => execCommand('echo x > ../shared/made.txt && echo written', { callId: call });
		fixture = await serverFixture([respond(ask('call_1')), respond(write('call_2')), say('Done.'), respond(write('call_3')), say('Done.')], {
			approval_policy: '"on-request"',
			sandbox_mode: '"read-only"',
		});
		const shared = path.join(fixture.home.root, 'shared');
		mkdirSync(shared);
		const server = fixture.start();
		await server.initialize();
		const threadId = await server.startThread(fixture.home);
		server.answer('item/permissions/requestApproval', () => ({ permissions: { fileSystem: { write: [shared, '/'] } }, scope: 'session' }));
		await server.runTurn(threadId, 'go');
		const asked = await server.waitForServerRequest('item/permissions/requestApproval');
		assert.deepEqual(asked.params.permissions.fileSystem.write, [shared]);
		assert.equal(
			output(fixture.model.requests[1]),
			JSON.stringify({ permissions: { network: null, file_system: { write: [shared] } }, scope: 'session' }),
		);
		needsBubblewrap(this);
		assert.match(output(fixture.model.requests[2]), /written/);
		await server.runTurn(threadId, 'once more');
		assert.match(output(fixture.model.requests[4]), /written/);
	});
});

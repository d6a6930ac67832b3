import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, it } from 'mocha';
import { type ReceivedRequest, respond, say } from '../support/fakeModelServer.ts';
import { applyPatch, execCommand, functionCall } from '../support/modelEvents.ts';
import { type ServerFixture, serverFixture } from '../support/serverFixture.ts';

/** What the model was told about its last calls, by call id. */
function outputs(requests: readonly ReceivedRequest[]): Readonly<Record<string, string>> {
	const items = (requests.at(-1)?.body.input ?? []) as { type: string; call_id?: string; output?: string }[];
	return Object.fromEntries(items.flatMap(({ type, call_id: id, output }) => (type.endsWith('_output') && id ? [[id, String(output)]] : [])));
}

const granular = (asked: boolean) => ({
	granular: { sandbox_approval: asked, rules: asked, skill_approval: asked, request_permissions: asked, mcp_elicitations: asked },
});

describe('approvals', () => {
	let fixture: ServerFixture;
	afterEach(() => fixture.dispose());

	it('of a granular policy are asked for, or refused with the setting that refuses them', async () => {
		const outside = '../outside.txt';
		const calls = [
			respond(execCommand(`touch ${outside}`, { callId: 'escalated', sandbox_permissions: 'require_escalated', justification: 'Outside.' })),
			respond(applyPatch(`*** Begin Patch\n*** Add File: ${outside}\n+x\n*** End Patch`, 'patch')),
			respond(functionCall('request_permissions', { permissions: { network: { enabled: true } } }, 'more')),
			respond(execCommand('echo inside', { callId: 'inside' })),
			say('Done.'),
		];
		fixture = await serverFixture([...calls, ...calls], {
			sandbox_mode: '"workspace-write"',
			sandbox_workspace_write: '{ exclude_slash_tmp = true, exclude_tmpdir_env_var = true }',
		});
		const server = fixture.start();
		await server.initialize();
		const { thread, approvalPolicy } = await server.request('thread/start', { cwd: fixture.home.workspace, approvalPolicy: granular(false) });
		assert.deepEqual(approvalPolicy, granular(false));
		await server.runTurn(thread.id, 'go');
		const told = outputs(fixture.model.requests);
		assert.match(told.escalated ?? '', /refused without asking anybody.*granular with sandbox_approval = false/);
		assert.match(told.patch ?? '', /granular with sandbox_approval = false/);
		assert.match(told.more ?? '', /granular with request_permissions = false/);
		assert.match(told.inside ?? '', /inside/);
		assert.ok(!server.received.some((message) => message.method?.endsWith('requestApproval')));
		const { thread: resumed } = await server.request('thread/read', { threadId: thread.id });
		assert.equal(resumed.id, thread.id);

		server.answer('item/commandExecution/requestApproval', () => ({ decision: 'accept' }));
		server.answer('item/fileChange/requestApproval', () => ({ decision: 'decline' }));
		server.answer('item/permissions/requestApproval', () => ({ permissions: {}, scope: 'turn' }));
		const second = await server.request('thread/start', { cwd: fixture.home.workspace, approvalPolicy: granular(true) });
		await server.runTurn(second.thread.id, 'go');
		assert.ok(existsSync(path.join(fixture.home.root, 'outside.txt')));
		assert.equal(server.received.filter((message) => message.method?.endsWith('requestApproval')).length, 3);
	});
});

import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, it } from 'mocha';
import { type ReceivedRequest, respond, say } from '../../support/model/fakeModelServer.ts';
import { applyPatch, execCommand, functionCall } from '../../support/model/modelEvents.ts';
import { type ServerFixture, serverFixture } from '../../support/serverFixture.ts';

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

	it('are listed with who allowed them, and a rule that is taken back asks again', async () => {
		const call = (callId: string) => respond(execCommand('touch made.txt', { callId, prefix_rule: ['touch'] }));
		const other = (callId: string) => respond(execCommand('mkdir -p  "sub"', { callId }));
		fixture = await serverFixture(
			[call('one'), other('two'), respond(execCommand("cd . && mkdir -p 'sub'", { callId: 'same' })), say('Done.'), call('three'), say('Done.')],
			{
				approval_policy: '"untrusted"',
			},
		);
		const server = fixture.start();
		await server.initialize();
		server.answer('item/commandExecution/requestApproval', ({ itemId, proposedExecpolicyAmendment: rule }) => ({
			decision:
				itemId === 'one' ? { acceptWithExecpolicyAmendment: { execpolicy_amendment: rule } } : itemId === 'two' ? 'acceptForSession' : 'decline',
		}));
		const threadId = await server.startThread(fixture.home);
		await server.runTurn(threadId, 'go');
		const asked = () => server.received.flatMap(({ method, params }) => (method === 'item/commandExecution/requestApproval' ? [params.itemId] : []));
		assert.deepEqual(asked(), ['one', 'two'], 'the same command is not asked about twice');

		const { data, auditFile } = await server.request('approval/list', {});
		const rule = data.find((each: { kind: string }) => each.kind === 'rule');
		const file = path.join(fixture.home.codexHome, 'rules', 'default.rules');
		const { allowedAtMs, id, ...shown } = rule;
		assert.ok(Date.now() - allowedAtMs < 60_000 && id.startsWith('rule-'));
		assert.deepEqual(shown, {
			kind: 'rule',
			what: 'touch',
			decision: 'allow',
			reason: null,
			threadId: null,
			folder: null,
			outsideSandbox: true,
			lifetime: 'always',
			file,
			line: 1,
			allowedBy: data.find((each: { kind: string }) => each.kind === 'command').allowedBy,
		});
		assert.ok(rule.allowedBy);
		const grant = data.find((each: { kind: string }) => each.kind === 'command');
		assert.deepEqual([grant.what, grant.threadId, grant.lifetime, grant.folder], ['mkdir -p  "sub"', threadId, 'thread', fixture.home.workspace]);
		const lines = readFileSync(auditFile, 'utf8').trim().split('\n');
		assert.deepEqual(
			lines.map((line) => JSON.parse(line)).map((entry) => [entry.itemId, entry.lifetime, entry.by]),
			[
				['one', 'always', rule.allowedBy],
				['two', 'thread', rule.allowedBy],
			],
		);

		await server.request('approval/revoke', { id });
		assert.equal(readFileSync(file, 'utf8'), '');
		await server.request('approval/revoke', { id: grant.id });
		await server.waitForNotification('approval/changed');
		assert.match((await server.requestError('approval/revoke', { id })).message, /there is no approval rule-/);
		await server.runTurn(threadId, 'again');
		assert.deepEqual(asked(), ['one', 'two', 'three']);
	});

	it('for a workspace hold in all its threads and after a restart, in no other folder, and until they are taken back', async () => {
		const patch = '*** Begin Patch\n*** Add File: ../beside.txt\n+x\n*** End Patch';
		const run = () => respond(execCommand('touch made.txt', { callId: 'touch' }));
		fixture = await serverFixture(
			[
				run(),
				respond(applyPatch(patch, 'patch')),
				say('Done.'),
				run(),
				respond(applyPatch(patch, 'patch')),
				say('Done.'),
				run(),
				say('Done.'),
				run(),
				say('Done.'),
			],
			{ approval_policy: '"untrusted"' },
		);
		const { workspace, root, codexHome } = fixture.home;
		const asked: (readonly [string, unknown])[] = [];
		const begin = async () => {
			const server = fixture.start();
			await server.initialize({ experimentalApi: true, applyFileChanges: true });
			server.answer('item/fileChange/apply', () => ({ files: [] }));
			const answer = ({ itemId, workspaceFolder }: { readonly itemId: string; readonly workspaceFolder?: string }) => {
				asked.push([itemId, workspaceFolder]);
				return { decision: 'acceptForWorkspace' };
			};
			server.answer('item/commandExecution/requestApproval', answer);
			server.answer('item/fileChange/requestApproval', answer);
			return server;
		};
		const first = await begin();
		await first.runTurn(await first.startThread(fixture.home), 'go');
		const both = [
			['touch', workspace],
			['patch', workspace],
		];
		assert.deepEqual(asked, both);
		await first.kill();

		const second = await begin();
		await second.runTurn(await second.startThread(fixture.home), 'again');
		assert.deepEqual(asked, both, 'a thread of another server asks about neither');
		const { data } = await second.request('approval/list', {});
		const saved = data.filter(({ lifetime }: { lifetime: string }) => lifetime === 'workspace');
		assert.deepEqual(
			saved.map(({ kind, what, folder }: { kind: string; what: string; folder: string }) => [kind, what, folder]),
			[
				['command', 'touch made.txt', workspace],
				['files', path.join(root, 'beside.txt'), workspace],
			],
		);
		for (const { file, allowedBy } of saved) assert.ok(file.startsWith(codexHome) && allowedBy !== null, file);

		mkdirSync(path.join(root, 'other'));
		const { thread } = await second.request('thread/start', { cwd: path.join(root, 'other') });
		await second.runTurn(thread.id, 'elsewhere');
		assert.deepEqual(asked.at(-1), ['touch', path.join(root, 'other')]);

		await second.request('approval/revoke', { id: saved[0].id });
		await second.runTurn(await second.startThread(fixture.home), 'once more');
		assert.deepEqual(asked.slice(3), [['touch', workspace]]);
	});

	it('that were open when the server died are shown as not run, in an interrupted turn', async () => {
		fixture = await serverFixture([respond(execCommand('touch made.txt')), say('Done.')], { approval_policy: '"untrusted"' });
		const server = fixture.start();
		await server.initialize();
		const threadId = await server.startThread(fixture.home);
		await server.request('turn/start', { threadId, input: [{ type: 'text', text: 'go', text_elements: [] }] });
		await server.waitForServerRequest('item/commandExecution/requestApproval');
		await server.kill();
		const second = fixture.start();
		await second.initialize();
		const { thread } = await second.request('thread/resume', { threadId });
		assert.equal(thread.turns[0].status, 'interrupted');
		assert.deepEqual(
			thread.turns[0].items.map((item: { type: string; status?: string }) => [item.type, item.status]),
			[
				['userMessage', undefined],
				['commandExecution', 'declined'],
			],
		);
		assert.ok(!second.received.some((message) => message.method?.endsWith('requestApproval')));
		assert.ok(!existsSync(path.join(fixture.home.workspace, 'made.txt')));
	});

	it('follow the rules of a trusted project, of no other, and a broken file is named', async () => {
		const calls = [respond(execCommand('cp a b', { callId: 'rule' })), say('Done.')];
		fixture = await serverFixture([...calls, ...calls], { approval_policy: '"on-request"', sandbox_mode: '"workspace-write"' });
		const rules = path.join(fixture.home.workspace, '.codex', 'rules');
		mkdirSync(rules, { recursive: true });
		writeFileSync(path.join(rules, 'p.rules'), 'prefix_rule(pattern=["cp"], decision="forbidden", justification="project says no")\n');
		mkdirSync(path.join(fixture.home.codexHome, 'rules'), { recursive: true });
		const broken = path.join(fixture.home.codexHome, 'rules', 'broken.rules');
		writeFileSync(broken, '\nprefix_rule(oops');
		const server = fixture.start();
		await server.initialize();
		const plain = await server.request('thread/start', { cwd: fixture.home.workspace, sandbox: 'read-only' });
		await server.runTurn(plain.thread.id, 'go');
		assert.match(outputs(fixture.model.requests).rule ?? '', /exited with code/);
		const warning = await server.waitForNotification('configWarning');
		assert.deepEqual([warning.params.path, warning.params.range.start.line], [broken, 2]);
		const trusted = await server.request('thread/start', { cwd: fixture.home.workspace, sandbox: 'workspace-write' });
		await server.runTurn(trusted.thread.id, 'go');
		assert.match(outputs(fixture.model.requests).rule ?? '', /a rule forbids it: project says no/);
		const { data } = await server.request('approval/list', {});
		const trust = data.find((each: { kind: string }) => each.kind === 'trust');
		assert.equal(trust.what, fixture.home.workspace);
		await server.request('approval/revoke', { id: trust.id });
		assert.doesNotMatch(readFileSync(path.join(fixture.home.codexHome, 'config.toml'), 'utf8'), /trust_level/);
	});

	it('are taken back one after the other without reading everything anew each time', async function () {
		// Only there a process can be asked how much it has read.
		if (process.platform !== 'linux') this.skip();
		fixture = await serverFixture([]);
		const { codexHome } = fixture.home;
		mkdirSync(path.join(codexHome, 'rules'), { recursive: true });
		mkdirSync(path.join(codexHome, 'tiller'), { recursive: true });
		const count = 60;
		const rules = Array.from({ length: count }, (_, at) => `prefix_rule(pattern = ["run", "${at}"], decision = "allow")\n`);
		writeFileSync(path.join(codexHome, 'rules', 'default.rules'), rules.join(''));
		const entry = { at: 1, threadId: 't', turnId: null, itemId: 'i', kind: 'command', what: 'x'.repeat(800), folder: null, decision: 'accept' };
		const line = `${JSON.stringify({ ...entry, lifetime: 'once', rule: null, by: 'test' })}\n`;
		writeFileSync(path.join(codexHome, 'tiller', 'approvals.jsonl'), line.repeat(2000));
		const server = fixture.start();
		await server.initialize();
		const { data } = await server.request('approval/list', {});
		assert.equal(data.length, count);
		const bytesRead = () => Number(/^rchar: (\d+)/m.exec(readFileSync(`/proc/${server.process.pid}/io`, 'utf8'))?.[1]);
		const before = bytesRead();
		for (const { id } of data) await server.request('approval/revoke', { id });
		const each = (bytesRead() - before) / count;
		assert.ok(each < 64 * 1024, `${Math.round(each / 1024)} KiB were read for each`);
		assert.deepEqual((await server.request('approval/list', {})).data, []);
	});
});

import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, describe, it } from 'mocha';
import { respond } from '../../support/model/fakeModelServer.ts';
import { applyPatch, execCommand, functionCall, message } from '../../support/model/modelEvents.ts';
import { needsBubblewrap } from '../../support/needsBubblewrap.ts';
import { type ServerFixture, serverFixture } from '../../support/serverFixture.ts';

const DEV = `{ dev = { filesystem = { ":root" = "read", ":project_roots" = { "." = "write", "docs" = "read", "**/*.env" = "none" } } } }`;
const profile = { default_permissions: '"dev"', permissions: DEV };

describe('permission profiles', function () {
	let fixture: ServerFixture;
	afterEach(() => fixture.dispose());

	async function ready(script: Parameters<typeof serverFixture>[0] = [], config: Readonly<Record<string, string>> = profile) {
		fixture = await serverFixture(script, config);
		const { workspace } = fixture.home;
		await mkdir(path.join(workspace, 'docs'));
		await writeFile(path.join(workspace, 'my.env'), 'KEY=hidden');
		// The folder of the server is what configured patterns are about.
		const server = fixture.start();
		await server.initialize();
		return { server, workspace };
	}

	it('of the configuration are told of, chosen by name, and not together with the older settings', async () => {
		const { server, workspace } = await ready();
		const start = (params: object) => server.request('thread/start', { cwd: workspace, ...params });
		const started = await start({});
		assert.deepEqual(started.activePermissionProfile, { id: 'dev', extends: null, modifications: [] });
		assert.ok(
			started.permissionProfile.fileSystem.entries.some((entry: { path: { pattern?: string } }) => entry.path.pattern === `${workspace}/**/*.env`),
		);
		assert.equal(started.sandbox.type, 'workspaceWrite');
		const modifications = [{ type: 'additionalWritableRoot', path: '/opt' }];
		const named = await start({ permissions: { type: 'profile', id: ':read-only', modifications } });
		assert.deepEqual(named.activePermissionProfile, { id: ':read-only', extends: null, modifications });
		assert.deepEqual(named.sandbox.writableRoots, ['/opt']);
		const permissions = { type: 'profile', id: 'dev' };
		await assert.rejects(start({ permissions, sandbox: 'read-only' }), /cannot be combined with `sandbox`/);
		await assert.rejects(
			server.request('thread/resume', { threadId: named.thread.id, permissions, sandbox: 'read-only' }),
			/cannot be combined with `sandbox`/,
		);
		await assert.rejects(start({ permissions: { type: 'profile', id: 'other' } }), /undefined profile `other`/);
		const both = {
			threadId: named.thread.id,
			input: [{ type: 'text', text: 'x', text_elements: [] }],
			permissions,
			sandboxPolicy: { type: 'readOnly' },
		};
		await assert.rejects(server.request('turn/start', both), /cannot be combined with `sandboxPolicy`/);
	});

	it('hide files from commands, patches and clients, also after a turn chose full access', async () => {
		const patch = '*** Begin Patch\n*** Update File: my.env\n@@\n-KEY=hidden\n+KEY=x\n*** End Patch';
		const { server, workspace } = await ready([
			respond(execCommand('cat my.env; echo new > made.txt; echo x > docs/x; cat made.txt')),
			respond(applyPatch(patch, 'call_2')),
			respond(message('Done.')),
			respond(execCommand('cat my.env; echo outside > ../out.txt; cat ../out.txt', { callId: 'call_3' })),
			respond(message('Done.')),
		]);
		const { thread } = await server.request('thread/start', { cwd: workspace, approvalPolicy: 'never' });
		const turn = async (params: Readonly<Record<string, unknown>>) => {
			const from = server.mark();
			await server.runTurn(thread.id, 'go', params);
			const items = server.received.slice(from).filter((each) => each.method === 'item/completed');
			return items.map((each) => each.params.item).find((item) => item.type === 'commandExecution').aggregatedOutput as string;
		};
		const restricted = await turn({});
		assert.doesNotMatch(restricted, /hidden/);
		assert.match(restricted, /my\.env: Permission denied/);
		assert.match(restricted, /docs\/x: Read-only file system/);
		assert.match(restricted, /^new$/m);
		assert.match(JSON.stringify(fixture.model.requests.at(-1)), /deny access to my\.env/);
		assert.equal(await readFile(path.join(workspace, 'my.env'), 'utf8'), 'KEY=hidden');
		const full = await turn({ sandboxPolicy: { type: 'dangerFullAccess' } });
		assert.doesNotMatch(full, /hidden/);
		assert.match(full, /^outside$/m);
	});

	it('hide files from command/exec with any policy or profile, and from file requests', async () => {
		const { server, workspace } = await ready([], {
			...profile,
			permissions: `{ dev = { filesystem = { ":root" = "read", "/etc/hostname" = "none" } } }`,
		});
		const run = (params: object) => server.request('command/exec', { command: ['cat', '/etc/hostname'], cwd: workspace, ...params });
		const network = { enabled: false };
		for (const params of [{}, { sandboxPolicy: { type: 'dangerFullAccess' } }, { permissionProfile: { type: 'disabled' } }]) {
			const result = await run(params);
			assert.match(result.stderr, /Permission denied/, JSON.stringify(params));
			assert.equal(result.stdout, '');
		}
		await assert.rejects(server.request('fs/readFile', { path: '/etc/hostname' }), /permissions deny access to \/etc\/hostname/);
		await assert.rejects(
			server.request('fs/copy', { sourcePath: '/etc', destinationPath: '/tmp/x', recursive: true }),
			/deny access to \/etc\/hostname/,
		);
		const none = { type: 'managed', network, fileSystem: { type: 'restricted', entries: [], globScanMaxDepth: 0 } };
		await assert.rejects(run({ permissionProfile: none }), /globScanMaxDepth must be at least 1/);
	});

	it('hold for file requests of clients as for commands, in every folder that is worked in', async () => {
		const { server, workspace } = await ready([], {
			...profile,
			permissions: DEV.replace('":root" = "read"', '":root" = "read", "/etc/hostname" = "none"'),
		});
		const at = (...names: string[]) => path.join(workspace, ...names);
		const write = (file: string) => server.request('fs/writeFile', { path: file, dataBase64: '' });
		await write(at('made.txt'));
		await mkdir(at('build'));
		await mkdir(at('.git/hooks'), { recursive: true });
		const outside = path.join(fixture.home.root, 'outside');
		const other = path.join(outside, 'other');
		await mkdir(other, { recursive: true });
		await writeFile(path.join(other, 'x.env'), 'hidden');
		const home = fixture.home.codexHome;
		for (const file of [
			at('docs/new.md'),
			at('.git/hooks/pre-commit'),
			at('.vscode/tasks.json'),
			path.join(outside, 'x'),
			path.join(home, 'rules/default.rules'),
		])
			await assert.rejects(write(file), /does not allow writing/, file);
		await assert.rejects(write(at('new.env')), /deny access/);
		for (const method of ['fs/readFile', 'fs/getMetadata', 'fs/remove'])
			await assert.rejects(server.request(method, { path: at('my.env') }), /deny access/, method);
		await assert.rejects(server.request('fs/remove', { path: workspace }), /\.env|docs|\.git/);
		const copy = { sourcePath: workspace, destinationPath: path.join(fixture.home.root, 'copy'), recursive: true };
		await assert.rejects(server.request('fs/copy', copy), /my\.env/);
		await server.request('fs/remove', { path: at('build') });
		await server.request('fs/remove', { path: at('made.txt') });

		await server.request('fs/readFile', { path: path.join(other, 'x.env') });
		await server.startThread(fixture.home, { cwd: other });
		await assert.rejects(server.request('fs/readFile', { path: path.join(other, 'x.env') }), /deny access/);
		await write(path.join(other, 'made.txt'));
		await assert.rejects(write(path.join(outside, 'x')), /does not allow writing/);
	});

	it('hide files in what undo keeps of them, too', async () => {
		const look = 'cat my.env; grep -rs KEY= "$CODEX_HOME/tiller"; echo looked';
		const { server } = await ready([
			respond(execCommand('echo 1 > made.txt')),
			respond(execCommand(look, { callId: 'call_2' })),
			respond(message('Done.')),
		]);
		const turn = await server.runTurn(await server.startThread(fixture.home), 'go');
		assert.equal(turn.status, 'completed', JSON.stringify(turn));
		const seen = JSON.stringify(fixture.model.requests.at(-1)?.body.input);
		assert.match(seen, /my\.env: Permission denied/);
		assert.doesNotMatch(seen, /KEY=hidden/);
		const checkpoints = path.join(fixture.home.codexHome, 'tiller', 'checkpoints');
		const kept = await Promise.all(
			(await readdir(checkpoints, { recursive: true })).map((name) => readFile(path.join(checkpoints, name), 'utf8').catch(() => '')),
		);
		assert.ok(kept.includes('KEY=hidden'), 'it can be undone');
	});

	it('that a thread alone has hide its files from file requests too', async () => {
		const { server, workspace } = await ready([], { permissions: DEV });
		const read = () => server.request('fs/readFile', { path: path.join(workspace, 'my.env') });
		await read();
		await server.startThread(fixture.home, { permissions: { type: 'profile', id: 'dev' } });
		await assert.rejects(read(), /deny access/);
		await server.request('fs/writeFile', { path: path.join(fixture.home.root, 'anywhere'), dataBase64: '' });
	});

	it('can be narrower than the disk: only what an entry names is there', async () => {
		const { server, workspace } = await ready([], {});
		const entry = (value: object, access: string) => ({ path: { type: 'special', value }, access });
		const entries = [entry({ kind: 'minimal' }, 'read'), entry({ kind: 'current_working_directory' }, 'write')];
		const permissionProfile = { type: 'managed', network: { enabled: false }, fileSystem: { type: 'restricted', entries } };
		const script = `cat my.env; echo made > made.txt; ls ${fixture.home.root}; ls -d /root /var /home; echo env $CODEX_SANDBOX_NETWORK_DISABLED; touch /x`;
		const result = await server.request('command/exec', { command: ['sh', '-c', script], cwd: workspace, permissionProfile });
		assert.match(result.stdout, /^KEY=hidden/);
		assert.match(result.stdout, /env 1/);
		assert.doesNotMatch(result.stdout, /config\.toml|\/root|\/home\n/);
		assert.match(result.stderr, /'?\/x'?: Read-only file system/);
		assert.equal(await readFile(path.join(workspace, 'made.txt'), 'utf8'), 'made\n');
	});

	it('never widen what an older client restricted', async () => {
		const { server } = await ready([], {});
		const run = (access: object) => server.request('command/exec', { command: ['true'], sandboxPolicy: { type: 'readOnly', access } });
		assert.equal((await run({ type: 'fullAccess' })).exitCode, 0);
		await assert.rejects(run({ type: 'restricted', readableRoots: [] }), /readOnly\.access is no longer supported; use permissionProfile/);
	});

	it('ask for what the configuration has to say, in words', async () => {
		const { server, workspace } = await ready([], { permissions: DEV.replace('"read"', '"frob"'), default_permissions: '"dev"' });
		await assert.rejects(server.request('thread/start', { cwd: workspace }), /must be "read", "write" or "none", not "frob"/);
		await assert.rejects(server.request('command/exec', { command: ['true'] }), /failed to load configuration/);
	});

	it('are given to one command that asks for them, and to no other', async function () {
		needsBubblewrap(this);
		const asks = (cmd: string, callId: string, more: object) =>
			respond(
				execCommand(cmd, { callId, sandbox_permissions: 'with_additional_permissions', justification: 'May I?', additional_permissions: more }),
			);
		const { server, workspace } = await ready([], {
			features: '{ exec_permission_approvals = true }',
			approval_policy: '"on-request"',
			sandbox_mode: '"workspace-write"',
			sandbox_workspace_write: '{ exclude_slash_tmp = true, exclude_tmpdir_env_var = true }',
		});
		const outside = path.join(fixture.home.root, 'outside');
		await mkdir(outside);
		const write = (name: string) => `echo x > ${path.join(outside, name)}; ls ${outside}`;
		fixture.model.add(
			asks(write('a'), 'call_1', { file_system: { write: [outside] } }),
			respond(execCommand(write('b'), { callId: 'call_2' })),
			asks(write('c'), 'call_3', { network: { enabled: true }, file_system: { write: [outside] } }),
			asks('true', 'call_4', {}),
			respond(execCommand('true', { callId: 'call_5', sandbox_permissions: 'with_additional_permissions' })),
			respond(message('Done.')),
		);
		let asked = 0;
		server.answer('item/commandExecution/requestApproval', () => ({ decision: asked++ === 0 ? 'accept' : 'decline' }));
		const { thread } = await server.request('thread/start', { cwd: workspace });
		await server.runTurn(thread.id, 'go');
		const questions = server.received.filter(({ method }) => method === 'item/commandExecution/requestApproval').map(({ params }) => params);
		const entries = [{ path: { type: 'path', path: outside }, access: 'write' }];
		assert.deepEqual(
			questions.map(({ itemId, reason, additionalPermissions, availableDecisions, outsideSandbox }) => [
				...[itemId, reason, additionalPermissions, availableDecisions, outsideSandbox],
			]),
			[
				['call_1', 'May I?', { network: null, fileSystem: { read: null, write: [outside], entries } }, ['accept', 'cancel'], undefined],
				['call_3', 'May I?', { network: { enabled: true }, fileSystem: { read: null, write: [outside], entries } }, ['accept', 'cancel'], undefined],
			],
		);
		assert.deepEqual(await readdir(outside), ['a']);
		const told = JSON.stringify(fixture.model.requests.at(-1)?.body.input);
		assert.match(told, /Read-only file system/);
		assert.match(told, /rejected by user/);
		assert.match(told, /asks for nothing/);
		assert.match(told, /missing `additional_permissions`/);

		fixture.model.add(asks(write('d'), 'call_6', { file_system: { write: [outside] } }), respond(message('Done.')));
		await server.runTurn(thread.id, 'again', { approvalPolicy: 'never' });
		assert.match(JSON.stringify(fixture.model.requests.at(-1)?.body.input), /approval policy is Never; reject command/);
		assert.deepEqual(await readdir(outside), ['a']);
	});

	it('that were given for the session are not asked for again in the thread, and are for one turn only otherwise', async () => {
		const ask = (id: string) => respond(functionCall('request_permissions', { permissions: { network: { enabled: true } } }, id));
		const { server, workspace } = await ready([], { features: '{ request_permissions_tool = true }', approval_policy: '"on-request"' });
		fixture.model.add(...['a', 'b', 'c'].flatMap((id) => [ask(id), respond(message('Done.'))]));
		const asked: unknown[] = [];
		server.answer('item/permissions/requestApproval', ({ itemId, permissions }) => {
			asked.push(itemId);
			return { permissions, scope: itemId === 'a' ? 'turn' : 'session' };
		});
		const { thread } = await server.request('thread/start', { cwd: workspace, sandbox: 'workspace-write' });
		for (const text of ['a', 'b', 'c']) await server.runTurn(thread.id, text);
		assert.deepEqual(asked, ['a', 'b']);
		const last = JSON.stringify(fixture.model.requests.at(-1)?.body.input?.at(-1));
		assert.match(last, /\\"network\\":\{\\"enabled\\":true\},.*\\"scope\\":\\"session\\"/);
	});

	it('are given to all threads of a workspace when a person says so, also after a restart, until they are taken back', async function () {
		needsBubblewrap(this);
		fixture = await serverFixture([], {
			features: '{ request_permissions_tool = true }',
			approval_policy: '"on-request"',
			sandbox_mode: '"workspace-write"',
			sandbox_workspace_write: '{ exclude_slash_tmp = true, exclude_tmpdir_env_var = true }',
		});
		const { workspace, root } = fixture.home;
		const outside = path.join(root, 'outside');
		await mkdir(outside);
		const write = (name: string) => respond(execCommand(`echo x > ${path.join(outside, name)}`, { callId: name }));
		const asks = respond(functionCall('request_permissions', { permissions: { file_system: { write: [outside] } } }, 'more'));
		fixture.model.add(asks, write('a'), respond(message('Done.')), write('b'), respond(message('Done.')), write('c'), respond(message('Done.')));
		const asked: unknown[] = [];
		const begin = async () => {
			const server = fixture.start();
			await server.initialize({ experimentalApi: true, applyFileChanges: true });
			server.answer('item/permissions/requestApproval', ({ workspaceFolder, permissions }) => {
				asked.push(workspaceFolder);
				return { permissions, scope: 'workspace' };
			});
			return server;
		};
		const first = await begin();
		await first.runTurn(await first.startThread(fixture.home), 'go');
		assert.deepEqual([asked, await readdir(outside)], [[workspace], ['a']], JSON.stringify(fixture.model.requests.at(-1)?.body.input));
		await first.kill();

		const second = await begin();
		await second.runTurn(await second.startThread(fixture.home), 'again');
		assert.deepEqual(await readdir(outside), ['a', 'b']);
		const { data } = await second.request('approval/list', {});
		const saved = data.filter(({ lifetime }: { lifetime: string }) => lifetime === 'workspace');
		assert.deepEqual(
			saved.map(({ kind, what, folder }: { kind: string; what: string; folder: string }) => [kind, what, folder]),
			[['permissions', `write ${outside}`, workspace]],
		);
		for (const { id } of saved) await second.request('approval/revoke', { id });
		await second.runTurn(await second.startThread(fixture.home), 'once more');
		assert.deepEqual([asked.length, await readdir(outside)], [1, ['a', 'b']]);
		await second.kill();
	});

	for (const [decision, lifetime] of [
		['acceptForSession', 'thread'],
		['acceptForWorkspace', 'workspace'],
	] as const)
		it(`are given to one command again, without a question, when a person says so: ${decision}`, async function () {
			needsBubblewrap(this);
			fixture = await serverFixture([], {
				features: '{ exec_permission_approvals = true }',
				approval_policy: '"on-request"',
				sandbox_mode: '"workspace-write"',
				sandbox_workspace_write: '{ exclude_slash_tmp = true, exclude_tmpdir_env_var = true }',
			});
			const { workspace, root } = fixture.home;
			const outside = path.join(root, 'outside');
			await mkdir(outside);
			const file = path.join(outside, 'a');
			const runs = (more: object, name = file) =>
				respond(execCommand(`echo x >> ${name}`, { sandbox_permissions: 'with_additional_permissions', additional_permissions: more }));
			const write = { file_system: { write: [outside] } };
			const server = fixture.start();
			await server.initialize({ experimentalApi: true, applyFileChanges: true });
			const asked: unknown[] = [];
			server.answer('item/commandExecution/requestApproval', ({ workspaceFolder, availableDecisions }) => {
				asked.push([workspaceFolder, availableDecisions]);
				return { decision: asked.length === 1 ? decision : 'decline' };
			});
			const turn = async (threadId: string, ...steps: ReturnType<typeof respond>[]) => {
				fixture.model.add(...steps, respond(message('Done.')));
				await server.runTurn(threadId, 'go');
				return [asked.length, await readFile(file, 'utf8')];
			};
			const thread = await server.startThread(fixture.home);
			assert.deepEqual(await turn(thread, runs(write)), [1, 'x\n']);
			assert.deepEqual(asked, [[workspace, ['accept', 'cancel']]]);
			assert.deepEqual(await turn(thread, runs(write)), [1, 'x\nx\n']);
			// More than was allowed, and another command.
			assert.deepEqual(await turn(thread, runs({ ...write, network: { enabled: true } })), [2, 'x\nx\n']);
			assert.deepEqual(await turn(thread, runs(write, path.join(outside, 'b'))), [3, 'x\nx\n']);
			const holds = lifetime === 'workspace';
			assert.deepEqual(await turn(await server.startThread(fixture.home), runs(write)), holds ? [3, 'x\nx\nx\n'] : [4, 'x\nx\n']);
			const { data } = await server.request('approval/list', {});
			const saved = data.filter((each: { kind: string }) => each.kind === 'command');
			assert.deepEqual(
				saved.map((each: { what: string; lifetime: string }) => [each.what, each.lifetime]),
				[[`echo x >> ${file} + write ${outside}`, lifetime]],
			);
			await server.request('approval/revoke', { id: saved[0].id });
			const before = asked.length;
			assert.equal((await turn(thread, runs(write)))[0], before + 1);
		});

	it('cannot be asked for by a command where that is off', async () => {
		const more = { sandbox_permissions: 'with_additional_permissions', additional_permissions: { network: { enabled: true } } };
		const { server, workspace } = await ready([respond(execCommand('touch made', more)), respond(message('Done.'))], {});
		const { thread } = await server.request('thread/start', { cwd: workspace });
		await server.runTurn(thread.id, 'go');
		assert.match(JSON.stringify(fixture.model.requests.at(-1)?.body.input), /needs `features\.exec_permission_approvals`/);
		assert.deepEqual((await readdir(workspace)).includes('made'), false);
	});
});

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, describe, it } from 'mocha';
import { respond, say } from '../../support/model/fakeModelServer.ts';
import { execCommand } from '../../support/model/modelEvents.ts';
import { type ServerFixture, serverFixture } from '../../support/serverFixture.ts';

const everything = { path: { type: 'special', value: { kind: 'root' } }, access: 'read' };
const readOnly = { type: 'managed', network: { enabled: false }, fileSystem: { type: 'restricted', entries: [everything] } };
const input = [{ type: 'text', text: 'go', text_elements: [] }];

describe('a permission profile within a request', function () {
	let fixture: ServerFixture;
	afterEach(() => fixture.dispose());

	const writes = () => [respond(...execCommand('echo x > made.txt')), say('Done.')];
	async function ready(script: Parameters<typeof serverFixture>[0], config: Readonly<Record<string, string>> = {}) {
		fixture = await serverFixture(script, { sandbox_mode: '"danger-full-access"', approval_policy: '"never"', ...config });
		const server = fixture.start();
		await server.initialize();
		const made = path.join(fixture.home.workspace, 'made.txt');
		return { server, cwd: fixture.home.workspace, made };
	}

	it('holds over a configuration that allows everything, however the thread came to life', async () => {
		const { server, cwd, made } = await ready([...writes(), say('Here.'), ...writes(), ...writes(), ...writes()]);
		const started = await server.request('thread/start', { cwd, permissionProfile: readOnly });
		assert.equal(started.sandbox.type, 'readOnly');
		assert.deepEqual(started.permissionProfile, readOnly);
		await server.runTurn(started.thread.id, 'go');
		assert.equal(existsSync(made), false);
		const open = await server.request('thread/start', { cwd });
		await server.runTurn(open.thread.id, 'go');
		const joined = await server.request('thread/resume', { threadId: open.thread.id, permissionProfile: readOnly });
		assert.equal(joined.sandbox.type, 'readOnly');
		await server.runTurn(open.thread.id, 'go');
		const forked = await server.request('thread/fork', { threadId: open.thread.id, permissionProfile: readOnly });
		assert.equal(forked.sandbox.type, 'readOnly');
		await server.runTurn(forked.thread.id, 'go');
		const turned = await server.request('thread/start', { cwd });
		await server.runTurn(turned.thread.id, 'go', { permissionProfile: readOnly });
		assert.equal(existsSync(made), false);
	});

	it('is refused beside another choice, in a form that cannot be kept, and for clients that did not ask for what is experimental', async () => {
		const { server, cwd } = await ready([]);
		const start = (params: object) => server.request('thread/start', { cwd, ...params });
		const { thread } = await start({});
		await assert.rejects(start({ permissionProfile: readOnly, sandbox: 'read-only' }), /`permissionProfile` cannot be combined with `sandbox`/);
		const permissions = { type: 'profile', id: ':workspace' };
		await assert.rejects(start({ permissionProfile: readOnly, permissions }), /cannot be combined with `permissions`/);
		const turn = { threadId: thread.id, input, permissionProfile: readOnly };
		await assert.rejects(server.request('turn/start', { ...turn, sandboxPolicy: { type: 'readOnly' } }), /cannot be combined with `sandboxPolicy`/);
		await assert.rejects(server.request('turn/queue/add', { ...turn, permissions }), /cannot be combined with `permissions`/);
		const flat = { ...readOnly, fileSystem: { ...readOnly.fileSystem, globScanMaxDepth: 0 } };
		await assert.rejects(start({ permissionProfile: flat }), /globScanMaxDepth must be at least 1/);
		const plain = fixture.start();
		await plain.initialize({ experimentalApi: false });
		for (const [method, params] of [
			['thread/start', { cwd }],
			['thread/resume', { threadId: thread.id }],
			['thread/fork', { threadId: thread.id }],
			['turn/start', { threadId: thread.id, input }],
		] as const) {
			const request = plain.request(method, { ...params, permissionProfile: readOnly });
			await assert.rejects(request, new RegExp(`${method}\\.permissionProfile requires experimentalApi capability`), method);
		}
	});

	it('may say deny for none, and may be named by a text alone', async () => {
		const { server, cwd } = await ready([respond(...execCommand('cat my.env')), say('Done.')]);
		await writeFile(path.join(cwd, 'my.env'), 'KEY=hidden');
		const denied = { path: { type: 'path', path: path.join(cwd, 'my.env') }, access: 'deny' };
		const profile = { ...readOnly, fileSystem: { type: 'restricted', entries: [everything, denied] } };
		const { thread } = await server.request('thread/start', { cwd, permissionProfile: profile });
		await server.runTurn(thread.id, 'go');
		const { params } = await server.waitForNotification('item/completed', ({ item }) => item.type === 'commandExecution');
		assert.doesNotMatch(params.item.aggregatedOutput, /hidden/);
		const named = await server.request('thread/start', { cwd, permissions: ':read-only' });
		assert.equal(named.activePermissionProfile.id, ':read-only');
	});

	it("of somebody else's sandbox does not open what the configuration denies", async () => {
		const config = {
			default_permissions: '"dev"',
			permissions: '{ dev = { filesystem = { ":root" = "write", ":project_roots" = { "*.env" = "none" } } } }',
		};
		const { server, cwd } = await ready([respond(...execCommand('cat my.env; echo seen')), say('Done.')], config);
		await writeFile(path.join(cwd, 'my.env'), 'KEY=hidden');
		const { thread } = await server.request('thread/start', { cwd });
		await server.runTurn(thread.id, 'go', { sandboxPolicy: { type: 'externalSandbox', networkAccess: 'enabled' } });
		const { params } = await server.waitForNotification('item/completed', ({ item }) => item.type === 'commandExecution');
		assert.doesNotMatch(params.item.aggregatedOutput, /hidden/);
		assert.match(params.item.aggregatedOutput, /seen/);
	});
});

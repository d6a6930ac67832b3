import assert from 'node:assert/strict';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, it } from 'mocha';
import { respond, say } from '../../support/model/fakeModelServer.ts';
import { execCommand, functionCall, message } from '../../support/model/modelEvents.ts';
import { type ServerFixture, serverFixture } from '../../support/serverFixture.ts';

describe('what config.toml says of the messages before the first', () => {
	let fixture: ServerFixture;
	afterEach(() => fixture.dispose());

	const write = (name: string, text: string) => {
		const file = path.join(fixture.home.workspace, name);
		mkdirSync(path.dirname(file), { recursive: true });
		writeFileSync(file, text);
	};
	const told = () => JSON.stringify(fixture.model.requests.at(-1)?.body.input);

	it('names further files with instructions of a project, and what its root is known by', async () => {
		fixture = await serverFixture([say('One.'), say('Two.')], {
			project_doc_fallback_filenames: '["  ", "CLAUDE.md", "../beside.md", "NOTES.md"]',
			project_root_markers: '[".hg"]',
		});
		const { workspace } = fixture.home;
		write('.hg/store', '');
		write('CLAUDE.md', 'from the root');
		write('sub/NOTES.md', 'from the folder');
		write('both/AGENTS.md', 'from agents');
		write('both/CLAUDE.md', 'never read');
		writeFileSync(path.join(path.dirname(workspace), 'beside.md'), 'of somebody else');
		const server = fixture.start();
		await server.initialize();
		const { thread, instructionSources } = await server.request('thread/start', { cwd: path.join(workspace, 'sub') });
		assert.deepEqual(instructionSources, [path.join(workspace, 'CLAUDE.md'), path.join(workspace, 'sub/NOTES.md')]);
		await server.runTurn(thread.id, 'hi');
		assert.match(told(), /from the root[\s\S]*from the folder/);
		assert.doesNotMatch(told(), /of somebody else/);
		const both = await server.request('thread/start', { cwd: path.join(workspace, 'both') });
		await server.runTurn(both.thread.id, 'hi');
		assert.match(told(), /from the root[\s\S]*from agents/);
		assert.doesNotMatch(told(), /never read/);
	});

	for (const [key, text] of [
		['include_permissions_instructions', /<permissions instructions>/],
		['include_environment_context', /<environment_context>/],
		['include_collaboration_mode_instructions', /<collaboration_mode>/],
	] as const) {
		it(`leaves out what \`${key} = false\` names, later too, and nothing else`, async () => {
			fixture = await serverFixture([say('One.'), say('Two.')], { [key]: 'false' });
			write('sub/file', '');
			const server = fixture.start();
			await server.initialize({ experimentalApi: true });
			const threadId = await server.startThread(fixture.home);
			const mode = (name: string) => ({
				collaborationMode: { mode: name, settings: { model: 'fake-model', reasoning_effort: null, developer_instructions: null } },
			});
			await server.runTurn(threadId, 'plan', mode('plan'));
			await server.runTurn(threadId, 'do', {
				...mode('default'),
				cwd: path.join(fixture.home.workspace, 'sub'),
				sandboxPolicy: { type: 'readOnly' },
			});
			const all = [/<permissions instructions>/, /<environment_context>/, /<collaboration_mode>/];
			assert.deepEqual(
				all.map((each) => each.test(told())),
				all.map((each) => each.source !== text.source),
			);
		});
	}

	it('has commits name somebody, where that is switched on', async () => {
		fixture = await serverFixture([say('One.')], { commit_attribution: '"Tea <tea@example.com>"', features: '{ codex_git_commit = true }' });
		const server = fixture.start();
		await server.initialize();
		await server.runTurn(await server.startThread(fixture.home), 'hi');
		assert.match(told(), /Co-authored-by: Tea <tea@example\.com>/);
	});

	for (const [what, features, offered] of [
		['none', '{ shell_tool = false }', []],
		['those that end with their call', '{ unified_exec = false }', ['shell_command']],
		['those that go on', '{}', ['exec_command', 'write_stdin']],
	] as const) {
		it(`offers tools for commands as the features say: ${what}`, async () => {
			fixture = await serverFixture(
				[respond(execCommand('touch made')), respond(functionCall('shell_command', { command: 'echo said' }, 'call_2')), say('One.')],
				{
					features,
				},
			);
			const server = fixture.start();
			await server.initialize();
			await server.runTurn(await server.startThread(fixture.home), 'hi');
			const tools = fixture.model.requests[0]?.body.tools as readonly { readonly name?: string }[];
			const names = tools.flatMap(({ name }) => (['exec_command', 'write_stdin', 'shell_command', 'shell'].includes(name ?? '') ? [name] : []));
			assert.deepEqual(names, offered);
			assert.equal(existsSync(path.join(fixture.home.workspace, 'made')), names.includes('exec_command'), 'what is not offered does not run');
			assert.equal(/said/.test(told().split('call_2').at(-1) ?? ''), names.length > 0);
		});
	}

	it('says more to the automatic reviewer', async () => {
		const verdict = { risk_level: 'low', user_authorization: 'high', outcome: 'allow', rationale: 'It was asked for.' };
		fixture = await serverFixture(
			[
				respond(execCommand('touch made', { sandbox_permissions: 'require_escalated', justification: 'It is needed.' })),
				respond(message(JSON.stringify(verdict))),
				respond(message('Done.', 'msg_2')),
			],
			{
				approval_policy: '"on-request"',
				sandbox_mode: '"workspace-write"',
				approvals_reviewer: '"auto_review"',
				auto_review: '{ policy = "Never touch the archive." }',
			},
		);
		const server = fixture.start();
		await server.initialize();
		assert.equal((await server.runTurn(await server.startThread(fixture.home), 'make it')).status, 'completed');
		const [first, review] = fixture.model.requests.map(({ body }) => String(body.instructions));
		assert.match(review ?? '', /<policy>\nNever touch the archive\.\n<\/policy>/);
		assert.doesNotMatch(first ?? '', /archive/);
	});
});

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, describe, it } from 'mocha';
import type { AppServerProcess } from '../../support/appServerProcess.ts';
import { until } from '../../support/deadline.ts';
import { respond, type ScriptEntry } from '../../support/model/fakeModelServer.ts';
import { applyPatch, execCommand, message } from '../../support/model/modelEvents.ts';
import { type ServerFixture, serverFixture } from '../../support/serverFixture.ts';

const numbers = (...changes: readonly [number, string][]) => {
	const lines = Array.from({ length: 20 }, (_, index) => `line ${index}`);
	for (const [at, text] of changes) lines[at] = text;
	return `${lines.join('\n')}\n`;
};

const patchLine = (file: string, from: string, to: string) => `*** Begin Patch\n*** Update File: ${file}\n@@\n-${from}\n+${to}\n*** End Patch`;

describe('what a turn changed', () => {
	let fixture: ServerFixture;
	let server: AppServerProcess;
	let threadId: string;
	afterEach(() => fixture.dispose());

	const file = (name: string) => path.join(fixture.home.workspace, name);
	const text = (name: string) => readFile(file(name), 'utf8');

	async function begin(script: readonly ScriptEntry[], files: Readonly<Record<string, string | Uint8Array>>) {
		fixture = await serverFixture(script);
		for (const [name, content] of Object.entries(files)) {
			await mkdir(path.dirname(file(name)), { recursive: true });
			await writeFile(file(name), content);
		}
		server = fixture.start();
		await server.initialize();
		threadId = await server.startThread(fixture.home);
	}

	const list = async () => (await server.request('thread/checkpoint/list', { threadId })).data;
	/** Runs a turn to its end and returns its id. */
	const turn = async () => (await server.runTurn(threadId, 'go')).id;
	const restore = (params: object) => server.request('thread/checkpoint/restore', { threadId, ...params });
	const outcomes = ({ files }: { files: readonly { path: string; outcome: string }[] }) =>
		Object.fromEntries(files.map((each) => [path.relative(fixture.home.workspace, each.path), each.outcome]));

	it('by patches and commands is listed, comes back byte by byte, and can be brought again', async () => {
		const binary = Uint8Array.from([0, 255, 1, 254]);
		await begin(
			[
				respond(applyPatch(patchLine('a.txt', 'line 3', 'three'), 'call_1')),
				respond(execCommand('rm gone.bin && printf new > sub/made.txt && printf "x\\r\\n" >> crlf.txt && rm run.sh', { callId: 'call_2' })),
				respond(message('Done.')),
				respond(message('I see.')),
			],
			{ 'a.txt': numbers(), 'gone.bin': binary, 'sub/keep.txt': 'k', 'crlf.txt': 'a\r\n', 'run.sh': '#!/bin/sh\n' },
		);
		await chmod(file('run.sh'), 0o755);
		const turnId = await turn();
		const [checkpoint] = await list();
		assert.deepEqual(
			checkpoint.files.map((each: { path: string; change: string; by: string[]; kept: boolean }) => [
				path.relative(fixture.home.workspace, each.path),
				each.change,
				each.by.join(),
				each.kept,
			]),
			[
				['a.txt', 'modified', 'patch', true],
				['crlf.txt', 'modified', 'command', true],
				['gone.bin', 'deleted', 'command', true],
				['run.sh', 'deleted', 'command', true],
				['sub/made.txt', 'added', 'command', true],
			],
		);
		assert.deepEqual([checkpoint.id, checkpoint.kind, checkpoint.undone, checkpoint.uncovered], [turnId, 'turn', false, []]);

		const preview = await restore({ checkpointId: turnId, dryRun: true });
		assert.match(preview.files[0].diff, /-three\n\+line 3\n/);
		assert.equal(await text('a.txt'), numbers([3, 'three']), 'a preview changes nothing');

		const undone = await restore({ checkpointId: turnId });
		assert.deepEqual(outcomes(undone), {
			'a.txt': 'restored',
			'crlf.txt': 'restored',
			'gone.bin': 'restored',
			'run.sh': 'restored',
			'sub/made.txt': 'restored',
		});
		assert.equal(await text('a.txt'), numbers());
		assert.equal(await text('crlf.txt'), 'a\r\n');
		assert.deepEqual(new Uint8Array(await readFile(file('gone.bin'))), binary);
		assert.equal((await stat(file('run.sh'))).mode & 0o777, 0o755);
		assert.equal(existsSync(file('sub/made.txt')), false);
		assert.equal((await list())[0].undone, true);

		await turn();
		assert.match(JSON.stringify(fixture.model.requests.at(-1)), /files_restored.*made\.txt/, 'the model hears of it');

		const redone = await restore({ checkpointId: undone.checkpointId });
		assert.equal(
			Object.values(outcomes(redone)).every((each) => each === 'restored'),
			true,
		);
		assert.equal(await text('a.txt'), numbers([3, 'three']));
		assert.equal(await text('crlf.txt'), 'a\r\nx\r\n');
		assert.equal(existsSync(file('gone.bin')), false);
		assert.equal(await text('sub/made.txt'), 'new');
		assert.equal((await list())[0].undone, false);
	});

	it('does not come back through a link that was put in the place of its folder since, nor through one of a file', async () => {
		await begin(
			[
				respond(applyPatch(patchLine('sub/a.txt', 'line 3', 'three'), 'call_1')),
				respond(execCommand('rm sub/gone.bin; printf new > sub/made.txt; echo y > deep/er/made', { callId: 'call_2' })),
				respond(message('Done.')),
			],
			{ 'sub/a.txt': numbers(), 'sub/gone.bin': Uint8Array.from([0, 255, 1]), 'deep/er/keep': 'k', 'b.txt': 'b' },
		);
		const turnId = await turn();
		const outside = path.join(fixture.home.root, 'outside');
		await mkdir(outside);
		await rename(file('sub'), path.join(outside, 'sub'));
		await symlink(path.join(outside, 'sub'), file('sub'));
		await rename(file('deep'), path.join(outside, 'deep'));
		await symlink(path.join(outside, 'deep'), file('deep'));
		const undone = await restore({ checkpointId: turnId });
		assert.deepEqual(outcomes(undone), {
			'deep/er/made': 'conflict',
			'sub/a.txt': 'conflict',
			'sub/gone.bin': 'conflict',
			'sub/made.txt': 'conflict',
		});
		assert.match(undone.files[0].message, /symbolic link/);
		assert.equal(undone.files[0].reason, 'symbolicLink');
		assert.equal(await readFile(path.join(outside, 'sub/a.txt'), 'utf8'), numbers([3, 'three']));
		assert.deepEqual((await readdir(path.join(outside, 'sub'))).sort(), ['a.txt', 'made.txt']);
		assert.equal(existsSync(path.join(outside, 'deep/er/made')), true);
	});

	it('comes back in a workspace that is itself behind a link', async () => {
		await begin([], { 'real/a.txt': numbers(), 'real/gone.txt': 'gone' });
		await symlink('real', file('way'));
		fixture.model.add(
			respond(applyPatch(patchLine('a.txt', 'line 3', 'three'), 'call_1')),
			respond(execCommand('rm gone.txt', { callId: 'call_2' })),
			respond(message('Done.')),
		);
		const { thread } = await server.request('thread/start', { cwd: file('way') });
		threadId = thread.id;
		const turnId = await turn();
		assert.deepEqual(outcomes(await restore({ checkpointId: turnId })), { 'way/a.txt': 'restored', 'way/gone.txt': 'restored' });
		assert.deepEqual([await text('real/a.txt'), await text('real/gone.txt')], [numbers(), 'gone']);
	});

	it('is taken back around what came later, and left alone where that is in the same place', async () => {
		await begin(
			[
				respond(
					applyPatch(
						`${patchLine('a.txt', 'line 3', 'three').replace('*** End Patch', '')}*** Update File: b.txt\n@@\n-line 3\n+three\n*** End Patch`,
						'call_1',
					),
				),
				respond(message('Done.')),
			],
			{ 'a.txt': numbers(), 'b.txt': numbers() },
		);
		const turnId = await turn();
		await writeFile(file('a.txt'), numbers([3, 'three'], [15, 'mine']));
		await writeFile(file('b.txt'), numbers([3, 'mine']));
		assert.deepEqual(outcomes(await restore({ checkpointId: turnId })), { 'a.txt': 'merged', 'b.txt': 'conflict' });
		assert.equal(await text('a.txt'), numbers([15, 'mine']));
		assert.equal(await text('b.txt'), numbers([3, 'mine']));
	});

	it('of several turns goes back to before the first of them; each alone can go too', async () => {
		await begin(
			[
				respond(applyPatch(patchLine('a.txt', 'line 1', 'one'), 'call_1')),
				respond(message('1')),
				respond(applyPatch(patchLine('a.txt', 'line 12', 'twelve'), 'call_2')),
				respond(message('2')),
			],
			{ 'a.txt': numbers() },
		);
		const first = await turn();
		await turn();
		const alone = await restore({ checkpointId: first });
		assert.equal(await text('a.txt'), numbers([12, 'twelve']));
		await restore({ checkpointId: alone.checkpointId });
		assert.equal(await text('a.txt'), numbers([1, 'one'], [12, 'twelve']));
		await restore({ checkpointId: first, scope: 'andLater' });
		assert.equal(await text('a.txt'), numbers());
	});

	it('can be followed change by change, with contents', async () => {
		await begin(
			[
				respond(applyPatch(patchLine('a.txt', 'line 1', 'one'), 'call_1')),
				respond(execCommand('printf b > b.txt', { callId: 'call_2' })),
				respond(message('1')),
			],
			{
				'a.txt': numbers(),
			},
		);
		const turnId = await turn();
		const changes = (from: number) => server.request('thread/checkpoint/changes', { threadId, from });
		const all = await changes(0);
		assert.deepEqual(all, {
			data: [
				{
					checkpointId: turnId,
					itemId: 'call_1',
					path: file('a.txt'),
					by: 'patch',
					before: { type: 'text', text: numbers() },
					after: { type: 'text', text: numbers([1, 'one']) },
				},
				{
					checkpointId: turnId,
					itemId: 'call_2',
					path: file('b.txt'),
					by: 'command',
					before: { type: 'absent' },
					after: { type: 'text', text: 'b' },
				},
			],
			next: 2,
			total: 2,
		});
		await restore({ checkpointId: turnId });
		const later = await changes(2);
		assert.deepEqual([later.data.map((each: { by: string }) => each.by), later.next], [['restore', 'restore'], 4]);
	});

	it('survives a restart of the server', async () => {
		await begin([respond(execCommand('printf changed > a.txt')), respond(message('Done.'))], { 'a.txt': 'old' });
		const turnId = await turn();
		await server.kill();
		server = fixture.start();
		await server.initialize();
		await restore({ checkpointId: turnId, paths: [file('a.txt')] });
		assert.equal(await text('a.txt'), 'old');
	});

	it('is not said to be covered where it is not', async () => {
		await begin(
			[
				respond(execCommand('printf x >> big.bin; head -c 2000000 /dev/zero > large.bin; printf y > ignored.txt; printf z > seen.txt')),
				respond(message('Done.')),
			],
			{
				'big.bin': new Uint8Array(2_000_000),
				'.gitignore': 'ignored.txt\n',
				'ignored.txt': 'i',
			},
		);
		const turnId = await turn();
		const [checkpoint] = await list();
		assert.deepEqual(
			checkpoint.files.map((each: { path: string; kept: boolean }) => [path.basename(each.path), each.kept]),
			[
				['big.bin', false],
				['large.bin', true],
				['seen.txt', true],
			],
		);
		assert.deepEqual(outcomes(await restore({ checkpointId: turnId })), { 'big.bin': 'notKept', 'large.bin': 'notKept', 'seen.txt': 'restored' });
		assert.equal(existsSync(file('large.bin')), true, 'the person may have written it anew');
		await rm(path.join(fixture.home.codexHome, 'tiller', 'checkpoints', 'objects'), { recursive: true });
		const again = await restore({ checkpointId: turnId, dryRun: true });
		assert.equal(outcomes(again)['big.bin'], 'notKept');
	});

	it('refuses what is not there in plain words', async () => {
		await begin([respond(message('Nothing to do.'))], {});
		const turnId = await turn();
		assert.deepEqual(await server.request('thread/checkpoint/list', { threadId }), { data: [], bytes: 0 });
		await assert.rejects(restore({ checkpointId: turnId }), /nothing was changed there/);
	});

	it('does not contain what a person saved in an editor while a command ran', async () => {
		const command = 'printf "theirs\\n" >> a.txt; printf "made\\n" > made.txt; touch ready; while [ -e wait ]; do sleep 0.05; done; printf x > b.txt';
		await begin([respond(execCommand(command)), respond(message('Done.'))], { 'a.txt': 'one\ntwo\n', 'b.txt': 'b', 'mine.txt': 'old', wait: '' });
		const save = async (name: string, content: string) => {
			await server.request('thread/checkpoint/saving', { path: file(name) });
			await writeFile(file(name), content);
			await server.request('thread/checkpoint/saved', { path: file(name) });
		};
		const ended = turn();
		await until('the command waits', () => existsSync(file('ready')));
		await save('mine.txt', 'new');
		await save('fresh.txt', 'new');
		await save('a.txt', 'mine\none\ntwo\ntheirs\n');
		await save('made.txt', 'made\nmine\n');
		// Of a save that failed nothing is left.
		await server.request('thread/checkpoint/saving', { path: file('b.txt') });
		await server.request('thread/checkpoint/saved', { path: file('b.txt') });
		await rm(file('wait'));
		const checkpointId = await ended;
		const { data } = await server.request('thread/checkpoint/changes', { threadId, from: 0 });
		assert.deepEqual(
			Object.fromEntries(
				data.map((each: { path: string; before: { text?: string }; after: { text?: string } }) => [
					path.basename(each.path),
					[each.before.text ?? null, each.after.text ?? null],
				]),
			),
			{
				'a.txt': ['one\ntwo\n', 'one\ntwo\ntheirs\n'],
				'b.txt': ['b', 'x'],
				'made.txt': [null, 'made\n'],
				ready: [null, ''],
				wait: ['', null],
			},
		);
		await restore({ checkpointId });
		assert.deepEqual([await text('a.txt'), await text('mine.txt'), await text('fresh.txt')], ['mine\none\ntwo\n', 'new', 'new']);
	});

	it("leaves no empty folders of its own, and none of the person's away", async () => {
		await begin(
			[
				respond(execCommand('mkdir -p made/deep && printf x > made/deep/a.txt && printf y > mine/b.txt', { callId: 'call_1' })),
				respond(message('Done.')),
			],
			{ 'mine/gone.txt': 'x' },
		);
		await rm(file('mine/gone.txt'));
		const turnId = await turn();
		await restore({ checkpointId: turnId });
		assert.deepEqual([existsSync(file('mine')), existsSync(file('mine/b.txt'))], [true, false]);
		const { birthtimeMs, ctimeMs } = await stat(file('mine'));
		const isTold = birthtimeMs > 0 && birthtimeMs < ctimeMs;
		if (isTold) assert.equal(existsSync(file('made')), false);
	});
});

import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, describe, it } from 'mocha';
import { respond } from '../../support/model/fakeModelServer.ts';
import { applyPatch, execCommand, message } from '../../support/model/modelEvents.ts';
import { type ServerFixture, serverFixture } from '../../support/serverFixture.ts';

const patch = (from: string, to: string) => `*** Begin Patch\n*** Update File: a.txt\n@@\n-${from}\n+${to}\n*** End Patch`;

describe('who wrote the lines of a file', () => {
	let fixture: ServerFixture;
	afterEach(() => fixture.dispose());

	it('is told by turn, over threads, through edits of the person, a restart and a turn that was taken back', async () => {
		fixture = await serverFixture([
			respond(applyPatch(patch('two', 'zwei'), 'call_1')),
			respond(message('Done.')),
			respond(execCommand('printf "five\\nsix\\n" >> a.txt', { callId: 'call_2' })),
			respond(message('Added.')),
			respond(applyPatch(patch('five', 'cinq'), 'call_3')),
			respond(message('French.')),
		]);
		const file = path.join(fixture.home.workspace, 'a.txt');
		await writeFile(file, 'one\ntwo\nthree\n');
		let server = fixture.start();
		await server.initialize();
		const first = await server.startThread(fixture.home);
		const german = await server.runTurn(first, 'Make the second line German,\nplease');
		await writeFile(file, `mine\n${await readFile(file, 'utf8')}`);
		const second = await server.startThread(fixture.home);
		const added = await server.runTurn(second, 'Add two lines');
		const french = await server.runTurn(second, 'Now French');
		await server.close();

		server = fixture.start();
		await server.initialize();
		const blame = (params: object = {}) => server.request('file/blame', { path: file, ...params });
		const { turns, ranges } = await blame();
		assert.equal(await readFile(file, 'utf8'), 'mine\none\nzwei\nthree\ncinq\nsix\n');
		assert.deepEqual(
			turns.map((turn: { threadId: string; turnId: string; message: string; threadTitle: string; undone: boolean }) => [
				turn.threadId,
				turn.turnId,
				turn.message,
				turn.threadTitle,
				turn.undone,
			]),
			[
				[second, french.id, 'Now French', 'Add two lines', false],
				[second, added.id, 'Add two lines', 'Add two lines', false],
				[first, german.id, 'Make the second line German, please', 'Make the second line German, please', false],
			],
		);
		assert.deepEqual(ranges, [
			{ from: 3, to: 3, turn: 2 },
			{ from: 5, to: 5, turn: 0 },
			{ from: 6, to: 6, turn: 1 },
		]);
		const unsaved = await blame({ text: 'zwei\ntyped\nsix\n' });
		assert.deepEqual(unsaved.ranges, [
			{ from: 1, to: 1, turn: 2 },
			{ from: 3, to: 3, turn: 1 },
		]);

		await server.request('thread/resume', { threadId: second });
		await server.request('thread/checkpoint/restore', { threadId: second, checkpointId: french.id });
		const restored = await blame();
		assert.deepEqual(restored.ranges.slice(1), [{ from: 5, to: 6, turn: 1 }]);
		assert.equal(restored.turns[0].undone, true);
		assert.deepEqual(await blame({ path: path.join(fixture.home.workspace, 'other.txt') }), { turns: [], ranges: [] });

		await server.request('thread/delete', { threadId: first });
		assert.deepEqual(
			(await blame()).turns.map((turn: { threadId: string }) => turn.threadId),
			[second, second],
		);
	});
});

import assert from 'node:assert/strict';
import { glob, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, describe, it } from 'mocha';
import { type Reply, respond, say } from '../../support/model/fakeModelServer.ts';
import { completed, created, execCommand, message } from '../../support/model/modelEvents.ts';
import { type ServerFixture, serverFixture } from '../../support/serverFixture.ts';

describe('the history that is compacted', () => {
	let fixture: ServerFixture;
	afterEach(() => fixture.dispose());
	const input = (request: number) => JSON.stringify(fixture.model.requests[request]?.body.input);

	for (const [name, contextWindow, isKept] of [
		['does not fit', 9_000, false],
		['fits', 200_000, true],
	] as const)
		it(`is asked about ${isKept ? 'with' : 'without'} the newest output of a tool when it ${name}; what people and model said stays`, async () => {
			const full: Reply = {
				steps: [created(), ...message('I look at it.'), ...execCommand('yes abcdefg | head -n 6000'), completed({ input: 8_500, output: 0 })],
			};
			fixture = await serverFixture([full, say('SUMMARY'), say('Done.')], {
				model_context_window: String(contextWindow),
				model_auto_compact_token_limit: '8000',
				tool_output_token_limit: '20000',
			});
			const server = fixture.start();
			await server.initialize();
			const id = await server.startThread(fixture.home);
			assert.equal((await server.runTurn(id, 'print it')).status, 'completed');
			assert.match(input(1), /CONTEXT CHECKPOINT|summar/i, 'the second request asks for the summary');
			assert.match(input(1), /print it.*I look at it\./);
			assert.equal(/abcdefg\\+nabcdefg/.test(input(1)), isKept);
		});

	it('loses stale words of the developer when a thread is loaded, and tells those that hold now', async () => {
		fixture = await serverFixture([say('One.'), say('SUMMARY'), respond(message('Two.'))]);
		const server = fixture.start();
		await server.initialize();
		const id = await server.startThread(fixture.home);
		await server.runTurn(id, 'first');
		const from = server.mark();
		await server.request('thread/compact/start', { threadId: id });
		await server.waitForNotification('turn/completed', () => true, from);
		await server.close();

		const [file] = await Array.fromAsync(glob(`sessions/**/*${id}.jsonl`, { cwd: fixture.home.codexHome }));
		assert.ok(file !== undefined);
		const rollout = path.join(fixture.home.codexHome, file);
		const lines = (await readFile(rollout, 'utf8')).trimEnd().split('\n');
		const stale = { type: 'message', role: 'developer', content: [{ type: 'input_text', text: 'STALE: you may write everywhere' }] };
		let seeded = 0;
		const changed = lines.map((line) => {
			const record = JSON.parse(line) as { type: string; payload: { replacement_history?: unknown[] } };
			if (record.type !== 'compacted' || record.payload.replacement_history === undefined) return line;
			seeded++;
			record.payload.replacement_history.unshift(stale);
			return JSON.stringify(record);
		});
		assert.equal(seeded, 1);
		await writeFile(rollout, `${changed.join('\n')}\n`);

		const again = fixture.start();
		await again.initialize();
		await again.request('thread/resume', { threadId: id });
		await again.runTurn(id, 'second');
		assert.match(input(2), /first.*SUMMARY.*second/);
		assert.doesNotMatch(input(2), /STALE/);
		assert.match(input(2), /<permissions instructions>/);
	});
});

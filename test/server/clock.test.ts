import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, it } from 'mocha';
import { respond, say } from '../support/model/fakeModelServer.ts';
import { execCommand } from '../support/model/modelEvents.ts';
import { type ServerFixture, serverFixture } from '../support/serverFixture.ts';

/** Goes back by a minute whenever somebody looks at it. */
const CLOCK = 'const start = Date.now(); let looks = 0; Date.now = () => start - 60_000 * looks++;';

/** The members of a value that say how long something took. */
function durationsIn(value: unknown): readonly number[] {
	if (typeof value !== 'object' || value === null) return [];
	return Object.entries(value).flatMap(([name, member]) => (name === 'durationMs' && typeof member === 'number' ? [member] : durationsIn(member)));
}

describe('a clock that is set back while the server works', () => {
	let fixture: ServerFixture;
	afterEach(() => fixture.dispose());

	it('makes no turn, command or command of a person last less than nothing, told or read again', async () => {
		fixture = await serverFixture([respond(execCommand('echo one')), say('Done.')]);
		const clock = path.join(fixture.home.root, 'clock.cjs');
		writeFileSync(clock, CLOCK);
		const server = fixture.start({ env: { NODE_OPTIONS: `--require ${clock}` } });
		await server.initialize();
		const threadId = await server.startThread(fixture.home);
		await server.runTurn(threadId, 'go');
		await server.request('thread/shellCommand', { threadId, command: 'echo typed' });
		await server.waitForNotification('item/completed', ({ item }) => item.aggregatedOutput?.includes('typed'));
		const told = durationsIn(server.received);
		const { thread } = await server.request('thread/read', { threadId, includeTurns: true });
		const read = durationsIn(thread);
		assert.ok(told.length >= 3 && read.length >= 3, `${told.join()} and ${read.join()}`);
		assert.ok(
			[...told, ...read].every((ms) => ms >= 0 && ms < 60_000),
			`${told.join()} and ${read.join()}`,
		);
	});
});

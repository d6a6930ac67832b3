import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, describe, it } from 'mocha';
import { type ServerFixture, serverFixture } from '../../support/serverFixture.ts';

describe('a command that a person types', () => {
	let fixture: ServerFixture;
	afterEach(() => fixture.dispose());

	it("has what the user's profile sets up, which is not read again for each", async () => {
		fixture = await serverFixture();
		const profile = path.join(fixture.home.env['HOME'] ?? '', '.bash_profile');
		await writeFile(profile, 'echo read >> "$HOME/reads"\nexport GREETING=hello\ngreet() { echo "$GREETING from $1"; }\n');
		const server = fixture.start();
		await server.initialize();
		const threadId = await server.startThread(fixture.home);
		for (const name of ['one', 'two']) {
			await server.request('thread/shellCommand', { threadId, command: `greet ${name}; wc -l < "$HOME/reads"` });
			const { item } = (await server.waitForNotification('item/completed', ({ item: each }) => each.aggregatedOutput?.includes(name))).params;
			assert.deepEqual([item.source, item.aggregatedOutput, item.exitCode], ['userShell', `hello from ${name}\n1\n`, 0]);
		}
	});
});

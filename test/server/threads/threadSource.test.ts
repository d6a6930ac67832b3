import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'mocha';
import { say } from '../../support/model/fakeModelServer.ts';
import { type ServerFixture, serverFixture } from '../../support/serverFixture.ts';

describe('where a thread comes from', () => {
	let fixture: ServerFixture;
	afterEach(() => fixture.dispose());

	it('is told as the client said it, on start and fork, in lists, and after a restart', async () => {
		fixture = await serverFixture([say('One.'), say('Two.'), say('Three.')]);
		const server = fixture.start();
		await server.initialize();
		const start = async (threadSource: string | null | undefined) => {
			const { thread } = await server.request('thread/start', { cwd: fixture.home.workspace, threadSource });
			await server.runTurn(thread.id, 'go');
			return [thread.id as string, thread.threadSource as unknown] as const;
		};
		const [user, userSource] = await start('user');
		const [none, noneSource] = await start(undefined);
		assert.deepEqual([userSource, noneSource], ['user', null]);
		const { thread: fork } = await server.request('thread/fork', { threadId: user, threadSource: 'memory_consolidation' });
		assert.equal(fork.threadSource, 'memory_consolidation');
		await server.runTurn(fork.id, 'go on');
		await server.close();

		const again = fixture.start();
		await again.initialize();
		const sourceOf = async (threadId: string) => [
			(await again.request('thread/read', { threadId })).thread.threadSource,
			(await again.request('thread/resume', { threadId })).thread.threadSource,
		];
		assert.deepEqual(await sourceOf(user), ['user', 'user']);
		assert.deepEqual(await sourceOf(none), [null, null]);
		assert.deepEqual(await sourceOf(fork.id), ['memory_consolidation', 'memory_consolidation']);
	});
});

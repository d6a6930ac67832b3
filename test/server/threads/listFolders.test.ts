import assert from 'node:assert/strict';
import { symlink } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, describe, it } from 'mocha';
import { say } from '../../support/model/fakeModelServer.ts';
import { type ServerFixture, serverFixture } from '../../support/serverFixture.ts';

describe('threads of a folder', () => {
	let fixture: ServerFixture;
	afterEach(() => fixture.dispose());

	it('are found by every name of it', async () => {
		fixture = await serverFixture([say('One.'), say('Two.')]);
		const { workspace, root } = fixture.home;
		const link = path.join(root, 'link');
		await symlink(workspace, link);
		const server = fixture.start();
		await server.initialize();
		await server.runTurn(await server.startThread(fixture.home), 'plain');
		await server.runTurn(await server.startThread(fixture.home, { cwd: link }), 'through the link');
		const found = async (cwd: unknown) =>
			(await server.request('thread/list', { cwd })).data.map(({ preview }: { preview: string }) => preview).toSorted() as string[];
		assert.deepEqual(await found(workspace), ['plain']);
		assert.deepEqual(await found(`${workspace}/`), ['plain']);
		assert.deepEqual(await found('.'), ['plain'], 'the server works there');
		assert.deepEqual(await found(link), ['plain', 'through the link']);
		assert.deepEqual(await found([`${link}/.`, '/nowhere']), ['plain', 'through the link']);
		assert.deepEqual(await found([]), []);
	});
});

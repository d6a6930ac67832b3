import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, describe, it } from 'mocha';
import { type ServerFixture, serverFixture } from '../../support/serverFixture.ts';

describe('searching for files', () => {
	let fixture: ServerFixture;
	afterEach(() => fixture.dispose());

	const ready = async () => {
		fixture = await serverFixture();
		const { workspace } = fixture.home;
		await mkdir(path.join(workspace, 'src'));
		for (const file of ['src/parser.ts', 'src/printer.ts', 'readme.md']) await writeFile(path.join(workspace, file), '');
		const server = fixture.start();
		await server.initialize();
		return { server, workspace };
	};

	it('finds a file that was made a moment ago', async () => {
		const { server, workspace } = await ready();
		const search = async (query: string) => {
			const { files } = await server.request('fuzzyFileSearch', { query, roots: [workspace], cancellationToken: null });
			return files.map((file: { path: string }) => file.path);
		};
		assert.deepEqual(await search('parser'), ['src/parser.ts']);
		await writeFile(path.join(workspace, 'src/parser.test.ts'), '');
		let found = await search('parser');
		while (found.length < 2) found = await search('parser');
		assert.deepEqual(found, ['src/parser.ts', 'src/parser.test.ts']);
	});

	it('answers a search that a newer one with its token replaced, with nothing', async () => {
		const { server, workspace } = await ready();
		const params = { query: 'p', roots: [workspace], cancellationToken: 'typing' };
		const all = await Promise.all([1, 2, 3, 4].map(() => server.request('fuzzyFileSearch', params)));
		assert.equal(all.at(-1).files.length, 2);
		assert.ok(all.every(({ files }) => files.length === 0 || files.length === 2));
	});

	it('in a session tells the files of every query, and of none after its end', async () => {
		const { server, workspace } = await ready();
		await server.request('fuzzyFileSearch/sessionStart', { sessionId: 's', roots: [workspace] });
		for (const [query, expected] of [
			['pri', ['src/printer.ts']],
			['md', ['readme.md']],
			['nothing at all', []],
		] as const) {
			const from = server.mark();
			await server.request('fuzzyFileSearch/sessionUpdate', { sessionId: 's', query });
			const { params } = await server.waitForNotification('fuzzyFileSearch/sessionUpdated', (update) => update.query === query, from);
			assert.deepEqual(
				params.files.map((file: { path: string }) => file.path),
				expected,
			);
			await server.waitForNotification('fuzzyFileSearch/sessionCompleted', () => true, from);
		}
		await server.request('fuzzyFileSearch/sessionUpdate', { sessionId: 's', query: 'parser' });
		await server.request('fuzzyFileSearch/sessionStop', { sessionId: 's' });
		const refused = await server.requestError('fuzzyFileSearch/sessionUpdate', { sessionId: 's', query: 'p' });
		assert.match(refused.message, /session not found: s/);
	});
});

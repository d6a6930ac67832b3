import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, it } from 'mocha';
import type { AppServerProcess } from '../support/appServerProcess.ts';
import { respond } from '../support/model/fakeModelServer.ts';
import { execCommand, message } from '../support/model/modelEvents.ts';
import { type ServerFixture, serverFixture } from '../support/serverFixture.ts';

describe('the folder with programs for commands', () => {
	let fixture: ServerFixture;
	afterEach(() => fixture.dispose());

	const parent = () => path.join(fixture.home.codexHome, 'tmp', 'path2');
	const folders = () => (existsSync(parent()) ? readdirSync(parent()) : []);
	const until = async (holds: () => boolean) => {
		while (!holds()) await new Promise(setImmediate);
	};
	/** Its folder has the programs, which are written when the lock is held. */
	const started = async (): Promise<AppServerProcess> => {
		const before = new Set(folders());
		const server = fixture.start();
		await server.initialize();
		await until(() => folders().some((name) => !before.has(name) && existsSync(path.join(parent(), name, 'applypatch'))));
		return server;
	};

	it('is gone with its server, stays while another one lives, and is removed after one that was killed', async () => {
		fixture = await serverFixture();
		const first = await started();
		const [own = ''] = folders();
		// Not yet locked, as by one that is just starting.
		mkdirSync(path.join(parent(), 'starting'));
		mkdirSync(path.join(parent(), 'abandoned'));
		writeFileSync(path.join(parent(), 'abandoned', '.lock'), '');
		const second = await started();
		await until(() => !folders().includes('abandoned'));
		assert.equal(folders().length, 3);
		assert.ok(folders().includes(own));
		await second.close();
		assert.deepEqual(folders().toSorted(), [own, 'starting'].toSorted());
		await first.kill();
		assert.ok(folders().includes(own));
		const third = await started();
		await until(() => !folders().includes(own));
		await third.close();
		assert.deepEqual(folders(), ['starting']);
	});

	it('lets a script apply a patch among other things, within the sandbox', async () => {
		const patch = (file: string) => `apply_patch <<'EOF'\n*** Begin Patch\n*** Add File: ${file}\n+hello\n*** End Patch\nEOF\n`;
		const script = `mkdir sub && cd sub && ${patch('new.txt')}cat new.txt && cd .. && ${patch('../outside.txt')}echo "ended with $?"; apply_patch 'no patch' || echo refused`;
		fixture = await serverFixture([respond(execCommand(script)), respond(message('Done.'))], {
			sandbox_mode: '"workspace-write"',
			sandbox_workspace_write: '{ exclude_slash_tmp = true, exclude_tmpdir_env_var = true }',
		});
		const server = await started();
		await server.runTurn(await server.startThread(fixture.home), 'go');
		const seen = String(JSON.stringify(fixture.model.requests.at(-1)?.body).split('Output:').at(-1));
		assert.match(seen, /Success. Updated the following files:\\nA new.txt\\nhello/);
		assert.match(seen, /Failed to write file .*outside\.txt.*ended with 1.*refused/);
		assert.equal(readFileSync(path.join(fixture.home.workspace, 'sub', 'new.txt'), 'utf8'), 'hello\n');
		assert.equal(existsSync(path.join(fixture.home.workspace, '..', 'outside.txt')), false);
	});
});

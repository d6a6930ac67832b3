import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, it } from 'mocha';
import { patient } from '../../../test/support/deadline.ts';

describe('places that are kept free', () => {
	it('are never taken from one server by another that no longer needs them', async function () {
		if (process.platform !== 'linux') this.skip();
		this.timeout(patient(60_000));
		const base = mkdtempSync(path.join(tmpdir(), 'tiller-places-'));
		const [home, workspace] = [path.join(base, 'home'), path.join(base, 'workspace')];
		mkdirSync(workspace);
		const program = path.resolve(import.meta.dirname, '../../../test/support/holdsPlaces.ts');
		const args = ['--disable-warning=MODULE_TYPELESS_PACKAGE_JSON', program, home, path.join(workspace, '.codex'), '300'];
		const servers = [1, 2, 3].map(() => promisify(execFile)(process.execPath, args));
		assert.deepEqual(
			(await Promise.all(servers)).map(({ stdout }) => stdout),
			['lost 0', 'lost 0', 'lost 0'],
		);
		assert.deepEqual([readdirSync(workspace), readdirSync(path.join(home, 'tiller', 'placeholders'))], [[], []]);
		rmSync(base, { recursive: true });
	});
});

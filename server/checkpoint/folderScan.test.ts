import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { pathRules, type PathRules } from '../platform/pathRules.ts';
import { CheckpointStore } from './checkpointStore.ts';
import { FolderScan } from './folderScan.ts';
import { listProjectFiles } from './projectFiles.ts';

describe('what a command changed in a folder', () => {
	let root: string;
	const at = (name: string) => path.join(root, name);
	beforeEach(() => {
		root = mkdtempSync(path.join(os.tmpdir(), 'tiller-scan-'));
		mkdirSync(at('ws/src'), { recursive: true });
		writeFileSync(at('ws/src/a.ts'), 'one');
	});
	afterEach(() => rmSync(root, { recursive: true, force: true }));

	/** Linux paths, told apart as another system tells its own. */
	const scanAs = async (system: 'linux' | 'macos') => {
		const paths: PathRules = pathRules(system);
		const scan = new FolderScan(at('ws'), { store: new CheckpointStore(at('store')).contents, list: listProjectFiles, paths });
		assert.deepEqual(await scan.look('command'), []);
		return scan;
	};
	const changed = async (scan: FolderScan) => ((await scan.look('command')) ?? []).map((change) => path.relative(at('ws'), change.path));

	it('is not what a person saved in an editor, under whatever name the editor knows the file', async () => {
		for (const [system, name] of [
			['linux', 'ws/src/a.ts'],
			['macos', 'WS/Src/A.ts'],
		] as const) {
			const scan = await scanAs(system);
			await scan.saving(at(name), 'command');
			writeFileSync(at('ws/src/a.ts'), `by a person on ${system}`);
			assert.deepEqual(await changed(scan), [], 'while it is saved');
			await scan.saved(at('ws/src/a.ts'));
			assert.deepEqual(await changed(scan), [], 'afterwards');
		}
	});

	it('is a changed, a new and a removed file, by the name that the disk has', async () => {
		const scan = await scanAs('macos');
		writeFileSync(at('ws/src/a.ts'), 'two');
		writeFileSync(at('ws/New.ts'), 'new');
		assert.deepEqual((await changed(scan)).sort(), ['New.ts', 'src/a.ts']);
		rmSync(at('ws/New.ts'));
		assert.deepEqual(await changed(scan), ['New.ts']);
	});
});

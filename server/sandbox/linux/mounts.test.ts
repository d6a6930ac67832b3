import assert from 'node:assert/strict';
import { lstatSync, mkdirSync, mkdtempSync, readdirSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'mocha';
import { hostPaths } from '../../platform/host.ts';
import type { FileView } from '../policy/fileView.ts';
import { globExpression } from '../policy/globPattern.ts';
import type { FileLookup } from '../policy/writableRoots.ts';
import { mountsOf } from './mounts.ts';
import { keepAsTheyAre, strayLink } from './strayLinks.ts';

const view = (more: Partial<FileView>): FileView => ({
	...{ paths: hostPaths, base: 'read', rules: [], denied: [], globScanMaxDepth: null, pinned: [], minimal: false, problem: null },
	...more,
});
/** A disk on which a name with a dot is a file. */
const lookup: FileLookup = {
	paths: hostPaths,
	realpath: (file) => file,
	kind: (file) => (path.basename(file).includes('.') ? 'file' : 'folder'),
	read: () => null,
	isWritable: () => true,
};
const told = (given: FileView, matches: readonly string[] = []) =>
	mountsOf(given, matches, lookup).map((mount) =>
		[mount.access, mount.path, ...(mount.access === 'none' ? [mount.kind, mount.hasMore] : [])].join(' '),
	);

describe('the mounts of a view', () => {
	it('are the rules and the folders on the way, which cannot be moved away then, outer ones first', () => {
		const rules = [
			{ path: '/ws/a/b', access: 'read' },
			{ path: '/ws', access: 'write' },
			{ path: '/ws/gone', access: 'absent' },
		] as const;
		assert.deepEqual(told(view({ rules })), ['write /ws', 'write /ws/a', 'absent /ws/gone', 'read /ws/a/b']);
	});

	it('hide folders and files, and say where something inside is open', () => {
		const rules = [
			{ path: '/ws', access: 'write' },
			{ path: '/ws/closed', access: 'none' },
			{ path: '/ws/partly', access: 'none' },
			{ path: '/ws/partly/open', access: 'read' },
			{ path: '/ws/twice', access: 'none' },
			{ path: '/ws/twice/too', access: 'none' },
			{ path: '/ws/key.pem', access: 'none' },
		] as const;
		const found = told(view({ rules }));
		for (const line of ['closed folder false', 'partly folder true', 'twice folder false', 'twice/too folder false', 'key.pem file false'])
			assert.ok(found.includes(`none /ws/${line}`), `${line} in ${found.join()}`);
	});

	it('hide what patterns match now, and keep the folders on the way where it could be moved out of their reach', () => {
		const denied = (pattern: string) => [{ pattern, expression: globExpression(pattern) ?? assert.fail() }];
		const file = '/ws/sub/deep/x.env';
		const rules = [{ path: '/ws/sub', access: 'write' }] as const;
		// All that can be written to is below the pattern: wherever the file goes there, it is found.
		assert.deepEqual(told(view({ rules, denied: denied('/ws/**/*.env') }), [file]), ['write /ws/sub', `none ${file} file false`]);
		// Beside the pattern's folder it would not be.
		const outer = [{ path: '/ws', access: 'write' }] as const;
		const pinned = told(view({ rules: outer, denied: denied('/ws/sub/**/*.env') }), [file]);
		assert.deepEqual(pinned, ['write /ws', 'write /ws/sub', 'write /ws/sub/deep', `none ${file} file false`]);
		const everywhere = told(view({ base: 'write', denied: denied('/ws/**/*.env') }), [file]);
		assert.deepEqual(everywhere, ['write /ws', 'write /ws/sub', 'write /ws/sub/deep', `none ${file} file false`]);
	});

	it('hide nothing where nothing is shown, and bring the system where that is wanted', () => {
		const rules = [
			{ path: '/ws', access: 'read' },
			{ path: '/ws/key', access: 'none' },
			{ path: '/other', access: 'none' },
		] as const;
		assert.deepEqual(told(view({ base: 'none', rules })), ['read /ws', 'none /ws/key folder false']);
		assert.ok(told(view({ base: 'none', minimal: true, rules })).includes('read /usr'));
	});
});

describe('links that lead nowhere', () => {
	it('are kept as they are, and so are empty places; what is put there goes aside and is told', () => {
		const folder = mkdtempSync(path.join(tmpdir(), 'tiller-stray-'));
		const at = (name: string) => path.join(folder, name);
		const problems: string[] = [];
		const keep = () =>
			keepAsTheyAre(
				[
					{ file: at('link'), target: '/no/such' },
					{ file: at('none'), target: null },
				],
				(text) => problems.push(text),
			);
		symlinkSync('/no/such', at('link'));
		writeFileSync(at('plain'), '');
		symlinkSync(at('plain'), at('good'));
		assert.deepEqual(
			['link', 'plain', 'good', 'none'].map((name) => strayLink(at(name))),
			[{ file: at('link'), target: '/no/such' }, null, null, null],
		);
		keep()();
		assert.deepEqual([problems, readdirSync(folder).sort()], [[], ['good', 'link', 'plain']]);
		const end = keep();
		rmSync(at('link'));
		mkdirSync(at('link'));
		mkdirSync(at('none'));
		end();
		assert.equal(problems.length, 2, problems.join());
		assert.ok(lstatSync(at('link')).isSymbolicLink() && readlinkSync(at('link')) === '/no/such');
		assert.equal(readdirSync(folder).filter((name) => name.includes('.not-allowed-')).length, 2);
		rmSync(folder, { recursive: true });
	});
});

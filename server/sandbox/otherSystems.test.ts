import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { pathRules } from '../platform/pathRules.ts';
import type { System } from '../platform/system.ts';
import type { FileSystemAccess, FileSystemEntry } from './policy/fileSystemEntry.ts';
import { accessAt, fileView } from './policy/fileView.ts';
import type { ManagedPolicy, SandboxPolicy } from './policy/policy.ts';
import type { FileLookup } from './policy/writableRoots.ts';

/** The folders of a disk, as it writes them; found under every name that the system takes for the same. */
function disk(system: System, folders: readonly string[]): FileLookup {
	const paths = pathRules(system);
	const realpath = (file: string) => folders.find((folder) => paths.same(folder, file)) ?? null;
	return { paths, realpath, kind: (file) => (realpath(file) === null ? null : 'folder'), read: () => null, isWritable: () => true };
}

const named = (file: string, access: FileSystemAccess): FileSystemEntry => ({ path: { type: 'path', path: file }, access });
const managed = (...entries: readonly FileSystemEntry[]): ManagedPolicy =>
	({
		type: 'managed',
		fileSystem: { type: 'restricted', entries: [{ path: { type: 'special', value: { kind: 'root' } }, access: 'write' }, ...entries] },
		network: { enabled: false },
	}) as unknown as ManagedPolicy;
const glob = (pattern: string): FileSystemEntry => ({ path: { type: 'glob', pattern }, access: 'none' });

describe('the files of a policy on Windows', () => {
	const lookup = disk('windows', ['C:\\', 'C:\\w', 'C:\\w\\.git', 'C:\\Users', 'C:\\Users\\Jo', 'C:\\Users\\Jo\\.ssh']);
	const view = (policy: SandboxPolicy, policyCwd = 'c:\\w') => fileView({ policy, policyCwd, env: {}, codexHome: null }, lookup);

	it('are found from a folder with a small drive letter, with what is denied in the home', () => {
		const files = view(managed(named('c:\\users\\jo\\.SSH', 'none')));
		for (const file of ['C:\\Users\\Jo\\.ssh\\id', 'c:\\USERS\\jo\\.ssh', '\\\\?\\C:\\Users\\Jo\\.ssh\\id', 'C:\\Users\\Jo\\.ssh.\\id'])
			assert.equal(accessAt(files, file), 'none', file);
		assert.equal(accessAt(files, 'C:\\Users\\Jo\\notes'), 'write');
		assert.ok(files.pinned.includes('C:\\Users\\Jo') && !files.pinned.includes('C:\\'), files.pinned.join());
	});

	it('hide what a pattern names, in any case and with either slash', () => {
		const files = view(managed(glob('**/*.env')));
		for (const file of ['C:\\w\\.env', 'c:\\W\\deep\\er\\prod.ENV', 'C:/w/a.env']) assert.equal(accessAt(files, file), 'none', file);
		for (const file of ['C:\\w\\env', 'C:\\w\\a.envx', 'D:\\a.env']) assert.notEqual(accessAt(files, file), 'none', file);
	});

	it('keep the settings of a workspace, by every name of theirs', () => {
		const files = view({ type: 'workspaceWrite', writableRoots: [], networkAccess: false, excludeSlashTmp: true, excludeTmpdirEnvVar: true });
		assert.equal(accessAt(files, 'c:\\W\\src\\a.ts'), 'write');
		for (const file of [
			'C:\\w\\.GIT\\config',
			'C:\\w\\.git.\\hooks\\x',
			'c:/w/.git/config',
			'C:\\w\\.vscode\\tasks.json',
			'C:\\w\\.git::$INDEX_ALLOCATION\\x',
		])
			assert.equal(accessAt(files, file), 'read', file);
		assert.equal(accessAt(files, 'C:\\Users\\Jo\\x'), 'read');
	});
});

describe('the files of a policy on macOS', () => {
	const lookup = disk('macos', ['/', '/w', '/Users', '/Users/jo', '/Users/jo/.ssh', '/w/G\u00fcte']);
	const view = (policy: SandboxPolicy) => fileView({ policy, policyCwd: '/w', env: {}, codexHome: null }, lookup);

	it('are denied in any case, and however an accent is written', () => {
		const files = view(managed(named('/Users/jo/.ssh', 'none'), named('/w/Gu\u0308te', 'none'), glob('**/\u00fc*.env')));
		for (const file of ['/users/JO/.SSH/id', '/w/G\u00dcTE/x', '/w/gu\u0308te', '/w/\u00fcber.env', '/w/u\u0308ber.ENV'])
			assert.equal(accessAt(files, file), 'none', file);
		assert.equal(accessAt(files, '/w/Gute'), 'write');
	});
});

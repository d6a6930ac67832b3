import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import type { FileSystemEntry } from '../sandbox/policy/fileSystemEntry.ts';
import { withDenials } from '../sandbox/policy/permissionProfile.ts';
import type { SandboxPolicy } from '../sandbox/policy/policy.ts';
import { fileRequests } from './fileRequests.ts';

describe('a file request of a client', () => {
	let folder: string;
	beforeEach(() => {
		folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'tiller-requests-')));
		fs.mkdirSync(path.join(folder, 'a/b'), { recursive: true });
		fs.writeFileSync(path.join(folder, 'a/b/x.env'), '');
	});
	afterEach(() => fs.rmSync(folder, { recursive: true }));

	const at = (name: string) => path.join(folder, name);
	const asked = (policies: { readonly profile?: SandboxPolicy; readonly thread?: SandboxPolicy }) =>
		fileRequests({
			profile: () => policies.profile ?? null,
			threads: () => (policies.thread === undefined ? [] : [{ cwd: folder, policy: policies.thread }]),
			cwd: folder,
			env: {},
			codexHome: at('home'),
		});
	const hiding = (...entries: readonly FileSystemEntry[]) => withDenials({ type: 'dangerFullAccess' }, { entries });
	const entry = (name: string, access: FileSystemEntry['access']): FileSystemEntry => ({ path: { type: 'path', path: at(name) }, access });

	it('may do what nobody forbids', async () => {
		for (const access of ['read', 'readTree', 'write', 'writeTree'] as const) assert.equal(await asked({})(at('a'), access), null);
	});

	it('reaches nothing that a thread hides: not it, not a tree with it in it, by path or by pattern', async () => {
		const byPath = asked({ thread: hiding(entry('a/b', 'none')) });
		assert.match((await byPath(at('a/b/x.env'), 'read')) ?? '', /deny access to .*x\.env$/);
		assert.equal(await byPath(at('a'), 'read'), null);
		assert.match((await byPath(at('a'), 'readTree')) ?? '', /deny access to .*[\\/]a[\\/]b, which lies in .*[\\/]a;/);
		assert.match((await byPath(at('a'), 'writeTree')) ?? '', /which lies in/);
		assert.equal(await byPath(at('other'), 'writeTree'), null);
		const byPattern = asked({ thread: hiding({ path: { type: 'glob', pattern: '**/*.env' }, access: 'none' }) });
		assert.match((await byPattern(at('a/b/x.env'), 'read')) ?? '', /deny access to/);
		assert.equal(await byPattern(at('a'), 'read'), null);
		assert.match((await byPattern(at('a'), 'readTree')) ?? '', /x\.env, which lies in/);
	});

	it('asks all who hide something: the profile and each thread', async () => {
		fs.writeFileSync(at('c'), '');
		const request = asked({ profile: hiding(entry('a/b', 'none')), thread: hiding(entry('c', 'none')) });
		for (const name of ['a/b/x.env', 'c']) assert.match((await request(at(name), 'read')) ?? '', /deny access to/, name);
		assert.equal(await request(at('d'), 'read'), null);
	});

	it('keeps to the profile of the configuration, also for all of a tree', async () => {
		const root: FileSystemEntry = { path: { type: 'special', value: { kind: 'root' } }, access: 'read' };
		const entries = [root, entry('a', 'write'), entry('a/b', 'read')];
		const profile: SandboxPolicy = { type: 'managed', network: 'restricted', fileSystem: { type: 'restricted', entries } };
		const request = asked({ profile });
		assert.deepEqual([await request(at('a/b'), 'readTree'), await request(at('a'), 'write'), await request(at('c'), 'read')], [null, null, null]);
		assert.match((await request(at('c'), 'write')) ?? '', /does not allow writing to .*[\\/]c$/);
		assert.match((await request(at('a/b/x.env'), 'write')) ?? '', /does not allow writing to/);
		assert.match((await request(at('a'), 'writeTree')) ?? '', /does not allow writing to .*[\\/]a[\\/]\S+, which lies in/);
	});
});

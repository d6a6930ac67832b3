import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { PermissionGrants } from './permissionGrants.ts';
import { type GrantedCommand, SessionGrants } from './sessionGrants.ts';
import { WorkspaceGrants } from './workspaceGrants.ts';
import { inEnglish } from '../../words/l10n.ts';

describe('what was allowed in a workspace', () => {
	let root: string;
	let trust: 'trusted' | 'untrusted' | null;
	let problems: string[];
	const at = (...names: string[]) => path.join(root, ...names);
	/** As a server that was started anew. */
	const grants = () => new WorkspaceGrants({ home: at('home'), trust: () => trust, onProblem: ({ message }) => problems.push(inEnglish(message)) });
	const origin = { threadId: 't', itemId: 'i' };
	const command = (reach: 'policy' | 'none', cwd = at('ws')) =>
		({ argv: ['make', 'it'], script: { kind: 'opaque' }, cwd, reach, text: 'make it' }) as const;

	beforeEach(() => {
		root = realpathSync.native(mkdtempSync(path.join(os.tmpdir(), 'tiller-workspace-')));
		for (const folder of ['ws', 'other']) mkdirSync(at(folder));
		[trust, problems] = [null, []];
	});
	afterEach(() => rmSync(root, { recursive: true }));

	it('holds there after a restart, by every name of the folder, and nowhere else', () => {
		grants().allowCommand(at('ws'), command('policy'), origin);
		symlinkSync(at('ws'), at('link'));
		assert.ok(grants().hasCommand(at('ws'), command('policy')));
		assert.ok(grants().hasCommand(at('link'), command('policy', at('link'))));
		assert.ok(!grants().hasCommand(at('ws'), command('none')), 'nothing was allowed without the sandbox');
		assert.ok(!grants().hasCommand(at('other'), command('policy')), 'a thread of another folder');
		assert.ok(!grants().hasCommand(at('ws'), command('policy', at('other'))), 'the same command elsewhere');
		rmSync(at('link'));
		symlinkSync(at('other'), at('link'));
		assert.ok(!grants().hasCommand(at('link'), command('policy')));
		grants().allowCommand(at('ws'), command('none'), origin);
		assert.ok(grants().hasCommand(at('ws'), command('none')));
	});

	it('of a command with more than the sandbox holds with just that, as long as its paths lead where they led', async () => {
		const beyond = (write: readonly string[], network = false) => ({ ...command('policy'), permissions: { network, read: [], write } });
		const session = new SessionGrants();
		const grant = (asked: GrantedCommand & { readonly text: string }) => {
			session.allow('t', asked, 'i');
			grants().allowCommand(at('ws'), asked, origin);
		};
		const has = (asked: GrantedCommand) => [session.has('t', asked), grants().hasCommand(at('ws'), asked)];
		grant(beyond([at('other'), at('ws', 'made')]));
		assert.deepEqual(has(beyond([at('ws', 'made'), at('other')])), [true, true]);
		for (const other of [command('policy'), command('none'), beyond([at('other')]), beyond([at('other'), at('ws', 'made')], true)])
			assert.deepEqual(has(other), [false, false]);
		const listed = [...(await session.list()), ...(await grants().list())].map(({ what }) => what);
		assert.deepEqual(listed, Array(2).fill(`make it + write ${at('other')} + write ${at('ws', 'made')}`));
		mkdirSync(at('ws', 'made'));
		assert.deepEqual(has(beyond([at('other'), at('ws', 'made')])), [true, true]);
		rmSync(at('ws', 'made'), { recursive: true });
		symlinkSync(at('home'), at('ws', 'made'));
		assert.deepEqual(has(beyond([at('other'), at('ws', 'made')])), [false, false]);
		grant(command('none'));
		assert.deepEqual(has(beyond([at('ws')])), [true, true], 'it may do all that without the sandbox');
	});

	it('of permissions for a thread or a turn does not hold for what a link in their place leads to', () => {
		const allowed = new PermissionGrants();
		const permissions = { network: true, read: [at('ws', 'made')], write: [at('other')] };
		allowed.allow({ threadId: 't', turnId: 'u', itemId: 'i' }, permissions, 'session');
		assert.deepEqual([allowed.of('t', 'u'), allowed.ofThread('t')], [permissions, permissions]);
		rmSync(at('other'), { recursive: true });
		symlinkSync(at('ws'), at('other'));
		const left = { ...permissions, write: [] };
		assert.deepEqual([allowed.of('t', 'u'), allowed.ofThread('t')], [left, left]);
	});

	it('needs the trust that there was, and none can be given without a folder of its own', () => {
		grants().allowNames(at('ws'), { kind: 'host', names: ['a.example'] }, origin);
		trust = 'untrusted';
		assert.deepEqual([grants().hosts(at('ws')), grants().folderOf(at('ws'))], [[], null]);
		trust = 'trusted';
		assert.deepEqual(grants().hosts(at('ws')), ['a.example']);
		grants().allowNames(at('ws'), { kind: 'host', names: ['b.example'] }, origin);
		trust = null;
		assert.deepEqual(grants().hosts(at('ws')), ['a.example'], 'b was allowed in a trusted folder');
		for (const shared of [os.homedir(), path.parse(root).root, at('gone')]) assert.equal(grants().folderOf(shared), null, shared);
	});

	it('is listed with its place, and gone once it is taken back', async () => {
		grants().allowNames(at('ws'), { kind: 'files', names: [at('other', 'a.txt')] }, origin);
		grants().allowPermissions(at('ws'), { network: true, read: [], write: [at('other')] }, origin);
		const listed = await grants().list();
		assert.deepEqual(listed.map(({ kind, what, folder, lifetime, threadId }) => [kind, what, folder, lifetime, threadId]).toSorted(), [
			['files', at('other', 'a.txt'), at('ws'), 'workspace', null],
			['permissions', 'network', at('ws'), 'workspace', null],
			['permissions', `write ${at('other')}`, at('ws'), 'workspace', null],
		]);
		assert.ok(listed.every(({ file, decision, outsideSandbox }) => file?.startsWith(at('home')) && decision === 'allow' && !outsideSandbox));
		assert.ok(grants().hasFile(at('ws'), at('other', 'a.txt')));
		assert.deepEqual(grants().permissions(at('ws')), { network: true, read: [], write: [at('other')] });
		for (const saved of listed) await grants().revoke(saved);
		assert.ok(!grants().hasFile(at('ws'), at('other', 'a.txt')));
		assert.deepEqual(grants().permissions(at('ws')), { network: false, read: [], write: [] });
		assert.deepEqual(await grants().list(), []);
	});

	it('is reading or writing, each by itself', () => {
		grants().allowPermissions(at('ws'), { network: false, read: [at('other')], write: [at('ws', 'made')] }, origin);
		assert.deepEqual(grants().permissions(at('ws')), { network: false, read: [at('other')], write: [at('ws', 'made')] });
	});

	it('is nothing in a folder that is gone', () => {
		for (const folder of [at('gone'), os.homedir()]) {
			grants().allowCommand(folder, command('policy', folder), origin);
			assert.deepEqual([grants().hasCommand(folder, command('policy', folder)), grants().hosts(folder)], [false, []]);
		}
	});

	it('is not what a link leads to that was put in its place', () => {
		grants().allowPermissions(at('ws'), { network: false, read: [], write: [at('other')] }, origin);
		renameSync(at('other'), at('moved'));
		mkdirSync(at('secret'));
		symlinkSync(at('secret'), at('other'));
		assert.deepEqual(grants().permissions(at('ws')).write, []);
	});

	it('holds for this server where it cannot be saved, which is said; a broken file allows nothing', async () => {
		mkdirSync(at('home'));
		writeFileSync(at('home', 'tiller'), 'a file');
		const own = grants();
		own.allowCommand(at('ws'), command('policy'), origin);
		assert.match(problems.join(), /could not be saved/);
		assert.ok(own.hasCommand(at('ws'), command('policy')));
		assert.ok(!grants().hasCommand(at('ws'), command('policy')));
		rmSync(at('home', 'tiller'));
		own.allowNames(at('ws'), { kind: 'host', names: ['a.example'] }, origin);
		const file = (await own.list()).find(({ kind }) => kind === 'host')?.file ?? '';
		writeFileSync(file, '{');
		assert.deepEqual(grants().hosts(at('ws')), []);
	});
});

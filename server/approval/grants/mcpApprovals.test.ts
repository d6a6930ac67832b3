import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { AllowedStarts, ToolApprovals } from './mcpApprovals.ts';

describe('tools of MCP servers that are called without asking', () => {
	const config: { server: string; tool: string; file: string }[] = [];
	const written: unknown[] = [];
	const approvals = () =>
		new ToolApprovals({
			allowed: () => config,
			write: (...change) => {
				written.push(change);
				return Promise.resolve();
			},
		});
	beforeEach(() => {
		config.length = 0;
		written.length = 0;
	});
	const asked = { threadId: 't', server: 's', tool: 'x', itemId: 'i' };

	it('are so in the thread until it ends, and nothing is written', async () => {
		const own = approvals();
		await own.allow({ ...asked, lifetime: 'session' });
		assert.deepEqual([own.isAllowed('t', 's', 'x'), own.isAllowed('u', 's', 'x'), own.isAllowed('t', 's', 'y')], [true, false, false]);
		own.forget('t');
		assert.deepEqual([own.isAllowed('t', 's', 'x'), await own.list(), written], [false, [], []]);
	});

	it('are so always where the configuration says so; that is written, listed and taken out again', async () => {
		const own = approvals();
		await own.allow({ ...asked, lifetime: 'always' });
		assert.deepEqual(written, [['s', 'x', 'approve']]);
		assert.equal(own.isAllowed('t', 's', 'x'), true, 'in the thread that runs, too');
		config.push({ server: 's', tool: 'x', file: '/home/config.toml' });
		own.forget('t');
		assert.deepEqual([own.isAllowed('u', 's', 'x'), own.isAllowed('u', 's', 'y'), own.isAllowed('u', 'r', 'x')], [true, false, false]);
		const [saved, ...others] = await own.list();
		assert.deepEqual(others, []);
		assert.deepEqual(
			[saved?.kind, saved?.what, saved?.decision, saved?.lifetime, saved?.threadId, saved?.file, saved?.outsideSandbox],
			['mcpTool', 's/x', 'allow', 'always', null, '/home/config.toml', true],
		);
		if (saved !== undefined) await own.revoke(saved);
		assert.deepEqual(written.at(-1), ['s', 'x', null]);
	});

	it('of a thread are taken back there alone', async () => {
		const own = approvals();
		config.push({ server: 's', tool: 'x', file: '/f' });
		await own.allow({ ...asked, lifetime: 'session' });
		const ofThread = (await own.list()).find(({ threadId }) => threadId === 't');
		assert.ok(ofThread !== undefined);
		await own.revoke(ofThread);
		assert.deepEqual([(await own.list()).map(({ lifetime }) => lifetime), written], [['always'], []]);
	});
});

describe('starts of servers that a folder asks for', () => {
	let home = '';
	beforeEach(() => (home = mkdtempSync(path.join(os.tmpdir(), 'tiller-starts-'))));
	afterEach(() => rmSync(home, { recursive: true }));
	const start = { folder: '/ws', server: 's', what: 'run it', fingerprint: 'f' };

	it('are allowed as they were shown, one for a server of a folder, also after a restart', async () => {
		new AllowedStarts(home).allow(start);
		const own = new AllowedStarts(home);
		assert.equal(own.isAllowed(start), true);
		for (const other of [{ folder: '/other' }, { server: 'r' }, { fingerprint: 'g' }]) assert.equal(own.isAllowed({ ...start, ...other }), false);
		own.allow({ ...start, fingerprint: 'g', plugin: 'p' });
		own.allow({ ...start, folder: '/other' });
		assert.deepEqual([own.isAllowed(start), own.isAllowed({ ...start, fingerprint: 'g' })], [false, true]);
		const listed = (await own.list()).map(({ kind, what, decision, folder, lifetime, outsideSandbox }) => [
			...[kind, what, decision, folder, lifetime, outsideSandbox],
		]);
		assert.deepEqual(listed, [
			['mcpServer', 's (p): run it', 'allow', null, 'always', true],
			['mcpServer', 's: run it', 'allow', '/other', 'always', true],
		]);
	});

	it('are taken back one by one; a file that is damaged allows nothing', async () => {
		const own = new AllowedStarts(home);
		own.allow(start);
		own.allow({ ...start, server: 'r' });
		const [first] = await own.list();
		if (first !== undefined) await own.revoke(first);
		assert.deepEqual([own.isAllowed(start), own.isAllowed({ ...start, server: 'r' })], [false, true]);
		for (const text of ['{', '[{"folder":"/ws"}]']) {
			writeFileSync(path.join(home, 'tiller', 'mcp-starts.json'), text);
			assert.deepEqual(await own.list(), []);
		}
	});
});

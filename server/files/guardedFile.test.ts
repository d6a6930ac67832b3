import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { type GuardedRead, type ReadGuard, readGuarded, readGuardedSync, textOf } from './guardedFile.ts';

describe('a guarded read', function () {
	if (process.platform === 'win32') return;
	let folder = '';
	beforeEach(() => {
		folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'guarded-')));
	});
	afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));
	const at = (name: string) => path.join(folder, name);
	/** Both ways of reading, which have to agree. */
	async function read(file: string, guard: ReadGuard = { maxBytes: 100 }): Promise<GuardedRead> {
		const [waited, atOnce] = [await readGuarded(file, guard), readGuardedSync(file, guard)];
		const shown = (each: GuardedRead) => (each.type === 'content' ? { ...each, bytes: each.bytes.toString('hex'), stats: null } : each);
		assert.deepEqual(shown(waited), shown(atOnce));
		return waited;
	}
	const refusal = async (file: string, guard?: ReadGuard) => {
		const found = await read(file, guard);
		return found.type === 'refused' ? found.reason : found.type;
	};

	it('has the content and the size of a file, an empty one and one that a link leads to', async () => {
		fs.writeFileSync(at('a'), 'content');
		fs.writeFileSync(at('empty'), '');
		fs.symlinkSync('a', at('link'));
		for (const name of ['a', 'link']) {
			const found = await read(at(name));
			assert(found.type === 'content');
			assert.deepEqual([found.bytes.toString(), found.size, found.stats.isFile()], ['content', 7, true]);
		}
		assert.equal(textOf(await read(at('empty'))), '');
		assert.equal((await read(at('absent'))).type, 'missing');
		assert.equal((await read(at('a/below'))).type, 'missing');
	});

	it('refuses pipes, devices, sockets and folders at once, also behind links', async () => {
		execFileSync('mkfifo', [at('pipe')]);
		fs.symlinkSync('pipe', at('to-pipe'));
		fs.symlinkSync('/dev/zero', at('zero'));
		const server = net.createServer().listen(at('socket'));
		await new Promise((resolve) => server.once('listening', resolve));
		assert.equal(await refusal(at('pipe')), 'it is a pipe, not a file');
		assert.equal(await refusal(at('to-pipe')), 'it is a pipe, not a file');
		assert.equal(await refusal(at('zero')), 'it is a device, not a file');
		assert.equal(await refusal(at('socket')), 'it is a socket, not a file');
		assert.equal(await refusal(folder), 'it is a folder, not a file');
		await new Promise((resolve) => server.close(resolve));
	});

	it('refuses links in a circle and what may not be read', async () => {
		fs.symlinkSync('b', at('a'));
		fs.symlinkSync('a', at('b'));
		assert.equal(await refusal(at('a')), 'it is a link that leads in a circle');
		fs.writeFileSync(at('closed'), 'x', { mode: 0 });
		if (process.getuid?.() !== 0) assert.equal(await refusal(at('closed')), 'permission to read it was denied');
	});

	it('takes no more than the limit: refused, or cut where that is asked for', async () => {
		fs.writeFileSync(at('a'), '0123456789');
		assert.equal(textOf(await read(at('a'), { maxBytes: 10 })), '0123456789');
		assert.equal(await refusal(at('a'), { maxBytes: 9 }), 'it has 10 bytes, more than the 9 bytes that are read');
		const cut = await read(at('a'), { maxBytes: 4, tooLong: 'cut' });
		assert(cut.type === 'content');
		assert.deepEqual([cut.bytes.toString(), cut.size], ['0123', 10]);
		fs.writeFileSync(at('large'), Buffer.alloc(1_000_000, 1));
		const whole = await read(at('large'), { maxBytes: 2_000_000 });
		assert.equal(whole.type === 'content' && whole.bytes.equals(Buffer.alloc(1_000_000, 1)), true);
	});

	it('does not believe the size that a file names', async function () {
		if (process.platform !== 'linux') this.skip();
		// A regular file of 0 bytes, as the system says.
		assert.equal(fs.statSync('/proc/cpuinfo').size, 0);
		assert.equal(await refusal('/proc/cpuinfo', { maxBytes: 10 }), 'it has more than the 10 bytes that are read');
		const cut = await read('/proc/cpuinfo', { maxBytes: 10, tooLong: 'cut' });
		assert.equal(cut.type === 'content' && cut.bytes.byteLength, 10);
	});

	it('stays inside of folders, whatever links say', async () => {
		for (const name of ['in', 'out', 'also']) fs.mkdirSync(at(name));
		fs.writeFileSync(at('out/secret'), 'secret');
		fs.writeFileSync(at('in/own'), 'own');
		fs.writeFileSync(at('inside-by-name'), 'x');
		fs.symlinkSync(at('out/secret'), at('in/link'));
		fs.symlinkSync(at('out'), at('in/folder'));
		fs.symlinkSync('own', at('in/fine'));
		fs.symlinkSync(at('in'), at('way'));
		const guard = { maxBytes: 100, inside: [at('in')] };
		assert.equal(textOf(await read(at('in/fine'), guard)), 'own');
		assert.equal(textOf(await read(at('way/own'), guard)), 'own');
		assert.equal(textOf(await read(at('in/own'), { maxBytes: 100, inside: [at('way')] })), 'own');
		assert.equal(await refusal(at('in/link'), guard), `it leads out of ${at('in')}, to ${at('out/secret')}`);
		assert.equal(await refusal(at('in/folder/secret'), guard), `it leads out of ${at('in')}, to ${at('out/secret')}`);
		assert.match(await refusal(at('inside-by-name'), guard), /leads out/);
		assert.equal(textOf(await read(at('in/link'), { maxBytes: 100, inside: [at('in'), at('out')] })), 'secret');
		assert.match(await refusal(at('in/own'), { maxBytes: 100, inside: [at('absent')] }), /leads out/);
	});

	it('gives texts in UTF-8 and UTF-16, without their marks and without half a character', async () => {
		fs.writeFileSync(at('utf8'), '\ufeffgrün');
		fs.writeFileSync(at('le'), '\ufeffgrün', 'utf16le');
		fs.writeFileSync(at('be'), Buffer.from('\ufeffgrün', 'utf16le').swap16());
		for (const name of ['utf8', 'le', 'be']) assert.equal(textOf(await read(at(name))), 'grün');
		fs.writeFileSync(at('wave'), 'aa👋bb');
		assert.equal(textOf(await read(at('wave'), { maxBytes: 5, tooLong: 'cut' })), 'aa');
		assert.equal(textOf(await read(at('absent'))), null);
	});
});

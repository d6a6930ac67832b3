import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { deflateRawSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { Header, type HeaderData } from 'tar';
import { PluginError } from '../pluginError.ts';
import { withBundle } from './bundle.ts';
import { packPlugin } from './sharedFiles.ts';

/** An archive of entries as they are wished, with sizes that may be lies. */
function archive(...entries: readonly (HeaderData & { readonly content?: string })[]): Uint8Array {
	const blocks = entries.flatMap(({ content = '', ...header }) => {
		const block = Buffer.alloc(512);
		new Header({ mode: 0o644, mtime: new Date(0), size: content.length, type: 'File', ...header }).encode(block);
		return [block, Buffer.concat([Buffer.from(content), Buffer.alloc((512 - (content.length % 512)) % 512)])];
	});
	return gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)]));
}

/** A zip with one file. Its checksum is left empty: nobody comes that far. */
function zip(name: string, content: Uint8Array): Buffer {
	const packed = deflateRawSync(content);
	const fields = Buffer.alloc(26);
	fields.writeUInt16LE(20, 0);
	fields.writeUInt16LE(8, 4);
	fields.writeUInt32LE(packed.length, 14);
	fields.writeUInt32LE(content.length, 18);
	fields.writeUInt16LE(name.length, 22);
	const central = Buffer.alloc(42);
	fields.copy(central, 2, 0, 24);
	const end = Buffer.alloc(18);
	end.writeUInt16LE(1, 4);
	end.writeUInt16LE(1, 6);
	end.writeUInt32LE(46 + name.length, 8);
	end.writeUInt32LE(30 + name.length + packed.length, 12);
	const file = Buffer.from(name);
	const mark = (kind: string) => Buffer.from(`PK${kind}`);
	return Buffer.concat([mark('\u0003\u0004'), fields, file, packed, mark('\u0001\u0002'), central, file, mark('\u0005\u0006'), end]);
}

describe('archives of plugins', () => {
	let folder: string;
	beforeEach(() => {
		folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'tiller-archives-')));
	});
	afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));
	const tree = (at: string) => Promise.resolve((fs.readdirSync(at, { recursive: true }) as string[]).sort());
	const refused = (given: Uint8Array, why: RegExp, limits?: Parameters<typeof withBundle>[2]) =>
		assert.rejects(
			withBundle(given, () => assert.fail('it was used'), limits),
			(error) => error instanceof PluginError && why.test(error.message),
		);

	it('are unpacked as they are, and nothing of them stays', async () => {
		let at = '';
		const found = await withBundle(
			archive({ path: 'a/', type: 'Directory' }, { path: './a/b.txt', content: 'b' }, { path: 'run', mode: 0o755, content: '#!' }),
			(given) => {
				at = given;
				assert.equal(fs.statSync(path.join(given, 'run')).mode & 0o111, 0o111);
				return tree(given);
			},
		);
		assert.deepEqual(found, ['a', 'a/b.txt', 'run']);
		assert.equal(fs.existsSync(path.dirname(at)), false);
	});

	it('with names that lead out are refused before anything is written', async () => {
		for (const name of ['../x', 'a/../../x', '/etc/x', 'a\\..\\x', 'C:x'])
			await refused(archive({ path: 'good', content: 'x' }, { path: name, content: 'x' }), /no name below/);
	});

	it('with links, pipes and devices are refused', async () => {
		for (const type of ['SymbolicLink', 'Link', 'FIFO', 'CharacterDevice', 'BlockDevice'] as const) {
			const linkpath = type === 'SymbolicLink' || type === 'Link' ? { linkpath: '/etc/passwd' } : {};
			await refused(archive({ path: 'x', type, ...linkpath }), /neither a file nor a folder/);
		}
	});

	it('that have a name twice, also in letters of another case, or a file for a folder, are refused', async () => {
		await refused(archive({ path: 'a.txt', content: '1' }, { path: 'A.TXT', content: '2' }), /twice/);
		await refused(archive({ path: 'a', content: '1' }, { path: 'a/b', content: '2' }), /file and a folder/);
	});

	it('that are more than they may be are refused, however small they came', async () => {
		const limits = { files: 3, bytes: 1024 * 1024, depth: 4 };
		await refused(archive({ path: 'big', content: 'x'.repeat(1024 * 1024 + 1) }), /more than 1 MiB/, limits);
		await refused(archive(...['a', 'b', 'c', 'd'].map((name) => ({ path: name, content: 'x' }))), /more than 3 files/, limits);
		await refused(archive({ path: 'a/b/c/d/e', content: 'x' }), /nested/, limits);
		await refused(gzipSync(Buffer.alloc(64 * 1024 * 1024)), /more than 1 MiB|broken/, limits);
	});

	it('that are cut, changed or no archives are refused', async () => {
		const whole = Buffer.from(archive({ path: 'a', content: 'x'.repeat(5000) }));
		await refused(whole.subarray(0, whole.length - 20), /broken/);
		await refused(gzipSync('x'.repeat(2000)), /broken/);
	});

	it('that are a zip, bomb or not, are refused by name without being unpacked', async () => {
		const bomb = zip('big', Buffer.alloc(64 * 1024 * 1024));
		assert.ok(bomb.length < 100_000);
		// Whoever writes anything fails here, with another reason.
		const { TMPDIR, TEMP } = process.env;
		Object.assign(process.env, { TMPDIR: path.join(folder, 'nowhere'), TEMP: path.join(folder, 'nowhere') });
		try {
			for (const given of [zip('a.txt', Buffer.from('x')), zip('../../x', Buffer.from('x')), bomb, Buffer.from('PK\u0003\u0004')])
				await refused(given, /is a zip.*\.tar\.gz/);
		} finally {
			for (const [name, value] of Object.entries({ TMPDIR, TEMP })) {
				if (value === undefined) delete process.env[name];
				else process.env[name] = value;
			}
		}
		// What gzip packed is no tar for that.
		await refused(gzipSync(bomb), /broken/);
	});

	it('that are shared have neither what git ignores, nor hidden files, nor packages, nor links', async () => {
		const write = (name: string, content = 'x') => {
			fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
			fs.writeFileSync(path.join(folder, name), content);
		};
		for (const name of ['.codex-plugin/plugin.json', '.mcp.json', 'skills/a/SKILL.md', 'skills/a/notes.log', 'build/out.js', 'skills/a/keep/x.tmp'])
			write(name);
		for (const name of ['.git/config', '.env', 'node_modules/x/index.js', 'skills/node_modules/y.js', 'skills/.secret']) write(name);
		write('.gitignore', '*.log\n/build/\n');
		write('skills/.gitignore', '*.tmp\n');
		fs.symlinkSync('/etc/passwd', path.join(folder, 'skills/link'));
		const files = await withBundle(await packPlugin(folder), tree);
		assert.deepEqual(
			files.filter((name) => path.extname(name) !== ''),
			['.mcp.json', '.codex-plugin/plugin.json', 'skills/a/SKILL.md'].sort(),
		);
	});
});

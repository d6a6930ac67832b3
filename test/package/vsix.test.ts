import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'mocha';
import { serverFixture } from '../support/serverFixture.ts';
import { makeVsix } from './makeVsix.ts';
import { ignoreFor, targetNamed, targets } from './targets.ts';
import { unzip, type ZipEntry } from './unzip.ts';

const allowed = [
	/^\[Content_Types\]\.xml$/,
	/^extension\.vsixmanifest$/,
	/^extension\/(package\.json|readme\.md|changelog\.md|LICENSE\.txt)$/i,
	/^extension\/package\.nls(\.[\w-]+)?\.json$/,
	/^extension\/l10n\/bundle\.l10n\.[\w-]+\.json$/,
	/^extension\/media\/[\w./-]+\.(svg|png)$/,
	/^extension\/media\/thread\.tmLanguage\.json$/,
	/^extension\/dist\/(server|serverMain|extension|webview|math|highlight|diagram|indexWorker|searchWorker|networkBridge|mcpClient|telemetry|postgres|conpty_console_list_agent|worker\/conoutSocketWorker)\.js$/,
	/^extension\/dist\/(webview|codicon)\.css$/,
	/^extension\/dist\/codicon\.ttf$/,
	/^extension\/dist\/(tree-sitter(-\w+)?|photon_rs_bg)\.wasm$/,
	/^extension\/dist\/prebuilds\/(linux|darwin|win32)-(x64|arm64)\/(pty\.node|spawn-helper|conpty\.node|conpty_console_list\.node|conpty\/[\w.]+)$/,
	/^extension\/dist\/keyring\/keyring\.[\w-]+\.node$/,
];

const IGNORED = readFileSync(new URL('../../.vscodeignore', import.meta.url), 'utf8');

describe('the package', function () {
	let folder: string;
	let file: string;
	let entries: readonly ZipEntry[];

	before(async () => {
		folder = await mkdtemp(path.join(tmpdir(), 'tiller-vsix-'));
		file = makeVsix({ folder });
		entries = unzip(file);
		for (const { name, mode, data } of entries) {
			const target = path.join(folder, 'unpacked', name);
			await mkdir(path.dirname(target), { recursive: true });
			await writeFile(target, data, { mode: mode === 0 ? 0o644 : mode });
		}
	});
	after(() => rm(folder, { recursive: true, force: true }));

	it('holds only built files, media and native parts', () => {
		const strange = entries.map((entry) => entry.name).filter((name) => !allowed.some((pattern) => pattern.test(name)));
		assert.deepEqual(strange, []);
	});

	it('holds every part that a user needs', () => {
		const names = new Set(entries.map((entry) => entry.name));
		for (const name of [
			'indexWorker.js',
			'searchWorker.js',
			'networkBridge.js',
			'mcpClient.js',
			'telemetry.js',
			'postgres.js',
			'math.js',
			'highlight.js',
			'diagram.js',
			'server.js',
			'serverMain.js',
			'extension.js',
			'webview.js',
			'webview.css',
			'tree-sitter.wasm',
			'tree-sitter-bash.wasm',
			'tree-sitter-powershell.wasm',
			'photon_rs_bg.wasm',
			'prebuilds/linux-x64/pty.node',
			'prebuilds/win32-x64/conpty.node',
			'prebuilds/win32-x64/conpty_console_list.node',
			'conpty_console_list_agent.js',
			'worker/conoutSocketWorker.js',
		]) {
			assert.ok(names.has(`extension/dist/${name}`), `${name} is missing`);
		}
		const keyring = `extension/dist/keyring/keyring.${process.platform}-${process.arch}`;
		assert.ok(
			[...names].some((name) => name.startsWith(keyring)),
			'the keyring of this system is missing',
		);
	});

	it('for one system has the native parts of that one only, and says for which it is', () => {
		const own = unzip(makeVsix({ folder, target: 'win32-x64' }));
		const names = own.map((entry) => entry.name);
		const native = names.filter((name) => /\/dist\/(?:prebuilds|keyring)\//.test(name));
		assert.ok(native.length > 0 && native.every((name) => /\/prebuilds\/win32-x64\/|keyring\.win32-x64-msvc/.test(name)), native.join('\n'));
		assert.ok(names.includes('extension/dist/prebuilds/win32-x64/conpty.node'));
		const isNative = (name: string) => /\/dist\/(?:prebuilds|keyring)\//.test(name);
		const common = (list: readonly string[]) => list.filter((name) => !isNative(name)).toSorted();
		assert.deepEqual(common(names), common(entries.map((entry) => entry.name)));
		const manifest = own.find((entry) => entry.name === 'extension.vsixmanifest')?.data.toString();
		assert.match(manifest ?? '', /TargetPlatform="win32-x64"/);
	});

	it('is made for systems that have their native parts, and for no others', () => {
		const prebuilt = entries.flatMap((entry) => /\/dist\/prebuilds\/([\w-]+)\//.exec(entry.name)?.[1] ?? []);
		assert.deepEqual([...new Set(prebuilt)].toSorted(), targets.toSorted());
		const hasPowershell = (target: (typeof targets)[number]) => /^!dist\/tree-sitter-powershell/m.test(ignoreFor(target, IGNORED));
		assert.deepEqual(targets.filter(hasPowershell), ['win32-x64', 'win32-arm64']);
		assert.throws(() => targetNamed('web'), /no package for web\. Targets: win32-x64, .*, or all/);
		assert.throws(() => ignoreFor('linux-x64', '!dist/*.js'), /no line !dist\/prebuilds/);
	});

	it('can start the helper of terminals on macOS', () => {
		const helpers = entries.filter((entry) => entry.name.endsWith('/spawn-helper'));
		assert.deepEqual(
			helpers.map((entry) => entry.mode & 0o111),
			helpers.map(() => 0o111),
		);
	});

	it('is smaller than 8 MB', async () => {
		const { size } = await stat(file);
		assert.ok(size < 8_000_000, `${size} bytes`);
	});

	it('has a server that starts where nothing else is installed', async () => {
		const fixture = await serverFixture();
		try {
			const server = fixture.start({ serverFile: path.join(folder, 'unpacked/extension/dist/server.js') });
			const result = await server.initialize();
			assert.equal(result.codexHome, fixture.home.codexHome);
		} finally {
			await fixture.dispose();
		}
	});
});

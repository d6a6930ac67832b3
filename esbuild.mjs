/**
 * Bundles the three programs and what lies beside them into dist/:
 *   node esbuild.mjs [--watch] [--production] [--tests] [--outdir=FOLDER]
 * --production minifies; --tests adds the suites that run inside VS Code. Source maps lie beside the bundles and are not packaged.
 */
import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import esbuild from 'esbuild';

const root = import.meta.dirname;
const { values: flags } = parseArgs({
	options: {
		watch: { type: 'boolean' },
		production: { type: 'boolean' },
		tests: { type: 'boolean' },
		outdir: { type: 'string', default: 'dist' },
	},
});
const dist = path.resolve(root, flags.outdir);

/** VS Code 1.125 and code that it starts run on Node 24; its page is the Chromium of the same release. */
const node = { platform: 'node', target: 'node24', format: 'cjs', external: ['vscode', 'pg-native'], charset: 'ascii' };

/** @type {esbuild.BuildOptions} */
const shared = {
	absWorkingDir: root,
	bundle: true,
	minify: flags.production === true,
	sourcemap: 'linked',
	legalComments: 'none',
	charset: 'utf8',
	logLevel: 'warning',
	metafile: true,
};

/** @type {esbuild.BuildOptions[]} */
const bundles = [
	{
		...node,
		entryPoints: {
			server: 'server/boot.ts',
			serverMain: 'server/main.ts',
			indexWorker: 'server/indexWorker.ts',
			searchWorker: 'server/search/searchWorker.ts',
			networkBridge: 'server/network/networkBridge.ts',
			mcpClient: 'server/mcp/runtime.ts',
			telemetry: 'server/otel/runtime.ts',
			postgres: 'server/postgres/runtime.ts',
		},
		outdir: dist,
	},
	{ ...node, entryPoints: { extension: 'extension/extension.ts' }, outdir: dist },
	// What node-pty starts beside itself on Windows, by these names.
	...(existsSync(path.join(root, 'node_modules/node-pty'))
		? [
				{
					...node,
					entryPoints: {
						conpty_console_list_agent: 'node_modules/node-pty/lib/conpty_console_list_agent.js',
						'worker/conoutSocketWorker': 'node_modules/node-pty/lib/worker/conoutSocketWorker.js',
					},
					outdir: dist,
				},
			]
		: []),
	{
		// The page, and beside it what it loads only when a message needs it.
		entryPoints: { webview: 'webview/main.tsx', math: 'webview/parts/math.ts', highlight: 'webview/parts/highlight.ts' },
		outdir: dist,
		platform: 'browser',
		target: 'chrome140',
		format: 'iife',
		jsx: 'automatic',
		jsxImportSource: 'preact',
		alias: {
			react: 'preact/compat',
			'react-dom': 'preact/compat',
			'react/jsx-runtime': 'preact/jsx-runtime',
			// The browser knows the names of characters: a twentieth of the script.
			entities: './webview/text/entities.ts',
		},
		loader: { '.ttf': 'file', '.svg': 'file' },
		assetNames: '[name]',
	},
];

/** A program for a frame, as the text of a script that hands it to the page. */
async function framePart(entry, name) {
	const { outputFiles } = await esbuild.build({
		...shared,
		entryPoints: [entry],
		outfile: path.join(dist, `${name}.js`),
		platform: 'browser',
		target: 'chrome140',
		format: 'iife',
		minify: true,
		sourcemap: false,
		metafile: false,
		write: false,
	});
	const program = outputFiles[0]?.text ?? '';
	return `window.tillerParts = { ...window.tillerParts, ${name}: ${JSON.stringify(program)} };\n`;
}

/** What cannot be inside a bundle: programs and modules that are loaded from beside it. Paths in node_modules -> paths in dist. */
const parts = [
	{ from: '@vscode/tree-sitter-wasm/wasm/tree-sitter.wasm', to: 'tree-sitter.wasm' },
	{ from: '@vscode/tree-sitter-wasm/wasm/tree-sitter-bash.wasm', to: 'tree-sitter-bash.wasm' },
	{ from: '@vscode/tree-sitter-wasm/wasm/tree-sitter-powershell.wasm', to: 'tree-sitter-powershell.wasm' },
	{ from: '@silvia-odwyer/photon-node/photon_rs_bg.wasm', to: 'photon_rs_bg.wasm' },
	{ from: 'node-pty/prebuilds', to: 'prebuilds', optional: true },
	...(await keyrings()),
];

/** npm installs the modules of this system only; a package that is made here has no others. */
async function keyrings() {
	const scope = path.join(root, 'node_modules/@napi-rs');
	const packages = existsSync(scope) ? (await readdir(scope)).filter((name) => name.startsWith('keyring-')) : [];
	if (packages.length === 0) console.warn('@napi-rs/keyring is not installed: the keyring of the system is left out.');
	return packages.map((name) => {
		const file = `${name.replace('keyring-', 'keyring.')}.node`;
		return { from: `@napi-rs/${name}/${file}`, to: `keyring/${file}` };
	});
}

async function suites() {
	const folder = path.join(root, 'test/vscode');
	const names = await readdir(folder);
	const files = names.filter((name) => name === 'index.ts' || name.endsWith('.test.ts'));
	return { ...node, entryPoints: files.map((name) => `test/vscode/${name}`), outdir: path.join(dist, 'test'), external: ['vscode', 'mocha'] };
}

async function copyParts() {
	await mkdir(dist, { recursive: true });
	for (const { from, to, optional } of parts) {
		const source = path.join(root, 'node_modules', from);
		if (optional === true && !existsSync(source)) {
			console.warn(`${from} is not installed: left out.`);
			continue;
		}
		// Debug symbols are three quarters of node-pty's Windows files and nothing reads them.
		await cp(source, path.join(dist, to), { recursive: true, filter: (file) => !file.endsWith('.pdb') });
	}
}

/** Removes what an earlier build left, so that no file without a source gets into a package or a test run. */
async function removeStale(outputs) {
	const current = new Set(outputs.map((file) => path.resolve(root, file)));
	const kept = [...parts.map(({ to }) => to), 'diagram.js', ...(flags.tests === true ? [] : ['test'])].map((name) => path.join(dist, name));
	for (const entry of await readdir(dist, { recursive: true, withFileTypes: true })) {
		const file = path.join(entry.parentPath, entry.name);
		const isPart = kept.some((part) => file === part || file.startsWith(part + path.sep));
		if (!entry.isDirectory() && !isPart && !current.has(file)) {
			await rm(file);
		}
	}
}

async function main() {
	const wanted = flags.tests === true ? [...bundles, await suites()] : bundles;
	const options = wanted.map((bundle) => ({ ...shared, ...bundle }));
	await copyParts();
	await writeFile(path.join(dist, 'diagram.js'), await framePart('webview/parts/diagramFrame.ts', 'diagram'));
	if (flags.watch === true) {
		for (const option of options) {
			await (await esbuild.context(option)).watch();
		}
		return;
	}
	const results = await Promise.all(options.map((option) => esbuild.build(option)));
	await removeStale(results.flatMap((result) => Object.keys(result.metafile.outputs)));
}

await main().catch((error) => {
	// esbuild has printed its own messages.
	if (error?.errors === undefined) {
		console.error(error);
	}
	process.exit(1);
});

/**
 * Finds what a module exports and nobody imports: `export` is a promise to somebody. Types that only their own module mentions are part
 * of what it exports. Exits with 1 when there is something.
 */
import fs from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');
/** Read by a program and not by another module. */
const ENTRIES = [
	'extension/extension.ts',
	'server/mcp/runtime.ts',
	'server/otel/runtime.ts',
	'server/postgres/runtime.ts',
	'test/support/surroundings.ts',
	'test/vscode/index.ts',
	'test/systems/macosSuite.ts',
	'test/wine/unitsOnWindows.ts',
	'test/wine/wineSuite.ts',
	// In place of a library, by the bundler.
	'webview/text/entities.ts',
];

function modulesIn(folder) {
	return fs.readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
		const file = path.join(folder, entry.name);
		if (entry.isDirectory()) return ['node_modules', 'schema', 'sample', 'dist'].includes(entry.name) ? [] : modulesIn(file);
		return /\.(?:ts|tsx|mts|mjs|cjs)$/.test(entry.name) ? [file] : [];
	});
}

const files = ['server', 'extension', 'webview', 'test'].flatMap((folder) => modulesIn(path.join(root, folder)));
const EXPORT = /^export (?:declare )?(?:async )?(const|let|function\*?|(?:abstract )?class|interface|type|enum) (\w+)/gm;
const NAMED = /\b(?:import|export)\s+(?:type\s+)?(?:\w+\s*,\s*)?\{([^}]*)\}\s*from\s*'(\.[^']+)'/g;
const LATE = /(?:const|let)\s+\{([^}]*)\}\s*(?::[^=]+)?=\s*await import\('(\.[^']+)'\)/g;
const WHOLE = /(?:\*\s+as\s+\w+\s+from\s*|import\()'(\.[^']+)'/g;
const MEMBER = /import\('(\.[^']+)'\)\.(\w+)/g;

const exported = new Map();
const used = new Set();
const whole = new Set();
for (const file of files) {
	const text = fs.readFileSync(file, 'utf8');
	const at = (specifier) => path.resolve(path.dirname(file), specifier);
	for (const [, kind, name] of text.matchAll(EXPORT)) {
		// The types of what is exported belong to it.
		const isPart = (kind === 'interface' || kind === 'type') && text.match(new RegExp(`\\b${name}\\b`, 'g')).length > 1;
		if (!isPart) exported.set(`${file}#${name}`, { file, name });
	}
	for (const pattern of [NAMED, LATE]) {
		for (const [, names, specifier] of text.matchAll(pattern)) {
			for (const name of names.split(','))
				used.add(
					`${at(specifier)}#${name
						.replace(/^\s*type\s+/, '')
						.trim()
						.split(/\s+as\s+|:/)[0]
						.trim()}`,
				);
		}
	}
	for (const [, specifier, name] of text.matchAll(MEMBER)) used.add(`${at(specifier)}#${name}`);
	const rest = text.replaceAll(MEMBER, '').replaceAll(LATE, '');
	for (const [, specifier] of rest.matchAll(WHOLE)) whole.add(at(specifier));
}

const dead = [...exported].filter(([key, { file }]) => !used.has(key) && !whole.has(file) && !ENTRIES.includes(path.relative(root, file)));
for (const [, { file, name }] of dead) console.log(`${path.relative(root, file)}: nobody imports ${name}`);
process.exitCode = dead.length > 0 ? 1 : 0;

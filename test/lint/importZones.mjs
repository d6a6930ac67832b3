/**
 * A lint rule: which folder may import from which, and no module passes on what another one exports.
 * The table is the design's list of dependency rules; a folder that is not in it may be imported by nobody but its own files.
 */
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');

/** The server's layers from the bottom up. A folder imports from its own layer and the ones below it. */
const serverLayers = [
	['platform'],
	['telemetry', 'toml'],
	[
		'sandbox',
		'network',
		'exec',
		'files',
		'search',
		'git',
		'mcp',
		'config',
		'requirements',
		'auth',
		'skills',
		'hooks',
		'plugins',
		'realtime',
		'migration',
		'deviceKeys',
		'memory',
		'windowsSandbox',
	],
	['patch'],
	['items', 'records', 'goals', 'agents', 'reviews', 'turn', 'tools', 'model', 'approval', 'store', 'instructions', 'checkpoint', 'thread'],
	['projection'],
	['transport', 'session', 'handlers', 'schemaGen'],
	['nonInteractive'],
];
/** The folders that know the wire's types. Transport needs the framing's errors, session the envelope and the method table; schemaGen prints them. */
const wireFolders = ['protocol', 'handlers', 'projection', 'session', 'transport', 'schemaGen', 'nonInteractive'];
/** Interfaces that lower layers implement against: imports of their types go up, nothing else does. */
const sharedTypes = {
	'server/items': ['item.ts', 'events.ts', 'settings.ts', 'input.ts'],
	'webview/channel': ['messages.ts', 'statusInfo.ts'],
};

/** The zone of a file: `server/turn`, `webview`, `test`. Files directly in server/ are composition roots: `server`. */
function zoneOf(file) {
	const [top, second, ...rest] = path.relative(root, file).split(path.sep);
	return top === 'server' && rest.length > 0 ? `server/${second}` : top;
}

function isSharedType(file) {
	const relative = path.relative(root, file).split(path.sep);
	return sharedTypes[relative.slice(0, -1).join('/')]?.includes(relative.at(-1)) === true;
}

/** Where services are made of all rooms. */
function isRoot(zone) {
	return zone === 'server' || zone === 'server/compose';
}

/** Null when allowed, else the reason why not. */
function refusal({ from, to, target, typeOnly, isTest }) {
	if (from === to || from === 'test') {
		return null;
	}
	if (to === 'test') {
		return isTest ? null : 'Product code imports nothing from test/.';
	}
	if (to === 'server/protocol') {
		if (from === 'webview' || from === 'extension' || isRoot(from)) {
			return null;
		}
		return wireFolders.includes(from.slice('server/'.length)) ? null : `Only ${wireFolders.join(', ')} know the wire's types.`;
	}
	if (from === 'extension' && to === 'webview') {
		return typeOnly && isSharedType(target) ? null : 'The extension may import only types, and only those that webview/channel shares.';
	}
	if (!from.startsWith('server') || !to.startsWith('server')) {
		return 'extension/, webview/ and server/ share nothing but server/protocol.';
	}
	if (from === 'server/protocol') {
		return isTest ? null : 'The protocol imports only zod and its own files.';
	}
	if (isRoot(from)) {
		return null;
	}
	const fromLayer = serverLayers.findIndex((layer) => layer.includes(from.slice('server/'.length)));
	const toLayer = serverLayers.findIndex((layer) => layer.includes(to.slice('server/'.length)));
	if (fromLayer < 0 || toLayer < 0) {
		return `${fromLayer < 0 ? from : to} has no layer yet: give it one in test/lint/importZones.mjs.`;
	}
	if (toLayer <= fromLayer || (typeOnly && isSharedType(target))) {
		return null;
	}
	return `${from} lies below ${to}. Take what is needed as an interface that is handed in from above.`;
}

function isTypeOnly(node) {
	const specifiers = node.specifiers ?? [];
	return node.importKind === 'type' || (specifiers.length > 0 && specifiers.every((specifier) => specifier.importKind === 'type'));
}

const importZones = {
	create(context) {
		const file = context.filename;
		const from = zoneOf(file);
		const isTest = file.endsWith('.test.ts') || file.endsWith('.test.tsx');

		function check(node, source, typeOnly) {
			if (!source.startsWith('.')) {
				const isAllowed = from !== 'server/protocol' || isTest || source === 'zod' || source.startsWith('zod/');
				if (!isAllowed) {
					context.report({ node, message: `The protocol imports only zod and its own files, not ${source}.` });
				}
				return;
			}
			const target = path.resolve(path.dirname(file), source);
			if (isRoot(from) && target === path.join(root, 'package.json')) {
				return; // the version
			}
			const reason = refusal({ from, to: zoneOf(target), target, typeOnly, isTest });
			if (reason !== null) {
				context.report({ node, message: `${reason} (${path.relative(root, file)} -> ${path.relative(root, target)})` });
			}
		}

		return {
			ImportDeclaration: (node) => check(node, node.source.value, isTypeOnly(node)),
			ImportExpression: (node) => {
				if (node.source.type === 'Literal' && typeof node.source.value === 'string') {
					check(node, node.source.value, false);
				}
			},
			TSImportType: (node) => {
				const source = node.source ?? node.argument;
				if (typeof source?.value === 'string') {
					check(node, source.value, true);
				}
			},
			ExportAllDeclaration: (node) => context.report({ node, message: 'No re-exports: let the reader import from the file that defines it.' }),
			ExportNamedDeclaration: (node) => {
				if (node.source !== null) {
					context.report({ node, message: 'No re-exports: let the reader import from the file that defines it.' });
				}
			},
		};
	},
};

export default { meta: { name: 'tiller' }, rules: { 'import-zones': importZones } };

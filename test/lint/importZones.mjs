/**
 * A lint rule: which folder may import from which, no module passes on what another one exports, and Node's modules have one form of import.
 * The table of rooms is the design's list of dependency rules; a folder that is not in it may be imported by nobody but its own files.
 */
import path from 'node:path';
import { connectedClient } from './connectedClient.mjs';
import { oneSystem } from './oneSystem.mjs';
import { oneStyle } from './oneStyle.mjs';
import { extensionLayerOf, isExtensionComposition, layerOf, wireRooms } from './rooms.mjs';

const root = path.resolve(import.meta.dirname, '../..');

/** What host and page tell each other: the extension imports these types of the page, and nothing else. */
const pageContract = [
	'webview/channel/attachment.ts',
	'webview/channel/menuEntries.ts',
	'webview/channel/messages.ts',
	'webview/channel/pageEvent.ts',
	'webview/channel/pageState.ts',
	'webview/channel/questions.ts',
	'webview/channel/replies.ts',
	'webview/channel/statusInfo.ts',
	'webview/channel/sideQuestion.ts',
	'webview/channel/turnFacts.ts',
];
/** The schemas of the page's requests: the host parses by them; the page takes their types only, so that its script has no zod in it. */
const pageRequests = 'webview/channel/requests/';

/** The zone of a file: `server/turn`, `webview`, `test`. Files directly in server/ are composition roots: `server`. */
function zoneOf(file) {
	const [top, second, ...rest] = path.relative(root, file).split(path.sep);
	return top === 'server' && rest.length > 0 ? `server/${second}` : top;
}

const inRepo = (file) => path.relative(root, file).split(path.sep).join('/');
const roomOf = (zone) => zone.slice('server/'.length);

/** Null when allowed, else the reason why not. */
function refusal({ file, from, to, target, typeOnly, isTest }) {
	if (
		from === 'webview' &&
		to === 'webview' &&
		!isTest &&
		!typeOnly &&
		inRepo(target).startsWith(pageRequests) &&
		!inRepo(file).startsWith(pageRequests)
	) {
		return 'The page takes only types from the schemas of its requests.';
	}
	if (from === 'extension' && to === 'extension' && !isTest) {
		return extensionRefusal(inRepo(file), inRepo(target));
	}
	if (from === to || from === 'test') {
		return null;
	}
	if (to === 'test') {
		return isTest ? null : 'Product code imports nothing from test/.';
	}
	if (to === 'server/protocol') {
		if (from === 'webview' || from === 'extension' || from === 'server') {
			return null;
		}
		return wireRooms.includes(roomOf(from)) ? null : `Only ${wireRooms.join(', ')} know the wire's types.`;
	}
	if (from === 'extension' && to === 'webview') {
		const isContract = typeOnly && pageContract.includes(inRepo(target));
		return isContract || inRepo(target).startsWith(pageRequests)
			? null
			: `The extension may import only ${pageRequests} of the page, and types of ${pageContract.join(', ')}.`;
	}
	if (!from.startsWith('server') || !to.startsWith('server')) {
		return 'extension/, webview/ and server/ share nothing but server/protocol.';
	}
	if (from === 'server/protocol') {
		return isTest ? null : 'The protocol imports only zod and its own files.';
	}
	if (from === 'server') {
		return null;
	}
	if (to === 'server') {
		return 'The files that start the program are imported by nobody.';
	}
	const [fromLayer, toLayer] = [layerOf(roomOf(from)), layerOf(roomOf(to))];
	if (fromLayer < 0 || toLayer < 0) {
		return `${fromLayer < 0 ? from : to} has no layer yet: give it one in test/lint/rooms.mjs.`;
	}
	if (toLayer < fromLayer) {
		return null;
	}
	return `${to} does not lie below ${from} (test/lint/rooms.mjs). Take what is needed as an interface that is handed in from above.`;
}

/** Between two files of the extension; types count too. */
function extensionRefusal(file, target) {
	if (isExtensionComposition(file)) return null;
	if (isExtensionComposition(target)) return 'A room knows no features and not what they stand on: let what is needed be handed in.';
	const [from, to] = [extensionLayerOf(file), extensionLayerOf(target)];
	const [room, targetRoom] = [file, target].map((name) => name.split('/').slice(0, -1)[1] ?? '');
	if (from < 0 || to < 0) return `extension/${from < 0 ? room : targetRoom} has no layer yet: give it one in test/lint/rooms.mjs.`;
	return room === targetRoom || to < from
		? null
		: `${target} does not lie below ${file} (test/lint/rooms.mjs). Take what is needed as an interface that is handed in from above.`;
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
				if (from === 'webview' && !isTest && !typeOnly && /^zod(?:\/|$)/.test(source) && !inRepo(file).startsWith(pageRequests)) {
					context.report({ node, message: "No zod in the page's script." });
				}
				return;
			}
			const target = path.resolve(path.dirname(file), source);
			if ((from === 'server' || from === 'server/compose') && target === path.join(root, 'package.json')) {
				return; // the version
			}
			const reason = refusal({ file, from, to: zoneOf(target), target, typeOnly, isTest });
			if (reason !== null) {
				context.report({ node, message: `${reason} (${path.relative(root, file)} -> ${path.relative(root, target)})` });
			}
		}

		return {
			ImportDeclaration: (node) => {
				if (node.source.value.startsWith('node:') && node.specifiers.some(({ type }) => type === 'ImportNamespaceSpecifier')) {
					context.report({ node, message: 'No namespace of a module of Node: import it as its default, or by name.' });
				}
				check(node, node.source.value, isTypeOnly(node));
			},
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

export default {
	meta: { name: 'tiller' },
	rules: { 'import-zones': importZones, 'one-system': oneSystem, 'connected-client': connectedClient, 'one-style': oneStyle },
};

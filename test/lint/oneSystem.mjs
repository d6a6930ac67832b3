/**
 * A lint rule: what differs between Linux, macOS and Windows is asked of `server/platform`, and in the extension of `extension/system`, so
 * that it can be tried with another system and is right on all of them.
 */
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');
const ROOMS = ['server/platform/', 'extension/system/'];
/** What holds a path of the system by its name; one that is relative has `/` on every system. */
const PATH_NAME = /^(?!relative)(?:\w*(?:Path|File|Folder|Dir)|path|file|folder|cwd|dir)$/;
const STARTERS = new Set(['exec', 'execFile', 'execFileSync', 'execSync', 'spawn', 'spawnSync']);

function isMember(node, object, property) {
	return node?.type === 'MemberExpression' && node.object?.name === object && node.property?.name === property;
}

/** Whether `path.sep` is in an expression. */
function holdsSeparator(node) {
	if (node === null || typeof node !== 'object') return false;
	if (isMember(node, 'path', 'sep')) return true;
	const parts =
		{ BinaryExpression: ['left', 'right'], ConditionalExpression: ['consequent', 'alternate'], TemplateLiteral: ['expressions'] }[node.type] ?? [];
	return parts.flatMap((part) => node[part]).some(holdsSeparator);
}

function nameOf(node) {
	return node.type === 'Identifier' ? node.name : node.type === 'MemberExpression' ? (node.property?.name ?? '') : '';
}

export const oneSystem = {
	create(context) {
		const file = path.relative(root, context.filename).split(path.sep).join('/');
		const isProduct = /^(?:server|extension)\//.test(file) && !/\.test\.tsx?$/.test(file);
		if (!isProduct || ROOMS.some((room) => file.startsWith(room))) return {};
		const say = (node, message) => context.report({ node, message });
		const home = file.startsWith('server/') ? 'server/platform/host.ts' : 'extension/system/host.ts';
		return {
			MemberExpression: (node) => {
				if (isMember(node, 'process', 'platform')) say(node, `Ask ${home} for the system, not process.platform.`);
			},
			CallExpression: (node) => {
				const { callee } = node;
				const [first] = node.arguments;
				if (isMember(callee, 'os', 'platform')) say(node, `Ask ${home} for the system, not os.platform().`);
				if (STARTERS.has(nameOf(callee)) && /^git(?:\.exe)?$/.test(String(first?.value)))
					say(node, 'A bare `git` may be one that lies in the project: findProgram (server/platform/programFinder.ts) says which.');
				if (callee.type !== 'MemberExpression') return;
				const method = callee.property?.name;
				if ((method === 'startsWith' || method === 'endsWith') && (holdsSeparator(first) || first?.value === '..'))
					say(node, 'Systems tell paths apart in their own ways: compare them with PathRules (isInside, relative).');
				if (method === 'split' && first?.value === '/' && PATH_NAME.test(nameOf(callee.object)))
					say(node, 'Windows has other separators: use path.basename, path.dirname or PathRules.relative.');
			},
		};
	},
};

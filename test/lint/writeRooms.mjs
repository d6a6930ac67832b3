/**
 * Puts the table of rooms into CONTRIBUTING.md. With --check it only says whether it stands there, whether every folder of server/ is in it,
 * and which folder has grown past what one can hold in mind.
 */
import fs from 'node:fs';
import path from 'node:path';
import { extensionLayerOf, extensionLayers, layerOf, layers } from './rooms.mjs';

const root = path.resolve(import.meta.dirname, '../..');
const file = path.join(root, 'CONTRIBUTING.md');
const text = fs.readFileSync(file, 'utf8');
const wanted = withRooms(
	withRooms(text, 'rooms', 'main, serve, runExec, appServer', layers),
	'rooms of the extension',
	'extension, features',
	extensionLayers,
);

if (!process.argv.includes('--check')) fs.writeFileSync(file, wanted);
else {
	const unknown = ['server', 'extension'].flatMap((top) =>
		fs
			.readdirSync(path.join(root, top), { withFileTypes: true })
			.filter((entry) => entry.isDirectory() && `${top}/${entry.name}` !== 'server/protocol')
			.filter(({ name }) => (top === 'server' ? layerOf(name) : extensionLayerOf(`extension/${name}/`)) < 0)
			.map(({ name }) => `${top}/${name} has no layer in test/lint/rooms.mjs`),
	);
	const stale = wanted === text ? [] : ['CONTRIBUTING.md shows other rooms than test/lint/rooms.mjs: run node test/lint/writeRooms.mjs'];
	const full = ['server', 'extension', 'webview', 'test'].flatMap((folder) => crowded(folder));
	for (const problem of [...unknown, ...stale, ...full]) console.log(problem);
	process.exitCode = unknown.length + stale.length + full.length > 0 ? 1 : 0;
}

/** The text with the picture of these layers between its marks, the highest layer first. */
function withRooms(text, name, top, picture) {
	const [begin, end] = [`<!-- ${name}: written by test/lint/writeRooms.mjs -->\n`, `<!-- /${name} -->`];
	const [from, to] = [text.indexOf(begin), text.indexOf(end)];
	if (from < 0 || to < from) throw new Error(`CONTRIBUTING.md has no place for the ${name}: ${begin.trim()} ... ${end}`);
	const lines = ['```', top, ...picture.toReversed().map((layer) => layer.join('  ')), '```', ''];
	return text.slice(0, from + begin.length) + lines.join('\n') + text.slice(to);
}

/** The folders with more than `most` files, the tests that stand beside their file not counted. */
function crowded(folder, most = 25) {
	const entries = fs.readdirSync(path.join(root, folder), { withFileTypes: true });
	const files = entries.filter((entry) => entry.isFile() && (folder.startsWith('test') || !entry.name.includes('.test.')));
	const below = entries.filter((entry) => entry.isDirectory()).flatMap(({ name }) => crowded(`${folder}/${name}`, most));
	return files.length > most ? [`${folder} has ${files.length} files: ${most} at most, then it becomes several folders`, ...below] : below;
}

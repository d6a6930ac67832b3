/**
 * Puts the table of rooms into CONTRIBUTING.md. With --check it only says whether it stands there, whether every folder of server/ is in it,
 * and which folder has grown past what one can hold in mind.
 */
import fs from 'node:fs';
import path from 'node:path';
import { layerOf, layers } from './rooms.mjs';

const root = path.resolve(import.meta.dirname, '../..');
const file = path.join(root, 'CONTRIBUTING.md');
const [begin, end] = ['<!-- rooms: written by test/lint/writeRooms.mjs -->\n', '<!-- /rooms -->'];

const picture = ['```', 'main, serve, runExec, appServer', ...layers.toReversed().map((layer) => layer.join('  ')), '```', ''].join('\n');
const text = fs.readFileSync(file, 'utf8');
const [from, to] = [text.indexOf(begin), text.indexOf(end)];
if (from < 0 || to < from) throw new Error(`CONTRIBUTING.md has no place for the rooms: ${begin.trim()} ... ${end}`);
const wanted = text.slice(0, from + begin.length) + picture + text.slice(to);

if (!process.argv.includes('--check')) fs.writeFileSync(file, wanted);
else {
	const folders = fs
		.readdirSync(path.join(root, 'server'), { withFileTypes: true })
		.filter((entry) => entry.isDirectory() && entry.name !== 'protocol');
	const unknown = folders.filter(({ name }) => layerOf(name) < 0).map(({ name }) => `server/${name} has no layer in test/lint/rooms.mjs`);
	const stale = wanted === text ? [] : ['CONTRIBUTING.md shows other rooms than test/lint/rooms.mjs: run node test/lint/writeRooms.mjs'];
	const full = ['server', 'extension', 'webview', 'test'].flatMap((folder) => crowded(folder));
	for (const problem of [...unknown, ...stale, ...full]) console.log(problem);
	process.exitCode = unknown.length + stale.length + full.length > 0 ? 1 : 0;
}

/** The folders with more than `most` files, the tests that stand beside their file not counted. */
function crowded(folder, most = 25) {
	const entries = fs.readdirSync(path.join(root, folder), { withFileTypes: true });
	const files = entries.filter((entry) => entry.isFile() && (folder.startsWith('test') || !entry.name.includes('.test.')));
	const below = entries.filter((entry) => entry.isDirectory()).flatMap(({ name }) => crowded(`${folder}/${name}`, most));
	return files.length > most ? [`${folder} has ${files.length} files: ${most} at most, then it becomes several folders`, ...below] : below;
}

/** Puts the table of rooms into CONTRIBUTING.md; with --check only says whether it stands there, and whether every folder of server/ is in it. */
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
	for (const problem of [...unknown, ...stale]) console.log(problem);
	process.exitCode = unknown.length + stale.length > 0 ? 1 : 0;
}

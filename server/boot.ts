/**
 * The beginning of the program: lets Node keep what it has compiled, which halves the time of every later start, and loads the rest.
 * Kept in the user's own home, once there is one; where it cannot be written nothing is kept.
 */
import fs from 'node:fs';
import module from 'node:module';
import os from 'node:os';
import path from 'node:path';

if (Number.parseInt(process.versions.node, 10) < 22) {
	process.stderr.write(`Tiller's server needs Node 22.13 or newer. This is Node ${process.versions.node} (${process.execPath}).\n`);
	process.exit(1);
}
const home = process.env.CODEX_HOME || path.join(os.homedir(), '.codex');
if (fs.existsSync(home)) module.enableCompileCache(path.join(home, 'tiller', 'compiled'));
module.createRequire(__filename)('./serverMain.js');

/**
 * `holdsPlaces.ts HOME PLACE STEP`: another server of a home, which keeps a place free and gives it back. Before the step (`note`: it takes its
 * note away, `place`: the place itself) it writes the file `HOME/there` and stands still until there is `HOME/go`.
 */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import path from 'node:path';

const [home = '', place = '', step = ''] = process.argv.slice(2);
let isGiving = false;

function standStill(): void {
	isGiving = false;
	fs.writeFileSync(path.join(home, 'there'), '');
	while (!fs.existsSync(path.join(home, 'go'))) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
}

const { rmSync, rmdirSync } = fs;
fs.rmSync = (file, options) => {
	if (isGiving && step === 'note') standStill();
	rmSync(file, options);
};
fs.rmdirSync = (folder: fs.PathLike) => {
	if (isGiving && step === 'place' && folder === place) standStill();
	rmdirSync(folder);
};
syncBuiltinESMExports();

const { Placeholders } = await import('../../../server/sandbox/linux/placeholders.ts');
const release = await new Placeholders(home).hold([place]);
fs.mkdirSync(place);
isGiving = true;
release?.();

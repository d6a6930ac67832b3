import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { readConfigFile } from './configFile.ts';
import { lookAnew } from '../../platform/eventRound.ts';

describe('a configuration file', () => {
	let folder: string;
	const system = fs as { statSync: typeof fs.statSync };
	const usual = fs.statSync;
	beforeEach(() => (folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'tiller-config-')))));
	afterEach(() => {
		system.statSync = usual;
		fs.rmSync(folder, { recursive: true });
	});

	it('that is missing is empty, and is there once somebody made it, also where its folder was a file before', () => {
		const file = path.join(folder, 'etc', 'config.toml');
		const read = () => {
			lookAnew();
			return readConfigFile(file);
		};
		assert.equal(read().exists, false);
		fs.writeFileSync(path.join(folder, 'etc'), 'no folder');
		assert.equal(read().exists, false);
		fs.rmSync(path.join(folder, 'etc'));
		fs.mkdirSync(path.join(folder, 'etc'));
		fs.writeFileSync(file, 'model = "one"\n');
		assert.equal(read().table['model'], 'one');
		fs.rmSync(file);
		assert.equal(read().exists, false);
	});

	it('that is missing costs one look in a round, and no exception, when it is asked for again', () => {
		const file = path.join(folder, 'config.toml');
		readConfigFile(file);
		let looks = 0;
		let thrown = 0;
		const counting = (...given: Parameters<typeof usual>): ReturnType<typeof usual> => {
			looks++;
			try {
				return usual(...given);
			} catch (error) {
				thrown++;
				throw error;
			}
		};
		system.statSync = Object.assign(counting, usual) as typeof usual;
		for (let rounds = 0; rounds < 10; rounds++) {
			lookAnew();
			for (let times = 0; times < 10; times++) readConfigFile(file);
		}
		assert.deepEqual({ looks, thrown }, { looks: 10, thrown: 0 });
	});
});

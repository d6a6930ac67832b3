import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { readConfigFile } from './configFile.ts';
import { recordTrust } from './projectTrust.ts';

describe('the trust in a project', () => {
	let folder: string;
	beforeEach(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tiller-trust-'))));
	afterEach(() => fs.rmSync(folder, { recursive: true }));

	it('is added to the file, which stays the link and keeps the rights that it has', () => {
		const [real, config] = [path.join(folder, 'real.toml'), path.join(folder, 'config.toml')];
		fs.writeFileSync(real, '# mine\nmodel = "m"', { mode: 0o640 });
		fs.symlinkSync(real, config);
		recordTrust(config, folder);
		assert.ok(fs.lstatSync(config).isSymbolicLink());
		assert.equal(fs.statSync(real).mode & 0o777, 0o640);
		assert.equal(fs.readFileSync(real, 'utf8'), `# mine\nmodel = "m"\n\n[projects.${JSON.stringify(folder)}]\ntrust_level = "trusted"\n`);
	});

	it('is noted once by servers that start at the same time', async () => {
		const config = path.join(folder, 'config.toml');
		const script = `import { recordTrust } from ${JSON.stringify(path.join(import.meta.dirname, 'projectTrust.ts'))};
			const at = ${Date.now() + 700}; while (Date.now() < at); recordTrust(${JSON.stringify(config)}, ${JSON.stringify(folder)});`;
		const run = () => promisify(execFile)(process.execPath, ['--disable-warning=MODULE_TYPELESS_PACKAGE_JSON', '--input-type=module', '-e', script]);
		await Promise.all([run(), run(), run()]);
		assert.equal(readConfigFile(config).source, `[projects.${JSON.stringify(folder)}]\ntrust_level = "trusted"\n`);
	});
});

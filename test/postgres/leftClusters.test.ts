import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'mocha';
import { patient, within } from '../support/deadline.ts';
import { eventually, PostgresCluster, removeLeftClusters } from '../support/postgresCluster.ts';

const support = path.resolve(import.meta.dirname, '../support/postgresCluster.ts');
const script = `import { PostgresCluster } from ${JSON.stringify(support)}; const c = await PostgresCluster.start(); console.log(c.folder); setInterval(() => {}, 1000);`;

describe('the cluster of a test that was killed', () => {
	it('is ended and removed by the next one, and that of a test that runs is left alone', async function () {
		this.timeout(patient(120_000));
		const own = await PostgresCluster.start();
		const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
		const line = new Promise<string>((resolve) => child.stdout.once('data', (text: Buffer) => resolve(text.toString().trim())));
		const folder = await within('a cluster', line);
		assert.ok(existsSync(path.join(folder, 'data/postmaster.pid')));
		assert.deepEqual((await removeLeftClusters()).includes(folder), false);
		const ended = new Promise((resolve) => child.once('exit', resolve));
		child.kill('SIGKILL');
		await ended;
		await eventually('it is removed', async () => {
			await removeLeftClusters();
			return !existsSync(folder);
		});
		assert.ok(existsSync(own.folder));
		await own.dispose();
		assert.ok(!existsSync(own.folder));
	});
});

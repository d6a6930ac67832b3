import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { hostPlatform } from '../../platform/host.ts';
import { ChangedFiles } from './changedFiles.ts';
import { openIndexForReading } from './indexDatabase.ts';
import { updateIndex } from './indexUpdate.ts';

const idOf = (n: number) => `00000000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;
const line = (type: string, payload: object) => `${JSON.stringify({ timestamp: '2026-01-02T03:04:05.000Z', type, payload })}\n`;

describe('rollouts that changed since they were indexed', () => {
	let home: string;
	beforeEach(() => (home = fs.mkdtempSync(path.join(os.tmpdir(), 'tiller-changed-'))));
	afterEach(() => fs.rmSync(home, { recursive: true }));

	const fileOf = (n: number) => {
		const day = String((n % 3) + 1).padStart(2, '0');
		return path.join(home, `sessions/2026/01/${day}/rollout-2026-01-${day}T00-00-00-${idOf(n)}.jsonl`);
	};
	const write = (n: number) => {
		fs.mkdirSync(path.dirname(fileOf(n)), { recursive: true });
		const meta = {
			id: idOf(n),
			timestamp: '2026-01-02T03:04:05.000Z',
			cwd: '/',
			originator: 'x',
			cli_version: '1',
			source: 'cli',
			model_provider: 'p',
		};
		fs.writeFileSync(fileOf(n), line('session_meta', meta) + line('event_msg', { type: 'user_message', message: `${n}` }));
		fs.utimesSync(fileOf(n), 1000 + n, 1000 + n);
	};

	it('are known without a look at the others, also those that changed before', async function () {
		if (hostPlatform !== 'linux') return this.skip();
		for (let n = 0; n < 600; n++) write(n);
		await updateIndex({ home, renew: false });
		const database = await openIndexForReading(home);
		assert.ok(database);
		fs.utimesSync(fileOf(5), 9000, 9000);
		const changes = new ChangedFiles(home, { least: 500 });
		const stat = fs.statSync;
		let looks = 0;
		const names = async () => {
			looks = 0;
			const found = await changes.since(database, false);
			return found?.files.map((each) => path.basename(each.path)).toSorted();
		};
		const name = (n: number) => path.basename(fileOf(n));
		try {
			Object.assign(fs, {
				statSync: (...given: Parameters<typeof stat>) => {
					looks++;
					return stat(...given);
				},
			});
			assert.deepEqual(await names(), [name(5)]);
			assert.ok(looks >= 600);
			fs.appendFileSync(fileOf(400), '\n');
			fs.rmSync(fileOf(401));
			assert.deepEqual(await names(), [name(400), name(5)].toSorted());
			assert.ok(looks < 10, `${looks} looks at files`);
			await updateIndex({ home, renew: false });
			assert.deepEqual(await names(), [name(5)], 'nothing was added to it: its words are the same, and its time is not asked for');
			fs.rmSync(path.dirname(fileOf(1)), { recursive: true });
			await names();
			await updateIndex({ home, renew: false });
			assert.equal(await names(), undefined, 'too few are left');
		} finally {
			Object.assign(fs, { statSync: stat });
			changes.dispose();
			database.close();
		}
	});

	it('are not known where the system does not tell of changes', async () => {
		write(1);
		await updateIndex({ home, renew: false });
		const database = await openIndexForReading(home);
		assert.ok(database);
		assert.equal(await new ChangedFiles(home, { least: 0, canWatch: false }).since(database, false), null);
		assert.equal(await new ChangedFiles(home, { least: 1, canWatch: true }).since(database, false), null);
		database.close();
	});
});

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { parseStat, readTreeUse, treeOwners } from './processUse.ts';

describe('what processes take of the machine', () => {
	it('is added up below the nearest root, and not for others', () => {
		const parents = new Map([
			[10, 1],
			[11, 10],
			[12, 11],
			[20, 11],
			[21, 20],
			[30, 1],
			[40, 41],
			[41, 40],
		]);
		assert.deepEqual(
			[...treeOwners([10, 20, 99], parents)].sort(([a], [b]) => a - b),
			[
				[10, 10],
				[11, 10],
				[12, 10],
				[20, 20],
				[21, 20],
				[99, 99],
			],
		);
	});

	it('is read whatever the name of the program is', () => {
		const rest = 'S 41 1 1 0 -1 0 0 0 0 0 250 50 0 0 20 0 1 0 1234 9999 77 0';
		assert.deepEqual(parseStat(`42 (a) S 7 ) ${rest}`), { parent: 41, cpuMs: 3000, startTicks: 1234, residentPages: 77 });
		assert.equal(parseStat('broken'), null);
	});

	it('is known of a child and of its own child, and a process that is gone is left out', async () => {
		const script = "require('child_process').spawn(process.execPath,['-e','setInterval(()=>{},1000);console.log(1)'],{stdio:'inherit'})";
		const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'], detached: true });
		try {
			await once(child.stdout, 'data');
			const { pid } = child;
			assert.ok(pid !== undefined);
			const use = await readTreeUse([pid, 0x3fff_fff0]);
			assert.deepEqual([...use.keys()], [pid]);
			const tree = use.get(pid);
			assert.equal(tree?.processes, 2);
			assert.ok((tree?.memoryBytes ?? 0) > 10_000_000, String(tree?.memoryBytes));
			assert.ok(Math.abs(Date.now() - (tree?.startedAtMs ?? 0)) < 120_000, String(tree?.startedAtMs));
		} finally {
			if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
		}
	});

	it('is known on systems without /proc too', async () => {
		const use = await readTreeUse([process.pid], 'darwin').catch((error: unknown) => error);
		// Where the system has no `ps` there is nothing to ask.
		if (use instanceof Error) assert.match(String(use), /ENOENT|ps/);
		else assert.ok(use instanceof Map && (use.get(process.pid)?.memoryBytes ?? 0) > 10_000_000);
	});
});

import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { patient, until } from '../../../test/support/deadline.ts';
import { Placeholders } from './placeholders.ts';

describe('the places of two servers of a home', function () {
	this.timeout(patient(60_000));
	let base = '';
	let home = '';
	let place = '';
	let other: ChildProcess | null = null;
	beforeEach(function () {
		if (process.platform !== 'linux') this.skip();
		base = mkdtempSync(path.join(tmpdir(), 'tiller-places-'));
		[home, place] = [path.join(base, 'home'), path.join(base, 'workspace', '.codex')];
		for (const folder of [home, path.dirname(place)]) mkdirSync(folder);
	});
	afterEach(() => {
		other?.kill('SIGKILL');
		if (base !== '') rmSync(base, { recursive: true });
	});

	/** Another server that has given a place back as far as the step before which it stands still. */
	async function givesBack(step: 'note' | 'place'): Promise<ChildProcess> {
		const program = path.resolve(import.meta.dirname, '../../../test/support/sandbox/holdsPlaces.ts');
		const server = spawn(process.execPath, ['--disable-warning=MODULE_TYPELESS_PACKAGE_JSON', program, home, place, step], {
			stdio: ['ignore', 'ignore', 'inherit'],
		});
		other = server;
		await until('the other server to give it back', () => existsSync(path.join(home, 'there')));
		return server;
	}
	const notes = () => readdirSync(path.join(home, 'tiller', 'placeholders'));

	for (const step of ['note', 'place'] as const) {
		it(`are not taken from one by the other that gives them back (before its ${step})`, async () => {
			const server = await givesBack(step);
			const placeholders = new Placeholders(home);
			const held = placeholders.hold([place]);
			const isFree = await Promise.race([held.then(() => true), new Promise((resolve) => setImmediate(resolve, false))]);
			// Where it was not waited, the command makes its mount point now.
			if (isFree === true) mkdirSync(place, { recursive: true });
			writeFileSync(path.join(home, 'go'), '');
			const release = await held;
			await (server.exitCode === null ? once(server, 'exit') : null);
			if (isFree !== true) mkdirSync(place, { recursive: true });
			assert.deepEqual([existsSync(place), placeholders.has(place)], [true, true]);
			release?.();
			assert.deepEqual([existsSync(place), notes()], [false, []]);
		});
	}

	it('are free when the one that gave them back is killed', async () => {
		const server = await givesBack('place');
		const placeholders = new Placeholders(home);
		assert.equal(placeholders.has(place), true);
		const held = placeholders.hold([place]);
		server.kill('SIGKILL');
		const release = await held;
		assert.ok(release !== null);
		mkdirSync(place, { recursive: true });
		release();
		assert.equal(existsSync(place), false);
		assert.deepEqual(notes(), []);
	});

	it('are refused while the one that gives them back does not go on', async () => {
		await givesBack('place');
		assert.equal(await new Placeholders(home, { waitMs: 1 }).hold([place]), null);
		writeFileSync(path.join(home, 'go'), '');
		const release = await new Placeholders(home).hold([place]);
		assert.ok(release !== null);
		release();
	});

	it('are taken away by the process beside the commands of one that is killed, unless the other needs them', async () => {
		const server = await givesBack('note');
		server.kill('SIGKILL');
		await until('the place to be gone', () => !existsSync(place));
		await until('the notes to be gone', () => notes().length === 0);
		rmSync(path.join(home, 'there'));
		const release = await new Placeholders(home).hold([place]);
		const next = await givesBack('note');
		next.kill('SIGKILL');
		const ended = () => readdirSync(path.join(home, 'tiller', 'placeholders', notes()[0] ?? '')).length === 1;
		await until('the notes of the killed one to be gone', ended);
		assert.ok(existsSync(place));
		release?.();
		assert.deepEqual([existsSync(place), notes()], [false, []]);
	});

	it('that a killed one was about to take away are taken away by the next', async () => {
		const server = await givesBack('place');
		server.kill('SIGKILL');
		await once(server, 'exit');
		const release = await new Placeholders(home).hold([path.join(base, 'workspace', '.agents')]);
		assert.equal(existsSync(place), false);
		release?.();
		assert.deepEqual(notes(), []);
	});
});

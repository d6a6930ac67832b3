import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { localApplier } from './applyChanges.ts';
import { computeChanges } from './computeChanges.ts';
import { diskReader } from './fileReader.ts';
import { parsePatch } from './parsePatch.ts';

/** What a command in the sandbox can do at any moment: put links that lead out of the workspace in the place of folders and files. */
const ATTACK = `
	const fs = require('node:fs');
	const [workspace, outside] = process.argv.slice(1);
	process.chdir(workspace);
	const attempt = (work) => { try { work(); } catch {} };
	for (let n = 0; ; n++) {
		attempt(() => fs.renameSync('sub', 'aside'));
		attempt(() => fs.symlinkSync(outside, 'sub'));
		for (const name of ['gone', 'moved']) attempt(() => fs.writeFileSync('aside/' + name, name + '\\n'));
		for (const name of ['there', 'new', 'deeper']) attempt(() => fs.rmSync('aside/' + name, { recursive: true }));
		for (let spin = 0; spin < n % 7 * 2000; spin++);
		attempt(() => fs.unlinkSync('sub'));
		attempt(() => fs.renameSync('aside', 'sub'));
		attempt(() => fs.renameSync('sub/file', 'sub/kept'));
		attempt(() => fs.symlinkSync(outside + '/file', 'sub/file'));
		attempt(() => fs.unlinkSync('sub/file'));
		attempt(() => fs.renameSync('sub/kept', 'sub/file'));
		for (let spin = 0; spin < n % 5 * 2_000_000; spin++);
		if (n === 0) process.stdout.write('begun');
	}`;

const PATCHES = 2000;

describe('patches while a command swaps folders and files for links', function () {
	if (process.platform === 'win32') return;
	let top = '';
	let attacker: ChildProcess | null = null;
	beforeEach(() => {
		top = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'patch-race-')));
	});
	afterEach(() => {
		attacker?.kill('SIGKILL');
		fs.rmSync(top, { recursive: true, force: true });
	});

	it(`never reach what lies outside, ${PATCHES} times`, async function () {
		this.timeout(240_000);
		const at = (name: string) => path.join(top, name);
		for (const folder of ['ws/sub', 'out']) fs.mkdirSync(at(folder), { recursive: true });
		const texts = { file: 'one\ntwo\n', gone: 'gone\n', moved: 'moved\n' };
		const fill = (folder: string) => {
			for (const [name, text] of Object.entries(texts)) fs.writeFileSync(at(`${folder}/${name}`), text);
		};
		const state = () =>
			fs.readdirSync(at('out')).map((name) => [name, fs.readFileSync(at(`out/${name}`), 'utf8'), fs.statSync(at(`out/${name}`)).ino]);
		fill('ws/sub');
		fill('out');
		const before = state();
		attacker = spawn(process.execPath, ['-e', ATTACK, at('ws'), at('out')], { stdio: ['ignore', 'pipe', 'inherit'] });
		await new Promise((resolve) => attacker?.stdout?.once('data', resolve));
		const patches = [
			['*** Update File: sub/file', '@@', '-one', '+1', ' two'],
			['*** Update File: sub/file', '@@', '-1', '+one', ' two'],
			['*** Add File: sub/new', '+new'],
			['*** Add File: sub/deeper/new', '+new'],
			['*** Delete File: sub/gone'],
			['*** Update File: sub/moved', '*** Move to: sub/there', '@@', '-moved', '+m'],
			['*** Delete File: sub/new'],
		];
		let applied = 0;
		let tried = 0;
		for (let n = 0; n < PATCHES; n++) {
			const parsed = parsePatch(['*** Begin Patch', ...(patches[n % patches.length] ?? []), '*** End Patch'].join('\n'));
			assert(parsed.ok);
			const planned = await computeChanges(parsed.value, { cwd: at('ws'), reader: diskReader });
			if (!planned.ok) continue;
			tried++;
			const request = { threadId: 't', turnId: 'u', itemId: 'i', changes: planned.value, mayWrite: (file: string) => file.startsWith(at('ws/')) };
			const results = await localApplier.apply(request, new AbortController().signal);
			if (results.every(({ status }) => status === 'applied')) applied++;
			assert.deepEqual(state(), before, `patch ${n}: ${JSON.stringify(parsed.value)} reached what lies outside`);
		}
		assert(applied > 0 && tried > applied, `${applied} of ${tried} patches were applied: that is no race`);
		assert.equal(attacker.exitCode, null);
	});
});

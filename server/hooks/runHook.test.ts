import assert from 'node:assert/strict';
import os from 'node:os';
import { after, describe, it } from 'mocha';
import { NodeProcessHost } from '../exec/processHost.ts';
import { type HookCommand, runHook } from './runHook.ts';

describe('running a hook', () => {
	const host = new NodeProcessHost();
	after(() => host.dispose());
	const command = (script: string, more: Partial<HookCommand> = {}): HookCommand => ({
		argv: ['/bin/sh', '-c', script],
		cwd: os.tmpdir(),
		env: { PATH: process.env.PATH ?? '' },
		input: { hook_event_name: 'Stop', text: 'äöü' },
		timeoutSec: 60,
		...more,
	});
	const never = new AbortController().signal;

	it('gives it one JSON object and tells how it ended', async () => {
		const end = await runHook(host, command('cat; echo problem >&2; exit 3'), never);
		assert.deepEqual(end, { type: 'exited', exitCode: 3, stdout: '{"hook_event_name":"Stop","text":"äöü"}\n', stderr: 'problem\n' });
	});

	it('counts what a hook said that never read its stdin, however much there was', async () => {
		const end = await runHook(host, command('echo fine', { input: { text: 'x'.repeat(1024 * 1024) } }), never);
		assert.deepEqual(end, { type: 'exited', exitCode: 0, stdout: 'fine\n', stderr: '' });
	});

	it('stops it after its time, with all that it started', async () => {
		const end = await runHook(host, command('sleep 600 & echo $!; wait', { timeoutSec: 1 }), never);
		assert.match(end.type === 'failed' ? end.problem : '', /within 1 s/);
	});

	it('stops it with the turn', async () => {
		const turn = new AbortController();
		const end = runHook(host, command('sleep 600'), turn.signal);
		turn.abort();
		assert.match(((await end) as { problem: string }).problem, /interrupted/);
	});

	it('stops one that never stops printing', async () => {
		const end = await runHook(host, command('yes'), never);
		assert.match(end.type === 'failed' ? end.problem : '', /printed more than 4 MiB/);
	});

	it('says why it could not be started', async () => {
		const end = await runHook(host, command('true', { cwd: '/no/such/folder' }), never);
		assert.match(end.type === 'failed' ? end.problem : '', /could not be started: .*\/no\/such\/folder/);
	});

	it('does not wait for what a hook leaves in the background', async () => {
		const end = await runHook(host, command('sleep 600 & echo done'), never);
		assert.equal(end.type === 'exited' && end.stdout, 'done\n');
	});
});

import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { CallItems } from './callItems.ts';

const call = (name: string, args: unknown, id = 'c') => ({ type: 'function_call', name, call_id: id, arguments: JSON.stringify(args) });
const output = (text: unknown, id = 'c') => ({ type: 'function_call_output', call_id: id, output: text });

/** The item of one call as it is in the end; null when there is none. */
function itemOf(...payloads: readonly Readonly<Record<string, unknown>>[]) {
	const calls = new CallItems();
	calls.cwd = '/project';
	const items = payloads.map((payload, n) => calls.read(payload, `item-${n}`)).filter((item) => item !== null);
	return items.at(-1)?.item ?? null;
}

describe('commands and patches that are recorded for the model only', () => {
	it('are commands in each of the tools that run them, in their folder', () => {
		const command = (item: ReturnType<typeof itemOf>) => (item?.type === 'command' ? [item.argv, item.cwd, item.status] : item);
		const done = output('Exit code: 0\nWall time: 1.5 seconds\nOutput:\nfine\n');
		for (const [payload, argv] of [
			[call('exec_command', { cmd: 'ls', workdir: 'src' }), ['bash', '-lc', 'ls']],
			[call('exec_command', { cmd: 'ls', shell: 'zsh', workdir: '/project/src' }), ['zsh', '-lc', 'ls']],
			[call('shell_command', { command: 'ls', workdir: 'src' }), ['bash', '-lc', 'ls']],
			[call('shell', { command: ['ls', '-a'], workdir: 'src' }), ['ls', '-a']],
			[call('container.exec', { command: ['ls'], workdir: 'src' }), ['ls']],
			[{ type: 'local_shell_call', call_id: 'c', action: { command: ['ls'], working_directory: 'src' } }, ['ls']],
		] as const) {
			assert.deepEqual(command(itemOf(payload)), [argv, '/project/src', 'inProgress']);
			assert.deepEqual(command(itemOf(payload, done)), [argv, '/project/src', 'completed']);
		}
	});

	it('have the result that the model was told, in any of its forms', () => {
		const result = (told: unknown) => {
			const item = itemOf(call('exec_command', { cmd: 'x' }), output(told));
			return item?.type === 'command' ? [item.status, item.output, item.exitCode, item.durationMs] : item;
		};
		assert.deepEqual(result('Exit code: 3\nWall time: 0.25 seconds\nOutput:\na\nOutput:\nb'), ['failed', 'a\nOutput:\nb', 3, 250]);
		assert.deepEqual(result('Wall time: 2 seconds\nProcess exited with code 0\nOutput:\n'), ['completed', null, 0, 2000]);
		assert.deepEqual(result('Process running with session ID 7\nOutput:\nso far'), ['completed', 'so far', null, null]);
		assert.deepEqual(result(JSON.stringify({ output: 'o', metadata: { exit_code: 1, duration_seconds: 0.1 } })), ['failed', 'o', 1, 100]);
		assert.deepEqual(result({ content: 'Exit code: 0\nOutput:\nin an object' }), ['completed', 'in an object', 0, null]);
		assert.deepEqual(result([{ type: 'input_text', text: 'Exit code: 0\nOutput:\nin parts' }]), ['completed', 'in parts', 0, null]);
		assert.deepEqual(result('Output:in one line'), ['failed', 'Output:in one line', null, null]);
		assert.deepEqual(result('Exit code: 0\nno Output:\nOutput:\nx'), ['completed', 'x', 0, null]);
		assert.deepEqual(result('no Output: at all'), ['failed', 'no Output: at all', null, null]);
		const far = `${'x'.repeat(1000)}\nOutput:\nx`;
		assert.deepEqual(result(far), ['failed', far, null, null]);
		assert.deepEqual(result('failed to start'), ['failed', 'failed to start', null, null]);
		assert.deepEqual(result('{"output": broken'), ['failed', '{"output": broken', null, null]);
		for (const odd of [null, 5, [], {}, [null, 1]]) assert.deepEqual(result(odd), ['failed', null, null, null]);
	});

	it('are patches, by the tool or by a command, with what they asked for', () => {
		const patch =
			'*** Begin Patch\n*** Add File: new.txt\n+hello\n*** Update File: old.txt\n*** Move to: moved.txt\n@@ there\n keep\n-out\n+in\n*** Delete File: gone.txt\n*** End Patch';
		for (const payload of [
			{ type: 'custom_tool_call', name: 'apply_patch', call_id: 'c', input: patch },
			call('apply_patch', { input: patch }),
			call('shell', { command: ['apply_patch', patch] }),
		]) {
			const item = itemOf(payload, { type: 'custom_tool_call_output', call_id: 'c', output: 'Exit code: 0\nOutput:\ndone' });
			assert.ok(item?.type === 'fileChange');
			assert.deepEqual([item.status, item.stdout, item.stderr], ['completed', 'done', '']);
			assert.deepEqual(
				item.changes.map((change) => [change.path, change.kind]),
				[
					['/project/new.txt', { type: 'add' }],
					['/project/old.txt', { type: 'update', movePath: '/project/moved.txt' }],
					['/project/gone.txt', { type: 'delete' }],
				],
			);
			assert.equal(item.changes[1]?.diff, '@@ -1,2 +1,2 @@ there\n keep\n-out\n+in\n');
			const refused = itemOf(payload, output('Exit code: 1\nOutput:\nno such file'));
			assert.deepEqual(refused?.type === 'fileChange' && [refused.status, refused.stdout, refused.stderr], ['failed', '', 'no such file']);
		}
	});

	it('are images that were looked at and commands of the person', () => {
		assert.deepEqual(itemOf(call('view_image', { path: 'a.png' })), { type: 'imageView', id: 'c', path: '/project/a.png' });
		const text =
			'<user_shell_command>\n<command>\nls -l\n</command>\n<result>\nExit code: 0\nDuration: 0.5 seconds\nOutput:\nfiles\n</result>\n</user_shell_command>';
		const item = itemOf({ type: 'message', role: 'user', content: [{ type: 'input_text', text }] });
		assert.ok(item?.type === 'command');
		assert.deepEqual([item.id, item.source, item.argv.at(-1), item.output, item.durationMs], ['item-0', 'userShell', 'ls -l', 'files', 500]);
		assert.equal(itemOf({ type: 'message', role: 'assistant', content: [{ type: 'output_text', text }] }), null);
	});

	it('count once where an event was recorded too, and are nothing where they make no sense', () => {
		const calls = new CallItems();
		calls.recorded('c');
		assert.equal(calls.read(call('exec_command', { cmd: 'ls' }), 'x'), null);
		for (const payload of [
			call('exec_command', {}),
			call('shell', { command: 'no list' }),
			call('apply_patch', { input: 'no patch' }),
			call('other', { cmd: 'ls' }),
			{ type: 'function_call', name: 'exec_command', call_id: 'c', arguments: '{broken' },
			{ type: 'function_call', call_id: 5, arguments: 7 },
			{ type: 'custom_tool_call', name: 'other', input: '' },
			{ type: 'local_shell_call' },
			{ type: 'message', role: 'user', content: 5 },
			{ type: 7 },
			output('of a call that was never made'),
		])
			assert.equal(itemOf(payload), null, JSON.stringify(payload));
	});
});

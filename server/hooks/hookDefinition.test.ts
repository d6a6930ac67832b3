import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { type HookOrigin, parseHooks } from './hookDefinition.ts';

const origin: HookOrigin = { source: 'user', sourcePath: '/home/hooks.json', keyPrefix: '/home/hooks.json', pluginId: null, isManaged: false };
const command = (text: string, more: object = {}) => ({ type: 'command', command: text, ...more });

describe('reading hooks', () => {
	it('says of events of newer programs that their hooks do not run', () => {
		const { hooks, warnings } = parseHooks({ SubagentStart: [{ hooks: [command('s')] }], Stop: [{ hooks: [command('t')] }] }, origin);
		assert.deepEqual([hooks.length, warnings], [1, ['/home/hooks.json: SubagentStart: this server has no such event, so these hooks do not run']]);
	});

	it('lists commands by event, with keys that name their place, whatever was passed over before them', () => {
		const { hooks, warnings } = parseHooks(
			{
				Stop: [{ hooks: [command('s')] }],
				UserPromptSubmit: [
					{
						hooks: [
							command('one'),
							command('later', { async: true }),
							{ type: 'agent' },
							{ type: 'prompt' },
							command('none', { timeout: 0 }),
							command('  '),
						],
					},
				],
				NoSuchEvent: [{ hooks: [command('x')] }],
				PreToolUse: [
					{ matcher: '(', hooks: [command('x')] },
					{ matcher: 'Bash', hooks: [command('two', { statusMessage: 'Checking' })] },
				],
			},
			origin,
		);
		assert.deepEqual(
			hooks.map(({ key, command, matcher, timeoutSec, statusMessage }) => [key, command, matcher, timeoutSec, statusMessage]),
			[
				['/home/hooks.json:pre_tool_use:1:0', 'two', 'Bash', 600, 'Checking'],
				['/home/hooks.json:user_prompt_submit:0:0', 'one', null, 600, null],
				['/home/hooks.json:user_prompt_submit:0:4', 'none', null, 1, null],
				['/home/hooks.json:stop:0:0', 's', null, 600, null],
			],
		);
		assert.equal(warnings.length, 5);
		for (const warning of warnings) assert.match(warning, /^\/home\/hooks\.json: /);
	});

	it('gives a definition the hash that the Codex CLI gives it', () => {
		const [first, second] = parseHooks(
			{
				PreToolUse: [{ matcher: 'Bash', hooks: [command('true', { timeout: 5, statusMessage: 'Checking' })] }],
				Stop: [{ matcher: 'ignored', hooks: [command('true')] }],
			},
			origin,
		).hooks;
		assert.equal(first?.hash, 'sha256:eabd6356a97c35f1770fd0a513fedc1c6f867c50a643a217b32730b180d690f0');
		assert.equal(second?.hash, 'sha256:2ba34c7a02841fada06b868a093d041fd3d9de81883c789a321916b0aa118851');
	});

	it('changes the hash with everything that changes what runs', () => {
		const hash = (matcher: string, more: object) => parseHooks({ PreToolUse: [{ matcher, hooks: [command('a', more)] }] }, origin).hooks[0]?.hash;
		const hashes = [
			hash('Bash', {}),
			hash('Edit', {}),
			hash('Bash', { timeout: 7 }),
			hash('Bash', { statusMessage: 'x' }),
			hash('Bash', { command: 'b' }),
		];
		assert.equal(new Set(hashes).size, hashes.length);
	});

	it('passes over what is no hook, and says so', () => {
		for (const table of [
			null,
			[],
			'x',
			{ Stop: 'x' },
			{ Stop: ['x'] },
			{ Stop: [{ hooks: [null] }] },
			{ Stop: [{ hooks: [{ type: 'command' }] }] },
		]) {
			const { hooks, warnings } = parseHooks(table, origin);
			assert.deepEqual(hooks, []);
			assert.equal(warnings.length, 1, JSON.stringify(table));
		}
	});

	it('uses no more hooks than anyone writes', () => {
		const { hooks, warnings } = parseHooks({ Stop: [{ hooks: Array.from({ length: 10_000 }, (_, index) => command(`echo ${index}`)) }] }, origin);
		assert.equal(hooks.length, 500);
		assert.equal(warnings.length, 1);
	});
});

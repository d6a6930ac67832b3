import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { HookMetadata } from '../../server/protocol/integrations/hook.ts';
import { eventTitle, hookText, inOrder, lineOfHook, stateKey, waitsForTrust } from './hookRows.ts';

const hook = (key: string, change: Partial<HookMetadata> = {}): HookMetadata => ({
	...{ key, eventName: 'preToolUse', handlerType: 'command', matcher: null, command: 'echo "one"', timeoutSec: 600, statusMessage: null },
	...{ sourcePath: '/ws/.codex/hooks.json', source: 'project', pluginId: null, displayOrder: 0, enabled: true, isManaged: false },
	...{ currentHash: 'sha256:1', trustStatus: 'trusted' },
	...change,
});

describe('the list of hooks', () => {
	it('shows first what waits for a decision, and each hook once', () => {
		const hooks = [
			hook('a'),
			hook('b', { trustStatus: 'modified' }),
			hook('c', { trustStatus: 'untrusted' }),
			hook('b', { trustStatus: 'modified' }),
		];
		assert.deepEqual(
			inOrder(hooks).map(({ key }) => key),
			['b', 'c', 'a'],
		);
		assert.equal(waitsForTrust(hook('off', { trustStatus: 'untrusted', enabled: false })), false);
		assert.equal(waitsForTrust(hook('required', { trustStatus: 'managed' })), false);
	});

	it('asks again when the text is another', () => {
		assert.notEqual(hookText(hook('a')), hookText(hook('a', { currentHash: 'sha256:2' })));
	});

	it('writes what was decided under the hook, whatever its key looks like', () => {
		assert.equal(stateKey({ key: '/a "b".json:stop:0:0' }, 'enabled'), String.raw`hooks.state."/a \"b\".json:stop:0:0".enabled`);
		assert.equal(eventTitle('userPromptSubmit'), 'UserPromptSubmit');
	});

	it('finds the line of a hook in JSON and in TOML, also of the second of two equal ones', () => {
		const json = '{ "hooks": {\n"PreToolUse": [\n{ "command": "echo \\"one\\"" },\n{ "command": "echo \\"one\\"" } ] } }';
		const all = [hook('a'), hook('b', { displayOrder: 1 })];
		assert.deepEqual(
			all.map((each) => lineOfHook(json, each, all)),
			[2, 3],
		);
		assert.equal(lineOfHook(`[hooks]\nx = 1\ncommand = 'echo "one"'`, hook('a'), []), 2);
		assert.equal(lineOfHook('nothing of it', hook('a'), []), 0);
		assert.equal(lineOfHook('', hook('a', { command: null }), []), 0);
	});
});

import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { describe, it } from 'mocha';
import { HOOK_EVENTS, type HookEventName } from './hookEvent.ts';
import { readHookOutput } from './hookOutput.ts';

const exited = (exitCode: number, stdout: unknown = '', stderr = '') =>
	({ type: 'exited', exitCode, stdout: typeof stdout === 'string' ? stdout : JSON.stringify(stdout), stderr }) as const;
const read = (event: HookEventName, out: unknown) => readHookOutput(event, exited(0, out));
const specific = (hookEventName: string, more: object) => ({ hookSpecificOutput: { hookEventName, ...more } });

describe('what hooks print', () => {
	it('blocks with exit code 2 and a reason, at every event alike', () => {
		for (const { name } of HOOK_EVENTS) {
			const verdict = readHookOutput(name, exited(2, '', ' no \n'));
			assert.deepEqual([name, verdict.status, verdict.entries, verdict.effect.block], [name, 'blocked', [{ kind: 'feedback', text: 'no' }], 'no']);
			assert.equal(readHookOutput(name, exited(2)).status, 'failed');
		}
	});

	it('has no effect with other exit codes, whatever was printed', () => {
		const verdict = readHookOutput('userPromptSubmit', exited(1, 'context', 'it broke'));
		assert.equal(verdict.status, 'failed');
		assert.deepEqual(verdict.effect, { context: [], block: null, stop: null, permission: null });
		assert.match(verdict.entries[0]?.text ?? '', /code 1: it broke/);
	});

	it('is context as plain text where context is taken, nothing before tools, and wrong at stop', () => {
		assert.deepEqual(read('sessionStart', 'words\n').effect.context, ['words']);
		assert.deepEqual(read('userPromptSubmit', 'words').entries, [{ kind: 'context', text: 'words' }]);
		assert.deepEqual(read('preToolUse', 'words'), {
			status: 'completed',
			entries: [],
			effect: { context: [], block: null, stop: null, permission: null },
		});
		assert.equal(read('stop', 'words').status, 'failed');
	});

	it('is refused by name where a hook of another program asks for more than is done', () => {
		const cases: readonly (readonly [HookEventName, object])[] = [
			['preToolUse', specific('PreToolUse', { permissionDecision: 'allow' })],
			['preToolUse', specific('PreToolUse', { permissionDecision: 'ask' })],
			['preToolUse', specific('PreToolUse', { permissionDecision: 'deny', permissionDecisionReason: 'r', updatedInput: {} })],
			['preToolUse', { decision: 'approve' }],
			['preToolUse', { continue: false }],
			['permissionRequest', specific('PermissionRequest', { decision: { behavior: 'deny', interrupt: true } })],
			['permissionRequest', specific('PermissionRequest', { decision: { behavior: 'allow', updatedInput: {} } })],
			['permissionRequest', specific('PermissionRequest', { decision: { behavior: 'allow', updatedPermissions: [] } })],
			['postToolUse', specific('PostToolUse', { updatedMCPToolOutput: 'x' })],
		];
		for (const [event, output] of cases) {
			const verdict = read(event, output);
			assert.equal(verdict.status, 'failed', JSON.stringify(output));
			assert.match(verdict.entries[0]?.text ?? '', /not supported/);
		}
	});

	it('fails with unknown members, the name of another event, broken JSON and a block without a reason', () => {
		for (const output of [
			{ nonsense: 1 },
			specific('Stop', {}),
			'{"decision": }',
			'[1]',
			{ decision: 'block' },
			{ reason: 'why' },
			specific('PreToolUse', { permissionDecision: 'deny' }),
		]) {
			assert.equal(read('preToolUse', output).status, 'failed', JSON.stringify(output));
		}
	});

	it('stops with its message first, and a stop counts more than a block', () => {
		const verdict = read('stop', { continue: false, stopReason: 'that is all', systemMessage: 'bye', decision: 'block', reason: 'go on' });
		assert.deepEqual(verdict.entries, [
			{ kind: 'warning', text: 'bye' },
			{ kind: 'stop', text: 'that is all' },
		]);
		assert.equal(verdict.effect.stop, 'that is all');
		assert.equal(verdict.effect.block, null);
	});

	it('decides about permissions', () => {
		const decide = (decision: object) => read('permissionRequest', specific('PermissionRequest', { decision }));
		assert.equal(decide({ behavior: 'allow' }).effect.permission, 'allow');
		assert.deepEqual(
			[decide({ behavior: 'deny', message: 'no' }).effect.permission, decide({ behavior: 'deny', message: 'no' }).effect.block],
			['deny', 'no'],
		);
		assert.equal(read('permissionRequest', {}).effect.permission, null);
		assert.equal(readHookOutput('permissionRequest', exited(2, '', 'no')).effect.permission, 'deny');
	});

	it('gives context beside a block, hidden from the run when that is asked for', () => {
		const verdict = read('postToolUse', { decision: 'block', reason: 'no', ...specific('PostToolUse', { additionalContext: 'more' }) });
		assert.deepEqual([verdict.effect.block, verdict.effect.context], ['no', ['more']]);
		const hidden = read('userPromptSubmit', { suppressOutput: true, ...specific('UserPromptSubmit', { additionalContext: 'more' }) });
		assert.deepEqual([hidden.entries, hidden.effect.context], [[], ['more']]);
	});

	it('has a verdict whatever it is', () => {
		const events = fc.constantFrom(...HOOK_EVENTS.map(({ name }) => name));
		fc.assert(
			fc.property(events, fc.oneof(fc.string(), fc.json()), fc.constantFrom(0, 1, 2, 137), fc.string(), (event, stdout, code, stderr) => {
				const { status, effect } = readHookOutput(event, exited(code, stdout, stderr));
				if (status === 'failed') assert.deepEqual(effect, { context: [], block: null, stop: null, permission: null });
			}),
		);
	});
});

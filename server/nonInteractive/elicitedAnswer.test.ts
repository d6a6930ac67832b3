import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { type AskedChange, elicitedAnswer } from './elicitedAnswer.ts';

describe('a question that a client of MCP asks its person', () => {
	const signal = new AbortController().signal;
	/** What is asked of somebody who accepts everything, and what becomes of it. */
	const accepted = async (method: string, params: object, changes: readonly AskedChange[] = []) => {
		const asked: string[] = [];
		const ask = ({ message }: { readonly message: string }) => {
			asked.push(message);
			return Promise.resolve({ action: 'accept' as const, content: null });
		};
		const answer = await elicitedAnswer(method, params, { ask, signal, changesOf: () => changes });
		return { answer, asked };
	};

	it('hides no character of a command, a change or a form', async () => {
		const command = await accepted('item/commandExecution/requestApproval', { command: 'echo \u202efdp.exe', cwd: '/w' });
		assert.match(command.asked[0] ?? '', /echo \u27e8U\+202E\u27e9fdp\.exe/);
		const change = await accepted('item/fileChange/requestApproval', { itemId: 'i' }, [{ path: 'a\u200b.txt', diff: '+b' }]);
		assert.match(change.asked[0] ?? '', /a\u27e8U\+200B\u27e9\.txt\n\+b/);
		const form = { mode: 'form', serverName: 's', message: 'Go\u2066?', requestedSchema: { type: 'object', properties: {} } };
		assert.equal((await accepted('mcpServer/elicitation/request', form)).asked[0], 's: Go\u27e8U+2066\u27e9?');
	});

	it('shows a change whole, and denies what cannot be shown', async () => {
		const diff = '+line\n'.repeat(5_000);
		const whole = await accepted('item/fileChange/requestApproval', { itemId: 'i' }, [{ path: 'a.txt', diff }]);
		assert.deepEqual(whole.answer, { decision: 'accept' });
		assert.ok(whole.asked[0]?.includes(diff));
		for (const changes of [[], [{ path: 'a.txt', diff: diff.repeat(10) }]]) {
			assert.deepEqual(await accepted('item/fileChange/requestApproval', { itemId: 'i' }, changes), { answer: { decision: 'decline' }, asked: [] });
		}
	});
});

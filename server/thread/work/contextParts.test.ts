import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { ResponseItem } from '../../items/responseItem.ts';
import { contextUse } from './contextParts.ts';

const message = (role: 'user' | 'assistant' | 'developer', text: string): ResponseItem => ({
	type: 'message',
	role,
	content: [role === 'assistant' ? { type: 'output_text', text } : { type: 'input_text', text }],
});

describe('what fills the context', () => {
	const items: readonly ResponseItem[] = [
		message('developer', 'x'.repeat(40)),
		message('user', `<environment_context>${'x'.repeat(19)}`),
		message('user', 'x'.repeat(80)),
		{ type: 'function_call', call_id: 'c', name: 'shell', arguments: 'x'.repeat(19) },
		{ type: 'function_call_output', call_id: 'c', output: 'x'.repeat(400) },
		message('assistant', 'x'.repeat(20)),
	];
	const parts = (tokens: number) =>
		Object.fromEntries(contextUse(items, { instructions: 'x'.repeat(40), tokens }).parts.map((part) => [part.kind, part.tokens]));

	it('is told by kind, with what only the provider knows of as the rest', () => {
		assert.deepEqual(parts(1000), { instructions: 30, userMessages: 20, toolCalls: 7, toolOutput: 100, answers: 5, other: 838 });
	});

	it('is never more than what was counted', () => {
		const sum = Object.values(parts(81)).reduce((a, b) => a + b, 0);
		assert.ok(Math.abs(sum - 81) <= 3, String(sum));
		assert.deepEqual(contextUse([], { instructions: '', tokens: 0 }).parts, []);
	});
});

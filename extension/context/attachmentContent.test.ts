import assert from 'node:assert/strict';
import type { Turn } from '../../server/protocol/thread/turn.ts';
import { attachmentText, conversationText } from './attachmentContent.ts';

function turn(id: string, said: string, answered: string): Turn {
	return {
		id,
		items: [
			{ type: 'userMessage', id: `${id}u`, content: [{ type: 'text', text: said, text_elements: [] }] },
			{ type: 'agentMessage', id: `${id}a`, text: answered, phase: null, memoryCitation: null },
		],
		itemsView: 'full',
		status: 'completed',
		error: null,
		startedAt: 0,
		completedAt: 0,
		durationMs: 0,
	};
}

describe('what goes along with a message', () => {
	it('is the whole of a short text, with line ends of one kind', () => {
		assert.deepEqual(attachmentText('ab\r\ncd'), { content: 'ab\ncd', tokens: 2, cut: false });
		assert.equal(attachmentText('äöü€').tokens, 3);
	});

	it('ends with a whole line when it is long, and says how much is left out', () => {
		const { content, cut } = attachmentText(Array.from({ length: 1000 }, (_, index) => `line ${index} ${'x'.repeat(20)}`).join('\n'));
		assert.equal(cut, true);
		assert.ok(content.length < 16_100);
		const lines = content.split('\n');
		const last = Number(/^line (\d+) x{20}$/.exec(lines.at(-2) ?? '')?.[1]);
		assert.equal(lines.at(-1), `(${999 - last} more lines left out)`);
		assert.match(attachmentText('y'.repeat(20_000)).content, /\(the rest left out\)$/);
	});

	it('is what was said last in another thread', () => {
		assert.deepEqual(conversationText([turn('1', 'Why?', 'Because.')]), { content: 'Person: Why?\n\nAgent: Because.', cut: false });
		const long = conversationText([turn('1', 'first', 'x'.repeat(10_000)), turn('2', 'second', 'y'.repeat(10_000))]);
		assert.equal(long.cut, true);
		assert.match(long.content, /^Person: second\n\nAgent: y+$/);
	});
});

import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Attachment } from '../channel/attachment.ts';
import { commandName, replaceTrigger, triggerAt } from '../composer/trigger.ts';
import { stepHistory, withHistory } from '../state/history.ts';
import { attachmentBlock, splitAttachments } from '../../server/protocol/thread/attachmentBlocks.ts';

describe('attachments as text', () => {
	it('are found again in the message, whatever they hold', () => {
		const label = fc.string({ minLength: 1 }).filter((text) => !/\s/.test(text));
		const content = fc.oneof(fc.string(), fc.constantFrom('</attachment>', 'a\n</attachment>\nb', '<attachment kind="file" label="x">\n', ''));
		fc.assert(
			fc.property(fc.string(), fc.array(fc.record({ label, content }), { maxLength: 3 }), (typed, parts) => {
				const words = typed.replaceAll('<attachment', '').trim();
				const blocks = parts.map((part) => ({ kind: 'file' as const, ...part }));
				const text = words + blocks.map((block) => `\n\n${attachmentBlock(block)}`).join('');
				assert.deepEqual(splitAttachments(text), { words, attachments: blocks });
			}),
		);
	});

	it('leave words alone that only look like one', () => {
		const text = 'See <attachment kind="file" label="a">\nwithout an end';
		assert.deepEqual(splitAttachments(text), { words: text, attachments: [] });
	});
});

describe('what the word at the cursor asks for', () => {
	it('is a command only at the very beginning, and a name only after a space', () => {
		assert.deepEqual(triggerAt('/re', 3), { kind: 'command', query: 're', start: 0, end: 3 });
		assert.deepEqual(triggerAt('fix @src/a', 10), { kind: 'mention', query: 'src/a', start: 4, end: 10 });
		for (const text of ['say /re', 'me@example', 'line\n/re', '@a b']) assert.equal(triggerAt(text, text.length), null, text);
	});

	it('is replaced where it stands', () => {
		const text = 'fix @pr now';
		const trigger = triggerAt(text, 7);
		assert.ok(trigger);
		assert.deepEqual(replaceTrigger(text, trigger, '@src/price.ts'), { text: 'fix @src/price.ts now', caret: 18 });
		assert.deepEqual(replaceTrigger('@', { kind: 'mention', query: '', start: 0, end: 1 }, ''), { text: '', caret: 0 });
	});

	it('names a command, not a path', () => {
		assert.deepEqual(['/new', '/review x', '/usr/bin', 'new', '/'].map(commandName), ['new', 'review', null, null, null]);
	});
});

describe('what was said before', () => {
	it('comes back one by one, and at the end what was typed', () => {
		const skill: Attachment = { kind: 'skill', label: 'one', content: '/s/one', tokens: 0, cut: false, words: '$one' };
		const other: Attachment = { kind: 'file', label: 'a.ts', content: 'x', tokens: 1, cut: false };
		const plain = (text: string) => ({ text, attachments: [] });
		const said = (text: string) => ({ text, skills: [] });
		const typed = said('typed');
		const history = withHistory(withHistory(withHistory([], plain('$one')), plain('two')), { text: '$one', attachments: [skill, other] });
		assert.deepEqual(history, [said('two'), { text: '$one', skills: [skill] }]);
		const first = stepHistory(history, null, { by: 1, now: typed });
		assert.deepEqual(first?.said, { text: '$one', skills: [skill] });
		const second = stepHistory(history, first?.place ?? null, { by: 1, now: said('$one') });
		assert.deepEqual(second?.said, said('two'));
		assert.equal(stepHistory(history, second?.place ?? null, { by: 1, now: said('two') }), null);
		const back = stepHistory(history, first?.place ?? null, { by: -1, now: said('$one') });
		assert.deepEqual(back, { place: null, said: typed });
		assert.equal(stepHistory(history, null, { by: -1, now: typed }), null);
	});
});

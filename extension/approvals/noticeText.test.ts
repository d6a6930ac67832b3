import assert from 'node:assert/strict';
import { noticeText } from './noticeText.ts';

describe('text of a notification', () => {
	it('is the question itself when it fits on the notification', () => {
		assert.deepEqual(noticeText('Tiller wants to run: npm test'), { shown: 'Tiller wants to run: npm test', whole: true });
	});

	it('says that it does not show all of a long question or of one with several lines', () => {
		const long = noticeText(`Tiller wants to run: echo ${'x'.repeat(2000)}; rm -rf ~`);
		assert.equal(long.whole, false);
		assert.ok(long.shown.length < 500 && long.shown.endsWith('…'));
		assert.deepEqual(noticeText('one\ntwo'), { shown: 'one ⏎ two', whole: false });
	});

	it('shows what is hidden, and then lets nobody allow it here', () => {
		assert.deepEqual(noticeText('run: rm \u202Etxt\u00A0x'), { shown: 'run: rm ⟨U+202E⟩txt⟨U+00A0⟩x', whole: false });
	});

	it('makes no link that runs a command of what an agent wrote', () => {
		assert.doesNotMatch(noticeText('echo [Allow](command:workbench.action.quit)').shown, /\]\(/);
	});
});

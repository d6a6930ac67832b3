import assert from 'node:assert/strict';
import { feedbackText } from './feedbackText.ts';

describe('feedback as a person reads it', () => {
	it('is all of what is sent, in lines that an editor draws whole', () => {
		const log = `first line\nC:\\new\n\n${'🙂x'.repeat(30_000)}\nend`;
		const body = JSON.stringify({ reason: 'a "quoted"\treason', files: [{ name: 'codex-logs.log', text: log }] }, null, 2);
		const lines = feedbackText(body).split('\n');
		assert.equal(lines.join(''), body.replaceAll('\n', ''));
		assert.ok(lines.every((line) => line.length <= 400 && line.isWellFormed()));
		assert.ok(lines.some((line) => line.endsWith('"text": "first line\\n')));
	});
});

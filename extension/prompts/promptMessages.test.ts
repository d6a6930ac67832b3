import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { promptDraft, typedArguments } from './promptMessages.ts';

const text = (role: string, words: string) => ({ role, content: { type: 'text', text: words } });

describe('a prompt of an MCP server', () => {
	it('becomes the words of a message, with who said them where it is a talk', () => {
		assert.deepEqual(promptDraft([text('user', 'One.'), text('user', 'Two.')]), { text: 'One.\n\nTwo.', attachments: [], left: [] });
		assert.equal(promptDraft([text('user', 'One.'), text('assistant', 'Two.')])?.text, 'Person: One.\n\nAgent: Two.');
	});

	it('has its resources and pictures as attachments, and says what is left out', () => {
		const draft = promptDraft([
			{ role: 'user', content: { type: 'resource', resource: { uri: 'file:///a.md', text: 'Hello' } } },
			{ role: 'user', content: { type: 'image', data: 'AAAA', mimeType: 'image/png' } },
			{ role: 'user', content: { type: 'resource', resource: { uri: 'x://blob', blob: 'AAAA', mimeType: 'application/zip' } } },
			{ role: 'user', content: { type: 'resource_link', uri: 'https://example.test', name: 'Page' } },
			{ role: 'user', content: { type: 'audio', data: 'AAAA', mimeType: 'audio/wav' } },
		]);
		assert.deepEqual(draft?.attachments, [
			{ kind: 'file', label: 'file:///a.md', content: 'Hello', tokens: 2, cut: false },
			{ kind: 'image', label: 'image', content: 'data:image/png;base64,AAAA', tokens: 1600, cut: false },
		]);
		assert.deepEqual([draft?.text, draft?.left], ['Page: https://example.test', ['x://blob', 'audio']]);
	});

	it('is nothing more than that, whatever a server sends', () => {
		const nonsense = [null, 7, {}, { role: 'user' }, { role: 'user', content: [{ type: 'image', data: '<script>', mimeType: 'image/png' }] }];
		assert.deepEqual(promptDraft(nonsense), { text: '', attachments: [], left: ['?', '?', '?', '?', 'image'] });
		assert.equal(promptDraft([text('user', 'x'.repeat(300_000))]), null);
	});

	it('takes arguments by name, and an only one as it stands', () => {
		const typed = (words: string, ...names: string[]) => Object.fromEntries(typedArguments(words, names));
		assert.deepEqual(typed('city=Bern state="New \\"York\\"" x=1', 'city', 'state'), { city: 'Bern', state: 'New "York"' });
		assert.deepEqual(typed("city='La Paz'", 'city'), { city: 'La Paz' });
		assert.deepEqual(typed(' La Paz ', 'city'), { city: 'La Paz' });
		assert.deepEqual(typed('La Paz', 'city', 'state'), {});
		assert.deepEqual(typed('', 'city'), {});
	});
});

import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { missingProvider } from './readiness.ts';

describe('the provider of a thread', () => {
	const thread = (modelProvider: string) => ({ id: 't', name: null, preview: '', cwd: '/', modelProvider });

	it('is missing where the server does not name it, and only there', () => {
		const providers = [{ id: 'own', name: 'Own' }];
		assert.equal(missingProvider({ thread: thread('gone'), providers }), 'gone');
		assert.equal(missingProvider({ thread: thread('own'), providers }), null);
		assert.equal(missingProvider({ thread: thread(''), providers }), null, 'an old thread that names none');
		assert.equal(missingProvider({ thread: null, providers }), null);
		assert.equal(missingProvider({ thread: thread('gone') }), null, 'a server that names none');
	});
});

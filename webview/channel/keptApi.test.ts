import assert from 'node:assert/strict';
import { keptApi } from './keptApi.ts';
import type { PageMessage } from './messages.ts';

describe('what the page remembers', () => {
	function fixture(own: unknown, fromHost: string) {
		const posted: PageMessage[] = [];
		let state = own;
		const api = keptApi(
			{ postMessage: (message) => posted.push(message as PageMessage), getState: () => state, setState: (value) => (state = value) },
			fromHost,
		);
		return { api, posted };
	}

	it('is told to the host with every change, and the newer of both counts in the next page', () => {
		const before = fixture(null, '');
		before.api.setState({ drafts: { a: 'one' } });
		before.api.setState({ drafts: { a: 'two' } });
		const kept = before.posted.flatMap((message) => (message.type === 'keep' ? [message.saved] : []));
		assert.equal(kept.length, 2);
		const [first = '', second = ''] = kept;
		// VS Code had written the first only.
		assert.deepEqual((fixture(JSON.parse(first), second).api.getState() as { drafts: unknown }).drafts, { a: 'two' });
		assert.deepEqual((fixture(JSON.parse(second), first).api.getState() as { drafts: unknown }).drafts, { a: 'two' });
	});

	it('is what VS Code has when the host has nothing that can be read', () => {
		for (const text of ['', 'null', '{', '[]']) assert.deepEqual(fixture({ drafts: {} }, text).api.getState(), { drafts: {} });
	});
});

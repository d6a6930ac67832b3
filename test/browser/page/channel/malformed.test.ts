import assert from 'node:assert/strict';
import type { PageMessage } from '../../../../webview/channel/messages.ts';
import { agentMessage, command, commandQuestion, note, pageState, thread, threadId, turn, userMessage } from '../fixtures.ts';
import { pageSuite } from '../pageSuite.ts';

/** An item of the type, with members that cannot be right. */
const broken = (id: string, change: object) => ({ ...command(id, 'ls'), ...change });

describe('a page whose host sends what is not as declared', () => {
	const { open } = pageSuite({ errors: 'expected' });

	it('shows all the rest, takes what comes after, and says in both logs what was wrong', async () => {
		const items = [userMessage('u1', 'First words'), broken('c1', { command: 7 }), agentMessage('a1', 'Last words')];
		const state = pageState({ thread: thread([turn('turn-1', items)]), pending: [{ ...commandQuestion('ls', 'c1'), params: null as never }] });
		const tiller = await open({ state });
		await tiller.page.getByText('First words', { exact: true }).waitFor();
		await tiller.page.getByText('Last words').waitFor();
		const later = { threadId, turnId: 'turn-1', completedAtMs: 0 };
		await tiller.events(
			note({ method: 'item/completed', params: { ...later, item: broken('c2', { id: null }) } }),
			note({ method: 'item/completed', params: { ...later, item: agentMessage('a2', 'Words after that') } }),
		);
		await tiller.page.getByText('Words after that').waitFor();
		const posted = await tiller.page.evaluate(() => window.tillerHost.posted);
		const refused = posted.flatMap((message: PageMessage) => (message.type === 'refused' ? message.problems : []));
		assert.deepEqual(refused, [
			'snapshot.state.pending.0.params is not an object',
			'snapshot.state.thread.turns.0.items.1.command is not a text',
			'events.events.0.notification.params.item.id is not a text',
		]);
		assert.ok(tiller.errors.some((error) => error.includes('items.1.command is not a text')));
	});

	it('says so in the place of an item that cannot be drawn, and draws it when it comes whole', async () => {
		const search = { type: 'webSearch', id: 'w1', query: '', action: { type: 'search', query: null, queries: null } } as const;
		const wrong = { ...search, action: { ...search.action, queries: 7 as never } };
		const state = pageState({ thread: thread([turn('turn-1', [wrong, agentMessage('a1', 'Last words')])]) });
		const tiller = await open({ state });
		await tiller.page.getByText('Last words').waitFor();
		await tiller.page.getByText('This part cannot be shown. The log has details.').first().waitFor();
		await tiller.events(note({ method: 'item/completed', params: { threadId, turnId: 'turn-1', item: search, completedAtMs: 0 } }));
		await tiller.page.getByText('This part cannot be shown.').first().waitFor({ state: 'detached' });
	});
});

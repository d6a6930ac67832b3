import assert from 'node:assert/strict';
import type { Thread } from '../../server/protocol/thread/thread.ts';
import { OpenThreadSelection } from './openThreadSelection.ts';
import type { ThreadNode } from './threadsTree.ts';

describe('the selection of the open thread', () => {
	const selectionOf = (listed: Set<string>) => {
		const looks = new Set<() => void>();
		const failures: unknown[] = [];
		const state = { open: 'a' as string | null, canBring: true, selection: [] as ThreadNode[], reveals: 0, lost: 0 };
		const selection = new OpenThreadSelection({
			view: {
				visible: true,
				get selection() {
					return state.selection;
				},
				onDidChangeVisibility: () => ({ dispose: () => {} }),
				reveal: async (node: ThreadNode) => {
					state.reveals++;
					if (state.lost-- > 0) return;
					state.selection = [node];
				},
			},
			tree: {
				deselect: () => {
					state.selection = [];
				},
				onDidChangeTreeData: (listener) => {
					const look = () => listener(undefined);
					looks.add(look);
					return { dispose: () => looks.delete(look) };
				},
			},
			list: {
				loaded: true,
				find: (id: string) => (listed.has(id) ? ({ id } as Thread) : undefined),
				bring: async (id: string) => {
					if (!state.canBring) throw new Error('the server is gone');
					listed.add(id);
					return true;
				},
			},
			open: () => ({ view: state.open, tab: undefined }),
			log: (error) => failures.push(error),
		});
		const redraw = async () => {
			for (const look of looks) look();
			await new Promise((resolve) => setImmediate(resolve));
		};
		return { state, selection, failures, redraw };
	};

	it('comes back when the list was loaded anew without the thread', async () => {
		const listed = new Set<string>();
		const { state, redraw } = selectionOf(listed);
		await redraw();
		assert.deepEqual(state.selection, [{ type: 'thread', threadId: 'a' }]);
		// VS Code deselects a row that is not there any more.
		listed.clear();
		state.selection = [];
		await redraw();
		assert.deepEqual(state.selection, [{ type: 'thread', threadId: 'a' }]);
	});

	it('leaves a row that the person selected, as long as no other thread is opened', async () => {
		const { state, redraw } = selectionOf(new Set(['a']));
		await redraw();
		state.selection = [{ type: 'group', group: 'archived' }];
		await redraw();
		assert.equal(state.reveals, 1);
	});

	it('is made again when VS Code forgot it for a redraw, and not without end', async () => {
		const { state, redraw } = selectionOf(new Set(['a', 'b']));
		state.lost = 2;
		await redraw();
		assert.deepEqual(state.selection, [{ type: 'thread', threadId: 'a' }]);
		assert.equal(state.reveals, 3);
		state.open = 'b';
		state.lost = Number.POSITIVE_INFINITY;
		await redraw();
		assert.equal(state.reveals, 13);
	});

	it('is tried again after a server could not say where the thread is', async () => {
		const { state, failures, redraw } = selectionOf(new Set());
		state.canBring = false;
		await redraw();
		assert.equal(failures.length, 1);
		state.canBring = true;
		await redraw();
		assert.deepEqual(state.selection, [{ type: 'thread', threadId: 'a' }]);
	});
});

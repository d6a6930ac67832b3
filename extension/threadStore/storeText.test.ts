import assert from 'node:assert/strict';
import type { ThreadStoreStatus } from '../../server/protocol/host/threadStore.ts';
import { storeNotice } from './storeText.ts';

describe('what is told of the place of the history', () => {
	it('is one notice for each time that it is away, and one that it is back', () => {
		const states: ThreadStoreStatus['state'][] = [
			'connecting',
			'upToDate',
			'away',
			'away',
			'handingOver',
			'away',
			'handingOver',
			'upToDate',
			'upToDate',
			'away',
		];
		let told: 'away' | null = null;
		const notices = states.map((state) => {
			const notice = storeNotice(told, { state, place: 'db', problem: null });
			if (notice !== null) told = notice === 'away' ? 'away' : null;
			return notice;
		});
		assert.deepEqual(notices, [null, null, 'away', null, null, null, null, 'back', null, 'away']);
	});

	it('is nothing where the history lies in files', () => {
		assert.equal(storeNotice(null, { state: 'files', place: null, problem: null }), null);
	});
});

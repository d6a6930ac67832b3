import assert from 'node:assert/strict';
import { durationText, type EndSituation, endNotice } from './turnEnds.ts';

const away: EndSituation = {
	turn: { status: 'completed', durationMs: 31_000, error: null },
	isOn: true,
	afterSeconds: 30,
	windowFocused: false,
	isOwn: true,
};

describe('the end of a turn', () => {
	it('is told to who is elsewhere, when it took long', () => {
		assert.deepEqual(endNotice(away), { type: 'done', durationMs: 31_000 });
		for (const change of [{ isOn: false }, { windowFocused: true }, { isOwn: false }, { afterSeconds: 32 }])
			assert.deepEqual(endNotice({ ...away, ...change }), { type: 'none' }, JSON.stringify(change));
	});

	it('is told with the reason when it failed, and not when somebody stopped it', () => {
		const failed = { status: 'failed', durationMs: 60_000, error: { message: 'No quota', codexErrorInfo: null, additionalDetails: null } } as const;
		assert.deepEqual(endNotice({ ...away, turn: failed }), { type: 'failed', durationMs: 60_000, message: 'No quota' });
		assert.deepEqual(endNotice({ ...away, turn: { ...failed, status: 'interrupted' } }), { type: 'none' });
	});

	it('says how long it took in few words', () => {
		assert.deepEqual([1_400, 59_400, 61_000, 3_600_000, 3_900_000].map(durationText), ['1 s', '59 s', '1 min', '1 h', '1 h 5 min']);
	});
});

import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { TurnEvent } from '../items/events.ts';
import { inPhases, type Observer } from './threadObserver.ts';

const event: TurnEvent = { type: 'warning', message: 'w' };

describe('observers', () => {
	it('hear in the order of their phases, whatever their order in the list, and one that fails stops no other', () => {
		const heard: string[] = [];
		const errors: unknown[] = [];
		const observer = (phase: Observer['phase']): Observer => ({ phase, attach: () => ({ event: () => void heard.push(phase) }) });
		const broken: Observer = {
			phase: 'record',
			attach: () => ({
				event: () => {
					throw new Error('broken');
				},
			}),
		};
		const all = [observer('afterwards'), broken, observer('tell'), observer('record')];
		inPhases(
			() => all,
			(error) => errors.push(error),
		)
			.attach('t')
			.event(event);
		assert.deepEqual(heard, ['record', 'tell', 'afterwards']);
		assert.equal(errors.length, 1);
	});
});

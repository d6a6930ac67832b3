import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { ThreadScope } from './threadScope.ts';

describe('the scope of a thread', () => {
	it('ends what it owns once, the newest first, one after the other, also when something fails', async () => {
		const ended: string[] = [];
		const failures: string[] = [];
		const scope = new ThreadScope((name) => failures.push(name));
		scope.own('first', () => void ended.push('first'));
		scope.own('broken', () => Promise.reject(new Error('no')));
		scope.own('slow', async () => {
			await Promise.resolve();
			ended.push('slow');
		});
		await Promise.all([scope.dispose(), scope.dispose()]);
		assert.deepEqual(ended, ['slow', 'first']);
		assert.deepEqual(failures, ['broken']);
	});

	it('ends at once what comes too late', async () => {
		const scope = new ThreadScope(() => {});
		await scope.dispose();
		let ended = false;
		scope.own('late', () => {
			ended = true;
		});
		assert.ok(ended);
	});
});

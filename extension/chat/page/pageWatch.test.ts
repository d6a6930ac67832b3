import assert from 'node:assert/strict';
import { PageWatch } from './pageWatch.ts';

describe('watch over the page', () => {
	function watch(patienceMs: number) {
		const heard: boolean[] = [];
		let next: (silent: boolean) => void = () => {};
		const told = () => new Promise<boolean>((resolve) => (next = resolve));
		const page = new PageWatch({
			patienceMs,
			onSilence: (silent) => {
				heard.push(silent);
				next(silent);
			},
		});
		return { page, heard, told };
	}

	it('tells of a page that says nothing, and that it came after all', async () => {
		const { page, heard, told } = watch(1);
		const silent = told();
		page.expect();
		assert.equal(await silent, true);
		page.settle();
		assert.deepEqual(heard, [true, false]);
	});

	it('tells nothing of a page that speaks in time', () => {
		const { page, heard } = watch(60_000);
		page.expect();
		page.settle();
		page.expect();
		page.dispose();
		assert.deepEqual(heard, []);
	});
});

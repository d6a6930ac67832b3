import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { type ExcludeSetting, HiddenFiles } from './hiddenFiles.ts';

describe('files that the person hides', () => {
	const shown = async (paths: readonly string[], ...settings: readonly ExcludeSetting[]) => {
		const hidden = new HiddenFiles(settings, async (path) => paths.includes(path));
		const hides = await Promise.all(paths.map((path) => hidden.hides(path)));
		return paths.filter((_, index) => hides[index] !== true);
	};

	it('are those of files.exclude and search.exclude, with all that is in a hidden folder', async () => {
		const paths = ['src/a.ts', 'node_modules/x/index.js', 'deep/node_modules/y.js', 'out/a.map', '.git/HEAD', 'a.min.js', 'notes/b.txt'];
		assert.deepEqual(await shown(paths, { '**/node_modules': true, '**/.git': true }, { '**/*.{map,min.js}': true, notes: false }), [
			'src/a.ts',
			'notes/b.txt',
		]);
		assert.deepEqual(await shown(['out/a', 'deep/out/a'], { out: true }), ['deep/out/a'], 'without stars only at the top');
		assert.deepEqual(await shown(['#a', '!b', 'c'], { '#a': true, '!b': true }), ['c']);
	});

	it('are those that stand beside their source', async () => {
		const paths = ['src/a.ts', 'src/a.js', 'src/only.js', 'src/a.test.ts', 'src/a.test.js'];
		assert.deepEqual(await shown(paths, { '**/*.js': { when: '$(basename).ts' } }), ['src/a.ts', 'src/only.js', 'src/a.test.ts']);
	});

	it('are none where nothing is set, and odd settings hide nothing', async () => {
		assert.deepEqual(await shown(['a', 'b/c'], {}, { '': true, '[': true, a: 1, b: { when: 2 } }), ['a', 'b/c']);
	});
});

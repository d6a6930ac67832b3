import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { renameKey } from './renameKey.ts';

describe('another name for a key', () => {
	const rename = (source: string, name = 'new') => renameKey(source, ['providers', 'old'], name);

	it('is written in headers and what lies below them, and comments, order and line ends stay', async () => {
		const source = [
			'# mine',
			'old = 1 # not this one',
			'[ providers . "old" ] # the first',
			'name = "old"',
			'[providers.old.http_headers]',
			"x = 'old'",
			'[[providers.old.list]]',
			'old = 1',
			'[providers.older]',
			'old = 2',
			'',
		].join('\r\n');
		const renamed = source
			.replace('"old" ] # the first', 'new ] # the first')
			.replace('[providers.old.http', '[providers.new.http')
			.replace('[[providers.old.list', '[[providers.new.list');
		assert.equal(await rename(source), renamed);
	});

	it('is written in dotted keys and inline tables', async () => {
		assert.equal(
			await rename('providers.old.name = "a"\n"providers".old.url = "b"\n[x]\nproviders.old = 1\n'),
			'providers.new.name = "a"\n"providers".new.url = "b"\n[x]\nproviders.old = 1\n',
		);
		assert.equal(
			await rename('providers = { old = { old = 1 }, other = { a.b = 1 } } # c\n'),
			'providers = { new = { old = 1 }, other = { a.b = 1 } } # c\n',
		);
		assert.equal(await rename('[providers]\nold.name = "a"\nold.url = "b"\n'), '[providers]\nnew.name = "a"\nnew.url = "b"\n');
	});

	it('is quoted where it has to be, and a text without the key stays as it is', async () => {
		assert.equal(await rename('[providers.old]\n', 'a b'), '[providers."a b"]\n');
		const others = '[[other]]\nproviders.old = 1\n[other.more]\nold = 1\n';
		assert.equal(await rename(others), others);
	});
});

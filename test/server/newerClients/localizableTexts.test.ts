import assert from 'node:assert/strict';
import path from 'node:path';
import { afterEach, describe, it } from 'mocha';
import { type ServerFixture, serverFixture } from '../../support/serverFixture.ts';

describe('texts for people', () => {
	let fixture: ServerFixture;
	afterEach(() => fixture.dispose());

	it('come with how they were made for a client that translates them, and in English only for others', async () => {
		fixture = await serverFixture([], { no_such_setting: '1' });
		const own = fixture.start();
		await own.initialize({ experimentalApi: true, applyFileChanges: true });
		const other = fixture.start();
		await other.initialize({ experimentalApi: true });

		const install = { marketplacePath: path.join(fixture.home.workspace, '.agents/plugins/marketplace.json'), pluginName: 'none' };
		const told = await own.requestError('plugin/install', install);
		const { message, args } = (told.data as { l10n: { message: string; args: string[] } }).l10n;
		assert.equal(message, 'there is no {0}');
		assert.ok(told.message.endsWith(`there is no ${args[0]}`), told.message);
		const plain = await other.requestError('plugin/install', install);
		assert.deepEqual([plain.message, plain.data], [told.message, undefined]);

		const warned = (await own.waitForNotification('configWarning')).params;
		assert.equal(warned.summary, 'The setting no_such_setting is not known and has no effect.');
		assert.deepEqual(warned.l10n, { message: 'The setting {0} is not known and has no effect.', args: ['no_such_setting'] });
		assert.equal('l10n' in (await other.waitForNotification('configWarning')).params, false);
	});

	it('name an address of a thread store that has no effect, and not what it holds', async () => {
		fixture = await serverFixture([]);
		const server = fixture.start({ env: { TILLER_THREAD_STORE: 'mysql://me:geheim@host/threads' } });
		await server.initialize();
		const { summary } = (await server.waitForNotification('configWarning')).params;
		assert.match(summary, /^The thread store has no effect: .*postgres:/);
		assert.doesNotMatch(JSON.stringify(server.received), /geheim/);
	});
});

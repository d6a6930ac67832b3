import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, describe, it } from 'mocha';
import { type ServerFixture, serverFixture } from '../support/serverFixture.ts';

describe('plugins', () => {
	let fixture: ServerFixture;
	afterEach(() => fixture.dispose());

	it('say what they would run in whatever form they say it, to clients that know of it', async () => {
		fixture = await serverFixture([]);
		const shop = path.join(fixture.home.workspace, 'shop');
		const write = async (name: string, value: unknown) => {
			await mkdir(path.dirname(path.join(shop, name)), { recursive: true });
			await writeFile(path.join(shop, name), JSON.stringify(value));
		};
		await write('.agents/plugins/marketplace.json', { name: 'shop', plugins: [{ name: 'saw', source: './saw' }] });
		await write('saw/.codex-plugin/plugin.json', { name: 'saw' });
		await write('saw/.mcp.json', {
			local: { type: 'stdio', command: '${CLAUDE_PLUGIN_ROOT}/run', args: ['--now'] },
			far: { type: 'http', url: 'https://example.test/mcp', headers: { X: 'y' } },
		});
		await write('saw/hooks/hooks.json', { hooks: { Stop: [{ hooks: [{ type: 'command', command: 'sh check.sh' }] }] } });
		const read = async (applyFileChanges: boolean) => {
			const server = fixture.start();
			await server.initialize({ experimentalApi: true, applyFileChanges });
			const answer = await server.request('plugin/read', { marketplacePath: path.join(shop, '.agents/plugins/marketplace.json'), pluginName: 'saw' });
			await server.close();
			assert.deepEqual(answer.plugin.hooks, [], 'plugin_hooks is off');
			return answer.plugin.programs;
		};
		assert.deepEqual(await read(true), [
			{ kind: 'mcpAddress', name: 'far', what: 'https://example.test/mcp' },
			{ kind: 'mcpServer', name: 'local', what: '"${PLUGIN_ROOT}/run" --now' },
			{ kind: 'hook', name: 'saw@shop:hooks/hooks.json:stop:0:0', what: 'sh check.sh' },
		]);
		assert.equal(await read(false), undefined);
	});
});

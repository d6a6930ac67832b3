import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'mocha';
import { respond } from '../../support/model/fakeModelServer.ts';
import { execCommand, message } from '../../support/model/modelEvents.ts';
import { type ServerFixture, serverFixture } from '../../support/serverFixture.ts';

describe('texts of an item', () => {
	let fixture: ServerFixture;
	afterEach(() => fixture.dispose());

	it('that are too long for the wire are cut there and can be read in parts, while the thread is loaded and after a restart', async () => {
		const long = `begin ${'0123456789 äöü 😀 '.repeat(120_000)}end`;
		fixture = await serverFixture([respond(execCommand('echo short')), respond(message(long))]);
		const first = fixture.start();
		await first.initialize();
		const threadId = await first.startThread(fixture.home);
		await first.runTurn(threadId, 'Say much.');
		const second = async () => {
			await first.close();
			const server = fixture.start();
			await server.initialize();
			return server;
		};
		for (const open of [() => Promise.resolve(first), second]) {
			const server = await open();
			const { thread } = await server.request('thread/read', { threadId, includeTurns: true });
			const [turn] = thread.turns;
			const said = turn.items.find((item: { type: string }) => item.type === 'agentMessage');
			assert.ok(said.text.length < long.length && said.text.includes('thread/item/read gives them'), said.text.length);
			const place = { threadId, turnId: turn.id, itemId: said.id };
			let joined = '';
			while (joined.length < long.length) {
				const { text, totalLength } = await server.request('thread/item/read', {
					...place,
					pointer: '/text',
					offset: joined.length,
					length: 700_000,
				});
				assert.equal(totalLength, long.length);
				assert.ok(text.length > 0);
				joined += text;
			}
			assert.ok(joined === long);
			const command = turn.items.find((item: { type: string }) => item.type === 'commandExecution');
			const output = await server.request('thread/item/read', { ...place, itemId: command.id });
			assert.deepEqual(output, { text: 'short\n', totalLength: 6 });
			const refused = async (params: object) => (await server.requestError('thread/item/read', { ...place, ...params })).message;
			assert.match(await refused({ itemId: 'no such' }), /item not found: no such/);
			assert.match(await refused({ turnId: 'no such' }), /turn not found: no such/);
			assert.match(await refused({ pointer: '/nothing' }), /has no text at \/nothing/);
		}
	});
});

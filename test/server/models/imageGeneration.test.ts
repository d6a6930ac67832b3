import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, it } from 'mocha';
import type { Thread } from '../../../server/protocol/thread/thread.ts';
import { chatgptToken } from '../../support/model/fakeIssuer.ts';
import { respond, say } from '../../support/model/fakeModelServer.ts';
import { message } from '../../support/model/modelEvents.ts';
import { type ServerFixture, serverFixture } from '../../support/serverFixture.ts';

const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const pictures = ({ turns }: Thread) => turns.flatMap(({ items }) => items.filter(({ type }) => type === 'imageGeneration'));
const call = (more: object) => ({ type: 'image_generation_call', id: 'ig_1', ...more });
const done = (more: object) => ({ type: 'response.output_item.done', item: call(more) });
const drawing = [
	{ type: 'response.output_item.added', item: call({ status: 'in_progress' }) },
	done({ status: 'completed', result: PNG, revised_prompt: 'A red dot' }),
];

describe('pictures that the provider makes', () => {
	let fixture: ServerFixture;
	afterEach(() => fixture.dispose());

	async function signedIn(more = '') {
		const file = path.join(fixture.home.codexHome, 'config.toml');
		await fixture.home.config(`${readFileSync(file, 'utf8').replace(/(base_url = .*)/, '$1\nrequires_openai_auth = true')}\n${more}`);
		const server = fixture.start();
		await server.initialize();
		await server.request('account/login/start', { type: 'chatgptAuthTokens', accessToken: chatgptToken(), chatgptAccountId: 'ws-1' });
		return server;
	}
	const offers = (request = 0) => JSON.stringify(fixture.model.requests[request]?.body.tools).includes('"image_generation"');

	it('are offered to who is signed in with ChatGPT, unless the configuration says no', async () => {
		fixture = await serverFixture([say('One.'), say('Two.')]);
		const server = await signedIn();
		assert.equal((await server.request('modelProvider/capabilities/read', {})).imageGeneration, true);
		const threadId = await server.startThread(fixture.home);
		await server.runTurn(threadId, 'a');
		assert.equal(offers(), true);
		await server.request('account/logout');
		await server.request('account/login/start', { type: 'apiKey', apiKey: 'sk-test-key' });
		assert.equal((await server.request('modelProvider/capabilities/read', {})).imageGeneration, false);
		await server.runTurn(threadId, 'b');
		assert.equal(offers(1), false);
	});

	it('are not offered when the feature is off', async () => {
		fixture = await serverFixture([say('One.')]);
		const server = await signedIn('[features]\nimage_generation = false\n');
		await server.runTurn(await server.startThread(fixture.home), 'a');
		assert.equal(offers(), false);
	});

	it('are items of the turn, lie in the home, and are there after a restart', async () => {
		fixture = await serverFixture([respond(...drawing, message('Drawn.')), say('Again.'), say('Still.')]);
		const server = await signedIn();
		const threadId = await server.startThread(fixture.home);
		await server.runTurn(threadId, 'draw');
		const savedPath = path.join(fixture.home.codexHome, 'generated_images', threadId, 'ig_1.png');
		assert.deepEqual(readFileSync(savedPath), Buffer.from(PNG, 'base64'));
		const started = await server.waitForNotification('item/started', ({ item }) => item.type === 'imageGeneration');
		assert.deepEqual(started.params.item, { type: 'imageGeneration', id: 'ig_1', status: 'in_progress', revisedPrompt: null, result: '' });
		const shown = { type: 'imageGeneration', id: 'ig_1', status: 'completed', revisedPrompt: 'A red dot', result: PNG, savedPath };
		const completed = await server.waitForNotification('item/completed', ({ item }) => item.type === 'imageGeneration');
		assert.deepEqual(completed.params.item, shown);

		await server.runTurn(threadId, 'again');
		const input = fixture.model.requests[1]?.body.input ?? [];
		assert.equal(input.filter((item) => JSON.stringify(item).includes(PNG)).length, 1, 'the model gets its picture back');
		assert.equal(input.filter((item) => JSON.stringify(item).includes(savedPath)).length, 1, 'and is told once where it lies');

		await server.close();
		const again = fixture.start();
		await again.initialize();
		const { thread } = await again.request('thread/resume', { threadId });
		assert.deepEqual(pictures(thread), [shown]);
		await again.request('thread/delete', { threadId });
		assert.ok(!existsSync(savedPath));
	});

	it('that are none are shown as they came and not saved', async () => {
		fixture = await serverFixture([
			respond(done({ id: 'ig_2', status: 'failed', result: '' }), done({ id: 'ig_3', result: 'no base64!' }), message('Sorry.')),
		]);
		const server = await signedIn();
		const threadId = await server.startThread(fixture.home);
		await server.runTurn(threadId, 'draw');
		const { thread } = await server.request('thread/read', { threadId, includeTurns: true });
		assert.deepEqual(pictures(thread), [
			{ type: 'imageGeneration', id: 'ig_2', status: 'failed', revisedPrompt: null, result: '' },
			{ type: 'imageGeneration', id: 'ig_3', status: '', revisedPrompt: null, result: 'no base64!' },
		]);
		assert.ok(!existsSync(path.join(fixture.home.codexHome, 'generated_images')));
	});
});

import assert from 'node:assert/strict';
import { DialogueClient } from '../dialogue/dialogueClient.ts';
import { chatDialect } from '../chat/chatDialect.ts';
import { HttpTransport } from '../http/httpStream.ts';
import { LocalServerClient } from '../localServerClient.ts';
import { answer, client, closeAll, nobody, request, serve, status, stream, noKeyCommands } from '../../../test/support/model/mockProvider.ts';
import type { ModelClient, ModelEvent, ModelRequest } from '../model.ts';
import { builtInProviders } from '../provider.ts';
import { takenBy } from './refusedMedia.ts';
import { inEnglish } from '../../words/l10n.ts';

const picture = (url: string) => ({ type: 'message', role: 'user', content: [{ type: 'input_image', image_url: url }] }) as const;

async function read(from: ModelClient, more: Partial<ModelRequest> = {}): Promise<readonly ModelEvent[]> {
	const events: ModelEvent[] = [];
	for await (const event of from.stream({ ...request, ...more }, new AbortController().signal)) events.push(event);
	return events;
}

describe('a picture that the provider refuses', () => {
	afterEach(closeAll);

	it('is left out from then on, with a word to the user, and the turn goes on', async () => {
		const refusal = status(400, { error: { message: 'The image data you provided does not represent a valid image.' } });
		const { url, seen } = await serve(answer, refusal, answer);
		const mine = client(url);
		const good = picture('data:image/png;base64,good');
		const bad = picture('data:image/png;base64,bad');
		await read(mine, { input: [good] });
		const events = await read(mine, { input: [good, bad] });
		const warning = events.find((event) => event.type === 'warning');
		assert.match(inEnglish(warning?.message ?? ''), /did not accept a picture/);
		assert.equal(events.at(-1)?.type, 'completed');
		await read(mine, { input: [good, bad] });
		assert.equal(seen.length, 4);
		for (const { body } of seen.slice(2)) {
			assert.match(body, /base64,good/);
			assert.doesNotMatch(body, /base64,bad/);
			assert.match(body, /A picture stood here/);
		}
	});

	it('is not to blame for other failures', async () => {
		const { url, seen } = await serve(status(400, { error: { message: 'No such parameter.' } }));
		await assert.rejects(read(client(url), { input: [picture('data:image/png;base64,good')] }), { kind: 'badRequest' });
		assert.equal(seen.length, 1);
	});

	it('is a sentence for a model that sees none, also in the output of a tool', () => {
		const items = takenBy({ inputModalities: ['text', 'audio'] }, [
			picture('data:x'),
			{ type: 'function_call_output', call_id: 'c', output: [{ type: 'input_image', image_url: 'data:x' }] },
			{ type: 'function_call_output', call_id: 'd', output: 'text' },
		]);
		assert.doesNotMatch(JSON.stringify(items), /input_image/);
		assert.equal(JSON.stringify(items).match(/cannot see pictures/g)?.length, 2);
	});
});

describe('a recording', () => {
	afterEach(closeAll);
	const sound = {
		type: 'function_call_output',
		call_id: 'c',
		output: [{ type: 'input_audio', audio_url: 'data:audio/wav;base64,UklGRg==' }],
	} as const;
	const call = { type: 'function_call', call_id: 'c', name: 'listen', arguments: '{}' } as const;

	it('is a sentence for a model that hears none, and stays for one that does', () => {
		const deaf = takenBy({ inputModalities: ['text', 'image'] }, [sound, picture('data:x')]);
		assert.match(JSON.stringify(deaf), /cannot hear recordings/);
		assert.match(JSON.stringify(deaf), /input_image/);
		assert.deepEqual(takenBy({ inputModalities: ['text', 'audio'] }, [sound]), [sound]);
	});

	it('that the provider refuses is left out from then on, and pictures stay', async () => {
		const { url, seen } = await serve(status(400, { error: { message: 'input_audio is not supported by this model' } }), answer, answer);
		const mine = client(url);
		const input = [picture('data:image/png;base64,good'), call, sound];
		const events = await read(mine, { input });
		const warning = events.find((event) => event.type === 'warning');
		assert.match(inEnglish(warning?.message ?? ''), /does not hear it/);
		await read(mine, { input });
		assert.match(seen[0]?.body ?? '', /UklGRg==/);
		for (const { body } of seen.slice(1)) {
			assert.match(body, /base64,good/);
			assert.doesNotMatch(body, /UklGRg/);
			assert.match(body, /A recording stood here/);
		}
		assert.equal(seen.length, 3);
	});
});

describe('a server on this computer', () => {
	afterEach(closeAll);

	it('is spoken to by Chat Completions once it is known to have nothing else', async () => {
		const chat = 'data: {"id":"c","choices":[{"delta":{"content":"Hi."},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n';
		const { url, seen } = await serve(status(404, '404 page not found'), stream(chat));
		const provider = builtInProviders.find(({ id }) => id === 'ollama');
		assert.ok(provider);
		const transport = new HttpTransport({});
		const options = {
			provider: { ...provider, baseUrl: `${url}/v1` },
			transport,
			env: {},
			account: nobody,
			keyCommands: noKeyCommands,
			userAgent: () => 't',
			debug: () => {},
		};
		const mine = new LocalServerClient(client(url), new DialogueClient(options, chatDialect(options.provider)));
		assert.equal((await read(mine)).at(-1)?.type, 'completed');
		await read(mine);
		assert.deepEqual(
			seen.map((one) => one.url),
			['/v1/responses', '/v1/chat/completions', '/v1/chat/completions'],
		);
		transport.dispose();
	});

	it('that lacks the model says so', async () => {
		const { url, seen } = await serve(status(404, { error: { message: `model "${request.model}" not found` } }));
		const mine = new LocalServerClient(client(url), client(url));
		await assert.rejects(read(mine), /not found/);
		assert.equal(seen.length, 1);
	});
});

import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, describe, it } from 'mocha';
import type { AppServerProcess } from '../../support/appServerProcess.ts';
import { patient } from '../../support/deadline.ts';
import { type Answer, NeutralModelServer, type WireApi } from '../../support/model/neutralModelServer.ts';
import { filesAfterTenTurns, tenTurns, TURNS } from '../../support/model/tenTurns.ts';
import { type ServerFixture, serverFixture } from '../../support/serverFixture.ts';

const WIRES: readonly WireApi[] = ['responses', 'chat', 'anthropic', 'gemini'];

describe('the same task in ten turns', () => {
	let fixture: ServerFixture;
	let model: NeutralModelServer;
	afterEach(async () => {
		await fixture.dispose();
		await model.stop();
	});

	const started = async (capabilities: object = {}) => {
		fixture = await serverFixture();
		model = await NeutralModelServer.start(tenTurns());
		const tables = WIRES.map(
			(wire) =>
				`[model_providers.${wire}]\nname = "${wire}"\nbase_url = "${model.url}"\nwire_api = "${wire}"\nrequest_max_retries = 0\nstream_max_retries = 0\n`,
		);
		await fixture.home.config(
			`model = "gpt-5.4"\nmodel_provider = "responses"\napproval_policy = "never"\nsandbox_mode = "danger-full-access"\n${tables.join('')}`,
		);
		const server = fixture.start();
		await server.initialize({ experimentalApi: true, ...capabilities });
		return server;
	};
	const files = async () => {
		const names = (await readdir(fixture.home.workspace)).toSorted();
		return Promise.all(names.map(async (name) => [name, await readFile(path.join(fixture.home.workspace, name), 'utf8')] as const));
	};
	const turn = async (server: AppServerProcess, threadId: string, n: number, params: object = {}) => {
		const from = server.mark();
		const done = await server.runTurn(threadId, `Do part ${n}.`, params as Readonly<Record<string, unknown>>);
		assert.equal(done.status, 'completed', JSON.stringify(done.error));
		const said = server.received.slice(from).flatMap(({ method, params: told }) => (method === 'item/agentMessage/delta' ? [told.delta] : []));
		assert.match(said.join(''), new RegExp(`Turn ${n} is done: «ü €»\\.$`));
	};

	for (const wire of WIRES) {
		it(`gives the same files over ${wire}, also across a restart`, async function () {
			this.timeout(patient(60_000));
			let server = await started();
			const threadId = await server.startThread(fixture.home, { modelProvider: wire });
			for (let n = 1; n <= TURNS; n++) {
				if (n === TURNS / 2) {
					await server.close();
					server = fixture.start();
					await server.initialize();
					await server.request('thread/resume', { threadId });
				}
				await turn(server, threadId, n);
			}
			assert.deepEqual(await files(), filesAfterTenTurns());
			assert.ok(model.requests.every((request) => request.wire === wire));
			if (wire === 'anthropic') assert.match(model.requests.at(-1)?.body ?? '', /"signature":"sig-/);
			if (wire === 'gemini') assert.match(model.requests.at(-1)?.body ?? '', /"thoughtSignature":"sig-/);
			if (wire === 'chat') assert.match(model.requests.at(-1)?.body ?? '', /"reasoning_content":"I think about turn 10/);
		});
	}

	/** As a window of VS Code serves its models: what they say comes in pieces, each in a request of its own. */
	const serveModels = (server: AppServerProcess, answers: Iterator<Answer>) => {
		const info = {
			id: 'lm',
			name: 'LM',
			vendor: 'tests',
			family: 'tests',
			version: '1',
			maxInputTokens: 64_000,
			supportsTools: true,
			supportsImages: false,
		};
		server.answer('languageModel/list', () => ({ models: [info] }));
		server.answer('languageModel/request', ({ requestId }) => {
			const { text, thought, calls = [] } = answers.next().value as Answer;
			const parts = [
				...(thought === undefined ? [] : [{ type: 'thinking', text: thought }]),
				...[...(text ?? '')].map((character) => ({ type: 'text', text: character })),
				...calls.map(({ id, name, args }) => ({ type: 'toolCall', callId: id, name, input: args })),
			];
			for (const [at, part] of parts.entries())
				server.send({ id: `${requestId} ${at}`, method: 'languageModel/part', params: { requestId, parts: [part] } });
			return { status: 'completed', parts: parts.length, usage: null };
		});
	};

	it('gives the same files with a model that a window serves, also across a restart', async function () {
		this.timeout(patient(60_000));
		const answers = tenTurns();
		let server = await started({ languageModels: true });
		serveModels(server, answers);
		const threadId = await server.startThread(fixture.home, { modelProvider: 'vscode', model: 'lm' });
		for (let n = 1; n <= TURNS; n++) {
			if (n === TURNS / 2) {
				await server.close();
				server = fixture.start();
				await server.initialize({ experimentalApi: true, languageModels: true });
				serveModels(server, answers);
				await server.request('thread/resume', { threadId });
			}
			await turn(server, threadId, n);
		}
		assert.deepEqual(await files(), filesAfterTenTurns());
	});

	it('gives the same files when the provider changes from turn to turn, and each sees only what it can read', async function () {
		this.timeout(patient(60_000));
		const server = await started();
		const threadId = await server.startThread(fixture.home);
		for (let n = 1; n <= TURNS; n++) {
			const provider = WIRES[n % WIRES.length] ?? 'responses';
			await turn(server, threadId, n, { modelProvider: provider });
		}
		assert.deepEqual(await files(), filesAfterTenTurns());
		assert.deepEqual(new Set(model.requests.map(({ wire }) => wire)), new Set(WIRES));
		for (const { wire, body } of model.requests) {
			assert.doesNotMatch(body, /provider_state/);
			if (wire !== 'anthropic') assert.doesNotMatch(body, /"signature":/);
			if (wire !== 'gemini') assert.doesNotMatch(body, /thoughtSignature/);
		}
		await server.close();
		const again = fixture.start();
		await again.initialize();
		const { modelProvider } = await again.request('thread/resume', { threadId });
		assert.equal(modelProvider, WIRES[TURNS % WIRES.length]);
		const refused = await again.requestError('turn/start', {
			threadId,
			input: [{ type: 'text', text: 'x', text_elements: [] }],
			modelProvider: 'nobody',
		});
		assert.match(refused.message, /nobody/);
	});
});

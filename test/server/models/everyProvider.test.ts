import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, describe, it } from 'mocha';
import type { AppServerProcess } from '../../support/appServerProcess.ts';
import { type Answer, NeutralModelServer, type WireApi } from '../../support/model/neutralModelServer.ts';
import { type ServerFixture, serverFixture } from '../../support/serverFixture.ts';

const WIRES: readonly WireApi[] = ['responses', 'chat', 'anthropic', 'gemini'];
const TURNS = 10;

/** A task in ten turns: files are made, changed, moved and read, several calls at a time, and one of them fails. */
function* task(): Generator<Answer> {
	for (let turn = 1; turn <= TURNS; turn++) {
		const id = (n: number) => `call_${turn}_${n}`;
		const add = `*** Begin Patch\n*** Add File: f${turn}.txt\n+turn ${turn}\n*** End Patch`;
		yield {
			thought: `I think about turn ${turn}.`,
			text: 'I begin.',
			calls: [
				{ id: id(1), name: 'apply_patch', args: { input: add } },
				{ id: id(2), name: 'exec_command', args: { cmd: `echo ${turn} >> log.txt` } },
			],
		};
		const before = turn - 1;
		const change = `*** Begin Patch\n*** Update File: f${before}.txt\n*** Move to: g${before}.txt\n@@\n-turn ${before}\n+changed in ${turn}\n*** End Patch`;
		yield { thought: 'And now?', calls: [{ id: id(3), name: 'apply_patch', args: { input: change } }] };
		yield { calls: [{ id: id(4), name: 'exec_command', args: { cmd: 'cat log.txt | wc -l | tr -d " " > count.txt; cat g*.txt' } }] };
		yield { text: `Turn ${turn} is done: «ü €».` };
	}
}

describe('the same task in ten turns', () => {
	let fixture: ServerFixture;
	let model: NeutralModelServer;
	afterEach(async () => {
		await fixture.dispose();
		await model.stop();
	});

	const started = async () => {
		fixture = await serverFixture();
		model = await NeutralModelServer.start(task());
		const tables = WIRES.map(
			(wire) =>
				`[model_providers.${wire}]\nname = "${wire}"\nbase_url = "${model.url}"\nwire_api = "${wire}"\nrequest_max_retries = 0\nstream_max_retries = 0\n`,
		);
		await fixture.home.config(
			`model = "gpt-5.4"\nmodel_provider = "responses"\napproval_policy = "never"\nsandbox_mode = "danger-full-access"\n${tables.join('')}`,
		);
		const server = fixture.start();
		await server.initialize();
		return server;
	};
	const files = async () => {
		const names = (await readdir(fixture.home.workspace)).toSorted();
		return Promise.all(names.map(async (name) => [name, await readFile(path.join(fixture.home.workspace, name), 'utf8')] as const));
	};
	const expected = () => {
		const numbers = Array.from({ length: TURNS }, (_, n) => n + 1);
		const kept = [`f${TURNS}.txt`, `turn ${TURNS}\n`] as const;
		const changed = numbers.slice(0, -1).map((n) => [`g${n}.txt`, `changed in ${n + 1}\n`] as const);
		return [['count.txt', `${TURNS}\n`] as const, kept, ...changed.toSorted(), ['log.txt', numbers.map((n) => `${n}\n`).join('')] as const];
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
			this.timeout(60_000);
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
			assert.deepEqual(await files(), expected());
			assert.ok(model.requests.every((request) => request.wire === wire));
			if (wire === 'anthropic') assert.match(model.requests.at(-1)?.body ?? '', /"signature":"sig-/);
			if (wire === 'gemini') assert.match(model.requests.at(-1)?.body ?? '', /"thoughtSignature":"sig-/);
			if (wire === 'chat') assert.match(model.requests.at(-1)?.body ?? '', /"reasoning_content":"I think about turn 10/);
		});
	}

	it('gives the same files when the provider changes from turn to turn, and each sees only what it can read', async function () {
		this.timeout(60_000);
		const server = await started();
		const threadId = await server.startThread(fixture.home);
		for (let n = 1; n <= TURNS; n++) {
			const provider = WIRES[n % WIRES.length] ?? 'responses';
			await turn(server, threadId, n, { modelProvider: provider });
		}
		assert.deepEqual(await files(), expected());
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

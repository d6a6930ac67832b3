import assert from 'node:assert/strict';
import { appendFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { zstdCompressSync } from 'node:zlib';
import { afterEach, beforeEach, describe, it } from 'mocha';
import type { AppServerProcess, Message } from '../../support/appServerProcess.ts';
import { respond } from '../../support/model/fakeModelServer.ts';
import { execCommand, message, reasoning } from '../../support/model/modelEvents.ts';
import { type ServerFixture, serverFixture } from '../../support/serverFixture.ts';

/** Rollouts as 0.171 writes them, each recorded of a small session of ours; the longer texts are shortened. */
const recorded = path.resolve(import.meta.dirname, '../rollouts');
/** Begun, taken back by one turn, and forked. */
const reverted = '01a22774-2181-79f0-9dec-d0ec743f3a4b';
const fork = '01a22774-24d0-7760-ac8d-297eeeb143c6';
/** With agents, waiting, and a program of the model that runs a command and a patch. */
const agents = '01a22776-1640-7302-9328-33b58047e2ce';
/** With every kind of input, and a review. */
const inputs = '01a22780-a653-7fe2-8387-fe6d242330db';

type Item = Message['params'];
const textOf = (item: Item): string =>
	item.text ?? item.content?.map?.((part: Item) => part.text ?? part.type).join('+') ?? item.aggregatedOutput ?? '';
const shown = (turns: readonly Message['params'][]) =>
	turns.map((turn) => [turn.status, ...turn.items.map((item: Item) => `${item.type} ${textOf(item).trim()}`.trim())]);

describe('threads of newer programs', () => {
	let fixture: ServerFixture;
	let folder: string;
	beforeEach(async () => {
		fixture = await serverFixture();
		folder = path.join(fixture.home.codexHome, 'sessions', '2026', '11', '29');
		await mkdir(folder, { recursive: true });
	});
	afterEach(() => fixture.dispose());

	const files = (part: string) => readdir(recorded).then((names) => names.filter((name) => name.includes(part)));
	const put = async (part: string, options: { packed?: boolean } = {}) => {
		for (const name of await files(part)) {
			const content = await readFile(path.join(recorded, name));
			if (options.packed) {
				// In two frames, as a program writes that packs in parts.
				const middle = Math.floor(content.length / 2);
				const parts = [content.slice(0, middle), content.slice(middle)].map((part) => zstdCompressSync(part));
				await writeFile(path.join(folder, `${name}.zst`), Buffer.concat(parts));
			} else await writeFile(path.join(folder, name), content);
		}
	};
	const start = async (): Promise<AppServerProcess> => {
		const server = fixture.start();
		await server.initialize();
		return server;
	};
	const turnsOf = async (server: AppServerProcess, threadId: string) => {
		const { thread } = await server.request('thread/read', { threadId, includeTurns: true });
		const paged = await server.request('thread/turns/list', { threadId, sortDirection: 'asc', itemsView: 'full' });
		assert.deepEqual(paged.data, thread.turns, 'pages and the whole are the same');
		return thread.turns;
	};
	const resume = (server: AppServerProcess, threadId: string) => server.request('thread/resume', { threadId, cwd: fixture.home.workspace });

	it('are listed with their first message, and read with every kind of item', async () => {
		for (const part of [agents, inputs]) await put(part);
		const server = await start();
		const { data } = await server.request('thread/list', {});
		assert.deepEqual(
			data.map((thread: Item) => [thread.id, thread.preview]),
			[
				[inputs, 'look at [it]'],
				[agents, 'spawn it'],
			],
		);
		assert.deepEqual(shown(await turnsOf(server, agents)), [
			[
				'completed',
				'userMessage spawn it',
				'subAgentActivity',
				'collabAgentToolCall',
				'sleep',
				'subAgentActivity',
				'commandExecution from exec',
				'fileChange',
				'agentMessage parent done',
			],
		]);
		const [first, review] = await turnsOf(server, inputs);
		assert.deepEqual(shown([first]), [
			['completed', 'userMessage look at [it]+image+localImage+mention+skill', 'fileChange', 'webSearch', 'agentMessage done'],
		]);
		assert.equal(first.items[0].clientMessageId, 'cid');
		assert.deepEqual(first.items[1].changes[0].kind, { type: 'update', move_path: '/workspace/v.txt' });
		assert.equal(review.status, 'completed');
		assert.deepEqual(
			review.items.map((item: Item) => item.type),
			['enteredReviewMode', 'exitedReviewMode', 'agentMessage'],
		);
	});

	it('whose turns were taken back, and forks, go on from a part of another file', async () => {
		await put(reverted);
		await put(fork);
		const server = await start();
		const { data } = await server.request('thread/list', { sortKey: 'created_at', sortDirection: 'asc' });
		assert.deepEqual(
			data.map((thread: Item) => thread.id),
			[reverted, fork],
			'a thread that has several files is one',
		);
		const turns = await turnsOf(server, reverted);
		assert.deepEqual(shown(turns), [
			['completed', 'userMessage one', 'commandExecution', 'agentMessage failed it'],
			['completed', 'contextCompaction'],
			['completed', 'userMessage three', 'agentMessage after compaction'],
			['interrupted', 'userMessage four'],
			['completed', 'userMessage five', 'plan # Plan\n- step'],
			['completed', 'userMessage six', 'imageView', 'dynamicToolCall', 'agentMessage saw'],
			['completed', 'userMessage seven', 'agentMessage slept'],
			['failed', 'userMessage eight'],
			['completed', 'userMessage twelve', 'agentMessage m9'],
		]);
		assert.equal(turns[0].items[1].exitCode, 3);
		assert.match(turns[7].error.message, /bad things/);
		assert.deepEqual(shown(await turnsOf(server, fork)).slice(2), [
			['completed', 'userMessage three', 'agentMessage after compaction'],
			['completed', 'userMessage in fork', 'agentMessage m10'],
		]);
		let found = await server.request('thread/search', { query: 'compaction' });
		while (!found.isComplete) found = await server.request('thread/search', { query: 'compaction' });
		assert.ok(
			found.data.some((hit: Item) => hit.thread.id === reverted),
			'also what an older file holds is found',
		);
		assert.equal((await server.request('thread/search', { query: 'mine' })).data.length, 0, 'what was taken back is not');
		const refused = await server.requestError('thread/delete', { threadId: reverted });
		assert.match(refused.message, new RegExp(fork), 'the fork would lose what it begins with');
	});

	it('get our turn in their own form, numbered on, and other forks hold a copy', async () => {
		await put(inputs);
		fixture.model.add(
			respond(reasoning(['We think.']), execCommand('echo ours')),
			respond(message('Our answer.', 'msg_ours')),
			respond(message('In the fork.', 'msg_fork')),
		);
		const server = await start();
		const before = (await readFile(path.join(folder, (await files(inputs))[0] ?? ''), 'utf8')).split('\n').length;
		const { thread } = await resume(server, inputs);
		await server.runTurn(inputs, 'our question');
		const lines = (await readFile(thread.path, 'utf8'))
			.trim()
			.split('\n')
			.map((line) => JSON.parse(line));
		const ordinals = lines.map((line) => line.ordinal);
		assert.deepEqual(ordinals, [...ordinals.keys()], 'numbers go on without a gap');
		const ours = lines.slice(before - 1).filter((line) => line.payload.type === 'item_completed');
		assert.deepEqual(
			ours.map(({ payload }) => [payload.thread_id, payload.item.type]),
			['UserMessage', 'Reasoning', 'CommandExecution', 'AgentMessage'].map((type) => [inputs, type]),
		);
		assert.match(ours[2]?.payload.item.cwd, /^file:\/\/\//);
		assert.ok(!lines.slice(before - 1).some((line) => ['user_message', 'agent_message', 'exec_command_end'].includes(line.payload.type)));
		assert.deepEqual(shown((await turnsOf(server, inputs)).slice(-1)), [
			['completed', 'userMessage our question', 'reasoning', 'commandExecution ours', 'agentMessage Our answer.'],
		]);
		const sent = JSON.stringify(fixture.model.requests.at(-1)?.body.input);
		for (const text of ['look at [it]', 'done', 'our question', 'echo ours']) assert.ok(sent.includes(text), text);

		const forked = await server.request('thread/fork', { threadId: inputs });
		await server.runTurn(forked.thread.id, 'and here');
		const copy = (await readFile(forked.thread.path, 'utf8'))
			.trim()
			.split('\n')
			.map((line) => JSON.parse(line));
		assert.deepEqual(
			copy.map((line) => line.ordinal),
			[...copy.keys()],
		);
		assert.equal(copy.filter((line) => line.type === 'session_meta').length, 1);
		assert.equal(copy[0].payload.history_mode, 'paginated');
		assert.equal((await turnsOf(server, forked.thread.id)).length, 5);
	});

	it('that are packed are listed, read and searched as they are, and unpacked for the next turn', async () => {
		await put(reverted, { packed: true });
		await put(agents, { packed: true });
		fixture.model.add(respond(message('Unpacked.')));
		const server = await start();
		const { data } = await server.request('thread/list', {});
		assert.deepEqual(data.map((thread: Item) => thread.preview).sort(), ['one', 'spawn it']);
		assert.ok(data.every((thread: Item) => thread.path.endsWith('.jsonl')));
		assert.equal((await turnsOf(server, reverted)).length, 9);
		assert.equal((await server.request('thread/search', { query: 'compaction' })).data[0]?.thread.id, reverted);
		assert.ok(
			(await readdir(folder)).every((name) => name.endsWith('.zst')),
			'nothing that only reads unpacks',
		);
		await resume(server, reverted);
		await server.runTurn(reverted, 'go on');
		const names = (await readdir(folder)).filter((name) => !name.endsWith('.zst'));
		assert.equal(names.length, 1, 'only the file that is added to');
		assert.deepEqual(shown((await turnsOf(server, reverted)).slice(-2)), [
			['completed', 'userMessage twelve', 'agentMessage m9'],
			['completed', 'userMessage go on', 'agentMessage Unpacked.'],
		]);
		await server.close();
		const again = await start();
		assert.equal((await turnsOf(again, reverted)).length, 10);
		await again.request('thread/archive', { threadId: reverted });
		assert.deepEqual(
			(await again.request('thread/list', {})).data.map((thread: Item) => thread.id),
			[agents],
		);
		await again.request('thread/unarchive', { threadId: reverted });
		assert.equal((await turnsOf(again, reverted)).length, 10);
	});

	it('that cannot be read whole are listed with the reason, and not continued', async () => {
		await put(fork);
		const broken = `rollout-2026-11-29T10-00-00-01a22774-0000-7000-8000-000000000001.jsonl.zst`;
		await writeFile(path.join(folder, broken), 'no archive');
		const server = await start();
		const { data } = await server.request('thread/list', {});
		assert.deepEqual(data.map((thread: Item) => thread.id).sort(), ['01a22774-0000-7000-8000-000000000001', fork].sort());
		for (const thread of data) assert.ok(thread.incomplete.length > 0, thread.id);
		assert.deepEqual(shown(await turnsOf(server, fork)), [['completed', 'userMessage in fork', 'agentMessage m10']]);
		assert.match(
			(await server.requestError('thread/resume', { threadId: fork })).message,
			/goes on from the records 01a22774-2181-\S+, which are not there/,
		);
		assert.match((await server.requestError('thread/fork', { threadId: fork })).message, /which are not there/);
		// Once the other file is back, so is the thread.
		await put(reverted);
		assert.equal((await turnsOf(server, fork)).length, 4);
		assert.ok((await resume(server, fork)).thread);
	});

	it('of a form that nobody here knows are shown as far as they are understood, and not continued', async () => {
		await put(agents);
		const file = path.join(folder, (await files(agents))[0] ?? '');
		await writeFile(file, (await readFile(file, 'utf8')).replace('"history_mode":"paginated"', '"history_mode":"sharded"'));
		const server = await start();
		for (let times = 0; times < 2; times++) {
			const [listed] = (await server.request('thread/list', {})).data;
			assert.deepEqual([listed?.preview, /in the form "sharded"/.test(listed?.incomplete)], ['spawn it', true]);
			// The second time the index has it.
			await server.request('thread/search', { query: 'spawn' });
		}
		assert.match((await server.requestError('thread/resume', { threadId: agents })).message, /in the form "sharded"/);
	});

	it('of which only a part of the first line, or nothing that can be unpacked, is left are listed with the reason', async () => {
		await put(agents);
		await put(inputs, { packed: true });
		const [cut, packed] = [path.join(folder, (await files(agents))[0] ?? ''), path.join(folder, `${(await files(inputs))[0]}.zst`)];
		await writeFile(cut, (await readFile(cut, 'utf8')).slice(0, 100));
		const server = await start();
		for (const content of [(await readFile(packed)).subarray(0, 200), '']) {
			await writeFile(packed, content);
			const { data } = await server.request('thread/list', {});
			assert.deepEqual(data.map((thread: Item) => thread.id).sort(), [agents, inputs].sort());
			for (const thread of data) assert.ok(thread.incomplete.length > 0, thread.id);
			for (const threadId of [agents, inputs]) {
				const { code, message } = await server.requestError('thread/resume', { threadId });
				assert.ok(code === -32600 && /cannot be (?:continued|read)/.test(message), `${code} ${message}`);
			}
			const { code, message } = await server.requestError('thread/read', { threadId: inputs, includeTurns: true });
			assert.ok(code === -32600 && /cannot be read: .*\.zst/.test(message), `${code} ${message}`);
			assert.deepEqual((await server.request('thread/read', { threadId: agents, includeTurns: true })).thread.turns, []);
		}
	});

	it('whose first line is torn are continued in the form of their other lines, and not when it said what they go on from', async () => {
		await put(reverted);
		await put(inputs);
		for (const name of [...(await files(inputs)), ...(await files(reverted)).filter((each) => each.includes('_'))]) {
			const file = path.join(folder, name);
			await writeFile(file, (await readFile(file, 'utf8')).replace(/^.*\n/, '{"timest\n'));
		}
		fixture.model.add(respond(message('Ours.')));
		const server = await start();
		await resume(server, inputs);
		await server.runTurn(inputs, 'go on');
		const lines = await readFile(path.join(folder, (await files(inputs))[0] ?? ''), 'utf8');
		assert.match(lines.trim().split('\n').at(-1) ?? '', /^\{"timestamp":"[^"]*","ordinal":\d+,/);
		assert.deepEqual(shown((await turnsOf(server, inputs)).slice(-1)), [['completed', 'userMessage go on', 'agentMessage Ours.']]);
		const thread = (await server.request('thread/list', {})).data.find(({ id }: Item) => id === reverted);
		assert.match(thread.incomplete, /first record, which says what it goes on from/);
		assert.match((await server.requestError('thread/resume', { threadId: reverted })).message, /cannot be continued: .*goes on from/);
	});

	it('with lines of kinds that nobody here knows lose nothing else, and say how many were passed over', async () => {
		await put(agents);
		const file = path.join(folder, (await files(agents))[0] ?? '');
		await appendFile(file, '{"timestamp":"2026-11-29T14:00:00.000Z","ordinal":900,"type":"hologram","payload":{}}\n');
		await appendFile(file, '{"timestamp":"2026-11-29T14:00:00.000Z","ordinal":901,"type":"event_msg","payload":{"type":"levitated"}}\n');
		const item = { type: 'Telepathy', id: 'x' };
		const payload = { type: 'item_completed', thread_id: agents, turn_id: 'x', item };
		await appendFile(file, `${JSON.stringify({ timestamp: '2026-11-29T14:00:00.000Z', ordinal: 902, type: 'event_msg', payload })}\n`);
		const server = await start();
		await resume(server, agents);
		const warning = await server.waitForNotification('warning', (params) => /passed over/.test(params.message));
		assert.match(warning.params.message, /^3 records .*Telepathy \(1\), levitated \(1\), hologram \(1\)/);
		assert.equal((await turnsOf(server, agents)).length, 1, 'they begin no turn');
	});

	it('of which there are two files count by the newer one', async () => {
		const id = '01a22774-0000-7000-8000-00000000000a';
		const line = (type: string, payload: object) => `${JSON.stringify({ timestamp: '2026-11-28T10:00:00.000Z', type, payload })}\n`;
		const thread = (text: string) =>
			line('session_meta', { id, timestamp: '2026-11-28T10:00:00.000Z', cwd: '/workspace', source: 'cli', model_provider: 'fake' }) +
			line('event_msg', { type: 'user_message', message: text });
		const older = path.join(folder, '..', '28');
		await mkdir(older);
		await writeFile(path.join(older, `rollout-2026-11-28T10-00-00-${id}.jsonl`), thread('older'));
		await writeFile(path.join(folder, `rollout-2026-11-29T10-00-00-${id}.jsonl`), thread('newer'));
		const server = await start();
		for (const sortDirection of ['asc', 'desc']) {
			const { data } = await server.request('thread/list', { sortKey: 'created_at', sortDirection });
			assert.deepEqual(
				data.map((each: Item) => each.preview),
				['newer'],
				sortDirection,
			);
		}
		assert.equal((await server.request('thread/read', { threadId: id })).thread.preview, 'newer');
		// With the index, too.
		await server.request('thread/search', { query: 'newer' });
		assert.deepEqual(
			(await server.request('thread/list', {})).data.map((each: Item) => each.preview),
			['newer'],
		);
		await rm(path.join(folder, `rollout-2026-11-29T10-00-00-${id}.jsonl`));
		assert.deepEqual(
			(await server.request('thread/list', {})).data.map((each: Item) => each.preview),
			['older'],
		);
	});
});

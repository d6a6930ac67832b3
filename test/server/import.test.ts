import assert from 'node:assert/strict';
import fs from 'node:fs/promises';
import path from 'node:path';
import * as fc from 'fast-check';
import { afterEach, describe, it } from 'mocha';
import { until } from '../support/deadline.ts';
import { say } from '../support/model/fakeModelServer.ts';
import { type ServerFixture, serverFixture } from '../support/serverFixture.ts';

const word = fc.constantFrom('fix', 'the', 'parser', 'ünï', '日本', '"quoted"', 'a\nb', '$x', '🙂');
const says = fc.array(word, { minLength: 1, maxLength: 6 }).map((words) => words.join(' '));
const part = fc.oneof(
	says.map((text) => ({ type: 'text', text })),
	fc.record({ type: fc.constant('tool_use'), name: fc.constantFrom('Bash', 'Edit'), input: fc.record({ command: says }) }),
	fc.constant({ type: 'thinking', thinking: 'hm' }),
);
interface Turn {
	readonly input: string;
	readonly answers: readonly (readonly object[])[];
	readonly result: string | null;
	/** A line of the file that is nothing. */
	readonly garbage: string;
}

const turn: fc.Arbitrary<Turn> = fc.record({
	input: says,
	answers: fc.array(fc.array(part, { minLength: 1, maxLength: 3 }), { maxLength: 3 }),
	result: fc.option(says),
	garbage: fc.constantFrom('', 'not json', '{"type":"summary"}'),
});

describe('conversations of another agent', () => {
	let fixture: ServerFixture;
	afterEach(() => fixture.dispose());

	/** Writes a conversation; answers the file. `marker` stands in it once. */
	const write = async (index: number, turns: readonly Turn[], marker: string) => {
		const folder = path.join(fixture.home.env['HOME'] ?? '', '.claude/projects/-ws');
		await fs.mkdir(folder, { recursive: true });
		const rows = turns.flatMap(({ input, answers, result, garbage }, at) => [
			{ type: 'user', message: { role: 'user', content: at === 0 ? `${marker} ${input}` : input } },
			...answers.map((content) => ({ type: 'assistant', message: { role: 'assistant', content } })),
			...(result === null ? [] : [{ type: 'user', message: { role: 'user', content: [{ type: 'tool_result', content: result }] } }]),
			garbage,
		]);
		const lines = rows.map((row) => (typeof row === 'string' ? row : JSON.stringify({ cwd: fixture.home.workspace, ...row })));
		const file = path.join(folder, `${index}.jsonl`);
		await fs.writeFile(file, lines.join('\n'));
		return file;
	};

	it('open, are found, go on, and are gone after the import is undone, but for those that went on', async () => {
		const conversations = fc.sample(fc.array(turn, { minLength: 1, maxLength: 4 }), { numRuns: 12, seed: 18 });
		fixture = await serverFixture([say('I go on.')]);
		const marker = (index: number) => `needle${index}zz`;
		const files = await Promise.all(conversations.map((turns, index) => write(index, turns, marker(index))));
		const sources = await Promise.all(files.map((file) => fs.readFile(file, 'utf8')));
		const server = fixture.start();
		await server.initialize();
		const { items } = await server.request('externalAgentConfig/preview', { includeHome: true });
		const offered = items.map(({ item }: { item: object }) => item);
		await server.request('externalAgentConfig/import', { migrationItems: offered });
		await server.waitForNotification('externalAgentConfig/import/completed');
		assert.deepEqual((await server.request('externalAgentConfig/detect', { includeHome: true })).items, []);

		const { data } = await server.request('thread/list', {});
		assert.equal(data.length, conversations.length);
		const byMarker = async (index: number) => {
			let threads: readonly string[] = [];
			await until(`${marker(index)} is found`, async () => {
				const { data: hits } = await server.request('thread/search', { query: marker(index) });
				threads = [...new Set<string>(hits.map(({ thread }: { thread: { id: string } }) => thread.id))];
				return threads.length > 0;
			});
			assert.equal(threads.length, 1, marker(index));
			return threads[0] ?? '';
		};
		const ids: string[] = [];
		for (const [index, turns] of conversations.entries()) {
			const threadId = await byMarker(index);
			ids.push(threadId);
			const { thread } = await server.request('thread/read', { threadId, includeTurns: true });
			assert.equal(thread.turns.length, turns.length);
			const texts = thread.turns.map(({ items: [first] }: { items: { content: { text: string }[] }[] }) => first?.content[0]?.text);
			assert.deepEqual(
				texts,
				turns.map(({ input }, at) => (at === 0 ? `${marker(index)} ${input}` : input).trim()),
			);
		}
		const [first = ''] = ids;
		await server.request('thread/resume', { threadId: first });
		assert.equal((await server.runTurn(first, 'Go on.')).status, 'completed');
		assert.match(JSON.stringify(fixture.model.requests[0]?.body), /needle0zz/);

		const { imports } = await server.request('externalAgentConfig/import/list', {});
		assert.equal(imports.length, 1);
		const { importId } = imports[0];
		const would = await server.request('externalAgentConfig/import/undo', { importId, dryRun: true });
		assert.equal((await server.request('thread/list', {})).data.length, conversations.length);
		const { removed, kept } = await server.request('externalAgentConfig/import/undo', { importId });
		assert.deepEqual({ removed, kept }, would);
		assert.deepEqual(
			[removed.length, kept.map(({ reason }: { reason: string }) => reason)],
			[conversations.length - 1, ['it was continued after the import']],
		);
		assert.deepEqual(
			(await server.request('thread/list', {})).data.map(({ id }: { id: string }) => id),
			[first],
		);
		assert.deepEqual(await Promise.all(files.map((file) => fs.readFile(file, 'utf8'))), sources);
		// What is gone can be taken over again.
		const again = (await server.request('externalAgentConfig/detect', { includeHome: true })).items;
		assert.equal(again[0].details.sessions.length, conversations.length - 1);
	});

	it('are all in the list of imports when it is asked for while they are imported', async () => {
		const conversations = fc.sample(fc.array(turn, { minLength: 1, maxLength: 4 }), { numRuns: 12, seed: 18 });
		fixture = await serverFixture([]);
		await Promise.all(conversations.map((turns, index) => write(index, turns, `needle${index}`)));
		const server = fixture.start();
		await server.initialize();
		const { items } = await server.request('externalAgentConfig/detect', { includeHome: true });
		await server.request('externalAgentConfig/import', { migrationItems: items });
		const { imports } = await server.request('externalAgentConfig/import/list', {});
		assert.ok(server.received.some(({ method }) => method === 'externalAgentConfig/import/completed'));
		assert.equal(imports.length, 1);
		const { removed } = await server.request('externalAgentConfig/import/undo', { importId: imports[0].importId });
		assert.equal(removed.length, conversations.length);
		assert.deepEqual((await server.request('externalAgentConfig/import/list', {})).imports, []);
	});

	it('come with a preview that names what is left out, and why', async () => {
		fixture = await serverFixture([]);
		const folder = path.join(fixture.home.workspace, '.claude');
		await fs.mkdir(path.join(folder, 'commands'), { recursive: true });
		await fs.writeFile(path.join(folder, 'commands/ask.md'), '---\ndescription: d\n---\nAsk $ARGUMENTS.');
		await fs.writeFile(path.join(folder, 'settings.json'), '{ broken');
		await fs.writeFile(path.join(fixture.home.workspace, 'CLAUDE.md'), 'Be nice.');
		const server = fixture.start();
		await server.initialize();
		const preview = await server.request('externalAgentConfig/preview', { cwds: [fixture.home.workspace] });
		assert.deepEqual(
			preview.items.map(({ item }: { item: { itemType: string } }) => item.itemType),
			['AGENTS_MD'],
		);
		assert.deepEqual(preview.leftOut, [
			{
				itemType: 'COMMANDS',
				cwd: fixture.home.workspace,
				skipped: [{ name: 'ask.md', reason: 'it takes arguments', code: 'takesArguments', values: [] }],
			},
		]);
		assert.deepEqual(
			preview.unreadable.map(({ name }: { name: string }) => name),
			[path.join(folder, 'settings.json')],
		);
		assert.match((await server.requestError('externalAgentConfig/import/undo', { importId: '../../x' })).message, /there is no import/);
	});
});

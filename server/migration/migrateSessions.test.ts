import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { ForeignSessionReader, type ForeignTurn } from './foreignSession.ts';
import type { ImportRecord } from './importJournal.ts';
import { planSessions } from './migrateSessions.ts';
import { SessionLedger } from './sessionLedger.ts';

const unrecorded: ImportRecord = { wrote: () => {} };

describe('taking over conversations', () => {
	let folder: string;
	let saved: { readonly title: string; readonly turns: readonly ForeignTurn[] }[];
	beforeEach(() => {
		folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'tiller-sessions-')));
		fs.mkdirSync(path.join(folder, '.claude/projects/-ws'), { recursive: true });
		fs.mkdirSync(path.join(folder, '.codex'));
		fs.mkdirSync(path.join(folder, 'ws'));
		saved = [];
	});
	afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));
	const now = Date.now();
	const file = (name: string) => path.join(folder, '.claude/projects/-ws', name);
	const rows = (cwd: string, ...messages: readonly object[]) =>
		messages.map((row, index) => JSON.stringify({ uuid: index, cwd, timestamp: new Date(now + index).toISOString(), ...row })).join('\n');
	const user = (content: unknown, more: object = {}) => ({ type: 'user', message: { role: 'user', content }, ...more });
	const bot = (...content: readonly object[]) => ({ type: 'assistant', message: { role: 'assistant', content } });
	const plan = () =>
		planSessions({
			userHome: folder,
			ledger: new SessionLedger(path.join(folder, '.codex')),
			now: () => now,
			saveThread: (_record, session) => {
				saved.push(session);
				return Promise.resolve(`thread-${saved.length}`);
			},
		});
	const offered = async () => (await plan())?.details?.sessions.map(({ path: at, title }) => [path.basename(at), title]).sort() ?? [];

	it('offers recent ones of folders that are there, with their titles', async () => {
		const ws = path.join(folder, 'ws');
		fs.writeFileSync(
			file('recent.jsonl'),
			rows(ws, user('Fix the bug'), bot({ type: 'text', text: 'Fixed.' }), { type: 'custom-title', customTitle: 'The bug' }),
		);
		fs.writeFileSync(file('untitled.jsonl'), rows(ws, user('First words\nand more'), bot({ type: 'text', text: 'Yes.' })));
		fs.writeFileSync(file('side.jsonl'), rows(ws, user('Side', { isSidechain: true })));
		fs.writeFileSync(file('gone.jsonl'), rows(path.join(folder, 'gone'), user('x')));
		fs.writeFileSync(file('old.jsonl'), rows(ws, user('Long ago')));
		const past = (now - 90 * 24 * 3600 * 1000) / 1000;
		fs.utimesSync(file('old.jsonl'), past, past);
		fs.writeFileSync(file('empty.jsonl'), '');
		fs.writeFileSync(file('broken.jsonl'), 'not json\n');
		fs.writeFileSync(file('notes.txt'), 'x');
		assert.deepEqual(await offered(), [
			['recent.jsonl', 'The bug'],
			['untitled.jsonl', 'First words'],
		]);
	});

	it('takes each over once, and again only when it has changed', async () => {
		fs.writeFileSync(file('a.jsonl'), rows(path.join(folder, 'ws'), user('Fix it'), bot({ type: 'text', text: 'Done.' })));
		const first = await plan();
		await first?.apply(unrecorded);
		await first?.apply(unrecorded);
		assert.equal(saved.length, 1);
		assert.deepEqual(await offered(), []);
		fs.appendFileSync(file('a.jsonl'), `\n${rows(path.join(folder, 'ws'), user('More'))}`);
		assert.deepEqual(await offered(), [['a.jsonl', 'Fix it']]);
		await (await plan())?.apply(unrecorded);
		assert.equal(saved.length, 2);
	});

	it('keeps what others wrote in the ledger, and takes nothing over when it cannot be read', async () => {
		const ledger = path.join(folder, '.codex/external_agent_session_imports.json');
		fs.writeFileSync(ledger, JSON.stringify({ version: 7, records: [{ odd: true }] }));
		fs.writeFileSync(file('a.jsonl'), rows(path.join(folder, 'ws'), user('Fix it')));
		await (await plan())?.apply(unrecorded);
		const written = JSON.parse(fs.readFileSync(ledger, 'utf8')) as { version: number; records: { imported_thread_id?: string }[] };
		assert.deepEqual([written.version, written.records.length, written.records[1]?.imported_thread_id], [7, 2, 'thread-1']);
		fs.writeFileSync(ledger, '{ broken');
		await assert.rejects(plan());
		assert.equal(saved.length, 1);
	});

	it('makes turns of messages, with calls of tools and their results as marked texts', () => {
		const reader = new ForeignSessionReader();
		const text = rows(
			'/ws',
			user('Fix it'),
			bot(
				{ type: 'thinking', thinking: 'hm' },
				{ type: 'text', text: 'Looking.' },
				{ type: 'tool_use', id: 't', name: 'Bash', input: { command: 'ls' } },
			),
			user([{ type: 'tool_result', tool_use_id: 't', content: [{ type: 'text', text: 'a.txt' }, { type: 'image' }] }]),
			bot({ type: 'text', text: 'Fixed it.' }),
			user('Thanks'),
		);
		for (const line of text.split('\n')) reader.line(line);
		const { turns } = reader.end();
		assert.deepEqual(
			turns.map(({ input, answers }) => [input, answers]),
			[
				['Fix it', ['Looking.\n\n[Tool call: Bash]\n{"command":"ls"}', '[Tool result]\na.txt\n[image]', 'Fixed it.']],
				['Thanks', []],
			],
		);
	});

	it('reads any lines', () => {
		fc.assert(
			fc.property(
				fc.array(
					fc.oneof(
						fc.string(),
						fc.json(),
						fc
							.record({ type: fc.constantFrom('user', 'assistant', 'x'), message: fc.record({ content: fc.jsonValue() }), timestamp: fc.jsonValue() })
							.map((row) => JSON.stringify(row)),
					),
				),
				(lines) => {
					const reader = new ForeignSessionReader();
					for (const line of lines) reader.line(line);
					reader.end();
				},
			),
		);
	});
});

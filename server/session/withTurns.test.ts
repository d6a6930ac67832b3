import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { ThreadReadResponse } from '../protocol/thread/thread.ts';
import { Turn } from '../protocol/thread/turn.ts';
import type { Connection } from '../transport/connection.ts';
import { Session } from './session.ts';
import { textWithTurns, WithTurns } from './withTurns.ts';

function sessionOf(client: { readonly name: string; readonly version: string; readonly newer: boolean }) {
	const sent: string[] = [];
	const connection: Connection = {
		transport: 'inProcess',
		listen: () => {},
		send: (text) => sent.push(text),
		congested: false,
		full: false,
		relieved: () => Promise.resolve(),
		drained: () => Promise.resolve(),
		close: () => {},
	};
	const session = new Session(1, connection);
	session.initialize({
		...client,
		title: null,
		experimentalApi: true,
		applyFileChanges: false,
		readUnsavedFiles: false,
		languageModels: false,
		requestAttestation: false,
		telemetry: true,
		optOut: new Set(),
	});
	return { session, sent };
}

const item = (type: string, id: string, more: object) => ({ type, id, startedAtMs: 1, completedAtMs: 2, ...more });
const turn = (id: string, items: readonly object[]) => ({
	id,
	items,
	itemsView: 'full',
	status: 'completed',
	error: null,
	startedAt: 1,
	completedAt: 2,
	durationMs: 3,
});
const turns = [
	turn('t1', [
		item('userMessage', 'u', { content: [{ type: 'text', text: '"turns":[]}', text_elements: [] }] }),
		item('sleep', 's', { durationMs: 5 }),
	]),
	turn('t2', [item('agentMessage', 'a', { text: 'line\n\u2028 "quoted" \ud800', phase: null })]),
	turn('t3', []),
];

describe('an answer whose turns are texts already', () => {
	for (const client of [
		{ name: 'tiller', version: '1.0.0', newer: true },
		{ name: 'another', version: '1.0.0', newer: false },
		{ name: 'codex-tui', version: '0.130.0', newer: false },
	]) {
		it(`is what it would be as a whole, for ${client.name} ${client.version}`, () => {
			const { session, sent } = sessionOf(client);
			const thread = { id: 'x', preview: '"turns":[]', turns };
			for (const result of [{ readState: { readAt: 1 }, thread }, { thread }]) {
				session.reply(1, result, ThreadReadResponse);
				const texts = turns.map((each) => session.textOf(Turn, each));
				session.reply(1, new WithTurns({ ...result, thread: { ...thread, turns: [] } }, texts), ThreadReadResponse);
				assert.deepEqual(JSON.parse(sent.at(-1) ?? ''), JSON.parse(sent.at(-2) ?? ''));
			}
		});
	}

	it('is refused without a thread, instead of being sent broken', () => {
		assert.throws(() => textWithTurns({ turns: [] }, ['{}']), TypeError);
	});

	it('may have nothing but turns', () => {
		assert.equal(textWithTurns({ thread: {} }, []), '{"thread":{"turns":[]}}');
	});
});

import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, it } from 'mocha';
import type { AppServerProcess, Message } from '../../support/appServerProcess.ts';
import { respond, say } from '../../support/model/fakeModelServer.ts';
import { applyPatch, execCommand, message, reasoning } from '../../support/model/modelEvents.ts';
import { type ServerFixture, serverFixture } from '../../support/serverFixture.ts';

const recorded = path.resolve(import.meta.dirname, '../rollouts');
/** As 0.171 writes them: with agents and programs of the model, with every kind of input, and with turns that were taken back. */
const NEWER = [
	'rollout-2026-11-29T13-19-40-01a22776-1640-7302-9328-33b58047e2ce.jsonl',
	'rollout-2026-11-29T13-31-12-01a22780-a653-7fe2-8387-fe6d242330db.jsonl',
	'rollout-2026-11-29T13-17-31-01a22774-2181-79f0-9dec-d0ec743f3a4b.jsonl',
];

/** What stands where something else belongs. */
const odd = fc.constantFrom<unknown>(null, 5, -1, 1e300, '', 'x', [], {}, [null], [{}], { type: 'text' }, { type: 'new kind', id: 5 }, true);

/** Lines of programs of other days, and of none. */
const strangers = fc.constantFrom(
	'',
	'{',
	'null',
	'[]',
	'"text"',
	'\u0000\u0000\u0000',
	'{"record_type":"state"}',
	'{"type":"message","role":"user","content":[{"type":"input_text","text":"without an envelope"}]}',
	'{"timestamp":"2026-11-29T13:17:31.941Z","type":"brand_new","payload":{"a":[1]}}',
	'{"timestamp":5,"type":"event_msg","payload":{"type":"brand_new_event"}}',
	'{"timestamp":"2026-11-29T13:17:31.941Z","type":"event_msg","payload":{"type":"item_completed","item":{"type":"BrandNew","id":"n"}}}',
	'{"timestamp":"2026-11-29T13:17:31.941Z","type":"event_msg","payload":{"type":"turn_aborted","reason":"replaced"}}',
	'{"timestamp":"2026-11-29T13:17:31.941Z","type":"event_msg","payload":{"type":"thread_rolled_back","num_turns":-3}}',
	'{"timestamp":"2026-11-29T13:17:31.941Z","type":"event_msg","payload":{"type":"user_message","message":"an old one","kind":"plain"}}',
	'{"timestamp":"2026-11-29T13:17:31.941Z","type":"compacted","payload":{"message":"in short"}}',
	'{"timestamp":"2026-11-29T13:17:31.941Z","type":"compacted","payload":{"message":"in short","replacement_history":[null,{"type":"odd"}]}}',
	'{"timestamp":"2026-11-29T13:17:31.941Z","type":"response_item","payload":{"type":"ghost_snapshot","ghost_commit":{}}}',
	'{"timestamp":"2026-11-29T13:17:31.941Z","type":"session_meta","payload":{"id":"00000000-0000-7000-8000-000000000000"}}',
);

const place = fc.nat(10_000);
const change = fc.oneof(
	fc.record({ kind: fc.constant('repeat' as const), at: place, to: place }),
	fc.record({ kind: fc.constant('move' as const), at: place, to: place }),
	fc.record({ kind: fc.constant('remove' as const), at: place }),
	fc.record({ kind: fc.constant('cut' as const), at: place, to: place }),
	fc.record({ kind: fc.constant('join' as const), at: place }),
	fc.record({ kind: fc.constant('insert' as const), at: place, line: strangers }),
	fc.record({ kind: fc.constant('replace' as const), at: place, to: place, value: odd }),
	fc.record({ kind: fc.constant('end' as const), at: place }),
);
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;
const sample = fc.record({ source: place, changes: fc.array(change, { minLength: 1, maxLength: 8 }), torn: fc.boolean() });

/** The lines after the first one, which says whose they are, with one thing wrong. */
function changed(lines: readonly string[], change: Change): readonly string[] {
	const at = lines.length === 0 ? 0 : change.at % lines.length;
	const line = lines[at] ?? '';
	switch (change.kind) {
		case 'repeat':
			return lines.toSpliced(change.to % (lines.length + 1), 0, line);
		case 'move':
			return lines.toSpliced(at, 1).toSpliced(change.to % Math.max(lines.length, 1), 0, line);
		case 'remove':
			return lines.toSpliced(at, 1);
		case 'cut':
			return lines.with(at, line.slice(0, change.to % (line.length + 1)));
		case 'join':
			return lines.toSpliced(at, 2, line + (lines[at + 1] ?? ''));
		case 'insert':
			return lines.toSpliced(at, 0, change.line);
		case 'replace':
			return lines.with(at, replaced(line, change.to, change.value));
		case 'end':
			return lines.slice(0, at + 1);
		default:
			return change satisfies never;
	}
}

/** The line with another value somewhere in it. */
function replaced(line: string, where: number, value: unknown): string {
	try {
		const whole: unknown = JSON.parse(line);
		const places: (readonly [object, string])[] = [];
		const walk = (within: unknown): void => {
			if (typeof within !== 'object' || within === null) return;
			for (const [name, below] of Object.entries(within)) {
				places.push([within, name]);
				walk(below);
			}
		};
		walk(whole);
		const [holder, name] = places[where % places.length] ?? [{}, ''];
		Reflect.set(holder, name, value);
		return JSON.stringify(whole);
	} catch {
		return line;
	}
}

/** Whether a line is a whole message of a person, whichever program wrote it. */
function isMessage(line: string): boolean {
	try {
		const { type, payload } = JSON.parse(line) as { type: unknown; payload: Message['params'] };
		if (type !== 'event_msg') return false;
		if (payload.type === 'user_message') return typeof payload.message === 'string' && payload.message.trim() !== '';
		const { item } = payload;
		return (
			payload.type === 'item_completed' &&
			item.type === 'UserMessage' &&
			typeof item.content[0].text === 'string' &&
			item.content[0].text.trim() !== ''
		);
	} catch {
		return false;
	}
}

/** Others by `TILLER_ODD_SEED=N TILLER_ODD_SAMPLES=N npx mocha ...`. */
const SEED = Number(process.env['TILLER_ODD_SEED'] ?? 12);
const SAMPLES = Number(process.env['TILLER_ODD_SAMPLES'] ?? 16);

describe('a rollout with odd lines', () => {
	let fixture: ServerFixture;
	afterEach(() => fixture?.dispose());

	/** The lines of a thread as we write it, which is as programs up to 0.130 do. */
	async function ours(server: AppServerProcess): Promise<string> {
		const { thread }: Message['result'] = await server.request('thread/start', { cwd: fixture.home.workspace });
		await server.runTurn(thread.id, 'first');
		await server.runTurn(thread.id, 'second');
		return readFile(thread.path, 'utf8');
	}

	it('is listed, read, and continued or refused for a reason; our turn on it is read again', async () => {
		const patch = '*** Begin Patch\n*** Add File: new.txt\n+hello\n*** End Patch';
		const answers = Array.from({ length: SAMPLES * 4 }, (_, n) => say(`Answer ${n}.`));
		fixture = await serverFixture([
			respond([...reasoning(['Thinking.']), ...execCommand('echo hi')]),
			respond(applyPatch(patch, 'call_2')),
			respond(message('One.', 'm1')),
			respond(message('Two.', 'm2')),
			...answers,
		]);
		const server = fixture.start();
		await server.initialize();
		const sources = [await ours(server), ...(await Promise.all(NEWER.map((name) => readFile(path.join(recorded, name), 'utf8'))))];
		const folder = path.join(fixture.home.codexHome, 'sessions', '2026', '11', '28');
		await mkdir(folder, { recursive: true });
		const made = fc.sample(sample, { seed: SEED, numRuns: SAMPLES }).map(({ source, changes, torn }, index) => {
			const id = `01a22780-0000-7000-8000-${String(index).padStart(12, '0')}`;
			const text = sources[source % sources.length] ?? '';
			const [first = '', ...rest] = text.trimEnd().split('\n');
			const lines = changes.reduce(changed, rest as readonly string[]);
			const own = /"id":"([0-9a-f-]{36})"/.exec(first)?.[1] ?? '';
			const content = [first, ...lines].join('\n').replaceAll(own, id) + (torn ? '' : '\n');
			const file = path.join(folder, `rollout-2026-11-28T10-00-${String(index % 60).padStart(2, '0')}-${id}.jsonl`);
			return { id, file, content, hasMessage: lines.some(isMessage), what: `seed ${SEED}, sample ${index}: ${JSON.stringify(changes)}` };
		});
		for (const { file, content } of made) await writeFile(file, content);
		const listed = new Map<string, Message['params']>();
		for (let cursor: string | null = null; ; ) {
			const page: Message['result'] = await server.request('thread/list', { cursor, limit: 100 });
			for (const thread of page.data) listed.set(thread.id, thread);
			cursor = page.nextCursor;
			if (cursor === null) break;
		}
		const continued: { id: string; turns: unknown; what: string }[] = [];
		for (const { id, hasMessage, what } of made) {
			assert.ok(!hasMessage || listed.has(id), `not listed: ${what}`);
			const read = await attempt(server, 'thread/read', { threadId: id, includeTurns: true }, what);
			assert.ok(!listed.has(id) || read !== null || listed.get(id)?.incomplete !== undefined, `listed as whole, but not read: ${what}`);
			if ((await attempt(server, 'thread/resume', { threadId: id, cwd: fixture.home.workspace }, what)) === null) continue;
			const turn = await server.runTurn(id, `odd ${id}`);
			assert.equal(turn.status, 'completed', what);
			const after: Message['result'] = await server.request('thread/read', { threadId: id, includeTurns: true });
			const items = after.thread.turns.at(-1).items as readonly Message['params'][];
			assert.equal(items.find(({ type }) => type === 'userMessage')?.content[0].text, `odd ${id}`, what);
			assert.match(items.findLast(({ type }) => type === 'agentMessage')?.text, /^Answer \d+\.$/, what);
			continued.push({ id, turns: after.thread.turns, what });
		}
		assert.ok(continued.length > SAMPLES / 2, `only ${continued.length} could be continued`);
		await server.close();
		const again = fixture.start();
		await again.initialize();
		for (const { id, turns, what } of continued) {
			const { thread }: Message['result'] = await again.request('thread/read', { threadId: id, includeTurns: true });
			assert.deepEqual(thread.turns, turns, `read otherwise after a restart: ${what}`);
		}
	});
});

/** The answer, or null when it is refused with a reason. */
async function attempt(server: AppServerProcess, method: string, params: object, what: string): Promise<Message['result']> {
	const answer = await server.request(method, params).catch((error: unknown) => error);
	if (!(answer instanceof Error)) return answer as Message['result'];
	const { code = null } = answer as { readonly code?: number };
	assert.ok(code !== -32603 && answer.message.length > 10, `${answer.message}: ${what}`);
	return null;
}

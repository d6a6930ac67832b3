/**
 * Kills the server at random points and looks whether anything is missing that a client was told of. A few times with `npm test`; by hand
 * as often as TILLER_CRASHES says:
 *   TILLER_CRASHES=200 npx mocha --timeout 0 test/server/faults/crash.test.ts
 * A failure names the seed; TILLER_CRASH_SEED begins with it again.
 */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { afterEach, describe, it } from 'mocha';
import type { AppServerProcess } from '../../support/appServerProcess.ts';
import { type ReceivedRequest, respond } from '../../support/model/fakeModelServer.ts';
import { execCommand, message, reasoning } from '../../support/model/modelEvents.ts';
import { type ServerFixture, serverFixture } from '../../support/serverFixture.ts';
import { patient } from '../../support/deadline.ts';

const crashes = Number(process.env['TILLER_CRASHES'] ?? 10);
const firstSeed = Number(process.env['TILLER_CRASH_SEED'] ?? Date.now() % 1_000_000);
const STEPS = 3;

/** What clients were told of a thread. */
interface Told {
	readonly items: Map<string, unknown>;
	readonly turns: Map<string, string>;
}

describe('a server that is killed at any moment', () => {
	let fixture: ServerFixture;
	afterEach(() => fixture.dispose());

	it(`loses nothing that a client was told of, ${crashes} times (seed ${firstSeed})`, async function () {
		this.timeout(patient(Math.max(120_000, crashes * 6000)));
		const random = randomFrom(firstSeed);
		fixture = await serverFixture(Array.from({ length: crashes * (STEPS + 2) + 10 }, () => answer));
		const told: Told = { items: new Map(), turns: new Map() };
		let threadId: string | null = null;
		let path = '';
		for (let crash = 0; crash <= crashes; crash++) {
			const server = fixture.start();
			await server.initialize();
			if (threadId === null) {
				const { thread } = await server.request('thread/start', { cwd: fixture.home.workspace });
				[threadId, path] = [String(thread.id), String(thread.path)];
			} else {
				await server.request('thread/resume', { threadId });
				await check(server, { threadId, path, told, crash });
			}
			if (crash === crashes) {
				assert.equal((await server.runTurn(threadId, 'one more')).status, 'completed');
				await finds(server, 'zebra');
				assert.ok(told.items.size >= crashes, `only ${told.items.size} items were told of`);
				return;
			}
			const from = server.mark();
			server.send({ id: 'turn', method: 'turn/start', params: { threadId, input: [{ type: 'text', text: `zebra ${crash}`, text_elements: [] }] } });
			// A whole turn sends some thirty messages.
			const many = Math.floor(random() * 34);
			await server.waitUntil('enough messages', () => server.received.length >= from + many || isOver(server, from) || undefined);
			spin(random() * 3);
			await server.kill();
			remember(server, from, told);
			// Before its first message a thread is nowhere, and a new one takes its place.
			if (told.items.size === 0 && !(await readFile(path, 'utf8').catch(() => ''))) threadId = null;
		}
	});
});

const isOver = (server: AppServerProcess, from: number) => server.received.slice(from).some((each) => each.method === 'turn/completed');

/** Thinks, runs a command, and after some of these says what it found. */
function answer({ body }: ReceivedRequest) {
	const input = (body.input ?? []).map((item) => item as { type?: string; role?: string });
	const since = input.slice(input.findLastIndex((item) => item.role === 'user'));
	const step = since.filter((item) => item.type === 'function_call_output').length;
	const id = `${input.length}_${step}`;
	if (step >= STEPS) return respond(message(['Found ', 'the ', 'zebra.'], `msg_${id}`));
	return respond(
		reasoning([`Step ${step}`], `rs_${id}`),
		message(['Looking ', `again ${step}.`], `msg_${id}`),
		execCommand(`echo ${'x'.repeat(200)} ${step}`, { callId: `call_${id}` }),
	);
}

function remember(server: AppServerProcess, from: number, told: Told): void {
	for (const { method, params } of server.received.slice(from)) {
		if (method === 'item/completed') told.items.set(`${params.turnId}/${params.item.id}`, params.item);
		if (method === 'turn/started') told.turns.set(params.turn.id, 'interrupted');
		if (method === 'turn/completed') told.turns.set(params.turn.id, params.turn.status);
	}
}

async function check(server: AppServerProcess, given: { threadId: string; path: string; told: Told; crash: number }): Promise<void> {
	const { threadId, path, told, crash } = given;
	const { thread } = await server.request('thread/read', { threadId, includeTurns: true });
	const turns: readonly { id: string; status: string; items: readonly { id: string }[] }[] = thread.turns;
	const items = new Map<string, unknown>(turns.flatMap((turn) => turn.items.map((item) => [`${turn.id}/${item.id}`, item] as const)));
	for (const [id, item] of told.items) assert.deepEqual(items.get(id), item, `after crash ${crash} item ${id} is missing or another one`);
	const statuses = new Map(turns.map((turn) => [turn.id, turn.status]));
	for (const [id, status] of told.turns) {
		// The end may have been recorded and not told of any more.
		const allowed = status === 'interrupted' ? ['interrupted', 'completed'] : [status];
		assert.ok(allowed.includes(statuses.get(id) ?? 'missing'), `after crash ${crash} turn ${id} is ${statuses.get(id)} instead of ${status}`);
	}
	const { data } = await server.request('thread/list', {});
	assert.ok(data.some((each: { id: string }) => each.id === threadId) || told.items.size === 0, `after crash ${crash} the thread is not listed`);
	const lines = (await readFile(path, 'utf8')).split('\n').slice(0, -1);
	const broken = lines.filter((line) => !isJson(line));
	assert.ok(broken.length <= crash, `${broken.length} torn lines after ${crash} crashes`);
	if (told.items.size > 0 && crash % 4 === 1) await finds(server, 'zebra');
}

async function finds(server: AppServerProcess, query: string): Promise<void> {
	for (;;) {
		const { data, isComplete } = await server.request('thread/search', { query });
		if (data.length > 0) return;
		assert.equal(isComplete, false, 'a complete index finds the words of the thread');
	}
}

function isJson(line: string): boolean {
	try {
		JSON.parse(line);
		return true;
	} catch {
		return false;
	}
}

/** Keeps this process busy for so many milliseconds, so that the kill comes at another point than right after a message. */
function spin(ms: number): void {
	const end = performance.now() + ms;
	while (performance.now() < end);
}

/** Numbers from 0 to 1 that depend on the seed only (mulberry32). */
function randomFrom(seed: number): () => number {
	let state = seed >>> 0;
	return () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
}

/**
 * Both ways between our server and the reference program, on one home: each lists, reads and resumes a thread of the other.
 * Run by hand: `node test/conformance/interop.ts [PROGRAM]`; PROGRAM is the reference's `codex` (default /tmp/ref/node_modules/.bin/codex).
 */
import { spawn } from 'node:child_process';
import { serverFile } from '../support/appServerProcess.ts';
import { respond } from '../support/fakeModelServer.ts';
import { applyPatch, execCommand, message } from '../support/modelEvents.ts';
import { readLines } from '../support/jsonLines.ts';
import { type ServerFixture, serverFixture } from '../support/serverFixture.ts';

interface Answer {
	readonly id?: number;
	readonly method?: string;
	// What a method answers is what the script prints.
	// oxlint-disable-next-line typescript/no-explicit-any
	readonly result?: any;
	readonly error?: { readonly message: string };
}

/** A server that ends when its work is done. */
async function withServer(fixture: ServerFixture, command: readonly string[], work: (request: (method: string, params: object) => Promise<Answer>, turnDone: () => Promise<void>) => Promise<void>): Promise<void> {
	const [program = '', ...args] = command;
	const child = spawn(program, args, { cwd: fixture.home.workspace, env: fixture.home.env, stdio: ['pipe', 'pipe', 'ignore'] });
	const pending = new Map<number, (answer: Answer) => void>();
	let turnEnded: (() => void) | null = null;
	readLines(child.stdout, (line) => {
		const answer = JSON.parse(line) as Answer;
		if (answer.method === 'turn/completed') turnEnded?.();
		if (answer.id !== undefined && answer.method === undefined) pending.get(answer.id)?.(answer);
	});
	let next = 1;
	const request = (method: string, params: object) =>
		new Promise<Answer>((resolve) => {
			const id = next++;
			pending.set(id, resolve);
			child.stdin.write(`${JSON.stringify({ id, method, params })}\n`);
		});
	await request('initialize', { clientInfo: { name: 'interop', version: '0' }, capabilities: { experimentalApi: true } });
	await work(request, () => new Promise((resolve) => { turnEnded = resolve; }));
	const ended = new Promise((resolve) => child.once('close', resolve));
	child.stdin.end();
	await ended;
}

const reference = [process.argv[2] ?? '/tmp/ref/node_modules/.bin/codex', 'app-server'];
const ours = [process.execPath, serverFile, 'app-server'];
let failures = 0;

function check(what: string, ok: boolean, detail: unknown): void {
	if (!ok) failures++;
	console.log(`${ok ? 'ok  ' : 'FAIL'} ${what}${ok ? '' : `: ${JSON.stringify(detail)}`}`);
}

async function exchange(writer: readonly string[], reader: readonly string[], name: string): Promise<void> {
	const patch = '*** Begin Patch\n*** Add File: new.txt\n+hello\n*** End Patch';
	const fixture = await serverFixture([respond(execCommand('echo hi')), respond(applyPatch(patch, 'call_2')), respond(message('First answer.')), respond(message('Second answer.', 'msg_2'))]);
	const input = (text: string) => [{ type: 'text', text, text_elements: [] }];
	let id = '';
	try {
		await withServer(fixture, writer, async (request, turnDone) => {
			id = (await request('thread/start', { cwd: fixture.home.workspace })).result.thread.id;
			const done = turnDone();
			await request('turn/start', { threadId: id, input: input('first question') });
			await done;
			await request('thread/name/set', { threadId: id, name: 'A name' });
		});
		await withServer(fixture, reader, async (request, turnDone) => {
			const list = await request('thread/list', {});
			check(`${name}: listed with preview and name`, list.result?.data?.[0]?.preview === 'first question' && list.result.data[0].name === 'A name', list);
			const read = await request('thread/read', { threadId: id, includeTurns: true });
			const items = read.result?.thread.turns.flatMap((turn: { items: { type: string }[] }) => turn.items.map((item) => item.type));
			check(`${name}: read with message, patch and answer`, ['userMessage', 'fileChange', 'agentMessage'].every((type) => items?.includes(type)), read.error ?? items);
			const resumed = await request('thread/resume', { threadId: id });
			check(`${name}: resumed`, resumed.result?.thread.turns.length === 1, resumed.error);
			const done = turnDone();
			await request('turn/start', { threadId: id, input: input('second question') });
			await done;
			const sent = JSON.stringify(fixture.model.requests.at(-1)?.body.input);
			check(`${name}: the model gets the whole history`, ['first question', 'echo hi', 'First answer.', 'second question'].every((text) => sent.includes(text)), sent);
		});
		await withServer(fixture, writer, async (request) => {
			const read = await request('thread/read', { threadId: id, includeTurns: true });
			check(`${name}: the writer reads both turns`, read.result?.thread.turns.length === 2, read.error ?? read.result?.thread.turns.length);
		});
	} finally {
		await fixture.dispose();
	}
}

await exchange(ours, reference, 'ours, read by the reference');
await exchange(reference, ours, "the reference's, read by us");
process.exitCode = failures === 0 ? 0 : 1;

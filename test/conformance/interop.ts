/**
 * Both ways between our server and releases of the reference program, on one home: each lists, reads, resumes and continues a thread of the
 * other, and all of it is there for the first one again, also when it goes on once more.
 * Run by hand after a build: `node test/conformance/interop.ts [PROGRAM...]`; each PROGRAM is a release's `codex`
 * (default: /tmp/ref/VERSION/node_modules/.bin/codex for 0.130.0 and 0.171.0).
 */
import { spawn } from 'node:child_process';
import { serverFile } from '../support/appServerProcess.ts';
import { respond } from '../support/model/fakeModelServer.ts';
import { applyPatch, execCommand, message } from '../support/model/modelEvents.ts';
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

const given = process.argv.slice(2);
const programs = given.length > 0 ? given : ['0.130.0', '0.171.0'].map((version) => `/tmp/ref/${version}/node_modules/.bin/codex`);
const ours = [process.execPath, serverFile, 'app-server'];
let failures = 0;

function check(what: string, ok: boolean, detail: unknown): void {
	if (!ok) failures++;
	console.log(`${ok ? 'ok  ' : 'FAIL'} ${what}${ok ? '' : `: ${JSON.stringify(detail)}`}`);
}

type Turn = { readonly items: readonly { readonly type: string }[] };
const typesOf = (turns: readonly Turn[] | undefined) => turns?.map(({ items }) => items.map(({ type }) => type).join(' '));

interface Exchange {
	readonly name: string;
	/** Who shows commands of the thread. */
	readonly commands: { readonly writer: boolean; readonly reader: boolean };
}

async function exchange(writer: readonly string[], reader: readonly string[], { name, commands }: Exchange): Promise<void> {
	const patch = '*** Begin Patch\n*** Add File: new.txt\n+hello\n*** End Patch';
	const answer = (text: string, id: string) => respond(message(text, id));
	const fixture = await serverFixture(
		[
			respond(execCommand('echo hi')),
			respond(applyPatch(patch, 'call_2')),
			answer('First answer.', 'msg_1'),
			respond(execCommand('echo again', { callId: 'call_3' })),
			answer('Second answer.', 'msg_2'),
			answer('Third answer.', 'msg_3'),
			answer('In the fork.', 'msg_4'),
		],
		{ model: '"gpt-5.5"' },
	);
	const input = (text: string) => [{ type: 'text', text, text_elements: [] }];
	const expected = (withCommands: boolean) =>
		['userMessage commandExecution fileChange agentMessage', 'userMessage commandExecution agentMessage'].map((types) =>
			withCommands ? types : types.replace('commandExecution ', ''),
		);
	let id = '';
	const hears = (what: string, texts: readonly string[]) => {
		const sent = JSON.stringify(fixture.model.requests.at(-1)?.body.input);
		check(`${name}: ${what}`, texts.every((text) => sent.includes(text)), texts.filter((text) => !sent.includes(text)));
	};
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
			const resumed = await request('thread/resume', { threadId: id });
			check(`${name}: resumed with its items`, typesOf(resumed.result?.thread.turns)?.[0] === expected(commands.reader)[0], resumed.error ?? typesOf(resumed.result?.thread.turns));
			const done = turnDone();
			await request('turn/start', { threadId: id, input: input('second question') });
			await done;
			hears('the model gets the whole history', ['first question', 'echo hi', 'First answer.', 'second question']);
		});
		await withServer(fixture, writer, async (request, turnDone) => {
			const resumed = await request('thread/resume', { threadId: id });
			check(`${name}: the writer has both turns with their items`, JSON.stringify(typesOf(resumed.result?.thread.turns)) === JSON.stringify(expected(commands.writer)), resumed.error ?? typesOf(resumed.result?.thread.turns));
			const done = turnDone();
			await request('turn/start', { threadId: id, input: input('third question') });
			await done;
			hears('its model gets the turn of the other', ['first question', 'Second answer.', 'echo again', 'third question']);
		});
		await withServer(fixture, reader, async (request, turnDone) => {
			const forked = await request('thread/fork', { threadId: id });
			check(`${name}: forked with all turns`, forked.result?.thread.turns.length === 3, forked.error ?? forked.result?.thread.turns.length);
			const done = turnDone();
			await request('turn/start', { threadId: forked.result?.thread.id, input: input('fourth question') });
			await done;
			hears('the fork knows all three', ['First answer.', 'Second answer.', 'Third answer.']);
			id = forked.result?.thread.id ?? '';
		});
		await withServer(fixture, writer, async (request) => {
			const resumed = await request('thread/resume', { threadId: id });
			check(`${name}: the fork is there for the writer`, resumed.result?.thread.turns.length === 4, resumed.error ?? resumed.result?.thread.turns.length);
		});
	} finally {
		await fixture.dispose();
	}
}

for (const program of programs) {
	const reference = [program, 'app-server'];
	// 0.130 leaves commands out of what it reads; so does every release in a thread of the older form, which ours is.
	const version = /\d+\.\d+\.\d+/.exec(program)?.[0] ?? program;
	await exchange(ours, reference, { name: `ours, continued by ${version}`, commands: { writer: true, reader: false } });
	await exchange(reference, ours, { name: `${version}'s, continued by us`, commands: { writer: !version.startsWith('0.130'), reader: true } });
}
process.exitCode = failures === 0 ? 0 : 1;

/**
 * Both ways between our server and releases of the reference program, on one home: each lists, reads, resumes and continues a thread of the
 * other, and all of it is there for the first one again, also when it goes on once more.
 * Run by hand after a build: `node test/conformance/interop.ts [PROGRAM...]`; each PROGRAM is a release's `codex`
 * (default: /tmp/ref/VERSION/node_modules/.bin/codex for 0.130.0 and 0.171.0).
 */
import { spawn } from 'node:child_process';
import { serverFile } from '../support/appServerProcess.ts';
import { type ReceivedRequest, type Reply, respond, say } from '../support/model/fakeModelServer.ts';
import { applyPatch, execCommand, functionCall, itemDone, message, reasoning } from '../support/model/modelEvents.ts';
import { readLines } from '../support/jsonLines.ts';
import { type ServerFixture, serverFixture } from '../support/serverFixture.ts';

interface Answer {
	readonly id?: number;
	readonly method?: string;
	readonly params?: { readonly threadId?: string };
	// What a method answers is what the script prints.
	// oxlint-disable-next-line typescript/no-explicit-any
	readonly result?: any;
	readonly error?: { readonly message: string };
}

/** A server that ends when its work is done. */
async function withServer(fixture: ServerFixture, command: readonly string[], work: (request: (method: string, params: object) => Promise<Answer>, turnDone: (threadId?: string) => Promise<void>) => Promise<void>): Promise<void> {
	const [program = '', ...args] = command;
	const child = spawn(program, args, { cwd: fixture.home.workspace, env: fixture.home.env, stdio: ['pipe', 'pipe', 'ignore'] });
	const pending = new Map<number, (answer: Answer) => void>();
	let turnEnded: (() => void) | null = null;
	let turnOf: string | null = null;
	readLines(child.stdout, (line) => {
		const answer = JSON.parse(line) as Answer;
		// Agents have turns too.
		if (answer.method === 'turn/completed' && (turnOf === null || answer.params?.threadId === turnOf)) turnEnded?.();
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
	await work(request, (threadId) => new Promise((resolve) => {
		turnOf = threadId ?? null;
		turnEnded = resolve;
	}));
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

/**
 * A thread with all kinds of items, begun by a release, continued by us, by the release and by us: all of them are there for whoever reads
 * it. Each writes two turns: work, then a plan. The agent is ours: 0.171 starts its own only after a search for tools.
 */
async function threeWay(reference: readonly string[], name: string, newer: boolean): Promise<void> {
	const work = (turn: number): Reply[] => {
		const patch = `*** Begin Patch\n*** Add File: turn${turn}.txt\n+hello\n*** End Patch`;
		const search = { type: 'web_search_call', id: `ws_${turn}`, status: 'completed', action: { type: 'search', query: `search of turn ${turn}` } };
		return [
			respond(reasoning([`**Thinking** of turn ${turn}`], `rs_${turn}`), execCommand(`echo of turn ${turn}`, { callId: `exec_${turn}` })),
			respond(functionCall('update_plan', { plan: [{ step: 'A step', status: 'in_progress' }] }, `steps_${turn}`), applyPatch(patch, `patch_${turn}`)),
			respond(itemDone(search), ...(turn === 2 ? [functionCall('spawn_agent', { message: 'Help in turn 2.' }, 'spawn_2')] : [functionCall('update_plan', { plan: [] }, `steps_again_${turn}`)])),
			respond(message(`Answer ${turn}.`, `msg_${turn}`)),
			respond(message(`<proposed_plan>\n# Plan ${turn}\n</proposed_plan>`, `plan_${turn}`)),
		];
	};
	let current: Reply[] = [];
	const answer = (request: ReceivedRequest): Reply => {
		const input = JSON.stringify(request.body.input ?? []);
		if (/task title/.test(input)) return say('A title');
		// What an agent is asked is the last thing that it is told.
		const isAgent = !input.includes(`Question`) || /Help in turn \d\.(?![\s\S]*(?:call_output|Question))/.test(input);
		return isAgent ? say('I have helped.') : (current.shift() ?? say('As you like.'));
	};
	const fixture = await serverFixture(Array.from({ length: 60 }, () => answer), { model: '"gpt-5.5"', web_search: '"live"', features: '{ multi_agent = true }' });
	let id = '';
	try {
		for (const [index, server] of [reference, ours, reference, ours].entries()) {
			const who = `${name}, three ways: ${['begun by it', 'continued by us', 'continued by it', 'read by us'][index]}`;
			await withServer(fixture, server, async (request, turnDone) => {
				if (index === 0) id = (await request('thread/start', { cwd: fixture.home.workspace })).result.thread.id;
				else {
					const resumed = await request('thread/resume', { threadId: id });
					check(`${who}: resumed`, resumed.error === undefined, resumed.error);
				}
				current = index < 3 ? work(index + 1) : [];
				for (const mode of index < 3 ? ['default', 'plan'] : []) {
					const done = turnDone(id);
					const settings = { model: 'gpt-5.5', reasoning_effort: null, developer_instructions: null };
					await request('turn/start', { threadId: id, input: [{ type: 'text', text: `Question ${index + 1}`, text_elements: [] }], collaborationMode: { mode, settings } });
					await done;
				}
				const read = await request('thread/read', { threadId: id, includeTurns: true });
				// 0.130 shows no commands and agents of what it reads, whoever wrote them.
				const unseen = server === ours || newer ? [] : ['commandExecution', 'collabAgentToolCall'];
				const seen = (types: string) => types.split(' ').filter((type) => !unseen.includes(type)).join(' ');
				const expected = [1, 2, 3].slice(0, Math.min(index + 1, 3)).flatMap((turn) => [
					seen(`userMessage reasoning commandExecution fileChange webSearch ${turn === 2 ? 'collabAgentToolCall ' : ''}agentMessage`),
					seen('userMessage plan'),
				]);
				const types = typesOf(read.result?.thread.turns);
				check(`${who}: all items are there`, JSON.stringify(types) === JSON.stringify(expected), read.error ?? types);
				const text = JSON.stringify(read.result?.thread.turns);
				const texts = [1, 2, 3].slice(0, Math.min(index + 1, 3)).flatMap((turn) => [`of turn ${turn}`, `search of turn ${turn}`, `turn${turn}.txt`, `Answer ${turn}.`, `# Plan ${turn}`, ...(unseen.length > 0 ? [] : [`echo of turn ${turn}`])]);
				check(`${who}: with their texts`, texts.every((each) => text.includes(each)), texts.filter((each) => !text.includes(each)));
			});
		}
	} finally {
		await fixture.dispose();
	}
}

/**
 * What a release takes back of a thread is gone for us too, and we go on without it. Not the other way: 0.171 goes on in the file that its
 * own database names, whatever newer file there is, and passes over a record that takes turns back.
 */
async function revert(first: readonly string[], second: readonly string[], name: string): Promise<void> {
	const fixture = await serverFixture(['one', 'two', 'three', 'four', 'five'].map((word) => say(`about ${word}`)), { model: '"gpt-5.5"' });
	let id = '';
	const turnsOf = async (request: (method: string, params: object) => Promise<Answer>) => {
		const { result, error } = await request('thread/turns/list', { threadId: id, sortDirection: 'asc', itemsView: 'full' });
		const texts = result?.data.map((turn: { items: { content?: { text: string }[] }[] }) => turn.items[0]?.content?.[0]?.text);
		return { ids: result?.data.map((turn: { id: string }) => turn.id), texts: texts?.join(' '), error };
	};
	try {
		await withServer(fixture, first, async (request, turnDone) => {
			id = (await request('thread/start', { cwd: fixture.home.workspace, historyMode: 'paginated' })).result.thread.id;
			for (const word of ['apple', 'banana', 'cherry']) {
				const done = turnDone();
				await request('turn/start', { threadId: id, input: [{ type: 'text', text: word, text_elements: [] }] });
				await done;
			}
		});
		// 0.171 lists turns of the file before only when it knew of them: of its own threads too.
		await withServer(fixture, second, async (request) => {
			await request('thread/resume', { threadId: id });
			check(`${name}: all there before`, (await turnsOf(request)).texts === 'apple banana cherry', await turnsOf(request));
		});
		await withServer(fixture, first, async (request) => {
			await request('thread/resume', { threadId: id });
			const { ids } = await turnsOf(request);
			const { error } = await request('thread/revert', { threadId: id, beforeTurnId: ids[1] });
			check(`${name}: taken back`, error === undefined && (await turnsOf(request)).texts === 'apple', error);
		});
		for (const [index, server] of [second, first].entries())
			await withServer(fixture, server, async (request, turnDone) => {
				const resumed = await request('thread/resume', { threadId: id });
				check(`${name}: gone for ${index === 0 ? 'the other' : 'the first again'}`, (await turnsOf(request)).texts === ['apple', 'apple damson'][index], resumed.error ?? (await turnsOf(request)));
				const done = turnDone();
				await request('turn/start', { threadId: id, input: [{ type: 'text', text: ['damson', 'elder'][index], text_elements: [] }] });
				await done;
				const sent = JSON.stringify(fixture.model.requests.at(-1)?.body.input);
				check(`${name}: its model does not hear of it`, sent.includes('apple') && !sent.includes('banana') && !sent.includes('cherry'), sent.slice(-400));
				const { ids, texts } = await turnsOf(request);
				check(`${name}: it goes on`, texts === ['apple damson', 'apple damson elder'][index], texts);
				if (index === 1) {
					const { error } = await request('thread/revert', { threadId: id, beforeTurnId: ids[1] });
					check(`${name}: taken back across both files`, error === undefined && (await turnsOf(request)).texts === 'apple', error);
				}
			});
		await withServer(fixture, second, async (request) => {
			await request('thread/resume', { threadId: id });
			check(`${name}: all of that for the other`, (await turnsOf(request)).texts === 'apple', await turnsOf(request));
			const list = await request('thread/list', {});
			check(`${name}: listed once`, list.result?.data.length === 1 && list.result.data[0].preview === 'apple', list);
		});
	} finally {
		await fixture.dispose();
	}
}

for (const program of programs) {
	await threeWay([program, 'app-server'], /\d+\.\d+\.\d+/.exec(program)?.[0] ?? program, !program.includes('0.130'));
	const reference = [program, 'app-server'];
	// 0.130 leaves commands out of what it reads; so does every release in a thread of the older form, which ours is.
	const version = /\d+\.\d+\.\d+/.exec(program)?.[0] ?? program;
	await exchange(ours, reference, { name: `ours, continued by ${version}`, commands: { writer: true, reader: false } });
	await exchange(reference, ours, { name: `${version}'s, continued by us`, commands: { writer: !version.startsWith('0.130'), reader: true } });
	if (version.startsWith('0.130')) continue;
	await revert(reference, ours, `taken back by ${version}, for us`);
}
process.exitCode = failures === 0 ? 0 : 1;

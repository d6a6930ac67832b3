/**
 * Drives the terminal clients of the reference program against our server, in tmux, with a scripted model: open, send a message, see the
 * answer stream, allow a command, change a file, interrupt, ask for the state, resume an old thread, then the commands that begin with a
 * slash, a fork and the picker of old threads. Run by hand after a build:
 *   node test/conformance/terminalClient.ts [PROGRAM...] [--show]
 * Each PROGRAM is a release's `codex` (default: /tmp/ref/VERSION/node_modules/.bin/codex for 0.130.0 and 0.171.0); --show prints the screen
 * after each step.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { fakeModelConfig } from '../support/model/fakeModelConfig.ts';
import { until } from '../support/deadline.ts';
import { Gate, type ReceivedRequest, type Reply, respond, say } from '../support/model/fakeModelServer.ts';
import { applyPatch, execCommand, itemAdded, itemDone, message, messageItem, textDelta } from '../support/model/modelEvents.ts';
import { type ServerFixture, serverFixture } from '../support/serverFixture.ts';

const { values: flags, positionals } = parseArgs({ options: { show: { type: 'boolean', default: false } }, allowPositionals: true });
const programs = positionals.length > 0 ? positionals : ['0.130.0', '0.171.0'].map((version) => `/tmp/ref/${version}/node_modules/.bin/codex`);

const memoryServer = path.resolve(import.meta.dirname, '../../node_modules/@modelcontextprotocol/server-memory/dist/index.js');

/** A terminal of its own, with a tmux server of its own: nothing of the user's is touched. */
class Terminal {
	static #count = 0;
	readonly #socket: string;

	constructor(fixture: ServerFixture, { program, args, env }: { program: string; args: readonly string[]; env: Readonly<Record<string, string>> }) {
		// The server of the one before may still be ending.
		this.#socket = path.join(fixture.home.root, `tmux${Terminal.#count++}.sock`);
		const set = Object.entries(env).flatMap(([name, value]) => ['-e', `${name}=${value}`]);
		const size = ['-x', '110', '-y', '45'];
		execFileSync('tmux', ['-S', this.#socket, '-f', '/dev/null', 'new-session', '-d', ...size, ...set, '-c', fixture.home.workspace, program, ...args], {
			env: { ...process.env, ...env },
		});
		this.#tmux('set-option', '-g', 'remain-on-exit', 'on');
	}

	screen(): string {
		return this.#tmux('capture-pane', '-p', '-S', '-200');
	}

	type(text: string): void {
		this.#tmux('send-keys', '-l', text);
	}

	press(...keys: readonly string[]): void {
		this.#tmux('send-keys', ...keys);
	}

	async see(what: string, pattern: RegExp): Promise<void> {
		await until(`${what} (${pattern})`, () => pattern.test(this.screen())).catch((error: unknown) => {
			throw new Error(`${error instanceof Error ? error.message : String(error)}\n--- the screen\n${this.screen().trimEnd()}`);
		});
		console.log(`ok   ${what}`);
		if (flags.show) console.log(this.screen().trimEnd());
	}

	/** Types a message once the composer takes it, and sends it. The client takes a fast Enter after text for part of a paste. */
	async send(text: string, before = '› '): Promise<void> {
		this.type(text);
		await this.see(`"${text}" stands in the composer`, new RegExp(`${before}${text}`));
		await new Promise((resolve) => setTimeout(resolve, 300));
		this.press('Enter');
	}

	end(): void {
		spawnSync('tmux', ['-S', this.#socket, 'kill-server']);
	}

	#tmux(...args: readonly string[]): string {
		return execFileSync('tmux', ['-S', this.#socket, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
	}
}

async function drive(program: string): Promise<void> {
	console.log(`--- ${program}`);
	// Newer releases know no policy that asks for every command: the model asks for more than the sandbox allows.
	const isOld = program.includes('0.130');
	const approvals = { approval_policy: isOld ? '"untrusted"' : '"on-request"', model: '"gpt-6.2-sol"' };
	const asking = isOld ? {} : { sandbox_permissions: 'require_escalated', justification: 'It is needed.' };
	const [half, never] = [new Gate(), new Gate()];
	const answers: Reply[] = [
		respond(
			itemAdded({ type: 'message', role: 'assistant', id: 'msg_1', content: [] }),
			textDelta('The first line of it.\n'),
			half,
			textDelta('And the second one.'),
			itemDone(messageItem('The first line of it.\nAnd the second one.')),
		),
		respond(execCommand('touch allowed.txt', asking)),
		respond(message('The file is there.', 'msg_2')),
		respond(applyPatch('*** Begin Patch\n*** Add File: patched.txt\n+one\n*** End Patch', 'call_2')),
		respond(message('The patch is in.', 'msg_5')),
		respond(itemAdded({ type: 'message', role: 'assistant', id: 'msg_3', content: [] }), textDelta('I begin and', 'msg_3'), never),
		say('Here I am again.'),
	];
	// Newer clients ask for a title beside the first turn.
	const answer = ({ body }: ReceivedRequest): Reply =>
		/task title/.test(JSON.stringify(body.input ?? [])) ? say('A title') : (answers.shift() ?? say('As you like.'));
	const fixture = await serverFixture(
		Array.from({ length: 60 }, () => answer),
		{ ...approvals, sandbox_mode: '"workspace-write"', mcp_servers: `{ memory = { command = ${JSON.stringify(process.execPath)}, args = [${JSON.stringify(memoryServer)}] } }` },
	);
	execFileSync('git', ['init', '-q'], { cwd: fixture.home.workspace });
	const skill = path.join(fixture.home.codexHome, 'skills', 'brew-tea');
	mkdirSync(skill, { recursive: true });
	writeFileSync(path.join(skill, 'SKILL.md'), '---\nname: brew-tea\ndescription: How to brew tea\n---\nBoil water.\n');
	let terminal: Terminal | null = null;
	try {
		const server = fixture.start({ args: ['app-server', '--listen', 'ws://127.0.0.1:0'] });
		await server.waitUntilReady(() => /listening/.test(server.stderr));
		const url = /ws:\/\/127\.0\.0\.1:\d+/.exec(server.stderr)?.[0] ?? '';
		const clientHome = path.join(fixture.home.root, 'client-home');
		mkdirSync(clientHome);
		const trusted = `[projects."${fixture.home.workspace}"]\ntrust_level = "trusted"\n`;
		const quiet = 'check_for_update_on_startup = false\n';
		writeFileSync(path.join(clientHome, 'config.toml'), `${quiet}${fakeModelConfig(fixture.model.url, { ...approvals, sandbox_mode: '"workspace-write"' })}${trusted}[features]\ngoals = true\n`);
		const env = { ...fixture.home.env, CODEX_HOME: clientHome, TERM: 'screen-256color' };

		terminal = new Terminal(fixture, { program, args: ['--remote', url], env });
		await terminal.see('the client opens', /OpenAI Codex[\s\S]*› /);

		await terminal.send('tell me something');
		await terminal.see('the answer streams', /The first line of it\./);
		half.open();
		await terminal.see('the answer is whole', /And the second one\./);

		await terminal.send('make a file');
		await terminal.see('a command is asked for', /touch allowed\.txt[\s\S]*Yes, proceed/);
		const file = path.join(fixture.home.workspace, 'allowed.txt');
		if (existsSync(file)) throw new Error('the command ran before it was allowed');
		terminal.press('y');
		await terminal.see('the turn goes on after the command', /The file is there\./);
		if (!existsSync(file)) throw new Error('the allowed command did not run');

		await terminal.send('make a patch');
		if (isOld) {
			await terminal.see('a patch is asked for', /patched\.txt[\s\S]*Yes, proceed/);
			terminal.press('y');
		}
		await terminal.see('the patch is made', /The patch is in\./);
		if (!existsSync(path.join(fixture.home.workspace, 'patched.txt'))) throw new Error('the patch was not made');

		await terminal.send('/status');
		await terminal.see('the state is told', isOld ? /Directory:[\s\S]*Permissions: +Custom \(workspace, untrusted\)[\s\S]*Session:/ : /Directory:[\s\S]*Permissions: +Workspace \(Ask for approval\)[\s\S]*Session:/);

		await terminal.send('talk for long');
		await never.reached();
		// Newer clients show no hint beside an answer that streams.
		await terminal.see('the turn runs', /esc to interrupt|I begin and/);
		terminal.press('Escape');
		await terminal.see('the turn is interrupted', /interrupted/);
		never.open();

		await terminal.send('/quit');
		await terminal.see('the client ends and names the thread', /resume [0-9a-f-]{36}/);
		const thread = /resume ([0-9a-f-]{36})/.exec(terminal.screen())?.[1] ?? '';
		terminal.end();

		terminal = new Terminal(fixture, { program, args: ['resume', thread, '--remote', url], env });
		await terminal.see('the old thread is shown', /tell me something[\s\S]*And the second one\.[\s\S]*make a file[\s\S]*The file is there\./);
		await terminal.send('and now');
		await terminal.see('the old thread goes on', /Here I am again\./);
		const sent = JSON.stringify(fixture.model.requests.at(-1)?.body.input);
		if (!['tell me something', 'touch allowed.txt', 'talk for long', 'and now'].every((text) => sent.includes(text))) {
			throw new Error(`the model did not get the whole history: ${sent}`);
		}
		console.log('ok   the model gets the whole history');

		await useCommands(terminal, fixture, { isOld, modelHome: isOld ? clientHome : fixture.home.codexHome });

		await terminal.send('/fork');
		await terminal.see('the thread is forked', /forked from|Fork created/i);
		await terminal.send('in the fork');
		await terminal.see('the fork goes on', /› in the fork[\s\S]*As you like\./);
		terminal.end();

		terminal = new Terminal(fixture, { program, args: ['resume', '--remote', url], env });
		await terminal.see('the picker lists the old threads', /Resume a previous[\s\S]*tell me something/);
		terminal.press('Enter');
		await terminal.see('the picked thread is shown', /› plan this[\s\S]*› in the fork/);
		// Newer clients load older turns when a person scrolls to them.
		if (!isOld) terminal.press('PPage', 'PPage');
		await terminal.see('its first turns are there too', /tell me something[\s\S]*And the second one\.[\s\S]*The file is there\./);
	} finally {
		terminal?.end();
		await fixture.dispose();
	}
}

/** The commands of the client, after some turns. `modelHome` is where it saves a model: 0.130 in its own home, newer ones in the server's. */
async function useCommands(terminal: Terminal, fixture: ServerFixture, { isOld, modelHome }: { readonly isOld: boolean; readonly modelHome: string }): Promise<void> {
	await terminal.send('/model');
	await terminal.see('the models are listed', /Select Model[\s\S]*gpt-6\.2-astra/i);
	terminal.press('2');
	await terminal.see('the efforts of the model are listed', /Select Reasoning Level for gpt-6\.2-astra/i);
	terminal.press('Enter');
	await terminal.see('the model is changed', /Model changed to gpt-6\.2-astra/);
	await until('the model is saved', () => /^model = "gpt-6\.2-astra"$/m.test(readFileSync(path.join(modelHome, 'config.toml'), 'utf8')));
	console.log('ok   the model is saved');

	await terminal.send('/permissions');
	await terminal.see('the permissions are listed', /Update Model Permissions[\s\S]*Full Access/);
	terminal.press('2');
	await terminal.see('other permissions are asked for', /Permissions updated to|Permission selection requested/);
	await terminal.send('/permissions');
	await terminal.see('other permissions are taken', /(?:Auto-review|Approve for me) \(current\)/);
	terminal.press('Escape');
	await terminal.see('the list of permissions is closed', /^(?![\s\S]*\(current\))/);

	await terminal.send('/mcp');
	await terminal.see('the MCP servers and their tools are told', isOld ? /MCP Tools[\s\S]*memory[\s\S]*create_entities/ : /MCP Tools[\s\S]*memory: connected \(9 tools\)/);

	await terminal.send('/skills');
	await terminal.see('the skills can be listed', /1\. List skills/);
	terminal.press('Enter');
	await terminal.see('the skills are listed', /brew-tea +\[Skill\] How to brew tea/);
	terminal.press('Escape');
	await terminal.see('the list of skills is closed', /^(?![\s\S]*How to brew tea)/);
	terminal.press('BSpace');
	await terminal.see('the composer is empty', /^(?![\s\S]*› \$)/);

	await terminal.send('/diff');
	await terminal.see('the changes are shown', /patched\.txt[\s\S]*to scroll/);
	terminal.press('q');
	await terminal.see('the changes are closed', /› (?!\/)/);

	await terminal.send('/compact');
	await terminal.see('the history is compacted', /Context compacted/);
	const summarized = JSON.stringify(fixture.model.requests.at(-1)?.body.input);
	if (!summarized.includes('tell me something')) throw new Error(`the summary was asked of something else: ${summarized}`);

	await terminal.send('/review');
	await terminal.see('the reviews are listed', /Select a review preset[\s\S]*4\. Custom review/);
	terminal.press('4');
	await terminal.see('instructions can be given', /^(?![\s\S]*Select a review preset)[\s\S]*Custom review instructions/);
	await terminal.send('look for mistakes in spelling', '');
	await terminal.see('the review has ended', /Code review finished|review finished/i);
	if (!JSON.stringify(fixture.model.requests.at(-1)?.body.input).includes('look for mistakes')) throw new Error('the review did not get its instructions');

	await terminal.send('/plan');
	await terminal.see('the plan mode is on', /Plan mode/);
	await terminal.send('plan this');
	await terminal.see('a turn in plan mode ends', /› plan this[\s\S]*As you like\./);
	const planned = JSON.stringify(fixture.model.requests.at(-1)?.body);
	if (!planned.includes('Plan mode') && !planned.includes('plan mode') && !planned.includes('Plan Mode')) throw new Error(`the model does not know the plan mode: ${planned}`);
	terminal.press('BTab');
	await terminal.see('the plan mode is off', /^(?![\s\S]*Plan mode \()/);

	// 0.130 tells the server of the mode with the next message; no goal is pursued in plan mode.
	await terminal.send('leave the plan');
	await terminal.see('a turn without plan mode ends', /› leave the plan[\s\S]*As you like\./);

	await terminal.send('/goal write the tests');
	await terminal.see('a goal without a tool call is paused after three turns', /Goal paused/);
}

if (spawnSync('tmux', ['-V']).status !== 0) console.log('left out: tmux is not installed (apt-get install tmux)');
else {
	for (const program of programs) {
		if (existsSync(program)) await drive(program);
		else console.log(`left out: the reference program is not at ${program} (npm install @openai/codex@VERSION in a scratch folder)`);
	}
}

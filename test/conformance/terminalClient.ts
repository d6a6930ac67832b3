/**
 * Drives the terminal client of the reference program against our server, in tmux, with a scripted model: open, send a message, see
 * the answer stream, allow a command, interrupt, resume an old thread. Run by hand after a build:
 *   node test/conformance/terminalClient.ts [PROGRAM] [--show]
 * PROGRAM is the reference's `codex` (default /tmp/ref/node_modules/.bin/codex); --show prints the screen after each step.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { fakeModelConfig } from '../support/appServerProcess.ts';
import { until } from '../support/deadline.ts';
import { Gate, respond, say } from '../support/fakeModelServer.ts';
import { execCommand, itemAdded, itemDone, message, messageItem, textDelta } from '../support/modelEvents.ts';
import { type ServerFixture, serverFixture } from '../support/serverFixture.ts';

const { values: flags, positionals } = parseArgs({ options: { show: { type: 'boolean', default: false } }, allowPositionals: true });
const program = positionals[0] ?? '/tmp/ref/node_modules/.bin/codex';

/** A terminal of its own, with a tmux server of its own: nothing of the user's is touched. */
class Terminal {
	readonly #socket: string;

	constructor(fixture: ServerFixture, { args, env }: { args: readonly string[]; env: Readonly<Record<string, string>> }) {
		this.#socket = path.join(fixture.home.root, 'tmux.sock');
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
	async send(text: string): Promise<void> {
		this.type(text);
		await this.see(`"${text}" stands in the composer`, new RegExp(`› ${text}`));
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

async function drive(): Promise<void> {
	const [half, never] = [new Gate(), new Gate()];
	const fixture = await serverFixture(
		[
			respond(
				itemAdded({ type: 'message', role: 'assistant', id: 'msg_1', content: [] }),
				textDelta('The first line of it.\n'),
				half,
				textDelta('And the second one.'),
				itemDone(messageItem('The first line of it.\nAnd the second one.')),
			),
			respond(execCommand('touch allowed.txt')),
			respond(message('The file is there.', 'msg_2')),
			respond(itemAdded({ type: 'message', role: 'assistant', id: 'msg_3', content: [] }), textDelta('I begin and', 'msg_3'), never),
			say('Here I am again.'),
		],
		{ approval_policy: '"untrusted"', sandbox_mode: '"workspace-write"' },
	);
	let terminal: Terminal | null = null;
	try {
		const server = fixture.start({ args: ['app-server', '--listen', 'ws://127.0.0.1:0'] });
		await server.waitUntilReady(() => /listening/.test(server.stderr));
		const url = /ws:\/\/127\.0\.0\.1:\d+/.exec(server.stderr)?.[0] ?? '';
		const clientHome = path.join(fixture.home.root, 'client-home');
		mkdirSync(clientHome);
		const trusted = `[projects."${fixture.home.workspace}"]\ntrust_level = "trusted"\n`;
		const quiet = 'check_for_update_on_startup = false\n';
		writeFileSync(path.join(clientHome, 'config.toml'), `${quiet}${fakeModelConfig(fixture.model.url, { approval_policy: '"untrusted"' })}${trusted}`);
		const env = { ...fixture.home.env, CODEX_HOME: clientHome, TERM: 'screen-256color' };

		terminal = new Terminal(fixture, { args: ['--remote', url], env });
		await terminal.see('the client opens', /OpenAI Codex[\s\S]*\n› /);

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

		await terminal.send('talk for long');
		await never.reached();
		await terminal.see('the turn runs', /esc to interrupt/);
		terminal.press('Escape');
		await terminal.see('the turn is interrupted', /interrupted/);
		never.open();

		await terminal.send('/quit');
		await terminal.see('the client ends and names the thread', /codex resume [0-9a-f-]{36}/);
		const thread = /codex resume ([0-9a-f-]{36})/.exec(terminal.screen())?.[1] ?? '';
		terminal.end();

		terminal = new Terminal(fixture, { args: ['resume', thread, '--remote', url], env });
		await terminal.see('the old thread is shown', /tell me something[\s\S]*And the second one\.[\s\S]*make a file[\s\S]*The file is there\./);
		await terminal.send('and now');
		await terminal.see('the old thread goes on', /Here I am again\./);
		const sent = JSON.stringify(fixture.model.requests.at(-1)?.body.input);
		if (!['tell me something', 'touch allowed.txt', 'talk for long', 'and now'].every((text) => sent.includes(text))) {
			throw new Error(`the model did not get the whole history: ${sent}`);
		}
		console.log('ok   the model gets the whole history');
	} finally {
		terminal?.end();
		await fixture.dispose();
	}
}

const missing = [
	spawnSync('tmux', ['-V']).status === 0 ? null : 'tmux is not installed (apt-get install tmux)',
	existsSync(program) ? null : `the reference program is not at ${program} (npm install @openai/codex@0.130.0 in a scratch folder)`,
].filter((reason) => reason !== null);
if (missing.length > 0) {
	console.log(`left out: ${missing.join('; ')}`);
} else {
	await drive();
}

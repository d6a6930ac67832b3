import { RuleBook } from '../../approval/ruleBook.ts';
import { WorkspaceGrants } from '../../approval/grants/workspaceGrants.ts';
import { SessionGrants } from '../../approval/grants/sessionGrants.ts';
import { ThreadGrants } from '../../approval/grants/threadGrants.ts';
import { HostQuestions } from '../../approval/hostQuestions.ts';
import { PermissionGrants } from '../../approval/grants/permissionGrants.ts';
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, before, beforeEach, describe, it } from 'mocha';
import type { CommandDecision, CommandQuestion } from '../../items/approver.ts';
import { TimeLimits } from '../../exec/timeLimits.ts';
import { recordsNothing } from '../../patch/changeRecorder.ts';
import { TreeSitterShellParser } from '../../approval/shell/shellParser.ts';
import { DEFAULT_ENVIRONMENT_POLICY } from '../../exec/environment.ts';
import { LoginShells } from '../../exec/loginShells.ts';
import { NodeProcessHost } from '../../exec/processHost.ts';
import { BubblewrapSandbox } from '../../sandbox/linux/bubblewrap.ts';
import type { TurnEvent } from '../../items/events.ts';
import type { CommandItem } from '../../items/item.ts';
import type { TurnSettings } from '../../items/settings.ts';
import { truncateForModel } from './commandOutput.ts';
import { type CommandTools, createCommandTools } from './commandTools.ts';
import type { ToolContext } from '../tool.ts';
import { patient, until } from '../../../test/support/deadline.ts';
import { needsBubblewrap } from '../../../test/support/needsBubblewrap.ts';
import { inEnglish, type Text } from '../../words/l10n.ts';

const wasm = new URL('../../../node_modules/@vscode/tree-sitter-wasm/wasm/', import.meta.url);
const parser = new TreeSitterShellParser({ read: (name) => readFile(new URL(name, wasm)) }, (error) => assert.fail(String(error)));
const workspaceWrite = { type: 'workspaceWrite', writableRoots: [], networkAccess: false, excludeSlashTmp: true, excludeTmpdirEnvVar: true } as const;

describe('command tools', () => {
	let folder = '';
	let host: NodeProcessHost;
	let commands: CommandTools;
	let events: TurnEvent[] = [];
	let questions: CommandQuestion[] = [];
	let answers: CommandDecision[] = [];
	let abort = new AbortController();
	let turn = 0;
	let [useProfile, asksForMore] = [false, false];

	function setUp(program = '/usr/bin/bwrap') {
		host = new NodeProcessHost();
		const env = { PATH: process.env['PATH'], HOME: folder };
		const home = path.join(folder, 'home');
		const sandbox = new BubblewrapSandbox({ host, env: process.env, codexHome: home, program });
		const limits = new TimeLimits();
		const kept = { home, onProblem: ({ message }: { readonly message: Text }) => assert.fail(inEnglish(message)) };
		const rules = new RuleBook({ ...kept, projectFolders: () => [] });
		const workspaces = new WorkspaceGrants({ ...kept, trust: () => null });
		commands = createCommandTools({
			host,
			limits,
			sandbox,
			parser,
			rules,
			workspaces,
			hosts: new HostQuestions({ rules, grants: new ThreadGrants('host'), workspaces, limits }),
			grants: new SessionGrants(),
			env,
			helpers: () => Promise.resolve(null),
			patches: { run: () => Promise.reject(new Error('no patch was expected')) },
			changes: recordsNothing,
			permissions: new PermissionGrants(),
			asksForMore: () => asksForMore,
			mostInBackground: () => 2,
			mostPollMs: () => undefined,
			environmentPolicy: () => ({ ...DEFAULT_ENVIRONMENT_POLICY, useProfile }),
			shells: new LoginShells({ host, env, folder: path.join(folder, 'shells'), mode: () => 'snapshot', onProblem: assert.fail }),
		});
	}

	beforeEach(() => {
		folder = realpathSync(mkdtempSync(path.join('/var/tmp', 'tiller-commands-')));
		mkdirSync(path.join(folder, 'ws'));
		[events, questions, answers, abort, turn, useProfile, asksForMore] = [[], [], [], new AbortController(), 1, false, false];
		setUp();
	});
	afterEach(async () => {
		await host.dispose();
		rmSync(folder, { recursive: true, force: true });
	});

	function context(settings: Partial<TurnSettings> = {}): ToolContext {
		return {
			threadId: 'thread',
			turnId: `turn${turn}`,
			settings: {
				cwd: path.join(folder, 'ws'),
				approvalPolicy: 'never',
				sandbox: { type: 'dangerFullAccess' },
				shell: { path: '/bin/sh', name: 'sh' },
				model: { toolOutputTokens: 10_000 },
				...settings,
			} as TurnSettings,
			clientTools: { callTool: () => Promise.resolve({ type: 'cancel' }) },
			approver: {
				command: (question) => {
					questions.push(question);
					const answer = answers.shift() ?? { type: 'decline' };
					if (answer.type === 'cancel') abort.abort();
					return Promise.resolve(answer);
				},
				userInput: () => Promise.resolve({ type: 'cancel' as const }),
				fileChange: () => Promise.resolve({ type: 'decline' }),
				permissions: () => Promise.resolve({ type: 'decline' }),
				elicitation: () => Promise.resolve({ type: 'decline' }),
			},
			signal: abort.signal,
			emit: (event) => events.push(event),
		};
	}

	const tool = (name: string) => {
		const found = commands.tools.sessions.find((each) => each.name === name);
		assert.ok(found);
		return found;
	};
	let calls = 0;
	async function call(name: string, args: unknown, settings: Partial<TurnSettings> = {}): Promise<string> {
		const outcome = await tool(name).run(
			{ callId: `call_${++calls}`, name, namespace: null, kind: 'function', input: JSON.stringify(args) },
			context(settings),
		);
		assert.ok(typeof outcome.output === 'string');
		return outcome.output;
	}
	const exec = (cmd: string, args: object = {}, settings: Partial<TurnSettings> = {}) =>
		call('exec_command', { cmd, login: false, ...args }, settings);
	const endTurn = async () => {
		await tool('exec_command').endTurn?.(context());
		turn++;
	};
	const started = () => events.flatMap((event) => (event.type === 'itemStarted' && event.item.type === 'command' ? [event.item] : []));
	const completed = () =>
		events.flatMap((event): CommandItem[] => (event.type === 'itemCompleted' && event.item.type === 'command' ? [event.item] : []));
	const output = () => events.flatMap((event) => (event.type === 'commandOutput' ? [event.delta] : [])).join('');
	const session = (text: string) => Number(/session ID (\d+)/.exec(text)?.[1]);
	const alive = (pid: number) => existsSync(`/proc/${pid}`) && !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));

	it('runs a command and shows the same to person and model', async () => {
		const text = await exec('echo out; echo err >&2; exit 3');
		assert.match(
			text,
			/^Chunk ID: [0-9a-f]{6}\nWall time: \d+\.\d{4} seconds\nProcess exited with code 3\nOriginal token count: 2\nOutput:\n(out\nerr\n|err\nout\n)$/,
		);
		const [item] = completed();
		assert.equal(started().length, 1);
		assert.deepEqual([item?.status, item?.exitCode, item?.output?.length, item?.source], ['failed', 3, 8, 'unifiedExecStartup']);
		assert.equal(output(), item?.output);
	});

	it("has the user's profile when it asks for it, and always when the configuration says so", async () => {
		writeFileSync(path.join(folder, '.profile'), 'export FROM_PROFILE=yes\n');
		const asked = (login: boolean) => exec('echo "profile: $FROM_PROFILE."', { login });
		assert.match(await asked(false), /profile: \.$/m);
		assert.match(await asked(true), /profile: yes\.$/m);
		useProfile = true;
		assert.match(await asked(false), /profile: yes\.$/m);
	});

	it('runs in the home and below it where the folder begins with a tilde', async () => {
		assert.match(await exec('pwd', { workdir: '~/ws' }), new RegExp(`${folder}/ws$`, 'm'));
		assert.match(await exec('pwd', { workdir: '~' }), new RegExp(`${folder}$`, 'm'));
	});

	it('says what is wrong with a call or a folder', async () => {
		assert.match(await call('exec_command', { cmd: 5 }), /^failed to parse function arguments: invalid type: integer `5`, expected a string/);
		assert.match(await call('exec_command', { cmd: 'ls', sandbox_permissions: 'all' }), /unknown variant `all`/);
		symlinkSync('loop', path.join(folder, 'ws/loop'));
		for (const workdir of ['missing', 'loop']) assert.match(await exec('pwd', { workdir }), /the working directory .*\/ws\/\w+ does not exist$/);
		assert.equal(String(completed().map((item) => item.status)), 'failed,failed');
	});

	it('does not run what was declined, and asks once for what was allowed for the session', async () => {
		const untrusted = { approvalPolicy: 'untrusted' } as const;
		answers = [{ type: 'decline' }, { type: 'acceptForSession' }];
		assert.match(await exec('touch a', { justification: 'Need it' }, untrusted), /rejected by user$/);
		assert.equal(questions[0]?.reason, 'Need it');
		assert.ok(!existsSync(path.join(folder, 'ws/a')));
		assert.deepEqual([completed()[0]?.status, completed()[0]?.processId], ['declined', null]);
		await exec('touch a', {}, untrusted);
		for (const same of [
			'touch  "a"',
			"'touch' a",
			"bash -lc 'touch a'",
			`/bin/bash -c "sh -c 'touch  a'"`,
			`cd ${folder}/ws && touch a`,
			'cd . && touch a',
		])
			await exec(same, {}, untrusted);
		assert.equal(questions.length, 2);
		for (const other of [
			'touch a b',
			'touch a > log',
			"bash -c 'touch a' x",
			"bash -c 'touch a > log'",
			"sudo bash -c 'touch a'",
			'cd .. && touch a',
			'touch a; touch b',
			'./bash -c "touch a"',
		])
			await exec(other, {}, untrusted);
		assert.equal(questions.length, 10);
		await exec('touch a', { workdir: '..' }, untrusted);
		await exec('touch a', { sandbox_permissions: 'require_escalated' }, { approvalPolicy: 'on-request', sandbox: workspaceWrite });
		assert.equal(questions.length, 12);
		assert.ok(existsSync(path.join(folder, 'ws/a')));
		assert.equal(started().length, completed().length);
	});

	it('saves the rule that a person accepts', async () => {
		answers = [{ type: 'acceptWithExecpolicyAmendment', prefix: ['touch'] }];
		await exec('touch a', { prefix_rule: ['touch'] }, { approvalPolicy: 'untrusted' });
		assert.deepEqual(questions[0]?.proposedPrefix, ['touch']);
		setUp();
		await exec('touch b', {}, { approvalPolicy: 'untrusted' });
		assert.equal(questions.length, 1);
		assert.ok(existsSync(path.join(folder, 'ws/b')));
	});

	it('ends the turn on cancel', async () => {
		answers = [{ type: 'cancel' }];
		assert.match(await exec('touch a', {}, { approvalPolicy: 'untrusted' }), /^aborted by user after \d/);
		assert.equal(completed()[0]?.status, 'declined');
	});

	it('stops the whole group on an interrupt, within a second, and completes the item', async () => {
		const running = exec('(trap "" TERM; echo $$ > new; mv new pid; while :; do sleep 0.05; done) & wait', { yield_time_ms: 30000 });
		await until('the command to run', () => existsSync(path.join(folder, 'ws/pid')));
		const at = Date.now();
		abort.abort();
		assert.match(await running, /^aborted by user/);
		await endTurn();
		assert.ok(Date.now() - at < patient(1000));
		assert.deepEqual([completed()[0]?.status, completed()[0]?.exitCode], ['failed', -1]);
		assert.ok(!alive(Number(readFileSync(path.join(folder, 'ws/pid'), 'utf8'))));
	});

	it('keeps a long command alive over the turn; every item completes before its turn ends', async () => {
		const text = await exec('echo one; while [ ! -e go ]; do sleep 0.02; done; echo two', { yield_time_ms: 1500 });
		assert.match(text, /\none\n$/);
		const id = session(text);
		assert.equal(completed().length, 0);
		await endTurn();
		assert.deepEqual([completed()[0]?.status, completed()[0]?.exitCode, completed()[0]?.output], ['completed', null, 'one\n']);
		writeFileSync(path.join(folder, 'ws/go'), '');
		assert.match(await call('write_stdin', { session_id: id }), /exited with code 0\nOriginal token count: 1\nOutput:\ntwo\n$/);
		const [, ended, interaction] = completed();
		assert.deepEqual([ended?.id, ended?.status, ended?.exitCode, ended?.output], [started()[0]?.id, 'completed', 0, 'one\ntwo\n']);
		assert.deepEqual([interaction?.source, interaction?.output, interaction?.exitCode], ['unifiedExecInteraction', 'two\n', 0]);
		assert.equal(await call('write_stdin', { session_id: id }), `write_stdin failed: Unknown process id ${id}`);
		assert.equal(completed().length, started().length + 1);
	});

	it('completes the item of a command once more when it ends after its turn, in that turn', async () => {
		await exec('while [ ! -e go ]; do sleep 0.02; done; echo two; exit 3', { yield_time_ms: 250 });
		await endTurn();
		writeFileSync(path.join(folder, 'ws/go'), '');
		await until('its end', () => completed().length === 2);
		assert.deepEqual([completed()[1]?.status, completed()[1]?.exitCode, completed()[1]?.output], ['failed', 3, 'two\n']);
		const turns = events.flatMap((event) => (event.type === 'itemCompleted' ? [event.turnId] : []));
		assert.deepEqual(turns, [turns[0], turns[0]]);
	});

	it('leaves only so many commands running after a turn: those that were used last, and says which it stopped', async () => {
		const first = session(await exec('sleep 61', { yield_time_ms: 250 }));
		const second = session(await exec('sleep 62', { yield_time_ms: 250 }));
		await endTurn();
		await call('write_stdin', { session_id: first, yield_time_ms: 5000 });
		await exec('sleep 63', { yield_time_ms: 250 });
		await endTurn();
		assert.equal(String(commands.listCommands('thread').map(({ command }) => command)), 'sleep 61,sleep 63');
		assert.match(await call('write_stdin', { session_id: second }), /Unknown process id/);
		const warnings = events.flatMap((event) => (event.type === 'warning' ? [inEnglish(event.message)] : []));
		assert.equal(warnings.length, 1);
		assert.match(warnings[0] ?? '', /No more than 2 .* Stopped: sleep 62\. .*background_commands/);
		assert.deepEqual(
			completed().flatMap(({ stopped, argv }) => (stopped ? argv.at(-1) : [])),
			['sleep 62'],
		);
	});

	it('says of a command that was ended that it was stopped, whatever it says of itself; not of one that the model ended', async () => {
		const gentle = session(await exec('trap "exit 0" TERM; echo ready; while :; do sleep 0.02; done', { yield_time_ms: 1500 }));
		await exec('sleep 60', { yield_time_ms: 250 });
		await endTurn();
		assert.equal(await commands.endCommand('thread', gentle), true);
		await commands.endThread('thread');
		const ends = completed().slice(2);
		assert.deepEqual(
			ends.map(({ status, exitCode, stopped }) => [status, exitCode, stopped].join()),
			['failed,0,true', 'failed,-1,true'],
		);
		const own = session(await exec('sleep 60', { yield_time_ms: 250 }));
		await call('write_stdin', { session_id: own, chars: '\u0003' });
		assert.deepEqual([completed().at(-1)?.status, completed().at(-1)?.stopped], ['failed', undefined]);
	});

	it('ends background commands of earlier turns when a person stops', async () => {
		const id = session(await exec('echo $$ > pid; sleep 60', { yield_time_ms: 250 }));
		await endTurn();
		abort.abort();
		await endTurn();
		assert.ok(!alive(Number(readFileSync(path.join(folder, 'ws/pid'), 'utf8'))));
		abort = new AbortController();
		assert.match(await call('write_stdin', { session_id: id }), /Unknown process id/);
	});

	it('runs commands that models call as they did in older threads, to their end or their time limit', async () => {
		const shell = (args: object) => call('shell', args);
		assert.match(await shell({ command: ['echo', 'a b'] }), /^Exit code: 0\nWall time: \d+\.\d seconds\nOutput:\na b\n$/);
		assert.match(await call('shell_command', { command: 'echo two; exit 3', login: false }), /^Exit code: 3\n.*\nOutput:\ntwo\n$/);
		assert.match(
			await call('local_shell', { type: 'exec', command: ['sh', '-c', 'pwd'], working_directory: '..', env: {} }),
			/^Exit code: 0\n.*\n.*\n\/.*\n$/,
		);
		assert.ok(completed().every(({ source, processId }) => source === 'agent' && processId === null));
		const late = await shell({ command: ['sh', '-c', 'echo begun; echo $$ > pid; sleep 60'], timeout_ms: 700 });
		assert.match(late, /^Exit code: 124\n.*\nOutput:\ncommand timed out after 700 milliseconds\nbegun\n$/);
		assert.ok(!alive(Number(readFileSync(path.join(folder, 'ws/pid'), 'utf8'))));
		assert.deepEqual([completed().at(-1)?.status, completed().at(-1)?.stopped, commands.isRunning('thread')], ['failed', undefined, false]);
		assert.match(await shell({ command: ['pwd'], workdir: 'missing' }), /^shell failed for `pwd`: the working directory/);
		assert.match(await call('shell', { command: ['touch', 'a'] }, { approvalPolicy: 'untrusted' }), /rejected by user/);
		assert.match(await call('shell', { command: ['ls'], with_escalated_permissions: true }), /cannot ask for escalated permissions/);
	});

	it('types into a terminal; without one only stops', async () => {
		const id = session(await exec('read line; echo "got $line"', { tty: true, yield_time_ms: 250 }));
		assert.match(await call('write_stdin', { session_id: id, chars: 'hi\n', yield_time_ms: 5000 }), /code 0[^]*hi\r\ngot hi\r\n$/);
		const other = session(await exec('sleep 60', { yield_time_ms: 250 }));
		assert.match(await call('write_stdin', { session_id: other, chars: 'x' }), /stdin is closed .* tty=true/);
		assert.match(await call('write_stdin', { session_id: other, chars: '\u0003' }), /exited with code -1/);
		assert.deepEqual(
			events.flatMap((event) => (event.type === 'terminalInteraction' ? [event.stdin] : [])),
			['hi\n', '\u0003'],
		);
	});

	describe('and the sandbox', function () {
		before(function () {
			needsBubblewrap(this);
		});

		it('stops writes outside, and asks nobody under never', async () => {
			const text = await exec(`echo x > in; echo x > ${folder}/out`, {}, { sandbox: workspaceWrite });
			assert.match(text, /Read-only file system/);
			assert.match(await exec('true', { sandbox_permissions: 'require_escalated' }, { sandbox: workspaceWrite }), /^approval policy is Never/);
			assert.deepEqual([existsSync(`${folder}/ws/in`), existsSync(`${folder}/out`), questions.length], [true, false, 0]);
		});

		it('is left only with a yes', async () => {
			const settings = { sandbox: workspaceWrite, approvalPolicy: 'on-request' } as const;
			answers = [{ type: 'decline' }, { type: 'accept' }];
			await exec(`echo x > ${folder}/out`, { sandbox_permissions: 'require_escalated' }, settings);
			assert.ok(!existsSync(`${folder}/out`));
			await exec(`echo x > ${folder}/out`, { sandbox_permissions: 'require_escalated' }, settings);
			assert.ok(existsSync(`${folder}/out`));
		});

		it('leads to a question under on-failure, and the answer no keeps the first result', async () => {
			const settings = { sandbox: workspaceWrite, approvalPolicy: 'on-failure' } as const;
			answers = [{ type: 'decline' }, { type: 'accept' }];
			assert.match(await exec(`echo x > ${folder}/out`, {}, settings), /exited with code [12]\n[^]*Read-only/);
			assert.equal(completed()[0]?.status, 'failed');
			assert.match(await exec(`echo x > ${folder}/out`, {}, settings), /exited with code 0/);
			assert.match(questions[1]?.reason ?? '', /sandbox seems to have stopped/);
			assert.equal(started().length, 2);
			assert.deepEqual(
				completed().map((item) => item.status),
				['failed', 'completed'],
			);
		});

		it('is never skipped when it is missing: never refuses, other policies ask with the reason', async () => {
			setUp('/no/such/bwrap');
			assert.match(await exec('touch a', {}, { sandbox: workspaceWrite }), /it was not run, because the sandbox program .*not found.*Install it/s);
			assert.ok(!existsSync(`${folder}/ws/a`));
			assert.equal(completed()[0]?.status, 'failed');
			answers = [{ type: 'accept' }];
			await exec('touch a', {}, { sandbox: workspaceWrite, approvalPolicy: 'on-request' });
			assert.match(questions[0]?.reason ?? '', /^Run it without a sandbox\?.*not found/);
			assert.ok(existsSync(`${folder}/ws/a`));
		});
	});
});

describe('output for a model', () => {
	it('keeps beginning and end of a long text, whole characters only', () => {
		assert.equal(truncateForModel('short', 2), 'short');
		assert.equal(truncateForModel('0123456789\nabcdefghij\n', 2), 'Total output lines: 2\n\n0123…4 tokens truncated…hij\n');
		assert.ok(!truncateForModel('ä'.repeat(100), 5).includes('\ufffd'));
		assert.equal(truncateForModel('x\n', 0), 'Total output lines: 1\n\n…1 tokens truncated…');
	});
});

import { ThreadGrants } from '../../approval/grants/threadGrants.ts';
import { WorkspaceGrants } from '../../approval/grants/workspaceGrants.ts';
import { PermissionGrants } from '../../approval/grants/permissionGrants.ts';
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FileChangeDecision, FileChangeQuestion } from '../../items/approver.ts';
import { bundledModels } from '../../model/catalogue/catalogue.ts';
import { recordsNothing } from '../../patch/changeRecorder.ts';
import { localApplier } from '../../patch/applyChanges.ts';
import type { FileChangeApplier } from '../../patch/fileChangeApplier.ts';
import { diskReader, type FileReader } from '../../patch/fileReader.ts';
import { diskLookup } from '../../sandbox/policy/fileLookup.ts';
import type { SandboxPolicy } from '../../sandbox/policy/policy.ts';
import type { TurnEvent } from '../../items/events.ts';
import type { ApprovalPolicy, TurnSettings } from '../../items/settings.ts';
import { applyPatchTool, runPatchCommand } from './applyPatch.ts';
import { PatchRunner } from './patchRunner.ts';
import type { ToolContext } from '../tool.ts';
import { updatePlanTool } from '../updatePlan.ts';
import { viewImageTool } from '../viewImage.ts';
import { inEnglish } from '../../words/l10n.ts';

const fullAccess: SandboxPolicy = { type: 'dangerFullAccess' };
const workspace: SandboxPolicy = {
	type: 'workspaceWrite',
	writableRoots: [],
	networkAccess: false,
	excludeTmpdirEnvVar: true,
	excludeSlashTmp: true,
};

describe('tools that change and show files', () => {
	let folder = '';
	let outside = '';
	beforeEach(async () => {
		const root = await realpath(await mkdtemp(join(tmpdir(), 'patch-tools-')));
		folder = join(root, 'project');
		outside = join(root, 'outside');
		await mkdir(folder);
		await mkdir(outside);
	});
	afterEach(() => rm(join(folder, '..'), { recursive: true, force: true }));

	function setUp(
		options: {
			policy?: ApprovalPolicy;
			sandbox?: SandboxPolicy;
			codexHome?: string;
			answers?: FileChangeDecision['type'][];
			applier?: FileChangeApplier;
			reader?: FileReader;
		} = {},
	) {
		const events: TurnEvent[] = [];
		const questions: FileChangeQuestion[] = [];
		const answers = [...(options.answers ?? [])];
		const [model] = bundledModels('openai');
		assert(model);
		const settings: TurnSettings = {
			model,
			provider: 'mock',
			effort: null,
			summary: null,
			verbosity: null,
			serviceTier: null,
			cwd: folder,
			approvalPolicy: options.policy ?? 'never',
			sandbox: options.sandbox ?? fullAccess,
			outputSchema: null,
			shell: { path: '/bin/bash', name: 'bash' },
			mode: 'default',
			modeInstructions: null,
			personality: null,
			webSearch: 'disabled',
			goals: false,
			hasEnvironment: true,
			configScope: { cwd: folder, request: {}, threadConfig: {} },
		};
		const context: ToolContext = {
			threadId: 'thread',
			turnId: 'turn',
			settings,
			signal: new AbortController().signal,
			emit: (event) => events.push(event),
			clientTools: { callTool: () => Promise.resolve({ type: 'cancel' }) },
			approver: {
				permissions: () => Promise.resolve({ type: 'decline' }),
				elicitation: () => Promise.resolve({ type: 'decline' }),
				command: () => Promise.resolve({ type: 'decline' }),
				userInput: () => Promise.resolve({ type: 'cancel' as const }),
				fileChange: (question) => {
					questions.push(question);
					return Promise.resolve({ type: answers.shift() ?? 'decline' });
				},
			},
		};
		const files = new ThreadGrants('files');
		const runner = new PatchRunner({
			reader: () => options.reader ?? diskReader,
			applier: () => options.applier ?? localApplier,
			lookup: diskLookup,
			env: {},
			codexHome: options.codexHome ?? null,
			changes: recordsNothing,
			permissions: new PermissionGrants(),
			workspaces: new WorkspaceGrants({ home: join(folder, 'home'), trust: () => null, onProblem: ({ message }) => assert.fail(inEnglish(message)) }),
			files,
		});
		const tool = applyPatchTool(runner);
		let next = 1;
		const patch = async (...lines: string[]) => {
			const input = ['*** Begin Patch', ...lines, '*** End Patch'].join('\n');
			return String((await tool.run({ callId: `call_${next++}`, name: 'apply_patch', namespace: null, kind: 'custom', input }, context)).output);
		};
		const statuses = () => events.flatMap((event) => (event.type === 'itemCompleted' && event.item.type === 'fileChange' ? [event.item.status] : []));
		return { events, questions, context, runner, files, tool, patch, statuses };
	}

	it('a patch shows its item, changes the files, and tells the model and the turn', async () => {
		await writeFile(join(folder, 'old.txt'), 'a\n');
		const { patch, events } = setUp();
		const output = await patch('*** Add File: new.txt', '+hello', '*** Update File: old.txt', '@@', '-a', '+b');
		assert.match(output, /^Exit code: 0\nWall time: [\d.]+ seconds\nOutput:\nSuccess\. Updated the following files:\nA new\.txt\nM old\.txt\n$/);
		assert.deepEqual(
			events.map((event) => event.type),
			['itemStarted', 'itemCompleted', 'turnDiff'],
		);
		const [started] = events;
		assert(started?.type === 'itemStarted' && started.item.type === 'fileChange');
		assert.deepEqual(started.item.changes, [
			{ path: join(folder, 'new.txt'), kind: { type: 'add' }, diff: 'hello\n' },
			{ path: join(folder, 'old.txt'), kind: { type: 'update', movePath: null }, diff: '@@ -1 +1 @@\n-a\n+b\n' },
		]);
		assert.equal(await readFile(join(folder, 'old.txt'), 'utf8'), 'b\n');
	});

	it('a patch that does not fit shows what it wanted and why it failed, and tells the model why', async () => {
		const { patch, events, tool, context } = setUp();
		const why = `Failed to read file to update ${join(folder, 'gone')}: No such file or directory (os error 2)`;
		assert.equal(
			await patch('*** Update File: gone', '*** Move to: there', '@@', '-a', '+b', '*** Add File: new', '+x', '*** Update File: gone', '@@', '+c'),
			`apply_patch verification failed: ${why}`,
		);
		const [started, completed, ...others] = events.splice(0);
		assert(started?.type === 'itemStarted' && completed?.type === 'itemCompleted');
		const changes = [
			{ path: join(folder, 'gone'), kind: { type: 'update', movePath: null }, diff: '@@\n-a\n+b\n@@\n+c\n' },
			{ path: join(folder, 'new'), kind: { type: 'add' }, diff: 'x\n' },
		];
		assert.deepEqual(started.item, { type: 'fileChange', id: 'call_1', changes, status: 'inProgress' });
		assert.deepEqual(completed.item, { type: 'fileChange', id: 'call_1', changes, status: 'failed', stdout: '', stderr: why });
		assert.deepEqual(others, []);

		const failure = () => {
			const item = events.splice(0).at(-1);
			assert(item?.type === 'itemCompleted' && item.item.type === 'fileChange');
			return [item.item.status, item.item.changes.length, item.item.stderr];
		};
		assert.equal(await patch(), 'patch rejected: empty patch');
		assert.deepEqual(failure(), ['failed', 0, 'empty patch']);
		await patch('*** Frobnicate File: a');
		assert.match(String(failure()), /^failed,0,.*Frobnicate/);
		await tool.run({ callId: 'call_9', name: 'apply_patch', namespace: null, kind: 'function', input: '{"input": 5}' }, context);
		assert.match(String(failure()), /^failed,0,.*expected a string/);
		await rm(folder, { recursive: true });
		await patch('*** Add File: new', '+x');
		assert.deepEqual(failure(), ['failed', 1, `the working directory ${folder} does not exist`]);
	});

	it('outside of the project a patch asks, and is refused where nobody may be asked', async () => {
		const asking = setUp({ policy: 'on-request', sandbox: workspace, answers: ['accept'] });
		await asking.patch('*** Add File: inside', '+x');
		assert.equal(asking.questions.length, 0);
		await asking.patch(`*** Add File: ${outside}/x`, '+x');
		assert.equal(asking.questions.length, 1);
		const never = setUp({ policy: 'never', sandbox: workspace });
		assert.equal(
			await never.patch(`*** Add File: ${outside}/y`, '+y'),
			'patch rejected: writing outside of the project; rejected by user approval settings',
		);
		assert.deepEqual(never.statuses(), ['declined']);
		assert.deepEqual(await readdir(outside), ['x']);
	});

	it('the repository itself is outside of the project for patches as for commands', async () => {
		await mkdir(join(folder, '.git'));
		const { patch, questions } = setUp({ policy: 'on-request', sandbox: workspace });
		await patch('*** Add File: .git/hooks/pre-commit', '+evil');
		assert.equal(questions.length, 1);
		assert.deepEqual(await readdir(join(folder, '.git')), []);
	});

	it('settings that run programs are asked about with the reason, and never changed where nobody is asked', async () => {
		await mkdir(join(folder, '.vscode'));
		const asking = setUp({ policy: 'on-request', sandbox: workspace });
		const files = [
			'.vscode/tasks.json',
			'.VSCode2/../.vscode/settings.json',
			'.codex/rules/default.rules',
			'.codex/config.toml',
			'.agents/skills/a/SKILL.md',
			'.git/config',
		];
		for (const file of files) await asking.patch(`*** Add File: ${file}`, '+evil');
		assert.deepEqual(
			asking.questions.map(({ reason }) => /^(\.\w+) holds settings that can run programs/.exec(reason ?? '')?.[1]),
			['.vscode', '.vscode', '.codex', '.codex', '.agents', '.git'],
		);
		const never = setUp({ sandbox: workspace });
		for (const file of files) assert.match(await never.patch(`*** Add File: ${file}`, '+evil'), /^patch rejected/);
		assert.deepEqual(await readdir(folder, { recursive: true }), ['.vscode']);
		const free = setUp();
		assert.match(await free.patch('*** Add File: .vscode/launch.json', '+{}'), /^Exit code: 0/);
	});

	it("the agent's own rules and configuration are asked about wherever they lie", async () => {
		const home = join(folder, 'home');
		await mkdir(join(home, 'rules'), { recursive: true });
		const { patch, questions } = setUp({ policy: 'on-request', sandbox: workspace, codexHome: home });
		for (const file of ['rules/default.rules', 'config.toml', 'tiller/approvals.jsonl']) await patch(`*** Add File: home/${file}`, '+evil');
		assert.equal(questions.length, 3);
		assert.deepEqual(await readdir(home, { recursive: true }), ['rules']);
	});

	it('read-only under never says so', async () => {
		const { patch } = setUp({ sandbox: { type: 'readOnly', networkAccess: false } });
		assert.equal(await patch('*** Add File: a', '+a'), 'patch rejected: writing is blocked by read-only sandbox; rejected by user approval settings');
	});

	it('a patch in a folder that is gone says so, and makes none', async () => {
		const { patch } = setUp();
		await rm(folder, { recursive: true });
		assert.equal(await patch('*** Add File: a', '+a'), `apply_patch verification failed: the working directory ${folder} does not exist`);
		assert.equal(existsSync(folder), false);
		await mkdir(folder);
	});

	it('a declined and a cancelled patch end their item and leave the files alone', async () => {
		const { patch, statuses } = setUp({ policy: 'untrusted', answers: ['decline', 'cancel'] });
		assert.equal(await patch('*** Add File: a', '+a'), 'patch rejected by user');
		assert.match(await patch('*** Add File: b', '+b'), /^aborted by user after [\d.]+s$/);
		assert.deepEqual(statuses(), ['declined', 'declined']);
		assert.deepEqual(await readdir(folder), []);
	});

	it('an answer for the session covers the same files until the thread ends', async () => {
		const { patch, questions, files } = setUp({ policy: 'untrusted', answers: ['acceptForSession', 'decline', 'decline'] });
		await patch('*** Add File: a', '+a');
		await patch('*** Update File: a', '@@', '-a', '+b');
		assert.equal(questions.length, 1);
		await patch('*** Add File: other', '+a');
		assert.equal(questions.length, 2);
		files.endThread('thread');
		await patch('*** Update File: a', '@@', '-b', '+c');
		assert.equal(questions.length, 3);
		assert.equal(await readFile(join(folder, 'a'), 'utf8'), 'b\n');
	});

	it('an answer for the session does not cover what a link leads to that was put there since', async () => {
		const { patch, questions } = setUp({ policy: 'untrusted', answers: ['acceptForSession', 'decline'] });
		await patch('*** Add File: sub/a', '+a');
		await mkdir(join(folder, 'elsewhere'));
		await writeFile(join(folder, 'elsewhere/a'), 'a\n');
		await rm(join(folder, 'sub'), { recursive: true });
		await symlink('elsewhere', join(folder, 'sub'));
		assert.equal(await patch('*** Update File: sub/a', '@@', '-a', '+b'), 'patch rejected by user');
		assert.equal(questions.length, 2);
	});

	it('a conflict is told to the model in plain words, and no diff claims a change', async () => {
		const applier: FileChangeApplier = {
			apply: ({ changes }) =>
				Promise.resolve(changes.map(({ path }) => ({ path, status: 'conflict', message: 'Unsaved edits are at the same place.', content: null }))),
		};
		const { patch, statuses, events } = setUp({ applier });
		assert.match(await patch('*** Add File: a', '+a'), /^Exit code: 1\n[^]*Unsaved edits are at the same place\.\n$/);
		assert.deepEqual(statuses(), ['failed']);
		assert(!events.some((event) => event.type === 'turnDiff'));
	});

	it('patches of one response are worked out one after the other', async () => {
		await writeFile(join(folder, 'a'), '1\n');
		const { patch } = setUp();
		const outputs = await Promise.all([patch('*** Update File: a', '@@', '-1', '+2'), patch('*** Update File: a', '@@', '-2', '+3')]);
		assert(outputs.every((output) => output.startsWith('Exit code: 0')));
		assert.equal(await readFile(join(folder, 'a'), 'utf8'), '3\n');
	});

	it('a patch written as a shell command is run, and the model hears of the tool', async () => {
		const { runner, context, events } = setUp();
		const text = '*** Begin Patch\n*** Add File: a\n+a\n*** End Patch';
		const { output } = await runPatchCommand(runner, { callId: 'c', patch: text, cwd: folder }, context);
		assert.match(
			String(output),
			/^Wall time: [\d.]+ seconds\nOutput:\n\{"output":"Success\. Updated the following files:\\nA a\\n","metadata":\{"exit_code":0,"duration_seconds":[\d.]+\}\}$/,
		);
		assert.equal(events[0]?.type, 'history');
	});

	it('the function form takes the patch out of its arguments', async () => {
		const { tool, context } = setUp();
		const call = (input: string) => tool.run({ callId: 'c', name: 'apply_patch', namespace: null, kind: 'function', input }, context);
		assert.equal((await call('{}')).output, 'failed to parse function arguments: missing field `input` at line 1 column 2');
		assert.equal((await call(JSON.stringify({ input: '*** Begin Patch\n*** Add File: a\n+a\n*** End Patch' }))).success, true);
	});

	it('a plan is shown, and a wrong one is explained', async () => {
		const { context, events } = setUp();
		const call = async (input: string) =>
			(await updatePlanTool.run({ callId: 'c', name: 'update_plan', namespace: null, kind: 'function', input }, context)).output;
		assert.equal(await call('{"plan":[{"step":"Look","status":"in_progress"}]}'), 'Plan updated');
		assert.deepEqual(events, [{ type: 'planUpdated', turnId: 'turn', explanation: null, plan: [{ step: 'Look', status: 'inProgress' }] }]);
		assert.equal(
			await call('{"plan":[{"step":"Look","status":"unknown"}]}'),
			'failed to parse function arguments: unknown variant `unknown`, expected one of `pending`, `in_progress`, `completed` at line 1 column 42',
		);
		assert.equal(await call('{"plan": ['), 'failed to parse function arguments: EOF while parsing a list at line 1 column 10');
		assert.equal(await call(''), 'failed to parse function arguments: EOF while parsing a value at line 1 column 0');
	});

	it('a picture goes to the model, and what is none is refused in words', async () => {
		const { context, events } = setUp();
		const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
		await writeFile(join(folder, 'dot.png'), Buffer.from(png, 'base64'));
		await writeFile(join(folder, 'text.png'), 'not an image');
		const call = async (path: string) =>
			(
				await viewImageTool({ isOffered: () => true, refusal: () => Promise.resolve(null) }).run(
					{ callId: 'c', name: 'view_image', namespace: null, kind: 'function', input: JSON.stringify({ path }) },
					context,
				)
			).output;
		assert.deepEqual(await call('dot.png'), [{ type: 'input_image', image_url: `data:image/png;base64,${png}`, detail: 'high' }]);
		assert.deepEqual(
			events.map((event) => event.type),
			['itemStarted', 'itemCompleted'],
		);
		assert.equal(await call('none.png'), `unable to locate image at \`${folder}/none.png\`: No such file or directory (os error 2)`);
		assert.equal(await call('text.png'), `unable to process image at \`${folder}/text.png\`: unsupported image \`image/png\``);
		assert.equal(await call('.'), `image path \`${folder}\` is not a file`);
		assert.equal(events.length, 2);
	});
});

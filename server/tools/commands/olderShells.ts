import path from 'node:path';
import { resolveShell, shellArgv } from '../../platform/shellPlan.ts';
import { joinShellWords } from '../../exec/shellQuote.ts';
import { recognisePatchCommand } from '../../patch/recognisePatchCommand.ts';
import type { ToolSpec } from '../../items/modelInfo.ts';
import type { CommandServices } from './commandServices.ts';
import { type CommandRequest, orchestrateCommand } from '../orchestrator.ts';
import { runPatchCommand } from '../patch/applyPatch.ts';
import { boolean, list, number, object, oneOf, optional, parseArguments, required, string } from '../callArguments.ts';
import { ESCALATION, LOGIN, SCRIPT, WORKDIR } from './commandParameters.ts';
import { truncateForModel } from './commandOutput.ts';
import { abortedText, clamp, inHome } from './execCommand.ts';
import { toldExitCode } from './runningCommands.ts';
import type { Tool, ToolContext, ToolOutcome } from '../tool.ts';

const DEFAULT_TIMEOUT_MS = 10_000;
const MAX_TIMEOUT_MS = 24 * 60 * 60_000;
/** As `timeout` itself ends. */
const TIMED_OUT = 124;

const common = {
	workdir: optional(string),
	working_directory: optional(string),
	timeout_ms: optional(number),
	sandbox_permissions: optional(oneOf('use_default', 'require_escalated')),
	with_escalated_permissions: optional(boolean),
	justification: optional(string),
	prefix_rule: optional(list(string)),
};
const readArgv = object({ command: required(list(string)), ...common });
const readScript = object({ command: required(string), login: optional(boolean), ...common });

type Common = Omit<Extract<ReturnType<typeof parseArgv>, { readonly ok: true }>['value'], 'command'>;
type Started = Pick<CommandRequest, 'argv' | 'shell' | 'login' | 'script'>;

const parseArgv = (input: string) => parseArguments(input, readArgv);

const SCRIPT_SPEC: ToolSpec = {
	type: 'function',
	name: 'shell_command',
	description: 'Runs a command in a shell and answers with its output when it has ended.',
	strict: false,
	parameters: {
		type: 'object',
		additionalProperties: false,
		required: ['command'],
		properties: {
			command: SCRIPT,
			workdir: WORKDIR,
			login: LOGIN,
			timeout_ms: { type: 'number', description: `After how many milliseconds it is stopped; ${DEFAULT_TIMEOUT_MS} by default.` },
			...ESCALATION,
		},
	},
};

/**
 * The tools for commands that models had before `exec_command`; models of older threads still call those that they have called there.
 * Such a command ends with its call, at its time limit at the latest. `offersScript`: models are told of `shell_command`, and of no other.
 */
export function olderShellTools(services: CommandServices, { offersScript }: { readonly offersScript: boolean }): readonly Tool[] {
	const tool = (name: string, run: Tool['run'], textOf: (input: string) => string | null): Tool => ({
		name,
		needsEnvironment: true,
		parallel: true,
		spec: () => (offersScript && name === SCRIPT_SPEC.name ? SCRIPT_SPEC : null),
		guarded(call) {
			const command = textOf(call.input);
			return command === null ? null : { name: 'Bash', input: { command } };
		},
		run,
	});
	const argvTool = (name: string) =>
		tool(
			name,
			async (call, context) => {
				const parsed = parseArgv(call.input);
				if (!parsed.ok) return { output: parsed.message, success: false };
				const { command, ...rest } = parsed.value;
				if (command.length === 0) return { output: `${name} failed: the command is empty`, success: false };
				const started = startOf(command, services, context);
				return runCommand(services, { name, callId: call.callId, started, patch: recognisePatchCommand(command), ...rest }, context);
			},
			(input) => {
				const parsed = parseArgv(input);
				return parsed.ok ? joinShellWords(parsed.value.command) : null;
			},
		);
	return [
		argvTool('shell'),
		argvTool('local_shell'),
		tool(
			'shell_command',
			async (call, context) => {
				const parsed = parseArguments(call.input, readScript);
				if (!parsed.ok) return { output: parsed.message, success: false };
				const { command: script, login: asked, ...rest } = parsed.value;
				const { shell } = context.settings;
				const login = asked !== false;
				const started = { argv: shellArgv(shell, script, login ? 'login' : 'plain'), shell, login, script };
				return runCommand(services, { name: 'shell_command', callId: call.callId, started, patch: recognisePatchCommand(script), ...rest }, context);
			},
			(input) => {
				const parsed = parseArguments(input, readScript);
				return parsed.ok ? parsed.value.command : null;
			},
		),
	];
}

/** `bash -lc TEXT` is a text for that shell; anything else one command. */
function startOf(argv: readonly string[], { env }: CommandServices, { settings }: ToolContext): Started {
	const [program = '', flags = '', text, ...more] = argv;
	const asked = text !== undefined && more.length === 0 && /^-l?c$/.test(flags) ? resolveShell(program, { env }) : null;
	if (asked === null || text === undefined) return { argv, shell: settings.shell, login: false, script: joinShellWords(argv) };
	return { argv, shell: asked, login: flags === '-lc', script: text };
}

interface OlderCall extends Common {
	readonly name: string;
	readonly callId: string;
	readonly started: Started;
	readonly patch: ReturnType<typeof recognisePatchCommand>;
}

async function runCommand(services: CommandServices, call: OlderCall, context: ToolContext): Promise<ToolOutcome> {
	const startedAt = performance.now();
	const { callId, started, patch } = call;
	const { settings } = context;
	const cwd = path.resolve(settings.cwd, inHome(call.workdir || call.working_directory || '.', services.env));
	if (patch) return runPatchCommand(services.patches, { callId, patch: patch.patch, cwd: path.resolve(cwd, patch.folder ?? '.') }, context);
	const timeoutMs = clamp(call.timeout_ms ?? DEFAULT_TIMEOUT_MS, [1, MAX_TIMEOUT_MS]);
	const outcome = await orchestrateCommand(
		services,
		{
			...started,
			callId,
			cwd,
			tool: call.name,
			tty: false,
			escalated: call.sandbox_permissions === 'require_escalated' || call.with_escalated_permissions === true,
			justification: call.justification,
			requestedPrefix: call.prefix_rule,
			yieldMs: timeoutMs,
		},
		context,
	);
	if (outcome.type === 'aborted') return { output: abortedText(startedAt), success: false };
	if (outcome.type === 'failed') return { output: outcome.text, success: false };
	const { terminal, takeRefusals } = outcome.command;
	const timedOut = terminal.exit === null;
	if (timedOut) {
		await terminal.kill();
		await terminal.exited;
	}
	services.running.forget(terminal.id);
	const exitCode = timedOut || terminal.exit === null ? TIMED_OUT : toldExitCode(terminal.exit);
	const printed = terminal.read().text;
	const said = [...(timedOut ? [`command timed out after ${timeoutMs} milliseconds`] : []), printed, ...takeRefusals()].join('\n');
	const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
	const output = `Exit code: ${exitCode}\nWall time: ${seconds} seconds\nOutput:\n${truncateForModel(said, settings.model.toolOutputTokens)}`;
	return { output, success: exitCode === 0, response: printed };
}

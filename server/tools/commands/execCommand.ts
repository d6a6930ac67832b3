import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { resolveShell, shellArgv } from '../../platform/shellPlan.ts';
import type { ToolSpec } from '../../items/modelInfo.ts';
import { isNothing, type RequestedPermissions } from '../../sandbox/policy/requestedPermissions.ts';
import { recognisePatchCommand } from '../../patch/recognisePatchCommand.ts';
import { runPatchCommand } from '../patch/applyPatch.ts';
import { boolean, list, number, object, oneOf, optional, parseArguments, required, string } from '../callArguments.ts';
import { ESCALATION, LOGIN, SCRIPT, WORKDIR } from './commandParameters.ts';
import { type CommandReport, formatCommandReport } from './commandOutput.ts';
import type { CommandServices } from './commandServices.ts';
import { orchestrateCommand } from '../orchestrator.ts';
import { type RunningCommand, toldExitCode } from './runningCommands.ts';
import { PERMISSIONS_SCHEMA, readPermissions, wantedPermissions } from '../permissionArguments.ts';
import type { Tool, ToolContext, ToolOutcome } from '../tool.ts';
import { l10n } from '../../words/l10n.ts';

const DEFAULT_YIELD_MS = 10_000;
const MIN_YIELD_MS = 250;
export const MAX_YIELD_MS = 30_000;
const DEFAULT_OUTPUT_TOKENS = 10_000;

const readArguments = object({
	cmd: required(string),
	workdir: optional(string),
	shell: optional(string),
	login: optional(boolean),
	tty: optional(boolean),
	yield_time_ms: optional(number),
	max_output_tokens: optional(number),
	sandbox_permissions: optional(oneOf('use_default', 'require_escalated', 'with_additional_permissions')),
	additional_permissions: optional(readPermissions),
	justification: optional(string),
	prefix_rule: optional(list(string)),
});

const text = (description: string) => ({ type: 'string', description });
const flag = (description: string) => ({ type: 'boolean', description });
const count = (description: string) => ({ type: 'number', description });

const PARAMETERS = {
	type: 'object',
	additionalProperties: false,
	required: ['cmd'],
	properties: {
		cmd: SCRIPT,
		workdir: WORKDIR,
		shell: text("The shell to use instead of the user's own, such as bash or /bin/sh."),
		login: LOGIN,
		tty: flag('Gives the command a terminal. Needed to type into it later with write_stdin; off by default.'),
		yield_time_ms: count(
			`How long to wait for it to end before you get an answer, in milliseconds; ${DEFAULT_YIELD_MS} by default. It goes on running after that.`,
		),
		max_output_tokens: count('How much output you want at most. The middle of a longer one is left out.'),
		...ESCALATION,
	},
};

const SPEC: ToolSpec = {
	type: 'function',
	name: 'exec_command',
	description: 'Runs a command in a shell. Answers with its output when it has ended, or with a session ID while it is still running.',
	strict: false,
	parameters: PARAMETERS,
};

/** Where a command may ask for a little more than its sandbox allows. */
const SPEC_WITH_PERMISSIONS: ToolSpec = {
	...SPEC,
	parameters: {
		...PARAMETERS,
		properties: {
			...PARAMETERS.properties,
			sandbox_permissions: {
				type: 'string',
				enum: ['use_default', 'with_additional_permissions', 'require_escalated'],
				description:
					'with_additional_permissions asks to run it in the sandbox with additional_permissions; prefer it. require_escalated asks to run it outside the sandbox, only for what cannot work inside.',
			},
			justification: text('Unless use_default: one short question to the user that says why it is needed.'),
			additional_permissions: {
				...PERMISSIONS_SCHEMA,
				description: 'With with_additional_permissions: what this one command needs beyond its sandbox.',
			},
		},
	},
};

/** What a command asks for beyond its sandbox; a text for the model where that cannot be. */
function permissionsOf(
	args: { readonly sandbox_permissions: string | null; readonly additional_permissions: Parameters<typeof wantedPermissions>[0] | null },
	{ cwd, isOffered }: { readonly cwd: string; readonly isOffered: boolean },
): RequestedPermissions | null | string {
	if (args.sandbox_permissions !== 'with_additional_permissions') return null;
	if (!isOffered) return 'additional permissions are off; `with_additional_permissions` needs `features.exec_permission_approvals`';
	if (args.additional_permissions === null)
		return 'missing `additional_permissions`: `with_additional_permissions` needs at least one of `network` and `file_system` in it';
	const wanted = wantedPermissions(args.additional_permissions, cwd);
	return isNothing(wanted) ? '`additional_permissions` asks for nothing: it needs at least one permission in `network` or `file_system`' : wanted;
}

export function clamp(value: number, [low, high]: readonly [number, number]): number {
	return Number.isFinite(value) ? Math.min(high, Math.max(low, value)) : low;
}

/** What a model hears of an interrupt. */
export function abortedText(sinceMs: number): string {
	return `aborted by user after ${((performance.now() - sinceMs) / 1000).toFixed(1)}s`;
}

/** The report, and what the network of the command refused: programs often hide it behind an error of their own. */
function withRefusals(refusals: readonly string[], report: CommandReport): string {
	const text = formatCommandReport(report);
	return refusals.length === 0 ? text : `${text.replace(/\n$/, '')}\n\n${refusals.join('\n')}\n`;
}

/** Tells the model how far a command is, and forgets those that have ended. */
export function reportCommand(
	services: CommandServices,
	command: RunningCommand,
	call: { readonly startedAt: number; readonly maxTokens: number | null; readonly settings: ToolContext['settings'] },
): ToolOutcome {
	const { terminal } = command;
	const { text: output, totalBytes } = terminal.read();
	const refusals = command.takeRefusals();
	const exitCode = terminal.exit === null ? null : toldExitCode(terminal.exit);
	if (exitCode !== null) services.running.forget(terminal.id);
	return {
		success: exitCode === null || exitCode === 0,
		...(exitCode === null ? {} : { response: output }),
		output: withRefusals(refusals, {
			chunkId: randomBytes(3).toString('hex'),
			wallMs: performance.now() - call.startedAt,
			state: exitCode === null ? { type: 'running', sessionId: terminal.id } : { type: 'exited', exitCode },
			text: output,
			totalBytes,
			maxTokens: Math.min(call.maxTokens ?? DEFAULT_OUTPUT_TOKENS, call.settings.model.toolOutputTokens),
		}),
	};
}

/** `~` as shells read it, which a folder of that name in the workspace is never meant by. */
export function inHome(folder: string, env: Readonly<Record<string, string | undefined>>): string {
	const home = env['HOME'] ?? env['USERPROFILE'];
	return home !== undefined && /^~(?:[/\\]|$)/.test(folder) ? path.join(home, folder.slice(1)) : folder;
}

/** By then the model has been asked, in milliseconds: starting a shell would hold the request up. */
const WARM_AFTER_MS = 50;

/** `exec_command`: runs a command line; one that takes longer than its yield time goes on and is talked to by `write_stdin`. */
export function execCommandTool(services: CommandServices): Tool {
	let warming: NodeJS.Timeout | null = null;
	// The grammar loads while the model thinks, so that the first command does not wait for it. So does the profile.
	const warmSoon = ({ shell, configScope }: Parameters<Tool['spec']>[0]) => {
		warming ??= setTimeout(() => {
			warming = null;
			services.parser.warm();
			services.shells.warm(shell, configScope);
		}, WARM_AFTER_MS).unref();
	};
	return {
		name: 'exec_command',
		needsEnvironment: true,
		parallel: true,
		spec(settings) {
			warmSoon(settings);
			return services.asksForMore(settings.configScope) ? SPEC_WITH_PERMISSIONS : SPEC;
		},
		guarded(call) {
			const parsed = parseArguments(call.input, readArguments);
			return parsed.ok ? { name: 'Bash', input: { command: parsed.value.cmd } } : null;
		},
		async run(call, context) {
			const startedAt = performance.now();
			const parsed = parseArguments(call.input, readArguments);
			if (!parsed.ok) return { output: parsed.message, success: false };
			const args = parsed.value;
			const { settings } = context;
			const cwd = path.resolve(settings.cwd, inHome(args.workdir || '.', services.env));
			const patch = recognisePatchCommand(args.cmd);
			if (patch) {
				return runPatchCommand(services.patches, { callId: call.callId, patch: patch.patch, cwd: path.resolve(cwd, patch.folder ?? '.') }, context);
			}
			const permissions = permissionsOf(args, { cwd, isOffered: services.asksForMore(settings.configScope) });
			if (typeof permissions === 'string') return { output: permissions, success: false };
			const shell = (args.shell ? resolveShell(args.shell, { env: services.env }) : null) ?? settings.shell;
			const outcome = await orchestrateCommand(
				services,
				{
					callId: call.callId,
					argv: shellArgv(shell, args.cmd, args.login === false ? 'plain' : 'login'),
					shell,
					login: args.login !== false,
					script: args.cmd,
					cwd,
					tty: args.tty ?? false,
					escalated: args.sandbox_permissions === 'require_escalated',
					permissions,
					justification: args.justification,
					requestedPrefix: args.prefix_rule,
					yieldMs: clamp(args.yield_time_ms ?? DEFAULT_YIELD_MS, [MIN_YIELD_MS, MAX_YIELD_MS]),
				},
				context,
			);
			switch (outcome.type) {
				case 'aborted':
					return { output: abortedText(startedAt), success: false };
				case 'failed':
					return { output: outcome.text, success: false };
				case 'started':
					return reportCommand(services, outcome.command, { startedAt, maxTokens: args.max_output_tokens, settings });
			}
		},
		async endTurn(context) {
			// Background commands survive the turn that started them, but not a person's stop.
			if (context.signal.aborted) await services.running.endThread(context.threadId);
			else await endBeyondLimit(services, context);
			services.hosts.leave(context);
			services.running.endTurn(context.turnId);
			await services.changes.endTurn(context);
		},
	};
}

/** A turn leaves no more commands running than a person wants to find later. */
async function endBeyondLimit({ running, mostInBackground }: CommandServices, context: ToolContext): Promise<void> {
	const most = mostInBackground(context.settings.configScope);
	const ended = await running.endBeyond(context.threadId, most);
	if (ended.length === 0) return;
	const names = ended.map(({ terminal }) => terminal.command.split('\n')[0]).join(', ');
	const message = l10n`No more than ${most} commands of a thread run on after a turn. Stopped: ${names}. To allow more, set background_commands in [tiller] of config.toml.`;
	context.emit({ type: 'warning', message });
}

import { number, object, optional, parseArguments, required, string } from '../callArguments.ts';
import { CommandCard } from './commandCard.ts';
import { abortedText, clamp, MAX_YIELD_MS, reportCommand } from './execCommand.ts';
import type { CommandServices } from './commandServices.ts';
import { type RunningCommand, toldExitCode } from './runningCommands.ts';
import type { Tool, ToolCall, ToolContext, ToolOutcome } from '../tool.ts';

const WRITE_YIELD_MS = [250, MAX_YIELD_MS] as const;
/** Looking without writing waits longer: a model that polls often only costs tokens. */
const MIN_POLL_MS = 5000;
const MAX_POLL_MS = 300_000;
/** How long a look at a command may wait, in milliseconds, where `mostMs` is configured, or nothing is. */
function pollRange(mostMs: number | undefined): readonly [number, number] {
	return [MIN_POLL_MS, Math.max(MIN_POLL_MS, mostMs ?? MAX_POLL_MS)];
}

const INTERRUPT = '\u0003';

const readArguments = object({
	session_id: required(number),
	chars: optional(string),
	yield_time_ms: optional(number),
	max_output_tokens: optional(number),
});

const PARAMETERS = {
	type: 'object',
	additionalProperties: false,
	required: ['session_id'],
	properties: {
		session_id: { type: 'number', description: 'The session ID that exec_command gave.' },
		chars: { type: 'string', description: 'What to type, control characters included; a line ends with \\n. Nothing just waits for output.' },
		yield_time_ms: { type: 'number', description: 'How long to wait for output before you get an answer, in milliseconds.' },
		max_output_tokens: { type: 'number', description: 'How much output you want at most. The middle of a longer one is left out.' },
	},
};

const failed = (why: string): ToolOutcome => ({ output: `write_stdin failed: ${why}`, success: false });

/** What is read in a later turn belongs to no item of that turn yet, so the look itself becomes one. */
function interactionCard(command: RunningCommand, call: ToolCall, context: ToolContext): CommandCard | null {
	if (command.card.isOpen) return null;
	const card = new CommandCard({ ...command.facts, id: call.callId }, context);
	card.open({ id: command.terminal.id, source: 'unifiedExecInteraction' });
	command.card = card;
	return card;
}

/** `write_stdin`: types into a command that is still running, or waits for more of its output. */
export function writeStdinTool(services: CommandServices): Tool {
	return {
		name: 'write_stdin',
		needsEnvironment: true,
		parallel: true,
		spec: () => ({
			type: 'function',
			name: 'write_stdin',
			description: 'Types into a command that still runs and answers with its new output. Without chars it only waits for output.',
			strict: false,
			parameters: PARAMETERS,
		}),
		async run(call, context) {
			const startedAt = performance.now();
			const parsed = parseArguments(call.input, readArguments);
			if (!parsed.ok) return { output: parsed.message, success: false };
			const { session_id: id, chars, yield_time_ms, max_output_tokens: maxTokens } = parsed.value;
			const command = services.running.get(context.threadId, id);
			if (command === null) return failed(`Unknown process id ${id}`);
			const { terminal } = command;
			services.hosts.enter(context);
			const input = chars ?? '';
			// Without a terminal nothing can be typed, but a model must be able to stop what it started.
			const isStop = !terminal.acceptsInput && input === INTERRUPT;
			if (input !== '' && !terminal.acceptsInput && !isStop) {
				return failed('stdin is closed for this session; rerun exec_command with tty=true to keep stdin open');
			}
			const card = interactionCard(command, call, context);
			const itemId = command.card.id;
			context.emit({ type: 'terminalInteraction', turnId: context.turnId, itemId, processId: String(id), stdin: input });
			if (isStop) await terminal.kill();
			else if (input !== '' && terminal.exit === null) await terminal.write(input).catch(() => {});
			const range = input === '' ? pollRange(services.mostPollMs(context.settings.configScope)) : WRITE_YIELD_MS;
			const ended = await terminal.wait(clamp(yield_time_ms ?? range[0], range), context.signal);
			if (ended === 'aborted') {
				await services.running.kill(command);
				return { output: abortedText(startedAt), success: false };
			}
			const unread = card === null ? null : terminal.peek();
			const outcome = reportCommand(services, command, { startedAt, maxTokens, settings: context.settings });
			if (card !== null) {
				const exitCode = terminal.exit === null ? null : toldExitCode(terminal.exit);
				card.close({ status: exitCode === null || exitCode === 0 ? 'completed' : 'failed', output: unread || null, exitCode });
			}
			return outcome;
		},
	};
}

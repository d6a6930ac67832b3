import type { ModelError } from '../model.ts';

/** One thing that the demo does in an answer. */
export type DemoStep =
	| { readonly type: 'say'; readonly text: string }
	/** `raw`: reasoning as open models show it, besides the summary. */
	| { readonly type: 'think'; readonly text: string; readonly raw?: string }
	| {
			readonly type: 'call';
			readonly name:
				| 'exec_command'
				| 'write_stdin'
				| 'update_plan'
				| 'view_image'
				| 'spawn_agent'
				| 'wait_agent'
				| 'close_agent'
				| 'request_permissions'
				| 'request_user_input';
			readonly arguments: Readonly<Record<string, unknown>>;
	  }
	| { readonly type: 'patch'; readonly patch: string }
	| { readonly type: 'search'; readonly query: string }
	/** The stream breaks here, the first time. */
	| { readonly type: 'cut' }
	| { readonly type: 'fail'; readonly error: ModelError };

export const say = (text: string): DemoStep => ({ type: 'say', text });
export const run = (cmd: string, more: Readonly<Record<string, unknown>> = {}): DemoStep => ({
	type: 'call',
	name: 'exec_command',
	arguments: { cmd, ...more },
});
export const plan = (explanation: string | null, steps: readonly (readonly [string, 'pending' | 'in_progress' | 'completed'])[]): DemoStep => ({
	type: 'call',
	name: 'update_plan',
	arguments: { ...(explanation === null ? {} : { explanation }), plan: steps.map(([step, status]) => ({ step, status })) },
});
export const patch = (...lines: readonly string[]): DemoStep => ({ type: 'patch', patch: ['*** Begin Patch', ...lines, '*** End Patch'].join('\n') });

/** Whether a tool said that it did not do its work, and why. */
export function refusal(output: string): string | null {
	const refused = /rejected by user|rejected by user approval settings|aborted by user|patch rejected|exec_command failed|verification failed/i.exec(
		output,
	);
	return refused ? (output.trim().split('\n')[0] ?? '') : null;
}

/** What a command wrote, without what the tool says around it. */
export function outputOf(report: string): string {
	return /\nOutput:\n([\s\S]*)$/.exec(report)?.[1] ?? report;
}

/** The exit code that a report names; null when the command still runs or never ran. */
export function exitCodeOf(report: string): number | null {
	const code = /^(?:Process exited with code|Exit code:) (-?\d+)$/m.exec(report)?.[1];
	return code === undefined ? null : Number(code);
}

/** The session of a command that still runs. */
export function sessionOf(report: string): number | null {
	const session = /^Process running with session ID (\d+)$/m.exec(report)?.[1];
	return session === undefined ? null : Number(session);
}

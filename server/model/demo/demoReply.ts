import { ModelError } from '../model.ts';
import type { Conversation } from './conversation.ts';
import { fixTheBug } from './fixTheBug.ts';
import { HELP, LONG_ANSWER, NO_AI } from './texts.ts';

/** One thing that the demo does in an answer. */
export type DemoStep =
	| { readonly type: 'say'; readonly text: string }
	| { readonly type: 'think'; readonly text: string }
	| { readonly type: 'call'; readonly name: 'exec_command' | 'update_plan' | 'view_image'; readonly arguments: Readonly<Record<string, unknown>> }
	| { readonly type: 'patch'; readonly patch: string }
	| { readonly type: 'search'; readonly query: string }
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

/** Each request that the demo knows, and what it does with the outputs so far. `README.md` lists them for people. */
const REQUESTS: readonly { readonly pattern: RegExp; readonly reply: (conversation: Conversation) => readonly DemoStep[] }[] = [
	{ pattern: /\bfix\b.*\bbug\b|\bbug\b.*\bfix\b/i, reply: fixTheBug },
	{ pattern: /\b(run|start)\b.*\btests?\b/i, reply: (conversation) => command(conversation, 'npm test 2>&1 | tail -n 25', 'the tests') },
	{ pattern: /\blist\b.*\bfiles?\b|\bls\b/i, reply: (conversation) => command(conversation, 'ls -la', 'the folder') },
	{ pattern: /\bwrite\b.*\bfile\b/i, reply: writeFile },
	{ pattern: /\bplan\b/i, reply: showPlan },
	{ pattern: /\blong\b/i, reply: () => [say(LONG_ANSWER)] },
	{ pattern: /\bslow\b/i, reply: slow },
	{
		pattern: /\bsearch\b/i,
		reply: () => [
			{ type: 'search', query: 'what the demo would search for' },
			say(`That is what a search looks like. Nothing left this machine. ${NO_AI}`),
		],
	},
	{
		pattern: /\berror\b/i,
		reply: () => [{ type: 'fail', error: new ModelError('This is the error that you asked the demo for. Nothing is wrong.', { kind: 'other' }) }],
	},
];

/** The next answer. Pure: the same conversation gives the same answer. */
export function demoReply(conversation: Conversation): readonly DemoStep[] {
	const known = REQUESTS.find(({ pattern }) => pattern.test(conversation.message));
	return known ? known.reply(conversation) : [say(HELP)];
}

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

function command({ outputs }: Conversation, cmd: string, what: string): readonly DemoStep[] {
	const [report] = outputs;
	if (!report)
		return [
			{ type: 'think', text: `**Looking at ${what}**\n\nOne command is enough for that.` },
			run(cmd, { justification: `May the demo look at ${what}?` }),
		];
	const refused = refusal(report.text);
	if (refused !== null) return [say(`The command did not run (${refused}), so I cannot say anything of ${what}. ${NO_AI}`)];
	return [say(`This is what \`${cmd}\` wrote:\n\n\`\`\`\n${outputOf(report.text).trim().slice(0, 1500)}\n\`\`\`\n\nI only repeat it: ${NO_AI}`)];
}

function writeFile({ outputs }: Conversation): readonly DemoStep[] {
	const [report] = outputs;
	if (!report) {
		return [
			{
				type: 'patch',
				patch:
					'*** Begin Patch\n*** Add File: tiller-demo.md\n+# Written by the demo\n+\n+Undo this file with Ctrl+Z in its editor, or delete it.\n*** End Patch',
			},
		];
	}
	const refused = refusal(report.text);
	return [say(refused === null ? `I wrote \`tiller-demo.md\`. ${NO_AI}` : `The file was not written: ${refused}. ${NO_AI}`)];
}

function showPlan({ outputs }: Conversation): readonly DemoStep[] {
	const steps = ['Read what is there', 'Change it', 'Check the change'] as const;
	const done = outputs.filter(({ tool }) => tool === 'update_plan').length;
	if (done > steps.length) return [say(`The plan is done. It was only a plan: nothing was read or changed. ${NO_AI}`)];
	return [
		plan(
			done === 0 ? 'Three steps, to show what a plan looks like.' : null,
			steps.map((step, index) => [step, index < done ? 'completed' : index === done ? 'in_progress' : 'pending']),
		),
	];
}

function slow({ outputs }: Conversation): readonly DemoStep[] {
	const [report] = outputs;
	if (!report)
		return [
			say('I start a command that takes half a minute. Stop it, or send a message meanwhile.'),
			run('for i in $(seq 1 30); do echo "second $i"; sleep 1; done', { yield_time_ms: 30000 }),
		];
	return [say(`The command is through, or still runs in the background. ${NO_AI}`)];
}

import type { Conversation } from './conversation.ts';
import { type DemoStep, exitCodeOf, outputOf, refusal, run, say, sessionOf } from './demoStep.ts';
import { NO_AI } from './texts.ts';

type Reply = (conversation: Conversation) => readonly DemoStep[];

/** How a command ended, in a sentence. */
function ending(report: string): string {
	const refused = refusal(report);
	if (refused !== null) return `The command did not run (${refused}).`;
	const code = exitCodeOf(report);
	if (code === null)
		return sessionOf(report) === null ? `The command did not run: ${report.trim().split('\n')[0]}` : 'The command still runs in the background.';
	return code === 0 ? 'The command ended well.' : `The command ended with exit code ${code}.`;
}

/** One command, and a sentence about its end. */
function oneCommand(before: readonly DemoStep[], command: DemoStep, after = ''): Reply {
	return ({ outputs: [report] }) => (report ? [say([ending(report.text), after, NO_AI].filter(Boolean).join(' '))] : [...before, command]);
}

export const colours = oneCommand(
	[],
	run(
		`printf '${['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'].map((name, index) => `\\033[${30 + index}m${name}\\033[0m \\033[1;${30 + index}mbold\\033[0m\\n`).join('')}'`,
	),
);

export const failing = oneCommand(
	[say('I run a command that fails.')],
	run('echo "so far so good"; echo "no such thing" >&2; exit 3'),
	'If it failed with 3, that is what I asked of it.',
);

export const askFirst = oneCommand(
	[{ type: 'think', text: '**Asking first**\n\nOutside of the sandbox a command needs a permission, where the approval mode lets me ask.' }],
	run('uname -a', { sandbox_permissions: 'require_escalated', justification: 'May the demo show the name of the system, outside of the sandbox?' }),
);

/** A command that outlives its call and is waited for. */
export const background: Reply = ({ outputs }) => {
	const report = outputs.at(-1)?.text;
	if (report === undefined) {
		return [
			say('I start a command and do not wait for its end.'),
			run('for i in 1 2 3 4 5 6; do echo "part $i"; sleep 1; done; echo finished', { yield_time_ms: 500 }),
		];
	}
	const session = sessionOf(report);
	if (session === null || outputs.length > 3) return [say(`${ending(report)} ${NO_AI}`)];
	return [
		...(outputs.length === 1 ? [say('It still runs, so I wait for more.')] : []),
		{ type: 'call', name: 'write_stdin', arguments: { session_id: session, chars: '', yield_time_ms: 8000 } },
	];
};

/** A program that asks, in a terminal, and is answered. */
export const terminal: Reply = ({ outputs: [started, typed] }) => {
	if (!started)
		return [
			say('I start a program that asks for a name.'),
			run('printf "Your name? "; read name; echo "Hello, $name!"', { tty: true, yield_time_ms: 500 }),
		];
	const session = sessionOf(started.text);
	if (session === null) return [say(`${ending(started.text)} ${NO_AI}`)];
	if (!typed) return [{ type: 'call', name: 'write_stdin', arguments: { session_id: session, chars: 'Tiller\n', yield_time_ms: 2000 } }];
	return [say(`${typed.text.includes('Hello, Tiller!') ? 'I typed a name, and the program greeted it.' : ending(typed.text)} ${NO_AI}`)];
};

/** Looks for a picture in the folder and has it shown. */
export const picture: Reply = ({ outputs: [found, viewed] }) => {
	if (!found) {
		return [run("find . -not -path '*/node_modules/*' \\( -name '*.png' -o -name '*.jpg' -o -name '*.gif' -o -name '*.webp' \\) | head -n 1")];
	}
	if (exitCodeOf(found.text) !== 0) return [say(`${ending(found.text)} ${NO_AI}`)];
	// A profile of the shell may write lines of its own.
	const path = /^\.\/.+$/m.exec(outputOf(found.text))?.[0];
	if (path === undefined) return [say(`There is no picture in this folder. ${NO_AI}`)];
	if (!viewed) return [{ type: 'call', name: 'view_image', arguments: { path } }];
	// With the picture comes no text, with a failure its reason.
	if (viewed.text.trim() !== '') return [say(`\`${path}\` was not shown to me: ${viewed.text.trim().split('\n')[0]} ${NO_AI}`)];
	return [say(`I was handed \`${path}\`. What is on it I cannot say: ${NO_AI}`)];
};

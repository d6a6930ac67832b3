import { ModelError } from '../model.ts';
import { agents, permissions } from './agentReplies.ts';
import { askFirst, background, colours, failing, picture, terminal } from './commandReplies.ts';
import type { Conversation } from './conversation.ts';
import { type DemoStep, exitCodeOf, outputOf, patch, plan, refusal, run, say } from './demoStep.ts';
import { fixTheBug } from './fixTheBug.ts';
import { askQuestion, circles, planMode, summary } from './modeReplies.ts';
import { HELP, LONG_ANSWER, NO_AI } from './texts.ts';
import { l10n } from '../../words/l10n.ts';

/** Each request that the demo knows, and what it does with the outputs so far. `README.md` lists them for people. */
const REQUESTS: readonly { readonly pattern: RegExp; readonly reply: (conversation: Conversation) => readonly DemoStep[] }[] = [
	{ pattern: /\bfix\b.*\b(bug|tests?)\b|\bbug\b.*\bfix\b/i, reply: fixTheBug },
	{ pattern: /\b(run|start)\b.*\btests?\b/i, reply: (conversation) => command(conversation, 'npm test 2>&1 | tail -n 25', 'the tests') },
	{ pattern: /\blist\b.*\bfiles?\b|\bls\b/i, reply: (conversation) => command(conversation, 'ls -la', 'the folder') },
	{ pattern: /\bwrite\b.*\bfile\b/i, reply: writeFile },
	{ pattern: /\bchange\b.*\bfile\b/i, reply: changeFile },
	{ pattern: /\bclean ?up\b/i, reply: cleanUp },
	{ pattern: /\bquestions?\b/i, reply: askQuestion },
	{ pattern: /\bcircles?\b/i, reply: circles },
	{ pattern: /\bplan\b/i, reply: showPlan },
	{ pattern: /\bthink\b/i, reply: thinkAloud },
	{ pattern: /\bcolou?rs\b/i, reply: colours },
	{ pattern: /\bfail\b/i, reply: failing },
	{ pattern: /\bask me\b/i, reply: askFirst },
	{ pattern: /\bbackground\b/i, reply: background },
	{ pattern: /\bterminal\b/i, reply: terminal },
	{ pattern: /\bpicture\b/i, reply: picture },
	{ pattern: /\bagents?\b/i, reply: agents },
	{ pattern: /\bpermissions?\b/i, reply: permissions },
	{
		pattern: /\bretry\b/i,
		reply: () => [{ type: 'cut' }, say(`The stream broke once and was taken up again: this is the second attempt. ${NO_AI}`)],
	},
	{ pattern: /\bhelp\b/i, reply: () => [say(HELP)] },
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
		reply: () => [{ type: 'fail', error: new ModelError(l10n`This is the error that you asked the demo for. Nothing is wrong.`, { kind: 'other' }) }],
	},
];

/** Whether a message is a request that the demo has an answer for. */
export function isKnown(message: string): boolean {
	return REQUESTS.some(({ pattern }) => pattern.test(message));
}

/** The next answer. Pure: the same conversation gives the same answer. */
export function demoReply(conversation: Conversation): readonly DemoStep[] {
	if (conversation.toSummarise) return summary(conversation.toSummarise);
	if (conversation.mode === 'plan') return planMode(conversation);
	const known = REQUESTS.find(({ pattern }) => pattern.test(conversation.message));
	const steps = known ? known.reply(conversation) : [say(HELP)];
	if (conversation.remark === null) return steps;
	return [say(`I have read "${conversation.remark}". I cannot act on it, I am a script; I go on with "${conversation.message}".`), ...steps];
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

const DEMO_FILE = 'tiller-demo.md';
const CHANGED_FILE = 'tiller-demo-changed.md';

/** The files of the demo that a listing names. */
function demoFiles(listing: string): readonly string[] {
	const names = new Set(
		outputOf(listing)
			.split('\n')
			.map((line) => line.trim()),
	);
	return [DEMO_FILE, CHANGED_FILE].filter((name) => names.has(name));
}

/** How a patch went; its tool answers with an exit code. */
function patchResult(report: string, success: string): DemoStep {
	const failed = refusal(report) ?? (exitCodeOf(report) === 0 ? null : (report.trim().split('\n')[0] ?? ''));
	return say(`${failed === null ? success : `Nothing was changed: ${failed}.`} ${NO_AI}`);
}

/** Every patch of the demo's own file begins with a look at what is there. */
function withListing(
	conversation: Conversation,
	then: (files: readonly string[], later: readonly string[]) => readonly DemoStep[],
): readonly DemoStep[] {
	const [listing, ...later] = conversation.outputs.map(({ text }) => text);
	if (listing === undefined) return [run('ls')];
	const refused = refusal(listing);
	return refused === null ? then(demoFiles(listing), later) : [say(`The command did not run (${refused}), so I leave it. ${NO_AI}`)];
}

function writeFile(conversation: Conversation): readonly DemoStep[] {
	return withListing(conversation, (files, [report]) => {
		if (files.includes(DEMO_FILE)) return [say(`\`${DEMO_FILE}\` is there already. Write \`change the file\` or \`clean up\`. ${NO_AI}`)];
		if (report !== undefined) return [patchResult(report, `I wrote \`${DEMO_FILE}\`.`)];
		return [patch(`*** Add File: ${DEMO_FILE}`, '+# Written by the demo', '+', '+Undo this file with Ctrl+Z in its editor, or write `clean up`.')];
	});
}

function changeFile(conversation: Conversation): readonly DemoStep[] {
	return withListing(conversation, (files, [content, report]) => {
		const [name] = files;
		if (name === undefined) return [say(`There is no file of mine here, and I touch no other. Write \`write a file\` first. ${NO_AI}`)];
		if (content === undefined) return [run(`cat ${name}`)];
		if (exitCodeOf(content) !== 0) return [say(`\`${name}\` could not be read, so I leave it. ${NO_AI}`)];
		if (report !== undefined)
			return [patchResult(report, `I changed the heading of \`${name}\`${name === DEMO_FILE ? ` and named it \`${CHANGED_FILE}\`` : ''}.`)];
		const first = /^# .*$/m.exec(outputOf(content))?.[0];
		if (first === undefined) return [say(`\`${name}\` has no heading any more, so I leave it to you. ${NO_AI}`)];
		return [
			patch(`*** Update File: ${name}`, ...(name === DEMO_FILE ? [`*** Move to: ${CHANGED_FILE}`] : []), '@@', `-${first}`, `+${first} (changed)`),
		];
	});
}

function cleanUp(conversation: Conversation): readonly DemoStep[] {
	return withListing(conversation, (files, [report]) => {
		if (files.length === 0) return [say(`There is no file of mine here. ${NO_AI}`)];
		if (report !== undefined) return [patchResult(report, `I deleted ${files.map((name) => `\`${name}\``).join(' and ')}.`)];
		return [patch(...files.map((name) => `*** Delete File: ${name}`))];
	});
}

function thinkAloud(): readonly DemoStep[] {
	return [
		{
			type: 'think',
			text: '**Reading the request**\n\nIt holds the word "think", so this is shown. Models sum up their reasoning like this.',
			raw: 'Raw reasoning: open models send it too, others keep it to themselves.',
		},
		say(`That was reasoning, and nobody reasoned. ${NO_AI}`),
	];
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

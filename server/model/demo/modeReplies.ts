import type { Conversation } from './conversation.ts';
import { type DemoStep, run, say } from './demoStep.ts';
import { NO_AI } from './texts.ts';

const question = {
	id: 'size',
	header: 'Size',
	question: 'How large may the change be?',
	options: [
		{ label: 'Small (Recommended)', description: 'One file and its test.' },
		{ label: 'Thorough', description: 'Whatever the matter needs.' },
	],
};

/** Plan mode: one question, then a plan that follows from the answer. */
export function planMode({ message, outputs }: Conversation): readonly DemoStep[] {
	const [answer] = outputs;
	if (!answer) {
		return [
			say('Before I plan, one question. It waits for you, also through a reload.'),
			{ type: 'call', name: 'request_user_input', arguments: { questions: [question] } },
		];
	}
	const given = answersIn(answer.text);
	return [
		say(
			`${given === '' ? 'You left that open, so I assume the small way.' : `You said: ${given}.`}
<proposed_plan>
# A plan for "${message.slice(0, 80)}"

The demo changes nothing in Plan mode. This is what a plan looks like.

- **Change** one function, and the test beside it${/Thorough/.test(given) ? ', and everything that calls it' : ''}.
- **Check** with \`npm test\`.
- **Assumption**: the public names stay as they are.
</proposed_plan>
Switch to Default mode to go on. ${NO_AI}`,
		),
	];
}

/** Outside of Plan mode the model is told that it cannot ask. */
export function askQuestion({ outputs }: Conversation): readonly DemoStep[] {
	const [answer] = outputs;
	if (!answer) return [{ type: 'call', name: 'request_user_input', arguments: { questions: [question] } }];
	return [say(`The tool says: "${answer.text}". Send a message in Plan mode to see the question. ${NO_AI}`)];
}

/** The same call again and again, until the server notices. */
export function circles({ outputs }: Conversation): readonly DemoStep[] {
	if (outputs.length === 0)
		return [say('I will make the same call over and over. After a while you are asked whether that shall go on.'), run('echo round')];
	return [run('echo round')];
}

/** What the demo writes when the conversation is to be summarised. */
export function summary(messages: readonly string[]): readonly DemoStep[] {
	const asked = messages.map((text) => `- ${text.split('\n')[0]?.slice(0, 120)}`).join('\n');
	return [say(`The user asked the demo for:\n${asked || '- nothing yet'}\n\nNothing else is known. ${NO_AI}`)];
}

function answersIn(output: string): string {
	return [...output.matchAll(/"answers":\[([^\]]*)\]/g)].map((match) => (match[1] ?? '').replaceAll('"', '').replace('user_note: ', '')).join(', ');
}

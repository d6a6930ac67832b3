import type { Conversation } from './conversation.ts';
import { type DemoStep, outputOf, refusal, run, say } from './demoStep.ts';
import { NO_AI } from './texts.ts';

const call = (name: Extract<DemoStep, { type: 'call' }>['name'], args: Readonly<Record<string, unknown>>): DemoStep => ({
	type: 'call',
	name,
	arguments: args,
});

/** Starts an agent, which is the demo too, waits for it and closes it. */
export function agents({ outputs }: Conversation): readonly DemoStep[] {
	const id = /"agent_id":"([^"]+)"/.exec(outputs[0]?.text ?? '')?.[1];
	const [started, waited, closed] = outputs;
	if (!started) return [say('I start an agent that lists the files.'), call('spawn_agent', { message: 'list the files', agent_type: 'explorer' })];
	if (id === undefined) return [say(`No agent was started: ${started.text} ${NO_AI}`)];
	if (!waited) return [call('wait_agent', { targets: [id], timeout_ms: 60_000 })];
	if (!closed) return [call('close_agent', { target: id })];
	return [say(`The agent has finished and is closed. Its work is a thread of its own. ${NO_AI}`)];
}

/** Asks to open the sandbox. */
export function permissions({ outputs }: Conversation): readonly DemoStep[] {
	const [answer] = outputs;
	if (!answer) return [call('request_permissions', { reason: 'The demo shows how this is asked.', permissions: { network: { enabled: true } } })];
	return [say(`This came back: \`${answer.text}\` ${NO_AI}`)];
}

/** What the demo says in the place of a reviewer, or of who writes a commit message; null when it is asked for something else. `instructions` are those of the request. */
export function reviewerReply(instructions: string, { message, outputs }: Conversation): readonly DemoStep[] | null {
	if (instructions.startsWith('You review a change')) return review(outputs[0]?.text);
	if (instructions.startsWith('You decide whether one action')) return [say(JSON.stringify(judged(message)))];
	if (instructions.startsWith('You write commit messages')) return [say(commitMessage(message))];
	return null;
}

function commitMessage(question: string): string {
	const files = [...question.matchAll(/^diff --git a\/.* b\/(.*)$/gm)].map(([, file = '']) => file);
	return `Change ${files.join(', ') || 'some files'}\n\nThis is the demo: the change was not read. ${NO_AI}`;
}

function review(listing: string | undefined): readonly DemoStep[] {
	if (listing === undefined) return [run('pwd; git ls-files -m -o --exclude-standard 2>/dev/null | head -n 1')];
	const [folder = '', file] = refusal(listing) === null ? outputOf(listing).trim().split('\n') : [];
	const findings =
		file === undefined
			? []
			: [
					{
						title: '[P3] This is what a finding looks like',
						body: `The demo has not read \`${file}\`. A model would say here what is wrong, when it shows and what to do.`,
						confidence_score: 0,
						priority: 3,
						code_location: { absolute_file_path: `${folder}/${file}`, line_range: { start: 1, end: 1 } },
					},
				];
	const explanation = `This is the demo: nothing was reviewed. ${NO_AI}`;
	return [say(JSON.stringify({ findings, overall_correctness: 'patch is correct', overall_explanation: explanation, overall_confidence_score: 0 }))];
}

/** By words only, and it says so: the demo judges nothing. */
function judged(question: string) {
	const action = question.slice(question.lastIndexOf('The action:'));
	const isGrave = /\b(sudo|push|rm -[a-z]*r|curl|wget)\b/.test(action);
	return {
		risk_level: isGrave ? 'high' : 'low',
		user_authorization: 'unknown',
		outcome: isGrave ? 'deny' : 'allow',
		rationale: `The demo goes by words: ${isGrave ? 'one of them is on its list' : 'none is on its list'}. ${NO_AI}`,
	};
}
